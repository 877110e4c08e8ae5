package reference

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// Confidence says how well a row is founded.
type Confidence string

// High: read in the source itself. Medium: a vendor's or project's page. Low: a secondary page, an inference or general knowledge.
const (
	HighConfidence   Confidence = "high"
	MediumConfidence Confidence = "medium"
	LowConfidence    Confidence = "low"
)

// State says whether what a row tells has happened.
type State string

// A planned row tells of a release that does not exist yet, an estimated one of a date nobody published.
const (
	Settled   State = ""
	Planned   State = "planned"
	Estimated State = "estimated"
)

// Provenance is where a row comes from and how sure it is.
type Provenance struct {
	Source     string     `yaml:"source"`
	Confidence Confidence `yaml:"confidence"` // empty: high
	State      State      `yaml:"state"`
	Conflict   string     `yaml:"conflict"` // what another source says; empty where none disagrees
	Note       string     `yaml:"note"`
}

// Deducts reports whether a rule may take points on this row alone: settled, without conflict, not of low confidence.
func (p Provenance) Deducts() bool {
	return p.State == Settled && p.Conflict == "" && p.Confidence != LowConfidence
}

// Doubt says in words why a row may not deduct; empty where it may.
func (p Provenance) Doubt() string {
	switch {
	case p.State == Planned:
		return "planned, and not released yet"
	case p.State == Estimated:
		return "estimated, no date is published"
	case p.Conflict != "":
		return "sources differ: " + p.Conflict
	case p.Confidence == LowConfidence:
		return "the source is weak"
	}
	return ""
}

// Date is a day in UTC. The zero value is "not known".
type Date struct{ time.Time }

// UnmarshalYAML reads YYYY-MM-DD, quoted or not.
func (d *Date) UnmarshalYAML(node *yaml.Node) error {
	day, err := time.Parse(time.DateOnly, node.Value)
	if err != nil {
		return fmt.Errorf("line %d: want a date as YYYY-MM-DD, got %q", node.Line, node.Value)
	}
	d.Time = day
	return nil
}

// String is the day as YYYY-MM-DD, "not known" for the zero value.
func (d Date) String() string {
	if d.IsZero() {
		return "not known"
	}
	return d.Format(time.DateOnly)
}
