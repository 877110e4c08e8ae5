// Command build makes sure that the control plane that tests run against has been built, and prints its path and the seconds
// that took: so the build happens before the tests' own timeouts run.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"plimsoll/internal/kubetest/binary"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	start := time.Now()
	path, err := binary.Path(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kubetest:", err)
		os.Exit(1)
	}
	fmt.Printf("%s %.1f s\n", path, time.Since(start).Seconds())
}
