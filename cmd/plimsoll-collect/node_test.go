package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

// aMachine is a made-up machine's /proc and /sys, as flags.
func aMachine(t *testing.T) []string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"proc/sys/kernel/osrelease":                 "6.12.41\n",
		"proc/sys/net/netfilter/nf_conntrack_count": "167012\n",
		"proc/sys/net/netfilter/nf_conntrack_max":   "262144\n",
		"sys/devices/system/cpu/online":             "0-3\n",
		"sys/fs/cgroup/cgroup.controllers":          "memory\n",
	} {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return []string{"--proc", root + "/proc", "--sys", root + "/sys"}
}

// clusterFile is a snapshot of a cluster with a node of each name.
func clusterFile(t *testing.T, nodes ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cluster.plimsoll.gz")
	require.NoError(t, writeTo(path, nil, func(w io.Writer) error {
		out, err := snapshot.NewWriter(w, snapshot.Header{CollectorVersion: "v1.2.3", Source: snapshot.SourceCluster, TakenAt: time.Now(), PlatformUID: "5a1f"})
		require.NoError(t, err)
		for _, name := range nodes {
			require.NoError(t, out.Write(snapshot.Node{Name: name}))
		}
		return out.Close()
	}))
	return path
}

func TestANodeIntoItsCluster(t *testing.T) {
	t.Setenv("NODE_NAME", "worker-1")
	t.Setenv("NODE_UID", "")
	t.Setenv("CLUSTER_UID", "")
	folder := t.TempDir()
	one, two, out := folder+"/one", folder+"/two", folder+"/whole"

	got := start(t, append([]string{"node", "--out", one}, aMachine(t)...)...)
	require.Zero(t, got.code, got.stderr)
	require.Equal(t, "read node worker-1: 167012 of 262144 connections tracked, cgroup v2, kernel 6.12.41, 4 processors\n"+
		"written to "+one+"; see what is in it: plimsoll-collect inspect "+one+"\n", got.stderr)
	require.Contains(t, start(t, "inspect", one).stdout, "plimsoll.snapshot/v1 of a node")

	piped := start(t, append([]string{"node", "--node-name", "worker-9", "--cluster-uid", "5a1f"}, aMachine(t)...)...)
	require.NoError(t, os.WriteFile(two, []byte(piped.stdout), 0o600))
	require.Contains(t, start(t, "inspect", two).stdout, "cluster: 5a1f\n")

	merged := start(t, "inspect", "--merge", clusterFile(t, "worker-1", "worker-2"), one, two, "-o", out)
	require.Zero(t, merged.code, merged.stderr)
	require.Contains(t, merged.stderr, ": 1 node of 2\n  "+two+": not merged, the cluster's snapshot holds no node worker-9\n")
	shown := start(t, "inspect", out).stdout
	require.Contains(t, shown, "plimsoll.snapshot/v1 of a cluster")
	require.Contains(t, shown, "node.conntrack.count (1)")
	require.NoError(t, checkWhole(out))

	require.Contains(t, fails(t, "inspect", "--merge", one, two, "-o", folder+"/none"), "want a snapshot of a cluster to merge into, got one of source node")
	require.NoFileExists(t, folder+"/none", "no half file is left")
}

func TestANodeThatCanNotBeRead(t *testing.T) {
	cluster := clusterFile(t, "a")
	for name, c := range map[string]struct {
		arguments []string
		want      string
	}{
		"no proc":               {[]string{"node", "--proc", "/nowhere"}, "open --proc /nowhere: no such file or directory"},
		"too often":             {[]string{"node", "--every", "1s", "-o", "x"}, "--every 1s is too often: want 10s or more"},
		"again, to nowhere":     {[]string{"node", "--every", "1m"}, "--every writes a file anew: name it with --out FILE, or say --upload URL"},
		"nothing to merge":      {[]string{"inspect", "--merge", cluster}, "what is to be merged? Name the cluster's snapshot, then those of its nodes"},
		"a node too few":        {[]string{"inspect", "--merge", cluster, "/nowhere"}, "read /nowhere: no such file or directory"},
		"a cluster too few":     {[]string{"inspect", "--merge", "/nowhere", cluster}, cluster + " is a snapshot of a cluster, not of a node"},
		"--out without --merge": {[]string{"inspect", cluster, "--out", "x"}, "--out is for --merge: what inspect shows goes to standard output"},
		"nothing to inspect":    {[]string{"inspect"}, "accepts 1 arg(s), received 0"},
		"a name beyond a bound": {append([]string{"node", "--out", filepath.Join(t.TempDir(), "out"), "--node-name", strings.Repeat("x", 600)}, aMachine(t)...), "node.name: 600 bytes are beyond the bound of 512"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, fails(t, c.arguments...)) })
	}
}

func TestANodeIsReadAgainAndAgain(t *testing.T) {
	out := filepath.Join(t.TempDir(), "node")
	ctx, cancel := context.WithCancel(t.Context())
	arguments := append([]string{"node", "--node-name", "a", "--every", "10s", "--out", out}, aMachine(t)...)
	done := make(chan int)
	go func() { done <- run(ctx, arguments, nil, &bytes.Buffer{}, &bytes.Buffer{}) }()
	require.Eventually(t, func() bool { return checkWhole(out) == nil }, 30*time.Second, 5*time.Millisecond)
	cancel()
	require.Zero(t, <-done, "to be ended between two readings is no failure")
}
