// Package score is `plimsoll score`: manifests or a snapshot in, a result in one or several formats and an exit code out, offline. It
// takes the same road as the server: snapshot, facts, Assess.
package score

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/inputs"
	"plimsoll/cmd/plimsoll/terminal"
)

// flags as they were given.
type flags struct {
	inputs.Flags
	sinks             sinks
	failOn            string
	failUnder         int
	failCoverageUnder int
	baseline, explain string
	rules             string
	writeBaseline     bool
	showWaived        bool
	quiet, noColor    bool
	dump              bool
}

// Command makes the command. exit takes the exit code of a run that could be judged; a returned error is one that could not.
func Command(exit func(code int)) *cobra.Command {
	var f flags
	command := &cobra.Command{
		Use:   "score PATH…",
		Short: "Score manifests, repositories or a snapshot, offline",
		Long: `Scores Kubernetes manifests (files, folders, - for standard input) or one snapshot of plimsoll-collect. Of a folder that is a
git repository the charts are scored too, by what each version of them changed.
It needs no server, no database and no network, and sends nothing anywhere.

Exit codes: 0 fine · 1 could not run · 2 findings at or above --fail-on · 3 score under --fail-under or coverage under
--fail-coverage-under · 4 no evidence: nothing readable that rules apply to.`,
		Example: `  plimsoll score ./manifests
  kustomize build overlays/production | plimsoll score -
  plimsoll score cluster.plimsoll --answers answers.yaml --fail-under 70
  plimsoll score ./manifests --format human --format sarif --output plimsoll.sarif --format junit --output plimsoll.xml
  plimsoll score ./manifests --baseline .plimsoll-baseline.json --write-baseline   # then, in the pipeline, without --write-baseline`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			code, err := run(cmd, f, paths)
			if err == nil {
				exit(code)
			}
			return err
		},
	}
	f.Flags.Register(command)
	f.sinks.register(command)
	set := command.Flags()
	set.StringVar(&f.failOn, "fail-on", "high", "exit 2 on findings of this `SEVERITY` or above: critical, high, medium, low or none")
	set.IntVar(&f.failUnder, "fail-under", 0, "exit 3 where the score's point is under `N`, or there is none")
	set.IntVar(&f.failCoverageUnder, "fail-coverage-under", 0, "exit 3 where less than `N` percent is known")
	set.StringVar(&f.baseline, "baseline", "", "fail only on what this `FILE` does not know: findings that are new, or graver than they were")
	set.StringVar(&f.rules, "rules", "", "judge by your own rules (CEL, in this YAML `FILE`) too; they never change the score")
	set.BoolVar(&f.writeBaseline, "write-baseline", false, "write the findings as they are into the file that --baseline names")
	set.BoolVar(&f.showWaived, "show-waived", false, "show waived findings too, each with its reason")
	set.StringVar(&f.explain, "explain", "", "say how this `RULE` came to its result, subject by subject, instead of the findings")
	set.BoolVar(&f.quiet, "quiet", false, "print nothing but the result: human output without findings' evidence and mends, no notes")
	set.BoolVar(&f.noColor, "no-color", false, "no colour, whatever the terminal (also NO_COLOR)")
	set.BoolVar(&f.dump, "config-dump", false, "print the flags in effect and exit")
	return command
}

func run(cmd *cobra.Command, f flags, paths []string) (int, error) {
	gate, err := f.check(cmd, paths)
	if err != nil {
		return 0, err
	}
	if f.dump {
		return ExitFine, dumpFlags(cmd)
	}
	progress := terminal.StartProgress(cmd.ErrOrStderr(), f.quiet)
	defer progress.Stop()
	reading, err := f.Flags.Read(cmd.Context(), paths, cmd.InOrStdin(), progress.Workloads)
	if err != nil {
		return 0, err
	}
	progress.Stage("judging")
	own, ownResults, err := f.judgeByOwnRules(reading.Input)
	if err != nil {
		return 0, err
	}
	explanation, err := explain(reading.Input, f.explain)
	if err != nil {
		return 0, err
	}
	a := assessments.Assess(reading.TakeInput())
	judged := a
	if ownResults != nil {
		judged.Findings, judged.LeftOut = slices.Concat(a.Findings, ownResults.Findings), slices.Concat(a.LeftOut, ownResults.LeftOut)
	}
	known, err := f.knownOf(judged)
	if err != nil {
		return 0, err
	}
	gate.known = known.holds
	r := result{Document: newDocument(a, reading.Inputs, !reading.Surveyed, gate.shown(judged)), Content: reading.Content, paths: paths, showWaived: f.showWaived}
	r.Explanation = explanation
	if reading.Target != nil {
		r.TargetVersion = reading.Target.MinorString()
	}
	r.takeOwn(own, ownResults)
	r.compare(known)
	progress.Stop()
	for _, note := range reading.Notes {
		f.note(cmd.ErrOrStderr(), note)
	}
	if f.writeBaseline {
		if err := writeBaseline(f.baseline, r.Document); err != nil {
			return 0, err
		}
		f.note(cmd.ErrOrStderr(), fmt.Sprintf("%s written: %s known from now on", f.baseline, assessments.Counted(r.Document.Gate.open, "finding")))
		if n := r.Document.Gate.leftOut; n > 0 {
			f.note(cmd.ErrOrStderr(), fmt.Sprintf("%s: %s beyond the %d that a result lists can't be kept in it, and stay new: keep one baseline for each part of the files, or leave rules out", f.baseline, assessments.Counted(n, "finding"), assessments.MaxFindings))
		}
	}
	return r.Document.Gate.ExitCode, f.sinks.write(cmd, &r, f)
}

// note says something on standard error, unless nothing but the result is wanted.
func (f flags) note(w io.Writer, text string) {
	if !f.quiet {
		fmt.Fprintln(w, "plimsoll: "+terminal.Clean(text))
	}
}

// check refuses flags that can't be meant, before anything is read.
func (f flags) check(cmd *cobra.Command, paths []string) (gate, error) {
	gate, err := f.gate(cmd, paths)
	if err != nil {
		return gate, err
	}
	if err := f.Flags.Check(); err != nil {
		return gate, err
	}
	if err := f.sinks.check(append([]string{f.Answers, f.Waivers, f.rules, f.baseline}, paths...)); err != nil {
		return gate, err
	}
	switch {
	case f.writeBaseline && f.baseline == "":
		return gate, errors.New("--write-baseline: name the file with --baseline")
	case len(paths) == 0 && f.Answers == "" && !f.dump:
		return gate, errors.New("name a file, a folder or - to score, or --answers for a plan without a cluster")
	}
	return gate, nil
}

func (f flags) gate(cmd *cobra.Command, paths []string) (gate, error) {
	g := gate{wantsEvidence: len(paths) > 0}
	var err error
	if g.failOn, err = ParseFailOn(f.failOn); err != nil {
		return g, err
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

// ParseFailOn reads the value of --fail-on; none is 0.
func ParseFailOn(text string) (assessments.Severity, error) {
	if text == "none" {
		return 0, nil
	}
	var severity assessments.Severity
	if err := severity.UnmarshalText([]byte(text)); err != nil || severity == 0 {
		return 0, fmt.Errorf("--fail-on: want critical, high, medium, low or none, got %q", text)
	}
	return severity, nil
}
