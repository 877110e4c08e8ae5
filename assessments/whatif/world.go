package whatif

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// world is the platform as it would be: the records of the facts, with edited copies laid over them and new ones beside them. The
// facts themselves stay as they are.
type world struct {
	base    *facts.Facts
	objects map[facts.Key][]snapshot.Record        // of base, by kind, namespace and name; made when first asked
	joins   map[*snapshot.Workload]*facts.Workload // of base; made when first asked
	laid    map[snapshot.Record]snapshot.Record
	added   []snapshot.Record
	set     map[string]bool // amounts and variables that a mend has set: see container.go

	pending draft // of the patch that is being carried out
}

// draft is what one patch has changed so far. It counts when the whole patch was understood.
type draft struct {
	laid  map[snapshot.Record]snapshot.Record
	added []snapshot.Record
	set   []string
}

func newWorld(base *facts.Facts) *world {
	return &world{base: base, laid: map[snapshot.Record]snapshot.Record{}, set: map[string]bool{}}
}

// changed reports whether anything was edited or added.
func (w *world) changed() bool { return len(w.laid)+len(w.added) > 0 }

// facts joins the world's records anew.
func (w *world) facts() *facts.Facts {
	if !w.changed() {
		return w.base
	}
	return w.base.Rebuild(w.records())
}

func (w *world) records() iter.Seq[snapshot.Record] {
	return func(yield func(snapshot.Record) bool) {
		for r := range w.base.Records() {
			if over, edited := w.laid[r]; edited {
				r = over
			}
			if !yield(r) {
				return
			}
		}
		for _, r := range w.added {
			if !yield(r) {
				return
			}
		}
	}
}

// edited is the copy of a record that may be changed. Within one patch a record has one copy, and the next patch goes on from it, so
// that mends of one object add up.
func edited[T any, P interface {
	*T
	snapshot.Record
}](w *world, original P, deep func(*T)) P {
	if over, known := w.pending.laid[original]; known {
		return over.(P)
	}
	source := original
	if over, known := w.laid[original]; known {
		source = over.(P)
	}
	copied := *source
	deep(&copied)
	w.pending.laid[original] = P(&copied)
	return &copied
}

// joined is a workload of the base with what hangs on it.
func (w *world) joined(original *snapshot.Workload) *facts.Workload {
	if w.joins == nil {
		w.joins = make(map[*snapshot.Workload]*facts.Workload, len(w.base.Workloads))
		for _, of := range w.base.Workloads {
			w.joins[of.Workload] = of
		}
	}
	return w.joins[original]
}

// index finds records by what a patch names: kind, namespace and name.
func (w *world) index() map[facts.Key][]snapshot.Record {
	if w.objects != nil {
		return w.objects
	}
	w.objects = map[facts.Key][]snapshot.Record{}
	for r := range w.base.Records() {
		if key, ok := keyOf(r); ok {
			w.objects[key] = append(w.objects[key], r)
		}
	}
	return w.objects
}

// keyOf names the object that a record is made of, as a patch would.
func keyOf(record snapshot.Record) (facts.Key, bool) {
	switch r := record.(type) {
	case *snapshot.Workload:
		return facts.Key{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name}, true
	case *snapshot.Service:
		return facts.Key{Kind: "Service", Namespace: r.Namespace, Name: r.Name}, true
	case *snapshot.DisruptionBudget:
		return facts.Key{Kind: "PodDisruptionBudget", Namespace: r.Namespace, Name: r.Name}, true
	case *snapshot.Autoscaler:
		return facts.Key{Kind: cmp.Or(r.ObjectKind, "HorizontalPodAutoscaler"), Namespace: r.Namespace, Name: r.Name}, true
	case *snapshot.NetworkPolicy:
		return facts.Key{Kind: r.ObjectKind, Namespace: r.Namespace, Name: r.Name}, true
	case *snapshot.CustomResource:
		return facts.Key{Kind: r.ObjectKind, Namespace: r.Namespace, Name: r.Name}, true
	case *snapshot.Ingress:
		return facts.Key{Kind: r.ObjectKind, Namespace: r.Namespace, Name: r.Name}, true
	case *snapshot.Webhook:
		return facts.Key{Kind: r.ObjectKind, Name: r.Configuration}, true
	case *snapshot.CRD:
		return facts.Key{Kind: "CustomResourceDefinition", Name: r.Name}, true
	case *snapshot.Namespace:
		return facts.Key{Kind: "Namespace", Name: r.Name}, true
	case *snapshot.StorageClass:
		return facts.Key{Kind: "StorageClass", Name: r.Name}, true
	}
	return facts.Key{}, false
}

// find gives the records of an object that a patch names. Over manifests several files may hold objects of one name: of the finding's own
// subject it is the one that the finding stands in; of anything else all copies, since nothing tells which of them is applied.
func (w *world) find(o object, f assessments.Finding) []snapshot.Record {
	all, from := w.index()[o.key()], f.Source
	if from.File == "" || len(all) < 2 || o.kind != f.Subject.Kind || o.name != f.Subject.Name {
		return all
	}
	here := slices.DeleteFunc(slices.Clone(all), func(r snapshot.Record) bool { return placeOf(r).File != from.File })
	if len(here) == 0 {
		return all
	}
	if from.Line == 0 {
		return here
	}
	var nearest snapshot.Record
	for _, r := range here {
		if line := placeOf(r).Line; line <= from.Line && (nearest == nil || line > placeOf(nearest).Line) {
			nearest = r
		}
	}
	if nearest == nil {
		return here
	}
	near := placeOf(nearest)
	return slices.DeleteFunc(here, func(r snapshot.Record) bool { return placeOf(r) != near })
}

func placeOf(record snapshot.Record) snapshot.Place {
	switch r := record.(type) {
	case *snapshot.Workload:
		return r.Place
	case *snapshot.Service:
		return r.Place
	case *snapshot.DisruptionBudget:
		return r.Place
	case *snapshot.Autoscaler:
		return r.Place
	case *snapshot.NetworkPolicy:
		return r.Place
	case *snapshot.CustomResource:
		return r.Place
	case *snapshot.Ingress:
		return r.Place
	case *snapshot.Webhook:
		return r.Place
	case *snapshot.CRD:
		return r.Place
	case *snapshot.StorageClass:
		return r.Place
	}
	return snapshot.Place{}
}

// apply carries out a finding's patch. A patch that holds anything this interpreter does not know is not applied at all: half a
// mend would be a platform that nobody gets.
func (w *world) apply(f assessments.Finding) error {
	objects, err := parse(f.Mend.Patch)
	if err != nil {
		return err
	}
	w.pending = draft{laid: map[snapshot.Record]snapshot.Record{}}
	for _, o := range objects {
		if err := w.patch(o, f); err != nil {
			return fmt.Errorf("%s %s: %w", o.kind, o.name, err)
		}
	}
	maps.Copy(w.laid, w.pending.laid)
	w.added = append(w.added, w.pending.added...)
	for _, key := range w.pending.set {
		w.set[key] = true
	}
	return nil
}
