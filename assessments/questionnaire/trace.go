package questionnaire

import (
	"slices"
	"strings"
)

// axes are the questions of both axes: what the two scores and most verdicts come from.
func (w wording) axes() []string { return w.asked(w.axis(NeedAxis), w.axis(AbilityAxis)) }

func (w wording) axis(axis Axis) []string {
	var ids []string
	for _, q := range w.questionnaire.axis(axis) {
		ids = append(ids, q.ID)
	}
	return ids
}

// asked joins lists of questions, each once, as they are asked: context first, then the gate.
func (w wording) asked(lists ...[]string) []string {
	var ids []string
	for _, q := range w.questionnaire.Questions() {
		if slices.ContainsFunc(lists, func(list []string) bool { return slices.Contains(list, q.ID) }) {
			ids = append(ids, q.ID)
		}
	}
	return ids
}

// verdictBy are the questions that the verdict itself comes from. Where no need is shown, ability is not looked at.
func (w wording) verdictBy() []string {
	if w.verdict.Code == VerdictNo {
		return w.asked(w.axis(NeedAxis))
	}
	return w.axes()
}

// rankedBy adds the questions that the ranking of the ways comes from.
func (w wording) rankedBy(more ...[]string) []string {
	var ids []string
	for _, way := range w.questionnaire.advice.Alternatives {
		for _, row := range way.Fits {
			ids = append(ids, row.Question)
		}
		for _, e := range way.ExcludedBy {
			ids = append(ids, e.Question)
		}
	}
	return w.asked(append(more, ids)...)
}

// headlineBy are the questions that the headline comes from.
func (w wording) headlineBy() []string {
	by := w.asked(w.verdictBy(), []string{"C5"})
	switch w.verdict.Code {
	case VerdictCannotSayYet:
	case VerdictNo:
		by = w.asked(by, []string{"C1"})
		if !w.running() || w.verdict.Mandated {
			by = w.asked(by, w.axis(AbilityAxis))
		}
	case VerdictNoSimpler, VerdictPreferSimpler:
		by = w.rankedBy(by, []string{"C1"})
	case VerdictNotYet:
		by = w.asked(by, []string{"C1"})
	case VerdictOptional:
		by = w.rankedBy(by, []string{"C1", "G11"})
	default:
		by = w.rankedBy(by, []string{"G11"})
	}
	return by
}

// sentences are everything that the verdict says, each with the questions whose answers it comes from.
func (w wording) sentences(plain []Sentence) []Sentence {
	all := append([]Sentence{{Part: InHeadline, Text: w.verdict.Headline, Questions: w.headlineBy()}}, plain...)
	for _, c := range w.verdict.Ceilings {
		by := []string{c.Question}
		if c.ID == "H1" { // holds only where the cell is Optional or better
			by = w.axes()
		}
		all = append(all, Sentence{InCeilings, c.Text, by})
	}
	for _, step := range w.verdict.Steps {
		all = append(all, Sentence{InSteps, step, w.asked(w.axes(), []string{"C1", "C5"})})
	}
	for _, a := range w.verdict.Alternatives {
		for i, reason := range a.Because {
			all = append(all, Sentence{InAlternatives, a.Title + ": " + reason, []string{a.becauseOf[i]}})
		}
		if a.Excluded != "" {
			all = append(all, Sentence{InAlternatives, a.Title + " is ruled out: " + a.Excluded, []string{a.excludedBy}})
		}
	}
	return all
}

func joinedText(sentences []Sentence) string {
	texts := make([]string, len(sentences))
	for i, s := range sentences {
		texts[i] = s.Text
	}
	return strings.Join(texts, " ")
}
