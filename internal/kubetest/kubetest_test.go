package kubetest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const workload = `
apiVersion: v1
kind: Namespace
metadata: {name: harbourmaster}
---
# A document of nothing but a comment.
---
apiVersion: v1
kind: Node
metadata: {name: berth-1}
status:
  nodeInfo:
    architecture: amd64
    bootID: ""
    containerRuntimeVersion: containerd://2.1.4
    kernelVersion: 6.12.41
    kubeProxyVersion: ""
    kubeletVersion: v1.33.4
    machineID: ""
    operatingSystem: linux
    osImage: Debian GNU/Linux 13 (trixie)
    systemUUID: ""
  conditions:
    - {type: Ready, status: "True", reason: KubeletReady, lastTransitionTime: 2026-01-05T06:00:00Z}
---
apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: log, namespace: harbourmaster}
    spec:
      selector: {matchLabels: {app: log}}
      template:
        metadata: {labels: {app: log}}
        spec:
          containers: [{name: log, image: "registry.example/log:1.0.0"}]
  - apiVersion: v1
    kind: Pod
    metadata:
      name: log-0
      namespace: harbourmaster
      labels: {app: log}
      ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: log, controller: true}]
    spec:
      nodeName: berth-1
      containers: [{name: log, image: "registry.example/log:1.0.0"}]
    status:
      phase: Running
      startTime: 2026-01-05T06:10:00Z
      conditions:
        - {type: Ready, status: "True", lastTransitionTime: 2026-01-05T06:10:30Z}
      containerStatuses:
        - name: log
          image: registry.example/log:1.0.0
          imageID: registry.example/log@sha256:0000000000000000000000000000000000000000000000000000000000000001
          ready: true
          restartCount: 2
          state: {running: {startedAt: 2026-01-05T06:10:20Z}}
          lastState: {terminated: {reason: OOMKilled, exitCode: 137, finishedAt: 2026-01-05T06:10:15Z}}
`

// abandon makes the test binary start a server, say where it is, and wait for its own death.
const abandon = "KUBETEST_ABANDON"

