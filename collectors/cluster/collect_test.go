package cluster_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// moment is when harbour stands as it is described. It lies before any run of this test, so that times of the server's own
// making can be told from those of the manifests.
var moment = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

var loaded sync.Once

// harbour is the example cluster on the server that the tests of this package share. They only read from it.
func harbour(t *testing.T) *kubetest.Server {
	t.Helper()
	server := kubetest.Shared(t)
	loaded.Do(func() { server.Apply(t, kubetest.Harbour(moment)) })
	return server
}

func options() cluster.Options {
	return cluster.Options{CollectorVersion: "test", TakenAt: moment, HashKey: []byte("a key for golden files")}
}

// collect takes a snapshot as the user of a kubeconfig and reads it back.
func collect(t *testing.T, kubeconfig string, o cluster.Options) (records []snapshot.Record, summary cluster.Summary) {
	t.Helper()
	raw, summary := collectBytes(t, kubeconfig, o)
	for record, err := range snapshot.NewReader(bytes.NewReader(raw), snapshot.DefaultLimits()).Records() {
		require.NoError(t, err)
		records = append(records, record)
	}
	return records, summary
}

func collectBytes(t *testing.T, kubeconfig string, o cluster.Options) ([]byte, cluster.Summary) {
	t.Helper()
	client, err := cluster.Connect(cluster.Connection{Kubeconfig: kubeconfig, QPS: 1000})
	require.NoError(t, err)
	var out bytes.Buffer
	summary, err := cluster.Collect(t.Context(), client, o, &out)
	require.NoError(t, err)
	return out.Bytes(), summary
}

// only are the records of one type.
func only[T snapshot.Record](records []snapshot.Record) []T {
	var found []T
	for _, record := range records {
		if r, ok := record.(T); ok {
			found = append(found, r)
		}
	}
	return found
}

// one is the record that fits.
func one[T snapshot.Record](t *testing.T, records []snapshot.Record, fits func(T) bool) T {
	t.Helper()
	var found []T
	for _, r := range only[T](records) {
		if fits(r) {
			found = append(found, r)
		}
	}
	require.Len(t, found, 1)
	return found[0]
}

func header(t *testing.T, records []snapshot.Record) snapshot.Header {
	t.Helper()
	return one(t, records, func(snapshot.Header) bool { return true })
}

func TestHarbourAsAGoldenSnapshot(t *testing.T) {
	records, summary := collect(t, harbour(t).Kubeconfig, options())
	require.Empty(t, summary.Refused)
	var lines bytes.Buffer
	for _, record := range records {
		lines.WriteString(normal(t, record))
	}
	golden := filepath.Join("testdata", "harbour.golden")
	if *update {
		require.NoError(t, os.WriteFile(golden, lines.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), lines.String())
}

// normal prints a record without what the API server makes up: uids, times of creation, and its own port and certificate.
func normal(t *testing.T, record snapshot.Record) string {
	t.Helper()
	text, err := json.Marshal(record, json.Deterministic(true))
	require.NoError(t, err)
	var value any
	require.NoError(t, json.Unmarshal(text, &value))
	value = normalised("", value)
	if service, ok := record.(snapshot.Service); ok && service.Namespace == "default" && service.Name == "kubernetes" {
		delete(value.(map[string]any), "ports")
	}
	text, err = json.Marshal(value, json.Deterministic(true))
	require.NoError(t, err)
	return string(record.RecordKind()) + " " + string(text) + "\n"
}

func normalised(key string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			v[name] = normalised(name, inner)
		}
	case []any:
		for i := range v {
			v[i] = normalised(key, v[i])
		}
	case string:
		at, err := time.Parse(time.RFC3339, v)
		switch {
		case strings.HasSuffix(strings.ToLower(key), "uid"):
			return "(uid)"
		case strings.HasPrefix(key, "servingCertificate"):
			return "(the server's own)"
		case err == nil && at.After(moment.AddDate(0, 0, 1)):
			return "(now)"
		}
	}
	return value
}

