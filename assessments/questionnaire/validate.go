package questionnaire

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"plimsoll/assessments/facts"
)

// Bounds of an answer.
const (
	MaxNoteRunes       = 2000
	MaxSentenceRunes   = 2000
	MaxRespondentRunes = 200
	MaxLinks           = 5
	MaxLinkBytes       = 2048
	maxFactValueBytes  = 64
	maxObjectNameBytes = 253 // what the Kubernetes API lets a name be
)

// AnswerError says which field of which question's answer can't be taken, and why.
type AnswerError struct {
	Question string
	Field    string // as in the answer's JSON
	Problem  string
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("question %s: %s: %s", e.Question, e.Field, e.Problem)
}

// Validate checks one answer by itself. The error is an *AnswerError.
func (q *Questionnaire) Validate(a Answer) error {
	question, ok := q.byID[a.Question]
	if !ok {
		return &AnswerError{Question: a.Question, Field: "question", Problem: "content version " + q.Version + " has no such question"}
	}
	for _, check := range []func(*Question, Answer) (field, problem string){
		checkSeat, checkState, checkOptions, checkFigure, checkReason, checkBasis, checkTexts, checkLinks,
	} {
		if field, problem := check(question, a); problem != "" {
			return &AnswerError{Question: a.Question, Field: field, Problem: problem}
		}
	}
	return nil
}

// Canonical returns the answer as it is stored: an option that says "not known" is the question's unknown, and there is no
// second, kinder way not to know. The answer must be valid.
func (q *Questionnaire) Canonical(a Answer) Answer {
	question, ok := q.byID[a.Question]
	if !ok || len(a.Options) != 1 {
		return a
	}
	if option, ok := question.Option(a.Options[0]); ok && option.Blind {
		a.State, a.Options, a.Figure = Unknown, nil, nil
	}
	return a
}

func checkSeat(q *Question, a Answer) (string, string) {
	switch {
	case q.Who == Both && a.Seat != Manager && a.Seat != Engineer:
		return "seat", fmt.Sprintf("manager and engineer answer this one apart; want one of them, got %q", a.Seat)
	case q.Who != Both && a.Seat != "":
		return "seat", fmt.Sprintf("only questions for both seats are answered by seat, got %q", a.Seat)
	case a.Revision < 0:
		return "revision", "must not be negative"
	}
	return "", ""
}

func checkState(q *Question, a Answer) (string, string) {
	switch a.State {
	case Unanswered, Answered, Unknown:
		return "", ""
	case NotApplicable:
		if q.Section == Context {
			return "state", "a context question always applies"
		}
		return "", ""
	case Skipped:
		return "state", "skipped is worked out from the context answers and never given"
	}
	return "state", fmt.Sprintf("want unanswered, answered, unknown or not_applicable, got %q", a.State)
}

func checkOptions(q *Question, a Answer) (string, string) {
	for i, id := range a.Options {
		if _, ok := q.Option(id); !ok {
			return "options", fmt.Sprintf("the question has no option %q", id)
		}
		if slices.Contains(a.Options[:i], id) {
			return "options", fmt.Sprintf("%s stands twice", id)
		}
	}
	switch {
	case a.State == Answered && len(a.Options) == 0:
		return "options", "an answer names an option"
	case len(a.Options) > 1 && !q.Multi:
		return "options", "takes one option"
	case a.State == Unknown && len(a.Options) > 0 && !q.blind(a.Options[0]):
		return "options", fmt.Sprintf("an unknown can't name the option %s", a.Options[0])
	case (a.State == Unanswered || a.State == NotApplicable) && len(a.Options) > 0:
		return "options", fmt.Sprintf("go with an answer, not with %s", a.State)
	case q.ID == "C4" && len(a.Options) > 1 && slices.Contains(a.Options, "C4.e"):
		return "options", "no traffic from outside excludes every way in"
	}
	return "", ""
}

func checkFigure(q *Question, a Answer) (string, string) {
	switch {
	case a.Figure == nil:
		return "", ""
	case q.Figure == nil:
		return "figure", "the question takes none"
	case a.State != Answered:
		return "figure", fmt.Sprintf("goes with an answer, not with %s", a.State)
	case *a.Figure < q.Figure.Min || *a.Figure > q.Figure.Max:
		return "figure", fmt.Sprintf("%d is not within %d to %d %s", *a.Figure, q.Figure.Min, q.Figure.Max, q.Figure.Unit)
	}
	return "", ""
}

