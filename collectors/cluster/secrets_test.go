package cluster_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/collectors/allow"
	"plimsoll/collectors/allow/allowtest"
	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

// planted are manifests with a secret in every place that people put them; each holds the word that must not leave.
const planted = `
apiVersion: v1
kind: Namespace
metadata:
  name: vault
  annotations: {note: leak-namespace-annotation}
  labels: {note: leak-namespace-label}
---
apiVersion: v1
kind: Node
metadata:
  name: safe
  annotations: {k3s.io/node-args: '["server","--token","leak-node-args"]'}
  labels: {note: leak-node-label}
spec: {providerID: "cloud:///leak-account/leak-machine"}
status:
  addresses: [{type: InternalIP, address: 10.99.7.3}, {type: Hostname, address: leak-hostname}]
  conditions: [{type: Ready, status: "True", reason: KubeletReady, message: leak-node-message}]
  nodeInfo: {machineID: leak-machine-id, systemUUID: leak-system, bootID: leak-boot, kernelVersion: "6.1", osImage: Debian, containerRuntimeVersion: containerd://2.1.4, kubeletVersion: v1.37.2, kubeProxyVersion: "", operatingSystem: linux, architecture: amd64}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kubeadm-config, namespace: kube-system}
data:
  ClusterConfiguration: "{networking: {podSubnet: 10.1.0.0/16, dnsDomain: leak-domain}, etcd: {external: {keyFile: leak-key-file}}}"
  Other: leak-kubeadm-key
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data:
  config.conf: "{mode: leak-mode, clientConnection: {kubeconfig: leak-kubeconfig}}"
  kubeconfig.conf: leak-proxy-token
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: vault, labels: {owner: helm, name: relic, version: "1", status: deployed}, annotations: {note: leak-configmap-annotation}}
data: {password: leak-configmap-data}
---
apiVersion: v1
kind: Secret
metadata: {name: sh.helm.release.v1.vault.v1, namespace: vault, labels: {owner: helm, name: vault, version: "1", status: deployed, note: leak-secret-label}, annotations: {note: leak-secret-annotation}}
type: helm.sh/release.v1
stringData: {release: leak-helm-values}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  namespace: vault
  annotations: {cloud/key: leak-annotation, kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"apps/v1","spec":{"leak-last-applied":true}}'}
  labels: {app: leak-label}
spec:
  selector: {matchLabels: {app: leak-selector}}
  template:
    metadata: {labels: {app: leak-selector}, annotations: {token: leak-template-annotation}}
    spec:
      containers:
        - name: app
          image: leak-user:leak-password@registry.example/app:1.0
          command: [sh, -c, "login --password=leak-command && exec java -Xmx1g -Dkey=leak-property -jar app.jar"]
          args: ["--api-key=leak-argument"]
          env:
            - {name: DATABASE_URL, value: "postgres://u:leak-environment@db/x"}
            - {name: JAVA_TOOL_OPTIONS, value: "-Xmx512m -Djavax.net.ssl.trustStorePassword=leak-java-options"}
          livenessProbe: {httpGet: {path: "/live?token=leak-query", port: 80, httpHeaders: [{name: Authorization, value: leak-header}]}}
          readinessProbe: {exec: {command: [check, --password, leak-probe-command]}}
          lifecycle: {preStop: {exec: {command: [stop, leak-hook]}}}
          volumeMounts: [{name: host, mountPath: /leak-mount}]
      volumes: [{name: host, hostPath: {path: /srv/leak-host-path}}, {name: secret, secret: {secretName: leak-secret-name}}]
status: {conditions: [{type: Available, status: "True", reason: Fine, message: leak-deployment-message}]}
---
apiVersion: v1
kind: Pod
metadata: {name: naked, namespace: vault, labels: {app: leak-pod-label}, annotations: {token: leak-pod-annotation}}
spec:
  nodeName: safe
  containers: [{name: naked, image: "leak-user:leak-password@registry.example/app:1.0", args: ["leak-pod-argument"]}]
status:
  phase: Running
  message: leak-pod-message
  hostIP: 10.99.7.3
  podIP: 10.98.7.3
  startTime: 2026-03-01T06:00:00Z
  conditions: [{type: Ready, status: "True", lastTransitionTime: 2026-03-01T06:01:00Z, message: leak-condition}]
  containerStatuses:
    - name: naked
      image: registry.example/leak-status-image
      imageID: registry.example/leak-repository@sha256:1111111111111111111111111111111111111111111111111111111111111111
      containerID: containerd://leak-container
      ready: true
      restartCount: 1
      lastState: {terminated: {reason: Error, exitCode: 1, message: leak-termination-message, finishedAt: 2026-03-01T06:00:30Z}}
      state: {running: {startedAt: 2026-03-01T06:00:40Z}}
---
apiVersion: v1
kind: Service
metadata: {name: app, namespace: vault, annotations: {token: leak-service-annotation}}
spec: {selector: {app: leak-selector}, externalIPs: [203.0.113.77], ports: [{port: 80}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: app, namespace: vault, annotations: {token: leak-budget-annotation}}
spec: {selector: {matchLabels: {app: leak-selector}}, minAvailable: 1}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: app, namespace: vault}
spec: {podSelector: {matchLabels: {app: leak-policy}}, ingress: [{from: [{ipBlock: {cidr: 198.51.100.0/24}}]}]}
---
`

