package score

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"plimsoll/assessments"
	"plimsoll/assessments/custom"
	"plimsoll/assessments/questionnaire"
	"plimsoll/cmd/plimsoll/inputs"
)

// Document is what `plimsoll score --format json` prints. Scores and shares count 0 to 100 and are rounded down to whole
// numbers; control values count 0 to 1 and are rounded down to hundredths. Beside each stands its full precision: in millionths
// of a point where it counts points, in millionths of the whole where it is a share.
type Document struct {
	ContentVersion string                           `json:"contentVersion"`
	ContentHash    string                           `json:"contentHash"`
	AsOf           string                           `json:"asOf" jsonschema:"format=date"`
	TargetVersion  string                           `json:"targetVersion,omitzero"`
	Gate           Gate                             `json:"gate"`
	Baseline       *Baseline                        `json:"baseline"`
	EvidenceOnly   bool                             `json:"evidenceOnly"`
	Need           *Need                            `json:"need"`
	Remarks        []questionnaire.Remark           `json:"remarks"` // answers to be read again; never scored
	LoadLine       *assessments.LoadLine            `json:"loadLine"`
	Score          *Score                           `json:"score"`
	RawScore       *Score                           `json:"rawScore"`
	Mean           *int64                           `json:"mean"`
	MeanMicros     *assessments.Micros              `json:"meanMicros"`
	Pillars        []Pillar                         `json:"pillars"`
	Controls       []Control                        `json:"controls"`
	Contradictions []assessments.Contradiction      `json:"contradictions"`
	CouldNotSee    []CouldNotSee                    `json:"couldNotSee"`
	Waivers        assessments.WaiverUse            `json:"waivers"`
	Rules          map[string]assessments.RuleCount `json:"rules"`
	Findings       []Finding                        `json:"findings"`
	LeftOut        []assessments.LeftOut            `json:"findingsLeftOut,omitzero"` // beyond as many as a result lists; counted in rules, scores and gate
	Custom         *Custom                          `json:"custom,omitzero"`          // of --rules
	Explanation    *Explanation                     `json:"explanation,omitzero"`
	Inputs         inputs.Inputs                    `json:"inputs"`
	ReferenceDates map[string]string                `json:"referenceDates"`
	ReferenceStale []string                         `json:"referenceStale"`
}

// Score is a value that may be known in part; value is null where nothing is known.
type Score struct {
	Value                  *int64              `json:"value"`
	Low                    int64               `json:"low"`
	High                   int64               `json:"high"`
	Coverage               int64               `json:"coverage"`
	EvidenceCoverage       int64               `json:"evidenceCoverage"`
	ValueMicros            *assessments.Micros `json:"valueMicros"`
	LowMicros              assessments.Micros  `json:"lowMicros"`
	HighMicros             assessments.Micros  `json:"highMicros"`
	CoverageMicros         assessments.Micros  `json:"coverageMicros"`
	EvidenceCoverageMicros assessments.Micros  `json:"evidenceCoverageMicros"`
}

// Pillar is one pillar's score. The contributions of its controls and capContribution sum to valueMicros.
type Pillar struct {
	ID      assessments.Pillar `json:"id"`
	Applies bool               `json:"applies"`
	Reason  string             `json:"reason,omitzero"`
	Score
	Caps                  []assessments.Cap  `json:"caps"`
	CapContributionMicros assessments.Micros `json:"capContributionMicros"`
}

// Control is one control's score.
type Control struct {
	ID                 string               `json:"id"`
	Pillar             assessments.Pillar   `json:"pillar"`
	Title              string               `json:"title"`
	Weight             int                  `json:"weight"`
	Severity           assessments.Severity `json:"severity"`
	Alpha              Hundredths           `json:"alpha"`
	Adding             assessments.Adding   `json:"adding"`
	Applies            bool                 `json:"applies"`
	Reason             string               `json:"reason,omitzero"`
	Value              *Hundredths          `json:"value"`
	Low                Hundredths           `json:"low"`
	High               Hundredths           `json:"high"`
	Declared           *Hundredths          `json:"declared"`
	Observed           *Hundredths          `json:"observed"`
	Contribution       Hundredths           `json:"contribution"`
	ValueMicros        *assessments.Micros  `json:"valueMicros"`
	LowMicros          assessments.Micros   `json:"lowMicros"`
	HighMicros         assessments.Micros   `json:"highMicros"`
	ContributionMicros assessments.Micros   `json:"contributionMicros"`
}

