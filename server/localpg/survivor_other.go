//go:build unix && !linux

package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// endWithParent does nothing: only Linux ends a child with its parent. The next start stops what was left behind.
func endWithParent(*exec.Cmd) {}

// stopSurvivor ends a server that an earlier process left behind on the same data. The pid file names it; that it is that server
// is told by its command line, which names the data folder. A pid file that no server stands for is left to the new server to judge.
func stopSurvivor(ctx context.Context, dataDir string) error {
	text, err := os.ReadFile(filepath.Join(dataDir, "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("server left behind: %w", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return nil
	}
	for started := time.Now(); time.Since(started) < shutdownPatience; time.Sleep(50 * time.Millisecond) {
		line, err := exec.CommandContext(ctx, "ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
		if err != nil || !strings.Contains(string(line), dataDir) {
			return ctx.Err()
		}
		_ = syscall.Kill(pid, fastShutdown)
	}
	return fmt.Errorf("process %d still uses %s", pid, dataDir)
}
