package questionnaire

import (
	"cmp"
	"slices"
)

// end is where one axis stands under some answers.
type end struct {
	band  band
	stops stops
}

// class is what a choice of answers for some open questions leaves: the axis with everything else at its worst, and at its best.
type class struct{ worst, best end }

// meet joins the ends of both axes.
func meet(need, ability end) standing {
	return standing{need: need.band, ability: ability.band, stops: need.stops | ability.stops}
}

// partial is a choice of answers half way through an axis.
type partial struct {
	worst, best           tally
	worstStops, bestStops stops
}

func (p partial) with(b ballot, worst, best Option) partial {
	p.worst.add(b.weight, worst.ValueMicros)
	p.best.add(b.weight, best.ValueMicros)
	p.worstStops |= stopOf[worst.ID]
	p.bestStops |= stopOf[best.ID]
	return p
}

// classes goes through every answer to the ballots that the mask names (by their place among the open ones) and collects what is
// left. The two axes can be gone through apart, and answers of different questions meet only in sums and stops: 4¹² ways are a few
// hundred sums.
func classes(ballots []ballot, mask uint, at thresholds) []class {
	reached := map[partial]bool{{}: true}
	open := uint(0)
	for _, b := range ballots {
		next := make(map[partial]bool, len(reached))
		free := b.open && mask&(1<<open) == 0
		for p := range reached {
			if free {
				next[p.with(b, b.worst(), b.best())] = true
				continue
			}
			for _, o := range b.options {
				next[p.with(b, o, o)] = true
			}
		}
		if b.open {
			open++
		}
		reached = next
	}
	seen := map[class]bool{}
	var all []class
	for p := range reached {
		c := class{end{p.worst.band(at), p.worstStops}, end{p.best.band(at), p.bestStops}}
		if !seen[c] {
			seen[c] = true
			all = append(all, c)
		}
	}
	return all
}

// reachable are the verdicts that some answer to the open questions gives, from "no" upwards. Every option counts, not the corners
// alone: a middling answer can reach a verdict between those of the extremes.
func reachable(need, ability []ballot) []VerdictCode {
	all := ^uint(0)
	found := map[VerdictCode]bool{}
	for _, n := range classes(need, all, needThresholds) {
		for _, a := range classes(ability, all, abilityThresholds) {
			found[meet(n.worst, a.worst).verdict()] = true
		}
	}
	var codes []VerdictCode
	for _, code := range verdictOrder {
		if found[code] {
			codes = append(codes, code)
		}
	}
	return codes
}

// deciding is the smallest set of open questions such that, whatever is answered to them, one verdict is left whatever the rest
// would say. Among sets of one size the one that is asked first is taken. The gate is monotone, so the rest at its worst and at its
// best tell for all in between.
func deciding(need, ability []ballot) []string {
	open := slices.Concat(opened(need), opened(ability))
	needs := len(opened(need))
	needClasses, abilityClasses := map[uint][]class{}, map[uint][]class{}
	decides := func(mask uint) bool {
		n, a := mask&(1<<needs-1), mask>>needs
		if needClasses[n] == nil {
			needClasses[n] = classes(need, n, needThresholds)
		}
		if abilityClasses[a] == nil {
			abilityClasses[a] = classes(ability, a, abilityThresholds)
		}
		return decided(needClasses[n], abilityClasses[a])
	}
	// What the others can't do without belongs to every deciding set, so that few sets are left to try.
	all, must := uint(1)<<len(open)-1, uint(0)
	for i := range open {
		if !decides(all &^ (1 << i)) {
			must |= 1 << i
		}
	}
	best := picked(open, all)
	for rest := all &^ must; ; rest = (rest - 1) &^ must & all {
		if set := picked(open, must|rest); fewer(set, best) && decides(must|rest) {
			best = set
		}
		if rest == 0 {
			break
		}
	}
	ids := make([]string, len(best))
	for i, question := range best {
		ids[i] = question.ID
	}
	return ids
}

// fewer orders sets by size, then by what is asked first.
func fewer(a, b []*Question) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return slices.CompareFunc(a, b, asked) < 0
}

func decided(need, ability []class) bool {
	for _, n := range need {
		for _, a := range ability {
			if meet(n.worst, a.worst).verdict() != meet(n.best, a.best).verdict() {
				return false
			}
		}
	}
	return true
}

func opened(ballots []ballot) []*Question {
	var open []*Question
	for _, b := range ballots {
		if b.open {
			open = append(open, b.question)
		}
	}
	return open
}

// picked are the questions that the mask names, as they are asked.
func picked(questions []*Question, mask uint) []*Question {
	var set []*Question
	for i, question := range questions {
		if mask&(1<<i) != 0 {
			set = append(set, question)
		}
	}
	slices.SortFunc(set, asked)
	return set
}

// asked orders gate questions as they are asked: G2 before G10.
func asked(a, b *Question) int {
	return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
}
