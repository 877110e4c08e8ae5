package catalogue

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/reference"
	"plimsoll/cmd/plimsoll/arguments"
)

// Reference is `plimsoll reference`.
func Reference() *cobra.Command {
	root := arguments.Group(&cobra.Command{Use: "reference", Short: "The dated outside knowledge that rules lean on"})
	var format, asOf string
	show := &cobra.Command{
		Use: "show [FILE|ID]", Short: "All files with their dates; the rows of one file; or every row that names something",
		Long: "Without an argument it lists the files of reference data, each with the day until which it holds, and says which are stale.\n" +
			"With a file's name it prints its rows, each with source, state, confidence and as-of day; with anything else (1.37, eks, v1beta1)\n" +
			"every row of any file that has it as a value.",
		Example: "  plimsoll reference show\n  plimsoll reference show kubernetes-releases\n  plimsoll reference show 1.37 --format json",
		Args:    arguments.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			day := time.Now()
			if asOf != "" {
				var err error
				if day, err = time.Parse(time.DateOnly, asOf); err != nil {
					return fmt.Errorf("--as-of: want a date such as 2026-11-20, got %q", asOf)
				}
			}
			return showReference(cmd.OutOrStdout(), strings.Join(args, ""), format, assessments.Day(day))
		},
	}
	show.Flags().StringVar(&format, "format", "human", "human or json")
	show.Flags().StringVar(&asOf, "as-of", "", "call stale what is older than six months at this `DATE`; default: today in UTC")
	root.AddCommand(show)
	return root
}

// referenceFile is one file as it is listed.
type referenceFile struct {
	Name    string   `json:"name"`
	AsOf    string   `json:"asOf"`
	Stale   bool     `json:"stale"`
	Rows    int      `json:"rows"`
	Sources []string `json:"sources"`
	Notes   []string `json:"notes,omitzero"`
}

// referenceRow is one row, with what it is worth in words.
type referenceRow struct {
	File       string         `json:"file"`
	Section    string         `json:"section"`
	AsOf       string         `json:"asOf"`
	Stale      bool           `json:"stale"`
	Values     map[string]any `json:"values"` // everything but its provenance
	Source     string         `json:"source"`
	State      string         `json:"state"`      // settled, planned, estimated
	Confidence string         `json:"confidence"` // high, medium, low
	Conflict   string         `json:"conflict,omitzero"`
	Note       string         `json:"note,omitzero"`
	Deducts    bool           `json:"deducts"` // a rule may take points on it

	fields []string // "minor 1.37", in the order of the file
	words  []string // every single value
}

func showReference(w io.Writer, wanted, format string, day time.Time) error {
	files, rows, err := readReference(day)
	if err != nil {
		return err
	}
	if wanted == "" {
		return listFiles(w, files, format)
	}
	if i := slices.IndexFunc(files, func(f referenceFile) bool { return f.Name == wanted }); i >= 0 {
		rows = slices.DeleteFunc(rows, func(r referenceRow) bool { return r.File != wanted })
		return printRows(w, files[i:i+1], rows, format)
	}
	rows = slices.DeleteFunc(rows, func(r referenceRow) bool { return !slices.Contains(r.words, wanted) })
	if len(rows) == 0 {
		return fmt.Errorf("no file and no row of reference data is called %q; plimsoll reference show lists the files", wanted)
	}
	return printRows(w, nil, rows, format)
}

func readReference(day time.Time) (files []referenceFile, rows []referenceRow, err error) {
	stale := reference.StaleAt(day)
	for _, f := range reference.Files() {
		file := referenceFile{Name: f.Name, AsOf: f.AsOf.Format(time.DateOnly), Stale: slices.Contains(stale, f.Name), Rows: f.Rows, Sources: f.Sources}
		text, _ := reference.Content(f.Name)
		var document yaml.Node
		if err := yaml.Unmarshal(text, &document); err != nil {
			return nil, nil, fmt.Errorf("reference %s: %w", f.Name, err)
		}
		for key, value := range pairs(document.Content[0]) {
			if key == "about" {
				for name, list := range pairs(value) {
					if name == "notes" {
						if err := list.Decode(&file.Notes); err != nil {
							return nil, nil, fmt.Errorf("reference %s: notes: %w", f.Name, err)
						}
					}
				}
				continue
			}
			rows = append(rows, rowsOf(file, key, value)...)
		}
		files = append(files, file)
	}
	return files, rows, nil
}

// pairs goes through a mapping in the order of the file.
func pairs(node *yaml.Node) func(yield func(string, *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i].Value, node.Content[i+1]) {
				return
			}
		}
	}
}

