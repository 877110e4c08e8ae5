package cluster_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

// exporters are three nodes with a node-exporter each, as the common charts install it, and a pod that is something else.
const exporters = `
apiVersion: v1
kind: Namespace
metadata: {name: monitoring}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: monitoring}
spec: {nodeName: one, containers: [{name: a, image: "registry.example/node-exporter-sidecar:1", ports: [{containerPort: 9100}]}]}
`

func withExporters(t *testing.T) *kubetest.Server {
	t.Helper()
	server := kubetest.Start(t)
	manifests := exporters
	for i, name := range []string{"one", "two", "three"} {
		port := []string{"{name: metrics, containerPort: 9100}", "{name: https, containerPort: 9100}", "{name: http-metrics, containerPort: 9110}"}[i]
		manifests += fmt.Sprintf("---\napiVersion: v1\nkind: Node\nmetadata: {name: %s}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: exporter-%[1]s, namespace: monitoring}\nspec: {nodeName: %[1]s, containers: [{name: e, image: \"quay.io/prometheus/node-exporter:v1.9.1@sha256:aa\", ports: [%s]}]}\nstatus: {phase: Running, podIP: 127.0.0.1}\n", name, port)
	}
	server.Apply(t, []byte(manifests))
	return server
}

// said is a part of what node-exporter says, with lines that look alike.
func said(entries string) string {
	return `# HELP node_nf_conntrack_entries Number of currently allocated flow entries for connection tracking.
# TYPE node_nf_conntrack_entries gauge
node_nf_conntrack_entries ` + entries + `
# TYPE node_nf_conntrack_entries_limit gauge
node_nf_conntrack_entries_limit 262144 1760000000000
node_nf_conntrack_stat_drop 3
node_nf_conntrack_stat_insert_failed 1.2e+01
node_nf_conntrack_stat_found 99
node_uname_info{nodename="leak-node"} 1
` + strings.Repeat("node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 1\n", 1000)
}

// TestNodeExporterTellsHowFullTheTableIs lets a server on loopback answer in the place of the pods, for no API server proxies to a loopback
// address; everything else is the API server's own answer.
func TestNodeExporterTellsHowFullTheTableIs(t *testing.T) {
	t.Parallel()
	server := withExporters(t)
	answers := map[string]string{"exporter-one:9100": said("123"), "https:exporter-two:9100": said("4.5e+03"), "exporter-three:9110": "node_load1 1\n"}
	asked := map[string]int{}
	kubeconfig, _ := between(t, server, func(w http.ResponseWriter, r *http.Request) bool {
		target, proxied := strings.CutPrefix(r.URL.Path, "/api/v1/namespaces/monitoring/pods/")
		if !proxied {
			return false
		}
		target, metrics := strings.CutSuffix(target, "/proxy/metrics")
		require.True(t, metrics)
		asked[target]++
		if asked[target] == 1 && target == "exporter-one:9100" {
			w.Header().Set("Retry-After", "1")
			status(w, http.StatusTooManyRequests, "TooManyRequests", "")
			return true
		}
		_, _ = w.Write([]byte(answers[target]))
		return true
	})
	o := options()
	o.NodeMetrics = "monitoring"
	raw, summary := collectBytes(t, kubeconfig, o)
	require.NotContains(t, expand(t, raw), "leak")
	require.Equal(t, map[string]int{"exporter-one:9100": 2, "https:exporter-two:9100": 1, "exporter-three:9110": 1}, asked)
	require.Equal(t, []snapshot.Note{{Resource: "node-metrics", Namespace: "monitoring", Reason: "refused",
		Detail: "1 of 3 node-exporters did not tell: its answer has no figures of connection tracking"}}, summary.Refused)
	tables := map[string]*snapshot.Conntrack{}
	for record, err := range snapshot.NewReader(bytes.NewReader(raw), snapshot.DefaultLimits()).Records() {
		require.NoError(t, err)
		if n, is := record.(snapshot.Node); is {
			tables[n.Name] = n.Conntrack
		}
	}
	require.Equal(t, &snapshot.Conntrack{Count: 123, Max: 262144, Source: "node-exporter", InsertFailed: new(int64(12)), Dropped: new(int64(3))}, tables["one"])
	require.EqualValues(t, 4500, tables["two"].Count)
	require.Nil(t, tables["three"])
}

// TestTheRightThatNodeMetricsTakes asks the real API server with exactly the roles that rbac prints: it lets the question through to its proxy, which
// refuses a loopback address; without the right it refuses the question.
func TestTheRightThatNodeMetricsTakes(t *testing.T) {
	t.Parallel()
	server := withExporters(t)
	o := options()
	o.NodeMetrics = "monitoring"
	var text bytes.Buffer
	require.NoError(t, cluster.WriteRights(&text, cluster.Options{NodeMetrics: "monitoring"}, "monitoring"))
	require.Equal(t, 1, strings.Count(text.String(), "pods/proxy"))
	_, without := collect(t, server.KubeconfigFor(t, "without", printedRules(t, cluster.Options{})...), o)
	require.Equal(t, []snapshot.Note{{Resource: "node-metrics", Namespace: "monitoring", Reason: "forbidden", Detail: "no right to get pods/proxy in the namespace"}}, without.Refused)

	server.Apply(t, text.Bytes())
	user := server.KubeconfigForServiceAccount(t, "monitoring", "plimsoll-collect")
	require.Eventually(t, func() bool {
		_, summary := collect(t, user, o)
		return len(summary.Refused) == 1 && strings.HasPrefix(summary.Refused[0].Detail, "3 of 3 node-exporters did not tell: the last answer was ")
	}, 30*time.Second, 200*time.Millisecond)
}

func TestExportersThatDoNotTell(t *testing.T) {
	t.Parallel()
	server := withExporters(t)
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"one that wants a token": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, "3 of 3 node-exporters did not tell: the last answer was 401"},
		"one that is down": {func(w http.ResponseWriter, _ *http.Request) {
			status(w, http.StatusServiceUnavailable, "ServiceUnavailable", "")
		}, "3 of 3 node-exporters did not tell: the last answer was 503"},
		"no limit": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("node_nf_conntrack_entries 4\n")) }, "3 of 3 node-exporters did not tell: its answer has no figures of connection tracking"},
		"figures that are none": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("node_nf_conntrack_entries NaN\nnode_nf_conntrack_entries_limit +Inf\n"))
		}, "3 of 3 node-exporters did not tell: its answer has no figures of connection tracking"},
		"an answer without end": {func(w http.ResponseWriter, _ *http.Request) { flood(w) }, "3 of 3 node-exporters did not tell: its answer has no figures of connection tracking"},
	} {
		t.Run(name, func(t *testing.T) {
			kubeconfig, _ := between(t, server, func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "/proxy/metrics") {
					return false
				}
				c.answer(w, r)
				return true
			})
			o := options()
			o.NodeMetrics = "monitoring"
			_, summary := collect(t, kubeconfig, o)
			require.Len(t, summary.Refused, 1)
			require.Equal(t, c.want, summary.Refused[0].Detail)
		})
	}
	o := options()
	o.NodeMetrics = "default"
	_, summary := collect(t, server.Kubeconfig, o)
	require.Equal(t, []snapshot.Note{{Resource: "node-metrics", Namespace: "default", Reason: "absent", Detail: "no pod of node-exporter with a port was seen in the namespace"}}, summary.Refused)
}

// flood writes until nobody reads on.
func flood(w http.ResponseWriter) {
	line := []byte(said("1"))
	for {
		if _, err := w.Write(line); err != nil {
			return
		}
	}
}
