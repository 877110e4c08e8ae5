package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// calledByKubectl reports whether this program runs as "kubectl plimsoll": kubectl finds its plugins by their file's name.
func calledByKubectl(program string) bool {
	return strings.TrimSuffix(filepath.Base(program), ".exe") == "kubectl-plimsoll"
}

// speakAsPlugin makes the help say what a user of the plugin types.
func speakAsPlugin(root *cobra.Command) {
	const plugin = "kubectl plimsoll"
	root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: plugin}
	commands := []*cobra.Command{root}
	for len(commands) > 0 {
		command := commands[0]
		commands = append(commands[1:], command.Commands()...)
		texts := []*string{&command.Short, &command.Long, &command.Example}
		command.Flags().VisitAll(func(flag *pflag.Flag) { texts = append(texts, &flag.Usage) })
		for _, text := range texts {
			*text = strings.ReplaceAll(*text, root.Name()+" ", plugin+" ")
		}
	}
}
