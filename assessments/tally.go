package assessments

import (
	"math/big"

	"plimsoll/assessments/facts"
)

// tally adds up one rule's outcomes. Weights are subjects' criticalities; shares of them are counted in quarters, since a fail
// counts whole, half or a quarter.
type tally struct {
	pass, fail, unknown int64
	lostQuarters        int64               // of the fails: 4 a unit of weight where they count whole
	worstQuarters       int64               // the gravest single fail, whatever it weighs
	failAt              [Critical + 1]int64 // weight of fails by their finding's severity
}

// failQuarters is how much a fail counts by its finding's severity: a whole at the control's or above, a half one step below,
// a quarter further down.
func failQuarters(finding, control Severity) int64 {
	switch {
	case finding >= control:
		return 4
	case finding == control-1:
		return 2
	}
	return 1
}

// weightOf is how much a subject counts: a normal workload's share where nothing is said.
func weightOf(c facts.Criticality) int64 {
	if c <= 0 {
		c = facts.CriticalityNormal
	}
	return int64(c)
}

// fails adds a fail.
func (t *tally) fails(criticality facts.Criticality, finding, control Severity) {
	weight, quarters := weightOf(criticality), failQuarters(finding, control)
	t.fail += weight
	t.lostQuarters += weight * quarters
	t.worstQuarters = max(t.worstQuarters, quarters)
	t.failAt[finding] += weight
}

// span is o of one rule over its subjects. A rule with no subject that applies leaves the sums.
func (t tally) span(adding Adding) span {
	seen, all := t.pass+t.fail, t.pass+t.fail+t.unknown
	if all == 0 {
		return outOfSums
	}
	s := span{applies: true, known: big.NewRat(seen, all)}
	if adding == Any {
		s.high = big.NewRat(4-t.worstQuarters, 4)
		s.low = s.high
		if t.unknown > 0 {
			s.low = zero
		}
		if seen > 0 {
			s.point = s.high
		}
		return s
	}
	keptQuarters := 4*seen - t.lostQuarters
	s.low = big.NewRat(keptQuarters, 4*all)
	s.high = big.NewRat(keptQuarters+4*t.unknown, 4*all)
	if seen > 0 {
		s.point = big.NewRat(keptQuarters, 4*seen)
	}
	return s
}
