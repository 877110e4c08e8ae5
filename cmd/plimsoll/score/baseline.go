package score

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/output"
)

// baselineSchema names the file's format and its major version.
const baselineSchema = "plimsoll.baseline/v1"

// maxBaselineBytes holds as many findings as a result lists, ours and custom ones, at more than 700 bytes each.
const maxBaselineBytes = 64 << 20

// baselineFile is what --write-baseline writes. A finding is known by its fingerprint, which holds rule, object and file and no line; the
// rest is for people who read the file, and the severity so that what becomes graver is seen.
type baselineFile struct {
	Schema         string          `json:"schema"`
	ContentVersion string          `json:"contentVersion"`
	AsOf           string          `json:"asOf"`
	Findings       []baselineEntry `json:"findings"`
}

type baselineEntry struct {
	Fingerprint string               `json:"fingerprint"`
	Severity    assessments.Severity `json:"severity"`
	Rule        string               `json:"rule"`
	Subject     string               `json:"subject"`
	File        string               `json:"file,omitzero"`
}

// baseline is what is known already; nil: everything is new, and nobody asked.
type baseline map[string]assessments.Severity

// Baseline counts what a baseline knows.
type Baseline struct {
	New   int `json:"new"`   // open findings that it does not know, or knew as less grave
	Known int `json:"known"` // open findings that it knows
	Gone  int `json:"gone"`  // that it knows and that are open no more
}

// holds reports whether the finding is known, and no graver than it was.
func (b baseline) holds(f assessments.Finding) bool {
	severity, found := b[f.Fingerprint]
	return found && f.Severity <= severity
}

// knownOf is what the file of --baseline knows; where it is about to be written, that is everything there is. nil: nobody asked.
func (f flags) knownOf(a assessments.Assessment) (baseline, error) {
	if f.baseline == "" {
		return nil, nil
	}
	if f.writeBaseline {
		known := baseline{}
		for _, finding := range a.Findings {
			if !finding.Waived {
				known[finding.Fingerprint] = finding.Severity
			}
		}
		return known, nil
	}
	file, err := os.Open(f.baseline)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w; --write-baseline makes one", err)
	}
	defer file.Close()
	known, err := readBaseline(file)
	if err != nil {
		return nil, fmt.Errorf("--baseline %s: %w", f.baseline, err)
	}
	return known, nil
}

func readBaseline(r io.Reader) (baseline, error) {
	var read baselineFile
	bounded := &io.LimitedReader{R: r, N: maxBaselineBytes + 1}
	err := json.UnmarshalRead(bounded, &read, json.RejectUnknownMembers(true))
	switch {
	case bounded.N <= 0:
		return nil, fmt.Errorf("larger than %d MiB: no baseline of --write-baseline is", maxBaselineBytes>>20)
	case err == nil && read.Schema == baselineSchema:
	case err == nil, read.Schema != "" && read.Schema != baselineSchema:
		return nil, fmt.Errorf("no baseline: its schema is %q, want %s; --write-baseline makes one", read.Schema, baselineSchema)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return nil, errors.New("no baseline: it is empty or cut off; --write-baseline makes one")
	default:
		return nil, fmt.Errorf("no baseline: %s; --write-baseline makes one", whereWrong(err))
	}
	known := baseline{}
	for _, entry := range read.Findings {
		known[entry.Fingerprint] = max(known[entry.Fingerprint], entry.Severity)
	}
	return known, nil
}

// whereWrong is an error of the JSON library without the names of Go's types.
func whereWrong(err error) string {
	var wrong *json.SemanticError
	if !errors.As(err, &wrong) {
		return strings.TrimPrefix(err.Error(), "jsontext: ")
	}
	reason := "a " + wrong.JSONKind.String() + " does not belong there"
	if wrong.Err != nil {
		reason = wrong.Err.Error()
	}
	return fmt.Sprintf("at %q, byte %d: %s", cmp.Or(string(wrong.JSONPointer), "/"), wrong.ByteOffset, reason)
}

// mayReplace refuses to write a baseline over a file that is none: the names of both are given on one line, and easily mixed up.
func mayReplace(name string) error {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return err
	}
	head := make([]byte, 200)
	n, err := io.ReadFull(file, head)
	if n > 0 && !bytes.Contains(head[:n], []byte(`"plimsoll.baseline/`)) {
		return errors.New("is there, and is no baseline: it is not written over")
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return nil
}

// compare marks what the baseline knows and counts.
func (r *result) compare(known baseline) {
	if known == nil {
		return
	}
	d := &r.Document
	d.Baseline = &Baseline{}
	open := map[string]bool{}
	lists := [][]Finding{d.Findings}
	if d.Custom != nil {
		lists = append(lists, d.Custom.Findings)
	}
	for _, f := range each(lists) {
		if f.Waived {
			continue
		}
		open[f.Fingerprint] = true
		severity, found := known[f.Fingerprint]
		if f.Known = found && f.Severity <= severity; f.Known {
			d.Baseline.Known++
		} else {
			d.Baseline.New++
		}
		f.graver = found && !f.Known
	}
	for fingerprint := range known {
		if !open[fingerprint] {
			d.Baseline.Gone++
		}
	}
}

// each goes through lists of findings by their places.
func each(lists [][]Finding) func(func(int, *Finding) bool) {
	return func(yield func(int, *Finding) bool) {
		for _, list := range lists {
			for i := range list {
				if !yield(i, &list[i]) {
					return
				}
			}
		}
	}
}

func writeBaseline(name string, d Document) error {
	file := baselineFile{Schema: baselineSchema, ContentVersion: d.ContentVersion, AsOf: d.AsOf, Findings: []baselineEntry{}}
	for _, f := range d.every() {
		if f.Waived {
			continue
		}
		entry := baselineEntry{Fingerprint: f.Fingerprint, Severity: f.Severity, Rule: f.Rule, Subject: f.Subject.text()}
		if f.Source != nil {
			entry.File = f.Source.File
		}
		file.Findings = append(file.Findings, entry)
	}
	err := mayReplace(name)
	if err == nil {
		err = output.ToFile(name, func(w io.Writer) error {
			return errors.Join(json.MarshalWrite(w, file, jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true)), newline(w))
		})
	}
	if err != nil {
		return fmt.Errorf("--write-baseline %s: %w", name, err)
	}
	return nil
}

func newline(w io.Writer) error {
	_, err := io.WriteString(w, "\n")
	return err
}
