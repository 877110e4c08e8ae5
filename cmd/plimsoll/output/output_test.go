package output

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func TestAResultReplacesTheOneBeforeAndNothingElse(t *testing.T) {
	folder := t.TempDir()
	name, link := filepath.Join(folder, "result"), filepath.Join(folder, "link")
	require.NoError(t, ToFile(name, text("one")))
	require.NoError(t, os.Chmod(name, 0o600))
	require.NoError(t, os.Symlink(name, link))

	require.Error(t, ToFile(name, func(w io.Writer) error { return errors.Join(text("half")(w), errors.New("broken")) }))
	requireFile(t, name, "one")

	require.NoError(t, ToFile(link, text("two")))
	requireFile(t, name, "two")
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink, "the link stays a link")
	info, err = os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "what few may read, few may read")

	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 2, "nothing is left behind")

	require.EqualError(t, ToFile(folder, text("x")), "is a folder: name a file in it")
	err = ToFile(filepath.Join(folder, "none", "x"), text("x"))
	require.ErrorContains(t, err, "in folder "+filepath.Join(folder, "none")+": no such file or directory")
	require.NotContains(t, err.Error(), ".plimsoll-")
	require.ErrorContains(t, ToFile("/dev/full", text("x")), "no space left")
}

func requireFile(t *testing.T, name, want string) {
	t.Helper()
	is, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, want, string(is))
}

func TestNamesOfOneFileAreTheSame(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	require.NoError(t, os.Mkdir("real", 0o755))
	require.NoError(t, os.Symlink("real", "link"))
	require.NoError(t, os.WriteFile("real/there", nil, 0o644))
	require.NoError(t, os.Link("real/there", "hard"))
	for _, pair := range [][2]string{{"a", "./a"}, {"a", filepath.Join(folder, "a")}, {"real/new", "link/new"}, {"real/there", "link/there"}, {"real/there", "hard"}, {"real/../a", "a"}} {
		require.True(t, Same(pair[0], pair[1]), pair)
	}
	for _, pair := range [][2]string{{"a", "b"}, {"real/there", "a"}, {"real/there", "real/new"}, {"/dev/null", "/dev/null"}} {
		require.False(t, Same(pair[0], pair[1]), pair)
	}
}
