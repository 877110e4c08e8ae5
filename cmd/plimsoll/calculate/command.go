// Package calculate is `plimsoll upgrade`, `probe`, `heap` and `network`: the four engines alone, each over manifests or a snapshot.
package calculate

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
	"plimsoll/assessments/reference"
	"plimsoll/cmd/plimsoll/arguments"
	"plimsoll/cmd/plimsoll/inputs"
	"plimsoll/cmd/plimsoll/score"
	"plimsoll/cmd/plimsoll/terminal"
)

type flags struct {
	from string
	inputs.Flags
	format         string
	noColor, quiet bool
}

// Commands are the engines' commands, in the engines' own order.
func Commands(exit func(code int)) []*cobra.Command {
	var all []*cobra.Command
	for _, id := range engines.IDs {
		all = append(all, command(id, exit))
	}
	return all
}

func command(id string, exit func(code int)) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   id + " PATH…",
		Short: engines.Title(id) + ": " + lowered(engines.About(id)),
		Long: engines.About(id) + `

Works on a snapshot of plimsoll-collect or on manifests, offline. What can't be computed from what was given is said, with what it would
take.

Exit codes: 0 fine · 1 could not run · 4 nothing readable.`,
		Example: example(id),
		Args:    arguments.Some("PATH"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			code, err := f.run(cmd, id, paths)
			if err == nil {
				exit(code)
			}
			return err
		},
	}
	set := c.Flags()
	set.StringVar(&f.Answers, "answers", "", "take figures and facts of single workloads from this `FILE` of answers")
	f.RegisterDay(c)
	if id == "upgrade" {
		set.StringVar(&f.from, "from", "", "the Kubernetes `MINOR` that runs (1.33), where files are given; a snapshot tells by itself")
		set.StringVar(&f.TargetVersion, "to", "", "the Kubernetes `MINOR` to reach (1.37); default: the newest released")
	}
	set.StringVar(&f.format, "format", "human", "`FORMAT`: human or json")
	set.BoolVar(&f.quiet, "quiet", false, "print nothing but the result")
	set.BoolVar(&f.noColor, "no-color", false, "no colour, whatever the terminal (also NO_COLOR)")
	return c
}

func lowered(text string) string {
	return strings.ToLower(text[:1]) + strings.TrimSuffix(text[1:], ".")
}

func example(id string) string {
	if id == "upgrade" {
		return "  plimsoll upgrade cluster.plimsoll --to 1.37"
	}
	return "  plimsoll " + id + " cluster.plimsoll\n  plimsoll " + id + " ./manifests --format json"
}

// Document is what the engines' commands print as JSON.
type Document struct {
	AsOf   string          `json:"asOf"`
	Target string          `json:"targetVersion,omitzero"`
	Result engines.Exhibit `json:"result"` // in words and tables, as the page and the PDF show it
	Data   any             `json:"data"`   // the figures behind it: a plan, simulations, budgets or a forecast
	Inputs inputs.Inputs   `json:"inputs"`
}

func (f flags) run(cmd *cobra.Command, id string, paths []string) (int, error) {
	if f.format != "human" && f.format != "json" {
		return 0, fmt.Errorf("--format: want human or json, got %q", f.format)
	}
	if f.TargetVersion != "" { // here the flag is called --to
		if _, err := inputs.ParseMinor("--to", f.TargetVersion); err != nil {
			return 0, err
		}
	}
	var from reference.Minor
	if f.from != "" {
		running, err := inputs.ParseMinor("--from", f.from)
		if err != nil {
			return 0, err
		}
		from = reference.Minor(running.Minor)
	}
	progress := terminal.StartProgress(cmd.ErrOrStderr(), f.quiet)
	defer progress.Stop()
	reading, err := f.Flags.Read(cmd.Context(), paths, cmd.InOrStdin(), progress.Workloads)
	if err != nil {
		return 0, err
	}
	progress.Stage("computing")
	d := Document{AsOf: reading.AsOf.Format(time.DateOnly), Inputs: reading.Inputs}
	d.Result, d.Data = compute(id, reading.Input, from)
	progress.Stop()
	if reading.Target != nil {
		d.Target = reading.Target.MinorString()
	}
	return exitCode(reading), f.write(cmd.OutOrStdout(), d)
}

// compute runs one engine.
func compute(id string, in assessments.Input, from reference.Minor) (engines.Exhibit, any) {
	switch id {
	case "upgrade":
		plan := engines.PlanOf(assessments.ViewOf(in), from, 0)
		return engines.UpgradeExhibit(plan), plan
	case "probe":
		simulations := engines.SimulationsOf(assessments.ViewOf(in))
		return engines.ProbeExhibit(simulations), simulations
	case "heap":
		budgets := engines.BudgetsOf(assessments.ViewOf(in))
		return engines.HeapExhibit(budgets), budgets
	case "network":
		forecast := engines.ForecastOf(assessments.ViewOf(in))
		return engines.NetworkExhibit(forecast), forecast
	}
	panic("no engine " + id) // the commands are made from engines.IDs, and a test runs each
}

// exitCode is 4 where the paths held nothing that could be read.
func exitCode(reading inputs.Reading) int {
	f := reading.Facts
	if len(f.Workloads)+len(f.Services)+len(f.Nodes)+len(f.Custom)+len(f.APIUses)+len(f.Networks) == 0 && f.Cluster == nil {
		return score.ExitNoEvidence
	}
	return score.ExitFine
}

func (f flags) write(w io.Writer, d Document) error {
	if f.format == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(d); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		return nil
	}
	p := terminal.NewPrinter(w, terminal.StyleFor(w, f.noColor))
	target := ""
	if d.Target != "" {
		target = ", towards Kubernetes " + d.Target
	}
	p.Line("%s  as of %s%s", p.Bold("Plimsoll · "+d.Result.Title), d.AsOf, target)
	p.Line("%s", p.Dim(d.Inputs.Words()))
	p.Line("")
	p.Wrapped("", terminal.Clean(d.Result.Lead))
	for _, part := range d.Result.Parts {
		p.Section(terminal.Clean(part.Title))
		for _, text := range part.Text {
			p.Wrapped("  ", terminal.Clean(text))
		}
		if part.Table != nil {
			table{part.Table}.write(p)
		}
	}
	if len(d.Inputs.Skipped) > 0 {
		p.Section("Skipped: " + assessments.Counted(len(d.Inputs.Skipped), "document"))
		for _, s := range d.Inputs.Skipped {
			p.Line("  %s  %s", terminal.Clean(s.Where()), terminal.Clean(s.Reason))
		}
	}
	if len(d.Result.Sources) > 0 && !f.quiet {
		p.Line("")
		p.Wrapped("Sources: ", terminal.Clean(strings.Join(d.Result.Sources, "; ")))
	}
	return p.Close()
}
