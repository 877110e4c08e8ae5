package questionnaire

import (
	"cmp"
	"math/bits"
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

// classes goes through every answer to the ballots that the mask names (by their place among the open ones) and collects what is
// left. Answers of different questions meet only in sums and stops, so few classes come of many answers; and the two axes can be gone
// through apart: 4⁷ + 4⁵ ways instead of 4¹².
func classes(ballots []ballot, mask uint, at thresholds) []class {
	seen := map[class]bool{}
	var walk func(i int, open uint, worst, best tally, worstStops, bestStops stops)
	walk = func(i int, open uint, worst, best tally, worstStops, bestStops stops) {
		if i == len(ballots) {
			seen[class{end{worst.band(at), worstStops}, end{best.band(at), bestStops}}] = true
			return
		}
		b := ballots[i]
		next := open
		if b.open {
			next++
		}
		if b.open && mask&(1<<open) == 0 {
			worst.add(b.weight, b.worst().ValueMicros)
			best.add(b.weight, b.best().ValueMicros)
			walk(i+1, next, worst, best, worstStops|stopOf[b.worst().ID], bestStops|stopOf[b.best().ID])
			return
		}
		for _, o := range b.options {
			w, h := worst, best
			w.add(b.weight, o.ValueMicros)
			h.add(b.weight, o.ValueMicros)
			walk(i+1, next, w, h, worstStops|stopOf[o.ID], bestStops|stopOf[o.ID])
		}
	}
	walk(0, 0, tally{}, tally{}, 0, 0)
	all := make([]class, 0, len(seen))
	for c := range seen {
		all = append(all, c)
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
	needOpen, abilityOpen := opened(need), opened(ability)
	needClasses := make([][]class, 1<<len(needOpen))
	for mask := range needClasses {
		needClasses[mask] = classes(need, uint(mask), needThresholds)
	}
	abilityClasses := make([][]class, 1<<len(abilityOpen))
	for mask := range abilityClasses {
		abilityClasses[mask] = classes(ability, uint(mask), abilityThresholds)
	}
	var best []*Question
	for n := range needClasses {
		for a := range abilityClasses {
			size := bits.OnesCount(uint(n)) + bits.OnesCount(uint(a))
			if best != nil && size > len(best) || !decided(needClasses[n], abilityClasses[a]) {
				continue
			}
			set := append(picked(needOpen, uint(n)), picked(abilityOpen, uint(a))...)
			slices.SortFunc(set, asked)
			if best == nil || size < len(best) || slices.CompareFunc(set, best, asked) < 0 {
				best = set
			}
		}
	}
	ids := make([]string, len(best))
	for i, question := range best {
		ids[i] = question.ID
	}
	return ids
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

func picked(questions []*Question, mask uint) []*Question {
	var set []*Question
	for i, question := range questions {
		if mask&(1<<i) != 0 {
			set = append(set, question)
		}
	}
	return set
}

// asked orders gate questions as they are asked: G2 before G10.
func asked(a, b *Question) int {
	return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
}
