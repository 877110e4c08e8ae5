// Package migrations owns the schema: numbered pairs of SQL files, embedded, and the running of them as the owner role. A released
// file is never edited.
package migrations

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/golang-migrate/migrate/v4"
	migratepgx "github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Files are the migrations, NNNN_name.up.sql and NNNN_name.down.sql.
//
//go:embed *.sql
var Files embed.FS

// ErrBehind says that the schema lacks migrations that this program needs.
var ErrBehind = errors.New("the database schema is behind")

// Latest is the number of the newest migration.
func Latest() uint {
	names, err := fs.Glob(Files, "*.up.sql")
	if err != nil || len(names) == 0 {
		panic("migrations: none embedded")
	}
	number, _, _ := strings.Cut(names[len(names)-1], "_")
	latest, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		panic("migrations: " + err.Error())
	}
	return uint(latest)
}

// Up brings the schema to Latest. The connection must be the owner's.
func Up(ctx context.Context, connString string) error {
	return run(ctx, connString, "migrate up", (*migrate.Migrate).Up)
}

// Down takes the newest migration back.
func Down(ctx context.Context, connString string) error {
	return run(ctx, connString, "migrate down", func(m *migrate.Migrate) error { return m.Steps(-1) })
}

// DownAll takes every migration back, and all data with them.
func DownAll(ctx context.Context, connString string) error {
	return run(ctx, connString, "migrate down", (*migrate.Migrate).Down)
}

func run(ctx context.Context, connString, operation string, do func(*migrate.Migrate) error) (err error) {
	config, err := pgx.ParseConfig(connString)
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	db := stdlib.OpenDB(*config)
	driver, err := migratepgx.WithInstance(db, &migratepgx.Config{})
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", operation, err), db.Close())
	}
	source, err := iofs.New(Files, ".")
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", operation, err), driver.Close())
	}
	m, err := migrate.NewWithInstance("iofs", source, "pgx5", driver)
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", operation, err), driver.Close())
	}
	defer func() {
		sourceErr, driverErr := m.Close()
		err = errors.Join(err, sourceErr, driverErr)
	}()
	stop := context.AfterFunc(ctx, func() { m.GracefulStop <- true })
	defer stop()
	if err := do(m); err != nil && !errors.Is(err, migrate.ErrNoChange) {
		return fmt.Errorf("%s: %w", operation, err)
	}
	return ctx.Err()
}

// Querier reads one row: a pool, a connection or a transaction.
type Querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Version is the number of the newest migration that the database has, 0 for none. Dirty says that it broke off half-way.
func Version(ctx context.Context, db Querier) (version uint, dirty bool, err error) {
	var number int64
	err = db.QueryRow(ctx, "select version, dirty from schema_migrations").Scan(&number, &dirty)
	var missing *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows), errors.As(err, &missing) && missing.Code == "42P01": // undefined_table
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("schema version: %w", err)
	}
	return uint(number), dirty, nil
}

// Current returns nil where the schema is the one this program was made for, or a newer one, which only adds to it.
func Current(ctx context.Context, db Querier) error {
	version, dirty, err := Version(ctx, db)
	switch {
	case err != nil:
		return err
	case dirty:
		return fmt.Errorf("%w: migration %d broke off half-way: mend it by hand", ErrBehind, version)
	case version < Latest():
		return fmt.Errorf("%w: it is at %d and must be at %d: run `plimsoll migrate up` as the owner", ErrBehind, version, Latest())
	}
	return nil
}
