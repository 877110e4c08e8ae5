package manifests

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/allow"
	"plimsoll/collectors/kube"

	"go.yaml.in/yaml/v3"
)

// take turns one object into what is kept of it. Kinds that no rule reads are left.
func (r *reading) take(node *yaml.Node, meta kube.TypeMeta) error {
	switch {
	case kube.IsWorkload(meta) && meta.Kind == "Pod":
		return r.takePod(node, meta)
	case kube.IsWorkload(meta):
		return r.takeWorkload(node, meta)
	case meta == kube.TypeMeta{APIVersion: "v1", Kind: "Service"}:
		return r.takeService(node, meta)
	case meta.Kind == "PodDisruptionBudget" && meta.Group() == "policy":
		return r.takeBudget(node, meta)
	case kube.IsAutoscaler(meta):
		return r.takeAutoscaler(node, meta)
	case kube.IsPolicy(meta):
		return r.takePolicy(node, meta)
	case kube.IsCustomResource(meta):
		return r.takeCustomResource(node, meta)
	case kube.IsRelease(meta):
		return r.takeRelease(node, meta)
	case kube.IsCRD(meta):
		return r.takeDefinition(node, meta)
	case kube.IsFabric(meta):
		return r.c.fabric.Take(meta, func(into any) error { return kube.DecodeNode(node, into) })
	case meta == kube.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"}:
		e, err := decode(node, meta, func(e *kube.EndpointSlice) *kube.Object { return &e.Object })
		if err == nil {
			r.c.endpoints.Add(e)
		}
		return err
	case meta == kube.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"} && r.namedConfiguration(node):
		return r.takeConfiguration(node, meta)
	case meta == kube.TypeMeta{APIVersion: "v1", Kind: "LimitRange"}:
		l, err := decode(node, meta, func(l *kube.LimitRange) *kube.Object { return &l.Object })
		if err == nil {
			r.c.namespaces.AddLimitRange(l)
		}
		return err
	case meta == kube.TypeMeta{APIVersion: "v1", Kind: "Namespace"}:
		o, err := decode(node, meta, func(o *kube.Object) *kube.Object { return o })
		if err == nil && o.Meta.Name != "" {
			r.c.namespaces.See(o.Meta.Name)
		}
		return err
	}
	return r.takeFurther(node, meta)
}

// namedConfiguration reports whether a ConfigMap is one of those that tell of the network: others are not read.
func (r *reading) namedConfiguration(node *yaml.Node) bool {
	metadata := field(node, "metadata")
	if metadata == nil || metadata.Kind != yaml.MappingNode {
		return false
	}
	name, namespace := field(metadata, "name"), field(metadata, "namespace")
	return name != nil && namespace != nil && namespace.Value == kube.SystemNamespace &&
		(name.Value == kube.CiliumConfigMap || slices.Contains(kube.ProxyConfigMaps, name.Value))
}

func (r *reading) takeConfiguration(node *yaml.Node, meta kube.TypeMeta) error {
	found, err := decode(node, meta, func(m *kube.ConfigMap) *kube.Object { return &m.Object })
	if err != nil {
		return err
	}
	record, known := kube.ProxyRecord(found)
	if found.Meta.Name == kube.CiliumConfigMap {
		record, known = kube.CiliumRecord(found)
	}
	if known {
		r.c.fabric.Add(record)
	}
	return nil
}

func (r *reading) takeWorkload(node *yaml.Node, meta kube.TypeMeta) error {
	w, err := decode(node, meta, func(w *kube.Workload) *kube.Object { return &w.Object })
	if err != nil || kube.BelongsToOwner(meta, &w.Meta) {
		return err
	}
	r.c.backups.AddCronJob(w)
	return r.emitWorkload(node, kube.WorkloadRecord(w), w.Template().Meta.Labels)
}

func (r *reading) takePod(node *yaml.Node, meta kube.TypeMeta) error {
	p, err := decode(node, meta, func(p *kube.Pod) *kube.Object { return &p.Object })
	if err != nil || kube.BelongsToOwner(meta, &p.Meta) {
		return err
	}
	return r.emitWorkload(node, kube.PodWorkloadRecord(p), p.Meta.Labels)
}

func (r *reading) emitWorkload(node *yaml.Node, record snapshot.Workload, podLabels map[string]string) error {
	record.Place = r.place(node)
	for i := range record.Containers {
		record.Containers[i].Line = r.lineOf(record.Containers[i].Line)
	}
	if err := snapshot.Check(record); err != nil {
		return err
	}
	r.c.namespaces.See(record.Namespace)
	r.c.targets.Add(snapshot.Ref{Kind: record.Kind, Namespace: record.Namespace, Name: record.Name, Place: record.Place}, podLabels)
	if err := r.c.emit(record); err != nil {
		return emitError{err}
	}
	r.c.inputs.Workloads++
	return nil
}

