package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/internal/kubetest"
)

// filesIn are the names of what is in a folder, hidden ones too.
func filesIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// TestAKilledRunLeavesNoHalfSnapshot kills the program at moments of its run, while it writes a file and sends: at few in short, at many
// by make kills.
func TestAKilledRunLeavesNoHalfSnapshot(t *testing.T) {
	server, h := harbour(t), newHouse(t, false)
	folder, scratch := t.TempDir(), t.TempDir()
	out := filepath.Join(folder, "harbour.plimsoll.gz")
	arguments := append([]string{"cluster", "--kubeconfig", server.Kubeconfig, "--limit-qps", "1000", "--out", out}, h.flags("--upload")...)
	environment := []string{"TMPDIR=" + scratch}

	program(t)
	began := time.Now()
	whole := startProgram(t, environment, arguments...).end()
	lasts := time.Since(began)
	require.Zero(t, whole.code, whole.stderr)
	require.NoError(t, os.Remove(out))
	runs := 250
	if testing.Short() {
		runs = 12
	}
	killed, kept := 0, 0
	for range runs {
		run := startProgram(t, environment, arguments...)
		time.Sleep(rand.N(lasts + lasts/10))
		_ = run.Process.Kill()
		if run.end().code != 0 {
			killed++
		}
		if _, err := os.Stat(out); err == nil {
			kept++
			require.NoError(t, checkWhole(out))
			require.Zero(t, start(t, "inspect", out).code)
			require.NoError(t, os.Remove(out))
		}
	}
	require.Greater(t, killed, runs/5, "of runs that last %s", lasts)
	t.Logf("%d of %d runs were killed, a file was there after %d; in the folder then: %v", killed, runs, kept, filesIn(t, folder))

	last := startProgram(t, environment, arguments...).end()
	require.Zero(t, last.code, last.stderr)
	require.Equal(t, []string{filepath.Base(out)}, filesIn(t, folder), "the next run removes what killed ones left")
	for _, name := range filesIn(t, scratch) {
		info, err := os.Stat(filepath.Join(scratch, name))
		require.NoError(t, err)
		require.Zero(t, info.Size(), "killed between the making of a file and the taking of its name")
	}
	there := h.snapshots(t)
	require.NotEmpty(t, there)
	for _, found := range there {
		requireWhole(t, h.content(t, found.ID))
	}
}

// smallDisk is a folder with room for one page, where the test may make one.
func smallDisk(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4k", "plimsoll-test", folder).CombinedOutput()
	require.NoError(t, err, string(out))
	t.Cleanup(func() {
		out, err := exec.Command("umount", folder).CombinedOutput()
		require.NoError(t, err, string(out))
	})
	return folder
}

func TestADiskThatIsFull(t *testing.T) {
	server := harbour(t)
	from := []string{"cluster", "--kubeconfig", server.Kubeconfig, "--limit-qps", "1000"}
	require.Equal(t, "write /dev/full: no space left on device", fails(t, append(from, "--out", "/dev/full")...))
	if os.Geteuid() != 0 {
		return // nobody else may make a small disk
	}
	folder := smallDisk(t)
	out := filepath.Join(folder, "harbour.plimsoll.gz")
	require.Equal(t, "write "+out+": no space left on device", fails(t, append(from, "--out", out)...))
	require.Empty(t, filesIn(t, folder))

	h := newHouse(t, false)
	t.Setenv("TMPDIR", folder)
	require.Contains(t, fails(t, append(from, h.flags("--upload")...)...), "keep the snapshot in "+folder+" until it is sent: no space left on device")
	require.Empty(t, filesIn(t, folder))
	require.Empty(t, h.snapshots(t))
}

// lists waits until the collector has listed something, as the API server's own log tells.
func lists(t *testing.T, log string) {
	t.Helper()
	require.Eventually(t, func() bool {
		text, _ := os.ReadFile(log)
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, `"verb":"list"`) && strings.Contains(line, `"userAgent":"plimsoll-collect/`) {
				return true
			}
		}
		return false
	}, patience, 5*time.Millisecond)
}

// running is a collection under way, slow enough that something can happen to it.
func running(t *testing.T, qps string, more ...string) (done chan result, cancel func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done = make(chan result, 1)
	go func() {
		var stdout, stderr bytes.Buffer
		code := run(ctx, append([]string{"cluster", "--limit-qps", qps}, more...), nil, &stdout, &stderr)
		done <- result{code, stdout.String(), stderr.String()}
	}()
	return done, cancel
}

