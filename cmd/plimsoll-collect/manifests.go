package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/manifests"
)

// manifestFlags are what `manifests` is told.
type manifestFlags struct {
	out    string
	redact redactFlags
	token  uploadFlags // that signs
}

func newManifests() *cobra.Command {
	f := &manifestFlags{}
	command := &cobra.Command{
		Use:   "manifests PATH…",
		Short: "Take a snapshot of manifests: files, folders, - for standard input",
		Example: `  plimsoll-collect manifests deploy/ --out deploy.plimsoll.gz
  helm template shop ./chart | plimsoll-collect manifests - > shop.plimsoll.gz`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, paths []string) error { return f.run(command, paths) },
	}
	command.Flags().StringVarP(&f.out, "out", "o", "", "write the snapshot to `FILE` (default: standard output)")
	f.redact.add(command)
	f.token.addSignAlone(command)
	return command
}

func (f *manifestFlags) run(command *cobra.Command, paths []string) error {
	stderr := command.ErrOrStderr()
	writing, err := f.redact.writing()
	if err != nil {
		return err
	}
	signed, err := f.token.signing()
	if err != nil {
		return err
	}
	records := map[snapshot.Kind]int{}
	var inputs manifests.Inputs
	err = writeTo(f.out, command.OutOrStdout(), func(w io.Writer) error {
		return writeSnapshot(w, records, append(writing, signed), func(emit func(snapshot.Record) error) (err error) {
			inputs, err = manifests.Read(command.Context(), paths, command.InOrStdin(), emit)
			return err
		})
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "read %d documents in %d files: %s\n", inputs.Documents, inputs.Files, counts(records))
	if len(inputs.Skipped) > 0 {
		fmt.Fprintf(stderr, "passed over %d:\n", len(inputs.Skipped))
	}
	for _, skipped := range inputs.Skipped {
		fmt.Fprintf(stderr, "  %s:%d: %s\n", skipped.File, skipped.Line, skipped.Reason)
	}
	suggest(stderr, f.out)
	return nil
}
