package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/internal/kubetest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// result is what a run of the program gave.
type result struct {
	code           int
	stdout, stderr string
}

func start(t *testing.T, arguments ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), arguments, strings.NewReader(""), &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// fails runs the program, and gives the one line that it says then.
func fails(t *testing.T, arguments ...string) string {
	t.Helper()
	got := start(t, arguments...)
	require.Equal(t, 1, got.code)
	require.Empty(t, got.stdout)
	message, one := strings.CutPrefix(got.stderr, "plimsoll-collect: ")
	require.True(t, one, got.stderr)
	require.Equal(t, 1, strings.Count(message, "\n"), message)
	return strings.TrimSpace(message)
}

// written is a small snapshot in a file.
func written(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	w, err := snapshot.NewWriter(&out, snapshot.Header{
		CollectorVersion: "v1.2.3", Source: snapshot.SourceCluster, TakenAt: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		PlatformUID: "5a1f", Scope: snapshot.Scope{Refused: []string{"nodes"}},
	})
	require.NoError(t, err)
	for _, record := range []snapshot.Record{
		snapshot.Cluster{UID: "5a1f", ServerVersion: "v1.37.2"},
		snapshot.Workload{Kind: "Deployment", Namespace: "payments", Name: "ledger", Replicas: new(2)},
		snapshot.Workload{Kind: "Deployment", Namespace: "payments", Name: "settlement\x1b[31m", Replicas: new(3)},
		snapshot.Note{Resource: "nodes", Reason: "forbidden", Detail: "no right to list nodes"},
	} {
		require.NoError(t, w.Write(record))
	}
	require.NoError(t, w.Close())
	path := filepath.Join(t.TempDir(), "small.plimsoll.gz")
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
	return path
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

var loaded sync.Once

// harbour is the example cluster on the server that the tests of this package share.
func harbour(t *testing.T) *kubetest.Server {
	t.Helper()
	server := kubetest.Shared(t)
	loaded.Do(func() { server.Apply(t, kubetest.Harbour(time.Now())) })
	return server
}

func TestInspect(t *testing.T) {
	file := written(t)
	got := start(t, "inspect", file)
	require.Zero(t, got.code)
	golden(t, "inspect.golden", got.stdout)
	require.NotContains(t, got.stdout, "\x1b", "nothing in a snapshot steers the terminal")

	short := start(t, "inspect", "--values", "1", file)
	require.Contains(t, short.stdout, "      ledger\n      … and 1 more\n")
	require.Contains(t, start(t, "inspect", "--json", file).stdout, `"field": "workload.name"`)

	half := filepath.Join(t.TempDir(), "half")
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(half, whole[:len(whole)/2], 0o600))
	require.Contains(t, fails(t, "inspect", half), "is no whole snapshot: ")
	require.Equal(t, "read /nowhere: no such file or directory", fails(t, "inspect", "/nowhere"))
}

func TestRBAC(t *testing.T) {
	golden(t, "rbac.golden", start(t, "rbac").stdout)
	golden(t, "rbac-namespace.golden", start(t, "rbac", "-n", "payments", "--no-releases", "--account-namespace", "tools").stdout)
}

func TestManifests(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "web.yaml"), []byte("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: web:1}]}}}\n---\nfoo: bar\n"), 0o600))
	out := filepath.Join(t.TempDir(), "web.plimsoll.gz")
	got := start(t, "manifests", folder, "--out", out)
	require.Zero(t, got.code)
	require.Contains(t, got.stderr, "read 2 documents in 1 files: 1 namespace, 1 workload\n")
	require.Contains(t, got.stderr, "passed over 1:\n  "+filepath.Join(folder, "web.yaml")+":6: ")
	require.Contains(t, start(t, "inspect", out).stdout, "plimsoll.snapshot/v1 of manifests")
	require.Contains(t, fails(t, "manifests", "/nowhere", "--out", out), "/nowhere")
}

func TestAClusterFromTheCommandLine(t *testing.T) {
	server := harbour(t)
	folder := t.TempDir()
	out := filepath.Join(folder, "harbour.plimsoll.gz")

	got := start(t, "cluster", "--kubeconfig", server.Kubeconfig, "--out", out, "--limit-qps", "1000")
	require.Zero(t, got.code, got.stderr)
	require.Empty(t, got.stdout)
	require.Contains(t, got.stderr, "4 nodes, 8 namespaces, 19 workloads, 12 services, 7 release revisions")
	require.NoError(t, checkWhole(out))

	piped := start(t, "cluster", "--kubeconfig", server.Kubeconfig, "--limit-qps", "1000", "-n", "shop")
	require.Zero(t, piped.code)
	require.NoError(t, os.WriteFile(out, []byte(piped.stdout), 0o600))
	require.NoError(t, checkWhole(out))
	require.Contains(t, piped.stderr, "not read, so the assessment will not know it:\n  namespaces: not asked for")

	require.Equal(t, "the cluster could not be read in the time given", fails(t, "cluster", "--kubeconfig", server.Kubeconfig, "--out", filepath.Join(folder, "late"), "--timeout", "1ms"))
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, files, 1, "no half file is left")
}

func TestWhatDoesNotRun(t *testing.T) {
	t.Setenv("PLIMSOLL_TOKEN", "")
	t.Setenv("PLIMSOLL_TOKEN_FILE", "")
	token := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(token, []byte("plim_0123456789abcdef\n"), 0o600))
	file := written(t)
	for name, c := range map[string]struct {
		arguments []string
		want      string
	}{
		"an unknown command":     {[]string{"colect"}, `unknown command "colect" for "plimsoll-collect"`},
		"an unknown flag":        {[]string{"cluster", "--out-file", "x"}, "unknown flag: --out-file"},
		"a kubeconfig too few":   {[]string{"cluster", "--kubeconfig", "/nowhere"}, "read kubeconfig: stat /nowhere: no such file or directory"},
		"no address":             {[]string{"upload", file}, "where to? Name the server with --url URL"},
		"an address that isn't":  {[]string{"upload", file, "--url", "plimsoll"}, `want a URL such as https://plimsoll.example, got "plimsoll"`},
		"no platform":            {[]string{"upload", file, "--url", "https://p.example"}, "which platform? Name it with --platform ID, as its settings page shows it"},
		"no token":               {[]string{"upload", file, "--url", "https://p.example", "--platform", "x"}, "no token: name its file with --token-file FILE, or set PLIMSOLL_TOKEN"},
		"a token file too few":   {[]string{"upload", file, "--url", "https://p.example", "--platform", "x", "--token-file", "/nowhere"}, "read the token: /nowhere: no such file or directory"},
		"a token in the address": {[]string{"upload", file, "--url", "https://u:p@p.example", "--platform", "x"}, "the URL must hold no name or password: the token goes into --token-file or PLIMSOLL_TOKEN"},
		"a token for all to see": {[]string{"upload", file, "--url", "http://p.example", "--platform", "x", "--token-file", token}, "http://p.example would show the token to everybody on the way: use https://, or say --plain-http"},
		"no snapshot":            {[]string{"upload", token, "--url", "https://p.example", "--platform", "x", "--token-file", token}, token + " is no whole snapshot: not a gzip file"},
		"nowhere to write":       {[]string{"manifests", ".", "--out", "/nowhere/x"}, "write /nowhere/x: no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, fails(t, c.arguments...)) })
	}
}

func TestAFullDisk(t *testing.T) {
	require.Contains(t, fails(t, "manifests", "testdata", "--out", "/dev/full"), "/dev/full: no space left on device")
}
