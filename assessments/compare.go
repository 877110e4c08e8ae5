package assessments

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments/questionnaire"
)

// staleAfter is how much older than an answer a snapshot may be before it can't be held against it.
const staleAfter = 30 * 24 * time.Hour

// sighted is what decisive pairs said of one question's answer.
type sighted struct {
	lowest   *questionnaire.Option // the best option that all of them still allow; nil: they lower nothing
	blind    []string              // pairs that were due and could not look, or could not look at an answer that is still missing
	reopened bool                  // the question was taken out, and evidence says that it is not
}

// comparison is every pair held against the answers.
type comparison struct {
	contradictions []Contradiction
	byQuestion     map[string]*sighted
	reopens        map[string]bool // context questions that evidence contradicts
}

// compare holds the answers against the evidence. In a plan no pair is due: one that could not look is passed over in silence.
func compare(in Input, sheet questionnaire.Sheet, view View, verdicts []*verdict) comparison {
	result := comparison{byQuestion: map[string]*sighted{}, reopens: map[string]bool{}, contradictions: []Contradiction{}}
	if !in.Surveyed {
		return result
	}
	said := make(map[string][]Outcome, len(verdicts))
	for _, v := range verdicts {
		if v.said != nil {
			said[v.rule.ID] = v.said
		}
	}
	pairs := slices.Clone(in.Content.Pairs)
	slices.SortFunc(pairs, func(a, b Pair) int { return strings.Compare(a.ID, b.ID) })
	for _, pair := range pairs {
		for _, sight := range look(pair, PairView{View: view, Answers: sheet, Siblings: in.Siblings, Outcomes: said}) {
			if view.Plan && sight.Looked != Saw {
				continue
			}
			if q, ok := in.Content.Questionnaire.Question(sight.Question); ok {
				result.hold(pair, sight, q, sheet.Given(q.ID), view)
			}
		}
	}
	slices.SortStableFunc(result.contradictions, func(a, b Contradiction) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(resultRank(a.Result), resultRank(b.Result)),
			strings.Compare(a.Pair, b.Pair), strings.Compare(a.Question, b.Question),
			strings.Compare(a.AllowsID, b.AllowsID), strings.Compare(a.Reason, b.Reason))
	})
	return result
}

func resultRank(r PairResult) int {
	return slices.Index([]PairResult{Contradicted, PartlyTrue, BetterThanSaid, Confirmed, Stale, PairCannotSee, PairNotChecked}, r)
}

// look gives at least one sight for each of the pair's questions: what a pair passes over is "not checked".
func look(pair Pair, view PairView) []Sight {
	var sights []Sight
	reason := "the pair gave no result for this question"
	switch {
	case view.Facts == nil:
		reason = "no snapshot yet"
	case pair.Look == nil:
		reason = "this content version does not look at it yet"
	default:
		sights = pair.Look(view)
	}
	for _, question := range pair.Questions {
		if !slices.ContainsFunc(sights, func(s Sight) bool { return s.Question == question }) {
			sights = append(sights, Sight{Question: question, Looked: NotChecked, Reason: reason})
		}
	}
	return sights
}

// hold compares one answer with what one pair saw of it. An answer that nobody gave claims nothing.
func (c *comparison) hold(pair Pair, sight Sight, q *questionnaire.Question, given questionnaire.Given, view View) {
	decisive := pair.Decisive
	if sight.Decisive != nil {
		decisive = *sight.Decisive
	}
	entry := Contradiction{
		Pair: pair.ID, Question: q.ID, Decisive: decisive, Claim: given.Text, Reason: sight.Reason, Asks: sight.Asks,
		Evidence: sight.Evidence, Subjects: sight.Subjects,
	}
	switch given.State {
	case questionnaire.Answered:
		c.holdAnswer(&entry, sight, q, given, view)
		if entry.Result == Stale && view.Plan {
			return
		}
	case questionnaire.NotApplicable, questionnaire.Skipped:
		if !pair.Reopens {
			return
		}
		c.holdAbsence(&entry, sight)
		if entry.Result != Contradicted && given.State == questionnaire.Skipped { // nobody claimed that there is none
			return
		}
	default:
		if sight.Looked != Saw {
			c.couldNotLook(pair.ID, decisive, q.ID, view)
		}
		return
	}
	c.contradictions = append(c.contradictions, entry)
}

