package score

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/output"
)

// baselineSchema names the file's format and its major version.
const baselineSchema = "plimsoll.baseline/v1"

const maxBaselineBytes = 256 << 20

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
	var read baselineFile
	decoder := json.NewDecoder(io.LimitReader(file, maxBaselineBytes))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return nil, fmt.Errorf("--baseline %s: %w", f.baseline, err)
	}
	if read.Schema != baselineSchema {
		return nil, fmt.Errorf("--baseline %s: %w", f.baseline, errors.New("no baseline: schema is not "+baselineSchema))
	}
	known := baseline{}
	for _, entry := range read.Findings {
		known[entry.Fingerprint] = max(known[entry.Fingerprint], entry.Severity)
	}
	return known, nil
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
	err := output.ToFile(name, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(file)
	})
	if err != nil {
		return fmt.Errorf("--write-baseline: %w", err)
	}
	return nil
}
