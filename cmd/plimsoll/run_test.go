package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/internal/dbtest"
	"plimsoll/migrations"
	"plimsoll/server"
)

// output is what a command prints while it still runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

var printedAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// started runs plimsoll run until the test stops it.
func started(t *testing.T, dir string) (address, printed string, stop func()) {
	t.Helper()
	t.Setenv("PLIMSOLL_DATA", dir)
	t.Setenv("DATABASE_URL", "")
	t.Setenv("DATABASE_URL_FILE", "")
	ctx, cancel := context.WithCancel(context.Background())
	var out output
	ended := make(chan error, 1)
	go func() { ended <- runLocal(ctx, "127.0.0.1:0", true, &out, io.Discard) }()
	require.Eventually(t, func() bool {
		select {
		case err := <-ended:
			require.NoError(t, err)
		default:
		}
		return printedAddress.MatchString(out.String())
	}, time.Minute, 20*time.Millisecond)
	stop = func() {
		cancel()
		require.NoError(t, <-ended)
	}
	return printedAddress.FindString(out.String()), out.String(), stop
}

func TestRunKeepsItsDataBetweenRuns(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "plimsoll-run-") // the database's account can't reach a test's own folder
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	for range 2 {
		address, printed, stop := started(t, dir)
		for _, name := range server.SignInNames() {
			require.Contains(t, printed, name)
		}
		response, err := http.Get(address + "/readyz")
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusOK, response.StatusCode)
		stop()
	}
}

func TestRunRefusesAnAddressThatOthersReach(t *testing.T) {
	err := runLocal(t.Context(), "0.0.0.0:0", false, io.Discard, io.Discard)
	require.ErrorContains(t, err, "loopback alone")
}

func TestServeRefusesASchemaThatIsBehind(t *testing.T) {
	db := dbtest.Empty(t)
	require.NoError(t, migrations.Up(t.Context(), db.OwnerURL))
	require.NoError(t, migrations.Down(t.Context(), db.OwnerURL))
	config, err := server.LocalConfig("127.0.0.1:0")
	require.NoError(t, err)
	config.DatabaseURL = db.OwnerURL
	err = serve(t.Context(), config, io.Discard)
	require.ErrorIs(t, err, migrations.ErrBehind)
	require.ErrorContains(t, err, "plimsoll migrate up")
}

func TestServeStopsWhenItIsTold(t *testing.T) {
	db := dbtest.New(t)
	config, err := server.LocalConfig("127.0.0.1:0")
	require.NoError(t, err)
	config.DatabaseURL = db.OwnerURL
	ctx, cancel := context.WithCancel(t.Context())
	var log output
	ended := make(chan error, 1)
	config.LogLevel = -4
	go func() { ended <- serve(ctx, config, &log) }()
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "msg=serving") }, time.Minute, 20*time.Millisecond)
	cancel()
	require.NoError(t, <-ended)
}

func TestMigrate(t *testing.T) {
	db := dbtest.Empty(t)
	t.Setenv("DATABASE_URL", db.OwnerURL)
	run := func(args ...string) (string, error) {
		cmd := newMigrateCommand()
		var out bytes.Buffer
		cmd.SetOut(&out)
		cmd.SetErr(io.Discard)
		cmd.SetArgs(args)
		err := cmd.ExecuteContext(t.Context())
		return out.String(), err
	}
	latest := migrations.Latest()
	steps := []struct {
		args []string
		want uint
	}{{[]string{"version"}, 0}, {[]string{"up"}, latest}, {[]string{"down", "--yes"}, latest - 1}, {[]string{"up"}, latest}}
	for _, step := range steps {
		out, err := run(step.args...)
		require.NoError(t, err)
		require.Regexp(t, fmt.Sprintf("^%d of %d\n", step.want, latest), out)
	}
	_, err := run("down")
	require.ErrorContains(t, err, "--yes")
	t.Setenv("DATABASE_URL", "")
	_, err = run("up")
	require.ErrorContains(t, err, "DATABASE_URL")
}

func TestTheCollectorIsCalledByItsPathWhereItStandsBeside(t *testing.T) {
	dir := t.TempDir()
	self := func() (string, error) { return filepath.Join(dir, "plimsoll"), nil }
	require.Empty(t, collectorBeside(self))
	beside := filepath.Join(dir, "plimsoll-collect")
	require.NoError(t, os.WriteFile(beside, nil, 0o700))
	require.Equal(t, beside, collectorBeside(self))

	spaced := filepath.Join(dir, "my tools")
	require.NoError(t, os.MkdirAll(spaced, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(spaced, "plimsoll-collect"), nil, 0o700))
	require.Empty(t, collectorBeside(func() (string, error) { return filepath.Join(spaced, "plimsoll"), nil }), "a shell would read two words")
	require.Empty(t, collectorBeside(func() (string, error) { return "", os.ErrNotExist }))
}
