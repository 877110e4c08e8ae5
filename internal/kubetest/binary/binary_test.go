package binary

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLinkerFlagsStampTheRequiredVersion(t *testing.T) {
	for name, c := range map[string]struct{ module, want, wantErr string }{
		"required":     {module: "module m\nrequire k8s.io/kubernetes v1.37.2\n", want: "-X k8s.io/component-base/version.gitVersion=v1.37.2"},
		"minor alone":  {module: "module m\nrequire k8s.io/kubernetes v1.37.2\n", want: "-X k8s.io/component-base/version.gitMinor=37"},
		"not required": {module: "module m\n", wantErr: "requires no k8s.io/kubernetes"},
		"no module":    {module: "modul m\n", wantErr: "unknown directive"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "go.mod")
			require.NoError(t, os.WriteFile(path, []byte(c.module), 0o600))
			flags, err := linkerFlags(path)
			if c.wantErr != "" {
				require.ErrorContains(t, err, c.wantErr)
				return
			}
			require.NoError(t, err)
			require.Contains(t, flags, c.want)
		})
	}
}

func TestDigestFollowsEverySourceAndInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	seen := map[string]string{}
	changes := func(what string, inputs ...string) {
		key, err := digest(dir, inputs...)
		require.NoError(t, err)
		require.NotContains(t, seen, key, what)
		seen[key] = what
	}
	write("go.mod", "module m")
	changes("first", "go1.26")
	changes("toolchain", "go1.27")
	write("go.sum", "sum")
	changes("go.sum", "go1.26")
	write("main.go", "package main")
	changes("new source", "go1.26")
	write("main.go", "package main // changed")
	changes("changed source", "go1.26")

	before, err := digest(dir, "go1.26")
	require.NoError(t, err)
	write("notes.txt", "no source")
	after, err := digest(dir, "go1.26")
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestPathSaysWhatIsMissing(t *testing.T) {
	t.Run("the go command", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, err := Path(t.Context())
		require.ErrorContains(t, err, "the go command, which is not on the PATH")
	})
	t.Run("the project", func(t *testing.T) {
		t.Chdir(t.TempDir())
		_, err := Path(t.Context())
		require.ErrorContains(t, err, "no internal/kubetest/apiserver in ")
	})
}

func TestFailedBuildLeavesNothingAndSaysWhy(t *testing.T) {
	root := t.TempDir()
	module := filepath.Join(root, filepath.FromSlash(sources))
	require.NoError(t, os.MkdirAll(module, 0o755))
	for name, content := range map[string]string{
		"go.mod":  "module m\ngo 1.26.0\nrequire k8s.io/kubernetes v1.37.2\n",
		"main.go": "package main\n\nfunc main() { undeclared() }\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(module, name), []byte(content), 0o600))
	}
	usual, err := os.UserCacheDir()
	require.NoError(t, err)
	t.Setenv("GOCACHE", filepath.Join(usual, "go-build")) // so that the standard library is not built again
	caches := t.TempDir()
	t.Setenv("HOME", caches)
	t.Setenv("XDG_CACHE_HOME", caches)
	t.Chdir(root)

	_, err = Path(t.Context())
	require.ErrorContains(t, err, "undefined: undeclared")
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	built, err := filepath.Glob(filepath.Join(cache, "plimsoll", "kubetest", "*", executable+"*"))
	require.NoError(t, err)
	require.Empty(t, built)
}

func TestLockIsHeldByOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(path)
	require.NoError(t, err)

	second, err := os.Open(path)
	require.NoError(t, err)
	defer second.Close()
	require.ErrorIs(t, syscall.Flock(int(second.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
	unlock()
	require.NoError(t, syscall.Flock(int(second.Fd()), syscall.LOCK_EX|syscall.LOCK_NB))
}
