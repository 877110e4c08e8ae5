package main

import (
	"bufio"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"plimsoll/assessments/pseudonym"
)

func newReveal() *cobra.Command {
	var keyFile string
	command := &cobra.Command{
		Use:   "reveal --redact-key-file FILE < report",
		Short: "Put the names back into a report on a redacted snapshot, with the key",
		Long: `Put the names back into a report on a redacted snapshot, with the key.

It reads any text from standard input, such as JSON, SARIF, Markdown, HTML or what "plimsoll score"
prints, and writes it to standard output with names in the place of the key's pseudonyms. Nothing
but the key is needed, and nothing is sent anywhere. What another key made stays as it is.`,
		Example: `  plimsoll score cluster.plimsoll.gz --format json | plimsoll-collect reveal --redact-key-file names.key
  plimsoll-collect reveal --redact-key-file names.key < report.md > report-with-names.md
  zcat cluster.plimsoll.gz | plimsoll-collect reveal --redact-key-file names.key | less`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return reveal(command, keyFile) },
	}
	command.Flags().StringVar(&keyFile, "redact-key-file", "", "`FILE` with the key that the pseudonyms were made with")
	return command
}

func reveal(command *cobra.Command, keyFile string) error {
	if keyFile == "" {
		return errors.New("with which key? Name it with --redact-key-file FILE")
	}
	key, err := readKey(keyFile)
	if err != nil {
		return err
	}
	if isTerminal(command.InOrStdin()) {
		return errors.New("reveal reads a report from standard input: plimsoll-collect reveal --redact-key-file FILE < report.json")
	}
	in := bufio.NewReader(command.InOrStdin())
	if start, _ := in.Peek(2); string(start) == "\x1f\x8b" {
		return errors.New("this is compressed: zcat it first (zcat FILE | plimsoll-collect reveal …)")
	}
	found, err := pseudonym.Reveal(command.OutOrStdout(), in, key)
	if err != nil {
		return named("standard output", err)
	}
	switch {
	case found.Names == 0 && found.Others > 0:
		return fmt.Errorf("none of %s is of this key (its id is %s; the snapshot's header names the one it was made with)", plural(found.Others, "pseudonym", "pseudonyms"), key.ID())
	case found.Others > 0:
		fmt.Fprintf(command.ErrOrStderr(), "%s put back; %s of another key or cut off, and left\n", plural(found.Names, "name", "names"), plural(found.Others, "pseudonym is", "pseudonyms are"))
	default:
		fmt.Fprintf(command.ErrOrStderr(), "%s put back\n", plural(found.Names, "name", "names"))
	}
	return nil
}
