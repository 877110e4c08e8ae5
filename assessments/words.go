// Package assessments owns the words of the domain (pillar, control, rule, outcome, finding, contradiction, score) and the
// one road from facts and answers to a result: Assess. It is pure: no clock, no I/O, no log.
package assessments

import (
	"fmt"
	"time"
)

// Pillar is one of the five parts that readiness is judged by.
type Pillar string

// The five pillars.
const (
	Lifecycle  Pillar = "lifecycle"
	Delivery   Pillar = "delivery"
	JVM        Pillar = "jvm"
	Probes     Pillar = "probes"
	Networking Pillar = "networking"
)

// Pillars in the order of every page and report.
var Pillars = []Pillar{Lifecycle, Delivery, JVM, Probes, Networking}

// Title is the pillar's name as people read it.
func (p Pillar) Title() string {
	switch p {
	case Lifecycle:
		return "Lifecycle and upgrades"
	case Delivery:
		return "Build and delivery"
	case JVM:
		return "JVM in containers"
	case Probes:
		return "Probes"
	case Networking:
		return "Networking"
	}
	return string(p)
}

// Severity of a control or a finding. The zero value is "not set": a finding without one has its control's.
type Severity int

// Severities from mild to grave; their distance in steps decides how much a fail counts.
const (
	Low Severity = iota + 1
	Medium
	High
	Critical
)

var severityNames = [...]string{"", "low", "medium", "high", "critical"}

func (s Severity) String() string {
	if s < 0 || int(s) >= len(severityNames) {
		return fmt.Sprintf("Severity(%d)", int(s))
	}
	return severityNames[s]
}

// MarshalText writes the severity as its word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads low, medium, high or critical; the empty word is "not set".
func (s *Severity) UnmarshalText(text []byte) error {
	for i, name := range severityNames {
		if name == string(text) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("severity: want low, medium, high or critical, got %q", text)
}

// Result of a rule for one subject.
type Result string

// The four outcomes that a rule can come to.
const (
	Pass          Result = "pass"
	Fail          Result = "fail"
	Unknown       Result = "unknown"
	NotApplicable Result = "notApplicable"
)

// Subject is what a rule judges.
type Subject struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitzero"`
	Name      string `json:"name"`
	Container string `json:"container,omitzero"`
}

// String is the subject as people say it: payments/ledger, container app.
func (s Subject) String() string {
	text := s.Name
	if s.Namespace != "" {
		text = s.Namespace + "/" + s.Name
	}
	if s.Container != "" {
		text += " · " + s.Container
	}
	return text
}

// Place is where a manifest stood. Line is 1-based; 0 means not known.
type Place struct {
	File string `json:"file,omitzero"`
	Line int    `json:"line,omitzero"`
}

// Evidence is one thing that was seen, with its figure and unit written out.
type Evidence struct {
	What  string `json:"what"`
	Value string `json:"value"`
}

// Mend says how to put a finding right. Patch is YAML for this very object, or empty where no patch can do it.
type Mend struct {
	Text  string `json:"text"`
	Patch string `json:"patch,omitzero"`
}

// Day is a date in UTC at midnight; results are judged at a day, never at the wall clock.
func Day(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