// couldNotLook notes a decisive pair that was due: an answer stays open at its low end until it can look.
func (c *comparison) couldNotLook(pair string, decisive bool, question string, view View) {
	if decisive && !view.Plan {
		c.of(question).blind = append(c.of(question).blind, pair)
	}
}

// holdAbsence compares "there is none" with what was seen: a sight that names nothing bears it out.
func (c *comparison) holdAbsence(entry *Contradiction, sight Sight) {
	entry.Claim = "not applicable"
	switch {
	case sight.Looked == CannotSee:
		entry.Result = PairCannotSee
	case sight.Looked != Saw:
		entry.Result = PairNotChecked
	case sight.Allows == "" && len(sight.Subjects) == 0:
		entry.Result = Confirmed
	default:
		entry.Result, entry.Severity = Contradicted, Medium
		if entry.Decisive {
			c.of(entry.Question).reopened = true
		}
	}
}

func (c *comparison) of(question string) *sighted {
	if c.byQuestion[question] == nil {
		c.byQuestion[question] = &sighted{}
	}
	return c.byQuestion[question]
}

func (c *comparison) holdAnswer(entry *Contradiction, sight Sight, q *questionnaire.Question, given questionnaire.Given, view View) {
	if len(given.Options) == 1 {
		entry.ClaimID = given.Options[0]
	}
	switch sight.Looked {
	case Saw:
		entry.Reason = staleness(given, view)
		if entry.Reason != "" {
			sight.Looked, entry.Result = NotChecked, Stale
		}
	case CannotSee:
		entry.Result = PairCannotSee
	default:
		entry.Result = PairNotChecked
	}
	if sight.Looked != Saw {
		c.couldNotLook(entry.Pair, entry.Decisive, q.ID, view)
		return
	}
	allowed, has := q.Option(sight.Allows)
	if !has {
		entry.Result = Confirmed
		if sight.Asks != "" {
			entry.Result, entry.Severity = PartlyTrue, Low
		}
		return
	}
	entry.Allows, entry.AllowsID = allowed.Text, allowed.ID
	if q.Weight == 0 || q.Multi {
		c.holdContext(entry, q, given)
		return
	}
	claimed, _ := q.Option(entry.ClaimID)
	entry.Result, entry.Severity = judgeDistance(allowed.Position-claimed.Position, q.Weight, sight.Partly)
	if seen := c.of(q.ID); entry.Decisive && (seen.lowest == nil || allowed.ValueMicros < seen.lowest.ValueMicros) {
		seen.lowest = &allowed
	}
}

// holdContext compares a context answer, which has no steps: what evidence shows is among the options said, or it is not.
func (c *comparison) holdContext(entry *Contradiction, q *questionnaire.Question, given questionnaire.Given) {
	if slices.Contains(given.Options, entry.AllowsID) {
		entry.Result = Confirmed
		return
	}
	entry.Result, entry.Severity = Contradicted, Medium
	if entry.Decisive {
		c.reopens[q.ID] = true
	}
}

// judgeDistance names what lies between claim and evidence, counted in steps of the question's own options: one step is low, two
// medium, three high, one class up from two steps on where the question weighs 4 or more.
func judgeDistance(steps, weight int, partly bool) (PairResult, Severity) {
	switch {
	case steps < 0:
		return BetterThanSaid, 0
	case steps == 0:
		return Confirmed, 0
	}
	severity := min(Low+Severity(steps-1), High)
	if weight >= 4 && steps >= 2 {
		severity++
	}
	if partly {
		return PartlyTrue, severity
	}
	return Contradicted, severity
}

// staleness says why snapshot and answer are too far apart to be held together; empty where they are not.
func staleness(given questionnaire.Given, view View) string {
	if day, ok := parseDay(given.ReviewBy); ok && view.AsOf.After(day) {
		return "the answer was due for review on " + day.Format(time.DateOnly)
	}
	if day, ok := parseDay(given.AnsweredAt); ok && !view.TakenAt.IsZero() && day.Sub(Day(view.TakenAt)) > staleAfter {
		return "the snapshot is more than 30 days older than the answer"
	}
	return ""
}

func parseDay(text string) (time.Time, bool) {
	if len(text) < len(time.DateOnly) {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, text[:len(time.DateOnly)])
	return day, err == nil
}
