package cluster

import (
	"cmp"
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"strings"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

// uid is a digest of an object's uid, which takes less room than its text.
type uid [16]byte

func uidOf(text string) uid {
	sum := sha256.Sum256([]byte(text))
	return uid(sum[:16])
}

// workloadTable sums pods up for the workloads that they belong to, which it knows by their uids until they were written.
type workloadTable struct {
	texts   *kube.Texts
	byUID   map[uid]*group
	owners  map[uid]*group // by the uid of a ReplicaSet or Job: its Deployment or CronJob
	guessed map[ref][]uid  // ReplicaSets that were not listed, by what their pods' names make their Deployment
}

// group is a workload with the sum of its pods.
type group struct {
	ref       ref
	listed    bool   // its record was written, or pods of it were seen
	naked     bool   // a pod that nobody owns
	revisions uint32 // ReplicaSets of a Deployment
	pods      podSum
}

// ref is a reference by the numbers of its texts.
type ref struct{ kind, namespace, name uint32 }

func newWorkloadTable(texts *kube.Texts) *workloadTable {
	return &workloadTable{texts: texts, byUID: map[uid]*group{}, owners: map[uid]*group{}, guessed: map[ref][]uid{}}
}

func (t *workloadTable) number(r snapshot.Ref) ref {
	return ref{t.texts.Number(r.Kind), t.texts.Number(r.Namespace), t.texts.Number(r.Name)}
}

func (t *workloadTable) refOf(g *group) snapshot.Ref {
	return snapshot.Ref{Kind: t.texts.Text(g.ref.kind), Namespace: t.texts.Text(g.ref.namespace), Name: t.texts.Text(g.ref.name)}
}

// add makes a group of what has this uid. One uid has one group.
func (t *workloadTable) add(id uid, r snapshot.Ref) *group {
	if found := t.byUID[id]; found != nil {
		return found
	}
	found := &group{ref: t.number(r)}
	t.byUID[id] = found
	return found
}

// take gives the group of a workload that is read now, with all that was summed up for it, and forgets it.
func (t *workloadTable) take(id uid, r snapshot.Ref) *group {
	found := t.add(id, r)
	delete(t.byUID, id)
	for _, replicaSet := range t.guessed[found.ref] {
		other := t.byUID[replicaSet]
		found.pods.merge(&other.pods)
		other.ref = found.ref // events of its pods are the workload's
		delete(t.byUID, replicaSet)
	}
	delete(t.guessed, found.ref)
	return found
}

// readOwned reads ReplicaSets and Jobs. Whose they are must be known before their pods are read.
func (c *collection) readOwned(ctx context.Context) error { return c.readControllers(ctx, ownedKinds) }

// readWorkloads reads the controllers that no other has, after the pods: each is written with the sum of its pods. What is left then
// are sums of what was read before, and of what could not be listed.
func (c *collection) readWorkloads(ctx context.Context) error {
	if err := c.readControllers(ctx, owningKinds); err != nil {
		return err
	}
	return c.writeRest()
}

func (c *collection) readControllers(ctx context.Context, kinds []kind) error {
	for _, k := range kinds {
		t := c.typeOf(k)
		read := func(raw []byte, whole func() ([]byte, error)) (*kube.Workload, error) {
			return readWorkload(t, raw, whole)
		}
		if err := eachNarrow(ctx, c, k, read, c.addWorkload); err != nil {
			return err
		}
	}
	return nil
}

// ofOwnedSets is what a ReplicaSet is read for that a Deployment owns.
var ofOwnedSets = []string{"metadata.name", "metadata.namespace", "metadata.uid", "metadata.ownerReferences[]", "spec.replicas", "status.replicas"}

type scale struct {
	Replicas kube.Int `json:"replicas"`
}

// readWorkload reads no more than a few figures of what its owner speaks for: old ReplicaSets are most of a cluster's objects.
func readWorkload(t kube.TypeMeta, raw []byte, whole func() ([]byte, error)) (*kube.Workload, error) {
	if t.Kind == "ReplicaSet" || t.Kind == "Job" {
		var light struct {
			kube.Object
			Spec   scale `json:"spec"`
			Status scale `json:"status"`
		}
		if err := decode(raw, &light); err != nil {
			return nil, err
		}
		if spokenFor(&light.Meta) {
			w := &kube.Workload{Object: light.Object}
			w.TypeMeta, w.Spec.Replicas, w.Status.Replicas = t, light.Spec.Replicas, light.Status.Replicas
			return w, nil
		}
		var err error
		if raw, err = whole(); err != nil {
			return nil, err
		}
	}
	w := new(kube.Workload)
	err := decode(raw, w)
	w.TypeMeta = t
	return w, err
}

// spokenFor reports whether a ReplicaSet's or Job's controller is a workload itself.
func spokenFor(m *kube.Meta) bool {
	owner := m.Controller()
	return owner != nil && kube.IsWorkload(kube.TypeMeta{APIVersion: owner.APIVersion, Kind: owner.Kind})
}

func (c *collection) addWorkload(w *kube.Workload) error {
	owned := w.Kind == "ReplicaSet" || w.Kind == "Job"
	if owned && spokenFor(&w.Meta) {
		c.addOwned(w)
		return nil
	}
	if w.Kind == "ReplicaSet" && len(w.Meta.Owners) > 0 && w.Spec.Replicas.Or(1) == 0 {
		return nil // an older revision of an operator's resource
	}
	c.backups.AddCronJob(w)
	record := kube.WorkloadRecord(w)
	r := snapshot.Ref{Kind: record.Kind, Namespace: record.Namespace, Name: record.Name}
	c.targets.Add(r, w.Template().Meta.Labels)
	if owned {
		found := c.workloads.add(uidOf(w.Meta.UID), r)
		found.listed = true
		c.events.see(w.Meta.UID, found)
		return c.writeWorkload(record)
	}
	found := c.workloads.take(uidOf(w.Meta.UID), r)
	found.listed = true
	c.events.see(w.Meta.UID, found)
	if w.Kind == "Deployment" && c.allowed.may(replicaSets.resource, record.Namespace) {
		record.RevisionsKept = new(int(found.revisions))
	}
	if err := c.writeWorkload(record); err != nil {
		return err
	}
	return c.writePods(found)
}

// addOwned remembers whose a ReplicaSet or Job is. An older revision is only counted: it has no pods.
func (c *collection) addOwned(w *kube.Workload) {
	t, owner := c.workloads, w.Meta.Controller()
	above := t.add(uidOf(owner.UID), snapshot.Ref{Kind: owner.Kind, Namespace: w.Meta.Namespace, Name: owner.Name})
	c.events.see(w.Meta.UID, above)
	if w.Kind == "ReplicaSet" {
		above.revisions++
		if w.Spec.Replicas.Or(1) == 0 && w.Status.Replicas.Value == 0 {
			return
		}
	}
	t.owners[uidOf(w.Meta.UID)] = above
}

// writeWorkload writes a workload and looks at it for what the cluster's own parts tell.
func (c *collection) writeWorkload(record snapshot.Workload) error {
	c.spaces.See(record.Namespace)
	c.system.see(&record)
	return c.write(record)
}

// writePods writes the sum of a workload's pods. What runs to its end may have none.
func (c *collection) writePods(g *group) error {
	r := c.workloads.refOf(g)
	if g.pods.total == 0 && (r.Kind == "Job" || r.Kind == "CronJob") || !c.allowed.may(pods.resource, r.Namespace) {
		return nil
	}
	return c.write(g.pods.record(r, c.texts, c.nodes))
}

// writeRest writes the sums of all workloads that are left, ordered by their references, and lets go of the table.
func (c *collection) writeRest() error {
	t := c.workloads
	left := slices.Collect(maps.Values(t.byUID))
	slices.SortFunc(left, func(a, b *group) int {
		x, y := t.refOf(a), t.refOf(b)
		return cmp.Or(cmp.Compare(x.Namespace, y.Namespace), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Name, y.Name))
	})
	for _, g := range left {
		if !g.listed {
			continue
		}
		if err := c.writePods(g); err != nil {
			return err
		}
	}
	c.workloads = newWorkloadTable(c.texts)
	return nil
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

// groupOf finds where a pod counts. Of pods that belong to a resource which is no workload, such as an operator's, the first by name stands
// for all: it is first, as is a naked pod, which is a workload of its own and in no table.
func (t *workloadTable) groupOf(p *kube.Pod) (found *group, first bool) {
	owner := ownerOf(&p.Meta)
	own := snapshot.Ref{Kind: "Pod", Namespace: p.Meta.Namespace, Name: p.Meta.Name}
	if isNaked(owner) {
		return &group{ref: t.number(own), listed: true, naked: true}, true
	}
	id := uidOf(owner.UID)
	found = t.owners[id]
	if found == nil {
		found = t.byUID[id]
	}
	switch {
	case found != nil:
	case isOfWorkload(owner):
		found = t.unlisted(id, p, owner)
	default:
		found, first = t.add(id, own), true
	}
	found.listed = true
	return found, first
}

// isNaked reports whether nobody owns a pod but, of a static one, its node.
func isNaked(owner *kube.Owner) bool { return owner == nil || owner.Kind == "Node" }

// isOfWorkload reports whether a pod's owner is a workload itself.
func isOfWorkload(owner *kube.Owner) bool {
	return owner.Kind != "Pod" && kube.IsWorkload(kube.TypeMeta{APIVersion: owner.APIVersion, Kind: owner.Kind})
}

// isFirst is what groupOf will say of a pod.
func (t *workloadTable) isFirst(p *kube.Pod) bool {
	owner := ownerOf(&p.Meta)
	return isNaked(owner) || !isOfWorkload(owner) && t.byUID[uidOf(owner.UID)] == nil
}

// podWorkload is the record of a pod that stands for a workload.
func podWorkload(p *kube.Pod) snapshot.Workload {
	record := kube.PodWorkloadRecord(p)
	switch owner := ownerOf(&p.Meta); {
	case owner == nil:
	case owner.Kind == "Node": // a static pod: the node's own file, no operator's resource
		record.OwnerKind, record.ManagedBy = "", ""
	default:
		record.OwnerKind = owner.Kind
	}
	return record
}

// unlisted is for pods whose controller is not known: it is read later, or could not be listed. A ReplicaSet's name is its
// Deployment's and the template's hash.
func (t *workloadTable) unlisted(id uid, p *kube.Pod, owner *kube.Owner) *group {
	found := t.add(id, snapshot.Ref{Kind: owner.Kind, Namespace: p.Meta.Namespace, Name: owner.Name})
	if hash := p.Meta.Labels[labelTemplateHash]; owner.Kind == "ReplicaSet" && hash != "" {
		above := t.number(snapshot.Ref{Kind: "Deployment", Namespace: p.Meta.Namespace, Name: strings.TrimSuffix(owner.Name, "-"+hash)})
		t.guessed[above] = append(t.guessed[above], id)
	}
	return found
}

// ownerOf is the controller, else the first owner.
func ownerOf(m *kube.Meta) *kube.Owner {
	if owner := m.Controller(); owner != nil || len(m.Owners) == 0 {
		return owner
	}
	return &m.Owners[0]
}
