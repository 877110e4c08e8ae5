package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/require"
)

// charts is a repository with one chart in it.
func charts(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "charts")
	made, err := git.PlainInit(folder, false)
	require.NoError(t, err)
	for name, text := range map[string]string{"Chart.yaml": "name: web\nversion: 1.0.0\n", "broken/Chart.yaml": "["} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	tree, err := made.Worktree()
	require.NoError(t, err)
	require.NoError(t, tree.AddGlob("."))
	_, err = tree.Commit("one", &git.CommitOptions{Author: &object.Signature{Name: "A", Email: "a@example.com", When: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}})
	require.NoError(t, err)
	return folder
}

func TestARepositoryFromTheCommandLine(t *testing.T) {
	folder := charts(t)
	out := filepath.Join(t.TempDir(), "charts.plimsoll.gz")
	got := start(t, "repository", folder, "--out", out)
	require.Zero(t, got.code, got.stderr)
	require.Empty(t, got.stdout)
	require.Contains(t, got.stderr, "read 1 repository: 2 charts, 1 change in their history\npassed over 1:\n  broken/Chart.yaml: Chart.yaml: no YAML that can be read\n")
	require.NoError(t, checkWhole(out))
	require.Contains(t, start(t, "inspect", out).stdout, "plimsoll.snapshot/v1 of a repository")

	again := start(t, "repository", folder, folder)
	require.Zero(t, again.code)
	require.Contains(t, again.stderr, "read 2 repositories: 4 charts, 2 changes in their history")

	late := filepath.Join(t.TempDir(), "none")
	require.Contains(t, fails(t, "repository", folder, t.TempDir(), "--out", late), "no git repository: name the top folder")
	require.NoFileExists(t, late, "no half file is left")
	require.Contains(t, fails(t, "repository", "/nowhere", "--out", late), "/nowhere: no such file or directory")
}
