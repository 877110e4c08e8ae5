// Package store owns every SQL statement of the product, one file a table.
//
// Tenancy is the transaction: what belongs to an organization is reached through a Tx, and only InOrganization gives one. Row
// security then holds for each statement, so that another organization's rows do not exist. The few operations from before an
// organization is chosen, signing in and finding one's organizations, are methods of Store itself.
package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// AppRole is the database role that the product serves as. It owns nothing, so that row security holds for it.
const AppRole = "plimsoll_app"

// The kinds of error that callers tell apart.
var (
	ErrNotFound     = errors.New("not found")
	ErrConflict     = errors.New("changed meanwhile")
	ErrExists       = errors.New("exists already")
	ErrOtherCluster = errors.New("the snapshot is of another cluster")
	ErrLastOwner    = errors.New("an organization needs an owner")
	ErrUnfit        = errors.New("it holds what can't be kept")
)

// Store reaches the database as the app's role.
type Store struct{ pool *pgxpool.Pool }

// New returns a store over a pool of the app's role.
func New(pool *pgxpool.Pool) *Store { return &Store{pool} }

// Options of a pool.
type Options struct {
	MaxConns int32 // 0: the driver's default
	// Pooled says that a pooler such as PgBouncer stands between in transaction mode: no prepared statements, and the login must
	// itself be a plain member of the app's role, as a pooler hands no connection settings on.
	Pooled bool
}

// Open connects and makes sure that row security holds for the role in effect: neither superuser, nor exempt, nor an owner of tables.
func Open(ctx context.Context, connString string, options Options) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(connString)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	if options.MaxConns > 0 {
		config.MaxConns = options.MaxConns
	}
	if options.Pooled {
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	} else {
		config.ConnConfig.RuntimeParams["role"] = AppRole
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	if err := guarded(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

func guarded(ctx context.Context, pool *pgxpool.Pool) error {
	var role string
	var exempt, owns bool
	err := pool.QueryRow(ctx, `
		select rolname, rolsuper or rolbypassrls,
		  exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relowner = r.oid)
		from pg_roles r where rolname = current_user`).Scan(&role, &exempt, &owns)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if exempt || owns {
		return fmt.Errorf("database: role %s is a superuser, exempt from row security or owns tables: connect as a member of %s", role, AppRole)
	}
	return nil
}

// Tx is a transaction as one organization.
type Tx struct {
	tx           pgx.Tx
	organization OrganizationID
}

// InOrganization runs do in a transaction that sees and writes one organization's rows alone. It commits where do returns nil.
// Beginning and choosing the organization take one round trip.
func (s *Store) InOrganization(ctx context.Context, organization OrganizationID, do func(*Tx) error) error {
	begin := pgx.TxOptions{BeginQuery: "begin; select set_config('app.organization_id', '" + organization.String() + "', true)"}
	return pgx.BeginTxFunc(ctx, s.pool, begin, func(tx pgx.Tx) error {
		return do(&Tx{tx, organization})
	})
}

// Organization is the one that the transaction works as.
func (t *Tx) Organization() OrganizationID { return t.organization }

// Queue is the transaction as the job queue takes it, so that a job stands or falls with what it is about.
func (t *Tx) Queue() pgx.Tx { return t.tx }

// asPerson runs do in a transaction that sees what a person sees before an organization is chosen.
func (s *Store) asPerson(ctx context.Context, person PersonID, do func(pgx.Tx) error) error {
	begin := pgx.TxOptions{BeginQuery: "begin; select set_config('app.person_id', '" + person.String() + "', true)"}
	return pgx.BeginTxFunc(ctx, s.pool, begin, do)
}

// one collects a single row, and says not found where there is none.
func one[T any](ctx context.Context, tx pgx.Tx, what string, key any, sql string, args ...any) (T, error) {
	rows, _ := tx.Query(ctx, sql, args...)
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
	if err != nil {
		return found, named(err, what, key)
	}
	return found, nil
}

// many collects rows.
func many[T any](ctx context.Context, tx pgx.Tx, what string, key any, sql string, args ...any) ([]T, error) {
	rows, _ := tx.Query(ctx, sql, args...)
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, named(err, what, key)
	}
	return found, nil
}

// change runs a statement that must reach exactly one row.
func change(ctx context.Context, tx pgx.Tx, what string, key any, sql string, args ...any) error {
	tag, err := tx.Exec(ctx, sql, args...)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return named(err, what, key)
	}
	return nil
}

// named wraps an error with what was done and to which, and turns the database's words into our kinds. A reference to what is not
// there, or not ours, is not found.
func named(err error, what string, key any) error {
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		err = ErrNotFound
	case errors.As(err, &pg) && pg.Code == "23503": // foreign_key_violation
		err = fmt.Errorf("%w (%s)", ErrNotFound, pg.ConstraintName)
	case errors.As(err, &pg) && pg.Code == "23505": // unique_violation
		err = fmt.Errorf("%w (%s)", ErrExists, pg.ConstraintName)
	case errors.As(err, &pg) && (pg.Code == "23514" || pg.Code == "22021"): // check_violation, character_not_in_repertoire
		err = fmt.Errorf("%w (%s)", ErrUnfit, pg.Message)
	}
	return fmt.Errorf("%s %v: %w", what, key, err)
}

// document is a value as the database takes it for jsonb, which holds any text but the zero character.
func document(value any) (json.RawMessage, error) {
	bytes, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(string(bytes), `\u0000`) {
		return bytes, nil
	}
	clean := make([]byte, 0, len(bytes))
	for i := 0; i < len(bytes); i++ {
		if bytes[i] == '\\' { // an escape is two characters or six; an escaped backslash is not the start of another
			if strings.HasPrefix(string(bytes[i:min(i+6, len(bytes))]), `\u0000`) {
				clean = append(clean, `\ufffd`...)
				i += 5
				continue
			}
			clean = append(clean, bytes[i], bytes[i+1])
			i++
			continue
		}
		clean = append(clean, bytes[i])
	}
	return clean, nil
}

// text is a string as the database takes it: valid UTF-8 without the zero character.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}
