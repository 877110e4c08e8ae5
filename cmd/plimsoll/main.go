// Command plimsoll is the server, the offline scorer and the operator's tool in one binary. This folder wires and does nothing else.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"plimsoll/cmd/plimsoll/catalogue"
	"plimsoll/cmd/plimsoll/diff"
	"plimsoll/cmd/plimsoll/score"
)

func main() { os.Exit(execute()) }

// execute runs the command line and returns its exit code: a command's own, or 1 where it could not run.
func execute() int {
	code := 0
	// Signals end the program, but for the commands that have something to end themselves: one that waits for input would not see them.
	if err := root(func(c int) { code = c }).ExecuteContext(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "plimsoll: "+err.Error())
		return 1
	}
	return code
}

func root(exit func(code int)) *cobra.Command {
	root := &cobra.Command{
		Use:           "plimsoll",
		Short:         "How deep may the ship be loaded? Kubernetes readiness, scored",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(score.Command(exit), diff.Command(exit), catalogue.Rules(), catalogue.Questionnaire(), newServeCommand(), newRunCommand(), newMigrateCommand(),
		newReassessCommand())
	return root
}