// Need is the need gate's result.
type Need struct {
	Verdict          questionnaire.VerdictCode   `json:"verdict"`
	Headline         string                      `json:"headline"`
	Plain            string                      `json:"plain"`
	Need             Axis                        `json:"need"`
	Ability          Axis                        `json:"ability"`
	Robustness       *int64                      `json:"robustness"`
	RobustnessMicros *int64                      `json:"robustnessMicros"`
	Reachable        []questionnaire.VerdictCode `json:"reachable"`
	Decides          []string                    `json:"decides"`
	Ceilings         []questionnaire.Ceiling     `json:"ceilings"`
	Alternatives     []questionnaire.Alternative `json:"alternatives"`
	Reasons          Reasons                     `json:"reasons"`
	Steps            []string                    `json:"steps"`
	Mandated         bool                        `json:"mandated"`
	Sentences        []questionnaire.Sentence    `json:"sentences"` // what the verdict says, each with the questions whose answers it comes from
	Cost             *questionnaire.Cost         `json:"cost"`      // by the user's own figures
}

// Axis is need or ability from 0 to 100.
type Axis struct {
	Value       *int64 `json:"value"`
	Low         int64  `json:"low"`
	High        int64  `json:"high"`
	ValueMicros *int64 `json:"valueMicros"`
	LowMicros   int64  `json:"lowMicros"`
	HighMicros  int64  `json:"highMicros"`
}

// Reasons carried the verdict, or stand against it.
type Reasons struct {
	For     []questionnaire.GateReason `json:"for"`
	Against []questionnaire.GateReason `json:"against"`
}

// CouldNotSee is something that could not be seen, and why. Subjects is 0 where it concerns no single ones.
type CouldNotSee struct {
	What     string `json:"what"`
	Title    string `json:"title"`
	Why      string `json:"why"`
	Subjects int    `json:"subjects"`
}

// Finding is a failing outcome; its source is null where it did not come from a file.
type Finding struct {
	Rule        string                 `json:"rule"`
	Severity    assessments.Severity   `json:"severity"`
	Subject     Subject                `json:"subject"`
	Source      *Source                `json:"source"`
	Message     string                 `json:"message"`
	Evidence    []assessments.Evidence `json:"evidence"`
	Expected    string                 `json:"expected"`
	Mend        assessments.Mend       `json:"mend"`
	Fingerprint string                 `json:"fingerprint"`
	Waived      bool                   `json:"waived"`
	WaivedBy    string                 `json:"waivedBy,omitzero"`
	Known       bool                   `json:"known,omitzero"` // the baseline knows it

	WaivedAtSource bool `json:"waivedAtSource,omitzero"` // by an annotation of the workload

	graver bool // the baseline knows it as less grave
}

// Subject is what a rule judged; namespace and container are empty where it has none.
type Subject struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Container string `json:"container"`
}

func (s Subject) text() string {
	name := s.Kind + " " + s.Name
	if s.Namespace != "" {
		name = s.Kind + " " + s.Namespace + "/" + s.Name
	}
	if s.Container != "" {
		name += " [" + s.Container + "]"
	}
	return name
}

// Source is where a manifest stood; line is 1-based, 0 where it is not known.
type Source struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// Hundredths is a number in millionths that is printed rounded down to hundredths.
type Hundredths assessments.Micros

// MarshalJSON writes a plain number: 0.66, 1, 12.5.
func (h Hundredths) MarshalJSON() ([]byte, error) {
	n := int64(h) / 10_000
	switch {
	case n%100 == 0:
		return fmt.Appendf(nil, "%d", n/100), nil
	case n%10 == 0:
		return fmt.Appendf(nil, "%d.%d", n/100, n%100/10), nil
	}
	return fmt.Appendf(nil, "%d.%02d", n/100, n%100), nil
}

// result is a document with what its writers need beside it.
type result struct {
	Document
	Content    *assessments.Content
	paths      []string
	showWaived bool
	own        []*custom.Rule // of --rules
	notes      []string       // what was cut to fit a format
}

