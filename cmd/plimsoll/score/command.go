// Package score is `plimsoll score`: manifests or a snapshot in, a result on standard output and an exit code out, offline. It
// takes the same road as the server: snapshot, facts, Assess.
package score

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot"
)

// flags as they were given.
type flags struct {
	format            string
	answers, waivers  string
	asOf, failOn      string
	failUnder         int
	failCoverageUnder int
	quiet, noColor    bool
}

// Command makes the command. exit takes the exit code of a run that could be judged; a returned error is one that could not.
func Command(exit func(code int)) *cobra.Command {
	var f flags
	command := &cobra.Command{
		Use:   "score PATH…",
		Short: "Score manifests or a snapshot, offline",
		Long: `Scores Kubernetes manifests (files, folders, - for standard input) or one snapshot of plimsoll-collect.
It needs no server, no database and no network, and sends nothing anywhere.

Exit codes: 0 fine · 1 could not run · 2 findings at or above --fail-on · 3 score under --fail-under or coverage under
--fail-coverage-under · 4 no evidence: nothing readable that rules apply to.`,
		Example: `  plimsoll score ./manifests
  kustomize build overlays/production | plimsoll score -
  plimsoll score cluster.plimsoll --answers answers.yaml --fail-under 70
  plimsoll score ./manifests --format json > score.json`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			code, err := run(cmd, f, paths)
			if err == nil {
				exit(code)
			}
			return err
		},
	}
	set := command.Flags()
	set.StringVar(&f.format, "format", "human", "human or json")
	set.StringVar(&f.answers, "answers", "", "score the questionnaire's answers in this `FILE` too (plimsoll questionnaire show writes an empty form)")
	set.StringVar(&f.waivers, "waivers", "", "accept the findings named in this YAML `FILE` (rule, subject globs, reason, until)")
	set.StringVar(&f.asOf, "as-of", "", "judge as of this `DATE` (2026-11-20); default: the snapshot's day, else today in UTC")
	set.StringVar(&f.failOn, "fail-on", "high", "exit 2 on findings of this `SEVERITY` or above: critical, high, medium, low or none")
	set.IntVar(&f.failUnder, "fail-under", 0, "exit 3 where the score's point is under `N`, or there is none")
	set.IntVar(&f.failCoverageUnder, "fail-coverage-under", 0, "exit 3 where less than `N` percent is known")
	set.BoolVar(&f.quiet, "quiet", false, "print nothing but the result: human output without findings' evidence and mends, no notes")
	set.BoolVar(&f.noColor, "no-color", false, "no colour, whatever the terminal")
	return command
}

// gcPercent trades memory for time in a program that lives for a second: a thousand workloads take about 50 MB.
const gcPercent = 200

func run(cmd *cobra.Command, f flags, paths []string) (int, error) {
	debug.SetGCPercent(gcPercent)
	gate, err := f.gate(cmd, paths)
	if err != nil {
		return 0, err
	}
	asOf, err := f.day()
	if err != nil {
		return 0, err
	}
	if f.format != "human" && f.format != "json" {
		return 0, fmt.Errorf("--format: want human or json, got %q", f.format)
	}
	if len(paths) == 0 && f.answers == "" {
		return 0, errors.New("name a file, a folder or - to score, or --answers for a plan without a cluster")
	}
	in := assessments.Input{Content: content.V1()}
	declared, err := f.read(&in)
	if err != nil {
		return 0, err
	}
	loaded, err := load(cmd.Context(), paths, cmd.InOrStdin(), facts.Options{Declared: declared, AsOf: asOf})
	if err != nil {
		return 0, err
	}
	in.Facts, in.AsOf = loaded.facts, asOf
	if asOf.IsZero() {
		in.AsOf = loaded.takenAt
		if in.AsOf.IsZero() {
			in.AsOf = time.Now()
		}
	}
	a := assessments.Assess(in)
	code := gate.exitCode(a)
	document := newDocument(a, loaded.inputs, !in.Surveyed, code != ExitNoEvidence)
	if f.format == "json" {
		return code, writeJSON(cmd.OutOrStdout(), document)
	}
	return code, writeHuman(cmd.OutOrStdout(), document, styleFor(cmd.OutOrStdout(), f))
}

func (f flags) gate(cmd *cobra.Command, paths []string) (gate, error) {
	g := gate{wantsEvidence: len(paths) > 0}
	if f.failOn != "none" {
		if err := g.failOn.UnmarshalText([]byte(f.failOn)); err != nil || g.failOn == 0 {
			return g, fmt.Errorf("--fail-on: want critical, high, medium, low or none, got %q", f.failOn)
		}
	}
	for _, bound := range []struct {
		name  string
		value *int
		into  **int
	}{{"fail-under", &f.failUnder, &g.failUnder}, {"fail-coverage-under", &f.failCoverageUnder, &g.failCoverageUnder}} {
		if !cmd.Flags().Changed(bound.name) {
			continue
		}
		if *bound.value < 0 || *bound.value > 100 {
			return g, fmt.Errorf("--%s: want 0 to 100, got %d", bound.name, *bound.value)
		}
		*bound.into = bound.value
	}
	return g, nil
}

func (f flags) day() (time.Time, error) {
	if f.asOf == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, f.asOf)
	if err != nil {
		return time.Time{}, fmt.Errorf("--as-of: want a date such as 2026-11-20, got %q", f.asOf)
	}
	if day.Year() < snapshot.MinYear || day.Year() > snapshot.MaxYear {
		return time.Time{}, fmt.Errorf("--as-of: want a date from %d to %d, got %q", snapshot.MinYear, snapshot.MaxYear, f.asOf)
	}
	return day, nil
}

// read takes answers and waivers from their files.
func (f flags) read(in *assessments.Input) ([]facts.WorkloadFact, error) {
	var declared []facts.WorkloadFact
	if f.answers != "" {
		in.Surveyed = true
		err := reading(f.answers, "--answers", func(r io.Reader) error {
			file, err := questionnaire.Current().ReadAnswers(r)
			in.Answers, declared = file.Answers, file.WorkloadFacts
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if f.waivers != "" {
		return declared, reading(f.waivers, "--waivers", func(r io.Reader) (err error) {
			in.Waivers, err = readWaivers(r)
			return err
		})
	}
	return declared, nil
}

func reading(path, flag string, read func(io.Reader) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	defer file.Close()
	if err := read(file); err != nil {
		return fmt.Errorf("%s %s: %w", flag, path, err)
	}
	return nil
}
