package node_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/node"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// files are a machine's, by their path below a folder that holds proc and sys.
type files map[string]string

// worker is a machine as most are: cgroup v2, four processors, a table in use.
func worker() files {
	return files{
		"proc/sys/kernel/osrelease":                                   "6.12.41+deb13-amd64\n",
		"proc/sys/net/netfilter/nf_conntrack_count":                   "167012\n",
		"proc/sys/net/netfilter/nf_conntrack_max":                     "262144\n",
		"proc/sys/net/netfilter/nf_conntrack_buckets":                 "65536\n",
		"proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established": "86400\n",
		"proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait":  "3600\n",
		"proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait":   "120\n",
		"proc/sys/net/netfilter/nf_conntrack_udp_timeout":             "30\n",
		"proc/sys/net/netfilter/nf_conntrack_udp_timeout_stream":      "120\n",
		"proc/net/stat/nf_conntrack":                                  "entries  found insert insert_failed drop early_drop\n00028c64  00000000 00000000 0000000a 00000001 00000000\n00028c64  00000000 00000000 00000006 000000ff 00000000\n",
		"sys/devices/system/cpu/online":                               "0-3\n",
		"sys/fs/cgroup/cgroup.controllers":                            "cpuset cpu io memory pids\n",
	}
}

func (f files) with(changes files) files {
	for name, text := range changes {
		if text == gone {
			delete(f, name)
			continue
		}
		f[name] = text
	}
	return f
}

// gone takes a file away.
const gone = "\x00gone"

// build makes the folders, and gives the options that name them.
func (f files) build(t *testing.T) node.Options {
	t.Helper()
	root := t.TempDir()
	for _, folder := range []string{"proc/sys/kernel", "sys/fs"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, folder), 0o755))
	}
	for name, text := range f {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return node.Options{Name: "worker-1", UID: "77", Proc: filepath.Join(root, "proc"), Sys: filepath.Join(root, "sys"), At: at, Version: "v1.2.3", ClusterUID: "5a1f"}
}

// whole is what is read of worker.
func whole() snapshot.Node {
	n := func(n int64) *int64 { return &n }
	moment := at
	return snapshot.Node{
		Name: "worker-1", UID: "77", OperatingSystem: "linux", KernelVersion: "6.12.41+deb13-amd64", CgroupVersion: 2, CgroupSource: "node", CPUs: 4,
		Conntrack: &snapshot.Conntrack{
			Count: 167012, Max: 262144, Source: "node", Buckets: n(65536), TCPEstablishedSeconds: n(86400), TCPCloseWaitSeconds: n(3600),
			TCPTimeWaitSeconds: n(120), UDPSeconds: n(30), UDPStreamSeconds: n(120), InsertFailed: n(16), Dropped: n(256), ReadAt: &moment,
		},
	}
}

const netfilter = "proc/sys/net/netfilter/nf_conntrack_"

