package kube

import (
	"slices"

	"plimsoll/assessments/snapshot"
)

// LabelSelector is a selector by labels and expressions, which must all hold.
type LabelSelector struct {
	MatchLabels      map[string]string     `json:"matchLabels"`
	MatchExpressions []SelectorRequirement `json:"matchExpressions"`
}

// OwnSelector is the selector by which a controller finds its own pods.
type OwnSelector struct{ LabelSelector }

// nameLabels are the labels in which a selector usually repeats the name of its workload.
var nameLabels = set("app", "k8s-app", "name", "run", "app.kubernetes.io/name", "app.kubernetes.io/instance")

// known is the selector where all of it can be told from what a record holds anyway: documented labels, or the workload's own name. Other
// values of labels do not leave their cluster; then it is nil, for half a selector would select too much.
func (s *OwnSelector) known(m *Meta) map[string]string {
	if len(s.MatchLabels) == 0 || len(s.MatchExpressions) > 0 {
		return nil
	}
	for key, value := range s.MatchLabels {
		own := nameLabels[key] && (value == m.Name || value == m.Namespace)
		if !own && (!slices.Contains(workloadLabels(), key) || len(value) > maxCopied) || Placeholder(value) {
			return nil
		}
	}
	return s.MatchLabels
}

// SelectorRequirement is one expression of a selector.
type SelectorRequirement struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values"`
}

// IsEmpty reports whether a selector asks for nothing. What that selects, everything or nothing, is the object's to say.
func (s *LabelSelector) IsEmpty() bool {
	return len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0
}

// Matches reports whether labels fulfil everything that the selector asks for. An operator that Kubernetes does not know matches
// nothing.
func (s *LabelSelector) Matches(labels map[string]string) bool {
	for key, value := range s.MatchLabels {
		if have, ok := labels[key]; !ok || have != value {
			return false
		}
	}
	for _, r := range s.MatchExpressions {
		if !r.matches(labels) {
			return false
		}
	}
	return true
}

func (r SelectorRequirement) matches(labels map[string]string) bool {
	value, has := labels[r.Key]
	switch r.Operator {
	case "In":
		return has && slices.Contains(r.Values, value)
	case "NotIn":
		return !has || !slices.Contains(r.Values, value)
	case "Exists":
		return has
	case "DoesNotExist":
		return !has
	}
	return false
}

// Targets are the workloads that selectors can reach, by the labels of their pod templates. Label values stay in here: only
// references leave it.
type Targets struct {
	namespaces map[string]*namespaceTargets

	// What all selectors together may compare and reach; nil: no bound. A cluster's own objects are bounded by the cluster, a file's by
	// nothing: each of its selectors may reach each of its workloads.
	Bound *SelectorBound
}

// SelectorBound is how much work is left to selectors.
type SelectorBound struct {
	Comparisons int // of a requirement with a workload's labels
	References  int // from selectors to workloads
}

type namespaceTargets struct {
	refs    []snapshot.Ref
	labels  []map[string]string
	byLabel map[[2]string][]int // label → targets, in the order they were added
	all     []int               // every target, once it was asked for
}

// Add makes a workload reachable by the labels that its pods carry.
func (t *Targets) Add(ref snapshot.Ref, podLabels map[string]string) {
	if t.namespaces == nil {
		t.namespaces = map[string]*namespaceTargets{}
	}
	in := t.namespaces[ref.Namespace]
	if in == nil {
		in = &namespaceTargets{byLabel: map[[2]string][]int{}}
		t.namespaces[ref.Namespace] = in
	}
	for key, value := range podLabels {
		label := [2]string{key, value}
		in.byLabel[label] = append(in.byLabel[label], len(in.refs))
	}
	in.refs, in.labels = append(in.refs, ref), append(in.labels, podLabels)
}

// Select gives the workloads of a namespace that a selector matches, in the order they were added. A nil selector matches
// nothing, an empty one everything. It reports false, and gives nothing, where that is beyond the bound.
func (t *Targets) Select(namespace string, selector *LabelSelector) ([]snapshot.Ref, bool) {
	in := t.namespaces[namespace]
	if in == nil || selector == nil {
		return nil, true
	}
	candidates := in.candidates(selector)
	if !t.mayCompare(len(candidates) * (1 + len(selector.MatchLabels) + len(selector.MatchExpressions))) {
		return nil, false
	}
	var refs []snapshot.Ref
	for _, i := range candidates {
		if selector.Matches(in.labels[i]) {
			refs = append(refs, in.refs[i])
		}
	}
	if !t.mayReach(len(refs)) {
		return nil, false
	}
	return refs, true
}

func (t *Targets) mayCompare(n int) bool {
	if t.Bound == nil {
		return true
	}
	if n > t.Bound.Comparisons {
		return false
	}
	t.Bound.Comparisons -= n
	return true
}

func (t *Targets) mayReach(n int) bool {
	if t.Bound == nil {
		return true
	}
	if n > t.Bound.References {
		return false
	}
	t.Bound.References -= n
	return true
}

// candidates are the targets of the selector's rarest label, so that ten thousand services over ten thousand workloads need no
// hundred million comparisons.
func (in *namespaceTargets) candidates(selector *LabelSelector) []int {
	if len(selector.MatchLabels) == 0 {
		for i := len(in.all); i < len(in.refs); i++ {
			in.all = append(in.all, i)
		}
		return in.all
	}
	var rarest []int
	first := true
	for key, value := range selector.MatchLabels {
		if having := in.byLabel[[2]string{key, value}]; first || len(having) < len(rarest) {
			rarest, first = having, false
		}
	}
	return rarest
}

// ResolveService fills in what a service's selector reaches. A service without selector reaches nothing by itself. It reports false for a
// selector beyond the bound, which stays unresolved.
func (t *Targets) ResolveService(record *snapshot.Service, s *Service) (told bool) {
	if !record.HasSelector {
		return true
	}
	record.Selects, told = t.Select(record.Namespace, &LabelSelector{MatchLabels: s.Spec.Selector})
	record.SelectorUnresolved = len(record.Selects) == 0
	return told
}

// ResolveBudget fills in what a budget's selector reaches: an empty one selects every pod in policy/v1 and none in v1beta1. It reports
// false as ResolveService does.
func (t *Targets) ResolveBudget(record *snapshot.DisruptionBudget, b *Budget) (told bool) {
	selector := b.Spec.Selector
	if selector != nil && selector.IsEmpty() && b.APIVersion == "policy/v1beta1" {
		return true
	}
	record.Selects, told = t.Select(record.Namespace, selector)
	record.SelectorUnresolved = selector != nil && len(record.Selects) == 0
	return told
}
