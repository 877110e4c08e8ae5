package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/repository"
)

// repositoryFlags are what `repository` is told.
type repositoryFlags struct {
	out    string
	redact redactFlags
	token  uploadFlags // that signs
}

func newRepository() *cobra.Command {
	f := &repositoryFlags{}
	command := &cobra.Command{
		Use:   "repository PATH…",
		Short: "Take a snapshot of git repositories: charts and their history, release notes, pipelines, Dockerfiles",
		Long: `Take a snapshot of git repositories: charts and their history, release notes, pipelines, Dockerfiles.

Each PATH is the top folder of a checked-out repository, a worktree or a bare repository. What is read is the commit that is
checked out and the history behind it, as it lies on this machine: git is not run, nothing is fetched, and nothing is written
there. In a shallow clone the history ends early, and the snapshot says where; git fetch --unshallow brings the rest.

No values, commit messages, authors or addresses of remotes leave: docs/collector-in-detail.md has the list.`,
		Example: `  plimsoll-collect repository . --out shop.plimsoll.gz
  plimsoll-collect repository ~/src/shop ~/src/shop-charts --out delivery.plimsoll.gz`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, paths []string) error { return f.run(command, paths) },
	}
	command.Flags().StringVarP(&f.out, "out", "o", "", "write the snapshot to `FILE` (default: standard output)")
	f.redact.add(command)
	f.token.addSignAlone(command)
	return command
}

func (f *repositoryFlags) run(command *cobra.Command, paths []string) error {
	stderr := command.ErrOrStderr()
	writing, err := f.redact.writing()
	if err != nil {
		return err
	}
	signed, err := f.token.signing()
	if err != nil {
		return err
	}
	var inputs repository.Inputs
	err = writeTo(f.out, command.OutOrStdout(), func(w io.Writer) error {
		return writeSnapshot(w, nil, append(writing, signed), func(emit func(snapshot.Record) error) (err error) {
			inputs, err = repository.Read(command.Context(), paths, repository.Options{}, emit)
			return err
		})
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "read %s: %s, %s in their history\n", plural(inputs.Repositories, "repository", "repositories"),
		plural(inputs.Charts, "chart", "charts"), plural(inputs.Changes, "change", "changes"))
	if len(inputs.Skipped) > 0 {
		fmt.Fprintf(stderr, "passed over %d:\n", len(inputs.Skipped))
	}
	for _, skipped := range inputs.Skipped {
		if skipped.Path == "" {
			fmt.Fprintf(stderr, "  %s\n", skipped.Reason)
			continue
		}
		fmt.Fprintf(stderr, "  %s: %s\n", skipped.Path, skipped.Reason)
	}
	suggest(stderr, f.out)
	return nil
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