func TestWhatIsReadOfAMachine(t *testing.T) {
	for name, c := range map[string]struct {
		machine files
		change  func(*snapshot.Node)
		notes   []string // resource, reason, and a part of the text
	}{
		"everything is there": {worker(), func(*snapshot.Node) {}, nil},
		"cgroup v1": {
			worker().with(files{"sys/fs/cgroup/cgroup.controllers": gone, "sys/fs/cgroup/memory/cgroup.procs": "1\n"}),
			func(n *snapshot.Node) { n.CgroupVersion = 1 }, nil,
		},
		"both cgroup versions (hybrid) keep their limits in the first": {
			worker().with(files{"sys/fs/cgroup/cgroup.controllers": gone, "sys/fs/cgroup/cpu/cgroup.procs": "1\n", "sys/fs/cgroup/unified/cgroup.controllers": "\n"}),
			func(n *snapshot.Node) { n.CgroupVersion = 1 }, nil,
		},
		"no cgroup that is seen": {
			worker().with(files{"sys/fs/cgroup/cgroup.controllers": gone, "sys/fs/cgroup/unified/cgroup.controllers": "\n"}),
			func(n *snapshot.Node) { n.CgroupVersion, n.CgroupSource = 0, "" }, []string{"cgroup absent neither version"},
		},
		"no conntrack module, or a container that is shown nothing of it": {
			files{"proc/sys/kernel/osrelease": "6.12.41+deb13-amd64", "sys/devices/system/cpu/online": "0,2-4", "sys/fs/cgroup/cgroup.controllers": ""},
			func(n *snapshot.Node) { n.Conntrack = nil }, []string{"conntrack absent tracks no connections"},
		},
		"an old kernel with fewer settings": {
			worker().with(files{netfilter + "buckets": gone, netfilter + "udp_timeout": gone, "proc/net/stat/nf_conntrack": gone}),
			func(n *snapshot.Node) {
				n.Conntrack.Buckets, n.Conntrack.UDPSeconds, n.Conntrack.InsertFailed, n.Conntrack.Dropped = nil, nil, nil, nil
			}, nil,
		},
		"a maximum without a count": {
			worker().with(files{netfilter + "count": gone}), func(n *snapshot.Node) { n.Conntrack = nil }, []string{"conntrack absent nf_conntrack_count is not there"},
		},
		"a huge count": {
			worker().with(files{netfilter + "count": "9007199254740992\n"}), func(n *snapshot.Node) { n.Conntrack = nil }, []string{"conntrack skipped no whole number"},
		},
		"the largest count that is taken": {
			worker().with(files{netfilter + "count": "9007199254740991\n"}), func(n *snapshot.Node) { n.Conntrack.Count = snapshot.MaxInteger }, nil,
		},
		"a negative maximum": {
			worker().with(files{netfilter + "max": "-1\n"}), func(n *snapshot.Node) { n.Conntrack = nil }, []string{"conntrack skipped nf_conntrack_max was passed over"},
		},
		"no number": {
			worker().with(files{netfilter + "max": "NaN\n"}), func(n *snapshot.Node) { n.Conntrack = nil }, []string{"conntrack skipped no whole number"},
		},
		"two figures": {
			worker().with(files{netfilter + "max": "1 2\n"}), func(n *snapshot.Node) { n.Conntrack = nil }, []string{"conntrack skipped no whole number"},
		},
		"an empty file": {
			worker().with(files{netfilter + "buckets": ""}), func(n *snapshot.Node) { n.Conntrack.Buckets = nil }, []string{"conntrack skipped nf_conntrack_buckets"},
		},
		"a file without end": {
			worker().with(files{netfilter + "buckets": strings.Repeat("1", 65), "proc/sys/kernel/osrelease": strings.Repeat("6", 200)}),
			func(n *snapshot.Node) { n.Conntrack.Buckets, n.KernelVersion = nil, "" }, []string{"kernel skipped larger", "conntrack skipped larger"},
		},
		"binary files": {
			worker().with(files{"proc/sys/kernel/osrelease": "6.1\x1b[31m\xff\n", "proc/net/stat/nf_conntrack": "\x7fELF\x00\x01", "sys/devices/system/cpu/online": "\x00\x01"}),
			func(n *snapshot.Node) {
				n.KernelVersion, n.CPUs, n.Conntrack.InsertFailed, n.Conntrack.Dropped = "", 0, nil, nil
			}, []string{"kernel skipped no version", "processors skipped", "conntrack skipped net/stat/nf_conntrack"},
		},
		"statistics with a line too short": {
			worker().with(files{"proc/net/stat/nf_conntrack": "insert_failed drop\n1 2\n3\n"}),
			func(n *snapshot.Node) { n.Conntrack.InsertFailed, n.Conntrack.Dropped = nil, nil }, []string{"conntrack skipped net/stat/nf_conntrack"},
		},
		"statistics with a figure beyond 32 bits": {
			worker().with(files{"proc/net/stat/nf_conntrack": "insert_failed drop\n1ffffffff 2\n"}),
			func(n *snapshot.Node) { n.Conntrack.InsertFailed, n.Conntrack.Dropped = nil, nil }, []string{"conntrack skipped net/stat/nf_conntrack"},
		},
		"statistics that name a figure twice": {
			worker().with(files{"proc/net/stat/nf_conntrack": "drop drop\n1 2\n"}),
			func(n *snapshot.Node) { n.Conntrack.InsertFailed, n.Conntrack.Dropped = nil, nil }, []string{"conntrack skipped net/stat/nf_conntrack"},
		},
		"processors that are switched off between others": {
			worker().with(files{"sys/devices/system/cpu/online": "0,2-5,7\n"}), func(n *snapshot.Node) { n.CPUs = 6 }, nil,
		},
		"a list of processors that runs backwards": {
			worker().with(files{"sys/devices/system/cpu/online": "4-2\n"}), func(n *snapshot.Node) { n.CPUs = 0 }, []string{"processors skipped"},
		},
		"a list that counts a processor twice": {
			worker().with(files{"sys/devices/system/cpu/online": "0-3,3\n"}), func(n *snapshot.Node) { n.CPUs = 0 }, []string{"processors skipped"},
		},
		"more processors than there can be": {
			worker().with(files{"sys/devices/system/cpu/online": "0-65536\n"}), func(n *snapshot.Node) { n.CPUs = 0 }, []string{"processors skipped"},
		},
		"nothing at all": {
			files{}, func(n *snapshot.Node) {
				*n = snapshot.Node{Name: "worker-1", UID: "77", OperatingSystem: "linux"}
			}, []string{"kernel absent", "processors absent", "conntrack absent", "cgroup absent"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := whole()
			c.change(&want)
			got, err := node.Read(c.machine.build(t))
			require.NoError(t, err)
			require.Equal(t, want, got.Node)
			requireNotes(t, c.notes, got.Notes)
			require.Equal(t, snapshot.Header{CollectorVersion: "v1.2.3", Source: snapshot.SourceNode, TakenAt: at, PlatformUID: "5a1f"}, got.Header)
			require.Equal(t, want, written(t, got), "what is read can be written, and is read again as it was")
		})
	}
}

