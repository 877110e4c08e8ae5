package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/allow"
)

// inspectFlags are what `inspect` is told.
type inspectFlags struct {
	json   bool
	values int
	merge  string
	out    string
}

func newInspect() *cobra.Command {
	f := &inspectFlags{}
	command := &cobra.Command{
		Use:   "inspect FILE | --merge CLUSTER NODE…",
		Short: "Show what is in a snapshot: every field, and every different text in it",
		Long: `Show what is in a snapshot, for the person who must approve that it leaves the house: what it
was taken of, how many records of which kind, every field that is set, where it comes from and in
which form it leaves, and every different text that stands in it. Numbers and times are counted,
not listed. - is standard input.

With --merge it writes one snapshot out of a cluster's and those that "plimsoll-collect node" took
of its nodes, matched by the node's uid, else by its name. What does not fit together is named; a
snapshot of another cluster's node ends it.`,
		Example: `  plimsoll-collect inspect cluster.plimsoll.gz | less
  plimsoll-collect inspect cluster.plimsoll.gz --values 5
  plimsoll-collect inspect --merge cluster.plimsoll.gz worker-*.plimsoll.gz --out whole.plimsoll.gz`,
		Args: func(command *cobra.Command, arguments []string) error {
			if f.merge != "" {
				return nil
			}
			return cobra.ExactArgs(1)(command, arguments)
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			switch {
			case f.merge != "":
				return merge(command, f.merge, arguments, f.out)
			case f.out != "":
				return errors.New("--out is for --merge: what inspect shows goes to standard output")
			}
			return f.run(command, arguments[0])
		},
	}
	command.Flags().BoolVar(&f.json, "json", false, "print JSON")
	command.Flags().IntVar(&f.values, "values", 0, "list at most `N` texts of a field (default: all)")
	command.Flags().StringVar(&f.merge, "merge", "", "write the cluster's snapshot `FILE` with its nodes' snapshots in it")
	command.Flags().StringVarP(&f.out, "out", "o", "", "with --merge: write the snapshot to `FILE` (default: standard output)")
	return command
}

func (f *inspectFlags) run(command *cobra.Command, name string) error {
	in := command.InOrStdin()
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, cause(err))
		}
		defer file.Close()
		in = file
	}
	found, err := snapshot.Inspect(in, snapshot.DefaultLimits(), 0)
	if err != nil {
		return fmt.Errorf("%s is no whole snapshot: %w", name, err)
	}
	out := bufio.NewWriter(command.OutOrStdout())
	if f.json {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(explain(found)); err != nil {
			return err
		}
		return out.Flush()
	}
	printInspection(out, found, f.values)
	return out.Flush()
}

// explained is an inspection whose fields say where they come from.
type explained struct {
	snapshot.Inspection
	Fields []explainedField `json:"fields"`
}

type explainedField struct {
	snapshot.FieldSummary
	From []string `json:"from"`
}

func explain(found snapshot.Inspection) explained {
	out := explained{Inspection: found}
	for _, field := range found.Fields {
		of := explainedField{FieldSummary: field}
		for _, reason := range allow.Reasons(field.Field) {
			of.From = append(of.From, reason.String())
		}
		out.Fields = append(out.Fields, of)
	}
	return out
}

// shownReasons bounds the reasons beside a field; the page of the list has all of them.
const shownReasons = 3

func printReasons(w io.Writer, field string) {
	reasons := allow.Reasons(field)
	for _, reason := range reasons[:min(shownReasons, len(reasons))] {
		fmt.Fprintf(w, "    %s\n", plain(reason.String()))
	}
	if more := len(reasons) - shownReasons; more > 0 {
		fmt.Fprintf(w, "    and %d more: docs/collector-fields.md\n", more)
	}
}

func printInspection(w io.Writer, found snapshot.Inspection, values int) {
	header := found.Header
	fmt.Fprintf(w, "%s of %s, taken %s by plimsoll-collect %s\n", header.Schema, sourceWords[header.Source], header.TakenAt.UTC().Format("2006-01-02 15:04:05 UTC"), plain(header.CollectorVersion))
	if header.Source == snapshot.SourceCluster {
		fmt.Fprintf(w, "cluster: %s\n", cmp.Or(plain(header.PlatformUID), "not known"))
		fmt.Fprintf(w, "namespaces: %s\n", cmp.Or(plain(strings.Join(header.Scope.Namespaces, ", ")), "all"))
		fmt.Fprintf(w, "could not be read: %s\n", cmp.Or(plain(strings.Join(header.Scope.Refused, ", ")), "nothing"))
	}
	if header.Source == snapshot.SourceNode && header.PlatformUID != "" {
		fmt.Fprintf(w, "cluster: %s\n", plain(header.PlatformUID))
	}
	if header.RedactedNames {
		fmt.Fprintf(w, "names: pseudonyms, made with the key %s\n", cmp.Or(plain(header.RedactionKeyID), "not known"))
	}
	fmt.Fprintf(w, "SHA-256 of its lines: %s (zcat FILE | sha256sum)\n", found.Digest)
	fmt.Fprintf(w, "signature: %s\n\nrecords\n", signatureLine(found.KeyID))
	for _, kind := range slices.Sorted(maps.Keys(found.Records)) {
		fmt.Fprintf(w, "  %7d %s\n", found.Records[kind], plain(string(kind)))
	}
	fmt.Fprintf(w, "\nfields that are set, where they come from, and every different text in them\n")
	for _, field := range found.Fields {
		printField(w, field, values)
	}
	for _, note := range found.Notes {
		fmt.Fprintf(w, "\nnote: %s\n", plain(note))
	}
}

var sourceWords = map[snapshot.Source]string{
	snapshot.SourceCluster: "a cluster", snapshot.SourceManifests: "manifests", snapshot.SourceRepository: "a repository", snapshot.SourceNode: "a node",
}

func printField(w io.Writer, field snapshot.FieldSummary, values int) {
	fmt.Fprintf(w, "  %s (%d)\n", plain(field.Field), field.Set)
	printReasons(w, field.Field)
	shown := field.Values
	if values > 0 && len(shown) > values {
		shown = shown[:values]
	}
	for _, value := range shown {
		times := ""
		if value.Count > 1 {
			times = fmt.Sprintf("  ×%d", value.Count)
		}
		fmt.Fprintf(w, "      %s%s\n", plain(value.Value), times)
	}
	switch rest := len(field.Values) - len(shown); {
	case field.More > 0:
		fmt.Fprintf(w, "      … and others: zcat FILE shows them all\n")
	case rest > 0:
		fmt.Fprintf(w, "      … and %d more\n", rest)
	}
}

// plain quotes a text that could steer a terminal, or that does not show.
func plain(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.QuoteToGraphic(text)
	}
	return text
}
