package questionnaire

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Option ids that steer the questionnaire.
const (
	noClusterYet    = "C1.a"
	runByProvider   = "C2.a"
	runByPartner    = "C2.b"
	runsJVM         = "C3.a"
	onlyKubernetes  = "C5.a"
	dayLayout       = "2006-01-02"
	contextRuntimes = "C3"
)

// Sheet works out what counts for every question: answers checked, blind pairs joined, skip logic applied. The order of the
// answers changes nothing. The error is an *AnswerError.
func (q *Questionnaire) Sheet(answers []Answer) (Sheet, error) {
	type chair struct {
		question string
		seat     Seat
	}
	byChair := map[chair]Answer{}
	for _, a := range answers {
		if err := q.Validate(a); err != nil {
			return Sheet{}, err
		}
		at := chair{a.Question, a.Seat}
		if _, double := byChair[at]; double {
			return Sheet{}, &AnswerError{Question: a.Question, Field: "question", Problem: strings.TrimSpace(fmt.Sprintf("is answered twice %s", a.Seat))}
		}
		byChair[at] = q.Canonical(a)
	}
	s := Sheet{questionnaire: q, given: make(map[string]Given, len(q.byID))}
	for id, question := range q.byID {
		if question.Who == Both {
			s.given[id] = question.join(byChair[chair{id, Manager}], byChair[chair{id, Engineer}])
		} else {
			s.given[id] = question.given(byChair[chair{id, ""}])
		}
	}
	s.skip()
	return s, nil
}

// skip hides the JVM's questions where it was answered that no JVM runs. Only a context answer hides; while it is missing the
// questions stand.
func (s Sheet) skip() {
	runtimes := s.given[contextRuntimes]
	if runtimes.State != Answered || slices.Contains(runtimes.Options, runsJVM) {
		return
	}
	for id, question := range s.questionnaire.byID {
		if question.Section == JVM {
			s.given[id] = Given{Question: id, State: Skipped, SkippedBy: contextRuntimes}
		}
	}
}

// given is what one answer counts for; the zero answer counts as unanswered.
func (q *Question) given(a Answer) Given {
	g := Given{
		Question: q.ID, State: a.State, Figure: a.Figure, Basis: a.Basis, Note: a.Note, Links: a.Links, Reason: a.Reason,
		Sentence: a.Sentence, Respondent: a.Respondent,
	}
	if g.State == "" {
		g.State = Unanswered
	}
	if !a.AnsweredAt.IsZero() {
		g.AnsweredAt = a.AnsweredAt.UTC().Format(dayLayout)
	}
	if !a.ReviewBy.IsZero() {
		g.ReviewBy = a.ReviewBy.UTC().Format(dayLayout)
	}
	if g.State == Answered {
		q.choose(&g, a.Options)
	}
	return g
}

// choose sets the options, in the question's own order, with their words and, for a single choice, value and cap.
func (q *Question) choose(g *Given, ids []string) {
	var words []string
	g.Options = nil
	for _, o := range q.Options {
		if slices.Contains(ids, o.ID) {
			g.Options = append(g.Options, o.ID)
			words = append(words, o.Text)
			g.ValueMicros, g.Cap = o.ValueMicros, o.Cap
		}
	}
	g.Text = strings.Join(words, "; ")
}

// join makes one of two blind answers: the lower counts, and what one seat leaves open keeps the low end at nothing. A question
// leaves the sums only when both seats say that it does not apply.
func (q *Question) join(manager, engineer Answer) Given {
	m, e := q.given(manager), q.given(engineer)
	switch {
	case m.State == Answered && e.State == Answered:
		lower, higher := m, e
		if q.position(e) > q.position(m) {
			lower, higher = e, m
		}
		lower.Disagree = q.position(lower) - q.position(higher)
		lower.Respondent = joined(m.Respondent, e.Respondent)
		return lower
	case m.State == Answered:
		m.HalfGiven = true
		return m
	case e.State == Answered:
		e.HalfGiven = true
		return e
	case m.State == e.State:
		m.Respondent = joined(m.Respondent, e.Respondent)
		return m
	case m.State == Unknown:
		return m
	case e.State == Unknown:
		return e
	}
	return Given{Question: q.ID, State: Unanswered}
}

// position of a single choice, in steps from the best option.
func (q *Question) position(g Given) int {
	option, _ := q.Option(g.Options[0])
	return option.Position
}

func joined(names ...string) string {
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	return strings.Join(slices.Compact(names), ", ")
}

// Plan reports whether there is no cluster yet, so that questions ask about the plan and no evidence is due.
func (s Sheet) Plan() bool { return s.Has("C1", noClusterYet) }

// Bought reports whether a provider or partner runs the control plane.
func (s Sheet) Bought() bool { return s.Has("C2", runByProvider) || s.Has("C2", runByPartner) }

// All returns what counts, question by question, in the order they are asked.
func (s Sheet) All() []Given {
	if s.questionnaire == nil {
		return nil
	}
	all := make([]Given, 0, len(s.given))
	for _, question := range s.questionnaire.Questions() {
		all = append(all, s.Given(question.ID))
	}
	return all
}

// Lowered returns a sheet in which a question counts as the given option, because evidence allows no better. It never raises: an
// answer that is no better already, and whatever is no answer, stays.
func (s Sheet) Lowered(question, option string) Sheet {
	asked, ok := s.questionnaire.Question(question)
	if !ok || asked.Section == Context {
		return s
	}
	to, ok := asked.Option(option)
	g := s.Given(question)
	if !ok || to.Blind || g.State != Answered || asked.position(g) >= to.Position {
		return s
	}
	asked.choose(&g, []string{to.ID})
	return s.with(g)
}

// Reopened returns a sheet in which the questions, taken out as not applicable or skipped, are unanswered: evidence shows that they
// do apply. Other questions stay.
func (s Sheet) Reopened(questions ...string) Sheet {
	for _, id := range questions {
		if state := s.Given(id).State; state == NotApplicable || state == Skipped {
			s = s.with(Given{Question: id, State: Unanswered})
		}
	}
	return s
}

// with returns a copy in which one question counts otherwise.
func (s Sheet) with(g Given) Sheet {
	given := maps.Clone(s.given)
	given[g.Question] = g
	return Sheet{questionnaire: s.questionnaire, given: given}
}

// Wording is the text of a question for these answers: about the plan where there is no cluster yet, about your side where a
// provider runs the control plane, else as it stands.
func (q *Questionnaire) Wording(question *Question, s Sheet) string {
	if s.Plan() && question.PlanText != "" {
		return question.PlanText
	}
	if s.Bought() && question.ProviderText != "" {
		return question.ProviderText
	}
	return question.Text
}
