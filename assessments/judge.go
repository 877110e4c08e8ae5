package assessments

import (
	"cmp"
	"strings"

	"plimsoll/assessments/facts"
)

// verdict is everything that one rule said, ready to be added up.
type verdict struct {
	rule     Rule
	control  *Control
	worst    Severity       // the gravest finding it can give
	said     []Outcome      // everything, where a pair reads it; else nil: ten thousand passes say no more than their weight
	fails    []failed       // in the order of the rule
	waivedBy []*Waiver      // beside fails; nil entries: not waived
	left     leftOut        // fails beyond as many as a result lists
	unknown  map[string]int // subjects by reason
	again    struct {       // the reason that is given at the moment: thousands of subjects in a row have the same
		why string
		n   int
	}
	asks    []int32 // the questions that its unknown subjects wait for, by their place in asking
	objects bool    // an unknown subject is an object that was really there, and not the cluster as a whole
	raw     tally
	mended  tally // raw with waived fails as passes
	count   RuleCount
}

// failed is a failing outcome once it has let go of the facts: findings are made when nothing else needs those.
type failed struct {
	subject  Subject
	place    Place
	weight   facts.Criticality
	severity Severity
	said     *Failure
}

// judge runs every rule over the facts. Without facts no rule has a word to say. What is kept of a rule's outcomes is what the
// result is made of; those that a pair reads are kept as they are.
func judge(in Input, view View, waiving *waiving, questions *asking) []*verdict {
	if view.Facts == nil {
		return nil
	}
	content, whole, assumed := in.Content, readByPairs(in), assumptions(in)
	var all []*verdict
	lent := view
	lent.room = &room{}
	for _, rule := range content.Rules.All() {
		control := content.ControlOf(rule)
		if control == nil {
			continue
		}
		v := newVerdict(rule, control)
		seen := lent
		if whole[rule.ID] {
			seen = view
		}
		outcomes := rule.Judge(seen)
		v.settleAll(outcomes, questions, assumed)
		waiving.over(v, outcomes)
		v.tally()
		v.bound(MaxFindings)
		if whole[rule.ID] {
			v.said = outcomes
		}
		lent.room.takeBack()
		all = append(all, v)
	}
	return all
}

func newVerdict(rule Rule, control *Control) *verdict {
	return &verdict{rule: rule, control: control, worst: cmp.Or(rule.WorstSeverity, control.Severity)}
}

func (v *verdict) settleAll(outcomes []Outcome, questions *asking, assumed map[Assumption]bool) {
	fails := 0
	for i := range outcomes {
		outcomes[i].assume(v.rule.ID, assumed)
		if outcomes[i].Result == Fail {
			fails++
		}
	}
	v.fails = make([]failed, 0, fails)
	known := texts{}
	for i := range outcomes {
		v.settle(&outcomes[i], questions)
	}
	v.addWhy()
	for _, f := range v.fails {
		known.share(f.said)
	}
}

// why counts a reason. Equal ones in a row are added up once, when another comes or addWhy is called.
func (v *verdict) why(reason string) {
	if reason != v.again.why {
		v.addWhy()
	}
	v.again.why = reason
	v.again.n++
}

func (v *verdict) addWhy() {
	if v.again.n == 0 {
		return
	}
	if v.unknown == nil {
		v.unknown = map[string]int{}
	}
	v.unknown[v.again.why] += v.again.n
	v.again.n = 0
}

// severity is a finding's: its control's where none is set, and never above what the rule says it can give, since the low end has already
// taken every unknown subject as failing at that.
func (v *verdict) severity(o *Outcome) Severity {
	return min(cmp.Or(o.failure.Severity, v.control.Severity), v.worst)
}

// settle takes one outcome in.
func (v *verdict) settle(o *Outcome, questions *asking) {
	switch o.Result {
	case Pass:
		v.count.Pass++
		v.raw.pass += weightOf(o.Weight)
	case Fail:
		v.count.Fail++
		v.fails = append(v.fails, failed{o.Subject(), o.Place(), o.Weight, v.severity(o), o.failure})
	case NotApplicable:
		v.count.NotApplicable++
	default:
		o.Result = Unknown
		v.count.Unknown++
		v.why(o.Reason)
		if i, waits := questions.take(o, v.rule.ID); waits {
			v.asks = append(v.asks, i)
		}
		v.objects = v.objects || o.Subject().Kind != "Cluster"
		v.raw.unknown += weightOf(o.Weight)
	}
}

// tally adds the fails to what passed and what is unknown, raw and with waivers.
func (v *verdict) tally() {
	v.mended = v.raw
	for i, f := range v.fails {
		v.raw.fails(f.weight, f.severity, v.control.Severity)
		if v.waivedBy != nil && v.waivedBy[i] != nil {
			v.mended.pass += weightOf(f.weight)
		} else {
			v.mended.fails(f.weight, f.severity, v.control.Severity)
		}
	}
}

func assumptions(in Input) map[Assumption]bool {
	assumed := make(map[Assumption]bool, len(in.Assume))
	for _, a := range in.Assume {
		assumed[a] = true
	}
	return assumed
}

// assume turns a failing outcome that is taken as mended into a pass.
func (o *Outcome) assume(rule string, assumed map[Assumption]bool) {
	if len(assumed) > 0 && o.Result == Fail && assumed[Assumption{rule, o.Subject(), o.Place()}] {
		o.Result, o.failure, o.Reason = Pass, nil, "taken as mended"
	}
}

// reached reports whether any subject passed, failed or could not be told.
func (v *verdict) reached() bool { return v.count.Pass+v.count.Fail+v.count.Unknown > 0 }

// sawEvidence reports whether a rule judged anything that was really there: a cluster that a file can't show is no evidence.
func sawEvidence(verdicts []*verdict) bool {
	for _, v := range verdicts {
		if v.count.Pass+v.count.Fail > 0 || v.objects {
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
