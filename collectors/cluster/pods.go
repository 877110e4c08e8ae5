package cluster

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

const (
	labelTemplateHash = "pod-template-hash"
	labelRevisionHash = "controller-revision-hash" // of StatefulSets and DaemonSets
)

// longestStart is the longest time from start to readiness that counts as a start: a later transition is a flap.
const longestStart = time.Hour

// podSum sums up the pods of one workload. Its size hangs on the workload: nodes, images and starts of different length, not on how
// many pods there are. Texts stand under their numbers, times in seconds.
type podSum struct {
	total, ready   uint32
	restarts       int64
	oldest, newest int64 // 0: not known
	phases, nodes  kube.Tally
	starts         kube.Tally // by seconds
	images         []imageSum
	terminations   []terminationSum
}

type imageSum struct {
	of   imageOf
	pods uint32
}

type imageOf struct{ template, architecture, container, image, digest uint32 }

type terminationSum struct {
	of     terminationOf
	count  uint32
	latest int64 // 0: not known
}

type terminationOf struct {
	container, reason uint32
	exitCode          int32
}

// ofOwnedPods is what a pod is read for that a workload speaks for.
var ofOwnedPods = []string{
	"metadata.name", "metadata.namespace", "metadata.uid", "metadata.creationTimestamp", "metadata.labels." + labelTemplateHash, "metadata.labels." + labelRevisionHash,
	"metadata.ownerReferences[]", "spec.nodeName", "spec.resources", "spec.containers[].name", "spec.containers[].image", "spec.containers[].resources.requests",
	"spec.initContainers[].restartPolicy", "spec.initContainers[].resources.requests", "status.phase", "status.startTime",
	"status.conditions[].type", "status.conditions[].status", "status.conditions[].lastTransitionTime",
	"status.containerStatuses[]", "status.initContainerStatuses[]",
}

// podReader decodes pods into one and the same room, but for those that are read whole.
type podReader struct {
	workloads *workloadTable
	pod       kube.Pod
}

func (r *podReader) read(raw []byte, whole func() ([]byte, error)) (*kube.Pod, error) {
	p := &r.pod
	labels, owners, status := p.Meta.Labels, p.Meta.Owners[:0], &p.Status
	clear(labels)
	containers, first := p.Spec.Containers[:0], p.Spec.InitContainers[:0]
	conditions, statuses, firstStatuses := status.Conditions[:0], status.Containers[:0], status.InitContainers[:0]
	*p = kube.Pod{}
	p.Meta.Labels, p.Meta.Owners, p.Spec.Containers, p.Spec.InitContainers = labels, owners, containers, first
	status.Conditions, status.Containers, status.InitContainers = conditions, statuses, firstStatuses
	if err := decode(raw, p); err != nil {
		return nil, err
	}
	if !r.workloads.isFirst(p) {
		return p, nil
	}
	raw, err := whole()
	if err != nil {
		return nil, err
	}
	all := new(kube.Pod)
	return all, decode(raw, all)
}

