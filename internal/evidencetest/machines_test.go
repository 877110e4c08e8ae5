package evidencetest

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/collectors/node"
)

// The nodes of the faulty cluster whose machine is this one: one as it is, with its connection tracking table two thirds full, and one with
// a single processor, a table as good as empty, and the unified tree of cgroup v2 as its own.
const (
	fullTable   = "version-skew"
	unifiedTree = "pods-per-node"
)

// insideVariable names the folder for readings; it is set inside the namespaces alone.
const insideVariable = "PLIMSOLL_TEST_READINGS"

// merged puts into a cluster's snapshot what the node collector reads of this machine in namespaces that go with their process, however
// that ends.
func merged(t *testing.T, raw []byte) []byte {
	t.Helper()
	folder := t.TempDir()
	arguments := []string{"unshare", "--net", "--mount", "env", insideVariable + "=" + folder, os.Args[0], "-test.run=^TestReadTheMachine$", "-test.timeout=2m"}
	if os.Geteuid() != 0 {
		arguments = append([]string{"sudo", "-n"}, arguments...)
	}
	said, err := exec.CommandContext(t.Context(), arguments[0], arguments[1:]...).CombinedOutput()
	require.NoError(t, err, "it needs the right to make namespaces (root, or sudo without a password), ip, nft, mount, and a kernel with nf_conntrack and cgroup v2:\n%s", said)

	var readings snapshot.NodeReadings
	for _, name := range []string{fullTable, unifiedTree} {
		reading, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		_, err = readings.Add(name, bytes.NewReader(reading), snapshot.DefaultLimits())
		require.NoError(t, err)
	}
	var out bytes.Buffer
	done, err := readings.Merge(&out, bytes.NewReader(standing(t, raw)), snapshot.DefaultLimits())
	require.NoError(t, err)
	require.Equal(t, 2, done.Nodes, "%+v", done)
	return out.Bytes()
}

// standing is a snapshot whose nodes were there a day before the moment: a server makes them by its own clock, which is past it by now,
// and a reading from before its node was made is of another machine.
func standing(t *testing.T, raw []byte) []byte {
	t.Helper()
	all := records(t, raw)
	for i, record := range all {
		if node, isNode := record.(snapshot.Node); isNode {
			made := moment.AddDate(0, 0, -1)
			node.CreatedAt = &made
			all[i] = node
		}
	}
	var out bytes.Buffer
	require.NoError(t, snapshottest.Write(&out, all))
	return out.Bytes()
}

// TestReadTheMachine has work only where merged starts it.
func TestReadTheMachine(t *testing.T) {
	folder := os.Getenv(insideVariable)
	if folder == "" {
		return
	}
	command(t, "ip", "link", "set", "lo", "up")
	command(t, "nft", "add table inet plimsoll; add chain inet plimsoll out { type filter hook output priority 0; }; add rule inet plimsoll out ct state new counter")
	require.NoError(t, os.WriteFile("/proc/sys/net/netfilter/nf_conntrack_udp_timeout", []byte("900"), 0))
	write := func(name, sys string) {
		reading, err := node.Read(node.Options{Name: name, Sys: sys, At: moment, Version: "test", OwnNetwork: true})
		require.NoError(t, err)
		var out bytes.Buffer
		w, err := snapshot.NewWriter(&out, reading.Header)
		require.NoError(t, err)
		require.NoError(t, reading.Write(w))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), out.Bytes(), 0o644))
	}
	write(unifiedTree, unified(t))

	text, err := os.ReadFile("/proc/sys/net/netfilter/nf_conntrack_max")
	require.NoError(t, err)
	most, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	fill(t, most*65/100)
	write(fullTable, "")
}

// unified is a folder /sys in which the kernel itself shows cgroup v2, which this machine may keep elsewhere or not use.
func unified(t *testing.T) string {
	t.Helper()
	sys := t.TempDir()
	tree, online := filepath.Join(sys, "fs", "cgroup"), filepath.Join(sys, "devices", "system", "cpu")
	require.NoError(t, os.MkdirAll(tree, 0o755))
	require.NoError(t, os.MkdirAll(online, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(online, "online"), []byte("0\n"), 0o644))
	command(t, "mount", "-t", "cgroup2", "none", tree)
	t.Cleanup(func() { command(t, "umount", tree) })
	return sys
}

func command(t *testing.T, name string, arguments ...string) {
	t.Helper()
	said, err := exec.Command(name, arguments...).CombinedOutput()
	require.NoError(t, err, "%s %v: %s", name, arguments, said)
}

// fill sends datagrams to as many different addresses and ports of the loopback device: an entry each.
func fill(t *testing.T, n int) {
	t.Helper()
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4zero})
	require.NoError(t, err)
	defer socket.Close()
	const ports = 60_000
	for i := range n {
		to := &net.UDPAddr{IP: net.IPv4(127, 0, 1, byte(1+i/ports)), Port: 1 + i%ports}
		for range 10 { // the answer that nobody listens there comes as an error of a later call
			if _, err = socket.WriteToUDP([]byte{1}, to); err == nil {
				break
			}
		}
		require.NoError(t, err)
	}
}