func requireNotes(t *testing.T, want []string, got []snapshot.Note) {
	t.Helper()
	require.Len(t, got, len(want), "%v", got)
	for i, wanted := range want {
		parts := strings.SplitN(wanted, " ", 3)
		require.Equal(t, parts[:2], []string{got[i].Resource, got[i].Reason})
		if len(parts) == 3 {
			require.Contains(t, got[i].Detail, parts[2])
		}
	}
}

// written writes a reading, and reads the one node of it.
func written(t *testing.T, reading node.Reading) (found snapshot.Node) {
	t.Helper()
	for record, err := range snapshot.NewReader(bytes.NewReader(encoded(t, reading)), snapshot.DefaultLimits()).Records() {
		require.NoError(t, err)
		if n, is := record.(snapshot.Node); is {
			found = n
		}
	}
	return found
}

func encoded(t *testing.T, reading node.Reading) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := snapshot.NewWriter(&out, reading.Header)
	require.NoError(t, err)
	require.NoError(t, reading.Write(w))
	return out.Bytes()
}

// TestNothingOutsideIsOpened puts links and what is no file in the place of files.
func TestNothingOutsideIsOpened(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.WriteFile(secret, []byte("424242\n"), 0o644))
	for name, put := range map[string]func(path string) error{
		"a link by its whole path": func(path string) error { return os.Symlink(secret, path) },
		"a link upwards":           func(path string) error { return os.Symlink("../../../../../../../../../../../.."+secret, path) },
		"a pipe that nobody fills": func(path string) error { return syscall.Mkfifo(path, 0o644) },
		"a folder":                 func(path string) error { return os.Mkdir(path, 0o755) },
	} {
		t.Run(name, func(t *testing.T) {
			options := worker().build(t)
			for _, file := range []string{options.Proc + "/sys/net/netfilter/nf_conntrack_buckets", options.Proc + "/sys/kernel/osrelease", options.Proc + "/net/stat/nf_conntrack", options.Sys + "/devices/system/cpu/online", options.Sys + "/fs/cgroup/cgroup.controllers"} {
				require.NoError(t, os.Remove(file))
				require.NoError(t, put(file))
			}
			want := whole()
			want.KernelVersion, want.CPUs, want.CgroupVersion, want.CgroupSource = "", 0, 0, ""
			want.Conntrack.Buckets, want.Conntrack.InsertFailed, want.Conntrack.Dropped = nil, nil, nil
			got, err := node.Read(options)
			require.NoError(t, err)
			require.Equal(t, want, got.Node)
			require.Len(t, got.Notes, 5)
		})
	}
	t.Run("a link inside is followed, as /proc/net is one", func(t *testing.T) {
		options := worker().build(t)
		require.NoError(t, os.Mkdir(options.Proc+"/self", 0o755))
		require.NoError(t, os.Rename(options.Proc+"/net", options.Proc+"/self/net"))
		require.NoError(t, os.Symlink("self/net", options.Proc+"/net"))
		got, err := node.Read(options)
		require.NoError(t, err)
		require.Equal(t, whole(), got.Node)
	})
}

func TestANetworkNamespaceOfItsOwn(t *testing.T) {
	options := worker().build(t)
	require.NoError(t, os.Chmod(options.Proc+"/sys/net/netfilter/nf_conntrack_max", 0o444))
	want := whole()
	want.Conntrack = nil
	got, err := node.Read(options)
	require.NoError(t, err)
	require.Equal(t, want, got.Node, "a container's few connections are not the node's")
	requireNotes(t, []string{"conntrack skipped network namespace of its own"}, got.Notes)

	options.OwnNetwork = true
	got, err = node.Read(options)
	require.NoError(t, err)
	require.Equal(t, whole(), got.Node)
	require.Empty(t, got.Notes)
}

func TestFoldersThatNoMachineHas(t *testing.T) {
	fine := worker().build(t)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	empty := t.TempDir()
	for name, c := range map[string]struct{ proc, sys, want string }{
		"no folder":     {"/nowhere", fine.Sys, "open --proc /nowhere: no such file or directory"},
		"a file":        {fine.Proc, file, "open --sys " + file + ": not a directory"},
		"an empty one":  {empty, fine.Sys, "--proc " + empty + " holds no folder sys/kernel: it is no /proc of a Linux machine"},
		"the other one": {fine.Proc, fine.Proc, "--sys " + fine.Proc + " holds no folder fs: it is no /sys of a Linux machine"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := node.Read(node.Options{Name: "a", Proc: c.proc, Sys: c.sys, At: at})
			require.EqualError(t, err, c.want)
		})
	}
}
