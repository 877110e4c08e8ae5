package snapshot_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// wrap writes a snapshot of records.
func wrap(t *testing.T, header snapshot.Header, records ...snapshot.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	header.CollectorVersion = "v1.2.3"
	if header.TakenAt.IsZero() {
		header.TakenAt = noon
	}
	w, err := snapshot.NewWriter(&out, header)
	require.NoError(t, err)
	for _, record := range records {
		require.NoError(t, w.Write(record))
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func ofCluster(uid string, nodes ...snapshot.Node) func(*testing.T) []byte {
	return func(t *testing.T) []byte {
		records := []snapshot.Record{snapshot.Cluster{UID: uid, ServerVersion: "v1.34.2"}}
		for _, n := range nodes {
			records = append(records, n)
		}
		records = append(records, snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "cart", Replicas: new(2)})
		return wrap(t, snapshot.Header{Source: snapshot.SourceCluster, PlatformUID: uid, Scope: snapshot.Scope{Collected: []string{"nodes"}}}, records...)
	}
}

// table is a connection tracking table that was read at noon, count entries full.
func table(count int64, at time.Time) *snapshot.Conntrack {
	return &snapshot.Conntrack{Count: count, Max: 262144, Source: "node", ReadAt: &at}
}

// reading is what was read on a machine so long after noon.
type reading struct {
	after   time.Duration
	cluster string
	node    snapshot.Node
}

func (r reading) bytes(t *testing.T) []byte {
	return wrap(t, snapshot.Header{Source: snapshot.SourceNode, TakenAt: noon.Add(r.after), PlatformUID: r.cluster}, r.node,
		snapshot.Note{Resource: "conntrack", Reason: "skipped", Detail: "a note stays where it is"})
}

func TestMergingNodesIntoTheirCluster(t *testing.T) {
	later := noon.Add(time.Hour)
	for name, c := range map[string]struct {
		cluster func(*testing.T) []byte
		nodes   []reading
		want    []snapshot.Node
		remarks []string
	}{
		"figures go to the node of that name, and nothing else changes": {
			ofCluster("5a1f", snapshot.Node{Name: "a", UID: "1", Zone: "z", KernelVersion: "6.1", Unschedulable: true}, snapshot.Node{Name: "b", UID: "2"}),
			[]reading{{0, "5a1f", snapshot.Node{Name: "a", KernelVersion: "6.1", CPUs: 4, CgroupVersion: 2, CgroupSource: "node", Conntrack: &snapshot.Conntrack{Count: 7, Max: 262144, Source: "node"}}}},
			[]snapshot.Node{{Name: "a", UID: "1", Zone: "z", KernelVersion: "6.1", Unschedulable: true, CPUs: 4, CgroupVersion: 2, CgroupSource: "node", Conntrack: table(7, noon)}, {Name: "b", UID: "2"}}, nil,
		},
		"what the reading does not tell stays": {
			ofCluster("5a1f", snapshot.Node{Name: "a", CPUs: 4, CgroupVersion: 1, CgroupSource: "os", KernelVersion: "6.1", Conntrack: &snapshot.Conntrack{Count: 1, Max: 2, Source: "node-exporter"}}),
			[]reading{{0, "", snapshot.Node{Name: "a"}}},
			[]snapshot.Node{{Name: "a", CPUs: 4, CgroupVersion: 1, CgroupSource: "os", KernelVersion: "6.1", Conntrack: &snapshot.Conntrack{Count: 1, Max: 2, Source: "node-exporter"}}}, nil,
		},
		"the uid goes before the name": {
			ofCluster("5a1f", snapshot.Node{Name: "pseudonym", UID: "1"}),
			[]reading{{0, "", snapshot.Node{Name: "a", UID: "1", CPUs: 4}}},
			[]snapshot.Node{{Name: "pseudonym", UID: "1", CPUs: 4}}, nil,
		},
		"a node that was made anew under its name": {
			ofCluster("5a1f", snapshot.Node{Name: "a", UID: "2"}), []reading{{0, "", snapshot.Node{Name: "a", UID: "1", CPUs: 4}}},
			[]snapshot.Node{{Name: "a", UID: "2"}}, []string{"n0: not merged, a has been made anew: its uid is 2, and the reading is of 1"},
		},
		"a reading from before the node was made": {
			ofCluster("5a1f", snapshot.Node{Name: "a", CreatedAt: &later}), []reading{{0, "", snapshot.Node{Name: "a", CPUs: 4}}},
			[]snapshot.Node{{Name: "a", CreatedAt: &later}}, []string{"n0: not merged, it was read before a was made"},
		},
		"a node that the cluster does not have": {
			ofCluster("5a1f", snapshot.Node{Name: "a"}), []reading{{0, "", snapshot.Node{Name: "b", CPUs: 4}}},
			[]snapshot.Node{{Name: "a"}}, []string{"n0: not merged, the cluster's snapshot holds no node b"},
		},
		"the newer of two readings, whatever their order": {
			ofCluster("5a1f", snapshot.Node{Name: "a"}, snapshot.Node{Name: "b"}),
			[]reading{
				{0, "", snapshot.Node{Name: "a", CPUs: 4}}, {time.Minute, "", snapshot.Node{Name: "a", CPUs: 8}},
				{time.Minute, "", snapshot.Node{Name: "b", CPUs: 8}}, {0, "", snapshot.Node{Name: "b", CPUs: 4}},
			},
			[]snapshot.Node{{Name: "a", CPUs: 8}, {Name: "b", CPUs: 8}},
			[]string{"n0: passed over, n1 holds a newer reading of a", "n3: passed over, n2 holds a newer reading of b"},
		},
		"a node that was read under its old name first": {
			ofCluster("5a1f", snapshot.Node{Name: "a"}, snapshot.Node{Name: "b"}),
			[]reading{{0, "", snapshot.Node{Name: "a", UID: "1", CPUs: 4}}, {time.Minute, "", snapshot.Node{Name: "b", UID: "1", CPUs: 8}}},
			[]snapshot.Node{{Name: "a"}, {Name: "b", CPUs: 8}}, []string{"n0: passed over, n1 holds a newer reading of b"},
		},
		"a node whose uid only the older reading knows": {
			ofCluster("5a1f", snapshot.Node{Name: "a", UID: "1"}),
			[]reading{{0, "", snapshot.Node{Name: "a", UID: "1", CPUs: 4}}, {time.Minute, "", snapshot.Node{Name: "a", CPUs: 8}}},
			[]snapshot.Node{{Name: "a", UID: "1", CPUs: 8}}, []string{"n0: passed over, n1 holds a newer reading of a"},
		},
		"a newer reading was merged before": {
			ofCluster("5a1f", snapshot.Node{Name: "a", Conntrack: table(9, later)}), []reading{{0, "", snapshot.Node{Name: "a", Conntrack: table(7, noon)}}},
			[]snapshot.Node{{Name: "a", Conntrack: table(9, later)}}, []string{"n0: not merged, the cluster's snapshot holds a newer reading of a"},
		},
		"contradictions are named": {
			ofCluster("5a1f", snapshot.Node{Name: "a", KernelVersion: "6.1", CgroupVersion: 1, CgroupSource: "os", Capacity: &snapshot.Amounts{CPUMillicores: 8000}}),
			[]reading{{0, "", snapshot.Node{Name: "a", KernelVersion: "6.12", CgroupVersion: 2, CgroupSource: "node", CPUs: 4}}},
			[]snapshot.Node{{Name: "a", KernelVersion: "6.1", CgroupVersion: 2, CgroupSource: "node", CPUs: 4, Capacity: &snapshot.Amounts{CPUMillicores: 8000}}},
			[]string{
				"n0: a says that its kernel is 6.12, the cluster says 6.1, which stays",
				"n0: a says that its cgroup version is 2, the cluster says 1: that of the machine is taken",
				"n0: a says that it has 4 processors, the cluster says 8000 millicores: both are kept",
			},
		},
		"a reading of the other day": {
			ofCluster("5a1f", snapshot.Node{Name: "a"}), []reading{{-25 * time.Hour, "", snapshot.Node{Name: "a", CPUs: 4}}},
			[]snapshot.Node{{Name: "a", CPUs: 4}}, []string{"n0: a was read 25 hours apart from the cluster's snapshot"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var readings snapshot.NodeReadings
			var remarks []string
			for i, r := range c.nodes {
				more, err := readings.Add("n"+string(rune('0'+i)), bytes.NewReader(r.bytes(t)), snapshot.Limits{})
				require.NoError(t, err)
				remarks = append(remarks, more...)
			}
			before := c.cluster(t)
			var out bytes.Buffer
			done, err := readings.Merge(&out, bytes.NewReader(before), snapshot.Limits{})
			require.NoError(t, err)
			require.Equal(t, c.remarks, append(remarks, done.Remarks...))

			header, records := split(t, before)
			gotHeader, got := split(t, out.Bytes())
			require.Equal(t, header, gotHeader)
			require.Equal(t, c.want, nodesIn(got))
			require.Equal(t, othersIn(records), othersIn(got))

			var again bytes.Buffer
			_, err = readings.Merge(&again, bytes.NewReader(out.Bytes()), snapshot.Limits{})
			require.NoError(t, err)
			require.Equal(t, out.Bytes(), again.Bytes(), "what was merged once stays as it is")
		})
	}
}

func split(t *testing.T, content []byte) (header snapshot.Header, records []snapshot.Record) {
	t.Helper()
	for record, err := range snapshot.NewReader(bytes.NewReader(content), snapshot.Limits{}).Records() {
		require.NoError(t, err)
		if h, is := record.(snapshot.Header); is {
			header = h
			continue
		}
		records = append(records, record)
	}
	return header, records
}

func nodesIn(records []snapshot.Record) (nodes []snapshot.Node) {
	for _, record := range records {
		if n, is := record.(snapshot.Node); is {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

func othersIn(records []snapshot.Record) (others []snapshot.Record) {
	for _, record := range records {
		if _, is := record.(snapshot.Node); !is {
			others = append(others, record)
		}
	}
	return others
}

func TestWhatIsNotMerged(t *testing.T) {
	node := reading{0, "5a1f", snapshot.Node{Name: "a", CPUs: 4}}.bytes
	cluster := ofCluster("5a1f", snapshot.Node{Name: "a"})
	for name, c := range map[string]struct {
		node, cluster func(*testing.T) []byte
		want          string
	}{
		"another cluster's node":    {node, ofCluster("77aa"), "n is of another cluster: 5a1f, not 77aa"},
		"a cluster for a node":      {cluster, cluster, "n is a snapshot of a cluster, not of a node"},
		"a node for a cluster":      {node, node, "want a snapshot of a cluster to merge into, got one of source node"},
		"a node's snapshot without": {func(t *testing.T) []byte { return wrap(t, snapshot.Header{Source: snapshot.SourceNode}) }, cluster, "n holds no node"},
		"half a node's snapshot":    {func(t *testing.T) []byte { whole := node(t); return whole[:len(whole)-9] }, cluster, "n is no whole snapshot: "},
		"half a cluster's snapshot": {node, func(t *testing.T) []byte { whole := cluster(t); return whole[:len(whole)-9] }, "cut off"},
		"what is no snapshot":       {func(*testing.T) []byte { return []byte(strings.Repeat("x", 100)) }, cluster, "n is no whole snapshot: not a gzip file"},
		"a newer version's cluster": {node, newer, `it holds what this version does not know, and a copy would lose: "telescope"`},
		"no bytes at all":           {node, func(*testing.T) []byte { return nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var readings snapshot.NodeReadings
			_, err := readings.Add("n", bytes.NewReader(c.node(t)), snapshot.Limits{})
			if err == nil {
				_, err = readings.Merge(&bytes.Buffer{}, bytes.NewReader(c.cluster(t)), snapshot.Limits{})
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestAMergeThatCanNotBeWritten(t *testing.T) {
	var readings snapshot.NodeReadings
	_, err := readings.Merge(full{}, bytes.NewReader(ofCluster("5a1f")(t)), snapshot.Limits{})
	require.ErrorContains(t, err, "no room")
}

// newer is a cluster's snapshot by a version that knows one kind more.
func newer(t *testing.T) []byte {
	t.Helper()
	lines := `{"kind":"header","schema":"plimsoll.snapshot/v1","schemaMinor":9,"collectorVersion":"v9","source":"cluster","takenAt":"2026-03-02T12:00:00Z"}
{"kind":"telescope","name":"a"}
`
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := fmt.Fprintf(w, "%s"+`{"kind":"trailer","counts":{"header":1,"telescope":1},"sha256":"%x"}`+"\n", lines, sha256.Sum256([]byte(lines)))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

// Both sides of the bound, before the cluster's snapshot and after it.
func TestWhatAReadingBelongsTo(t *testing.T) {
	for name, c := range map[string]struct {
		after         time.Duration
		read, cluster string
		want          bool
	}{
		"at the bound before": {after: -24 * time.Hour, want: true}, "beyond it": {after: -24*time.Hour - time.Second},
		"at the bound after": {after: 24 * time.Hour, want: true}, "beyond it after": {after: 24*time.Hour + time.Second},
		"the same cluster": {read: "5a1f", cluster: "5a1f", want: true}, "another cluster": {read: "77aa", cluster: "5a1f"},
		"a cluster that the machine did not know": {cluster: "5a1f", want: true}, "a snapshot that names none": {read: "5a1f", want: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := snapshot.NodeReading{Cluster: c.read, At: noon.Add(c.after)}
			require.Equal(t, c.want, r.Belongs(c.cluster, noon))
		})
	}
}

// A server keeps the figures of a reading alone: merged, they must do all that the whole reading does.
func TestFiguresAreAllThatIsMerged(t *testing.T) {
	now, n := noon, int64(3)
	whole := snapshot.Node{Name: "a", UID: "1", Zone: "z", KernelVersion: "6.1", CgroupVersion: 2, CgroupSource: "node", CPUs: 4, Unschedulable: true,
		Capacity: &snapshot.Amounts{Pods: 3}, Conntrack: &snapshot.Conntrack{Count: 1, Max: 2, Source: "node", Dropped: &n, ReadAt: &now}}
	cluster := snapshot.Node{Name: "a", UID: "1", Zone: "y"}
	merged := func(node snapshot.Node) (snapshot.Node, []snapshot.NodeReading, snapshot.Merged) {
		var readings snapshot.NodeReadings
		var done snapshot.Merged
		require.Empty(t, readings.Put(snapshot.NodeReading{From: "n", At: noon, Node: snapshot.Node{Name: "elsewhere"}}))
		require.Empty(t, readings.Put(snapshot.NodeReading{From: "n", At: noon, Node: node}))
		return readings.Into(cluster, snapshot.Header{TakenAt: noon}, &done), readings.Merged(), done
	}
	given, used, done := merged(whole.Figures())
	want, _, _ := merged(whole)
	require.Equal(t, want, given)
	require.Equal(t, "y", given.Zone)
	require.Equal(t, whole.Conntrack, given.Conntrack)
	require.Equal(t, snapshot.Merged{Nodes: 1}, done)
	require.Equal(t, []snapshot.NodeReading{{From: "n", At: noon, Node: whole.Figures()}}, used, "what no node of the cluster took is not among them")
}

func TestAMergeOfASignedSnapshotIsNotSigned(t *testing.T) {
	var readings snapshot.NodeReadings
	var out bytes.Buffer
	done, err := readings.Merge(&out, bytes.NewReader(signed(t, someToken)), snapshot.Limits{})
	require.NoError(t, err)
	require.Len(t, done.Remarks, 1)
	require.Contains(t, done.Remarks[0], "is signed, and what comes out is not")
	require.NotContains(t, linesOf(t, out.Bytes()), "signature")
}