// TestWhatHappensToTheServerInTheMiddle: it goes away, it takes the token back, somebody ends the run.
func TestWhatHappensToTheServerInTheMiddle(t *testing.T) {
	t.Parallel() // it waits more than it works, as the others that are so
	for name, c := range map[string]struct {
		happens func(t *testing.T, server *kubetest.Server, cancel func())
		want    string
	}{
		"it vanishes": {func(_ *testing.T, server *kubetest.Server, _ func()) { server.Stop() },
			`: the API server at 127\.0\.0\.1:\d+ (cannot be reached|breaks off its answers): .*\n$`},
		"the token is revoked": {func(t *testing.T, server *kubetest.Server, _ func()) { revoke(t, server, "nightly") },
			`: the API server at 127\.0\.0\.1:\d+ does not accept these credentials \(401\): the token may have expired; sign in again or choose another --context\n$`},
		"it is interrupted": {func(_ *testing.T, _ *kubetest.Server, cancel func()) { cancel() }, `interrupted: nothing was written\n$`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := filepath.Join(t.TempDir(), "audit.log")
			server := kubetest.Start(t, kubetest.AuditLog(log))
			kubeconfig := server.KubeconfigFor(t, "nightly", kubetest.Rule{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"get", "list"}})
			folder := t.TempDir()
			done, cancel := running(t, "3", "--kubeconfig", kubeconfig, "--out", filepath.Join(folder, "x"))
			defer cancel()
			lists(t, log)
			c.happens(t, server, cancel)
			got := <-done
			require.Equal(t, 1, got.code)
			require.Regexp(t, `^plimsoll-collect: [^\n]*`+c.want, got.stderr)
			require.Empty(t, filesIn(t, folder))
		})
	}
}

// revoke takes a service account away, and with it its tokens; the server remembers for ten seconds whom it let in.
func revoke(t *testing.T, server *kubetest.Server, account string) {
	t.Helper()
	bundle, err := os.ReadFile(server.CA)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(bundle))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, server.URL+"/api/v1/namespaces/default/serviceaccounts/"+account, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+server.Token)
	answer, err := client.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

// kubeconfigTo is a kubeconfig for the server by another address.
func kubeconfigTo(t *testing.T, server *kubetest.Server, address string) string {
	t.Helper()
	return kubetest.WriteKubeconfig(t, "https://"+address, server.CA, server.Token)
}

func TestASlowWayToTheClusterEndsByTimeout(t *testing.T) {
	t.Parallel()
	server, folder := harbour(t), t.TempDir()
	host := strings.TrimPrefix(server.URL, "https://")
	kubeconfig := kubeconfigTo(t, server, relay(t, host, stallsAfter(6<<10)))
	require.Equal(t, "the cluster could not be read in the time given",
		fails(t, "cluster", "--kubeconfig", kubeconfig, "--out", filepath.Join(folder, "x"), "--timeout", "3s"))
	require.Empty(t, filesIn(t, folder))
}

// TestASignalEndsTheProgram sends a real one, while the cluster is read and while the server does not answer.
func TestASignalEndsTheProgram(t *testing.T) {
	server, h := harbour(t), newHouse(t, false)
	folder := t.TempDir()
	for name, c := range map[string]struct {
		arguments []string
		when      func() bool
		want      string
	}{
		"while it reads": {[]string{"--limit-qps", "3", "--out", filepath.Join(folder, "x")}, func() bool { return len(filesIn(t, folder)) > 0 },
			"interrupted: nothing was written"},
		"while it sends": {append([]string{"--limit-qps", "1000"}, h.flags("--upload")...), func() bool { return h.asked.Load() > 0 },
			"interrupted before " + h.Listener.Addr().String() + " said that it has the snapshot"},
	} {
		t.Run(name, func(t *testing.T) {
			run := startProgram(t, nil, append([]string{"cluster", "--kubeconfig", server.Kubeconfig}, c.arguments...)...)
			h.asked.Store(0)
			h.holdsUp.Store(true)
			require.Eventually(t, c.when, patience, time.Millisecond)
			require.NoError(t, run.Process.Signal(syscall.SIGINT))
			got := run.end()
			require.Equal(t, 1, got.code)
			require.Regexp(t, `plimsoll-collect: `+c.want+`\n$`, got.stderr)
			require.Empty(t, filesIn(t, folder))
		})
	}
	require.Empty(t, h.snapshots(t))
}

func TestTwoRunsAtOnceIntoOneFile(t *testing.T) {
	server, folder := harbour(t), t.TempDir()
	out := filepath.Join(folder, "x")
	one, _ := running(t, "1000", "--kubeconfig", server.Kubeconfig, "--out", out)
	two, _ := running(t, "1000", "--kubeconfig", server.Kubeconfig, "--out", out)
	for _, got := range []result{<-one, <-two} {
		require.Zero(t, got.code, got.stderr)
		require.Contains(t, got.stderr, "written to "+out)
	}
	require.NoError(t, checkWhole(out))
	require.Equal(t, []string{"x"}, filesIn(t, folder), "neither sweeps the other's away, and none is left")
}

// TestALivingRunIsNotSweptAway: what another run still writes stays; what a dead one left goes.
func TestALivingRunIsNotSweptAway(t *testing.T) {
	folder := t.TempDir()
	living, err := createUnfinished(folder)
	require.NoError(t, err)
	defer living.Close()
	dead := filepath.Join(folder, ".plimsoll-1.part")
	foreign := filepath.Join(folder, ".plimsoll-notes")
	require.NoError(t, os.WriteFile(dead, []byte("half"), 0o600))
	require.NoError(t, os.WriteFile(foreign, nil, 0o600))
	require.NoError(t, os.Symlink(foreign, filepath.Join(folder, ".plimsoll-2.part")))
	sweep(folder)
	require.ElementsMatch(t, []string{filepath.Base(living.Name()), ".plimsoll-notes", ".plimsoll-2.part"}, filesIn(t, folder))
	sweep(filepath.Join(folder, "nowhere"))
}
