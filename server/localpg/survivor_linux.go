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

func endWithParent(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = fastShutdown }

// stopSurvivor ends a server that an earlier process left behind on the same data, as when that process was killed. The caller
// holds the folder's lock, so nobody looks after it. A pid file that no living process stands for is taken away: after a restart of
// the machine its number may belong to a stranger, and the server would refuse to start.
func stopSurvivor(ctx context.Context, dataDir string) error {
	pidFile := filepath.Join(dataDir, "postmaster.pid")
	postmaster, err := pidIn(pidFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("server left behind: %w", err)
	}
	for started := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		living, err := livingIn(dataDir)
		if err != nil {
			return fmt.Errorf("server left behind: %w", err)
		}
		if len(living) == 0 {
			if err := os.Remove(pidFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("server left behind: %w", err)
			}
			return nil
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("waiting for the server left behind on %s: %w", dataDir, err)
		}
		waited := time.Since(started)
		if waited > 2*shutdownPatience {
			return fmt.Errorf("processes %v still use %s", living, dataDir)
		}
		if living[postmaster] { // the others end with it
			signal := fastShutdown
			if waited > shutdownPatience {
				signal = immediateShutdown
			}
			_ = syscall.Kill(postmaster, signal)
		}
	}
}

func pidIn(file string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return 0, nil // empty or torn by a crash: nobody's
	}
	return pid, nil
}

// livingIn lists the processes whose working folder is the data folder: the postmaster and all its children stand there, and
// nothing else does.
func livingIn(dataDir string) (map[int]bool, error) {
	dataDir, err := filepath.EvalSymlinks(dataDir)
	if err != nil {
		return nil, err
	}
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return nil, err
	}
	living := map[int]bool{}
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && target == dataDir {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link)))
			if err != nil {
				return nil, err
			}
			living[pid] = true
		}
	}
	return living, nil
}
