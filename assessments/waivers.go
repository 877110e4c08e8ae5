package assessments

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"
)

// Holds reports whether the waiver is in force on the day: its last day still counts.
func (w Waiver) Holds(day time.Time) bool { return !w.Until.IsZero() && !Day(day).After(Day(w.Until)) }

// Covers reports whether the waiver names the rule and the subject.
func (w Waiver) Covers(rule string, s Subject) bool {
	return globs(w.Rule, rule) && globs(w.Kind, s.Kind) && globs(w.Namespace, s.Namespace) &&
		globs(w.Name, s.Name) && globs(w.Container, s.Container)
}

// globs matches path.Match patterns; the empty pattern and a lone star match everything, "/" included.
func globs(pattern, text string) bool {
	if pattern == "" || pattern == "*" || pattern == text {
		return true
	}
	matched, err := path.Match(pattern, text)
	return err == nil && matched
}

// waive marks failing outcomes that a waiver in force covers, and says which waivers did something. A waiver whose day is past
// is expired, whether or not it would still match.
func waive(waivers []Waiver, verdicts []*verdict, asOf time.Time) WaiverUse {
	use := WaiverUse{Used: []Waiver{}, Expired: []Waiver{}, Unmatched: []Waiver{}}
	ordered := slices.Clone(waivers)
	slices.SortFunc(ordered, compareWaivers)
	for i := range ordered {
		w := &ordered[i]
		switch {
		case !w.Holds(asOf):
			use.Expired = append(use.Expired, *w)
		case w.mark(verdicts):
			use.Used = append(use.Used, *w)
		default:
			use.Unmatched = append(use.Unmatched, *w)
		}
	}
	return use
}

// mark reports whether the waiver covers any finding. The first of several names the reason; all of them are used.
func (w *Waiver) mark(verdicts []*verdict) bool {
	matched := false
	for _, v := range verdicts {
		if !globs(w.Rule, v.rule.ID) {
			continue
		}
		for i, o := range v.fails {
			if !w.Covers(v.rule.ID, o.Subject) {
				continue
			}
			matched = true
			if v.waivedBy == nil {
				v.waivedBy = make([]*Waiver, len(v.fails))
			}
			if v.waivedBy[i] == nil {
				v.waivedBy[i] = w
			}
		}
	}
	return matched
}

func compareWaivers(a, b Waiver) int {
	return cmp.Or(strings.Compare(a.Rule, b.Rule), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name),
		strings.Compare(a.Kind, b.Kind), strings.Compare(a.Container, b.Container), a.Until.Compare(b.Until),
		strings.Compare(a.Reason, b.Reason), strings.Compare(a.Author, b.Author))
}
