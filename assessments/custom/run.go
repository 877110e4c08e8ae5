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
func (s *Set) Run(in assessments.Input) Results {
	results := Results{Rules: []RuleResult{}, Findings: []assessments.Finding{}}
	all := make([][]assessments.Outcome, len(s.rules))
	if in.Facts != nil {
		all = judge(assessments.ViewOf(in), s.rules)
	}
	for i, r := range s.rules {
		result := RuleResult{ID: r.ID, Title: r.Text.Title, Severity: r.Severity}
		blind := map[string]int{}
		for _, o := range all[i] {
			switch o.Result {
			case assessments.Pass:
				result.Pass++
			case assessments.Fail:
				result.Fail++
				results.Findings = append(results.Findings, findingOf(r, o))
			case assessments.NotApplicable:
				result.NotApplicable++
			default:
				result.Unknown++
				blind[o.Reason]++
			}
		}
		for why, n := range blind {
			result.CouldNotTell = append(result.CouldNotTell, Blind{why, n})
		}
		slices.SortFunc(result.CouldNotTell, func(a, b Blind) int { return cmp.Compare(a.Why, b.Why) })
		results.Rules = append(results.Rules, result)
	}
	results.Waivers = assessments.WaiveFindings(in, results.Findings)
	assessments.Arrange(results.Findings)
	results.Findings, results.LeftOut = assessments.List(results.Findings)
	return results
}

func findingOf(r *Rule, o assessments.Outcome) assessments.Finding {
	f := o.Failure()
	return assessments.Finding{
		Rule: r.ID, Severity: f.Severity, Subject: o.Subject(), Source: o.Place(), Message: f.Message, Evidence: f.Evidence, Expected: f.Expected, Mend: f.Mend,
	}
}

// judge gives the outcomes of each rule. Every subject is made into an object once, for all rules about it.
func judge(v assessments.View, set []*Rule) [][]assessments.Outcome {
	j := &judging{view: v, rules: set, outcomes: make([][]assessments.Outcome, len(set)), cluster: clusterOf(v.Facts), unseen: unseenIn(v)}
	if j.has(AboutContainers) || j.has(AboutWorkloads) {
		for _, w := range v.Workloads {
			j.workload(w)
		}
	}
	if j.has(AboutServices) {
		for _, s := range v.Services {
			j.about(AboutServices, assessments.AboutService(s), v.IsSystemNamespace(s.Namespace), map[string]any{"service": serviceOf(s)})
		}
	}
	if j.has(AboutNodes) {
		for _, n := range v.Nodes {
			j.about(AboutNodes, assessments.AboutNode(n), false, map[string]any{"node": nodeOf(n)})
		}
	}
	if j.has(AboutNamespaces) {
		j.namespaces()
	}
	if j.has(AboutCluster) {
		j.whole()
	}
	return j.outcomes
}

type judging struct {
	view     assessments.View
	rules    []*Rule
	outcomes [][]assessments.Outcome
	cluster  *Cluster
	unseen   []string
}

func (j *judging) has(kind SubjectKind) bool {
	return slices.ContainsFunc(j.rules, func(r *Rule) bool { return r.Subject == kind })
}

func (j *judging) workload(w *facts.Workload) {
	object := workloadOf(w)
	j.about(AboutWorkloads, assessments.AboutWorkload(w), w.System, map[string]any{"workload": object})
	for i, c := range w.Containers {
		seen := map[string]any{"workload": object, "container": object.Containers[i]}
		j.aboutContainer(c, w.System, seen)
	}
}

func (j *judging) aboutContainer(c *facts.Container, system bool, seen map[string]any) {
	for i, r := range j.rules {
		if r.Subject == AboutContainers && (r.Init || c.Role != "init") {
			j.outcomes[i] = append(j.outcomes[i], r.judge(assessments.AboutContainer(c), system, j.with(seen)))
		}
	}
}

// about judges one subject by every rule about its kind.
func (j *judging) about(kind SubjectKind, o assessments.Outcome, system bool, seen map[string]any) {
	for i, r := range j.rules {
		if r.Subject == kind {
			j.outcomes[i] = append(j.outcomes[i], r.judge(o, system, j.with(seen)))
		}
	}
}

func (j *judging) with(seen map[string]any) map[string]any {
	seen["cluster"], seen["unseen"] = j.cluster, j.unseen
	return seen
}

// namespaces judges the namespaces that were read, and over files those that something lives in.
func (j *judging) namespaces() {
	for _, n := range j.all() {
		o := assessments.AboutNamespace(n.Name)
		j.about(AboutNamespaces, o, n.System, map[string]any{"ns": n})
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

func (j *judging) whole() {
	workloads := make([]*Workload, 0, len(j.view.Workloads))
	for _, w := range j.view.Workloads {
		workloads = append(workloads, workloadOf(w))
	}
	nodes := make([]*Node, 0, len(j.view.Nodes))
	for _, n := range j.view.Nodes {
		nodes = append(nodes, nodeOf(n))
	}
	j.about(AboutCluster, assessments.AboutCluster(), false, map[string]any{"workloads": workloads, "nodes": nodes, "namespaces": j.all()})
}

// judge comes to one outcome: does the rule apply, can it be told, does it fail.
func (r *Rule) judge(o assessments.Outcome, system bool, seen map[string]any) assessments.Outcome {
	if system && !r.System {
		return o.NotApplicable(rules.SystemReason)
	}
	if r.applies != nil {
		if reached, err := r.applies.holds(seen); err != nil {
			return o.Unknown("whether the rule applies can't be evaluated: " + err.Error())
		} else if !reached {
			return o.NotApplicable(r.outOfReach)
		}
	}
	if r.unknown != nil {
		if blind, err := r.unknown.holds(seen); err != nil {
			return o.Unknown("whether it can be told can't be evaluated: " + err.Error())
		} else if blind {
			return o.Unknown(r.notKnown)
		}
	}
	failed, err := r.fails.holds(seen)
	switch {
	case err != nil:
		return o.Unknown("whether it fails can't be evaluated: " + err.Error())
	case !failed:
		return o.Pass()
	}
	failure := assessments.Failure{Severity: r.Severity, Message: r.Message, Expected: r.Expected, Mend: assessments.Mend{Text: r.Text.Mend}}
	for _, w := range r.evidence {
		failure.Evidence = append(failure.Evidence, assessments.Evidence{What: w.what, Value: w.value.show(seen)})
	}
	return o.Fail(failure)
}