// plantedBeside are secrets in what stands beside the workloads.
const plantedBeside = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast, annotations: {note: leak-class-annotation}}
provisioner: ebs.csi.aws.com
parameters: {kmsKeyId: leak-key}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: tape, labels: {note: leak-volume-label}}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  csi: {driver: ebs.csi.aws.com, volumeHandle: leak-handle, volumeAttributes: {secret: leak-attribute}, nodeStageSecretRef: {name: leak-stage, namespace: vault}}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [leak-host]}]}]}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: tape, namespace: vault, annotations: {note: leak-claim-annotation}}
spec: {accessModes: [ReadWriteOnce], volumeName: tape, resources: {requests: {storage: 1Gi}}, selector: {matchLabels: {note: leak-claim-selector}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: door, namespace: vault, annotations: {nginx.ingress.kubernetes.io/auth-url: "https://leak-auth"}}
spec: {tls: [{hosts: [leak.example], secretName: leak-certificate}], rules: [{host: leak.example, http: {paths: [{path: /leak-path, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}]}}]}
status: {loadBalancer: {ingress: [{hostname: leak-balancer}]}}
---
apiVersion: velero.io/v1
kind: Backup
metadata: {name: weekly, namespace: vault}
spec: {storageLocation: leak-bucket}
status: {phase: Completed, completionTimestamp: "2026-03-01T03:00:00Z", failureReason: leak-reason}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: saver, namespace: vault}
spec: {schedule: "@hourly", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: etcd:3, command: [etcdctl, "--password=leak-etcd", snapshot, save, /leak]}]}}}}}
---
apiVersion: v1
kind: Event
metadata: {name: spilt, namespace: vault, annotations: {note: leak-event-annotation}}
reason: Unhealthy
message: "Liveness probe failed: HTTP probe failed with statuscode: 500, body leak-body"
count: 3
firstTimestamp: "2026-03-02T08:30:00Z"
lastTimestamp: "2026-03-02T08:59:00Z"
source: {component: kubelet, host: leak-host}
involvedObject: {apiVersion: v1, kind: Pod, namespace: vault, name: leak-pod, uid: leak-uid, fieldPath: "spec.containers{naked}"}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: guard, annotations: {note: leak-webhook-annotation}}
webhooks:
  - name: pods.guard.example
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Ignore
    clientConfig: {url: "https://leak-user.example/leak-path"}
    rules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
    namespaceSelector: {matchLabels: {tenant: leak-tenant}}
    objectSelector: {matchLabels: {tenant: leak-object}}
    matchConditions: [{name: leak-condition, expression: "'leak' != 'x'"}]
