//go:build unix

// Package localpg runs a private PostgreSQL for one person on one machine, from the system's own server programs. The cluster
// listens on a Unix socket only, belongs to one data folder, and ends with the process that started it, also when that process is
// killed. It never deletes data: what it cannot use it refuses by name.
package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Roles of a private cluster. The admin is used to make databases, the owner to migrate; the app's own role is made by the
// migrations and taken on by connections of the owner.
const (
	AdminRole = "plimsoll_admin"
	OwnerRole = "plimsoll_owner"
)

// Options of a private cluster.
type Options struct {
	Dir     string // holds everything; made where missing
	Durable bool   // false only for tests: a crash of the machine may lose data
}

// Server is a running private cluster.
type Server struct {
	dir, socketDir string
	binaries       binaries
	account        *account
	lock           *os.File
	child          *child
}

// Start brings the cluster in options.Dir up: it is made where there is none, and a server that an earlier process left behind is
// stopped first. It refuses a folder that another living process uses, and data of another major version.
func Start(ctx context.Context, options Options) (*Server, error) {
	dir, err := filepath.Abs(options.Dir)
	if err != nil {
		return nil, fmt.Errorf("database folder %s: %w", options.Dir, err)
	}
	s := &Server{dir: dir}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if err := s.start(ctx, options); err != nil {
		return nil, errors.Join(err, s.lock.Close())
	}
	return s, nil
}

// prepare makes the folders, finds the account and takes the lock that marks the folder as used by this process.
func (s *Server) prepare() (err error) {
	if s.account, err = accountFor(os.Geteuid()); err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o711); err != nil {
		return fmt.Errorf("database folder: %w", err)
	}
	if s.lock, err = lockDir(s.dir); err != nil {
		return err
	}
	if err := s.account.makeOwn(s.dataDir()); err != nil {
		return errors.Join(err, s.lock.Close())
	}
	if s.socketDir, err = s.account.socketDir(s.dir); err != nil {
		return errors.Join(err, s.lock.Close())
	}
	return nil
}

func (s *Server) start(ctx context.Context, options Options) error {
	major, err := dataMajor(s.dataDir())
	if err != nil {
		return err
	}
	if s.binaries, err = findBinaries(major); err != nil {
		return err
	}
	if major != 0 && major != s.binaries.major {
		return fmt.Errorf("%s holds data of PostgreSQL %d, and only version %d is installed: install version %d, or move the data with pg_upgrade; nothing was changed",
			s.dataDir(), major, s.binaries.major, major)
	}
	if err := s.account.canReach(s.binaries.dir, s.dataDir()); err != nil {
		return err
	}
	if major == 0 {
		if err := s.initialise(ctx, options.Durable); err != nil {
			return err
		}
	}
	if err := stopSurvivor(ctx, s.dataDir()); err != nil {
		return err
	}
	if err := s.writeAccessRules(); err != nil {
		return err
	}
	return s.launch(ctx, options)
}

func (s *Server) dataDir() string { return filepath.Join(s.dir, "data") }
func (s *Server) logPath() string { return filepath.Join(s.dir, "postgres.log") }

// dataMajor reads the major version of a data folder: 0 where it holds no cluster yet.
func dataMajor(dataDir string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dataDir, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("version of the database: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("version of the database in %s: %w", dataDir, err)
	}
	return major, nil
}

