// Package printing is `plimsoll report`: one result as a PDF, a workbook or another format, made offline on the same road as the server's.
package printing

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
	"plimsoll/cmd/plimsoll/inputs"
	"plimsoll/cmd/plimsoll/output"
	"plimsoll/cmd/plimsoll/score"
	"plimsoll/cmd/plimsoll/terminal"
	"plimsoll/server/report"
)

type flags struct {
	inputs.Flags
	out, organization, platform, format string
	short, quiet                        bool
}

// Command is `plimsoll report`. exit takes 4 where there was nothing to report on.
func Command(exit func(code int)) *cobra.Command {
	var f flags
	command := &cobra.Command{
		Use:   "report PATH… -o FILE",
		Short: "The report for those who decide, offline: PDF, Markdown, CSV, JSON or workbook",
		Long: `Scores the paths as plimsoll score does and writes the result: as a tagged PDF (A4), or in another format with every finding in it.
It needs no server and no network.

Exit codes: 0 written · 1 could not run · 4 no evidence: nothing readable that rules apply to, and nothing written.`,
		Example: "  plimsoll report cluster.plimsoll --answers answers.yaml -o readiness.pdf\n" +
			"  plimsoll report ./manifests --format xlsx -o readiness.xlsx",
		RunE: func(cmd *cobra.Command, paths []string) error {
			code, err := f.run(cmd, paths)
			if err == nil {
				exit(code)
			}
			return err
		},
	}
	f.Flags.Register(command)
	set := command.Flags()
	set.StringVarP(&f.out, "output", "o", "", "write the report to this `FILE` (- for standard output)")
	set.StringVar(&f.organization, "organization", "Plimsoll", "whose platform it is, as the title says it")
	set.StringVar(&f.platform, "platform", "", "the platform's name; default: the first path's")
	set.StringVar(&f.format, "format", string(report.Full), "full (PDF), short (PDF of two pages), markdown, csv (the findings), json or xlsx")
	set.BoolVar(&f.short, "short", false, "the same as --format short: the two pages of a meeting: verdict, pillars, the five gravest findings, one next step, how sure we are")
	set.BoolVar(&f.quiet, "quiet", false, "say nothing on standard error")
	return command
}

func (f flags) run(cmd *cobra.Command, paths []string) (int, error) {
	format, err := report.ParseFormat(f.format)
	switch {
	case err != nil:
		return 0, fmt.Errorf("--format: %w", err)
	case f.short && format != report.Full && format != report.Short:
		return 0, fmt.Errorf("--short is a PDF: leave it out, or --format %s", format)
	case f.short:
		format = report.Short
	}
	switch {
	case f.out == "":
		return 0, errors.New("-o: name the file that the report goes to, or - for standard output")
	case len(paths) == 0 && f.Answers == "":
		return 0, errors.New("name a file, a folder or - to report on, or --answers for a plan without a cluster")
	}
	progress := terminal.StartProgress(cmd.ErrOrStderr(), f.quiet)
	defer progress.Stop()
	reading, err := f.Flags.Read(cmd.Context(), paths, cmd.InOrStdin(), progress.Workloads)
	if err != nil {
		return 0, err
	}
	progress.Stage("judging")
	a := assessments.Assess(reading.Input)
	if a.Score == nil || len(paths) > 0 && !a.Evidence {
		progress.Stop()
		f.say(cmd, "nothing written: no evidence, nothing readable that rules apply to", reading)
		return score.ExitNoEvidence, nil
	}
	progress.Stage("writing")
	in := report.Input{
		Organization: f.organization, Platform: cmp.Or(f.platform, platformOf(paths)), Content: reading.Content, Assessment: &a,
		Exhibits: engines.Run(reading.Input), Offline: true,
	}
	if err := f.write(cmd, format, in); err != nil {
		return 0, err
	}
	progress.Stop()
	f.say(cmd, f.out+" written", reading)
	return score.ExitFine, nil
}

func platformOf(paths []string) string {
	if len(paths) == 0 || paths[0] == "-" {
		return "Platform"
	}
	if absolute, err := filepath.Abs(paths[0]); err == nil {
		return strings.TrimSuffix(filepath.Base(absolute), filepath.Ext(absolute))
	}
	return paths[0]
}

// say tells what was done and every document that was skipped.
func (f flags) say(cmd *cobra.Command, done string, reading inputs.Reading) {
	if f.quiet {
		return
	}
	w := cmd.ErrOrStderr()
	for _, note := range reading.Notes {
		fmt.Fprintln(w, "plimsoll: "+terminal.Clean(note))
	}
	for _, s := range reading.Inputs.Skipped {
		fmt.Fprintf(w, "plimsoll: skipped %s: %s\n", terminal.Clean(s.Where()), terminal.Clean(s.Reason))
	}
	fmt.Fprintln(w, "plimsoll: "+terminal.Clean(done))
}

func (f flags) write(cmd *cobra.Command, format report.Format, in report.Input) error {
	if f.out == "-" {
		return report.WriteAs(cmd.OutOrStdout(), format, in)
	}
	if err := output.ToFile(f.out, func(w io.Writer) error { return report.WriteAs(w, format, in) }); err != nil {
		return fmt.Errorf("-o %s: %w", f.out, err)
	}
	return nil
}
