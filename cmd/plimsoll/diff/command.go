package diff

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/arguments"
	"plimsoll/cmd/plimsoll/inputs"
	"plimsoll/cmd/plimsoll/score"
	"plimsoll/cmd/plimsoll/terminal"
)

// Document is what `plimsoll diff --format json` prints.
type Document struct {
	ContentVersion string   `json:"contentVersion"`
	Old            Side     `json:"old"`
	New            Side     `json:"new"`
	Score          Score    `json:"score"`
	Pillars        []Pillar `json:"pillars"`
	Objects        Objects  `json:"objects"`
	Findings       Changes  `json:"findings"`
	ExitCode       int      `json:"exitCode"`
	FailOn         string   `json:"failOn"`
}

// Side says what one of the two was.
type Side struct {
	Path     string                `json:"path"`
	AsOf     string                `json:"asOf"`
	LoadLine *assessments.LoadLine `json:"loadLine"`
	Inputs   inputs.Inputs         `json:"inputs"`

	LeftOut []assessments.LeftOut `json:"findingsLeftOut,omitzero"` // beyond as many as a result lists: what changed among them is not seen
}

// leftOutWords says what could not be compared of a side; empty where all was.
func (s Side) leftOutWords() string {
	said := assessments.LeftOutSentence(s.LeftOut)
	if said == "" {
		return ""
	}
	return said + " What changed among them is not seen here."
}

type flags struct {
	inputs.Flags
	format, failOn string
	noColor, quiet bool
}

// Command is `plimsoll diff`.
func Command(exit func(code int)) *cobra.Command {
	var f flags
	command := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "What changed between two snapshots, and why the score moved",
		Long: `Compares two snapshots of plimsoll-collect, or two folders or files of manifests. Both are judged by the same content version, each as of
its own day unless --as-of names one for both: what time alone made worse is new as well.

Findings that came or went with their object are counted apart from those that are new or mended.

Exit codes: 0 fine · 1 could not run · 2 a finding at or above --fail-on is new, came with a new object, or became as grave · 4 no
evidence on the new side.`,
		Example: `  plimsoll diff monday.plimsoll friday.plimsoll
  git worktree add /tmp/main main && plimsoll diff /tmp/main/deploy ./deploy --format markdown`,
		Args: arguments.Exactly("OLD", "NEW"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			code, err := f.run(cmd, paths)
			if err == nil {
				exit(code)
			}
			return err
		},
	}
	f.Flags.Register(command)
	command.Flags().StringVar(&f.format, "format", "human", "`FORMAT`: human, json or markdown")
	command.Flags().StringVar(&f.failOn, "fail-on", "high", "exit 2 where a finding of this `SEVERITY` or above is new: critical, high, medium, low or none")
	command.Flags().BoolVar(&f.quiet, "quiet", false, "print nothing but the result")
	command.Flags().BoolVar(&f.noColor, "no-color", false, "no colour, whatever the terminal (also NO_COLOR)")
	return command
}

func (f flags) run(cmd *cobra.Command, paths []string) (int, error) {
	failOn, err := score.ParseFailOn(f.failOn)
	if err != nil {
		return 0, err
	}
	if !slices.Contains([]string{"human", "json", "markdown"}, f.format) {
		return 0, fmt.Errorf("--format: want human, json or markdown, got %q", f.format)
	}
	progress := terminal.StartProgress(cmd.ErrOrStderr(), f.quiet)
	defer progress.Stop()
	before, old, err := f.side(cmd, paths[0], progress)
	if err != nil {
		return 0, err
	}
	now, fresh, err := f.side(cmd, paths[1], progress)
	if err != nil {
		return 0, err
	}
	progress.Stop()
	d := compare(before, now)
	d.Old, d.New, d.FailOn = old, fresh, f.failOn
	d.ExitCode = exitCode(now.assessment, d.Findings, failOn)
	return d.ExitCode, write(cmd.OutOrStdout(), d, f)
}

func (f flags) side(cmd *cobra.Command, path string, progress *terminal.Progress) (side, Side, error) {
	reading, err := f.Flags.Read(cmd.Context(), []string{path}, cmd.InOrStdin(), progress.Workloads)
	if err != nil {
		return side{}, Side{}, err
	}
	a := assessments.Assess(reading.Input)
	shown := Side{Path: path, AsOf: reading.AsOf.Format(time.DateOnly), LoadLine: a.LoadLine, Inputs: reading.Inputs, LeftOut: a.LeftOut}
	return side{root: path, facts: reading.Facts, assessment: a}, shown, nil
}

func compare(before, now side) Document {
	objects, came, went := compareObjects(before, now)
	return Document{
		ContentVersion: now.assessment.ContentVersion, Score: compareScores(before.assessment, now.assessment),
		Pillars: comparePillars(before.assessment, now.assessment), Objects: objects, Findings: compareFindings(before, now, came, went),
	}
}

// exitCode fails on what is new in any way: on an object that was there, with one that came, or graver than it was.
func exitCode(now assessments.Assessment, c Changes, failOn assessments.Severity) int {
	if !now.Evidence {
		return score.ExitNoEvidence
	}
	for _, f := range slices.Concat(c.New, c.Came, c.Changed) {
		if failOn > 0 && f.Severity >= failOn && f.Severity > f.Was && !f.Waived {
			return score.ExitFindings
		}
	}
	return score.ExitFine
}

func write(w io.Writer, d Document, f flags) error {
	switch f.format {
	case "json":
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(d); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		return nil
	case "markdown":
		return writeMarkdown(w, d)
	}
	return writeHuman(w, d, terminal.StyleFor(w, f.noColor), f.quiet)
}
