package assessments

import (
	"cmp"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// Outcome is what one rule says of one subject. Rules hand thousands of them on by value, most of them passes: it points at what it is
// about, and at what a fail says.
type Outcome struct {
	about   any               // *facts.Workload, *facts.Container, *facts.Service, *snapshot.Release or *object; nil: nothing
	Weight  facts.Criticality // 1, 2 or 4 by the workload's criticality; 2 for subjects that are no workload
	Result  Result
	Reason  string        // why unknown or not applicable; a note beside a pass
	Asks    facts.FactKey // of an unknown outcome: the fact of the workload that a person could settle it by
	failure *Failure      // nil for what does not fail
}

// object is a subject of a kind that comes by the dozen.
type object struct {
	subject Subject
	place   Place
}

// About starts an outcome whose subject stands at a place.
func About(s Subject, p Place) Outcome {
	return Outcome{about: &object{s, p}, Weight: facts.CriticalityNormal}
}

// Subject is what the outcome is about.
func (o Outcome) Subject() Subject {
	switch about := o.about.(type) {
	case *facts.Workload:
		return Subject{Kind: about.Kind, Namespace: about.Namespace, Name: about.Name}
	case *facts.Container:
		w := about.Workload
		return Subject{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name, Container: about.Name}
	case *facts.Service:
		return Subject{Kind: "Service", Namespace: about.Namespace, Name: about.Name}
	case *snapshot.Release:
		return Subject{Kind: cmp.Or(about.ObjectKind, "Release"), Namespace: about.Namespace, Name: about.Name}
	case *object:
		return about.subject
	}
	return Subject{}
}

// workload is the workload that the outcome is about, or whose container; nil: none.
func (o *Outcome) workload() *facts.Workload {
	switch about := o.about.(type) {
	case *facts.Workload:
		return about
	case *facts.Container:
		return about.Workload
	}
	return nil
}

// Place is where the subject stands in the files.
func (o Outcome) Place() Place {
	switch about := o.about.(type) {
	case *facts.Workload:
		return placeOf(about.Place)
	case *facts.Container:
		place := placeOf(about.Workload.Place)
		if about.Line > 0 {
			place.Line = about.Line
		}
		return place
	case *facts.Service:
		return placeOf(about.Place)
	case *snapshot.Release:
		return placeOf(about.Place)
	case *object:
		return about.place
	}
	return Place{}
}

// Failure is what a fail says; nothing for every other result.
func (o Outcome) Failure() Failure {
	if o.failure == nil {
		return Failure{}
	}
	return *o.failure
}

// Part narrows the outcome to a part of its subject.
func (o Outcome) Part(name string) Outcome {
	s := o.Subject()
	s.Container = name
	o.about = &object{s, o.Place()}
	return o
}

// At moves the outcome to where its subject shows.
func (o Outcome) At(p Place) Outcome {
	o.about = &object{o.Subject(), p}
	return o
}

// AboutWorkload starts an outcome whose subject is a workload.
func AboutWorkload(w *facts.Workload) Outcome { return Outcome{about: w, Weight: w.Criticality} }

// AboutContainer starts an outcome whose subject is a container of a workload.
func AboutContainer(c *facts.Container) Outcome {
	return Outcome{about: c, Weight: c.Workload.Criticality}
}

// AboutService starts an outcome whose subject is a service.
func AboutService(s *facts.Service) Outcome {
	return Outcome{about: s, Weight: facts.CriticalityNormal}
}

// AboutNode starts an outcome whose subject is a node.
func AboutNode(n *facts.Node) Outcome {
	return About(Subject{Kind: "Node", Name: n.Name}, Place{})
}

// AboutNamespace starts an outcome whose subject is a namespace.
func AboutNamespace(name string) Outcome {
	return About(Subject{Kind: "Namespace", Name: name}, Place{})
}

// AboutPool starts an outcome whose subject is an address pool of a network component, "metallb/public".
func AboutPool(component, pool string) Outcome {
	return About(Subject{Kind: "AddressPool", Name: component + "/" + pool}, Place{})
}

// AboutCluster starts an outcome whose subject is the cluster as a whole.
func AboutCluster() Outcome {
	return About(Subject{Kind: "Cluster", Name: "cluster"}, Place{})
}

// AboutRelease starts an outcome whose subject is a release: by the kind of its object, or Release where Helm alone keeps it.
func AboutRelease(r *snapshot.Release) Outcome {
	return Outcome{about: r, Weight: facts.CriticalityNormal}
}

// AboutRepository starts an outcome whose subject is a chart of a source repository.
func AboutRepository(r *snapshot.Repository, chart *snapshot.Chart) Outcome {
	return About(Subject{Kind: "Repository", Name: r.Name, Container: chart.Name}, placeOf(chart.Place))
}

// AboutCustomResource starts an outcome whose subject is a section of a custom resource.
func AboutCustomResource(c *facts.CustomResource) Outcome {
	return About(Subject{Kind: c.ObjectKind, Namespace: c.Namespace, Name: c.Name, Container: c.Section}, placeOf(c.Place))
}

// AboutAPI starts an outcome whose subject is a version of an API in a cluster: policy/v1beta1/poddisruptionbudgets.
func AboutAPI(groupVersion, resource string) Outcome {
	return About(Subject{Kind: "API", Name: groupVersion + "/" + resource}, Place{})
}

// AboutObject starts an outcome whose subject is an object of a file, of any kind.
func AboutObject(r snapshot.Ref) Outcome {
	return About(Subject{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name}, placeOf(r.Place))
}

// AboutCRD starts an outcome whose subject is a CustomResourceDefinition.
func AboutCRD(c *snapshot.CRD) Outcome {
	return About(Subject{Kind: "CustomResourceDefinition", Name: c.Name}, placeOf(c.Place))
}

func placeOf(p snapshot.Place) Place { return Place{File: p.File, Line: p.Line} }

// Pass ends the outcome: the condition was reached and holds.
func (o Outcome) Pass() Outcome { o.Result, o.failure = Pass, nil; return o }

// PassNoted is Pass with a remark worth reading.
func (o Outcome) PassNoted(note string) Outcome {
	o.Result, o.Reason, o.failure = Pass, note, nil
	return o
}

// Unknown ends the outcome: it can't be told, and the reason says why.
func (o Outcome) Unknown(reason string) Outcome {
	o.Result, o.Reason, o.failure = Unknown, reason, nil
	return o
}

// UnknownUntil is Unknown where a person's word on the workload would settle it: the fact of that key is asked for.
func (o Outcome) UnknownUntil(key facts.FactKey, reason string) Outcome {
	o.Result, o.Reason, o.Asks, o.failure = Unknown, reason, key, nil
	return o
}

// NotApplicable ends the outcome: the rule's condition does not reach this subject.
func (o Outcome) NotApplicable(reason string) Outcome {
	o.Result, o.Reason, o.failure = NotApplicable, reason, nil
	return o
}

// Failure is what a failing outcome must say. Severity 0 is the control's own.
type Failure struct {
	Severity Severity
	Message  string
	Evidence []Evidence
	Expected string
	Mend     Mend
}

// Fail ends the outcome with a finding.
func (o Outcome) Fail(f Failure) Outcome {
	o.Result, o.failure = Fail, &f
	return o
}

// AboutVolume starts an outcome whose subject is a persistent volume.
func AboutVolume(v *facts.Volume) Outcome {
	return About(Subject{Kind: "PersistentVolume", Name: v.Name}, placeOf(v.Place))
}

// AboutStorageClass starts an outcome whose subject is a storage class.
func AboutStorageClass(c *snapshot.StorageClass) Outcome {
	return About(Subject{Kind: "StorageClass", Name: c.Name}, placeOf(c.Place))
}

// AboutWebhook starts an outcome whose subject is one webhook of a configuration: the configuration by name, the webhook as its part.
func AboutWebhook(w *facts.Webhook) Outcome {
	return About(Subject{Kind: w.ObjectKind, Name: w.Configuration, Container: w.Name}, placeOf(w.Place))
}
