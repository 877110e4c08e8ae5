// Command plimsoll is the server, the offline scorer and the operator's tool in one binary. This folder wires and does nothing else.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"plimsoll/cmd/plimsoll/calculate"
	"plimsoll/cmd/plimsoll/catalogue"
	"plimsoll/cmd/plimsoll/diff"
	"plimsoll/cmd/plimsoll/printing"
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

// The groups in which the help lists commands.
const (
	offline    = "offline"
	yardsticks = "yardsticks"
	serving    = "serving"
)

func root(exit func(code int)) *cobra.Command {
	root := &cobra.Command{
		Use:           "plimsoll",
		Short:         "How deep may the ship be loaded? Kubernetes readiness, scored",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().Bool("no-input", false, "never ask anything (no command does; scripts may say so)")
	root.AddGroup(&cobra.Group{ID: offline, Title: "Judge, offline:"}, &cobra.Group{ID: yardsticks, Title: "What it is judged by:"}, &cobra.Group{ID: serving, Title: "Serve:"})
	add := func(group string, commands ...*cobra.Command) {
		for _, command := range commands {
			command.GroupID = group
			root.AddCommand(command)
		}
	}
	add(offline, score.Command(exit), diff.Command(exit), printing.Command(exit))
	add(offline, calculate.Commands(exit)...)
	add(yardsticks, catalogue.Rules(), catalogue.Questionnaire(), catalogue.Reference())
	add(serving, newServeCommand(), newRunCommand(), newMigrateCommand(), newReassessCommand())
	cobra.EnableCommandSorting = false
	return root
}
