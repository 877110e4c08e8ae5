// Command apiserver is a Kubernetes control plane in one process, for tests: an embedded etcd and a real kube-apiserver on
// loopback. No scheduler, no controllers and no kubelets run, so nothing changes what a test has written.
//
// When the server is ready it prints one line of JSON on standard output (see ready) and nothing else there, ever; logs go to
// standard error. It ends, and removes its directory, when standard input reaches its end, so that it cannot outlive the
// test that started it, and on SIGINT or SIGTERM.
//
// It is a module of its own because Kubernetes' dependencies (and the replacements that they need) are nobody else's business.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// readyTimeout bounds the time from the start of the process to a ready server.
const readyTimeout = 3 * time.Minute

// ready is the line that says how to reach the server.
type ready struct {
	URL        string `json:"url"`
	Kubeconfig string `json:"kubeconfig"` // path; its user is a member of system:masters
	CA         string `json:"ca"`         // path of the PEM bundle that the serving certificate verifies against
	Token      string `json:"token"`      // bearer token of that user
	Directory  string `json:"directory"`  // all files of this server; removed when it ends
}

func main() {
	auditLog := flag.String("audit-log", "", "`file` to which every request is logged, as JSON lines, at the level Metadata")
	var begin population
	begin.register(flag.CommandLine)
	flag.Parse()

	// A parent that is gone reads no log: a write must fail, not kill this process before it has cleaned up.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := context.WithCancel(context.Background())
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	go func() { <-interrupts; stop() }()
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); stop() }()

	if err := run(ctx, *auditLog, begin); err != nil {
		fmt.Fprintln(os.Stderr, "apiserver:", err)
		os.Exit(1)
	}
}

// run starts everything, announces it, and waits until ctx ends or the server fails. It does not shut down gracefully: the
// data is thrown away, and a server that drains its connections would keep each test waiting.
func run(ctx context.Context, auditLog string, begin population) error {
	dir, err := os.MkdirTemp("", "kubetest-")
	if err != nil {
		return fmt.Errorf("create directory: %w", err)
	}
	defer removeAll(dir)

	stopped := make(chan error, 1)
	endpoint, err := startEtcd(dir, stopped)
	if err != nil {
		return err
	}
	if !begin.empty() {
		if err := begin.store(ctx, endpoint); err != nil {
			return err
		}
	}
	plane, err := newControlPlane(dir, endpoint, auditLog)
	if err != nil {
		return err
	}
	if err := plane.start(stopped); err != nil {
		return err
	}

	readyContext, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if err := plane.waitReady(readyContext, stopped); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(plane.ready()); err != nil {
		return fmt.Errorf("announce: %w", err)
	}

	select {
	case <-ctx.Done():
		return nil
	case err := <-stopped:
		return errors.Join(errors.New("stopped by itself"), err)
	}
}

// removeAll removes dir although etcd may still be writing to it: a file that appears meanwhile makes one pass incomplete.
func removeAll(dir string) {
	for range 10 {
		if os.RemoveAll(dir) == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