// rowsOf finds the rows of a section: the mappings that carry a source of their own, however deep.
func rowsOf(file referenceFile, section string, node *yaml.Node) []referenceRow {
	switch node.Kind {
	case yaml.SequenceNode:
		var rows []referenceRow
		for _, item := range node.Content {
			rows = append(rows, rowsOf(file, section, item)...)
		}
		return rows
	case yaml.MappingNode:
		own := false
		for key := range pairs(node) {
			own = own || key == "source"
		}
		if own {
			return []referenceRow{rowOf(file, section, node)}
		}
		var rows []referenceRow
		for key, value := range pairs(node) {
			rows = append(rows, rowsOf(file, section+"."+key, value)...)
		}
		return rows
	}
	return nil
}

func rowOf(file referenceFile, section string, node *yaml.Node) referenceRow {
	r := referenceRow{File: file.Name, Section: section, AsOf: file.AsOf, Stale: file.Stale, Values: map[string]any{}}
	var p reference.Provenance
	for key, value := range pairs(node) {
		switch key {
		case "source":
			p.Source = value.Value
		case "confidence":
			p.Confidence = reference.Confidence(value.Value)
		case "state":
			p.State = reference.State(value.Value)
		case "conflict":
			p.Conflict = value.Value
		case "note":
			p.Note = value.Value
		default:
			var shown any
			if value.Kind == yaml.ScalarNode {
				shown = value.Value
				if value.ShortTag() == "!!int" || value.ShortTag() == "!!bool" {
					_ = value.Decode(&shown) // a plain number or truth value decodes
				}
			} else if value.Decode(&shown) != nil {
				shown = nil
			}
			r.Values[key] = shown
			r.fields = append(r.fields, key+" "+flat(value))
			r.words = append(r.words, leaves(value)...)
		}
	}
	r.Source, r.Conflict, r.Note, r.Deducts = p.Source, p.Conflict, p.Note, p.Deducts()
	r.State, r.Confidence = cmp.Or(string(p.State), "settled"), cmp.Or(string(p.Confidence), string(reference.HighConfidence))
	return r
}

func leaves(node *yaml.Node) []string {
	if node.Kind == yaml.ScalarNode {
		return []string{node.Value}
	}
	var all []string
	for _, child := range node.Content {
		all = append(all, leaves(child)...)
	}
	return all
}

func flat(node *yaml.Node) string {
	switch node.Kind {
	case yaml.SequenceNode:
		var all []string
		for _, child := range node.Content {
			all = append(all, flat(child))
		}
		return strings.Join(all, ", ")
	case yaml.MappingNode:
		var all []string
		for key, value := range pairs(node) {
			all = append(all, key+" "+flat(value))
		}
		return "(" + strings.Join(all, ", ") + ")"
	}
	return node.Value
}

func listFiles(w io.Writer, files []referenceFile, format string) error {
	if done, err := asJSON(w, format, files); done {
		return err
	}
	var b strings.Builder
	stale := 0
	for _, f := range files {
		mark := ""
		if f.Stale {
			mark = "  STALE: older than six months"
			stale++
		}
		fmt.Fprintf(&b, "%-24s as of %s  %4d rows%s\n", f.Name, f.AsOf, f.Rows, mark)
	}
	fmt.Fprintf(&b, "\n%d files, %d stale. Next: plimsoll reference show %s\n", len(files), stale, files[0].Name)
	_, err := io.WriteString(w, b.String())
	return err
}

func printRows(w io.Writer, files []referenceFile, rows []referenceRow, format string) error {
	if done, err := asJSON(w, format, struct {
		Files []referenceFile `json:"files,omitzero"`
		Rows  []referenceRow  `json:"rows"`
	}{files, rows}); done {
		return err
	}
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%s, as of %s", f.Name, f.AsOf)
		if f.Stale {
			b.WriteString(" (STALE: older than six months)")
		}
		fmt.Fprintf(&b, "\n  sources\n    %s\n", strings.Join(f.Sources, "\n    "))
		if len(f.Notes) > 0 {
			fmt.Fprintf(&b, "  notes\n    %s\n", strings.Join(f.Notes, "\n    "))
		}
	}
	for _, r := range rows {
		fmt.Fprintf(&b, "\n%s  %s\n", r.File+" "+r.Section, strings.Join(r.fields, ", "))
		stale := ""
		if r.Stale {
			stale = ", stale"
		}
		fmt.Fprintf(&b, "  %s, %s confidence, as of %s%s, from %s\n", r.State, r.Confidence, r.AsOf, stale, r.Source)
		if r.Conflict != "" {
			fmt.Fprintf(&b, "  sources differ: %s\n", r.Conflict)
		}
		if r.Note != "" {
			fmt.Fprintf(&b, "  %s\n", r.Note)
		}
		if !r.Deducts {
			b.WriteString("  no rule takes points on it\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
