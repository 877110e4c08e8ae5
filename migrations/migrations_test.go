package migrations_test

import (
	"context"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/stretchr/testify/require"

	"plimsoll/internal/dbtest"
	"plimsoll/migrations"
)

func TestNumbersAreContiguousAndPaired(t *testing.T) {
	ups, err := fs.Glob(migrations.Files, "*.up.sql")
	require.NoError(t, err)
	all, err := fs.Glob(migrations.Files, "*")
	require.NoError(t, err)
	require.Len(t, all, 2*len(ups))
	for i, up := range ups {
		require.Regexp(t, fmt.Sprintf(`^%04d_[a-z_]+\.up\.sql$`, i+1), up)
		_, err := fs.Stat(migrations.Files, strings.Replace(up, ".up.", ".down.", 1))
		require.NoError(t, err)
	}
	require.EqualValues(t, len(ups), migrations.Latest())
}

func TestUpDownUpGivesTheSameSchema(t *testing.T) {
	db := dbtest.Empty(t)
	ctx := t.Context()
	require.NoError(t, migrations.Up(ctx, db.OwnerURL))
	first := dump(t, db)
	for range migrations.Latest() {
		require.NoError(t, migrations.Down(ctx, db.OwnerURL))
	}
	require.NotContains(t, dump(t, db), "plimsoll_app", "a right is left behind")
	require.NoError(t, migrations.Up(ctx, db.OwnerURL))
	require.Equal(t, first, dump(t, db))
	require.NoError(t, migrations.Up(ctx, db.OwnerURL), "nothing to do is no error")
	require.NoError(t, migrations.DownAll(ctx, db.OwnerURL))
}

// dump is the schema as pg_dump writes it, without the random key that newer versions of it put into every dump.
func dump(t *testing.T, db *dbtest.DB) string {
	t.Helper()
	var bin string
	require.NoError(t, db.Admin.QueryRow(t.Context(), "select setting from pg_config where name = 'BINDIR'").Scan(&bin))
	config := db.Admin.Config().ConnConfig
	out, err := exec.Command(filepath.Join(bin, "pg_dump"), "--schema-only", "--host", config.Host, "--username", config.User, db.Name).CombinedOutput()
	require.NoError(t, err, string(out))
	return regexp.MustCompile(`(?m)^\\(un)?restrict .*$`).ReplaceAllString(string(out), "")
}

func TestVersion(t *testing.T) {
	db := dbtest.Empty(t)
	ctx := t.Context()
	require.ErrorIs(t, migrations.Current(ctx, db.Owner), migrations.ErrBehind)
	require.NoError(t, migrations.Up(ctx, db.OwnerURL))
	require.NoError(t, migrations.Current(ctx, db.App), "the app's role can ask too")
	require.NoError(t, migrations.Down(ctx, db.OwnerURL))
	require.ErrorContains(t, migrations.Current(ctx, db.App), "plimsoll migrate up")
	_, err := db.Owner.Exec(ctx, "update schema_migrations set dirty = true")
	require.NoError(t, err)
	require.ErrorContains(t, migrations.Current(ctx, db.App), "broke off half-way")
}

// The queue's tables must be those that the library in use expects.
func TestTheQueueIsRiversOwn(t *testing.T) {
	names, err := fs.Glob(migrations.Files, "*_river*.up.sql")
	require.NoError(t, err)
	var up []byte
	for _, name := range names {
		text, err := fs.ReadFile(migrations.Files, name)
		require.NoError(t, err)
		up = append(up, text...)
	}
	migrator, err := rivermigrate.New(riverpgxv5.New((*pgxpool.Pool)(nil)), &rivermigrate.Config{Schema: "river"})
	require.NoError(t, err)
	for _, version := range migrator.AllVersions() {
		if version.Version == 1 {
			continue
		}
		sql := strings.ReplaceAll(version.SQLUp, "/* TEMPLATE: schema */", "river.")
		require.Contains(t, string(up), strings.TrimSpace(sql), "river %d is missing: add it as a migration", version.Version)
	}
}

// Row security is what keeps tenants apart, so it is checked for every table there is, by the catalogue.
func TestEveryTenantTableIsGuarded(t *testing.T) {
	db := dbtest.New(t)
	ctx := context.Background()
	global := map[string]bool{"schema_migrations": true, "sessions": true, "people": true, "organizations": true}
	type table struct {
		Name            string
		Enabled, Forced bool
		FirstKey        string
		Using, Check    *string
		LooseForeign    int
	}
	rows, err := db.Admin.Query(ctx, `
		select c.relname, c.relrowsecurity, c.relforcerowsecurity,
		  coalesce((select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
		    where i.indrelid = c.oid and i.indisprimary), ''),
		  (select pg_get_expr(p.polqual, p.polrelid) from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant'),
		  (select pg_get_expr(p.polwithcheck, p.polrelid) from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant'),
		  (select count(*) from pg_constraint f
		    where f.conrelid = c.oid and f.contype = 'f'
		      and f.confrelid <> 'people'::regclass
		      and (select attname from pg_attribute where attrelid = c.oid and attnum = f.conkey[1]) <> 'organization_id')
		from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`)
	require.NoError(t, err)
	for rows.Next() {
		var x table
		require.NoError(t, rows.Scan(&x.Name, &x.Enabled, &x.Forced, &x.FirstKey, &x.Using, &x.Check, &x.LooseForeign))
		if global[x.Name] {
			continue
		}
		require.True(t, x.Enabled && x.Forced, x.Name)
		require.Equal(t, "organization_id", x.FirstKey, x.Name)
		want := "(organization_id = (NULLIF(current_setting('app.organization_id'::text, true), ''::text))::uuid)"
		require.NotNil(t, x.Using, x.Name)
		require.Equal(t, want, *x.Using, x.Name)
		require.NotNil(t, x.Check, x.Name)
		require.Equal(t, want, *x.Check, x.Name)
		require.Zero(t, x.LooseForeign, "%s has a foreign key that does not start with the organization", x.Name)
	}
	require.NoError(t, rows.Err())

	var name string
	var super, bypass bool
	var owned int
	require.NoError(t, db.App.QueryRow(ctx, `select current_user, rolsuper, rolbypassrls,
		(select count(*) from pg_class where relowner = pg_roles.oid) from pg_roles where rolname = current_user`).Scan(&name, &super, &bypass, &owned))
	require.Equal(t, "plimsoll_app", name)
	require.False(t, super || bypass)
	require.Zero(t, owned)

	err = pgx.BeginFunc(ctx, db.App, func(tx pgx.Tx) error { // what the role was at connection time is what it falls back to
		if _, err := tx.Exec(ctx, "reset role"); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "select current_user").Scan(&name)
	})
	require.NoError(t, err)
	require.Equal(t, "plimsoll_app", name)
}