func checkReason(_ *Question, a Answer) (string, string) {
	if a.State != NotApplicable {
		if a.Reason != "" {
			return "reason", "goes with not_applicable alone"
		}
		if a.Sentence != "" {
			return "sentence", "goes with not_applicable alone"
		}
		return "", ""
	}
	if !slices.Contains([]Reason{NoSuchWorkload, ProviderDoesIt, OutOfScope, PlannedNotLive}, a.Reason) {
		return "reason", fmt.Sprintf("want no_such_workload, provider_does_it, out_of_scope or planned_not_live, got %q", a.Reason)
	}
	if strings.TrimSpace(a.Sentence) == "" {
		return "sentence", "say in a sentence why the question does not apply"
	}
	return "", ""
}

func checkBasis(_ *Question, a Answer) (string, string) {
	if !slices.Contains([]Basis{"", Measured, Documented, Believed}, a.Basis) {
		return "basis", fmt.Sprintf("want measured, documented or believed, got %q", a.Basis)
	}
	return "", ""
}

func checkTexts(_ *Question, a Answer) (string, string) {
	for _, text := range []struct {
		field, value string
		max          int
	}{
		{"note", a.Note, MaxNoteRunes}, {"sentence", a.Sentence, MaxSentenceRunes}, {"respondent", a.Respondent, MaxRespondentRunes},
	} {
		if problem := textProblem(text.value, text.max); problem != "" {
			return text.field, problem
		}
	}
	return "", ""
}

func checkLinks(_ *Question, a Answer) (string, string) {
	if len(a.Links) > MaxLinks {
		return "links", fmt.Sprintf("at most %d, got %d", MaxLinks, len(a.Links))
	}
	for _, link := range a.Links {
		if len(link) > MaxLinkBytes {
			return "links", fmt.Sprintf("one is longer than %d bytes", MaxLinkBytes)
		}
		parsed, err := url.Parse(link)
		if err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" || !printable(link) {
			return "links", "only http and https addresses are taken"
		}
	}
	return "", ""
}

// ValidateFact checks what a person declares of a single workload: a key of the closed list with a value that fits it. The
// error's Question is the workload as namespace/name.
func ValidateFact(f facts.WorkloadFact) error {
	refuse := func(field, problem string) error {
		return &AnswerError{Question: f.Namespace + "/" + f.Name, Field: field, Problem: problem}
	}
	for _, name := range []struct{ field, value string }{{"namespace", f.Namespace}, {"kind", f.Kind}, {"name", f.Name}} {
		if name.value == "" || len(name.value) > maxObjectNameBytes || !printable(name.value) {
			return refuse(name.field, fmt.Sprintf("must be there, and no longer than %d bytes", maxObjectNameBytes))
		}
	}
	if problem := factProblem(f); problem != "" {
		return refuse("value", problem)
	}
	if !slices.Contains([]Basis{"", Measured, Documented, Believed}, Basis(f.Basis)) {
		return refuse("basis", fmt.Sprintf("want measured, documented or believed, got %q", f.Basis))
	}
	if problem := textProblem(f.Author, MaxRespondentRunes); problem != "" {
		return refuse("author", problem)
	}
	return nil
}

func factProblem(f facts.WorkloadFact) string {
	if len(f.Value) > maxFactValueBytes {
		return fmt.Sprintf("longer than %d bytes", maxFactValueBytes)
	}
	switch f.Key {
	case facts.RecoverySecondsKey:
		bounds := figureBounds["P2"]
		if seconds, ok := wholeNumber(f.Value); !ok || seconds < bounds.Min || seconds > bounds.Max {
			return fmt.Sprintf("recoverySeconds are whole seconds from %d to %d, got %q", bounds.Min, bounds.Max, f.Value)
		}
	case facts.JavaVersionKey:
		if _, _, ok := facts.ParseDeclaredJava(f.Value); !ok {
			return fmt.Sprintf("javaVersion is a version such as 17.0.12 or 8u392, with OpenJ9 behind it where that runs, got %q", f.Value)
		}
	case facts.CriticalityKey:
		if !slices.Contains([]string{"low", "normal", "critical"}, f.Value) {
			return fmt.Sprintf("criticality is low, normal or critical, got %q", f.Value)
		}
	default:
		return fmt.Sprintf("key %q is none of recoverySeconds, javaVersion, criticality", f.Key)
	}
	return ""
}

func wholeNumber(text string) (int64, bool) {
	if text == "" || len(text) > 18 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	var n int64
	for _, digit := range text {
		n = n*10 + int64(digit-'0')
	}
	return n, true
}

// textProblem says what is wrong with free text; line breaks and tabs are fine, other control characters are not.
func textProblem(text string, maxRunes int) string {
	if !utf8.ValidString(text) {
		return "is no valid UTF-8"
	}
	if n := utf8.RuneCountInString(text); n > maxRunes {
		return fmt.Sprintf("at most %d characters, got %d", maxRunes, n)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) }) {
		return "holds control characters"
	}
	return ""
}

func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// blind reports whether the option says "not known".
func (q *Question) blind(id string) bool {
	option, ok := q.Option(id)
	return ok && option.Blind
}
