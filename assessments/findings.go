package assessments

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// findingsOf turns failing outcomes into findings, gravest first, then by rule and subject. The verdicts let go of them, so that
// thousands are not held twice: it comes after everything that reads them.
func findingsOf(verdicts []*verdict) []Finding {
	fails := 0
	for _, v := range verdicts {
		fails += len(v.fails)
	}
	all := make([]Finding, 0, fails)
	for severity := Critical; severity >= 0; severity-- { // as they are ordered, so that little is left to be moved
		for _, v := range verdicts {
			all = v.appendFindings(all, severity)
		}
	}
	for _, v := range verdicts {
		v.fails = nil
	}
	Arrange(all)
	return all
}

// appendFindings adds the findings of one severity, in the rule's order.
func (v *verdict) appendFindings(all []Finding, severity Severity) []Finding {
	for i, o := range v.fails {
		if o.severity != severity {
			continue
		}
		f := Finding{
			Rule: v.rule.ID, Severity: o.severity, Subject: o.subject, Source: o.place, Message: o.said.Message,
			Evidence: o.said.Evidence, Expected: o.said.Expected, Mend: o.said.Mend,
		}
		if f.Evidence == nil {
			f.Evidence = []Evidence{}
		}
		if v.waivedBy != nil && v.waivedBy[i] != nil {
			f.Waived, f.WaivedBy, f.WaivedAtSource = true, v.waivedBy[i].Reason, v.waivedBy[i].Annotated
		}
		all = append(all, f)
	}
	return all
}

// Arrange orders findings, gravest first, then by rule and subject, and gives each its fingerprint.
func Arrange(findings []Finding) {
	if !slices.IsSortedFunc(findings, compareFindings) {
		slices.SortStableFunc(findings, compareFindings)
	}
	fingerprint(findings)
}

func compareFindings(a, b Finding) int {
	return cmp.Or(cmp.Compare(b.Severity, a.Severity), strings.Compare(a.Rule, b.Rule), compareSubjects(a.Subject, b.Subject),
		comparePlaces(a.Source, b.Source), strings.Compare(a.Message, b.Message))
}

// fingerprint names each finding by rule, subject and file, so that it is the same over runs and snapshots while lines move and
// severities change. Objects of one name in one file are told apart by their order in it.
func fingerprint(findings []Finding) {
	order := make([]int, len(findings))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(comparePlaces(findings[a].Source, findings[b].Source), cmp.Compare(a, b))
	})
	seen := map[[sha256.Size]byte]int{}
	var key []byte
	for _, i := range order {
		f := &findings[i]
		key = key[:0]
		for _, part := range [...]string{f.Rule, f.Subject.Kind, f.Subject.Namespace, f.Subject.Name, f.Subject.Container, f.Source.File} {
			key = append(append(key, part...), 0)
		}
		key = key[:len(key)-1]
		digest := sha256.Sum256(key)
		seen[digest]++
		if n := seen[digest]; n > 1 {
			digest = sha256.Sum256(strconv.AppendInt(append(key, 0), int64(n), 10))
		}
		f.Fingerprint = hex.EncodeToString(digest[:16])
	}
}

// blindSpots lists what could not be seen, and why: subjects a rule could not tell, controls that no rule of this version
// observes, and pairs that could not look.
func blindSpots(verdicts []*verdict, scored []controlResult, pairs comparison, content *Content) []Blind {
	type cause struct{ what, title, why string }
	subjects := map[cause]int{}
	for _, v := range verdicts {
		for reason, n := range v.unknown {
			subjects[cause{v.rule.ID, cmp.Or(v.rule.Text.Title, v.control.Title), reason}] += n
		}
	}
	for _, c := range scored {
		if c.unseen != "" {
			subjects[cause{c.control.ID, c.control.Title, c.unseen}] = 0
		}
	}
	observes := map[string]string{}
	for _, p := range content.Pairs {
		observes[p.ID] = p.Observes
	}
	for _, c := range pairs.contradictions {
		if c.Result == PairCannotSee || c.Result == PairNotChecked || c.Result == Stale {
			subjects[cause{c.Pair, cmp.Or(observes[c.Pair], c.Pair), c.Reason}] = 0
		}
	}
	all := make([]Blind, 0, len(subjects))
	for c, n := range subjects {
		all = append(all, Blind{What: c.what, Title: c.title, Why: c.why, Subjects: n})
	}
	slices.SortFunc(all, func(a, b Blind) int {
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.Why, b.Why), strings.Compare(a.Title, b.Title))
	})
	return all
}

// unobserved is why a control is blind whose rules come with a later content version.
const unobserved = "no rule of this content version observes it yet"

// BlindGroup is everything that one reason keeps out of sight.
type BlindGroup struct {
	Why   string
	Blind []Blind
}

// Unseen groups what could not be seen by its reason: one missing right or snapshot hides many things at once. The reason that hides
// most stands first; what waits for a later content version, which nobody can change, stands last.
func (a *Assessment) Unseen() []BlindGroup {
	var groups []BlindGroup
	at := map[string]int{}
	for _, b := range a.CouldNotSee {
		i, known := at[b.Why]
		if !known {
			i, groups = len(groups), append(groups, BlindGroup{Why: b.Why})
			at[b.Why] = i
		}
		groups[i].Blind = append(groups[i].Blind, b)
	}
	rank := func(g BlindGroup) int {
		if g.Why == unobserved {
			return 0
		}
		return len(g.Blind)
	}
	slices.SortStableFunc(groups, func(x, y BlindGroup) int { return cmp.Compare(rank(y), rank(x)) })
	return groups
}
