package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

// signatureIn is the signature of a snapshot's file; nil where nobody signed.
func signatureIn(t *testing.T, name string) *snapshot.Signature {
	t.Helper()
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	reader := snapshot.NewReader(file, snapshot.DefaultLimits())
	for _, err := range reader.Records() {
		require.NoError(t, err)
	}
	return reader.Signature()
}

func tokenFile(t *testing.T, token string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(name, []byte(token+"\n"), 0o600))
	return name
}

// A file for a road without a network: signed by the token, which is needed for nothing else, and which does not stand in it.
func TestASignedSnapshot(t *testing.T) {
	cluster := harbour(t)
	token := tokenFile(t, "plim_secret")
	public := snapshot.PublicHalf(snapshot.SigningKey("plim_secret"))
	for name, take := range map[string][]string{
		"cluster":    {"cluster", "--kubeconfig", cluster.Kubeconfig, "--limit-qps", "1000"},
		"node":       append([]string{"node", "--node-name", "worker-1"}, aMachine(t)...),
		"manifests":  {"manifests", "../../deploy/collector"},
		"repository": {"repository", charts(t)},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "snapshot")
			got := start(t, append(take, "--out", out, "--sign", "--token-file", token)...)
			require.Zero(t, got.code, got.stderr)
			require.NotContains(t, got.stderr, "plim_secret")
			signature := signatureIn(t, out)
			require.NotNil(t, signature)
			require.True(t, signature.Proves(public))
			shown := start(t, "inspect", out)
			require.Contains(t, shown.stdout, "signature: signed with the key "+snapshot.KeyID(public)+"; the server says whose it is\n")
			require.NotContains(t, shown.stdout, "plim_secret")

			got = start(t, append(take, "--out", out)...)
			require.Zero(t, got.code, got.stderr)
			require.Nil(t, signatureIn(t, out))
			require.Contains(t, start(t, "inspect", out).stdout, "signature: not signed\n")
		})
	}
}

func TestWhatCanNotBeSigned(t *testing.T) {
	for _, variable := range []string{"PLIMSOLL_TOKEN", "PLIMSOLL_TOKEN_FILE"} {
		t.Setenv(variable, "")
	}
	out := filepath.Join(t.TempDir(), "snapshot")
	require.Contains(t, fails(t, "node", "--out", out, "--sign"), "--sign takes the token's key: no token: name its file with --token-file FILE")
	require.Contains(t, fails(t, "node", "--out", out, "--token-file", "token"), "--token-file is for sending: say where to with --upload URL")
	for _, command := range []string{"manifests", "repository"} {
		require.Contains(t, fails(t, command, ".", "--out", out, "--sign"), "--sign takes the token's key: no token: name its file with --token-file FILE")
		require.Contains(t, fails(t, command, ".", "--out", out, "--token-file", "token"), "--token-file is for signing: say --sign; plimsoll-collect upload sends what is written")
	}
	require.Contains(t, fails(t, "node", "--out", out, "--sign", "--token-file", filepath.Join(t.TempDir(), "none")), "read the token")
	require.NoFileExists(t, out)
}
