// Package questionnaire owns the questions of a content version, the answers to them, and the need gate: "do you
// absolutely need Kubernetes?". It reads no snapshot.
package questionnaire

import "time"

// State tells the four kinds of no answer apart, and the one kind of answer.
type State string

// The states of an answer. They are stored apart and never merged.
const (
	Unanswered    State = "unanswered"
	Answered      State = "answered"
	Unknown       State = "unknown"
	NotApplicable State = "not_applicable"
	Skipped       State = "skipped" // hidden by a context answer; never stored, always worked out
)

// Basis says what an answer rests on. It never changes a value.
type Basis string

// The bases of an answer.
const (
	Measured   Basis = "measured"
	Documented Basis = "documented"
	Believed   Basis = "believed"
)

// Reason is why a question does not apply.
type Reason string

// The four reasons that can take a question out.
const (
	NoSuchWorkload Reason = "no_such_workload"
	ProviderDoesIt Reason = "provider_does_it"
	OutOfScope     Reason = "out_of_scope"
	PlannedNotLive Reason = "planned_not_live"
)

// Answer is what one respondent said to one question.
type Answer struct {
	Question   string    `json:"question" yaml:"question"` // L3
	State      State     `json:"state" yaml:"state"`
	Options    []string  `json:"options,omitzero" yaml:"options,omitempty"` // L3.b; several only where the question takes several
	Figure     *int64    `json:"figure,omitzero" yaml:"figure,omitempty"`   // in the question's own unit
	Reason     Reason    `json:"reason,omitzero" yaml:"reason,omitempty"`
	Sentence   string    `json:"sentence,omitzero" yaml:"sentence,omitempty"` // why it does not apply
	Basis      Basis     `json:"basis,omitzero" yaml:"basis,omitempty"`
	Note       string    `json:"note,omitzero" yaml:"note,omitempty"`
	Links      []string  `json:"links,omitzero" yaml:"links,omitempty"`
	Respondent string    `json:"respondent,omitzero" yaml:"respondent,omitempty"` // shown name
	Seat       Seat      `json:"seat,omitzero" yaml:"seat,omitempty"`             // which of two blind answers; empty where one is asked
	AnsweredAt time.Time `json:"answeredAt,omitzero" yaml:"answeredAt,omitempty"`
	ReviewBy   time.Time `json:"reviewBy,omitzero" yaml:"reviewBy,omitempty"`
	Revision   int       `json:"revision,omitzero" yaml:"revision,omitempty"`
}

// Seat is from which chair a question is answered.
type Seat string

// The seats. Questions for both are answered blind, once from each.
const (
	Manager  Seat = "manager"
	Engineer Seat = "engineer"
	Both     Seat = "both"
)
