package cluster

import (
	"cmp"
	"context"
	"maps"
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

// podSum sums up the pods of one workload. Its size hangs on the workload, not on how many pods there are: but for the start
// times, eight bytes a pod.
type podSum struct {
	total, ready   int
	phases         map[string]int
	images         map[snapshot.PodImage]int
	starts         []int64
	restarts       int64
	terminations   map[termination]*ended
	nodes, zones   map[string]int
	oldest, newest time.Time
}

type termination struct {
	container, reason string
	exitCode          int32
}

type ended struct {
	count  int
	latest time.Time
}

// readPods sums pods up under their controllers and on their nodes; naked ones become workloads of their own.
func (c *collection) readPods(ctx context.Context) error {
	err := each(ctx, c, pods, whole[kube.Pod], func(p *kube.Pod) error {
		p.TypeMeta = c.typeOf(pods)
		c.nodes.addPod(p)
		found := c.workloads.groupOf(p)
		if found == nil {
			record := kube.PodWorkloadRecord(p)
			if record.OwnerKind == "Node" { // a static pod: the node's own file, no operator's resource
				record.OwnerKind, record.ManagedBy = "", ""
			}
			ref := snapshot.Ref{Kind: record.Kind, Namespace: record.Namespace, Name: record.Name}
			found = c.workloads.add(p.Meta.UID, ref)
			c.workloads.targets.Add(ref, p.Meta.Labels)
			if err := c.writeWorkload(record); err != nil {
				return err
			}
		}
		c.events.seePod(p.Meta.UID, found.ref)
		architecture, zone := c.nodes.place(p.Spec.NodeName)
		found.pods.add(p, architecture, zone)
		return nil
	})
	if err != nil {
		return err
	}
	c.nodes.counted = len(c.options.Namespaces) == 0 && c.allowed.may(pods.resource, "")
	return c.writeOperated()
}

// isOver reports whether a pod has ended and takes nothing any more.
func isOver(p *kube.Pod) bool { return p.Status.Phase == "Succeeded" || p.Status.Phase == "Failed" }

func (s *podSum) add(p *kube.Pod, architecture, zone string) {
	s.total++
	count(&s.phases, cmp.Or(p.Status.Phase, "Unknown"))
	restarts := s.addContainers(p)
	s.restarts += restarts
	if isOver(p) {
		return
	}
	if p.Spec.NodeName != "" {
		count(&s.nodes, p.Spec.NodeName)
	}
	if zone != "" {
		count(&s.zones, zone)
	}
	started := cmp.Or(p.Status.StartTime.Time, p.Meta.CreatedAt.Time)
	s.addAge(started)
	since, ready := readySince(p)
	if !ready {
		return
	}
	s.ready++
	s.addImages(p, architecture)
	if after := since.Sub(p.Status.StartTime.Time); restarts == 0 && !since.IsZero() && !p.Status.StartTime.IsZero() && after >= 0 && after <= longestStart {
		s.starts = append(s.starts, int64(after/time.Second))
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
	if s.oldest.IsZero() || started.Before(s.oldest) {
		s.oldest = started
	}
	if started.After(s.newest) {
		s.newest = started
	}
}

// addContainers counts how containers ended, the last time and, where they have not come back, this time.
func (s *podSum) addContainers(p *kube.Pod) (restarts int64) {
	for _, statuses := range [][]kube.ContainerStatus{p.Status.InitContainers, p.Status.Containers} {
		for i := range statuses {
			status := &statuses[i]
			restarts += max(status.Restarts.Value, 0)
			s.addTermination(status.Name, status.Last.Terminated)
			if now := status.State.Terminated; now != nil && now.ExitCode.Value != 0 {
				s.addTermination(status.Name, now)
			}
		}
	}
	return restarts
}

func (s *podSum) addTermination(container string, t *kube.Terminated) {
	if t == nil {
		return
	}
	if s.terminations == nil {
		s.terminations = map[termination]*ended{}
	}
	key := termination{container, t.Reason, int32(t.ExitCode.Value)}
	found := s.terminations[key]
	if found == nil {
		found = &ended{}
		s.terminations[key] = found
	}
	found.count++
	if t.FinishedAt.After(found.latest) {
		found.latest = t.FinishedAt.Time
	}
}

// addImages counts what a ready pod's containers run: the image as the pod asks for it, and the digest that it got.
func (s *podSum) addImages(p *kube.Pod, architecture string) {
	template := cmp.Or(p.Meta.Labels[labelTemplateHash], p.Meta.Labels[labelRevisionHash])
	asked := map[string]string{}
	for i := range p.Spec.Containers {
		asked[p.Spec.Containers[i].Name] = kube.ContainerImage(&p.Spec.Containers[i])
	}
	for i := range p.Status.Containers {
		status := &p.Status.Containers[i]
		id := digestOf(status.ImageID)
		if id == "" {
			continue
		}
		if s.images == nil {
			s.images = map[snapshot.PodImage]int{}
		}
		s.images[snapshot.PodImage{Template: template, Architecture: architecture, Container: status.Name, Image: asked[status.Name], ImageID: id}]++
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

func count(counts *map[string]int, name string) {
	if *counts == nil {
		*counts = map[string]int{}
	}
	(*counts)[name]++
}

// record writes the sum down, in an order that the pods' order does not change.
func (s *podSum) record(ref snapshot.Ref) snapshot.WorkloadPods {
	return snapshot.WorkloadPods{
		WorkloadKind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name, Total: s.total, Ready: s.ready, Phases: s.phases,
		Images: s.imageRecords(), ReadyAfter: distribution(s.starts), Restarts: s.restarts, Terminations: s.terminationRecords(),
		Nodes: kube.Shares(s.nodes), Zones: kube.Shares(s.zones), Oldest: kube.Time{Time: s.oldest}.Pointer(), Newest: kube.Time{Time: s.newest}.Pointer(),
	}
}

func (s *podSum) imageRecords() []snapshot.PodImage {
	var images []snapshot.PodImage
	for image, n := range s.images {
		image.Pods = n
		images = append(images, image)
	}
	slices.SortFunc(images, func(a, b snapshot.PodImage) int {
		return cmp.Or(cmp.Compare(a.Template, b.Template), cmp.Compare(a.Architecture, b.Architecture), cmp.Compare(a.Container, b.Container),
			cmp.Compare(a.Image, b.Image), cmp.Compare(a.ImageID, b.ImageID))
	})
	return images
}

func (s *podSum) terminationRecords() []snapshot.Termination {
	keys := slices.SortedFunc(maps.Keys(s.terminations), func(a, b termination) int {
		return cmp.Or(cmp.Compare(a.container, b.container), cmp.Compare(a.reason, b.reason), cmp.Compare(a.exitCode, b.exitCode))
	})
	var records []snapshot.Termination
	for _, key := range keys {
		found := s.terminations[key]
		records = append(records, snapshot.Termination{Container: key.container, Reason: key.reason, ExitCode: key.exitCode, Count: found.count,
			Latest: kube.Time{Time: found.latest}.Pointer()})
	}
	return records
}

// distribution is by nearest rank, nil of nothing. It sorts the values.
func distribution(values []int64) *snapshot.Distribution {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	rank := func(percent int) int64 { return values[(percent*len(values)+99)/100-1] }
	return &snapshot.Distribution{Min: values[0], Median: rank(50), P95: rank(95), Max: values[len(values)-1], N: len(values)}
}
