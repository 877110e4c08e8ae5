package node_test

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/collectors/node"
)

const insideVariable = "PLIMSOLL_TEST_INSIDE_NAMESPACE"

// TestARealTableThatFills runs TestInsideANetworkNamespace in one that goes with its process, however that ends.
func TestARealTableThatFills(t *testing.T) {
	arguments := []string{"unshare", "--net", "env", insideVariable + "=1", os.Args[0], "-test.run=^TestInsideANetworkNamespace$", "-test.v", "-test.timeout=4m"}
	if os.Geteuid() != 0 {
		arguments = append([]string{"sudo", "-n"}, arguments...)
	}
	out, err := exec.CommandContext(t.Context(), arguments[0], arguments[1:]...).CombinedOutput()
	require.NoError(t, err, "it needs the right to make a network namespace (root, or sudo without a password), nft, ip, and a kernel with nf_conntrack:\n%s", out)
	require.Contains(t, string(out), "--- PASS: TestInsideANetworkNamespace", string(out))
}

// TestInsideANetworkNamespace has work only where TestARealTableThatFills starts it.
func TestInsideANetworkNamespace(t *testing.T) {
	if os.Getenv(insideVariable) == "" {
		return
	}
	command(t, "ip", "link", "set", "lo", "up")
	command(t, "nft", "add table inet plimsoll; add chain inet plimsoll out { type filter hook output priority 0; }; add rule inet plimsoll out ct state new counter")
	for name, seconds := range map[string]string{"udp_timeout": "900", "udp_timeout_stream": "901", "tcp_timeout_established": "7200"} {
		require.NoError(t, os.WriteFile("/proc/"+sysctl+name, []byte(seconds), 0))
	}

	foreign := read(t, false)
	require.Nil(t, foreign.Node.Conntrack, "the kernel shows a namespace its own connections alone, and they are not the machine's")
	requireNotes(t, []string{"conntrack skipped network namespace of its own"}, foreign.Notes)

	empty := read(t, true)
	require.Zero(t, empty.Node.Conntrack.Count)
	require.Equal(t, sysctlOf(t, "max"), empty.Node.Conntrack.Max)
	require.Equal(t, sysctlOf(t, "buckets"), *empty.Node.Conntrack.Buckets)
	require.Equal(t, int64(900), *empty.Node.Conntrack.UDPSeconds)
	require.Equal(t, int64(901), *empty.Node.Conntrack.UDPStreamSeconds)
	require.Equal(t, int64(7200), *empty.Node.Conntrack.TCPEstablishedSeconds)
	require.Equal(t, int64(0), *empty.Node.Conntrack.InsertFailed, "the statistics are this namespace's")

	connect(t, 50)
	open := read(t, true)
	require.Equal(t, int64(50), open.Node.Conntrack.Count, "an entry for each connection, whose both ends are here")
	require.Equal(t, assessments.RuleCount{Pass: 1}, judged(t, open, "networking/conntrack-use"))

	fill(t, open.Node.Conntrack.Max*65/100)
	full := read(t, true)
	require.Greater(t, full.Node.Conntrack.Count, full.Node.Conntrack.Max*60/100)
	require.Less(t, full.Node.Conntrack.Count, full.Node.Conntrack.Max*70/100)
	require.Equal(t, assessments.RuleCount{Fail: 1}, judged(t, full, "networking/conntrack-use"))
}

const sysctl = "sys/net/netfilter/nf_conntrack_"

func sysctlOf(t *testing.T, name string) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/" + sysctl + name)
	require.NoError(t, err)
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	require.NoError(t, err)
	return n
}

func command(t *testing.T, name string, arguments ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, arguments...).CombinedOutput()
	require.NoError(t, err, "%s: %s", name, out)
}

func read(t *testing.T, own bool) node.Reading {
	t.Helper()
	reading, err := node.Read(node.Options{Name: "worker-1", At: time.Now(), Version: "v1.2.3", OwnNetwork: own})
	require.NoError(t, err)
	require.Equal(t, "node", reading.Node.CgroupSource)
	require.NotZero(t, reading.Node.CPUs)
	require.NotEmpty(t, reading.Node.KernelVersion)
	return reading
}

// connect opens TCP connections that stay open until the test ends.
func connect(t *testing.T, n int) {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	for range n {
		client, err := net.Dial("tcp4", listener.Addr().String())
		require.NoError(t, err)
		server, err := listener.Accept()
		require.NoError(t, err)
		t.Cleanup(func() { _ = client.Close(); _ = server.Close() })
	}
}

// fill sends datagrams to as many different addresses and ports of the loopback device: an entry each.
func fill(t *testing.T, n int64) {
	t.Helper()
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4zero})
	require.NoError(t, err)
	defer socket.Close()
	const ports = 60_000
	for i := range n {
		to := &net.UDPAddr{IP: net.IPv4(127, 0, 1, byte(1+i/ports)), Port: int(1 + i%ports)}
		for range 10 { // the answer that nobody listens there comes as an error of a later call
			if _, err = socket.WriteToUDP([]byte{1}, to); err == nil {
				break
			}
		}
		require.NoError(t, err)
	}
}