`

func TestNoPlantedSecretLeaves(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	server.Apply(t, []byte(crds+planted+plantedBeside))
	raw, summary := collectBytes(t, server.Kubeconfig, options())
	require.Empty(t, summary.Refused)
	expanded, err := gzip.NewReader(bytes.NewReader(raw))
	require.NoError(t, err)
	text, err := io.ReadAll(expanded)
	require.NoError(t, err)

	for line := range strings.Lines(string(text)) {
		for _, secret := range []string{"leak", "10.99.7.3", "10.98.7.3", "203.0.113.77", "198.51.100"} {
			require.NotContains(t, line, secret)
		}
	}
	// What must be there, so that the test looks at a snapshot of these very objects.
	for _, present := range []string{
		`"name":"app"`, `"-Xmx512m"`, `"image":"registry.example/app:1.0"`, `"DATABASE_URL"`, `"name":"vault","tool":"helm"`, `"name":"relic","tool":"helm"`,
		`"providerScheme":"cloud"`, `"podCidrs":["10.1.0.0/16"]`, `"path":"/live"`, `"selects":[{"kind":"Deployment","namespace":"vault","name":"app"}]`, `"reason":"Error"`,
		`"kind":"storageClass"`, `"name":"tape","volumeSource":"csi","driver":"ebs.csi.aws.com"`, `"kind":"volumeClaim"`, `"kind":"ingress"`, `"hosts":1,"tls":true,"services":["app"]`,
		`"backupKind":"Backup","tool":"velero","count":1`, `"backupKind":"CronJob","tool":"etcd","count":1`, `"reason":"Unhealthy","probe":"liveness"`, `"kind":"webhook"`,
	} {
		require.Contains(t, string(text), present)
	}
}

// TestNoSecretOfAnyKindLeaves serves the manifests with a secret in every place of some fifty kinds, and those that no API server would have taken. Neither
// the snapshot nor what is said to the user holds one of them.
func TestNoSecretOfAnyKindLeaves(t *testing.T) {
	text, secrets := allowtest.Secrets()
	require.Greater(t, len(secrets), 150)
	wrong, misplaced := allowtest.Misplaced()
	s := serve(t, text+"---\n"+wrong)
	front := httptest.NewServer(s)
	t.Cleanup(front.Close)
	o := options()
	var said bytes.Buffer
	o.Progress = func(step string) { said.WriteString(step + "\n") }
	raw, summary := collectBytes(t, kubetest.WriteKubeconfig(t, front.URL, "", "kubeconfig-token-hunter2"), o)
	require.NoError(t, json.NewEncoder(&said).Encode(summary))
	left := expand(t, raw)
	for _, secret := range slices.Concat(secrets, misplaced, []string{"kubeconfig-token-hunter2"}) {
		require.NotContains(t, left, secret)
		require.NotContains(t, said.String(), secret)
	}
	for _, present := range []string{
		`"-XX:MaxRAMPercentage=70"`, `"kind":"customResource"`, `"tool":"argocd"`, `"tool":"flux"`, `"image":"registry.example/team/ledger:1.0"`, `"kind":"autoscaler"`,
		`"probe":"liveness"`, `"backupKind":"Backup"`, `"kind":"ingress"`, `"CiliumNetworkPolicy.cilium.io"`, `"component":"load-balancer"`, `"selects":[{"kind":"Deployment"`,
	} {
		require.Contains(t, left, present, "it looks at a snapshot of these very objects")
	}
}

// serve makes a server of manifests. What stands under the name of one object is served as it, and in the list too.
func serve(t *testing.T, manifests string) *plantedServer {
	t.Helper()
	d := allow.Listed()
	s := &plantedServer{objects: map[string][]map[string]any{}, named: map[string]map[string]any{}, served: map[string]bool{}, answers: map[string]any{"/version": map[string]any{"gitVersion": "v1.34.2"}}}
	var groups []any
	for group, versions := range groupsOf(d.Lists) {
		var served []any
		for _, version := range versions {
			served = append(served, map[string]any{"version": version})
		}
		groups = append(groups, map[string]any{"name": group, "versions": served})
	}
	s.answers["/apis"] = map[string]any{"groups": groups}
	paths := map[string]string{"v1 Secret": "/api/v1/secrets?", "v1 ConfigMap": "/api/v1/configmaps?"}
	for _, k := range d.Lists {
		s.objects[pathOf(k, "")] = []map[string]any{}
		paths[k.Group+" "+k.Object] = pathOf(k, "")
		if k.Group == "" {
			paths["v1 "+k.Object] = pathOf(k, "")
		}
	}
	for decoder := yaml.NewDecoder(strings.NewReader(manifests)); ; {
		var object map[string]any
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return s
		}
		require.NoError(t, err)
		version, _ := object["apiVersion"].(string)
		group, _, isGroup := strings.Cut(version, "/")
		if !isGroup {
			group = "v1"
		}
		path := paths[group+" "+object["kind"].(string)]
		if version == "" {
			path = paths["v1 Pod"]
		}
		require.NotEmpty(t, path, object["kind"])
		s.objects[path] = append(s.objects[path], object)
		_, isMap := object["data"].(map[string]any) // as every API server's is
		if metadata, ok := object["metadata"].(map[string]any); ok && metadata["namespace"] == "kube-system" && isMap {
			s.named["/api/v1/namespaces/kube-system/configmaps/"+metadata["name"].(string)] = object
		}
	}
}

// TestNoSecretInWhatGoesWrong: an API server, or a proxy in its place, may say anything in its errors. Nobody hears of it.
func TestNoSecretInWhatGoesWrong(t *testing.T) {
	const secret = "hunter2-in-an-answer"
	for name, answer := range map[string]http.HandlerFunc{
		"a refusal":      func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusForbidden, secret) },
		"a bad request":  func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusBadRequest, secret) },
		"no credentials": func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusUnauthorized, secret) },
		"a page of HTML": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>"+secret+"</html>") },
		"broken JSON":    func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"gitVersion":`+secret+`}`) },
		"a wrong type": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"gitVersion":{"`+secret+`":"`+secret+`"},"groups":"`+secret+`"}`)
		},
		"a list of texts": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"gitVersion":"v1","groups":[],"metadata":{},"items":["`+secret+`"]}`)
		},
		"another address": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://u:"+secret+"@127.0.0.1:1/", http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			front := httptest.NewServer(answer)
			t.Cleanup(front.Close)
			client, err := cluster.Connect(cluster.Connection{Kubeconfig: kubetest.WriteKubeconfig(t, front.URL, "", secret), QPS: 1000})
			require.NoError(t, err)
			var out bytes.Buffer
			summary, err := cluster.Collect(t.Context(), client, options(), &out)
			said, encodeErr := json.Marshal(summary)
			require.NoError(t, encodeErr)
			if err != nil {
				said = append(said, err.Error()...)
			} else {
				require.NotContains(t, expand(t, out.Bytes()), secret)
			}
			require.NotContains(t, string(said), secret)
		})
	}
}

func refuse(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": code, "message": message})
}
