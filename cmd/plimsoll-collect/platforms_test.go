package main

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mostBytes is what the stripped program may have, with client-go in it.
const mostBytes = 20 << 20

// TestTheProgramIsSmallOnEverySystem builds it as releases are built: in short for two systems, by make release-check for all.
func TestTheProgramIsSmallOnEverySystem(t *testing.T) {
	systems := []string{"linux/amd64", "windows/arm64"}
	if !testing.Short() {
		systems = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
	}
	for _, system := range systems {
		t.Run(system, func(t *testing.T) {
			binary := program(t)
			if system != runtime.GOOS+"/"+runtime.GOARCH {
				binary = filepath.Join(t.TempDir(), "other")
				build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
				name, arch, _ := strings.Cut(system, "/")
				build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+name, "GOARCH="+arch)
				out, err := build.CombinedOutput()
				require.NoError(t, err, string(out))
			}
			info, err := os.Stat(binary)
			require.NoError(t, err)
			require.LessOrEqual(t, info.Size(), int64(mostBytes))
			if strings.HasPrefix(system, "linux/") {
				requireStatic(t, binary)
			}
		})
	}
}

// requireStatic holds that a program asks for no loader and no library.
func requireStatic(t *testing.T, binary string) {
	t.Helper()
	file, err := elf.Open(binary)
	require.NoError(t, err)
	defer file.Close()
	for _, part := range file.Progs {
		require.NotEqual(t, elf.PT_INTERP, part.Type)
	}
	libraries, err := file.ImportedLibraries()
	require.NoError(t, err)
	require.Empty(t, libraries)
}

func TestWhatTheProgramLinks(t *testing.T) {
	linked, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	for _, foreign := range []string{"github.com/jackc/pgx", "github.com/labstack/echo", "github.com/a-h/templ", "k8s.io/client-go/kubernetes\n", "plimsoll/server", "plimsoll/web"} {
		require.NotContains(t, string(linked), foreign)
	}
}

// TestAsAPluginOfKubectl calls the program by the name that kubectl finds it by.
func TestAsAPluginOfKubectl(t *testing.T) {
	plugin := filepath.Join(t.TempDir(), "kubectl-plimsoll")
	require.NoError(t, os.Symlink(program(t), plugin))
	for _, arguments := range [][]string{{"--help"}, {"cluster", "--help"}, {"help", "upload"}, {"rbac", "-h"}} {
		out, err := exec.CommandContext(t.Context(), plugin, arguments...).Output()
		require.NoError(t, err)
		require.Contains(t, string(out), "kubectl plimsoll ")
		require.NotContains(t, string(out), "plimsoll-collect ", arguments)
	}
	require.True(t, calledByKubectl(`kubectl-plimsoll.exe`))
	require.False(t, calledByKubectl("/usr/bin/plimsoll-collect"))
}
