package cluster_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

// printedRules are the rules of the role that `rbac` prints.
func printedRules(t *testing.T, o cluster.Options) []kubetest.Rule {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, cluster.WriteRights(&text, o, "default"))
	decoder := yaml.NewDecoder(&text)
	for {
		var object struct {
			Kind  string
			Rules []struct {
				APIGroups       []string `yaml:"apiGroups"`
				Resources       []string `yaml:"resources"`
				ResourceNames   []string `yaml:"resourceNames"`
				NonResourceURLs []string `yaml:"nonResourceURLs"`
				Verbs           []string `yaml:"verbs"`
			}
		}
		require.NoError(t, decoder.Decode(&object))
		if object.Kind != "ClusterRole" {
			continue
		}
		var rules []kubetest.Rule
		for _, r := range object.Rules {
			rules = append(rules, kubetest.Rule(r))
		}
		return rules
	}
}

func TestThePrintedRoleIsEnough(t *testing.T) {
	server := harbour(t)
	whole, _ := collectBytes(t, server.Kubeconfig, options())
	user := server.KubeconfigFor(t, "collector", printedRules(t, cluster.Options{})...)
	restricted, summary := collectBytes(t, user, options())
	require.Empty(t, summary.Refused)
	require.True(t, bytes.Equal(whole, restricted), "an administrator sees no more")
}

// inNamespaces are options of the golden snapshot for these alone.
func inNamespaces(names ...string) cluster.Options {
	o := options()
	o.Namespaces = names
	return o
}

// namespaced gives a service account what `rbac -n` prints for the namespaces, and waits until it is in force.
func namespaced(t *testing.T, server *kubetest.Server, account string, names ...string) (kubeconfig string) {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, cluster.WriteRights(&text, inNamespaces(names...), account))
	server.Apply(t, text.Bytes())
	kubeconfig = server.KubeconfigForServiceAccount(t, account, "plimsoll-collect")
	require.Eventually(t, func() bool {
		_, summary := collect(t, kubeconfig, inNamespaces(names...))
		return !slices.ContainsFunc(summary.Refused, func(n snapshot.Note) bool { return n.Reason == "forbidden" })
	}, 30*time.Second, 200*time.Millisecond)
	return kubeconfig
}

func TestThePrintedRolesOfANamespaceAreEnough(t *testing.T) {
	server := harbour(t)
	kubeconfig := namespaced(t, server, "payments", "payments")
	whole, _ := collectBytes(t, server.Kubeconfig, inNamespaces("payments"))
	restricted, _ := collectBytes(t, kubeconfig, inNamespaces("payments"))
	require.True(t, bytes.Equal(whole, restricted), "an administrator sees no more of it")

	t.Run("and not of another", func(t *testing.T) {
		records, summary := collect(t, kubeconfig, inNamespaces("payments", "shop"))
		require.Empty(t, slices.DeleteFunc(slices.Clone(header(t, records).Scope.Refused), func(r string) bool { return r == "nodes" || r == "namespaces" }), "each kind was read in one of them")
		for _, note := range summary.Refused {
			if note.Reason != "skipped" {
				require.Equal(t, []string{"shop", "forbidden"}, []string{note.Namespace, note.Reason})
			}
		}
		here, there := 0, 0
		for _, w := range only[snapshot.Workload](records) {
			switch w.Namespace {
			case "payments":
				here++
			case "shop":
				there++
			}
		}
		require.Positive(t, here)
		require.Zero(t, there)
	})
	t.Run("and of the whole cluster nothing", func(t *testing.T) {
		records, _ := collect(t, kubeconfig, options())
		require.Empty(t, only[snapshot.Workload](records))
		require.Contains(t, header(t, records).Scope.Refused, "deployments")
	})
}

func TestTheRoleAsksToGetAndListAlone(t *testing.T) {
	for _, grant := range cluster.Rights(cluster.Options{Namespaces: []string{"a", "kube-system"}}) {
		for _, rule := range grant.Rules {
			require.Subset(t, []string{"get", "list"}, rule.Verbs)
		}
	}
	for _, rule := range printedRules(t, cluster.Options{WithoutReleases: true}) {
		require.NotContains(t, rule.Resources, "secrets")
	}
}

