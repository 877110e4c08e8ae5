// Command plimsoll-collect takes snapshots for Plimsoll: of a cluster, of manifests, of git repositories, or of one machine. It only
// reads, shows what it took (inspect), and sends nothing anywhere without --upload or upload.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the build.
var version = "development"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends what does not see the first, such as waiting for input
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run gives the exit code: 0 fine, 1 could not run.
func run(ctx context.Context, arguments []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if err := refuseSecrets(arguments); err != nil {
		fmt.Fprintln(stderr, "plimsoll-collect:", err)
		return 1
	}
	root := newRoot()
	root.SetArgs(arguments)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(stderr, "plimsoll-collect:", sentence(ctx, err))
		return 1
	}
	return 0
}

// sentence says in one line what went wrong.
func sentence(ctx context.Context, err error) string {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return "interrupted: nothing was written"
	}
	return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", ": ")
}

// interrupted is an error that says by itself how far a run came that somebody ended.
type interrupted struct{ text string }

func (i *interrupted) Error() string { return i.text }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "plimsoll-collect",
		Short: "Take a read-only snapshot for Plimsoll",
		Long: `Take a read-only snapshot for Plimsoll.

A snapshot is a file that you can read before it leaves your house: zcat FILE | less, or
plimsoll-collect inspect FILE. Nothing is sent anywhere unless you say so.

The exit code is 0 where a snapshot was taken, also where rights were missing for parts of it, and 1
where there is none, or where it could not be sent: one sentence on standard error says why.`,
		Example: `  plimsoll-collect cluster --out cluster.plimsoll.gz     # what it needs: plimsoll-collect rbac
  plimsoll-collect inspect cluster.plimsoll.gz           # what is in it
  plimsoll-collect upload cluster.plimsoll.gz --url https://plimsoll.example --platform ID --token-file token`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newCluster(), newManifests(), newRepository(), newNode(), newInspect(), newUpload(), newReveal(), newRedactKey(), newRBAC(), newVersion())
	return root
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of this collector and of its snapshots",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(command.OutOrStdout(), versionLine())
			return err
		},
	}
}