func (r *reading) takeService(node *yaml.Node, meta kube.TypeMeta) error {
	s, err := decode(node, meta, func(s *kube.Service) *kube.Object { return &s.Object })
	if err != nil {
		return err
	}
	record := kube.ServiceRecord(s, nil)
	record.Place = r.place(node)
	if err := snapshot.Check(record); err != nil {
		return err
	}
	r.c.services = append(r.c.services, service{s, record})
	return nil
}

func (r *reading) takeBudget(node *yaml.Node, meta kube.TypeMeta) error {
	b, err := decode(node, meta, func(b *kube.Budget) *kube.Object { return &b.Object })
	if err != nil {
		return err
	}
	record := kube.BudgetRecord(b)
	record.Place = r.place(node)
	if err := snapshot.Check(record); err != nil {
		return err
	}
	r.c.budgets = append(r.c.budgets, budget{b, record})
	return nil
}

func (r *reading) takeAutoscaler(node *yaml.Node, meta kube.TypeMeta) error {
	a, err := decode(node, meta, func(a *kube.Autoscaler) *kube.Object { return &a.Object })
	if err != nil {
		return err
	}
	record := kube.AutoscalerRecord(a)
	record.Place = r.place(node)
	if err := snapshot.Check(record); err != nil {
		return err
	}
	r.c.autoscalers = append(r.c.autoscalers, record)
	return nil
}

func (r *reading) takePolicy(node *yaml.Node, meta kube.TypeMeta) error {
	o, err := decode(node, meta, func(o *kube.Object) *kube.Object { return o })
	if err != nil {
		return err
	}
	record := kube.PolicyRecord(o)
	record.Place = r.place(node)
	if err := snapshot.Check(record); err != nil {
		return err
	}
	r.c.namespaces.AddPolicy(o)
	r.c.policies = append(r.c.policies, record)
	return nil
}

func (r *reading) takeCustomResource(node *yaml.Node, meta kube.TypeMeta) error {
	o, err := kube.NewJVMResource(meta, func(into any) error { return kube.DecodeNode(node, into) })
	if err != nil {
		return err
	}
	for _, record := range kube.CustomResourceRecords(o) {
		record.Place = r.place(node)
		if err := snapshot.Check(record); err != nil {
			return err
		}
		r.c.namespaces.See(record.Namespace)
		r.c.custom = append(r.c.custom, record)
	}
	return nil
}

func (r *reading) takeRelease(node *yaml.Node, meta kube.TypeMeta) error {
	record, err := releaseOf(node, meta)
	if err != nil {
		return err
	}
	record.Place = r.place(node)
	if err := snapshot.Check(record); err != nil {
		return err
	}
	r.c.releases = append(r.c.releases, record)
	return nil
}

// releaseOf reads an object of Argo CD or Flux.
func releaseOf(node *yaml.Node, meta kube.TypeMeta) (snapshot.Release, error) {
	switch meta.Kind {
	case "Application":
		a, err := decode(node, meta, func(a *kube.Application) *kube.Object { return &a.Object })
		if err != nil {
			return snapshot.Release{}, err
		}
		return kube.ApplicationRecord(a), nil
	case "HelmRelease":
		h, err := decode(node, meta, func(h *kube.HelmRelease) *kube.Object { return &h.Object })
		if err != nil {
			return snapshot.Release{}, err
		}
		return kube.HelmReleaseRecord(h), nil
	}
	k, err := decode(node, meta, func(k *kube.FluxKustomization) *kube.Object { return &k.Object })
	if err != nil {
		return snapshot.Release{}, err
	}
	return kube.KustomizationRecord(k), nil
}

func (r *reading) takeDefinition(node *yaml.Node, meta kube.TypeMeta) error {
	d, err := decode(node, meta, func(d *kube.CustomResourceDefinition) *kube.Object { return &d.Object })
	if err != nil {
		return err
	}
	record := kube.CRDRecord(d)
	noVersion := func(name string) bool { return !allow.Fits("version", name) } // a key called name is no key of versions alone
	if record.Served = slices.DeleteFunc(record.Served, noVersion); noVersion(record.Storage) {
		record.Storage = ""
	}
	record.APIVersion, record.Stored, record.Place = meta.APIVersion, nil, r.place(node) // a file's status is a copy of some cluster's
	if err := snapshot.Check(record); err != nil {
		return err
	}
	r.c.definitions = append(r.c.definitions, record)
	return nil
}

