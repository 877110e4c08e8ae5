package questionnaire

// VerdictCode is a verdict of the need gate.
type VerdictCode string

// The verdicts in their order, from "no" upwards, and the one for "more than one can be reached".
const (
	VerdictNo            VerdictCode = "no"
	VerdictNoSimpler     VerdictCode = "no-simpler-platform"
	VerdictPreferSimpler VerdictCode = "prefer-simpler"
	VerdictNotYet        VerdictCode = "not-yet"
	VerdictOptional      VerdictCode = "optional"
	VerdictYesManaged    VerdictCode = "yes-managed-only"
	VerdictYes           VerdictCode = "yes"
	VerdictCannotSayYet  VerdictCode = "cannot-say-yet"
)

// AxisScore is need or ability from 0 to 100, in millionths of a point. Value is nil where nothing on the axis is answered.
type AxisScore struct {
	Value *int64 `json:"valueMicros"`
	Low   int64  `json:"lowMicros"`
	High  int64  `json:"highMicros"`
}

// Verdict is the need gate's result.
type Verdict struct {
	Code         VerdictCode   `json:"verdict"`
	Headline     string        `json:"headline"` // one sentence, as printed
	Plain        string        `json:"plain"`    // what it means, in plain words
	Need         AxisScore     `json:"need"`
	Ability      AxisScore     `json:"ability"`
	Reachable    []VerdictCode `json:"reachable,omitzero"` // where it can't be said yet
	Decides      []string      `json:"decides,omitzero"`   // the smallest set of questions that decides it
	Ceilings     []Ceiling     `json:"ceilings"`           // all that applied, the lowest first
	For          []GateReason  `json:"for"`
	Against      []GateReason  `json:"against"`
	Alternatives []Alternative `json:"alternatives"` // best fit first
	Mandated     bool          `json:"mandated,omitzero"`
	Steps        []string      `json:"steps,omitzero"` // the cheapest steps, where the verdict asks for them
	// RobustnessMicros is the share of 1,000 perturbations of all weights by ±30 % in which the verdict stays; nil while it can't be said.
	RobustnessMicros *int64 `json:"robustnessMicros"`

	Sentences []Sentence `json:"sentences"`     // everything that headline, plain, ceilings, steps and alternatives say, each with its questions
	Cost      *Cost      `json:"cost,omitzero"` // by the user's figures; set where the verdict is part of an assessment
}

// Part is where a sentence of the verdict stands.
type Part string

// The parts of a verdict.
const (
	InHeadline     Part = "headline"
	InPlain        Part = "plain"
	InCeilings     Part = "ceilings"
	InSteps        Part = "steps"
	InAlternatives Part = "alternatives"
)

// Sentence is one that the verdict says, with the questions whose answers it comes from: no other answer changes it.
type Sentence struct {
	Part      Part     `json:"part"`
	Text      string   `json:"text"`
	Questions []string `json:"questions"` // as they are asked
}

// Ceiling is a hard stop that applied, with the row that caused it.
type Ceiling struct {
	ID       string      `json:"id"` // H1 … H4
	Question string      `json:"question"`
	AtMost   VerdictCode `json:"atMost"`
	Text     string      `json:"text"`
}

// GateReason is one answer that carried or opposed the verdict.
type GateReason struct {
	Question string `json:"question"`
	Text     string `json:"text"`   // what was asked, short
	Answer   string `json:"answer"` // the option's words
	Points   int64  `json:"pointsMicros"`
}

// Alternative is one way to run the same load, with its fit from 0 to 100.
type Alternative struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Fit      int64    `json:"fitMicros"`
	Excluded string   `json:"excluded,omitzero"` // the hard constraint that rules it out
	Because  []string `json:"because,omitzero"`

	becauseOf  []string // questions beside Because
	excludedBy string   // the question behind Excluded
}
