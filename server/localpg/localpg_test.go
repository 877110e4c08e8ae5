//go:build unix

package localpg

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// The test program is also the process that is killed: with PLIMSOLL_TEST_HOLD set it starts a cluster, says so and waits.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PLIMSOLL_TEST_HOLD"); dir != "" {
		if err := hold(dir); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func hold(dir string) error {
	ctx := context.Background()
	s, err := Start(ctx, Options{Dir: dir, Durable: true})
	if err != nil {
		return err
	}
	if err := s.EnsureDatabase(ctx, "kept"); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, s.ConnString(OwnerRole, "kept"))
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "create table if not exists kept (n int); insert into kept values (1)"); err != nil {
		return err
	}
	var n int
	if err := conn.QueryRow(ctx, "select count(*) from kept").Scan(&n); err != nil {
		return err
	}
	fmt.Println("rows:", n)
	time.Sleep(time.Hour)
	return nil
}

// folder is a short-lived place that the database's account can reach, which a test's own temporary folder is not for root.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "plimsoll-localpg-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { // a killed process leaves its server to end by itself, and its socket's folder
		require.Eventually(t, func() bool {
			_, err := os.Stat(filepath.Join(dir, "data", "postmaster.pid"))
			return os.IsNotExist(err)
		}, 30*time.Second, 20*time.Millisecond)
		for _, root := range []string{"/run", "/tmp", os.TempDir(), os.Getenv("XDG_RUNTIME_DIR")} {
			left, err := filepath.Glob(filepath.Join(root, "plimsoll-*-"+socketKey(dir)))
			require.NoError(t, err)
			for _, path := range left {
				require.NoError(t, os.RemoveAll(path))
			}
		}
		require.NoError(t, os.RemoveAll(dir))
	})
	return dir
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Options{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop(context.Background())) })
	return s
}

// holder runs this test program as a process of its own that holds a cluster, as the given user where one is named.
func holder(t *testing.T, dir string, as *syscall.Credential) (process *os.Process, says string) {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	if as != nil { // the build's folder is not for others
		copied := filepath.Join(filepath.Dir(dir), filepath.Base(dir)+".test")
		bytes, err := os.ReadFile(program)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(copied, bytes, 0o755))
		t.Cleanup(func() { require.NoError(t, os.RemoveAll(copied)) })
		program = copied
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "PLIMSOLL_TEST_HOLD="+dir, "XDG_RUNTIME_DIR=", "TMPDIR=/tmp")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return cmd.Process, strings.TrimSpace(line)
}

func TestASecondStartFindsItsData(t *testing.T) {
	dir := folder(t)
	for n := range 2 {
		s, err := Start(t.Context(), Options{Dir: dir, Durable: true})
		require.NoError(t, err)
		require.NoError(t, s.EnsureDatabase(t.Context(), "kept"))
		conn, err := pgx.Connect(t.Context(), s.ConnString(OwnerRole, "kept"))
		require.NoError(t, err)
		_, err = conn.Exec(t.Context(), "create table if not exists kept (n int); insert into kept values (1)")
		require.NoError(t, err)
		var rows int
		var durable, superuser bool
		require.NoError(t, conn.QueryRow(t.Context(), "select count(*), current_setting('fsync')::bool from kept").Scan(&rows, &durable))
		require.NoError(t, conn.QueryRow(t.Context(), "select rolsuper from pg_roles where rolname = current_user").Scan(&superuser))
		require.Equal(t, n+1, rows)
		require.True(t, durable)
		require.False(t, superuser, "a superuser sees through row security")
		require.NoError(t, conn.Close(t.Context()))
		require.NoError(t, s.Stop(t.Context()))
	}
}

func TestAKilledProcessLosesNothing(t *testing.T) {
	dir := folder(t)
	for n := 1; n <= 3; n++ {
		process, says := holder(t, dir, nil)
		require.Equal(t, fmt.Sprintf("rows: %d", n), says)
		require.NoError(t, process.Kill())
		_, err := process.Wait()
		require.NoError(t, err)
	}
}

func TestAsAnotherUserThanRoot(t *testing.T) {
	if os.Geteuid() != 0 { // every other test runs as another user than root already
		TestAKilledProcessLosesNothing(t)
		return
	}
	nobody, err := user.Lookup("nobody")
	require.NoError(t, err)
	uid, err := strconv.Atoi(nobody.Uid)
	require.NoError(t, err)
	gid, err := strconv.Atoi(nobody.Gid)
	require.NoError(t, err)
	dir := folder(t)
	require.NoError(t, os.Chown(dir, uid, gid))
	as := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	for n := 1; n <= 2; n++ {
		process, says := holder(t, dir, as)
		require.Equal(t, fmt.Sprintf("rows: %d", n), says)
		require.NoError(t, process.Kill())
		_, err := process.Wait()
		require.NoError(t, err)
	}
}

