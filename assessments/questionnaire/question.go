package questionnaire

// Questionnaire is the questions of one content version, in the order they are asked.
type Questionnaire struct {
	Version  string
	Sections []Section
	Hash     string // hex SHA-256 of the embedded content

	byID   map[string]*Question
	advice advice
}

// Questions in the order they are asked, over all sections.
func (q *Questionnaire) Questions() []*Question {
	var all []*Question
	for _, section := range q.Sections {
		all = append(all, section.Questions...)
	}
	return all
}

// Section by id.
func (q *Questionnaire) Section(id SectionID) (Section, bool) {
	for _, section := range q.Sections {
		if section.ID == id {
			return section, true
		}
	}
	return Section{}, false
}

// SectionID names a section: context, gate, and the five pillars' own names.
type SectionID string

// The sections in the order they are asked.
const (
	Context    SectionID = "context"
	Gate       SectionID = "gate"
	Lifecycle  SectionID = "lifecycle"
	Delivery   SectionID = "delivery"
	JVM        SectionID = "jvm"
	Probes     SectionID = "probes"
	Networking SectionID = "networking"
)

// Section is a run of questions about one subject.
type Section struct {
	ID        SectionID
	Title     string
	Intro     string
	Questions []*Question
}

// Axis of the need gate that a question counts on.
type Axis string

// The axes of the gate; pillar and context questions have none.
const (
	NeedAxis         Axis = "need"
	AbilityAxis      Axis = "ability"
	AlternativesAxis Axis = "alternatives"
)

// Question is one fact about one named scope. Options stand worst first, as they are shown.
type Question struct {
	ID           string // L3, for ever
	Section      SectionID
	Who          Seat
	Short        string // a few words for tables and reasons; gate questions alone
	Text         string
	PlanText     string // wording where there is no cluster yet (C1 = none); empty: Text
	ProviderText string // wording where a provider runs the control plane; empty: Text
	Help         string
	FindOut      string // how to find out in five minutes, with a read-only command
	Weight       int    // I + D, 1 to 5; 0 for context questions
	Axis         Axis
	Multi        bool // takes several options
	Lessons      []string
	Options      []Option
	Figure       *Figure
	ReviewDays   int  // 180, or 90
	Verifiable   bool // at least one pair holds it against evidence
}

// Option is one observable state.
type Option struct {
	ID          string // L3.b
	Text        string
	ValueMicros int64 // 0 to 1000000; meaningless where Blind
	Cap         int   // 39, 49, 59: caps the pillar while this option counts; 0 none
	Blind       bool  // says "not known": choosing it is the question's unknown
	Position    int   // 0 best: what steps are counted in; blind options have none
}

// Figure is the typed number that some questions take beside their option.
type Figure struct {
	Name string // recoverySeconds
	Unit string // seconds
	Text string // label of the field
	Min  int64
	Max  int64
}

// Option of the question by id.
func (q *Question) Option(id string) (Option, bool) {
	for _, o := range q.Options {
		if o.ID == id {
			return o, true
		}
	}
	return Option{}, false
}

// Question by id.
func (q *Questionnaire) Question(id string) (*Question, bool) {
	question, ok := q.byID[id]
	return question, ok
}

// Given is what counts for one question after skip logic and, where two answer blind, after taking the lower.
type Given struct {
	Question    string   `json:"question"`
	State       State    `json:"state"`
	Options     []string `json:"options,omitzero"`     // ids; for a single choice, one
	Text        string   `json:"text,omitzero"`        // the option's words
	ValueMicros int64    `json:"valueMicros,omitzero"` // where State is Answered and the question is scored
	Cap         int      `json:"cap,omitzero"`
	Figure      *int64   `json:"figure,omitzero"`
	Basis       Basis    `json:"basis,omitzero"`
	Note        string   `json:"note,omitzero"`
	Links       []string `json:"links,omitzero"`
	Reason      Reason   `json:"reason,omitzero"`
	Sentence    string   `json:"sentence,omitzero"`
	Respondent  string   `json:"respondent,omitzero"`
	AnsweredAt  string   `json:"answeredAt,omitzero"` // RFC 3339 day
	ReviewBy    string   `json:"reviewBy,omitzero"`
	SkippedBy   string   `json:"skippedBy,omitzero"` // the context question that hid it
	HalfGiven   bool     `json:"halfGiven,omitzero"` // one of two blind answers is missing: low takes 0
	Disagree    int      `json:"disagree,omitzero"`  // steps between two blind answers
}

// Sheet is every question's Given, for one set of answers.
type Sheet struct {
	questionnaire *Questionnaire
	given         map[string]Given
}

// Given of a question; a question that is not of this version is unanswered.
func (s Sheet) Given(id string) Given {
	if g, ok := s.given[id]; ok {
		return g
	}
	return Given{Question: id, State: Unanswered}
}

// Has reports whether the option is among those that count for its question.
func (s Sheet) Has(question, option string) bool {
	for _, id := range s.Given(question).Options {
		if id == option {
			return s.Given(question).State == Answered
		}
	}
	return false
}
