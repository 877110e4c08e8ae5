package score

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"plimsoll/cmd/plimsoll/output"
	"plimsoll/cmd/plimsoll/terminal"
)

// formats in which a result is written.
var formats = []string{"human", "json", "sarif", "junit", "markdown"}

// sink is one format and where it goes; an empty file is standard output.
type sink struct{ format, file string }

// sinks are the pairs of --format and --output in the order they were given. An --output belongs to the --format before it.
type sinks struct{ all []sink }

// formatValue and outputValue are the two flags over the one list.
type (
	formatValue struct{ *sinks }
	outputValue struct{ *sinks }
)

func (s *sinks) register(command *cobra.Command) {
	command.Flags().Var(formatValue{s}, "format", "`FORMAT`: human (default), json, sarif, junit or markdown; several in one run, each with its --output")
	command.Flags().VarP(outputValue{s}, "output", "o", "write the --format before it to this `FILE` instead of standard output")
}

func (v formatValue) Type() string { return "string" }
func (v outputValue) Type() string { return "string" }

func (v formatValue) String() string { return v.list(func(s sink) string { return s.format }) }
func (v outputValue) String() string { return v.list(func(s sink) string { return s.file }) }

func (s *sinks) list(of func(sink) string) string {
	if s == nil {
		return ""
	}
	var all []string
	for _, sink := range s.all {
		all = append(all, of(sink))
	}
	return strings.Join(all, ",")
}

func (v formatValue) Set(format string) error {
	if !slices.Contains(formats, format) {
		return fmt.Errorf("want human, json, sarif, junit or markdown")
	}
	v.all = append(v.all, sink{format: format})
	return nil
}

func (v outputValue) Set(file string) error {
	switch last := len(v.all) - 1; {
	case file == "":
		return errors.New("want a file")
	case last < 0:
		v.all = append(v.all, sink{format: "human", file: file})
	case v.all[last].file != "":
		return errors.New("each --output wants its own --format before it")
	default:
		v.all[last].file = file
	}
	return nil
}

// check holds that every format has a place of its own, which is none of the files that are read or written beside it.
func (s *sinks) check(others []string) error {
	for i, sink := range s.all {
		for _, before := range s.all[:i] {
			if sink.meets(before) {
				where := sink.file
				if toScreen(sink) == 1 {
					where = "standard output"
				}
				return fmt.Errorf("--format %s and --format %s both go to %s: give one an --output", before.format, sink.format, where)
			}
		}
		for _, other := range others {
			if toScreen(sink) == 0 && other != "" && other != "-" && output.Same(sink.file, other) {
				return fmt.Errorf("--output %s: is %s, which this run reads or writes itself: name another file", sink.file, other)
			}
		}
	}
	return nil
}

func (s sink) meets(other sink) bool {
	if toScreen(s) == 1 || toScreen(other) == 1 {
		return toScreen(s) == toScreen(other)
	}
	return s.file == other.file || output.Same(s.file, other.file)
}

// write writes the result in every format, files first: what a person reads comes last.
func (s *sinks) write(cmd *cobra.Command, r *result, f flags) error {
	all := slices.Clone(s.all)
	if len(all) == 0 {
		all = []sink{{format: "human"}}
	}
	slices.SortStableFunc(all, func(a, b sink) int { return toScreen(a) - toScreen(b) })
	for _, sink := range all {
		if toScreen(sink) == 1 {
			if err := r.writeAs(sink.format, cmd.OutOrStdout(), terminal.StyleFor(cmd.OutOrStdout(), f.noColor), f); err != nil {
				return err
			}
			continue
		}
		err := output.ToFile(sink.file, func(w io.Writer) error { return r.writeAs(sink.format, w, terminal.Style{}, f) })
		if err != nil {
			return fmt.Errorf("--output %s: %w", sink.file, err)
		}
	}
	for _, note := range r.notes {
		f.note(cmd.ErrOrStderr(), note)
	}
	return nil
}

func toScreen(s sink) int {
	if s.file == "" || s.file == "-" {
		return 1
	}
	return 0
}

func (r *result) writeAs(format string, w io.Writer, style terminal.Style, f flags) error {
	switch format {
	case "json":
		return writeJSON(w, r.Document)
	case "sarif":
		return r.writeSARIF(w)
	case "junit":
		return r.writeJUnit(w)
	case "markdown":
		return r.writeMarkdown(w)
	}
	return r.writeHuman(w, style, f.quiet)
}
