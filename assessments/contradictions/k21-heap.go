package contradictions

import (
	"cmp"
	"math"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/facts"
)

var k21 = assessments.Pair{
	ID:        "K-21",
	Questions: []string{"J2", "J3"},
	Decisive:  true,
	Observes:  "Largest heap by -Xmx or a RAM percentage in effect, and the memory limit: of containers, and over files of custom resources.",
	Guard: "Options from a ConfigMap, a Secret or a script are not read: such JVMs are counted and left out. In a cluster the pods that an " +
		"operator made stand for its resource.",
	Look: func(v assessments.PairView) []assessments.Sight {
		if reason, refused := unread(v); refused {
			return cannotSee(reason, "J2", "J3")
		}
		all := heaps(v)
		if len(all) == 0 {
			return cannotSee(noJVM, "J2", "J3")
		}
		return append(lookAtHeapBounds(v, all), lookAtHeadroom(v, all)...)
	},
}

// heapSubject is a JVM whose heap may be told: a container, or a section of a custom resource.
type heapSubject struct {
	heap.JVM
	subject assessments.Subject
}

// heaps are the JVMs of own containers: those that are JVMs for certain, and products whose heap is set in view. Over files the
// sections of custom resources stand beside them.
func heaps(v assessments.PairView) []heapSubject {
	var all []heapSubject
	for _, w := range own(v) {
		for _, c := range w.Serving() {
			if c.Java != nil && (c.Java.Certainty == facts.CertainJava || c.Java.Product != "" && c.Java.HeapSet()) {
				all = append(all, heapSubject{heap.OfContainer(c), subjectIn(c)})
			}
		}
	}
	if v.Live() {
		return all
	}
	for _, c := range v.Custom {
		if !c.System {
			all = append(all, heapSubject{heap.OfResource(c), assessments.AboutCustomResource(c).Subject()})
		}
	}
	return all
}

func lookAtHeapBounds(v assessments.PairView, all []heapSubject) []assessments.Sight {
	var s share
	var unbounded []assessments.Subject
	for _, h := range all {
		bytes, known := h.largest()
		switch {
		case !known && (!h.Java.OptionsRead || h.Java.HeapByScript):
			continue
		case known && h.MemoryLimitBytes != nil && bytes < *h.MemoryLimitBytes:
			s.good++
		default:
			unbounded = append(unbounded, h.subject)
		}
		s.total++
	}
	if s.total == 0 {
		return cannotSee("no JVM's options could be read in full", "J2")
	}
	seen := []assessments.Evidence{evidence("JVMs with a heap bound below their limit", "%s", s), evidence("not read", "%d", len(all)-s.total)}
	return []assessments.Sight{withSubjects(saw("J2", atMost(v, s.option("J2")), seen...), unbounded)}
}

// largest is how many JVMs, by heap, stand for "your largest services".
const largest = 5

func lookAtHeadroom(v assessments.PairView, all []heapSubject) []assessments.Sight {
	type budget struct {
		subject     assessments.Subject
		heap, limit int64
	}
	var budgets []budget
	for _, h := range all {
		if bytes, known := h.largest(); known {
			b := budget{h.subject, bytes, 0}
			if h.MemoryLimitBytes != nil {
				b.limit = *h.MemoryLimitBytes
			}
			budgets = append(budgets, b)
		}
	}
	if len(budgets) == 0 {
		return cannotSee("no JVM's largest heap could be read", "J3")
	}
	slices.SortStableFunc(budgets, func(a, b budget) int { return cmp.Compare(b.heap, a.heap) })
	budgets = budgets[:min(largest, len(budgets))]
	allowed, good := "J3.a", 0
	var tight []assessments.Subject
	for _, b := range budgets {
		option := "J3.a"
		switch {
		case b.limit <= b.heap:
			option = "J3.d"
		case b.limit < heap.WantedLimitBytes(b.heap, heap.Options{FlatHeadroom: v.Settings.FlatHeadroom}):
			option = "J3.c"
		}
		if option == "J3.a" {
			good++
			continue
		}
		allowed, tight = worseOf(allowed, option), append(tight, b.subject)
	}
	s := saw("J3", atMost(v, allowed), evidence("largest JVMs with room by the headroom rule", "%s", share{good, len(budgets)}))
	s.Partly = good > 0
	return []assessments.Sight{withSubjects(s, tight)}
}

// largest is the largest heap in bytes by the options in effect. A percentage without a limit is the node's.
func (h heapSubject) largest() (bytes int64, known bool) {
	if !h.Java.HeapSet() {
		return 0, false
	}
	bytes, _, bounded := h.Java.MaxHeapWithin(h.MemoryLimitBytes)
	if !bounded {
		return math.MaxInt64, true
	}
	return bytes, true
}
