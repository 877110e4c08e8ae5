package assessments

import (
	"time"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
)

// Content is one published content version: rules, controls, pairs and questions. Package content assembles it.
type Content struct {
	Version       string // "1"
	Hash          string // hex SHA-256 over everything in it
	Rules         *Registry
	Controls      []Control
	Pairs         []Pair
	Questionnaire *questionnaire.Questionnaire
}

// ControlOf returns the control that a rule observes; nil where the content holds none.
func (c *Content) ControlOf(rule Rule) *Control {
	for i := range c.Controls {
		if c.Controls[i].ID == rule.Control {
			return &c.Controls[i]
		}
	}
	return nil
}

// Input is everything that a result depends on. The same input gives the same bytes.
type Input struct {
	Content  *Content
	Facts    *facts.Facts // nil: answers alone
	Answers  []questionnaire.Answer
	Surveyed bool      // false: evidence alone (score without --answers): questions do not apply
	History  []Earlier // in any order
	Siblings []Sibling
	Waivers  []Waiver
	// NoWaivers lets no waiver count, neither those of Waivers nor those that are annotated at workloads.
	NoWaivers bool
	Settings  Settings
	Target    *facts.Version // the Kubernetes minor that removals are judged against; nil: the newest released one
	AsOf      time.Time
	Assume    []Assumption              // findings that are taken as mended (whatif)
	Costs     questionnaire.CostFigures // what the user says that ways to run the load cost
}

// Assumption takes one finding as mended without looking again: its subject passes its rule.
type Assumption struct {
	Rule    string
	Subject Subject
	Source  Place
}

// Waiver is a finding that someone accepted, until a day.
type Waiver struct {
	Rule      string    `json:"rule" yaml:"rule"` // id or glob (probes/*)
	Kind      string    `json:"kind,omitzero" yaml:"kind,omitempty"`
	Namespace string    `json:"namespace,omitzero" yaml:"namespace,omitempty"` // glob; empty: any
	Name      string    `json:"name,omitzero" yaml:"name,omitempty"`           // glob; empty: any
	Container string    `json:"container,omitzero" yaml:"container,omitempty"` // glob; empty: any
	Reason    string    `json:"reason" yaml:"reason"`
	Author    string    `json:"author,omitzero" yaml:"author,omitempty"`
	Until     time.Time `json:"until,omitzero" yaml:"until"` // the last day it holds; zero where it is annotated
	Annotated bool      `json:"annotated,omitzero" yaml:"-"` // it stands at its workload, as plimsoll.dev/ignore; kind, namespace and name are the workload's own
	Source    Place     `json:"source,omitzero" yaml:"-"`    // of the annotated workload, over manifests
}

// Micros counts millionths: of a point for scores (0 to 100 points), of the whole for shares and control values.
type Micros int64

// Range is a value that may be known in part. Value is nil where nothing is known.
type Range struct {
	Value            *Micros `json:"value"`
	Low              Micros  `json:"low"`
	High             Micros  `json:"high"`
	Coverage         Micros  `json:"coverage"`
	EvidenceCoverage Micros  `json:"evidenceCoverage"`
}

// Band is a band of the load line.
type Band string

// The bands from worst to best: [0, 40), [40, 70), [70, 85), [85, 100].
const (
	Submerged               Band = "submerged"
	LowFreeboard            Band = "low-freeboard"
	SeaworthyWithConditions Band = "seaworthy-with-conditions"
	Seaworthy               Band = "seaworthy"
)

// LoadLine is the headline in words: one band, or "between … and …" with the one next step.
type LoadLine struct {
	Low      Band     `json:"low"`
	High     Band     `json:"high"`
	NextStep NextStep `json:"nextStep,omitzero"`
}

// NextStep is the smallest set of questions and evidence that decides the load line, or the mends that move it.
type NextStep struct {
	Text      string   `json:"text,omitzero"`
	Questions []string `json:"questions,omitzero"`
	Evidence  []string `json:"evidence,omitzero"` // controls that evidence would decide; of a mend, rules with findings
	Mends     bool     `json:"mends,omitzero"`    // nothing more is to be learned: it says what to do better
}

// Cap holds a pillar down.
type Cap struct {
	At      int    `json:"at"` // 39, 49, 59 or 84
	Control string `json:"control"`
	By      string `json:"by"` // the rule or the answer that set it
}

// PillarScore is one pillar's result. Contributions of its controls and caps sum to the value.
type PillarScore struct {
	ID      Pillar `json:"id"`
	Applies bool   `json:"applies"`
	Reason  string `json:"reason,omitzero"` // why it does not apply
	Range
	Caps            []Cap  `json:"caps"`                     // the binding one first
	CapContribution Micros `json:"capContribution,omitzero"` // points that the binding cap takes, ≤ 0
}

