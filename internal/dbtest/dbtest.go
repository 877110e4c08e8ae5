//go:build unix

// Package dbtest gives each test a real PostgreSQL database of its own, migrated, with the roles that the product uses. It needs
// PostgreSQL's server programs and fails without them.
//
// One private server is started for each test process, from a folder that later processes use again; a database is a copy of a
// template that was migrated once.
package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"plimsoll/migrations"
	"plimsoll/server/localpg"
)

// DB is one test's database.
type DB struct {
	Name     string
	OwnerURL string        // connection string of the role that migrates
	App      *pgxpool.Pool // as the product serves: a role that owns nothing
	Owner    *pgxpool.Pool // owns the tables, and is no superuser: row security holds for it too
	Admin    *pgxpool.Pool // a superuser, who sees everything
}

var count atomic.Int64

// New copies the template for this test, and drops the copy when the test ends.
func New(t testing.TB) *DB {
	t.Helper()
	return clone(t, "template_"+schemaKey())
}

// Empty makes a database without any table, for tests of the migrations themselves.
func Empty(t testing.TB) *DB {
	t.Helper()
	return clone(t, "template1")
}

func clone(t testing.TB, template string) *DB {
	t.Helper()
	server, err := shared()
	require.NoError(t, err, "a test database")
	name := fmt.Sprintf("test_%d", count.Add(1))
	admin := func(sql string) error { return asAdmin(context.Background(), server, sql) }
	require.NoError(t, admin("create database "+name+" template "+template+" owner "+localpg.OwnerRole))
	db := &DB{Name: name, OwnerURL: server.ConnString(localpg.OwnerRole, name)}
	t.Cleanup(func() { require.NoError(t, admin("drop database if exists "+name+" with (force)")) })
	db.Owner = pool(t, db.OwnerURL)
	db.App = pool(t, db.OwnerURL+" role=plimsoll_app")
	db.Admin = pool(t, server.ConnString(localpg.AdminRole, name))
	return db
}

func pool(t testing.TB, connString string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(connString)
	require.NoError(t, err)
	config.MaxConns = 8
	pool, err := pgxpool.NewWithConfig(context.Background(), config) // connects when it is first used
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

// shared is this process's server. It ends with the process.
var shared = sync.OnceValues(func() (*localpg.Server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	root := filepath.Join("/tmp", "plimsoll-test-"+strconv.Itoa(os.Geteuid()))
	if err := ownFolder(root); err != nil {
		return nil, err
	}
	for slot := 0; ; slot++ {
		dir := filepath.Join(root, strconv.Itoa(slot))
		server, err := startClean(ctx, dir)
		if errors.Is(err, localpg.ErrInUse) {
			continue // by the tests of another package
		}
		return server, err
	}
})

// startClean starts the server of a slot with its template in place. What an earlier process left there is thrown away where it is
// of no use: it holds nothing but tests' data.
func startClean(ctx context.Context, dir string) (*localpg.Server, error) {
	server, err := localpg.Start(ctx, localpg.Options{Dir: dir})
	if err != nil && !errors.Is(err, localpg.ErrInUse) && !errors.Is(err, localpg.ErrNoBinaries) {
		if removeErr := os.RemoveAll(dir); removeErr != nil {
			return nil, errors.Join(err, removeErr)
		}
		server, err = localpg.Start(ctx, localpg.Options{Dir: dir})
	}
	if err != nil {
		return nil, err
	}
	if err := ensureTemplate(ctx, server); err != nil {
		return nil, errors.Join(err, server.Stop(ctx))
	}
	return server, nil
}

func ensureTemplate(ctx context.Context, server *localpg.Server) error {
	template := "template_" + schemaKey()
	databases, err := databases(ctx, server)
	if err != nil {
		return err
	}
	ready := false
	for _, name := range databases {
		switch {
		case name == template:
			ready = true
		case strings.HasPrefix(name, "test_"), strings.HasPrefix(name, "template_"), name == "making":
			if err := asAdmin(ctx, server, "drop database "+name+" with (force)"); err != nil {
				return err
			}
		}
	}
	if ready {
		return nil
	}
	if err := server.EnsureDatabase(ctx, "making"); err != nil {
		return err
	}
	if err := migrations.Up(ctx, server.ConnString(localpg.OwnerRole, "making")); err != nil {
		return err
	}
	return asAdmin(ctx, server, "alter database making rename to "+template)
}

func databases(ctx context.Context, server *localpg.Server) ([]string, error) {
	conn, err := pgx.Connect(ctx, server.ConnString(localpg.AdminRole, "postgres"))
	if err != nil {
		return nil, fmt.Errorf("test databases: %w", err)
	}
	defer conn.Close(ctx)
	rows, _ := conn.Query(ctx, "select datname from pg_database")
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func asAdmin(ctx context.Context, server *localpg.Server, sql string) error {
	conn, err := pgx.Connect(ctx, server.ConnString(localpg.AdminRole, "postgres"))
	if err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}

// schemaKey changes with the migrations, so that a template of other migrations is never taken for ours.
var schemaKey = sync.OnceValue(func() string {
	hash := sha256.New()
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations.Files, name)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(hash, "%s %d\n%s", name, len(text), text)
	}
	return hex.EncodeToString(hash.Sum(nil)[:6])
})

// ownFolder makes a folder of ours that others may pass through, as the database's account must.
func ownFolder(dir string) error {
	err := os.Mkdir(dir, 0o711)
	if err == nil || !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s must be a folder of this user alone", dir)
	}
	return nil
}
