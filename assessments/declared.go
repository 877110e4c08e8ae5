package assessments

import (
	"math/big"

	"plimsoll/assessments/questionnaire"
)

// counted is one question as it counts: its value after evidence lowered it, and its caps.
type counted struct {
	question *questionnaire.Question
	applies  bool
	missing  bool    // unanswered, unknown, or one of two blind answers is missing: an answer would narrow it
	point    *Micros // nil: no answer
	low      Micros
	high     Micros
	caps     capLevels
	capBy    string   // the option behind caps.point
	blind    []string // decisive pairs that could not look
	lowered  bool     // evidence allows less than was said
}

const fullMicros Micros = 1_000_000

// countAnswers says what counts for each scored question of the pillars.
func countAnswers(in Input, sheet questionnaire.Sheet, pairs comparison) map[string]counted {
	all := map[string]counted{}
	if !in.Surveyed {
		return all
	}
	for _, section := range in.Content.Questionnaire.Sections {
		for _, q := range section.Questions {
			all[q.ID] = count(q, sheet.Given(q.ID), pairs)
		}
	}
	return all
}

func count(q *questionnaire.Question, given questionnaire.Given, pairs comparison) counted {
	seen := pairs.byQuestion[q.ID]
	if seen == nil {
		seen = &sighted{}
	}
	c := counted{question: q, applies: true, caps: noCaps, blind: seen.blind}
	switch state := given.State; {
	case state == questionnaire.Answered:
		c.answer(given, *seen)
		return c
	case state == questionnaire.NotApplicable && !seen.reopened,
		state == questionnaire.Skipped && !seen.reopened && !pairs.reopens[given.SkippedBy]:
		return counted{question: q, caps: noCaps}
	}
	c.missing, c.high = true, fullMicros
	c.caps.low = lowestOptionCap(q)
	return c
}

// answer counts min(v, e). Low stays at 0, with every cap, while a decisive pair could not look or a second blind answer is missing.
func (c *counted) answer(given questionnaire.Given, seen sighted) {
	value, level, by := Micros(given.ValueMicros), uncapped, given.Options[0]
	if given.Cap > 0 {
		level = given.Cap
	}
	if seen.lowest != nil && Micros(seen.lowest.ValueMicros) < value {
		value, level, by = Micros(seen.lowest.ValueMicros), optionCap(*seen.lowest), seen.lowest.ID
		c.lowered = true
	}
	c.point, c.low, c.high, c.capBy = &value, value, value, by
	c.caps = capLevels{level, level, level}
	c.missing = given.HalfGiven
	if given.HalfGiven || len(seen.blind) > 0 {
		c.low = 0
		c.caps.low = lowestOptionCap(c.question)
	}
}

// declared is d of a control: the weighted mean of its questions, each by its weight times the share of it that goes here.
func declared(c Control, answers map[string]counted) span {
	mean := newMean()
	for _, declares := range c.Questions {
		q, ok := answers[declares.Question]
		if !ok || !q.applies {
			continue
		}
		s := span{applies: true, low: microsRat(q.low), high: microsRat(q.high), known: zero}
		if q.point != nil {
			s.point, s.known = microsRat(*q.point), one
		}
		mean.add(questionWeight(q, declares), s)
	}
	return mean.span()
}

func questionWeight(q counted, d Declares) *big.Rat {
	return big.NewRat(int64(q.question.Weight), int64(max(d.ShareParts, 1)))
}

func microsRat(m Micros) *big.Rat { return big.NewRat(int64(m), int64(fullMicros)) }