// ControlScore is one control's result; values are shares of 1 in millionths.
type ControlScore struct {
	ID       string   `json:"id"`
	Pillar   Pillar   `json:"pillar"`
	Title    string   `json:"title"`
	Weight   int      `json:"weight"`
	Severity Severity `json:"severity"`
	Alpha    int      `json:"alphaPercent"`
	Adding   Adding   `json:"adding"`
	Applies  bool     `json:"applies"`
	Reason   string   `json:"reason,omitzero"` // why unknown or not applicable
	Value    *Micros  `json:"value"`
	Low      Micros   `json:"low"`
	High     Micros   `json:"high"`
	Declared *Micros  `json:"declared"` // d's point
	Observed *Micros  `json:"observed"` // o's point
	Known    Micros   `json:"known"`    // share of it that is known
	// Contribution in millionths of a point of its pillar, by largest remainder; contributions and cap sum to the pillar's value.
	Contribution Micros `json:"contribution"`
}

// Finding is a failing outcome.
type Finding struct {
	Rule        string     `json:"rule"`
	Severity    Severity   `json:"severity"`
	Subject     Subject    `json:"subject"`
	Source      Place      `json:"source,omitzero"`
	Message     string     `json:"message"`
	Evidence    []Evidence `json:"evidence"`
	Expected    string     `json:"expected"`
	Mend        Mend       `json:"mend"`
	Fingerprint string     `json:"fingerprint"` // hex, stable over runs and snapshots
	Waived      bool       `json:"waived"`
	WaivedBy    string     `json:"waivedBy,omitzero"` // the waiver's reason

	WaivedAtSource bool `json:"waivedAtSource,omitzero"` // by an annotation of the workload
}

// RuleCount counts subjects by result.
type RuleCount struct {
	Pass          int `json:"pass"`
	Fail          int `json:"fail"`
	Unknown       int `json:"unknown"`
	NotApplicable int `json:"notApplicable"`
}

// Blind is something that could not be seen, and why, with how many subjects it concerns.
type Blind struct {
	What     string `json:"what"` // a rule id or a pair id
	Title    string `json:"title"`
	Why      string `json:"why"`
	Subjects int    `json:"subjects,omitzero"`
}

// WaiverUse says which waivers did something.
type WaiverUse struct {
	Used       []Waiver          `json:"used"`
	Expired    []Waiver          `json:"expired"`
	Unmatched  []UnmatchedWaiver `json:"unmatched"`
	Refused    []RefusedWaiver   `json:"refused,omitzero"`    // annotations that can't be read
	Disallowed []Waiver          `json:"disallowed,omitzero"` // all there were, where none may count
}

// UnmatchedWaiver is one in force that did nothing.
type UnmatchedWaiver struct {
	Waiver
	Why string `json:"why"` // no such rule, nothing by that name, or nothing that fails
}

// RefusedWaiver is an entry of an annotation that says no rule or no reason.
type RefusedWaiver struct {
	Text    string  `json:"text"`
	Problem string  `json:"problem"`
	Subject Subject `json:"subject"`
	Source  Place   `json:"source,omitzero"`
}

// Assessment is a whole result. Page, PDF and command line all show this struct.
type Assessment struct {
	ContentVersion string                 `json:"contentVersion"`
	ContentHash    string                 `json:"contentHash"`
	AsOf           time.Time              `json:"asOf"`
	SnapshotDigest string                 `json:"snapshotDigest,omitzero"`
	TakenAt        time.Time              `json:"takenAt,omitzero"`
	Plan           bool                   `json:"plan,omitzero"`
	Evidence       bool                   `json:"evidence,omitzero"` // a rule judged something that was really there
	Need           *questionnaire.Verdict `json:"need"`              // nil without answers
	LoadLine       *LoadLine              `json:"loadLine"`          // nil where nothing applies
	Score          *Range                 `json:"score"`             // nil where nothing applies: never a score
	RawScore       *Range                 `json:"rawScore"`
	Mean           *Micros                `json:"mean"` // weighted mean of the pillars' points
	Pillars        []PillarScore          `json:"pillars"`
	Controls       []ControlScore         `json:"controls"`
	Contradictions []Contradiction        `json:"contradictions"`
	CouldNotSee    []Blind                `json:"couldNotSee"`
	Waivers        WaiverUse              `json:"waivers"`
	Rules          map[string]RuleCount   `json:"rules"`
	Findings       []Finding              `json:"findings"`                   // at most MaxFindings
	LeftOut        []LeftOut              `json:"leftOut,omitzero"`           // findings beyond them
	Answers        []questionnaire.Given  `json:"answers,omitzero"`           // what counted, question by question
	Remarks        []questionnaire.Remark `json:"remarks,omitzero"`           // answers to be read again; never scored
	Questions      []WorkloadQuestion     `json:"workloadQuestions,omitzero"` // about single workloads, what only people know; at most MaxWorkloadQuestions
	Workloads      int                    `json:"workloads,omitzero"`
	ReferenceDates map[string]string      `json:"referenceDates,omitzero"` // file → as-of date
	ReferenceStale []string               `json:"referenceStale,omitzero"` // files older than six months at the as-of date
}
