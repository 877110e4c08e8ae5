package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRulePagesAreCurrent(t *testing.T) {
	pages, err := allPages()
	require.NoError(t, err)
	found := map[string][]byte{}
	require.NoError(t, filepath.WalkDir(target, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(target, path)
		if err != nil {
			return err
		}
		found[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	}))
	for name, content := range pages {
		require.Contains(t, found, name, "run go generate ./assessments/rules/gen")
		require.Equal(t, string(content), string(found[name]), "%s is not current: run go generate ./assessments/rules/gen", name)
	}
	for name := range found {
		require.Contains(t, pages, name, "no rule makes this page")
	}
}
