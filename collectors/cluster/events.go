package cluster

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

const (
	eventSpan    = time.Hour // before the snapshot: what the API server keeps by default
	maxEventSums = 200_000   // objects and reasons that are told apart
)

// eventTable sums up events by the object that they are about, until pods have told whose they are.
type eventTable struct {
	sums map[eventKey]*eventSum
	pods map[string]snapshot.Ref // uid of a pod that events are about → its workload; empty until the pod was seen
	left int                     // events that found no room
}

type eventKey struct{ uid, reason, probe, container string }

type eventSum struct {
	count       int
	first, last time.Time
}

func newEventTable() *eventTable {
	return &eventTable{sums: map[eventKey]*eventSum{}, pods: map[string]snapshot.Ref{}}
}

// readEvents comes before the pods, so that of all pods only those are remembered that something happened to.
func (c *collection) readEvents(ctx context.Context) error {
	from := c.options.TakenAt.Add(-eventSpan)
	err := each(ctx, c, events, whole[kube.Event], func(e *kube.Event) error {
		c.events.add(e, from)
		return nil
	})
	if err == nil && c.events.left > 0 {
		c.allowed.notes = append(c.allowed.notes, snapshot.Note{Resource: events.resource, Reason: reasonSkipped,
			Detail: fmt.Sprintf("%d events beyond the first %d objects and reasons", c.events.left, maxEventSums)})
	}
	return err
}

func (t *eventTable) add(e *kube.Event, from time.Time) {
	reason := e.KnownReason()
	count, first, last := e.Since(from)
	if reason == "" || count == 0 {
		return
	}
	key := eventKey{e.Involved.UID, reason, string(e.Message), e.Container()}
	if t.sums[key] == nil {
		if len(t.sums) == maxEventSums {
			t.left++
			return
		}
		t.sums[key] = &eventSum{}
	}
	t.sums[key].add(count, first.Time, last.Time)
	if e.Involved.Kind == "Pod" && e.Involved.UID != "" {
		t.pods[e.Involved.UID] = snapshot.Ref{}
	}
}

func (s *eventSum) add(count int, first, last time.Time) {
	s.count += count
	if s.first.IsZero() || !first.IsZero() && first.Before(s.first) {
		s.first = first
	}
	if last.After(s.last) {
		s.last = last
	}
}

// seePod remembers whose pod it is that events are about.
func (t *eventTable) seePod(uid string, workload snapshot.Ref) {
	if _, wanted := t.pods[uid]; wanted {
		t.pods[uid] = workload
	}
}

// eventOf is what an event summary is of: events about objects that are no workload share one.
type eventOf struct {
	ref                      snapshot.Ref
	reason, probe, container string
}

// writeEvents sums up once more, by workload.
func (c *collection) writeEvents() error {
	sums := map[eventOf]*eventSum{}
	for key, sum := range c.events.sums {
		of := eventOf{c.workloadOf(key.uid), key.reason, key.probe, key.container}
		if sums[of] == nil {
			sums[of] = &eventSum{}
		}
		sums[of].add(sum.count, sum.first, sum.last)
	}
	order := make([]eventOf, 0, len(sums))
	for of := range sums {
		order = append(order, of)
	}
	slices.SortFunc(order, func(a, b eventOf) int {
		return cmp.Or(cmp.Compare(a.ref.Namespace, b.ref.Namespace), cmp.Compare(a.ref.Name, b.ref.Name), cmp.Compare(a.ref.Kind, b.ref.Kind),
			cmp.Compare(a.reason, b.reason), cmp.Compare(a.probe, b.probe), cmp.Compare(a.container, b.container))
	})
	for _, of := range order {
		sum := sums[of]
		record := snapshot.EventSummary{Reason: of.reason, Probe: of.probe, Container: of.container, Count: sum.count,
			First: kube.Time{Time: sum.first}.Pointer(), Last: kube.Time{Time: sum.last}.Pointer()}
		if of.ref != (snapshot.Ref{}) {
			record.Object = &of.ref
		}
		if err := c.write(record); err != nil {
			return err
		}
	}
	return nil
}

// workloadOf is the workload that an event's object is or belongs to, empty where it is none that was seen.
func (c *collection) workloadOf(uid string) snapshot.Ref {
	if uid == "" {
		return snapshot.Ref{}
	}
	if ref, isPod := c.events.pods[uid]; isPod {
		return ref
	}
	if above, owned := c.workloads.owners[uid]; owned {
		uid = above
	}
	if found := c.workloads.byUID[uid]; found != nil {
		return found.ref
	}
	return snapshot.Ref{}
}
