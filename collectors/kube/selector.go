package kube

import (
	"cmp"
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
	return s.matches(func(key string) (string, bool) {
		value, has := labels[key]
		return value, has
	})
}

// matches is Matches of labels wherever they are held.
func (s *LabelSelector) matches(lookup func(key string) (string, bool)) bool {
	for key, value := range s.MatchLabels {
		if have, ok := lookup(key); !ok || have != value {
			return false
		}
	}
	for _, r := range s.MatchExpressions {
		if !r.matches(lookup) {
			return false
		}
	}
	return true
}

func (r SelectorRequirement) matches(lookup func(key string) (string, bool)) bool {
	value, has := lookup(r.Key)
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
// references leave it. A target takes sixteen bytes, and twenty for each label, beside the texts that it shares.
type Targets struct {
	Texts *Texts // may be shared with other tables; nil: its own

	// What all selectors together may compare and reach; nil: no bound. A cluster's own objects are bounded by the cluster, a file's by
	// nothing: each of its selectors may reach each of its workloads.
	Bound *SelectorBound

	all    []target         // in the order they were added
	places []snapshot.Place // of all; nil where none has one, as in a cluster
	labels labelSet         // of all, one after the other
	spaces map[uint32]*targetSpace
}

type target struct{ kind, namespace, name, labelsEnd uint32 }

// targetSpace is a namespace: its targets, and once they were asked for its index.
type targetSpace struct {
	targets []uint32
	indexed int
	index   []targetLabel // by key, value and target
}

type targetLabel struct{ key, value, target uint32 }

// SelectorBound is how much work is left to selectors.
type SelectorBound struct {
	Comparisons int // of a requirement with a workload's labels
	References  int // from selectors to workloads
}

// Add makes a workload reachable by the labels that its pods carry.
func (t *Targets) Add(ref snapshot.Ref, podLabels map[string]string) {
	if t.Texts == nil {
		t.Texts = &Texts{}
	}
	if t.spaces == nil {
		t.spaces = map[uint32]*targetSpace{}
	}
	t.labels = t.labels.with(t.Texts, podLabels)
	added := target{t.Texts.Number(ref.Kind), t.Texts.Number(ref.Namespace), t.Texts.Number(ref.Name), uint32(len(t.labels))}
	in := t.spaces[added.namespace]
	if in == nil {
		in = &targetSpace{}
		t.spaces[added.namespace] = in
	}
	in.targets = append(in.targets, uint32(len(t.all)))
	t.all = append(t.all, added)
	if t.places != nil || ref.Place != (snapshot.Place{}) {
		t.places = append(t.places, make([]snapshot.Place, len(t.all)-len(t.places))...)
		t.places[len(t.all)-1] = ref.Place
	}
}

func (t *Targets) labelsOf(i uint32) labelSet {
	start := uint32(0)
	if i > 0 {
		start = t.all[i-1].labelsEnd
	}
	return t.labels[start:t.all[i].labelsEnd]
}

func (t *Targets) refOf(i uint32) snapshot.Ref {
	have := t.all[i]
	ref := snapshot.Ref{Kind: t.Texts.Text(have.kind), Namespace: t.Texts.Text(have.namespace), Name: t.Texts.Text(have.name)}
	if t.places != nil {
		ref.Place = t.places[i]
	}
	return ref
}

// Select gives the workloads of a namespace that a selector matches, in the order they were added. A nil selector matches
// nothing, an empty one everything. It reports false, and gives nothing, where that is beyond the bound.
func (t *Targets) Select(namespace string, selector *LabelSelector) ([]snapshot.Ref, bool) {
	if t.Texts == nil || selector == nil {
		return nil, true
	}
	number, known := t.Texts.find(namespace)
	in := t.spaces[number]
	if !known || in == nil {
		return nil, true
	}
	candidates := t.candidates(in, selector)
	if !t.mayCompare(len(candidates) * (1 + len(selector.MatchLabels) + len(selector.MatchExpressions))) {
		return nil, false
	}
	var refs []snapshot.Ref
	for _, i := range candidates {
		if selector.matches(t.labelsOf(i).lookup(t.Texts)) {
			refs = append(refs, t.refOf(i))
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
func (t *Targets) candidates(in *targetSpace, selector *LabelSelector) []uint32 {
	if len(selector.MatchLabels) == 0 {
		return in.targets
	}
	t.indexSpace(in)
	var rarest []targetLabel
	first := true
	for key, value := range selector.MatchLabels {
		if having := t.having(in, key, value); first || len(having) < len(rarest) {
			rarest, first = having, false
		}
	}
	candidates := make([]uint32, len(rarest))
	for i, label := range rarest {
		candidates[i] = label.target
	}
	return candidates
}

func (t *Targets) indexSpace(in *targetSpace) {
	if in.indexed == len(in.targets) {
		return
	}
	size := 0
	for _, i := range in.targets {
		size += len(t.labelsOf(i))
	}
	in.index = make([]targetLabel, 0, size)
	for _, i := range in.targets {
		for _, label := range t.labelsOf(i) {
			in.index = append(in.index, targetLabel{label[0], label[1], i})
		}
	}
	slices.SortFunc(in.index, compareLabels)
	in.indexed = len(in.targets)
}

func compareLabels(a, b targetLabel) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value), cmp.Compare(a.target, b.target))
}

// having is the part of the index that has a label.
func (t *Targets) having(in *targetSpace, key, value string) []targetLabel {
	k, known := t.Texts.find(key)
	v, knownValue := t.Texts.find(value)
	if !known || !knownValue {
		return nil
	}
	from, _ := slices.BinarySearchFunc(in.index, targetLabel{k, v, 0}, compareLabels)
	to := from
	for to < len(in.index) && in.index[to].key == k && in.index[to].value == v {
		to++
	}
	return in.index[from:to]
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
