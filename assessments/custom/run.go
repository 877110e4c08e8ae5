package custom

import (
	"cmp"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

// Results are what the rules of a set say of one platform. They stand beside the score, never in it.
type Results struct {
	Rules    []RuleResult          `json:"rules"`    // in the order of the file
	Findings []assessments.Finding `json:"findings"` // gravest first, then by rule and subject; waived ones are marked; at most assessments.MaxFindings
	LeftOut  []assessments.LeftOut `json:"leftOut,omitzero"`

	// Waivers says which of the input's waivers did something here: one that Assess found unmatched may be among them.
	Waivers assessments.WaiverUse `json:"-"`
}

// RuleResult counts one rule's subjects and says what it could not tell.
type RuleResult struct {
	ID       string               `json:"id"`
	Title    string               `json:"title"`
	Severity assessments.Severity `json:"severity"`
	assessments.RuleCount
	CouldNotTell []Blind `json:"couldNotTell,omitzero"`
}

// Blind is a reason why subjects could not be judged, with how many they are.
type Blind struct {
	Why      string `json:"why"`
	Subjects int    `json:"subjects"`
}

// Worst is the gravest severity of the findings that no waiver covers; 0 where there is none. It counts for --fail-on.
func (r Results) Worst() assessments.Severity {
	var worst assessments.Severity
	for _, f := range r.Findings {
		if !f.Waived {
			worst = max(worst, f.Severity)
		}
	}
	for _, l := range r.LeftOut {
		if l.Open > 0 {
			worst = max(worst, l.Severity)
		}
	}
	return worst
}

// Run judges a platform by the rules of a set, at the input's day and under its waivers. An expression that fails or costs too much for a
// subject leaves it unknown, with the reason. Without facts there is nothing to judge.
//
// It goes through the subjects twice: once to judge and count, once for what is said of those findings that are listed. Two hundred rules
// over ten thousand workloads can find fault two million times.
func (s *Set) Run(in assessments.Input) Results {
	results := Results{Rules: []RuleResult{}, Findings: []assessments.Finding{}}
	tallies := make([]tally, len(s.rules))
	waiving := assessments.NewWaiving(in)
	if in.Facts != nil {
		view := assessments.ViewOf(in)
		newJudging(view, s.rules).walk(nil, func(at int32, i int, about subject) {
			tallies[i].take(s.rules[i], at, about, waiving)
		})
		listed := choose(s.rules, tallies, assessments.MaxFindings)
		newJudging(view, s.rules).walk(listed.holds, func(at int32, i int, about subject) {
			if listed.has(at, i) {
				results.Findings = append(results.Findings, s.rules[i].finding(about, waiving))
			}
		})
		results.LeftOut = listed.beyond
	}
	for i, r := range s.rules {
		results.Rules = append(results.Rules, tallies[i].result(r))
	}
	results.Waivers = waiving.Use()
	assessments.Arrange(results.Findings)
	var beyond []assessments.LeftOut
	results.Findings, beyond = assessments.List(results.Findings)
	results.LeftOut = assessments.JoinLeftOut(results.LeftOut, beyond)
	return results
}

// subject is what a rule judges: its outcome to be, and what expressions see of it.
type subject struct {
	outcome assessments.Outcome
	system  bool
	seen    map[string]any
}

// judging goes through the subjects of a platform, always in one order. Every subject is made into an object once, for all rules about it.
type judging struct {
	view    assessments.View
	rules   []*Rule
	kinds   map[SubjectKind]bool // that a rule judges
	cluster *Cluster
	unseen  []string

	at     int32 // of the next subject
	wanted func(at int32) bool
	each   func(at int32, rule int, about subject)
}

func newJudging(v assessments.View, set []*Rule) *judging {
	j := &judging{view: v, rules: set, kinds: map[SubjectKind]bool{}, cluster: clusterOf(v.Facts), unseen: unseenIn(v)}
	for _, r := range set {
		j.kinds[r.Subject] = true
	}
	return j
}

// walk tells each of every subject and every rule about it, with the subject's place in the order. Subjects that are not wanted are passed
// over; nil wants all.
func (j *judging) walk(wanted func(at int32) bool, each func(at int32, rule int, about subject)) {
	j.wanted, j.each = wanted, each
	if j.kinds[AboutContainers] || j.kinds[AboutWorkloads] {
		for _, w := range j.view.Workloads {
			j.workload(w)
		}
	}
	if j.kinds[AboutServices] {
		for _, s := range j.view.Services {
			j.about(AboutServices, assessments.AboutService(s), j.view.IsSystemNamespace(s.Namespace), func(seen map[string]any) { seen["service"] = serviceOf(s) })
		}
	}
	if j.kinds[AboutNodes] {
		for _, n := range j.view.Nodes {
			j.about(AboutNodes, assessments.AboutNode(n), false, func(seen map[string]any) { seen["node"] = nodeOf(n) })
		}
	}
	if j.kinds[AboutNamespaces] { // that were read, and over files those that something lives in
		for _, n := range j.all() {
			j.about(AboutNamespaces, assessments.AboutNamespace(n.Name), n.System, func(seen map[string]any) { seen["ns"] = n })
		}
	}
	if j.kinds[AboutCluster] {
		j.about(AboutCluster, assessments.AboutCluster(), false, j.whole)
	}
}

// workload tells of a workload, then of its containers; what they see of it is made for the first that is wanted.
func (j *judging) workload(w *facts.Workload) {
	var object *Workload
	made := func() *Workload {
		if object == nil {
			object = workloadOf(w)
		}
		return object
	}
	j.about(AboutWorkloads, assessments.AboutWorkload(w), w.System, func(seen map[string]any) { seen["workload"] = made() })
	for i, c := range w.Containers {
		j.aboutWhere(AboutContainers, assessments.AboutContainer(c), w.System, func(r *Rule) bool { return r.Init || c.Role != "init" }, func(seen map[string]any) {
			seen["workload"], seen["container"] = made(), made().Containers[i]
		})
	}
}

// about tells one subject to every rule about its kind.
func (j *judging) about(kind SubjectKind, o assessments.Outcome, system bool, see func(map[string]any)) {
	j.aboutWhere(kind, o, system, func(*Rule) bool { return true }, see)
}

func (j *judging) aboutWhere(kind SubjectKind, o assessments.Outcome, system bool, meets func(*Rule) bool, see func(map[string]any)) {
	at := j.at
	j.at++
	if !j.kinds[kind] || j.wanted != nil && !j.wanted(at) {
		return
	}
	about := subject{outcome: o, system: system, seen: map[string]any{"cluster": j.cluster, "unseen": j.unseen}}
	see(about.seen)
	for i, r := range j.rules {
		if r.Subject == kind && meets(r) {
			j.each(at, i, about)
		}
	}
}

func (j *judging) all() []*Namespace {
	found := make([]*Namespace, 0, len(j.view.Namespaces))
	at := map[string]*Namespace{}
	for _, n := range j.view.Namespaces {
		space := namespaceOf(j.view.Facts, n)
		found, at[n.Name] = append(found, space), space
	}
	living, policies := map[string]int64{}, map[string]int64{}
	for _, w := range j.view.Workloads {
		living[w.Namespace]++
	}
	for _, p := range j.view.Policies {
		policies[p.Namespace]++
	}
	for name := range living {
		if at[name] == nil {
			space := &Namespace{Name: name, System: j.view.IsSystemNamespace(name), NetworkPolicies: policies[name]}
			found, at[name] = append(found, space), space
		}
	}
	for _, space := range found {
		space.Workloads = living[space.Name]
		space.NetworkPolicies = max(space.NetworkPolicies, policies[space.Name])
	}
	slices.SortFunc(found, func(a, b *Namespace) int { return cmp.Compare(a.Name, b.Name) })
	return found
}

// whole is what a rule about the cluster sees.
func (j *judging) whole(seen map[string]any) {
	workloads := make([]*Workload, 0, len(j.view.Workloads))
	for _, w := range j.view.Workloads {
		workloads = append(workloads, workloadOf(w))
	}
	nodes := make([]*Node, 0, len(j.view.Nodes))
	for _, n := range j.view.Nodes {
		nodes = append(nodes, nodeOf(n))
	}
	seen["workloads"], seen["nodes"], seen["namespaces"] = workloads, nodes, j.all()
}

// outcomes is everything that one rule says of a platform.
func (r *Rule) outcomes(v assessments.View) []assessments.Outcome {
	var all []assessments.Outcome
	newJudging(v, []*Rule{r}).walk(nil, func(_ int32, _ int, about subject) {
		o := about.outcome
		switch result, reason := r.judge(about); result {
		case assessments.Pass:
			o = o.Pass()
		case assessments.NotApplicable:
			o = o.NotApplicable(reason)
		case assessments.Fail:
			o = o.Fail(r.failure(about))
		default:
			o = o.Unknown(reason)
		}
		all = append(all, o)
	})
	return all
}

// judge comes to one result: does the rule apply, can it be told, does it fail.
func (r *Rule) judge(about subject) (result assessments.Result, reason string) {
	if about.system && !r.System {
		return assessments.NotApplicable, rules.SystemReason
	}
	if r.applies != nil {
		if reached, err := r.applies.holds(about.seen); err != nil {
			return assessments.Unknown, "whether the rule applies can't be evaluated: " + err.Error()
		} else if !reached {
			return assessments.NotApplicable, r.outOfReach
		}
	}
	if r.unknown != nil {
		if blind, err := r.unknown.holds(about.seen); err != nil {
			return assessments.Unknown, "whether it can be told can't be evaluated: " + err.Error()
		} else if blind {
			return assessments.Unknown, r.notKnown
		}
	}
	failed, err := r.fails.holds(about.seen)
	switch {
	case err != nil:
		return assessments.Unknown, "whether it fails can't be evaluated: " + err.Error()
	case failed:
		return assessments.Fail, ""
	}
	return assessments.Pass, ""
}

// failure is what the rule says of a subject that fails.
func (r *Rule) failure(about subject) assessments.Failure {
	f := assessments.Failure{Severity: r.Severity, Message: r.Message, Expected: r.Expected, Mend: assessments.Mend{Text: r.Text.Mend}}
	for _, w := range r.evidence {
		f.Evidence = append(f.Evidence, assessments.Evidence{What: w.what, Value: w.value.show(about.seen)})
	}
	return f
}

func (r *Rule) finding(about subject, waiving assessments.Waiving) assessments.Finding {
	f := r.failure(about)
	found := assessments.Finding{
		Rule: r.ID, Severity: f.Severity, Subject: about.outcome.Subject(), Source: about.outcome.Place(), Message: f.Message, Evidence: f.Evidence,
		Expected: f.Expected, Mend: f.Mend,
	}
	if by := waiving.Over(r.ID, about.outcome); by != nil {
		found.Waived, found.WaivedBy, found.WaivedAtSource = true, by.Reason, by.Annotated
	}
	return found
}
