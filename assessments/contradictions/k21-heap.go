package contradictions

import (
	"cmp"
	"math"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

var k21 = assessments.Pair{
	ID:        "K-21",
	Questions: []string{"J2", "J3"},
	Decisive:  true,
	Observes:  "Largest heap by -Xmx or a RAM percentage in effect, and the container's memory limit.",
	Guard:     "Options from a ConfigMap, a Secret or a script are not read: such containers are counted and left out.",
	Look: func(v assessments.PairView) []assessments.Sight {
		if reason, refused := unread(v); refused {
			return cannotSee(reason, "J2", "J3")
		}
		all := jvms(v)
		if len(all) == 0 {
			return cannotSee(noJVM, "J2", "J3")
		}
		return append(lookAtHeapBounds(v, all), lookAtHeadroom(v, all)...)
	},
}

func lookAtHeapBounds(v assessments.PairView, all []*facts.Container) []assessments.Sight {
	var s share
	var unbounded []assessments.Subject
	for _, c := range all {
		heap, known := heapOf(c)
		switch {
		case !known && !c.Java.OptionsRead:
			continue
		case known && c.MemoryLimitBytes != nil && heap < *c.MemoryLimitBytes:
			s.good++
		default:
			unbounded = append(unbounded, subjectIn(c))
		}
		s.total++
	}
	if s.total == 0 {
		return cannotSee("no JVM's options could be read in full", "J2")
	}
	seen := []assessments.Evidence{evidence("JVM containers with a heap bound below their limit", "%s", s), evidence("not read", "%d", len(all)-s.total)}
	return []assessments.Sight{withSubjects(saw("J2", atMost(v, s.option("J2")), seen...), unbounded)}
}

// largest is how many JVM containers, by heap, stand for "your largest services".
const largest = 5

func lookAtHeadroom(v assessments.PairView, all []*facts.Container) []assessments.Sight {
	type budget struct {
		container   *facts.Container
		heap, limit int64
	}
	var budgets []budget
	for _, c := range all {
		if heap, known := heapOf(c); known {
			b := budget{c, heap, 0}
			if c.MemoryLimitBytes != nil {
				b.limit = *c.MemoryLimitBytes
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
		case b.limit-b.heap < reference.HeadroomFigures().Bytes(b.heap, v.Settings.FlatHeadroom):
			option = "J3.c"
		}
		if option == "J3.a" {
			good++
			continue
		}
		allowed, tight = worseOf(allowed, option), append(tight, subjectIn(b.container))
	}
	s := saw("J3", atMost(v, allowed), evidence("largest JVM containers with room by the headroom rule", "%s", share{good, len(budgets)}))
	s.Partly = good > 0 && len(tight) > 0
	return []assessments.Sight{withSubjects(s, tight)}
}

// heapOf is the largest heap in bytes by the options in effect. A percentage without a limit is the node's.
func heapOf(c *facts.Container) (bytes int64, known bool) {
	if !c.Java.HeapSet() {
		return 0, false
	}
	bytes, _, bounded := c.Java.MaxHeapWithin(c.MemoryLimitBytes)
	if !bounded {
		return math.MaxInt64, true
	}
	return bytes, true
}
