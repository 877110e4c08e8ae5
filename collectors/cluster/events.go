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

// eventTable sums up events by the object that they are about, until that tells whose it is.
type eventTable struct {
	texts *kube.Texts
	sums  map[eventKey]*eventSum
	about map[uid]*group // what events are about; nil until it was seen as a workload or a part of one
	left  int            // events that found no room
}

type eventKey struct {
	about                    uid
	reason, probe, container uint32
}

type eventSum struct {
	count       int
	first, last time.Time
}

func newEventTable(texts *kube.Texts) *eventTable {
	return &eventTable{texts: texts, sums: map[eventKey]*eventSum{}, about: map[uid]*group{}}
}

// readEvents comes before workloads and pods, so that of all only those are remembered that something happened to.
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
	key := eventKey{uidOf(e.Involved.UID), t.texts.Number(reason), t.texts.Number(string(e.Message)), t.texts.Number(e.Container())}
	if t.sums[key] == nil {
		if len(t.sums) == maxEventSums {
			t.left++
			return
		}
		t.sums[key] = &eventSum{}
	}
	t.sums[key].add(count, first.Time, last.Time)
	if e.Involved.UID != "" {
		t.about[key.about] = nil
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

// see remembers which workload an object is or belongs to, where events are about it.
func (t *eventTable) see(objectUID string, workload *group) {
	if len(t.about) == 0 {
		return
	}
	id := uidOf(objectUID)
	if _, wanted := t.about[id]; wanted {
		t.about[id] = workload
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
		of := eventOf{c.workloadOf(key.about), c.texts.Text(key.reason), c.texts.Text(key.probe), c.texts.Text(key.container)}
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
func (c *collection) workloadOf(about uid) snapshot.Ref {
	if found := c.events.about[about]; found != nil && found.listed {
		return c.workloads.refOf(found)
	}
	return snapshot.Ref{}
}
