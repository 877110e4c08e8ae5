package assessments

import (
	"cmp"
	"slices"
	"strings"
)

// verdict is everything that one rule said, ready to be added up.
type verdict struct {
	rule     Rule
	control  *Control
	worst    Severity // the gravest finding it can give
	outcomes []Outcome
	waivedBy []*Waiver // beside outcomes; nil entries: not waived
	raw      tally
	mended   tally // raw with waived fails as passes
	count    RuleCount
}

// judge runs every rule over the facts. Without facts no rule has a word to say.
func judge(content *Content, view View) []*verdict {
	if view.Facts == nil {
		return nil
	}
	byID := map[string]*Control{}
	for i := range content.Controls {
		byID[content.Controls[i].ID] = &content.Controls[i]
	}
	var all []*verdict
	for _, rule := range content.Rules.All() {
		control := byID[rule.Control]
		if control == nil {
			continue
		}
		v := &verdict{rule: rule, control: control, worst: cmp.Or(rule.WorstSeverity, control.Severity)}
		v.outcomes = rule.Judge(view)
		for i := range v.outcomes {
			v.settle(&v.outcomes[i])
		}
		all = append(all, v)
	}
	return all
}

// settle gives a finding its severity: its control's where none is set, and never above what the rule says it can give, since
// the low end has already taken every unknown subject as failing at that.
func (v *verdict) settle(o *Outcome) {
	switch o.Result {
	case Pass:
		v.count.Pass++
	case Fail:
		o.Severity = min(cmp.Or(o.Severity, v.control.Severity), v.worst)
		v.count.Fail++
	case NotApplicable:
		v.count.NotApplicable++
	default:
		o.Result = Unknown
		v.count.Unknown++
	}
}

// assume turns the failing outcomes that are taken as mended into passes.
func assume(taken []Assumption, verdicts []*verdict) {
	if len(taken) == 0 {
		return
	}
	mended := make(map[Assumption]bool, len(taken))
	for _, a := range taken {
		mended[a] = true
	}
	for _, v := range verdicts {
		for i := range v.outcomes {
			o := &v.outcomes[i]
			if o.Result == Fail && mended[Assumption{v.rule.ID, o.Subject, o.Place}] {
				o.Result, o.Severity, o.Reason = Pass, 0, "taken as mended"
				v.count.Fail--
				v.count.Pass++
			}
		}
	}
}

// tally adds the outcomes up, raw and with waivers.
func (v *verdict) tally() {
	for i, o := range v.outcomes {
		v.raw.add(o, v.control.Severity, false)
		v.mended.add(o, v.control.Severity, v.waivedBy != nil && v.waivedBy[i] != nil)
	}
}

// reached reports whether any subject passed, failed or could not be told.
func (v *verdict) reached() bool { return v.count.Pass+v.count.Fail+v.count.Unknown > 0 }

// sawEvidence reports whether a rule judged anything that was really there: a cluster that a file can't show is no evidence.
func sawEvidence(verdicts []*verdict) bool {
	for _, v := range verdicts {
		if v.count.Pass+v.count.Fail > 0 {
			return true
		}
		if slices.ContainsFunc(v.outcomes, func(o Outcome) bool { return o.Result == Unknown && o.Subject.Kind != "Cluster" }) {
			return true
		}
	}
	return false
}

func compareSubjects(a, b Subject) int {
	return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name),
		strings.Compare(a.Kind, b.Kind), strings.Compare(a.Container, b.Container))
}

func comparePlaces(a, b Place) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}
