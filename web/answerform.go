package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plimsoll/assessments/questionnaire"
)

// Values of an answer's radio beside the option ids.
const (
	choiceUnknown       = "unknown"
	choiceNotApplicable = "not_applicable"
	choiceNone          = "" // unanswered: takes an answer back
)

// ErrFigure says that a figure is no whole number.
var ErrFigure = errors.New("the figure must be a whole number")

// fieldNames of one question's form fields, in the order they stand.
func fieldNames(question string) []string {
	names := []string{"option", "figure", "reason", "sentence", "basis", "note", "links", "seat", "revision"}
	for i, name := range names {
		names[i] = field(question, name)
	}
	return names
}

func field(question, name string) string { return question + "." + name }

// HasAnswer reports whether a posted form holds fields of the question.
func HasAnswer(question string, form url.Values) bool { return form.Has(field(question, "revision")) }

// AnswerFromForm reads one question's answer from a posted form, as Questions and Section name the fields. The answer is not
// validated; its Revision is the one that the form was made from.
func AnswerFromForm(q *questionnaire.Question, form url.Values) (questionnaire.Answer, error) {
	get := func(name string) string { return strings.TrimSpace(form.Get(field(q.ID, name))) }
	answer := questionnaire.Answer{
		Question: q.ID, State: questionnaire.Unanswered, Basis: questionnaire.Basis(get("basis")), Note: get("note"), Seat: questionnaire.Seat(get("seat")),
	}
	for line := range strings.Lines(get("links")) {
		if link := strings.TrimSpace(line); link != "" {
			answer.Links = append(answer.Links, link)
		}
	}
	if text := get("revision"); text != "" {
		revision, err := strconv.Atoi(text)
		if err != nil || revision < 0 {
			return answer, fmt.Errorf("%s: the revision must be a whole number, got %q", q.ID, text)
		}
		answer.Revision = revision
	}
	chosen := slices.DeleteFunc(slices.Clone(form[field(q.ID, "option")]), func(id string) bool { return id == choiceNone })
	switch {
	case slices.Contains(chosen, choiceNotApplicable):
		answer.State, answer.Reason, answer.Sentence = questionnaire.NotApplicable, questionnaire.Reason(get("reason")), get("sentence")
		return answer, nil
	case slices.Contains(chosen, choiceUnknown), slices.ContainsFunc(chosen, func(id string) bool { o, _ := q.Option(id); return o.Blind }):
		answer.State = questionnaire.Unknown
		return answer, nil
	case len(chosen) > 0:
		answer.State, answer.Options = questionnaire.Answered, chosen
	}
	if text := get("figure"); text != "" && q.Figure != nil && answer.State == questionnaire.Answered {
		figure, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return answer, fmt.Errorf("%s: %w, got %q", q.ID, ErrFigure, text)
		}
		answer.Figure = &figure
	}
	return answer, nil
}
