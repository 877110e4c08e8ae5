package facts

import (
	"iter"
	"maps"
	"slices"

	"plimsoll/assessments/snapshot"
)

// Records gives back the records that the facts were built from, as pointers into the facts: read them, and copy what is to be
// changed. What hangs on nothing (pods without their workload, endpoints without their service) is not among them, and no rule
// could see it. Header and notes stay with the facts: Rebuild takes them over.
func (f *Facts) Records() iter.Seq[snapshot.Record] {
	return func(yield func(snapshot.Record) bool) {
		_ = f.workloadRecords(yield) && f.objectRecords(yield) && f.furtherRecords(yield)
	}
}

func (f *Facts) workloadRecords(yield func(snapshot.Record) bool) bool {
	for _, w := range f.Workloads {
		if !yield(w.Workload) || w.Pods != nil && !yield(w.Pods) {
			return false
		}
	}
	return true
}

func (f *Facts) objectRecords(yield func(snapshot.Record) bool) bool {
	if f.Cluster != nil && !yield(f.Cluster.Cluster) {
		return false
	}
	for _, s := range f.Services {
		if !yield(s.Service) || s.Endpoints != nil && !yield(s.Endpoints) {
			return false
		}
	}
	return each(f.Nodes, yield, func(n *Node) snapshot.Record { return n.Node }) &&
		each(f.Namespaces, yield, record) &&
		each(f.Budgets, yield, func(b *Budget) snapshot.Record { return b.DisruptionBudget }) &&
		each(f.Autoscalers, yield, record) &&
		each(f.Policies, yield, record) &&
		each(f.Custom, yield, func(c *CustomResource) snapshot.Record { return c.CustomResource }) &&
		each(f.Releases, yield, record) &&
		each(f.Networks, yield, record)
}

func (f *Facts) furtherRecords(yield func(snapshot.Record) bool) bool {
	return each(f.Ingresses, yield, record) &&
		each(f.Webhooks, yield, func(w *Webhook) snapshot.Record { return w.Webhook }) &&
		each(f.CRDs, yield, record) &&
		each(f.Classes, yield, record) &&
		each(f.Volumes, yield, func(v *Volume) snapshot.Record { return v.PersistentVolume }) &&
		each(f.Claims, yield, func(c *Claim) snapshot.Record { return c.VolumeClaim }) &&
		each(f.Backups, yield, record) &&
		each(f.Repos, yield, record) &&
		each(f.APIUses, yield, record) &&
		each(f.Events, yield, func(e *Event) snapshot.Record { return e.EventSummary })
}

func record[T snapshot.Record](r T) snapshot.Record { return r }

func each[T any](all []T, yield func(snapshot.Record) bool, as func(T) snapshot.Record) bool {
	for _, one := range all {
		if !yield(as(one)) {
			return false
		}
	}
	return true
}

// Rebuild joins other records on the ground of these facts: the same source, day, scope, refusals, notes and declared facts. It
// is how "what if" sees a platform that does not exist yet. The result has no digest, for it is nobody's snapshot.
func (f *Facts) Rebuild(records iter.Seq[snapshot.Record]) *Facts {
	b := NewBuilder(f.options)
	b.facts.Source, b.facts.TakenAt, b.facts.PlatformUID, b.facts.Scope = f.Source, f.TakenAt, f.PlatformUID, f.Scope
	b.facts.collected, b.facts.refused, b.facts.refusedIn = f.collected, maps.Clone(f.refused), maps.Clone(f.refusedIn)
	b.facts.Notes = slices.Clone(f.Notes)
	for r := range records {
		b.Add(r)
	}
	return b.Build()
}