func TestMain(m *testing.M) {
	if os.Getenv(abandon) == "" {
		os.Exit(m.Run())
	}
	server, err := start(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(server.process.ready.Directory, server.process.cmd.Process.Pid)
	select {}
}

// get reads path as the administrator.
func get(t *testing.T, server *Server, path string, answer any) {
	t.Helper()
	require.NoError(t, server.api.do(t.Context(), request{method: http.MethodGet, path: path}, answer))
}

func TestServerIsTheReleaseThatItIsBuiltFrom(t *testing.T) {
	var version struct{ Major, Minor, GitVersion string }
	get(t, Shared(t), "/version", &version)
	require.Equal(t, "v1.37.2", version.GitVersion)
	require.Equal(t, "1", version.Major)
	require.Equal(t, "37", version.Minor)
}

func TestSharedIsOneServer(t *testing.T) {
	require.Same(t, Shared(t), Shared(t))
}

func TestApplyWritesObjectsWithTheirStatus(t *testing.T) {
	server := Shared(t)
	server.Apply(t, []byte(workload))

	var deployment struct {
		Metadata struct{ UID string }
		Spec     struct{ Replicas *int }
	}
	get(t, server, "/apis/apps/v1/namespaces/harbourmaster/deployments/log", &deployment)
	require.NotNil(t, deployment.Spec.Replicas, "the API's own default")
	require.Equal(t, 1, *deployment.Spec.Replicas)

	var node struct {
		Status struct {
			NodeInfo struct{ KubeletVersion string }
		}
	}
	get(t, server, "/api/v1/nodes/berth-1", &node)
	require.Equal(t, "v1.33.4", node.Status.NodeInfo.KubeletVersion)

	var pod struct {
		Metadata struct {
			OwnerReferences []struct{ UID string }
			ManagedFields   []struct{ Manager, Subresource string }
		}
		Status struct {
			Phase, StartTime  string
			ContainerStatuses []struct {
				Ready     bool
				LastState struct {
					Terminated struct {
						Reason   string
						ExitCode int
					}
				}
			}
		}
	}
	get(t, server, "/api/v1/namespaces/harbourmaster/pods/log-0", &pod)
	require.Equal(t, deployment.Metadata.UID, pod.Metadata.OwnerReferences[0].UID)
	require.Equal(t, "Running", pod.Status.Phase)
	require.Equal(t, "2026-01-05T06:10:00Z", pod.Status.StartTime)
	require.True(t, pod.Status.ContainerStatuses[0].Ready)
	require.Equal(t, "OOMKilled", pod.Status.ContainerStatuses[0].LastState.Terminated.Reason)
	require.Equal(t, 137, pod.Status.ContainerStatuses[0].LastState.Terminated.ExitCode)
	require.Equal(t, "kubetest", pod.Metadata.ManagedFields[0].Manager)
}

func TestApplyOfAnExistingObjectMerges(t *testing.T) {
	server := Shared(t)
	const first = "{apiVersion: v1, kind: ConfigMap, metadata: {name: tide}, data: {high: '06:12', low: '12:30'}}"
	server.Apply(t, []byte(first))
	server.ApplyAs(t, "helm", []byte("{apiVersion: v1, kind: ConfigMap, metadata: {name: tide}, data: {low: '12:41'}}"))

	var tide struct {
		Data     map[string]string
		Metadata struct{ ManagedFields []struct{ Manager string } }
	}
	get(t, server, "/api/v1/namespaces/default/configmaps/tide", &tide)
	require.Equal(t, map[string]string{"high": "06:12", "low": "12:41"}, tide.Data)
	require.Len(t, tide.Metadata.ManagedFields, 2)
}

func TestApplyKnowsKindsThatItsOwnDocumentsDefine(t *testing.T) {
	server := Shared(t)
	server.Apply(t, []byte(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: buoys.harbour.example}
spec:
  group: harbour.example
  names: {kind: Buoy, plural: buoys}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {colour: {type: string}}}
            status: {type: object, properties: {lit: {type: boolean}}}
---
apiVersion: harbour.example/v1
kind: Buoy
metadata: {name: fairway}
spec: {colour: green}
status: {lit: true}
`))
	var buoy struct {
		Spec   struct{ Colour string }
		Status struct{ Lit bool }
	}
	get(t, server, "/apis/harbour.example/v1/namespaces/default/buoys/fairway", &buoy)
	require.Equal(t, "green", buoy.Spec.Colour)
	require.True(t, buoy.Status.Lit)
}

func TestApplySaysWhichObjectAnEventIsAbout(t *testing.T) {
	server := Shared(t)
	server.Apply(t, []byte(`{apiVersion: v1, kind: Namespace, metadata: {name: watch}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: bell, namespace: watch}}
---
apiVersion: v1
kind: Event
metadata: {name: bell.1, namespace: watch}
involvedObject: {apiVersion: v1, kind: ConfigMap, namespace: watch, name: bell}
`))
	var bell struct{ Metadata struct{ UID string } }
	var event struct{ InvolvedObject struct{ UID string } }
	get(t, server, "/api/v1/namespaces/watch/configmaps/bell", &bell)
	get(t, server, "/api/v1/namespaces/watch/events/bell.1", &event)
	require.NotEmpty(t, bell.Metadata.UID)
	require.Equal(t, bell.Metadata.UID, event.InvolvedObject.UID)
}

func TestApplyNamesWhatTheServerRefuses(t *testing.T) {
	for name, c := range map[string]struct{ manifests, want string }{
		"no YAML":          {"a: [", "document 1"},
		"no object":        {"just text", "document 1, line 1"},
		"no name":          {"{apiVersion: v1, kind: ConfigMap}", "want apiVersion, kind and metadata.name"},
		"unknown kind":     {"{apiVersion: v1, kind: Jetty, metadata: {name: a}}", "the server has no kind Jetty in v1"},
		"misspelled field": {"{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dta: {}}", `unknown field "dta"`},
		"invalid value":    {"{apiVersion: v1, kind: ConfigMap, metadata: {name: A_B}}", "apply ConfigMap default/A_B"},
		"no such namespace": {
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: atlantis}}", `namespaces "atlantis" not found`,
		},
		"no such owner": {
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: none}]}}",
			`deployments.apps "none" not found`,
		},
		"status without a subresource": {
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, status: {phase: Full}}", "configmaps has no status of its own to write",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := Shared(t).apply(t.Context(), defaultManager, []byte(c.manifests))
			require.ErrorContains(t, err, c.want)
		})
	}
}

// userOf is the API as the user of a kubeconfig.
func userOf(t *testing.T, server *Server, path string) *api {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	var config struct {
		Clusters []struct {
			Cluster struct{ Server string }
		}
		Users []struct{ User struct{ Token string } }
	}
	require.NoError(t, yaml.Unmarshal(content, &config))
	require.Equal(t, server.URL, config.Clusters[0].Cluster.Server)
	user := *server.api
	user.token = config.Users[0].User.Token
	return &user
}

func TestUserMayDoWhatTheRulesSayAndNoMore(t *testing.T) {
	server := Shared(t)
	user := userOf(t, server, server.KubeconfigFor(t, "deckhand",
		Rule{APIGroups: []string{""}, Resources: []string{"pods", "nodes"}, Verbs: []string{"list"}},
		Rule{NonResourceURLs: []string{"/metrics"}, Verbs: []string{"get"}},
	))
	for path, want := range map[string]int{
		"/api/v1/pods":             http.StatusOK,
		"/api/v1/nodes":            http.StatusOK,
		"/metrics":                 http.StatusOK,
		"/version":                 http.StatusOK,
		"/api/v1/secrets":          http.StatusForbidden,
		"/apis/apps/v1/daemonsets": http.StatusForbidden,
	} {
		code, _, err := user.exchange(t.Context(), request{method: http.MethodGet, path: path, accept: "*/*"})
		require.NoError(t, err)
		require.Equal(t, want, code, path)
	}
}

func TestKubeconfigOfTheServerIsItsAdministrator(t *testing.T) {
	server := Shared(t)
	code, _, err := userOf(t, server, server.Kubeconfig).exchange(t.Context(), request{method: http.MethodGet, path: "/api/v1/secrets"})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, code)
}

func TestOwnServerKeepsAnAuditLogAndLeavesNothingBehind(t *testing.T) {
	log := filepath.Join(t.TempDir(), "audit.jsonl")
	var server *Server
	t.Run("run", func(t *testing.T) {
		server = Start(t, AuditLog(log))
		get(t, server, "/api/v1/nodes?limit=7", nil)
	})
	require.NoDirExists(t, server.process.ready.Directory)
	require.Error(t, server.api.do(context.Background(), request{method: http.MethodGet, path: "/version"}, nil), "it has been stopped")

	file, err := os.Open(log)
	require.NoError(t, err)
	defer file.Close()
	var seen []string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var event struct {
			Level, Stage, Verb, RequestURI string
			User                           struct{ Username string }
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &event))
		require.Equal(t, "Metadata", event.Level)
		if event.User.Username == "kubetest-admin" && event.Stage == "ResponseComplete" {
			seen = append(seen, event.Verb+" "+event.RequestURI)
		}
	}
	require.Contains(t, seen, "list /api/v1/nodes?limit=7")
}

func TestServerThatDoesNotStartSaysWhy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kube-apiserver")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\necho no berth free >&2\nexit 3\n"), 0o755))
	_, err := launch(path)
	require.ErrorContains(t, err, "exit status 3")
	require.ErrorContains(t, err, "no berth free")
}

func TestServerDoesNotOutliveAKilledTestProcess(t *testing.T) {
	orphaning := exec.Command(os.Args[0])
	orphaning.Env = append(os.Environ(), abandon+"=1")
	orphaning.Stderr = os.Stderr
	output, err := orphaning.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, orphaning.Start())
	var directory string
	var pid int
	_, err = fmt.Fscan(output, &directory, &pid)
	require.NoError(t, err)
	require.DirExists(t, directory)

	require.NoError(t, orphaning.Process.Kill())
	_ = orphaning.Wait()
	require.Eventually(t, func() bool {
		_, missing := os.Stat(directory)
		return os.IsNotExist(missing)
	}, stopTimeout, 20*time.Millisecond)
	require.Eventually(t, func() bool { return syscall.Kill(pid, 0) == syscall.ESRCH || zombie(pid) }, stopTimeout, 20*time.Millisecond)
}

// zombie tells whether the process has ended and only waits for somebody to ask: in a container there may be nobody.
func zombie(pid int) bool {
	status, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && bytes.HasPrefix(bytes.TrimSpace(status), []byte("Z"))
}

func TestPatchMergesListsByTheirKeysAndCreatesWhatIsNotThere(t *testing.T) {
	server := Shared(t)
	server.Apply(t, []byte(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: pilot, namespace: default}, spec: {selector: {matchLabels: {app: pilot}},
  template: {metadata: {labels: {app: pilot}}, spec: {containers: [{name: pilot, image: "registry.example/pilot:1"}, {name: radio, image: "registry.example/radio:1"}]}}}}`))
	server.Patch(t, []byte(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: pilot, namespace: default}, spec: {template: {spec: {containers: [{name: radio, image: "registry.example/radio:2"}]}}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: buoy, namespace: default}, data: {light: "green"}}`))

	var pilot struct {
		Spec struct {
			Template struct {
				Spec struct {
					Containers []struct{ Name, Image string }
				}
			}
		}
	}
	get(t, server, "/apis/apps/v1/namespaces/default/deployments/pilot", &pilot)
	images := map[string]string{}
	for _, c := range pilot.Spec.Template.Spec.Containers {
		images[c.Name] = c.Image
	}
	require.Equal(t, map[string]string{"pilot": "registry.example/pilot:1", "radio": "registry.example/radio:2"}, images)
	var buoy struct{ Data map[string]string }
	get(t, server, "/api/v1/namespaces/default/configmaps/buoy", &buoy)
	require.Equal(t, map[string]string{"light": "green"}, buoy.Data)
}
