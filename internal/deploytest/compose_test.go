package deploytest

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/migrations"
	"plimsoll/server"
	"plimsoll/server/localpg"
	"plimsoll/server/store"
)

const root = "../.."

// composed is docker-compose.yml as Compose's own code reads it.
func composed(t *testing.T) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")}, cli.WithWorkingDirectory(root), cli.WithInterpolation(true))
	require.NoError(t, err)
	project, err := options.LoadProject(t.Context())
	require.NoError(t, err)
	return project
}

// lookup is a service's environment as a program finds it.
func lookup(service types.ServiceConfig) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, set := service.Environment[name]
		if !set || value == nil {
			return "", false
		}
		return *value, true
	}
}

func known() map[string]bool {
	names := map[string]bool{"GOMEMLIMIT": true, "TMPDIR": true, "SSL_CERT_DIR": true}
	for _, v := range server.Variables {
		names[v.Name] = true
		if v.Secret {
			names[v.Name+"_FILE"] = true
		}
	}
	return names
}

func TestComposeIsOneThatItsToolTakes(t *testing.T) {
	project := composed(t)
	require.Equal(t, []string{"database", "identity", "migrate", "plimsoll"}, project.ServiceNames())
	for name, service := range project.Services {
		require.NotContains(t, service.Image, "latest", name)
		require.True(t, service.Build != nil || strings.Contains(service.Image, ":"), name)
		for _, port := range service.Ports {
			require.Equal(t, "127.0.0.1", port.HostIP, "%s listens on loopback alone", name)
		}
		for _, volume := range service.Volumes {
			if volume.Type == types.VolumeTypeBind {
				require.FileExists(t, volume.Source, name)
			}
		}
		if service.Build != nil {
			require.FileExists(t, filepath.Join(service.Build.Context, service.Build.Dockerfile))
			require.True(t, service.ReadOnly)
			require.Equal(t, []string{"ALL"}, service.CapDrop)
			for variable := range service.Environment {
				require.True(t, known()[variable], "%s: %s is no setting of ours", name, variable)
			}
		}
	}
	require.Equal(t, types.ServiceConditionCompletedSuccessfully, project.Services["plimsoll"].DependsOn["migrate"].Condition)
	require.Equal(t, types.ServiceConditionHealthy, project.Services["migrate"].DependsOn["database"].Condition)
	require.Greater(t, time.Duration(*project.Services["plimsoll"].StopGracePeriod), server.StopPatience)
}

// TestComposeAndTheIdentityProviderAgree: our own reading of the settings finds nothing wrong, and Dex knows us by them.
func TestComposeAndTheIdentityProviderAgree(t *testing.T) {
	service := composed(t).Services["plimsoll"]
	config, err := server.ConfigFromEnvironment(lookup(service))
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(root, "deploy/compose/identity.yaml"))
	require.NoError(t, err)
	var dex struct {
		Issuer        string
		Web           struct{ HTTP string }
		StaticClients []struct {
			ID, Secret   string
			RedirectURIs []string `yaml:"redirectURIs"`
		} `yaml:"staticClients"`
	}
	require.NoError(t, yaml.Unmarshal(text, &dex))
	require.Equal(t, config.Provider.Issuer, dex.Issuer)
	require.Len(t, dex.StaticClients, 1)
	require.Equal(t, config.Provider.ClientID, dex.StaticClients[0].ID)
	require.Equal(t, config.Provider.ClientSecret, dex.StaticClients[0].Secret)
	require.Equal(t, []string{config.Provider.RedirectURL}, dex.StaticClients[0].RedirectURIs)
	issuer, err := url.Parse(dex.Issuer)
	require.NoError(t, err)
	_, port, _ := strings.Cut(dex.Web.HTTP, ":")
	require.Equal(t, issuer.Port(), port)
}

// TestTheLoginsThatComposeMakes: on a real server, its script makes an owner who can migrate, and a service that is let in and owns nothing.
func TestTheLoginsThatComposeMakes(t *testing.T) {
	project := composed(t)
	dir, err := os.MkdirTemp("/tmp", "plimsoll-compose-") // a test's own folder is closed to the database's account
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	postgres, err := localpg.Start(t.Context(), localpg.Options{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, postgres.Stop(context.Background())) })
	admin, err := pgx.Connect(t.Context(), postgres.ConnString(localpg.AdminRole, "postgres"))
	require.NoError(t, err)
	defer admin.Close(t.Context())
	script, err := os.ReadFile(filepath.Join(root, "deploy/compose/database.sql"))
	require.NoError(t, err)
	for statement := range strings.SplitSeq(string(script), ";\n") {
		_, err = admin.Exec(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	as := func(service string) string { // the login that Compose gives it, through this server's socket
		given, _ := lookup(project.Services[service])("DATABASE_URL")
		config, err := pgx.ParseConfig(given)
		require.NoError(t, err)
		require.Equal(t, "database", config.Host)
		var good bool
		require.NoError(t, admin.QueryRow(t.Context(), "select rolcanlogin from pg_roles where rolname = $1", config.User).Scan(&good))
		require.True(t, good)
		return postgres.ConnString(config.User, config.Database)
	}
	letIn(t, admin, dir)
	require.NoError(t, migrations.Up(t.Context(), as("migrate")))
	pool, err := store.Open(t.Context(), as("plimsoll"), store.Options{})
	require.NoError(t, err)
	defer pool.Close()
	require.NoError(t, migrations.Current(t.Context(), pool))
	_, err = pool.Exec(t.Context(), "create table mine (x int)")
	require.ErrorContains(t, err, "permission denied")
	_, err = store.Open(t.Context(), as("migrate"), store.Options{Pooled: true})
	require.ErrorContains(t, err, "owns tables")
}

// letIn adds the script's logins to whom this private server knows, where passwords don't travel.
func letIn(t *testing.T, admin *pgx.Conn, dir string) {
	t.Helper()
	path := filepath.Join(dir, "data", "pg_ident.conf")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	line, _, _ := strings.Cut(string(text), "\n")
	var more strings.Builder
	for _, login := range []string{"plimsoll_schema", "plimsoll_service"} {
		more.WriteString(strings.ReplaceAll(line, localpg.AdminRole, login) + "\n")
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteString(more.String())
	require.NoError(t, err)
	require.NoError(t, file.Close())
	_, err = admin.Exec(t.Context(), "select pg_reload_conf()")
	require.NoError(t, err)
}
