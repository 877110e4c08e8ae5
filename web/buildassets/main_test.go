package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheBuiltAssetsAreCurrent(t *testing.T) {
	fresh := t.TempDir()
	require.NoError(t, build("../assets", fresh))
	names := func(folder string) (all []string) {
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		for _, entry := range entries {
			all = append(all, entry.Name())
		}
		return all
	}
	require.Equal(t, names(fresh), names("../dist"), "run go generate ./web")
	for _, name := range names(fresh) {
		want, err := os.ReadFile(filepath.Join(fresh, name))
		require.NoError(t, err)
		have, err := os.ReadFile(filepath.Join("../dist", name))
		require.NoError(t, err)
		require.Equal(t, want, have, name)
	}
}
