// Package arguments refuses command lines that name too few or too many things, in words that say what is wanted.
package arguments

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// Exactly wants one argument for each name, as the usage line names them.
func Exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		switch {
		case len(given) < len(names):
			return fmt.Errorf("%s: name %s: %s", path(cmd), strings.Join(names[len(given):], " and "), usage(cmd))
		case len(given) > len(names):
			return tooMany(cmd, given[len(names)])
		}
		return nil
	}
}

// Some wants one argument or more of a name.
func Some(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		if len(given) == 0 {
			return fmt.Errorf("%s: name %s: %s", path(cmd), name, usage(cmd))
		}
		return nil
	}
}

// AtMost takes so many arguments and no more.
func AtMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		if len(given) > n {
			return tooMany(cmd, given[n])
		}
		return nil
	}
}

// Group is for a command that is nothing but its subcommands: alone it shows its help, and a word that names none of them is an error.
func Group(command *cobra.Command) *cobra.Command {
	command.Args = func(cmd *cobra.Command, given []string) error {
		if len(given) == 0 {
			return nil
		}
		var names []string
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				names = append(names, sub.Name())
			}
		}
		return fmt.Errorf("%s: there is no command %q: want %s", path(cmd), given[0], strings.Join(names, ", "))
	}
	command.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return command
}

func tooMany(cmd *cobra.Command, first string) error {
	return fmt.Errorf("%s: %q is one too many: %s", path(cmd), first, usage(cmd))
}

// path is the command without the program, whose name stands before every error anyway.
func path(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

func usage(cmd *cobra.Command) string { return strings.TrimSuffix(cmd.UseLine(), " [flags]") }
