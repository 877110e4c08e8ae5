package custom

import (
	"cmp"
	"slices"

	"plimsoll/assessments"
)

// tally is what one rule came to, without what it says of each subject.
type tally struct {
	count        assessments.RuleCount
	blind        map[string]int
	open, waived []int32 // subjects that fail, by their place in the order
}

func (t *tally) take(r *Rule, at int32, about subject, waiving assessments.Waiving) {
	switch result, reason := r.judge(about); result {
	case assessments.Pass:
		t.count.Pass++
	case assessments.NotApplicable:
		t.count.NotApplicable++
	case assessments.Fail:
		t.count.Fail++
		if waiving.Over(r.ID, about.outcome) != nil {
			t.waived = append(t.waived, at)
		} else {
			t.open = append(t.open, at)
		}
	default:
		t.count.Unknown++
		if t.blind == nil {
			t.blind = map[string]int{}
		}
		t.blind[reason]++
	}
}

func (t *tally) result(r *Rule) RuleResult {
	result := RuleResult{ID: r.ID, Title: r.Text.Title, Severity: r.Severity, RuleCount: t.count}
	for why, n := range t.blind {
		result.CouldNotTell = append(result.CouldNotTell, Blind{why, n})
	}
	slices.SortFunc(result.CouldNotTell, func(a, b Blind) int { return cmp.Compare(a.Why, b.Why) })
	return result
}

// listed are the findings that a result may list: those of the gravest rules, open ones before waived ones, whole rules until there are
// enough. assessments.List cuts the last of them.
type listed struct {
	rules  map[int32][]int // by subject
	beyond []assessments.LeftOut
}

func choose(set []*Rule, tallies []tally, most int) listed {
	order := make([]int, len(set))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(set[b].Severity, set[a].Severity), cmp.Compare(set[a].ID, set[b].ID))
	})
	l, n := listed{rules: map[int32][]int{}}, 0
	take := func(i int, subjects []int32, left assessments.LeftOut) {
		if n >= most {
			l.beyond = append(l.beyond, left)
			return
		}
		n += len(subjects)
		for _, at := range subjects {
			l.rules[at] = append(l.rules[at], i)
		}
	}
	for _, i := range order {
		take(i, tallies[i].open, assessments.LeftOut{Rule: set[i].ID, Severity: set[i].Severity, Open: len(tallies[i].open)})
	}
	for _, i := range order {
		take(i, tallies[i].waived, assessments.LeftOut{Rule: set[i].ID, Severity: set[i].Severity, Waived: len(tallies[i].waived)})
	}
	l.beyond = slices.DeleteFunc(l.beyond, func(left assessments.LeftOut) bool { return left.Open+left.Waived == 0 })
	return l
}

func (l listed) holds(at int32) bool { return len(l.rules[at]) > 0 }

func (l listed) has(at int32, rule int) bool { return slices.Contains(l.rules[at], rule) }