func TestAServerLeftBehindIsStopped(t *testing.T) {
	dir := folder(t)
	s := start(t, dir)
	orphan := exec.Command(filepath.Join(s.binaries.dir, "postgres"), "-D", s.dataDir(), "-k", s.socketDir, "-c", "listen_addresses=")
	orphan.SysProcAttr = &syscall.SysProcAttr{Credential: s.account.credential}
	require.NoError(t, s.Stop(t.Context()))
	_, err := s.account.socketDir(s.dir) // it went with the server
	require.NoError(t, err)
	require.NoError(t, orphan.Start())
	ended := make(chan error, 1)
	go func() { ended <- orphan.Wait() }()
	require.Eventually(t, func() bool { // one that is stopped before it is ready ends in an error
		state, err := os.ReadFile(filepath.Join(s.dataDir(), "postmaster.pid"))
		return err == nil && strings.Contains(string(state), "\nready")
	}, 30*time.Second, 10*time.Millisecond)

	again, err := Start(t.Context(), Options{Dir: dir})
	require.NoError(t, err)
	require.NoError(t, <-ended)
	s.child, s.lock = again.child, again.lock // the clean-up of start stops this one
}

func TestAPidFileOfNobodyIsTakenAway(t *testing.T) {
	dir := folder(t)
	s, err := Start(t.Context(), Options{Dir: dir})
	require.NoError(t, err)
	require.NoError(t, s.Stop(t.Context()))
	sleeper := exec.Command("sleep", "3600")
	sleeper.SysProcAttr = &syscall.SysProcAttr{Credential: s.account.credential}
	require.NoError(t, sleeper.Start())
	t.Cleanup(func() { _ = sleeper.Process.Kill(); _ = sleeper.Wait() })
	pidFile := filepath.Join(s.dataDir(), "postmaster.pid")
	require.NoError(t, os.WriteFile(pidFile, fmt.Appendf(nil, "%d\n%s\n1\n5432\n", sleeper.Process.Pid, s.dataDir()), 0o600))
	start(t, dir)
	require.NoError(t, sleeper.Process.Signal(syscall.Signal(0)), "the stranger lives")
}

func TestAFolderInUseIsRefused(t *testing.T) {
	dir := folder(t)
	start(t, dir)
	_, err := Start(t.Context(), Options{Dir: dir})
	require.ErrorIs(t, err, ErrInUse)
	require.ErrorContains(t, err, fmt.Sprintf("by process %d", os.Getpid()))
}

func TestDataOfAnotherVersionIsRefusedAndKept(t *testing.T) {
	dir := folder(t)
	s, err := Start(t.Context(), Options{Dir: dir})
	require.NoError(t, err)
	require.NoError(t, s.Stop(t.Context()))
	version := filepath.Join(s.dataDir(), "PG_VERSION")
	require.NoError(t, os.WriteFile(version, []byte("9\n"), 0o600))
	_, err = Start(t.Context(), Options{Dir: dir})
	require.ErrorContains(t, err, "holds data of PostgreSQL 9")
	require.ErrorContains(t, err, "install version 9")
	require.FileExists(t, filepath.Join(s.dataDir(), "global", "pg_control"))
}

func TestAStrangersFolderIsRefused(t *testing.T) {
	dir := folder(t)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "data"), 0o777))
	require.NoError(t, os.Chmod(filepath.Join(dir, "data"), 0o777))
	_, err := Start(t.Context(), Options{Dir: dir})
	require.ErrorContains(t, err, "must be a folder of user")
}

func TestWithoutBinariesItSaysWhatToInstall(t *testing.T) {
	t.Setenv("PATH", "/nowhere")
	before := places
	places = nil
	t.Cleanup(func() { places = before })
	_, err := Start(t.Context(), Options{Dir: folder(t)})
	require.ErrorIs(t, err, ErrNoBinaries)
	require.ErrorContains(t, err, "install")
	require.ErrorContains(t, err, "DATABASE_URL")
}

func TestDefaultDir(t *testing.T) {
	t.Setenv("PLIMSOLL_DATA", "/srv/plimsoll")
	dir, err := DefaultDir()
	require.NoError(t, err)
	require.Equal(t, "/srv/plimsoll", dir)
}