// initialise makes the cluster beside its place and moves it in whole, so that a half-made one is never taken for data.
func (s *Server) initialise(ctx context.Context, durable bool) error {
	making := filepath.Join(s.dir, "making")
	if err := os.RemoveAll(making); err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	if err := s.account.makeOwn(making); err != nil {
		return err
	}
	args := []string{"-D", making, "-U", AdminRole, "-A", "peer", "-E", "UTF8", "--locale=C.UTF-8"}
	if s.binaries.major >= 15 {
		args = append(args, "--no-instructions")
	}
	if !durable {
		args = append(args, "--no-sync")
	}
	if out, err := s.command(ctx, "initdb", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := os.Remove(s.dataDir()); err != nil { // only an empty folder can be removed so: what is in it is not ours to judge
		return fmt.Errorf("%s holds files but no database: %w", s.dataDir(), err)
	}
	if err := os.Rename(making, s.dataDir()); err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	return nil
}

// writeAccessRules lets exactly the system user that runs this process in, by the socket's own word for who is calling.
func (s *Server) writeAccessRules() error {
	files := map[string]string{
		"pg_hba.conf":   "local all all peer map=plimsoll\n",
		"pg_ident.conf": fmt.Sprintf("plimsoll %q %s\nplimsoll %q %s\n", s.account.caller, AdminRole, s.account.caller, OwnerRole),
	}
	for name, text := range files {
		path := filepath.Join(s.dataDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return fmt.Errorf("access rules of the database: %w", err)
		}
		if err := s.account.own(path); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) launch(ctx context.Context, options Options) error {
	log, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("log of the database: %w", err)
	}
	defer log.Close()
	args := []string{
		"-D", s.dataDir(), "-k", s.socketDir, "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700",
		"-c", "shared_buffers=64MB", "-c", "max_connections=100", "-c", "logging_collector=off", "-c", "timezone=UTC",
	}
	if !options.Durable {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	cmd := s.command(context.WithoutCancel(ctx), "postgres", args...)
	cmd.Stdout, cmd.Stderr = log, log
	if s.child, err = startChild(cmd); err != nil {
		return fmt.Errorf("start of the database: %w", err)
	}
	if err := s.await(ctx); err != nil {
		return errors.Join(err, s.child.stop(ctx))
	}
	return nil
}

// await returns when the server takes connections, or when it has ended or the context has.
func (s *Server) await(ctx context.Context) error {
	for {
		conn, err := pgx.Connect(ctx, s.ConnString(AdminRole, "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.child.done:
			tail, _ := os.ReadFile(s.logPath())
			return fmt.Errorf("the database ended while starting: %w\n%s", s.child.err, lastLines(string(tail), 10))
		case <-ctx.Done():
			return fmt.Errorf("waiting for the database: %w (last: %w)", ctx.Err(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// command prepares one of the server's programs to run as the database's account, with nothing of our environment.
func (s *Server) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.binaries.dir, program), args...)
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", "TZ=UTC"}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.account.credential, Setpgid: true} // own group: Ctrl-C is ours to handle
	return cmd
}

// ConnString is the connection string of a role to a database of this cluster.
func (s *Server) ConnString(role, database string) string {
	return fmt.Sprintf("host=%s port=5432 user=%s dbname=%s sslmode=disable", s.socketDir, role, database)
}

// EnsureDatabase makes the owner role and the database where they are missing.
func (s *Server) EnsureDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, s.ConnString(AdminRole, "postgres"))
	if err != nil {
		return fmt.Errorf("database %s: %w", name, err)
	}
	defer conn.Close(ctx)
	statements := []struct{ exists, create string }{
		{"select exists (select from pg_roles where rolname = $1)", "create role " + OwnerRole + " login createrole"},
		{"select exists (select from pg_database where datname = $1)", "create database " + pgx.Identifier{name}.Sanitize() + " owner " + OwnerRole},
	}
	for i, key := range []string{OwnerRole, name} {
		var exists bool
		if err := conn.QueryRow(ctx, statements[i].exists, key).Scan(&exists); err != nil {
			return fmt.Errorf("database %s: %w", name, err)
		}
		if exists {
			continue
		}
		if _, err := conn.Exec(ctx, statements[i].create); err != nil {
			return fmt.Errorf("database %s: %w", name, err)
		}
	}
	return nil
}

// Stop ends the cluster cleanly and gives the folder free.
func (s *Server) Stop(ctx context.Context) error {
	err := s.child.stop(ctx)
	_ = os.Remove(s.socketDir) // empty by now; it is made anew
	return errors.Join(err, s.lock.Close())
}

// Done is closed when the server process has ended.
func (s *Server) Done() <-chan struct{} { return s.child.done }
