// Package charttool runs helm and kustomize in tests: the real ones, pinned in a module of their own.
package charttool

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// Run runs a tool, "helm" or "kustomize", with no state of this machine's user. The error is that of its exit.
func Run(t testing.TB, tool string, arguments ...string) (stdout, stderr string, err error) {
	t.Helper()
	_, here, _, known := runtime.Caller(0)
	require.True(t, known)
	module := filepath.Join(filepath.Dir(here), "..", "..", ".ci", "charts", "go.mod")
	command := exec.CommandContext(t.Context(), "go", append([]string{"tool", "-modfile=" + module, tool}, arguments...)...)
	home := t.TempDir()
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home, "KUBECONFIG=/dev/null")
	var out, complaints bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaints
	err = command.Run()
	return out.String(), complaints.String(), err
}
