package assessments

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// MaxFindings bounds how many findings a result lists. A file of 2 MB can hold containers enough for a million: a list that nobody reads,
// in a result that no machine holds. The gravest are listed, open ones before waived ones; the others are counted, and count for scores
// and gates as those listed do.
const MaxFindings = 40_000

// LeftOut counts the findings of a rule and a severity that a result does not list.
type LeftOut struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Open     int      `json:"open"`
	Waived   int      `json:"waived,omitzero"`
}

// OpenAt counts the findings that are not listed and not waived, at a severity or above.
func OpenAt(all []LeftOut, least Severity) int {
	n := 0
	for _, l := range all {
		if l.Severity >= least {
			n += l.Open
		}
	}
	return n
}

// LeftOutWords says what a list does not hold, and how a command sees it; empty where it holds all.
func LeftOutWords(all []LeftOut) string {
	said := LeftOutSentence(all)
	if said == "" {
		return ""
	}
	return said + " Judge fewer files at once, or leave rules out, to see them."
}

// LeftOutSentence says what a list does not hold; empty where it holds all.
func LeftOutSentence(all []LeftOut) string {
	n := 0
	for _, l := range all {
		n += l.Open + l.Waived
	}
	if n == 0 {
		return ""
	}
	noun := "findings"
	if n == 1 {
		noun = "finding"
	}
	return fmt.Sprintf("%s %s more are counted and not listed: a result lists the %s gravest.", Grouped(int64(n), ","), noun, Grouped(MaxFindings, ","))
}

// List takes findings in the order of Arrange and gives those that a result lists, with what it leaves out.
func List(findings []Finding) ([]Finding, []LeftOut) { return list(findings, MaxFindings) }

func list(findings []Finding, most int) ([]Finding, []LeftOut) {
	kept := gravest(len(findings), most, func(i, j int) int {
		return cmp.Or(compareBools(findings[i].Waived, findings[j].Waived), cmp.Compare(i, j))
	})
	if kept == nil {
		return findings, nil
	}
	var left leftOut
	for i, f := range findings {
		if !kept[i] {
			left.add(leftOutOf(f.Rule, f.Severity, f.Waived))
		}
	}
	return selected(findings, kept), left.all()
}

// JoinLeftOut adds up two lists of what is not listed.
func JoinLeftOut(a, b []LeftOut) []LeftOut {
	var left leftOut
	for _, l := range slices.Concat(a, b) {
		left.add(l)
	}
	return left.all()
}

// gravest marks the first of n things in an order; nil: all of them.
func gravest(n, most int, compare func(i, j int) int) []bool {
	if n <= most {
		return nil
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, compare)
	kept := make([]bool, n)
	for _, i := range order[:most] {
		kept[i] = true
	}
	return kept
}

// selected copies what is kept: the list must let go of the others.
func selected[T any](all []T, kept []bool) []T {
	var chosen []T
	for i, one := range all {
		if kept[i] {
			chosen = append(chosen, one)
		}
	}
	return slices.Clip(chosen)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// leftOut adds up what is left out.
type leftOut map[LeftOut]*LeftOut

func (l *leftOut) add(some LeftOut) {
	key := LeftOut{Rule: some.Rule, Severity: some.Severity}
	if *l == nil {
		*l = leftOut{}
	}
	if (*l)[key] == nil {
		(*l)[key] = &LeftOut{Rule: some.Rule, Severity: some.Severity}
	}
	sum := (*l)[key]
	sum.Open, sum.Waived = sum.Open+some.Open, sum.Waived+some.Waived
}

func leftOutOf(rule string, severity Severity, waived bool) LeftOut {
	if waived {
		return LeftOut{Rule: rule, Severity: severity, Waived: 1}
	}
	return LeftOut{Rule: rule, Severity: severity, Open: 1}
}

// all is what was left out, the gravest first, then by rule; nil: nothing.
func (l leftOut) all() []LeftOut {
	if len(l) == 0 {
		return nil
	}
	all := make([]LeftOut, 0, len(l))
	for _, sum := range l {
		all = append(all, *sum)
	}
	slices.SortFunc(all, func(a, b LeftOut) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), strings.Compare(a.Rule, b.Rule))
	})
	return all
}

// bound keeps of one rule's findings as many as a result lists, once all of them were tallied: a rule alone may have more.
func (v *verdict) bound(most int) {
	waived := func(i int) bool { return v.waivedBy != nil && v.waivedBy[i] != nil }
	kept := gravest(len(v.fails), most, func(i, j int) int {
		a, b := &v.fails[i], &v.fails[j]
		return cmp.Or(compareBools(waived(i), waived(j)), cmp.Compare(b.severity, a.severity), compareSubjects(a.subject, b.subject),
			comparePlaces(a.place, b.place), cmp.Compare(i, j))
	})
	if kept == nil {
		return
	}
	for i := range v.fails {
		if !kept[i] {
			v.left.add(leftOutOf(v.rule.ID, v.fails[i].severity, waived(i)))
		}
	}
	v.fails = selected(v.fails, kept)
	if v.waivedBy != nil {
		v.waivedBy = selected(v.waivedBy, kept)
	}
}

// listFindings is what a result lists of its verdicts' findings, and what it leaves out.
func listFindings(verdicts []*verdict) ([]Finding, []LeftOut) {
	var left leftOut
	for _, v := range verdicts {
		for _, l := range v.left {
			left.add(*l)
		}
	}
	listed, beyond := List(findingsOf(verdicts))
	for _, l := range beyond {
		left.add(l)
	}
	return listed, left.all()
}
