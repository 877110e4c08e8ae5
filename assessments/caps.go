package assessments

import "plimsoll/assessments/questionnaire"

// uncapped is the level of no cap at all.
const uncapped = 100

// Levels that evidence caps a pillar at, and the shares of the judged weight from which it does so outside an `any` control.
const (
	criticalCap     = 59
	highCap         = 84
	criticalOneInAt = 20 // 5 %
	highOneInAt     = 5  // 20 %
)

// capLevels are where a source of caps holds its pillar: with what is unknown at its worst, left out, and at its best.
type capLevels struct{ low, point, high int }

var noCaps = capLevels{uncapped, uncapped, uncapped}

func (c capLevels) lower(other capLevels) capLevels {
	return capLevels{min(c.low, other.low), min(c.point, other.point), min(c.high, other.high)}
}

// caps that one rule's outcomes set. worst is the gravest finding that the rule can give.
func (t tally) caps(adding Adding, worst Severity) capLevels {
	seen, all := t.pass+t.fail, t.pass+t.fail+t.unknown
	grave, serious := t.failAt[Critical], t.failAt[Critical]+t.failAt[High]
	graveAtWorst, seriousAtWorst := grave, serious
	if worst >= Critical {
		graveAtWorst += t.unknown
	}
	if worst >= High {
		seriousAtWorst += t.unknown
	}
	return capLevels{
		low:   evidenceCap(graveAtWorst, seriousAtWorst, all, adding),
		point: evidenceCap(grave, serious, seen, adding),
		high:  evidenceCap(grave, serious, all, adding),
	}
}

func evidenceCap(grave, serious, judged int64, adding Adding) int {
	switch {
	case grave > 0 && (adding == Any || grave*criticalOneInAt >= judged):
		return criticalCap
	case serious > 0 && (adding == Any || serious*highOneInAt >= judged):
		return highCap
	}
	return uncapped
}

// capsUnseen are the caps of a control whose evidence is unknown as a whole.
func capsUnseen(worst Severity) capLevels {
	return capLevels{low: evidenceCap(tellWorst(worst >= Critical), tellWorst(worst >= High), 1, Any), point: uncapped, high: uncapped}
}

func tellWorst(reached bool) int64 {
	if reached {
		return 1
	}
	return 0
}

func optionCap(o questionnaire.Option) int {
	if o.Cap > 0 {
		return o.Cap
	}
	return uncapped
}

// lowestOptionCap is the lowest cap that any answer to the question can set.
func lowestOptionCap(q *questionnaire.Question) int {
	level := uncapped
	for _, o := range q.Options {
		level = min(level, optionCap(o))
	}
	return level
}