// readPods sums pods up under their controllers and on their nodes; naked ones become workloads of their own. Then nodes are written.
func (c *collection) readPods(ctx context.Context) error {
	err := eachNarrow(ctx, c, pods, (&podReader{workloads: c.workloads}).read, func(p *kube.Pod) error {
		p.TypeMeta = c.typeOf(pods)
		c.nodes.addPod(p)
		found, first := c.workloads.groupOf(p)
		if first {
			c.targets.Add(c.workloads.refOf(found), p.Meta.Labels)
			if err := c.writeWorkload(podWorkload(p)); err != nil {
				return err
			}
		}
		c.events.see(p.Meta.UID, found)
		found.pods.add(p, c.texts, c.nodes)
		if found.naked {
			return c.writePods(found)
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.nodes.counted = len(c.options.Namespaces) == 0 && c.allowed.may(pods.resource, "")
	return c.writeNodes()
}

// isOver reports whether a pod has ended and takes nothing any more.
func isOver(p *kube.Pod) bool { return p.Status.Phase == "Succeeded" || p.Status.Phase == "Failed" }

func (s *podSum) add(p *kube.Pod, texts *kube.Texts, nodes *nodeTable) {
	s.total++
	s.phases.Add(texts.Number(cmp.Or(p.Status.Phase, "Unknown")), 1)
	restarts := s.addContainers(p, texts)
	s.restarts += restarts
	if isOver(p) {
		return
	}
	on := texts.Number(p.Spec.NodeName)
	if on != 0 {
		s.nodes.Add(on, 1)
	}
	s.addAge(cmp.Or(p.Status.StartTime.Time, p.Meta.CreatedAt.Time))
	since, ready := readySince(p)
	if !ready {
		return
	}
	s.ready++
	s.addImages(p, texts, nodes.architectureOf(on))
	if after := since.Sub(p.Status.StartTime.Time); restarts == 0 && !since.IsZero() && !p.Status.StartTime.IsZero() && after >= 0 && after <= longestStart {
		s.starts.Add(uint32(after/time.Second), 1)
	}
}

func readySince(p *kube.Pod) (time.Time, bool) {
	for _, condition := range p.Status.Conditions {
		if condition.Type == "Ready" {
			return condition.Since.Time, condition.Status == "True"
		}
	}
	return time.Time{}, false
}

func (s *podSum) addAge(started time.Time) {
	if started.IsZero() {
		return
	}
	at := started.Unix()
	if s.oldest == 0 || at < s.oldest {
		s.oldest = at
	}
	s.newest = max(s.newest, at)
}

// addContainers counts how containers ended, the last time and, where they have not come back, this time.
func (s *podSum) addContainers(p *kube.Pod, texts *kube.Texts) (restarts int64) {
	for _, statuses := range [][]kube.ContainerStatus{p.Status.InitContainers, p.Status.Containers} {
		for i := range statuses {
			status := &statuses[i]
			restarts += max(status.Restarts.Value, 0)
			s.addTermination(status.Name, status.Last.Terminated, texts)
			if now := status.State.Terminated; now != nil && now.ExitCode.Value != 0 {
				s.addTermination(status.Name, now, texts)
			}
		}
	}
	return restarts
}

func (s *podSum) addTermination(container string, t *kube.Terminated, texts *kube.Texts) {
	if t == nil {
		return
	}
	latest := int64(0)
	if !t.FinishedAt.IsZero() {
		latest = t.FinishedAt.Unix()
	}
	s.sumTermination(terminationSum{terminationOf{texts.Number(container), texts.Number(t.Reason), int32(t.ExitCode.Value)}, 1, latest})
}

func (s *podSum) sumTermination(more terminationSum) {
	for i := range s.terminations {
		if have := &s.terminations[i]; have.of == more.of {
			have.count += more.count
			have.latest = max(have.latest, more.latest)
			return
		}
	}
	s.terminations = append(s.terminations, more)
}

// addImages counts what a ready pod's containers run: the image as the pod asks for it, and the digest that it got.
func (s *podSum) addImages(p *kube.Pod, texts *kube.Texts, architecture uint32) {
	of := imageOf{template: texts.Number(cmp.Or(p.Meta.Labels[labelTemplateHash], p.Meta.Labels[labelRevisionHash])), architecture: architecture}
	for i := range p.Status.Containers {
		status := &p.Status.Containers[i]
		id := digestOf(status.ImageID)
		if id == "" {
			continue
		}
		of.container, of.digest, of.image = texts.Number(status.Name), texts.Number(id), 0
		for j := range p.Spec.Containers {
			if p.Spec.Containers[j].Name == status.Name {
				of.image = texts.Number(kube.ContainerImage(&p.Spec.Containers[j]))
			}
		}
		s.sumImage(imageSum{of, 1})
	}
}

func (s *podSum) sumImage(more imageSum) {
	for i := range s.images {
		if s.images[i].of == more.of {
			s.images[i].pods += more.pods
			return
		}
	}
	s.images = append(s.images, more)
}

// merge adds another sum: of two that turned out to be one workload's.
func (s *podSum) merge(other *podSum) {
	s.total += other.total
	s.ready += other.ready
	s.restarts += other.restarts
	if s.oldest == 0 || other.oldest != 0 && other.oldest < s.oldest {
		s.oldest = other.oldest
	}
	s.newest = max(s.newest, other.newest)
	for _, pair := range []struct {
		into *kube.Tally
		from kube.Tally
	}{{&s.phases, other.phases}, {&s.nodes, other.nodes}, {&s.starts, other.starts}} {
		for _, counted := range pair.from {
			pair.into.Add(counted.Of, counted.N)
		}
	}
	for _, image := range other.images {
		s.sumImage(image)
	}
	for _, termination := range other.terminations {
		s.sumTermination(termination)
	}
}

// digestOf takes the digest out of an image id: repo@sha256:…, docker-pullable://repo@sha256:…, docker://sha256:… or sha256:….
func digestOf(imageID string) string {
	if _, digest, found := strings.Cut(imageID, "@"); found {
		return digest
	}
	if at := strings.LastIndex(imageID, "sha256:"); at >= 0 {
		return imageID[at:]
	}
	return ""
}

// record writes the sum down, in an order that the pods' order does not change.
func (s *podSum) record(ref snapshot.Ref, texts *kube.Texts, nodes *nodeTable) snapshot.WorkloadPods {
	record := snapshot.WorkloadPods{
		WorkloadKind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name, Total: int(s.total), Ready: int(s.ready),
		Images: s.imageRecords(texts), ReadyAfter: distribution(s.starts), Restarts: s.restarts, Terminations: s.terminationRecords(texts),
		Nodes: texts.Shares(s.nodes), Zones: texts.Shares(nodes.zonesOf(s.nodes)), Oldest: timeOf(s.oldest), Newest: timeOf(s.newest),
	}
	for _, phase := range s.phases {
		if record.Phases == nil {
			record.Phases = make(map[string]int, len(s.phases))
		}
		record.Phases[texts.Text(phase.Of)] = int(phase.N)
	}
	return record
}

// timeOf is nil of 0, and of what a snapshot does not take.
func timeOf(seconds int64) *time.Time {
	if seconds == 0 {
		return nil
	}
	return kube.Time{Time: time.Unix(seconds, 0).UTC()}.Pointer()
}

func (s *podSum) imageRecords(texts *kube.Texts) []snapshot.PodImage {
	var images []snapshot.PodImage
	for _, image := range s.images {
		images = append(images, snapshot.PodImage{Template: texts.Text(image.of.template), Architecture: texts.Text(image.of.architecture),
			Container: texts.Text(image.of.container), Image: texts.Text(image.of.image), ImageID: texts.Text(image.of.digest), Pods: int(image.pods)})
	}
	slices.SortFunc(images, func(a, b snapshot.PodImage) int {
		return cmp.Or(cmp.Compare(a.Template, b.Template), cmp.Compare(a.Architecture, b.Architecture), cmp.Compare(a.Container, b.Container),
			cmp.Compare(a.Image, b.Image), cmp.Compare(a.ImageID, b.ImageID))
	})
	return images
}

func (s *podSum) terminationRecords(texts *kube.Texts) []snapshot.Termination {
	var records []snapshot.Termination
	for _, t := range s.terminations {
		records = append(records, snapshot.Termination{Container: texts.Text(t.of.container), Reason: texts.Text(t.of.reason), ExitCode: t.of.exitCode,
			Count: int(t.count), Latest: timeOf(t.latest)})
	}
	slices.SortFunc(records, func(a, b snapshot.Termination) int {
		return cmp.Or(cmp.Compare(a.Container, b.Container), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.ExitCode, b.ExitCode))
	})
	return records
}

// distribution is by nearest rank over what was counted, nil of nothing.
func distribution(counts kube.Tally) *snapshot.Distribution {
	total := 0
	for _, counted := range counts {
		total += int(counted.N)
	}
	if total == 0 {
		return nil
	}
	ranked := func(rank int) int64 {
		for _, counted := range counts {
			if rank -= int(counted.N); rank <= 0 {
				return int64(counted.Of)
			}
		}
		return int64(counts[len(counts)-1].Of)
	}
	percent := func(percent int) int64 { return ranked((percent*total + 99) / 100) }
	return &snapshot.Distribution{Min: int64(counts[0].Of), Median: percent(50), P95: percent(95), Max: ranked(total), N: total}
}
