package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/server"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestGettingStartedIsTrue runs the commands of docs/getting-started.md one block after the other in one folder, as somebody does who
// reads it. What make does is asked of make, since a run does not end.
func TestGettingStartedIsTrue(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(docs, "getting-started.md"))
	require.NoError(t, err)
	folder := t.TempDir()
	require.NoError(t, os.Symlink(programs(t), filepath.Join(folder, "bin")))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	blocks := shellBlock.FindAllStringSubmatch(string(page), -1)
	require.Len(t, blocks, 3)
	var said strings.Builder
	for _, block := range blocks {
		command := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", block[1])
		command.Dir = folder
		if target, isMake := strings.CutPrefix(block[1], "make "); isMake {
			command = exec.CommandContext(ctx, "make", "--dry-run", strings.TrimSpace(target))
			command.Dir = "../.."
		}
		command.Env = append(os.Environ(), "KUBECONFIG="+harbour(t).Kubeconfig)
		out, err := command.CombinedOutput()
		require.NoError(t, err, "%s\n%s", block[1], out)
		said.Write(out)
	}
	require.Contains(t, said.String(), "bin/plimsoll run")
	require.Contains(t, said.String(), "probes/kill-loop")
	for _, name := range server.SignInNames() {
		require.Contains(t, string(page), "| "+name+" |")
	}
}