// emitUse says which version of which API the object is written in.
func (r *reading) emitUse(node *yaml.Node, meta kube.TypeMeta) error {
	name, namespace := nameOf(node)
	namespace = kube.NamespaceOf(meta, namespace)
	group, version, grouped := strings.Cut(meta.APIVersion, "/")
	if !grouped {
		group, version = "", meta.APIVersion
	}
	use := snapshot.APIUse{Group: group, Version: version, ObjectKind: meta.Kind,
		Object: &snapshot.Ref{Kind: meta.Kind, Namespace: namespace, Name: name, Place: r.place(node)}}
	if max(len(name), len(namespace), len(meta.APIVersion), len(meta.Kind)) > maxPlainText {
		if err := snapshot.Check(use); err != nil {
			return err
		}
	}
	if err := r.c.emit(use); err != nil {
		return emitError{err}
	}
	return nil
}

// maxPlainText is a length that every name of the format may have: what is shorter need not be held against its bounds.
const maxPlainText = 128

// nameOf reads name and namespace alone: most objects are of kinds that nothing else is read of.
func nameOf(node *yaml.Node) (name, namespace string) {
	metadata := field(node, "metadata")
	if metadata == nil || metadata.Kind != yaml.MappingNode {
		return "", ""
	}
	generated := ""
	for i := 0; i+1 < len(metadata.Content); i += 2 {
		value := metadata.Content[i+1]
		for hops := 0; value.Kind == yaml.AliasNode && hops < maxDepth; hops++ {
			value = value.Alias
		}
		if value.Kind != yaml.ScalarNode || value.Tag == "!!null" {
			continue
		}
		switch metadata.Content[i].Value {
		case "name":
			name = value.Value
		case "generateName":
			generated = value.Value
		case "namespace":
			namespace = value.Value
		}
	}
	return cmp.Or(name, generated), namespace
}

// unfollowed lists a selector that reaches more than is followed: what it selects can't be told.
func (c *collection) unfollowed(kind, name string, place snapshot.Place) {
	c.skip(Skipped{File: place.File, Document: place.Document, Line: place.Line, Reason: fmt.Sprintf(
		"what %s %s selects is not followed: all selectors together reach more than %d workloads, or compare too much. Read fewer files at once",
		kind, quote(name), maxReferences)})
}

// finish joins what selects workloads with what there is, and emits the rest.
func (c *collection) finish() error {
	for _, n := range c.namespaces.Records() {
		if err := c.emit(n); err != nil {
			return err
		}
	}
	for _, s := range c.services {
		if !c.targets.ResolveService(&s.record, s.object) {
			c.unfollowed("Service", s.record.Name, s.record.Place)
		}
		if err := c.emit(s.record); err != nil {
			return err
		}
	}
	for _, b := range c.budgets {
		if !c.targets.ResolveBudget(&b.record, b.object) {
			c.unfollowed("PodDisruptionBudget", b.record.Name, b.record.Place)
		}
		if err := c.emit(b.record); err != nil {
			return err
		}
	}
	if err := emitAll(c.emit, c.autoscalers); err != nil {
		return err
	}
	if err := emitAll(c.emit, c.policies); err != nil {
		return err
	}
	if err := emitAll(c.emit, c.custom); err != nil {
		return err
	}
	if err := emitAll(c.emit, c.definitions); err != nil {
		return err
	}
	if err := emitAll(c.emit, c.releases); err != nil {
		return err
	}
	if err := emitAll(c.emit, c.further); err != nil {
		return err
	}
	if err := emitAll(c.emit, c.backups.Records()); err != nil {
		return err
	}
	if err := emitAll(c.emit, c.endpoints.Records()); err != nil {
		return err
	}
	if err := emitAll(c.emit, c.fabric.Records()); err != nil {
		return err
	}
	for _, s := range c.inputs.Skipped {
		note := snapshot.Note{Resource: "manifests", Reason: "skipped", Detail: s.Reason, Place: snapshot.Place{File: s.File, Line: s.Line, Document: s.Document}}
		if err := c.emit(note); err != nil {
			return err
		}
	}
	return nil
}

func emitAll[T snapshot.Record](emit func(snapshot.Record) error, records []T) error {
	for _, record := range records {
		if err := emit(record); err != nil {
			return err
		}
	}
	return nil
}
