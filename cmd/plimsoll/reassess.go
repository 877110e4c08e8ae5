package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/content/published"
	"plimsoll/migrations"
	"plimsoll/server"
	"plimsoll/server/jobs"
	"plimsoll/server/store"
)

// rescoreFlags are the flags of the command.
type rescoreFlags struct {
	organization string
	jobs.Rescoring
}

func newReassessCommand() *cobra.Command {
	var flags rescoreFlags
	cmd := &cobra.Command{
		Use:   "reassess",
		Short: "Score history again by the present content version, beside the old results",
		Long: "Works on DATABASE_URL (or DATABASE_URL_FILE) as the role plimsoll_app, one organization and one result after the other. Each result\n" +
			"is made again of what the old one was made of: its snapshot with the ones before it, the answers, facts and waivers of that day. Of\n" +
			"answers alone, only the last result of a platform without snapshots is made again. The old results stay, and trends mark where\n" +
			"the content version changes. Broken off, it goes on where it stopped; run twice, the second time does nothing.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			connString, err := server.DatabaseURL(os.LookupEnv)
			if err != nil {
				return err
			}
			pooled := os.Getenv("PLIMSOLL_DATABASE_POOLER") == "transaction"
			return reassess(ctx, cmd.OutOrStdout(), connString, pooled, flags, content.V1())
		},
	}
	cmd.Flags().StringVar(&flags.organization, "organization", "", "only this one, by the word in its address")
	cmd.Flags().StringVar(&flags.Platform, "platform", "", "only this one, by the word in its address; needs --organization")
	cmd.Flags().BoolVar(&flags.DryRun, "dry-run", false, "say what would be scored again, and store nothing")
	cmd.Flags().BoolVar(&flags.SameVersion, "same-version", false, "also results of the present version that were made by other wording or reference data")
	cmd.Flags().IntVar(&flags.Limit, "limit", 0, "make at most so many results; 0: all")
	return cmd
}

var errUnfinished = errors.New("some results could not be scored again: see above")

func reassess(ctx context.Context, out io.Writer, connString string, pooled bool, flags rescoreFlags, c *assessments.Content) error {
	switch {
	case flags.Platform != "" && flags.organization == "":
		return errors.New("--platform needs --organization: two organizations may call a platform the same")
	case flags.Limit < 0:
		return fmt.Errorf("--limit: want 0 or more, got %d", flags.Limit)
	}
	pool, err := store.Open(ctx, connString, store.Options{MaxConns: 2, Pooled: pooled})
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := migrations.Current(ctx, pool); err != nil {
		return err
	}
	assessor := &jobs.Assessor{Store: store.New(pool), Content: c, Now: time.Now}
	organizations, err := chosenOrganizations(ctx, assessor.Store, flags.organization)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "content version %s (%s)\n", c.Version, releaseState(c.Version))
	failed, left := 0, 0
	for i, organization := range organizations {
		flags.Report = func(r jobs.Rescored) {
			printRescored(out, organization.Slug, r, flags.DryRun)
			failed += len(r.Failed)
			left += r.Outdated - r.Made - r.Passed - len(r.Failed)
		}
		made, err := assessor.Rescore(ctx, organization.ID, flags.Rescoring)
		if err != nil {
			return fmt.Errorf("organization %s: %w", organization.Slug, err)
		}
		if flags.Limit > 0 {
			if flags.Limit -= made; flags.Limit == 0 {
				left += len(organizations) - 1 - i
				break
			}
		}
	}
	switch {
	case failed > 0:
		return errUnfinished
	case left > 0 && !flags.DryRun:
		fmt.Fprintln(out, "the limit is reached: run it again for what may be left")
	}
	return nil
}

func chosenOrganizations(ctx context.Context, s *store.Store, slug string) ([]store.OrganizationName, error) {
	all, err := s.Organizations(ctx)
	if err != nil || slug == "" {
		return all, err
	}
	for _, organization := range all {
		if organization.Slug == slug {
			return []store.OrganizationName{organization}, nil
		}
	}
	return nil, fmt.Errorf("organization %q: %w", slug, store.ErrNotFound)
}

func releaseState(version string) string {
	record, err := published.Of(version)
	switch {
	case err != nil:
		return "not on record"
	case record.IsReleased():
		return "released on " + record.Released
	}
	return "not released yet"
}

// failuresShown bounds the failures that are named for one platform.
const failuresShown = 20

func printRescored(out io.Writer, organization string, r jobs.Rescored, dryRun bool) {
	name := organization + "/" + r.Platform
	switch {
	case r.Outdated == 0:
		fmt.Fprintf(out, "%s: up to date\n", name)
	case dryRun:
		fmt.Fprintf(out, "%s: %s would be scored again\n", name, assessments.Counted(r.Outdated, "result"))
	default:
		fmt.Fprintf(out, "%s: %d of %s scored again\n", name, r.Made, assessments.Counted(r.Outdated, "result"))
	}
	for _, err := range r.Failed[:min(len(r.Failed), failuresShown)] {
		fmt.Fprintf(out, "  %v\n", err)
	}
	if more := len(r.Failed) - failuresShown; more > 0 {
		fmt.Fprintf(out, "  and %d more\n", more)
	}
}
