package cluster

import (
	"context"
	"slices"
	"strings"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

// workloadTable knows each controller by its uid, so that pods find their way to the one at the top.
type workloadTable struct {
	targets   kube.Targets
	byUID     map[string]*group
	byName    map[snapshot.Ref]*group
	owners    map[string]string // uid of a ReplicaSet or Job → uid of its Deployment or CronJob
	revisions map[string]int    // uid of a Deployment → its ReplicaSets
	order     []*group
}

// group is a workload with the sum of its pods.
type group struct {
	ref  snapshot.Ref
	pods podSum

	// Of pods that belong to a resource which is no workload, such as an operator's: the first pod by name stands for all.
	operated *snapshot.Workload
	labels   map[string]string
}

func newWorkloadTable() *workloadTable {
	return &workloadTable{byUID: map[string]*group{}, byName: map[snapshot.Ref]*group{}, owners: map[string]string{}, revisions: map[string]int{}}
}

// add makes a group of what has this uid. One uid has one group.
func (t *workloadTable) add(uid string, ref snapshot.Ref) *group {
	if found := t.byUID[uid]; found != nil {
		return found
	}
	found := &group{ref: ref}
	t.byUID[uid], t.byName[ref] = found, found
	t.order = append(t.order, found)
	return found
}

func (c *collection) readWorkloads(ctx context.Context) error {
	for _, k := range workloadKinds() {
		t := c.typeOf(k)
		read := func(raw []byte) (*kube.Workload, error) { return readWorkload(t, raw) }
		if err := each(ctx, c, k, read, c.addWorkload); err != nil {
			return err
		}
	}
	return c.readCustomResources(ctx)
}

// readWorkload reads no more than the metadata of what its owner speaks for: old ReplicaSets are most of a cluster's objects.
func readWorkload(t kube.TypeMeta, raw []byte) (*kube.Workload, error) {
	if t.Kind == "ReplicaSet" || t.Kind == "Job" {
		var light kube.Object
		if err := decode(raw, &light); err != nil {
			return nil, err
		}
		if spokenFor(&light.Meta) {
			light.TypeMeta = t
			return &kube.Workload{Object: light}, nil
		}
	}
	w, err := whole[kube.Workload](raw)
	w.TypeMeta = t
	return w, err
}

// spokenFor reports whether a ReplicaSet's or Job's controller is a workload itself.
func spokenFor(m *kube.Meta) bool {
	owner := m.Controller()
	return owner != nil && kube.IsWorkload(kube.TypeMeta{APIVersion: owner.APIVersion, Kind: owner.Kind})
}

func (c *collection) addWorkload(w *kube.Workload) error {
	t := c.workloads
	if spokenFor(&w.Meta) && (w.Kind == "ReplicaSet" || w.Kind == "Job") {
		owner := w.Meta.Controller()
		t.owners[w.Meta.UID] = owner.UID
		if w.Kind == "ReplicaSet" {
			t.revisions[owner.UID]++
		}
		return nil
	}
	if w.Kind == "ReplicaSet" && len(w.Meta.Owners) > 0 && w.Spec.Replicas.Or(1) == 0 {
		return nil // an older revision of an operator's resource
	}
	c.backups.AddCronJob(w)
	record := kube.WorkloadRecord(w)
	if w.Kind == "Deployment" && c.allowed.may(replicaSets.resource, record.Namespace) {
		record.RevisionsKept = new(t.revisions[w.Meta.UID])
	}
	template := w.Template()
	ref := snapshot.Ref{Kind: record.Kind, Namespace: record.Namespace, Name: record.Name}
	t.add(w.Meta.UID, ref)
	t.targets.Add(ref, template.Meta.Labels)
	return c.writeWorkload(record)
}

// writeWorkload writes a workload and looks at it for what the cluster's own parts tell.
func (c *collection) writeWorkload(record snapshot.Workload) error {
	c.spaces.See(record.Namespace)
	c.system.see(&record)
	return c.write(record)
}

func (c *collection) readCustomResources(ctx context.Context) error {
	for _, k := range customKinds {
		read := func(raw []byte) (kube.JVMResource, error) {
			return kube.NewJVMResource(c.typeOf(k), func(into any) error { return decode(raw, into) })
		}
		if err := each(ctx, c, k, read, func(r kube.JVMResource) error {
			for _, record := range kube.CustomResourceRecords(r) {
				if err := c.write(record); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// groupOf finds where a pod counts; nil for a naked one.
func (t *workloadTable) groupOf(p *kube.Pod) *group {
	owner := ownerOf(&p.Meta)
	if owner == nil || owner.Kind == "Node" {
		return nil
	}
	uid := owner.UID
	if above, known := t.owners[uid]; known {
		uid = above
	}
	if found := t.byUID[uid]; found != nil {
		return found
	}
	if kube.IsWorkload(kube.TypeMeta{APIVersion: owner.APIVersion, Kind: owner.Kind}) && owner.Kind != "Pod" {
		return t.unlisted(p, owner)
	}
	found := t.add(uid, snapshot.Ref{Kind: "Pod", Namespace: p.Meta.Namespace, Name: p.Meta.Name})
	if found.operated == nil {
		record := kube.PodWorkloadRecord(p)
		found.operated, found.labels = &record, p.Meta.Labels
		record.OwnerKind = owner.Kind
	}
	return found
}

// unlisted is for pods whose controller could not be listed. A ReplicaSet's name is its Deployment's and the template's hash.
func (t *workloadTable) unlisted(p *kube.Pod, owner *kube.Owner) *group {
	ref := snapshot.Ref{Kind: owner.Kind, Namespace: p.Meta.Namespace, Name: owner.Name}
	if hash := p.Meta.Labels[labelTemplateHash]; owner.Kind == "ReplicaSet" && hash != "" {
		above := snapshot.Ref{Kind: "Deployment", Namespace: ref.Namespace, Name: strings.TrimSuffix(owner.Name, "-"+hash)}
		if found := t.byName[above]; found != nil {
			return found
		}
	}
	return t.add(owner.UID, ref)
}

// ownerOf is the controller, else the first owner.
func ownerOf(m *kube.Meta) *kube.Owner {
	if owner := m.Controller(); owner != nil || len(m.Owners) == 0 {
		return owner
	}
	return &m.Owners[0]
}

// writeOperated writes the workloads that stand for pods of operators' resources.
func (c *collection) writeOperated() error {
	for _, g := range c.workloads.order {
		if g.operated == nil {
			continue
		}
		c.workloads.targets.Add(g.ref, g.labels)
		if err := c.writeWorkload(*g.operated); err != nil {
			return err
		}
		g.operated, g.labels = nil, nil
	}
	return nil
}

func (c *collection) writePodSummaries() error {
	for _, g := range c.workloads.order {
		if g.pods.total == 0 && slices.Contains([]string{"Job", "CronJob"}, g.ref.Kind) {
			continue
		}
		if !c.allowed.may(pods.resource, g.ref.Namespace) {
			continue
		}
		if err := c.write(g.pods.record(g.ref)); err != nil {
			return err
		}
	}
	return nil
}
