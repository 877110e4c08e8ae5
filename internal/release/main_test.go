package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// krewPlugin is what krew reads of a manifest, decoded strictly.
type krewPlugin struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Spec       struct {
		Version, Homepage, Description, Caveats string
		ShortDescription                        string `yaml:"shortDescription"`
		Platforms                               []struct {
			Selector struct {
				MatchLabels map[string]string `yaml:"matchLabels"`
			}
			URI, SHA256, Bin string
			Files            []struct{ From, To string }
		}
	}
}

// unpacked are an archive's files by name.
func unpacked(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(archive))
	require.NoError(t, err)
	files := map[string]string{}
	for in := tar.NewReader(zip); ; {
		header, err := in.Next()
		if err == io.EOF {
			return files
		}
		require.NoError(t, err)
		text, err := io.ReadAll(in)
		require.NoError(t, err)
		files[header.Name] = string(text)
		if strings.HasPrefix(header.Name, plugin) {
			require.EqualValues(t, 0o755, header.Mode)
		}
	}
}

// TestTheManifestIsOneThatKrewTakes holds what krew's documentation asks of a manifest: its kind, a version with a v, a short
// description of one line, and for each system an https archive with its SHA-256, whose files are there.
func TestTheManifestIsOneThatKrewTakes(t *testing.T) {
	folder := t.TempDir()
	systems := []string{"darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64", "windows-amd64.exe", "windows-arm64.exe"}
	for _, system := range systems {
		require.NoError(t, os.WriteFile(filepath.Join(folder, binaries+system), []byte("program of "+system), 0o755))
	}
	do := func(version string) (text []byte, read krewPlugin) {
		require.NoError(t, release(folder, version, "https://plimsoll.example/releases/", "../../LICENSE", "../../deploy/krew/plimsoll.yaml"))
		text, err := os.ReadFile(filepath.Join(folder, manifest))
		require.NoError(t, err)
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		decoder.KnownFields(true)
		require.NoError(t, decoder.Decode(&read))
		return text, read
	}
	first, read := do("v1.2.3")
	again, _ := do("v1.2.3")
	require.Equal(t, first, again)
	require.Equal(t, "krew.googlecontainertools.github.com/v1alpha2", read.APIVersion)
	require.Equal(t, "Plugin", read.Kind)
	require.Equal(t, "plimsoll", read.Metadata.Name)
	require.Equal(t, "v1.2.3", read.Spec.Version)
	require.NotEmpty(t, read.Spec.Description)
	require.LessOrEqual(t, len(read.Spec.ShortDescription), 50)
	require.NotContains(t, read.Spec.ShortDescription, "\n")
	require.Len(t, read.Spec.Platforms, len(systems))
	for i, p := range read.Spec.Platforms {
		system, ending, _ := strings.Cut(systems[i], ".")
		require.Equal(t, system, p.Selector.MatchLabels["os"]+"-"+p.Selector.MatchLabels["arch"])
		address, err := url.Parse(p.URI)
		require.NoError(t, err)
		require.Equal(t, "https", address.Scheme)
		require.Equal(t, "/releases/v1.2.3", path.Dir(address.Path))
		archive, err := os.ReadFile(filepath.Join(folder, path.Base(address.Path)))
		require.NoError(t, err)
		sum := sha256.Sum256(archive)
		require.Equal(t, hex.EncodeToString(sum[:]), p.SHA256)
		files := unpacked(t, archive)
		require.Len(t, files, 2)
		require.Equal(t, "program of "+systems[i], files[p.Bin])
		for _, file := range p.Files {
			require.Contains(t, files, file.From)
			require.Equal(t, ".", file.To)
		}
		require.Equal(t, ending == "exe", strings.HasSuffix(p.Bin, ".exe"), "krew asks for the ending on windows")
		require.Equal(t, plugin, strings.TrimSuffix(p.Bin, ".exe"))
	}
	_, between := do("e08521-dirty+x")
	require.Equal(t, "v0.0.0-e08521-dirty-x", between.Spec.Version)
}

func TestAReleaseWithoutBinaries(t *testing.T) {
	require.ErrorContains(t, release(t.TempDir(), "v1.0.0", "https://x.example", "../../LICENSE", "../../deploy/krew/plimsoll.yaml"), "no plimsoll-collect-* in ")
	require.Error(t, release(t.TempDir(), "v1.0.0", "https://x.example", "/nowhere", "../../deploy/krew/plimsoll.yaml"))
}
