package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/internal/kubetest"
)

var (
	update   = flag.Bool("update", false, "renew the pictures of README and docs")
	pictures = flag.String("pictures", "", "write pictures of the pages on the way to this folder")
)

// patience bounds each single wait. It is long for a machine under load; nothing waits it out where all is well.
const patience = time.Minute

// endings undo what the tests share, last first.
var endings []func()

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	for i := len(endings) - 1; i >= 0; i-- {
		endings[i]()
	}
	os.Exit(code)
}

// shared starts something at its first use and keeps it for all tests.
func shared[T any](start func() (T, func(), error)) func(*testing.T) T {
	once := sync.OnceValues(func() (T, error) {
		made, end, err := start()
		if err == nil {
			endings = append(endings, end)
		}
		return made, err
	})
	return func(t *testing.T) T {
		t.Helper()
		made, err := once()
		require.NoError(t, err)
		return made
	}
}

// programs is the folder of the two built binaries.
var programs = shared(func() (string, func(), error) {
	dir, err := os.MkdirTemp("", "plimsoll-e2e-bin-")
	if err != nil {
		return "", nil, err
	}
	build := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "./cmd/plimsoll", "./cmd/plimsoll-collect")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("build: %w\n%s", err, out)
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
})

// run runs one of our programs to its end, and returns its standard output and its exit code.
func run(t *testing.T, program string, arguments ...string) (stdout string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(programs(t), program), arguments...)
	var messages tail
	command.Stderr = &messages
	out, err := command.Output()
	if ended := (*exec.ExitError)(nil); err != nil {
		require.ErrorAs(t, err, &ended, "%s: %s", program, messages.String())
	}
	require.NotEqual(t, 1, command.ProcessState.ExitCode(), "%s could not run: %s", program, messages.String())
	if messages.String() != "" {
		t.Logf("%s: %s", program, messages.String())
	}
	return string(out), command.ProcessState.ExitCode()
}

// harbour is the API server with the example cluster in it, as it stands today.
func harbour(t *testing.T) *kubetest.Server {
	t.Helper()
	server := kubetest.Shared(t)
	applied.Do(func() { server.Apply(t, kubetest.Harbour(time.Now())) })
	return server
}

var applied sync.Once

// collect takes a snapshot of a cluster as it is now, with the real collector.
func collect(t *testing.T, server *kubetest.Server) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "harbour.plimsoll.gz")
	_, code := run(t, "plimsoll-collect", "cluster", "--kubeconfig", server.Kubeconfig, "--out", path)
	require.Zero(t, code)
	return path
}
