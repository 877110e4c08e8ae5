// Package whatif answers "what would it score if": it carries out mends on the records of a snapshot, joins the facts anew, and
// evaluates again. The differences are those of two whole evaluations; nothing is estimated.
//
// A finding's patch is carried out by a small interpreter that knows the fields that patches of rules hold. A finding without a patch, or
// with one that holds anything else, is taken as mended and marked "assumed": so far goes the promise of its text.
//
// A patched template is a roll-out: what the old pods ended with is forgotten, and where new pods stand is not known.
package whatif

import (
	"cmp"
	"fmt"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

// Base is a platform as it stands, ready to be asked.
type Base struct {
	in       assessments.Input
	before   assessments.Assessment
	findings map[string]assessments.Finding // by fingerprint
}

// New evaluates the platform as it stands. The input is kept and never changed; its facts hold the records that mends are carried out
// on, so nothing is kept twice.
func New(in assessments.Input) *Base { return from(in, assessments.Assess(in)) }

func from(in assessments.Input, before assessments.Assessment) *Base {
	b := &Base{in: in, before: before, findings: make(map[string]assessments.Finding, len(before.Findings))}
	for _, f := range before.Findings {
		b.findings[f.Fingerprint] = f
	}
	return b
}

// Before is the result as the platform stands.
func (b *Base) Before() assessments.Assessment { return b.before }

// Change is what would be otherwise.
type Change struct {
	Findings []string               `json:"findings,omitzero"` // fingerprints of findings that are mended
	Answers  []questionnaire.Answer `json:"answers,omitzero"`  // each in place of the answer to its question from its seat
}

// How a finding was taken as mended.
type How string

// The ways of a mend.
const (
	Rebuilt How = "rebuilt" // its patch was carried out, and every rule judged the platform again
	Assumed How = "assumed" // it is taken as passed
)

// Left is what became of a finding whose patch was carried out.
type Left string

// What can become of it.
const (
	Gone    Left = "gone"
	Milder  Left = "milder"
	Remains Left = "remains"
)

// Mend is one finding of the change.
type Mend struct {
	Fingerprint string              `json:"fingerprint"`
	Rule        string              `json:"rule"`
	Subject     assessments.Subject `json:"subject"`
	How         How                 `json:"how"`
	Why         string              `json:"why,omitzero"` // of an assumed one: why nothing was rebuilt
	Left        Left                `json:"left"`
}

// Result is a change with everything that it moves.
type Result struct {
	Mends   []Mend                `json:"mends"`
	Scores  Differences           `json:"scores"`
	Gone    []assessments.Finding `json:"gone"`    // findings that are there no more
	New     []assessments.Finding `json:"new"`     // that come to light by the change: two replicas ask for a budget
	Changed []assessments.Finding `json:"changed"` // of another severity, as they would be

	After assessments.Assessment `json:"-"`
	input assessments.Input
	was   map[identity]assessments.Severity // of the changed ones, before
}

// Try evaluates the platform with the change. It refuses a fingerprint that names no finding of the platform, and an answer that can't
// be taken.
func (b *Base) Try(c Change) (Result, error) {
	findings, err := b.named(c.Findings)
	if err != nil {
		return Result{}, err
	}
	in := b.in
	if in.Answers, err = b.answers(c.Answers); err != nil {
		return Result{}, err
	}
	result := Result{Mends: make([]Mend, 0, len(findings)), input: in}
	var assumed []assessments.Assumption
	w := newWorld(in.Facts)
	for _, f := range findings {
		m := Mend{Fingerprint: f.Fingerprint, Rule: f.Rule, Subject: f.Subject, How: Rebuilt}
		if m.Why = b.carryOut(w, f); m.Why != "" {
			m.How = Assumed
			assumed = append(assumed, assessments.Assumption{Rule: f.Rule, Subject: f.Subject, Source: f.Source})
		}
		result.Mends = append(result.Mends, m)
	}
	if w.base != nil {
		result.input.Facts = w.facts()
	}
	result.input.Assume = append(slices.Clone(in.Assume), assumed...)
	result.After = assessments.Assess(result.input)
	result.compare(b.before)
	return result, nil
}

// carryOut says why a finding's mend could not be carried out; empty where it was.
func (b *Base) carryOut(w *world, f assessments.Finding) string {
	if f.Mend.Patch == "" {
		return "its mend is no patch of an object"
	}
	if err := w.apply(f); err != nil {
		return "its patch was not carried out: " + err.Error()
	}
	return ""
}

func (b *Base) named(fingerprints []string) ([]assessments.Finding, error) {
	var found []assessments.Finding
	seen := map[string]bool{}
	for _, id := range fingerprints {
		f, known := b.findings[id]
		if !known {
			return nil, fmt.Errorf("what if %s: the platform has no finding of this fingerprint", id)
		}
		if !seen[id] {
			seen[id] = true
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b assessments.Finding) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject.String(), b.Subject.String()), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return found, nil
}

// answers are the platform's, with the new ones in their places.
func (b *Base) answers(changed []questionnaire.Answer) ([]questionnaire.Answer, error) {
	if len(changed) == 0 {
		return b.in.Answers, nil
	}
	if !b.in.Surveyed {
		return nil, fmt.Errorf("what if %s: the platform has no questionnaire", changed[0].Question)
	}
	answers := slices.Clone(b.in.Answers)
	for _, a := range changed {
		if err := b.in.Content.Questionnaire.Validate(a); err != nil {
			return nil, fmt.Errorf("what if: %w", err)
		}
		a = b.in.Content.Questionnaire.Canonical(a)
		i := slices.IndexFunc(answers, func(known questionnaire.Answer) bool { return known.Question == a.Question && known.Seat == a.Seat })
		if i < 0 {
			answers = append(answers, a)
		} else {
			answers[i] = a
		}
	}
	return answers, nil
}