func TestWhatHarbourTells(t *testing.T) {
	records, _ := collect(t, harbour(t).Kubeconfig, options())
	pods := func(name string) snapshot.WorkloadPods {
		return one(t, records, func(p snapshot.WorkloadPods) bool { return p.Name == name })
	}
	service := func(name string) snapshot.Service {
		return one(t, records, func(s snapshot.Service) bool { return s.Name == name })
	}

	t.Run("the cluster itself", func(t *testing.T) {
		c := one(t, records, func(snapshot.Cluster) bool { return true })
		require.Equal(t, "v1.37.2", c.ServerVersion)
		require.Equal(t, "kubeadm", c.Provisioner)
		require.Equal(t, "ConfigMap kube-system/kubeadm-config", c.ProvisionerSign)
		require.False(t, *c.Managed)
		require.Equal(t, snapshot.ControlPlane{APIServers: 1, EtcdMembers: 1, Visible: true}, *c.ControlPlane)
		require.Equal(t, []string{"10.96.0.0/16"}, c.ServiceCIDRs)
		require.Equal(t, header(t, records).PlatformUID, c.UID)
		require.True(t, c.ServingCertEnd.After(moment))
	})
	t.Run("an old kubelet", func(t *testing.T) {
		node := one(t, records, func(n snapshot.Node) bool { return n.Name == "worker-c" })
		require.Equal(t, "v1.33.5", node.KubeletVersion)
		require.Positive(t, *node.Pods)
		require.Positive(t, *node.RequestedMemoryBytes)
	})
	t.Run("a container that was killed for its memory", func(t *testing.T) {
		ended := pods("ledger").Terminations
		require.Len(t, ended, 1)
		require.Equal(t, "OOMKilled", ended[0].Reason)
		require.EqualValues(t, 137, ended[0].ExitCode)
		require.Equal(t, 2, ended[0].Count)
		require.True(t, ended[0].Latest.Before(moment) && ended[0].Latest.After(moment.AddDate(0, 0, -1)))
		require.Nil(t, pods("ledger").ReadyAfter, "pods that restarted tell no start time")
	})
	t.Run("one tag, two images", func(t *testing.T) {
		images := pods("desk").Images
		require.Len(t, images, 2)
		require.Equal(t, images[0].Template, images[1].Template)
		require.Equal(t, images[0].Image, images[1].Image)
		require.NotEqual(t, images[0].ImageID, images[1].ImageID)
	})
	t.Run("a service whose endpoints are all on one node", func(t *testing.T) {
		require.Equal(t, []snapshot.Share{{Name: "worker-a", Pods: 2}}, service("storefront").ReadyEndpointNodes)
	})
	t.Run("who owns an external address, and never the address", func(t *testing.T) {
		require.Len(t, service("catalogue").ExternalAddresses, 1)
		require.Equal(t, []string{"worker-b"}, service("catalogue").ExternalAddresses[0].Nodes)
	})
	t.Run("kube-proxy's mode and the network plugin", func(t *testing.T) {
		network := func(component string) snapshot.Network {
			return one(t, records, func(n snapshot.Network) bool { return n.Component == component })
		}
		proxy, plugin := network("kube-proxy"), network("cni")
		require.Equal(t, "v1.37.2 ipvs", proxy.Version+" "+proxy.Mode)
		require.True(t, proxy.ModeKnown)
		require.Equal(t, "calico v3.32.1", plugin.Name+" "+plugin.Version)
	})
	t.Run("releases by their labels", func(t *testing.T) {
		require.Len(t, only[snapshot.Release](records), 7)
		failed := one(t, records, func(r snapshot.Release) bool { return r.Status == "failed" })
		require.Equal(t, 3, failed.Revision)
	})
	t.Run("a naked pod, and static pods that no operator owns", func(t *testing.T) {
		toolbox := one(t, records, func(w snapshot.Workload) bool { return w.Name == "toolbox" })
		require.Equal(t, "Pod", toolbox.Kind)
		static := one(t, records, func(w snapshot.Workload) bool { return w.Name == "etcd-cp-1" })
		require.True(t, static.Mirror)
		require.Empty(t, static.OwnerKind+static.ManagedBy)
	})
}

func TestSmallPagesGiveTheSameSnapshot(t *testing.T) {
	o := options()
	whole, _ := collectBytes(t, harbour(t).Kubeconfig, o)
	o.PageSize = 2
	paged, summary := collectBytes(t, harbour(t).Kubeconfig, o)
	require.True(t, bytes.Equal(whole, paged))
	require.Greater(t, summary.Requests, 60)
}

func TestSingleNamespaces(t *testing.T) {
	o := options()
	o.Namespaces = []string{"shop", "payments"}
	records, _ := collect(t, harbour(t).Kubeconfig, o)
	head := header(t, records)
	require.Equal(t, []string{"payments", "shop"}, head.Scope.Namespaces)
	require.Equal(t, []string{"namespaces", "nodes"}, head.Scope.Refused)
	require.NotEmpty(t, head.PlatformUID)
	for _, w := range only[snapshot.Workload](records) {
		require.Contains(t, o.Namespaces, w.Namespace)
	}
	require.Len(t, only[snapshot.Service](records), 6)
	require.Empty(t, only[snapshot.Node](records))
}

func TestACollectionThatTakesTooLong(t *testing.T) {
	client, err := cluster.Connect(cluster.Connection{Kubeconfig: harbour(t).Kubeconfig, QPS: 1})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = cluster.Collect(ctx, client, options(), io.Discard)
	require.Equal(t, cluster.ErrTime, err)
}

func TestAWriterThatFails(t *testing.T) {
	client, err := cluster.Connect(cluster.Connection{Kubeconfig: harbour(t).Kubeconfig, QPS: 1000})
	require.NoError(t, err)
	_, err = cluster.Collect(t.Context(), client, options(), failing{})
	require.ErrorIs(t, err, errDisk)
}

var errDisk = errors.New("no space left on device")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errDisk }
