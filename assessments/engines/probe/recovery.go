package probe

import (
	"fmt"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// Recovery is how long a container needs to recover after a crash. The zero value is "not known".
type Recovery struct {
	LowSeconds  int64  `json:"lowSeconds,omitzero"` // it needs at least so long; 0: not known
	HighSeconds int64  `json:"highSeconds,omitzero"`
	Source      string `json:"source,omitzero"`   // in words
	Declared    bool   `json:"declared,omitzero"` // by people; else a known product's figure

	// PerhapsSeconds is a figure that may mean this container or another, and PerhapsReason says which other: what bears it
	// passes, what does not is unknown.
	PerhapsSeconds int64  `json:"perhapsSeconds,omitzero"`
	PerhapsReason  string `json:"perhapsReason,omitzero"`
}

// Known reports whether there is a figure that means this container.
func (r Recovery) Known() bool { return r.LowSeconds > 0 }

// Recoveries tells the recovery times of one snapshot's containers.
type Recoveries struct {
	statefulSeconds int64 // the questionnaire's figure (P2): the longest of any stateful service; 0: none was given
	candidates      int   // stateful services that it may mean
}

// RecoveriesOf looks once which stateful services the questionnaire's figure may mean: the stateful sets that are not the
// platform's own, unless what is declared of one is less than the longest, and Kafka resources, whose brokers an operator runs.
// A set that two files hold is one.
func RecoveriesOf(f *facts.Facts, statefulSeconds *int64) *Recoveries {
	r := &Recoveries{}
	if statefulSeconds == nil {
		return r
	}
	r.statefulSeconds = max(*statefulSeconds, 0)
	meant := map[facts.Key]struct{}{}
	for _, w := range f.Workloads {
		seconds, _, declared := w.DeclaredRecovery()
		if mayBeMeant(w) && !(declared && seconds < r.statefulSeconds) {
			meant[facts.Key{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name}] = struct{}{}
		}
	}
	for _, custom := range f.Custom {
		if custom.ObjectKind == "Kafka" && !custom.System {
			meant[facts.Key{Kind: custom.ObjectKind, Namespace: custom.Namespace, Name: custom.Name}] = struct{}{}
		}
	}
	r.candidates = len(meant)
	return r
}

func mayBeMeant(w *facts.Workload) bool { return w.Kind == "StatefulSet" && !w.System }

// Of is the recovery time that counts for a container: what is declared of its workload, the questionnaire's figure where it can
// mean no other, or the reference's for the product in its image. doubt says why it can't be told.
func (r *Recoveries) Of(c *facts.Container) (known Recovery, doubt string) {
	product, isProduct := reference.RecoveryOf(c.Image.Path())
	isProduct = isProduct && c.Image.Literal && product.Deducts()
	var perhaps Recovery
	if recovers(c, isProduct) {
		declared, doubt := r.declared(c, isProduct)
		if doubt != "" || declared.Known() {
			return declared, doubt
		}
		perhaps = declared
	}
	if !isProduct {
		return perhaps, ""
	}
	if c.Runtime != nil && c.Runtime.Entry == "other" {
		return Recovery{}, "the image is " + product.Product + "'s, and it runs a command of its own"
	}
	perhaps.LowSeconds, perhaps.HighSeconds = product.LowSeconds, max(product.LowSeconds, product.HighSeconds)
	perhaps.Source = fmt.Sprintf("the low end for %s (%s)", product.Product, product.Source)
	return perhaps, ""
}

// declared is what people said: of the workload, or of all stateful services.
func (r *Recoveries) declared(c *facts.Container, isProduct bool) (known Recovery, doubt string) {
	seconds, source, ok := c.Workload.DeclaredRecovery()
	if written, annotated := c.Workload.Annotations[facts.RecoveryTimeAnnotation]; annotated && (!ok || source != "annotation "+facts.RecoveryTimeAnnotation) {
		return Recovery{}, fmt.Sprintf("the annotation %s can't be read: %q", facts.RecoveryTimeAnnotation, written)
	}
	if ok {
		return Recovery{LowSeconds: seconds, HighSeconds: seconds, Source: source, Declared: true}, ""
	}
	if r.statefulSeconds == 0 || !mayBeMeant(c.Workload) {
		return Recovery{}, ""
	}
	other := ""
	switch {
	case r.candidates > 1:
		other = "the questionnaire's figure may mean another stateful set: say it per workload"
	case !isProduct && len(withKillingProbe(c.Workload)) > 1:
		other = "the questionnaire's figure may mean another container of the pod: say it per workload"
	default:
		return Recovery{LowSeconds: r.statefulSeconds, HighSeconds: r.statefulSeconds, Source: "answered for stateful services (P2)", Declared: true}, ""
	}
	return Recovery{PerhapsSeconds: r.statefulSeconds, PerhapsReason: fmt.Sprintf("%s (annotation %s or the workload's fact)",
		other, facts.RecoveryTimeAnnotation)}, ""
}

// recovers reports whether what is declared of a workload means this container: of several with such probes the one that
// runs a product of the reference, if one does. An exporter beside a database repairs nothing.
func recovers(c *facts.Container, isProduct bool) bool {
	if c.Role == snapshot.RoleSidecar {
		return false
	}
	if isProduct {
		return true
	}
	for _, other := range withKillingProbe(c.Workload) {
		if _, known := reference.RecoveryOf(other.Image.Path()); known {
			return false
		}
	}
	return true
}

func withKillingProbe(w *facts.Workload) []*facts.Container {
	var probed []*facts.Container
	for _, c := range w.Containers {
		if c.Role == snapshot.RoleRegular && c.KillingProbe() != nil {
			probed = append(probed, c)
		}
	}
	return probed
}
