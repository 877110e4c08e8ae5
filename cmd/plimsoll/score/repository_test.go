package score

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	gitobject "github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/require"
)

// history is a repository of manifests and a chart, whose templates changed under one version.
func history(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "charts")
	made, err := git.PlainInit(folder, false)
	require.NoError(t, err)
	tree, err := made.Worktree()
	require.NoError(t, err)
	for i, template := range []string{"replicas: 1", "replicas: 2"} {
		for name, text := range map[string]string{"shop.yaml": shop, "web/Chart.yaml": "name: web\nversion: 1.0.0\n", "web/templates/a.tpl": template} {
			require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
		}
		require.NoError(t, tree.AddGlob("."))
		_, err = tree.Commit("x", &git.CommitOptions{Author: &gitobject.Signature{Name: "A", Email: "a@example.com", When: time.Date(2026, 3, 1+i, 9, 0, 0, 0, time.UTC)}})
		require.NoError(t, err)
	}
	return folder
}

func TestARepositoryIsScoredBesideItsManifests(t *testing.T) {
	folder := history(t)
	got := scoreIn(t, "", folder, "--explain", "delivery/chart-bump", "--as-of", "2026-11-20")
	require.NoError(t, got.err)
	require.Contains(t, got.stdout, "The chart changed and its version did not.")
	whole := scoreIn(t, "", folder, "--format", "json", "--as-of", "2026-11-20")
	require.Contains(t, whole.stdout, filepath.ToSlash(filepath.Join(folder, "web/Chart.yaml")), "findings lead to the file")
	require.Contains(t, whole.stdout, `"cart"`, "manifests are read as they were")

	left := scoreIn(t, "", folder, "--exclude", "web/**", "--format", "json", "--as-of", "2026-11-20")
	require.NotContains(t, left.stdout, "its version did not")

	require.NoError(t, os.WriteFile(filepath.Join(folder, ".git/HEAD"), nil, 0o600))
	broken := scoreIn(t, "", folder, "--format", "json", "--as-of", "2026-11-20")
	require.NoError(t, broken.err)
	require.Contains(t, broken.stdout, "its HEAD names no commit")
	require.Contains(t, broken.stdout, `"cart"`, "a repository that can't be read costs no manifest")
}