// TestWithoutOneRight takes one resource after the other out of the role: the rest is still there, and what is missing is named.
func TestWithoutOneRight(t *testing.T) {
	server := harbour(t)
	everything, _ := collect(t, server.Kubeconfig, options())
	for _, lost := range []struct {
		resource string
		note     string
		gone     snapshot.Kind // whose records are missing then
	}{
		{"nodes", "nodes", snapshot.KindNode},
		{"pods", "pods", snapshot.KindWorkloadPods},
		{"services", "services", snapshot.KindService},
		{"replicasets", "replicasets", ""},
		{"deployments", "deployments", ""},
		{"endpointslices", "endpointslices", ""},
		{"poddisruptionbudgets", "poddisruptionbudgets", snapshot.KindDisruptionBudget},
		{"horizontalpodautoscalers", "horizontalpodautoscalers", snapshot.KindAutoscaler},
		{"networkpolicies", "networkpolicies", snapshot.KindNetworkPolicy},
		{"limitranges", "limitranges", ""},
		{"secrets", "releases", snapshot.KindRelease},
		{"storageclasses", "storageclasses", snapshot.KindStorageClass},
		{"persistentvolumes", "persistentvolumes", snapshot.KindPersistentVolume},
		{"persistentvolumeclaims", "persistentvolumeclaims", snapshot.KindVolumeClaim},
		{"mutatingwebhookconfigurations", "webhooks", ""},
		{"ingresses", "ingresses", snapshot.KindIngress},
		{"events", "events", snapshot.KindEventSummary},
	} {
		t.Run(lost.resource, func(t *testing.T) {
			rules := without(printedRules(t, cluster.Options{}), lost.resource)
			records, summary := collect(t, server.KubeconfigFor(t, "without-"+lost.resource, rules...), options())
			require.Equal(t, []string{lost.note}, header(t, records).Scope.Refused)
			part := map[string]string{"replicasets": "workloads", "deployments": "workloads"}
			require.NotContains(t, header(t, records).Scope.Collected, cmp.Or(part[lost.resource], lost.note))
			require.Len(t, header(t, records).Scope.Collected, len(header(t, everything).Scope.Collected)-1)
			require.Len(t, summary.Refused, 1)
			require.Equal(t, "forbidden", summary.Refused[0].Reason)
			require.NotContains(t, header(t, records).Scope.Collected, lost.note)
			require.Equal(t, summary.Refused, only[snapshot.Note](records))
			was, now := counts(everything), counts(records)
			for kind, n := range was {
				switch {
				case kind == lost.gone, kind == snapshot.KindEndpoints && slices.Contains([]string{"services", "endpointslices"}, lost.resource):
					require.Zero(t, now[kind], kind)
				case kind == snapshot.KindAPIUse:
					require.LessOrEqual(t, now[kind], n, kind)
				case kind == snapshot.KindWorkload, kind == snapshot.KindWorkloadPods:
					require.NotZero(t, now[kind], kind)
				default:
					require.Equal(t, n, now[kind], kind)
				}
			}
		})
	}
}

func without(rules []kubetest.Rule, resource string) []kubetest.Rule {
	var kept []kubetest.Rule
	for _, rule := range rules {
		rule.Resources = slices.DeleteFunc(slices.Clone(rule.Resources), func(r string) bool { return r == resource })
		if len(rule.Resources)+len(rule.NonResourceURLs) > 0 {
			kept = append(kept, rule)
		}
	}
	return kept
}

func counts(records []snapshot.Record) map[snapshot.Kind]int {
	found := map[snapshot.Kind]int{}
	for _, record := range records {
		found[record.RecordKind()]++
	}
	return found
}

func TestPodsOfDeploymentsThatCannotBeListed(t *testing.T) {
	server := harbour(t)
	rules := without(printedRules(t, cluster.Options{}), "replicasets")
	records, _ := collect(t, server.KubeconfigFor(t, "without-replicasets", rules...), options())
	ledger := one(t, records, func(p snapshot.WorkloadPods) bool { return p.Name == "ledger" })
	require.Equal(t, "Deployment", ledger.WorkloadKind)
	require.Equal(t, 2, ledger.Total)
	require.Nil(t, one(t, records, func(w snapshot.Workload) bool { return w.Name == "ledger" }).RevisionsKept)
}

func TestSomebodyWithoutAnyRight(t *testing.T) {
	server := harbour(t)
	records, summary := collect(t, server.KubeconfigFor(t, "nobody"), options())
	require.Empty(t, header(t, records).PlatformUID)
	require.Contains(t, header(t, records).Scope.Refused, "pods")
	require.NotEmpty(t, summary.Refused)
	require.Equal(t, "v1.37.2", one(t, records, func(snapshot.Cluster) bool { return true }).ServerVersion)
}

// TestTheServerSawGetAndListAlone reads the API server's own audit log.
func TestTheServerSawGetAndListAlone(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "audit.log")
	server := kubetest.Start(t, kubetest.AuditLog(log))
	server.Apply(t, kubetest.Harbour(moment))
	collect(t, server.Kubeconfig, options())

	file, err := os.Open(log)
	require.NoError(t, err)
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	verbs := map[string]int{}
	for lines.Scan() {
		var event struct {
			Verb       string `json:"verb"`
			UserAgent  string `json:"userAgent"`
			RequestURI string `json:"requestURI"`
			ObjectRef  struct {
				Resource string `json:"resource"`
				Name     string `json:"name"`
			} `json:"objectRef"`
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &event))
		if !strings.HasPrefix(event.UserAgent, "plimsoll-collect") {
			continue
		}
		verbs[event.Verb]++
		if event.ObjectRef.Resource == "secrets" {
			require.Equal(t, "list", event.Verb)
			require.Contains(t, event.RequestURI, "labelSelector=owner%3Dhelm")
		}
	}
	require.NoError(t, lines.Err())
	require.Len(t, verbs, 2)
	require.Positive(t, verbs["get"])
	require.Positive(t, verbs["list"])
}
