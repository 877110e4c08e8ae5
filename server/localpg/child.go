//go:build unix

package localpg

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Signals to a postmaster: fast shutdown ends sessions and writes a checkpoint; immediate leaves the rest to recovery.
const (
	fastShutdown      = syscall.SIGINT
	immediateShutdown = syscall.SIGQUIT
	shutdownPatience  = 30 * time.Second
)

// child is the server process that we started.
type child struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // how it ended; to be read after done
}

// startChild starts cmd so that it is told to shut down when this process dies. Linux ties that to the thread that started it, so
// one thread is kept for the child's life.
func startChild(cmd *exec.Cmd) (*child, error) {
	endWithParent(cmd)
	c := &child{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			c.err = cmd.Wait()
			close(c.done)
		}
	}()
	return c, <-started
}

// stop asks for a fast shutdown, and for an immediate one where that takes too long or the context ends. Neither loses what was
// committed.
func (c *child) stop(ctx context.Context) error {
	_ = c.cmd.Process.Signal(fastShutdown)
	select {
	case <-c.done:
	case <-time.After(shutdownPatience):
	case <-ctx.Done():
	}
	_ = c.cmd.Process.Signal(immediateShutdown)
	select {
	case <-c.done:
		return nil
	case <-time.After(shutdownPatience):
		return fmt.Errorf("the database (process %d) does not stop", c.cmd.Process.Pid)
	}
}