// newDocument shows a result. Without evidence in the paths there is no score, whatever the answers say.
func newDocument(a assessments.Assessment, read inputs.Inputs, evidenceOnly bool, gate Gate) Document {
	d := Document{
		ContentVersion: a.ContentVersion, ContentHash: a.ContentHash, AsOf: a.AsOf.Format(time.DateOnly), EvidenceOnly: evidenceOnly,
		Need: needOf(a.Need), Remarks: orEmpty(a.Remarks), Contradictions: orEmpty(a.Contradictions), CouldNotSee: []CouldNotSee{}, Waivers: a.Waivers, Rules: a.Rules,
		Findings: []Finding{}, Inputs: read, ReferenceDates: a.ReferenceDates, ReferenceStale: orEmpty(a.ReferenceStale),
		Controls: []Control{}, Gate: gate, LeftOut: a.LeftOut,
	}
	for _, b := range a.CouldNotSee {
		d.CouldNotSee = append(d.CouldNotSee, CouldNotSee{What: b.What, Title: b.Title, Why: b.Why, Subjects: b.Subjects})
	}
	d.Findings = make([]Finding, 0, len(a.Findings))
	for _, f := range a.Findings {
		d.Findings = append(d.Findings, findingOf(f))
	}
	if d.Gate.ExitCode == ExitNoEvidence {
		return d
	}
	d.LoadLine, d.Score, d.RawScore = a.LoadLine, scoreOf(a.Score), scoreOf(a.RawScore)
	d.Mean, d.MeanMicros = wholePoints(a.Mean), a.Mean
	for _, p := range a.Pillars {
		d.Pillars = append(d.Pillars, Pillar{
			ID: p.ID, Applies: p.Applies, Reason: p.Reason, Score: *scoreOf(&p.Range), Caps: orEmpty(p.Caps), CapContributionMicros: p.CapContribution,
		})
	}
	for _, c := range a.Controls {
		d.Controls = append(d.Controls, controlOf(c))
	}
	return d
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func findingOf(f assessments.Finding) Finding {
	shown := Finding{
		Rule: f.Rule, Severity: f.Severity, Subject: Subject(f.Subject), Message: f.Message, Evidence: orEmpty(f.Evidence), Expected: f.Expected,
		Mend: f.Mend, Fingerprint: f.Fingerprint, Waived: f.Waived, WaivedBy: f.WaivedBy,
		WaivedAtSource: f.WaivedAtSource,
	}
	shown.Source = sourceOf(f.Source)
	return shown
}

func sourceOf(place assessments.Place) *Source {
	if place.File == "" {
		return nil
	}
	return &Source{File: place.File, Line: place.Line}
}

func controlOf(c assessments.ControlScore) Control {
	return Control{
		ID: c.ID, Pillar: c.Pillar, Title: c.Title, Weight: c.Weight, Severity: c.Severity, Alpha: Hundredths(c.Alpha) * 10_000, Adding: c.Adding,
		Applies: c.Applies, Reason: c.Reason, Value: (*Hundredths)(c.Value), Low: Hundredths(c.Low), High: Hundredths(c.High),
		Declared: (*Hundredths)(c.Declared), Observed: (*Hundredths)(c.Observed), Contribution: Hundredths(c.Contribution),
		ValueMicros: c.Value, LowMicros: c.Low, HighMicros: c.High, ContributionMicros: c.Contribution,
	}
}

func scoreOf(r *assessments.Range) *Score {
	if r == nil {
		return nil
	}
	return &Score{
		Value: wholePoints(r.Value), Low: int64(r.Low) / million, High: int64(r.High) / million,
		Coverage: int64(r.Coverage) * 100 / million, EvidenceCoverage: int64(r.EvidenceCoverage) * 100 / million,
		ValueMicros: r.Value, LowMicros: r.Low, HighMicros: r.High, CoverageMicros: r.Coverage, EvidenceCoverageMicros: r.EvidenceCoverage,
	}
}

const million = 1_000_000

func wholePoints(m *assessments.Micros) *int64 {
	if m == nil {
		return nil
	}
	points := int64(*m) / million
	return &points
}

func needOf(v *questionnaire.Verdict) *Need {
	if v == nil {
		return nil
	}
	n := &Need{
		Verdict: v.Code, Headline: v.Headline, Plain: v.Plain, Need: axisOf(v.Need), Ability: axisOf(v.Ability), RobustnessMicros: v.RobustnessMicros,
		Reachable: orEmpty(v.Reachable), Decides: orEmpty(v.Decides), Ceilings: orEmpty(v.Ceilings), Alternatives: orEmpty(v.Alternatives),
		Reasons: Reasons{For: orEmpty(v.For), Against: orEmpty(v.Against)}, Steps: orEmpty(v.Steps), Mandated: v.Mandated,
		Sentences: orEmpty(v.Sentences), Cost: v.Cost,
	}
	if v.RobustnessMicros != nil {
		percent := *v.RobustnessMicros * 100 / million
		n.Robustness = &percent
	}
	return n
}

func axisOf(a questionnaire.AxisScore) Axis {
	shown := Axis{Low: a.Low / million, High: a.High / million, ValueMicros: a.Value, LowMicros: a.Low, HighMicros: a.High}
	if a.Value != nil {
		points := *a.Value / million
		shown.Value = &points
	}
	return shown
}

// writeJSON prints the document with two spaces of indent, as a stream: a result of many findings is never whole in memory. The same
// document gives the same bytes.
func writeJSON(w io.Writer, d Document) error {
	buffered := bufio.NewWriter(w)
	err := json.MarshalWrite(buffered, d, json.Deterministic(true), json.FormatNilSliceAsNull(true), json.FormatNilMapAsNull(true), jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true))
	if err == nil {
		_, err = buffered.WriteString("\n")
	}
	if err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
