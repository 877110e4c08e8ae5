package server_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/server"
)

func environment(change map[string]string) func(string) (string, bool) {
	values := map[string]string{
		"DATABASE_URL": "postgres://plimsoll@db/plimsoll", "PLIMSOLL_URL": "https://plimsoll.example.com",
		"PLIMSOLL_OIDC_ISSUER": "https://id.example.com", "PLIMSOLL_OIDC_CLIENT_ID": "plimsoll", "PLIMSOLL_OIDC_CLIENT_SECRET": "s3cret",
	}
	for name, value := range change {
		values[name] = value
	}
	return func(name string) (string, bool) { value, ok := values[name]; return value, ok }
}

func TestConfigFromEnvironment(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("from a file\n"), 0o600))
	config, err := server.ConfigFromEnvironment(environment(map[string]string{
		"PLIMSOLL_OIDC_CLIENT_SECRET": "", "PLIMSOLL_OIDC_CLIENT_SECRET_FILE": secret, "PLIMSOLL_TRUSTED_PROXIES": "10.0.0.0/8, ::1/128",
	}))
	require.NoError(t, err)
	require.Equal(t, "from a file", config.Provider.ClientSecret)
	require.Equal(t, "https://plimsoll.example.com/sign-in/callback", config.Provider.RedirectURL)
	require.Equal(t, ":8080", config.Address)
	require.Len(t, config.TrustedProxies, 2)
	require.False(t, config.Local)
}

func TestABadConfigurationNamesTheVariable(t *testing.T) {
	cases := map[string]map[string]string{
		"DATABASE_URL":                     {"DATABASE_URL": ""},
		"PLIMSOLL_URL":                     {"PLIMSOLL_URL": "http://plimsoll.example.com"},
		"PLIMSOLL_OIDC_ISSUER":             {"PLIMSOLL_OIDC_ISSUER": "http://id.example.com"},
		"PLIMSOLL_OIDC_CLIENT_ID":          {"PLIMSOLL_OIDC_CLIENT_ID": ""},
		"PLIMSOLL_OIDC_CLIENT_SECRET":      {"PLIMSOLL_OIDC_CLIENT_SECRET_FILE": "/also"},
		"PLIMSOLL_OIDC_CLIENT_SECRET_FILE": {"PLIMSOLL_OIDC_CLIENT_SECRET": "", "PLIMSOLL_OIDC_CLIENT_SECRET_FILE": "/nowhere"},
		"PLIMSOLL_ADDRESS":                 {"PLIMSOLL_ADDRESS": "8080"},
		"PLIMSOLL_DATABASE_POOLER":         {"PLIMSOLL_DATABASE_POOLER": "session"},
		"PLIMSOLL_DATABASE_CONNECTIONS":    {"PLIMSOLL_DATABASE_CONNECTIONS": "many"},
		"PLIMSOLL_TRUSTED_PROXIES":         {"PLIMSOLL_TRUSTED_PROXIES": "10.0.0.1"},
		"PLIMSOLL_MAX_UPLOAD_BYTES":        {"PLIMSOLL_MAX_UPLOAD_BYTES": "-1"},
		"PLIMSOLL_LOG_LEVEL":               {"PLIMSOLL_LOG_LEVEL": "loud"},
		"PLIMSOLL_LOG_FORMAT":              {"PLIMSOLL_LOG_FORMAT": "xml"},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := server.ConfigFromEnvironment(environment(change))
			require.ErrorContains(t, err, name+": ")
			require.NotContains(t, err.Error(), "s3cret")
		})
	}
	_, err := server.ConfigFromEnvironment(func(string) (string, bool) { return "", false })
	for _, name := range []string{"DATABASE_URL", "PLIMSOLL_URL", "PLIMSOLL_OIDC_ISSUER", "PLIMSOLL_OIDC_CLIENT_ID", "PLIMSOLL_OIDC_CLIENT_SECRET"} {
		require.ErrorContains(t, err, name, "all that is missing is named at once")
	}
}

func TestHelpListsEverySetting(t *testing.T) {
	for _, v := range server.Variables {
		require.Contains(t, server.Help(), v.Name)
	}
}

func TestLocalRunsListenOnLoopbackAlone(t *testing.T) {
	for _, address := range []string{"127.0.0.1:8080", "localhost:1", "[::1]:8080"} {
		_, err := server.LocalConfig(address)
		require.NoError(t, err, address)
	}
	for _, address := range []string{":8080", "0.0.0.0:8080", "[::]:8080", "10.0.0.1:8080", "example.com:80", "127.0.0.1"} {
		_, err := server.LocalConfig(address)
		require.Error(t, err, address)
	}
}
