package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/manifests"
)

// manifestFlags are what `manifests` is told.
type manifestFlags struct {
	out string
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
	return command
}

func (f *manifestFlags) run(command *cobra.Command, paths []string) error {
	stderr := command.ErrOrStderr()
	records := map[snapshot.Kind]int{}
	var inputs manifests.Inputs
	err := writeTo(f.out, command.OutOrStdout(), func(w io.Writer) (err error) {
		inputs, err = collectManifests(command.Context(), paths, command.InOrStdin(), w, records)
		return err
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

func collectManifests(ctx context.Context, paths []string, stdin io.Reader, w io.Writer, records map[snapshot.Kind]int) (manifests.Inputs, error) {
	var out *snapshot.Writer
	inputs, err := manifests.Read(ctx, paths, stdin, func(record snapshot.Record) (err error) {
		if header, first := record.(snapshot.Header); first {
			header.CollectorVersion, header.CollectorBuild, header.TakenAt = version, buildDigest(), time.Now().UTC().Truncate(time.Second)
			out, err = snapshot.NewWriter(w, header)
			return err
		}
		records[record.RecordKind()]++
		return out.Write(record)
	})
	if err != nil {
		return inputs, err
	}
	if out == nil {
		return inputs, errors.New("nothing was read")
	}
	return inputs, out.Close()
}
