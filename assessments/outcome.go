package assessments

import (
	"cmp"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// Outcome is what one rule says of one subject.
type Outcome struct {
	Subject  Subject
	Place    Place
	Weight   facts.Criticality // 1, 2 or 4 by the workload's criticality; 2 for subjects that are no workload
	Result   Result
	Reason   string        // why unknown or not applicable; a note beside a pass
	Asks     facts.FactKey // of an unknown outcome: the fact of the workload that a person could settle it by
	Severity Severity
	Message  string // what is wrong, one sentence, without the subject's name
	Evidence []Evidence
	Expected string
	Mend     Mend
}

// AboutWorkload starts an outcome whose subject is a workload.
func AboutWorkload(w *facts.Workload) Outcome {
	return Outcome{
		Subject: Subject{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name},
		Place:   placeOf(w.Place), Weight: w.Criticality,
	}
}

// AboutContainer starts an outcome whose subject is a container of a workload.
func AboutContainer(c *facts.Container) Outcome {
	o := AboutWorkload(c.Workload)
	o.Subject.Container = c.Name
	if c.Line > 0 {
		o.Place.Line = c.Line
	}
	return o
}

// AboutService starts an outcome whose subject is a service.
func AboutService(s *facts.Service) Outcome {
	return Outcome{Subject: Subject{Kind: "Service", Namespace: s.Namespace, Name: s.Name}, Place: placeOf(s.Place), Weight: facts.CriticalityNormal}
}

// AboutNode starts an outcome whose subject is a node.
func AboutNode(n *facts.Node) Outcome {
	return Outcome{Subject: Subject{Kind: "Node", Name: n.Name}, Weight: facts.CriticalityNormal}
}

// AboutNamespace starts an outcome whose subject is a namespace.
func AboutNamespace(name string) Outcome {
	return Outcome{Subject: Subject{Kind: "Namespace", Name: name}, Weight: facts.CriticalityNormal}
}

// AboutPool starts an outcome whose subject is an address pool of a network component, "metallb/public".
func AboutPool(component, pool string) Outcome {
	return Outcome{Subject: Subject{Kind: "AddressPool", Name: component + "/" + pool}, Weight: facts.CriticalityNormal}
}

// AboutCluster starts an outcome whose subject is the cluster as a whole.
func AboutCluster() Outcome {
	return Outcome{Subject: Subject{Kind: "Cluster", Name: "cluster"}, Weight: facts.CriticalityNormal}
}

// AboutRelease starts an outcome whose subject is a release: by the kind of its object, or Release where Helm alone keeps it.
func AboutRelease(r *snapshot.Release) Outcome {
	return Outcome{
		Subject: Subject{Kind: cmp.Or(r.ObjectKind, "Release"), Namespace: r.Namespace, Name: r.Name},
		Place:   placeOf(r.Place), Weight: facts.CriticalityNormal,
	}
}

// AboutRepository starts an outcome whose subject is a chart of a source repository.
func AboutRepository(r *snapshot.Repository, chart *snapshot.Chart) Outcome {
	return Outcome{
		Subject: Subject{Kind: "Repository", Name: r.Name, Container: chart.Name},
		Place:   placeOf(chart.Place), Weight: facts.CriticalityNormal,
	}
}

// AboutCustomResource starts an outcome whose subject is a section of a custom resource.
func AboutCustomResource(c *facts.CustomResource) Outcome {
	return Outcome{
		Subject: Subject{Kind: c.ObjectKind, Namespace: c.Namespace, Name: c.Name, Container: c.Section},
		Place:   placeOf(c.Place), Weight: facts.CriticalityNormal,
	}
}

// AboutAPI starts an outcome whose subject is a version of an API in a cluster: policy/v1beta1/poddisruptionbudgets.
func AboutAPI(groupVersion, resource string) Outcome {
	return Outcome{Subject: Subject{Kind: "API", Name: groupVersion + "/" + resource}, Weight: facts.CriticalityNormal}
}

// AboutObject starts an outcome whose subject is an object of a file, of any kind.
func AboutObject(r snapshot.Ref) Outcome {
	return Outcome{Subject: Subject{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name}, Place: placeOf(r.Place), Weight: facts.CriticalityNormal}
}

// AboutCRD starts an outcome whose subject is a CustomResourceDefinition.
func AboutCRD(c *snapshot.CRD) Outcome {
	return Outcome{Subject: Subject{Kind: "CustomResourceDefinition", Name: c.Name}, Place: placeOf(c.Place), Weight: facts.CriticalityNormal}
}

func placeOf(p snapshot.Place) Place { return Place{File: p.File, Line: p.Line} }

// Pass ends the outcome: the condition was reached and holds.
func (o Outcome) Pass() Outcome { o.Result = Pass; return o }

// PassNoted is Pass with a remark worth reading.
func (o Outcome) PassNoted(note string) Outcome { o.Result, o.Reason = Pass, note; return o }

// Unknown ends the outcome: it can't be told, and the reason says why.
func (o Outcome) Unknown(reason string) Outcome { o.Result, o.Reason = Unknown, reason; return o }

// UnknownUntil is Unknown where a person's word on the workload would settle it: the fact of that key is asked for.
func (o Outcome) UnknownUntil(key facts.FactKey, reason string) Outcome {
	o.Result, o.Reason, o.Asks = Unknown, reason, key
	return o
}

// NotApplicable ends the outcome: the rule's condition does not reach this subject.
func (o Outcome) NotApplicable(reason string) Outcome {
	o.Result, o.Reason = NotApplicable, reason
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
	o.Result = Fail
	o.Severity, o.Message, o.Evidence, o.Expected, o.Mend = f.Severity, f.Message, f.Evidence, f.Expected, f.Mend
	return o
}

// AboutVolume starts an outcome whose subject is a persistent volume.
func AboutVolume(v *facts.Volume) Outcome {
	return Outcome{Subject: Subject{Kind: "PersistentVolume", Name: v.Name}, Place: placeOf(v.Place), Weight: facts.CriticalityNormal}
}

// AboutStorageClass starts an outcome whose subject is a storage class.
func AboutStorageClass(c *snapshot.StorageClass) Outcome {
	return Outcome{Subject: Subject{Kind: "StorageClass", Name: c.Name}, Place: placeOf(c.Place), Weight: facts.CriticalityNormal}
}

// AboutWebhook starts an outcome whose subject is one webhook of a configuration: the configuration by name, the webhook as its part.
func AboutWebhook(w *facts.Webhook) Outcome {
	return Outcome{
		Subject: Subject{Kind: w.ObjectKind, Name: w.Configuration, Container: w.Name},
		Place:   placeOf(w.Place), Weight: facts.CriticalityNormal,
	}
}
