package engines

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/heap"
)

// BudgetsOf makes the memory budgets of all JVMs but the provider's own.
func BudgetsOf(v assessments.View) []heap.Budget {
	budgets := heap.For(v.Facts, heap.Options{FlatHeadroom: v.Settings.FlatHeadroom})
	return slices.DeleteFunc(budgets, func(b heap.Budget) bool { return b.System })
}

// HeapExhibit puts budgets into words.
func HeapExhibit(budgets []heap.Budget) Exhibit {
	e := Exhibit{ID: "heap", Title: Title("heap")}
	var known, unknown []heap.Budget
	for _, b := range budgets {
		if b.Heap.Bytes != nil {
			known = append(known, b)
		} else {
			unknown = append(unknown, b)
		}
	}
	slices.SortStableFunc(known, func(a, b heap.Budget) int { return cmp.Compare(spare(a), spare(b)) })
	e.Lead = heapLead(known, unknown)
	if known != nil {
		e.Parts = append(e.Parts, budgetPart(known), limitPart(known), takenApart(known[0]))
		e.Sources = sourcesOf(known)
	}
	if unknown != nil {
		e.Parts = append(e.Parts, unknownHeaps(unknown))
	}
	return e
}

// spare orders budgets: the one that lacks most stands first, and those without a limit behind those with one.
func spare(b heap.Budget) int64 {
	if b.Against.LimitSpareBytes == nil {
		return 1 << 60
	}
	return *b.Against.LimitSpareBytes
}

func heapLead(known, unknown []heap.Budget) string {
	all := assessments.Counted(len(known)+len(unknown), "JVM")
	switch {
	case known == nil && unknown == nil:
		return "No container runs a JVM, as far as images, commands and variables tell."
	case known == nil:
		return fmt.Sprintf("The largest heap of %s is not known.", all)
	}
	over, without := 0, 0
	for _, b := range known {
		switch {
		case b.MemoryLimitBytes == nil:
			without++
		case *b.MemoryLimitBytes < b.Limits.RuleBytes:
			over++
		}
	}
	text := fmt.Sprintf("Of %s, the largest heap of %d is known: %d %s too little room beside it", all, len(known), over, agreed(over, "has", "have"))
	if without != 0 {
		text += fmt.Sprintf(", and %d %s no limit", without, agreed(without, "has", "have"))
	}
	if unknown != nil {
		text += fmt.Sprintf("; of %d it is not known", len(unknown))
	}
	return text + "."
}

func budgetPart(known []heap.Budget) Part {
	rows, name := make([][]string, 0, len(known)), apart(jvmSpots(known))
	for _, b := range known {
		rows = append(rows, []string{name(jvmSpot(b)), b.Java, heap.Size(*b.Heap.Bytes),
			heap.Size(*b.SumBytes - *b.Heap.Bytes), heap.Size(*b.SumBytes), sizeOr(b.MemoryLimitBytes), sizeOr(b.MemoryRequestBytes)})
	}
	return Part{Title: "Budgets", Text: []string{"Beside the heap stand classes, compiled code, thread stacks, buffers and the collector. The sum is a plan, held against the limit."},
		Table: table([]Column{{Title: "JVM"}, {Title: "Java"}, {Title: "Largest heap", Number: true}, {Title: "Beside it", Number: true},
			{Title: "Sum", Number: true}, {Title: "Limit", Number: true}, {Title: "Request", Number: true}}, rows),
		Picture: memoryOf(known)}
}

func jvmSpot(b heap.Budget) spot {
	return spot{b.Subject.Namespace, b.Subject.Name, b.Subject.Container, b.Subject.File, b.Subject.Line}
}

func jvmSpots(all []heap.Budget) []spot {
	spots := make([]spot, len(all))
	for i, b := range all {
		spots[i] = jvmSpot(b)
	}
	return spots
}

func sizeOr(bytes *int64) string {
	if bytes == nil {
		return "none"
	}
	return heap.Size(*bytes)
}

func limitPart(known []heap.Budget) Part {
	rows, name := make([][]string, 0, len(known)), apart(jvmSpots(known))
	for _, b := range known {
		rows = append(rows, []string{name(jvmSpot(b)), b.Heap.Why, sizeOr(b.MemoryLimitBytes), heap.Size(b.Limits.ReportBytes),
			heap.Size(b.Limits.GradedBytes), heap.Size(b.Limits.PartsBytes)})
	}
	return Part{Title: "Where the limit should stand", Text: []string{"By the field report's rule (the heap and 1 GiB), by the graded headroom (a quarter of the heap, 256 MiB to 1 GiB), and by the sum of the parts."},
		Table: table([]Column{{Title: "JVM"}, {Title: "Heap told by"}, {Title: "Limit now", Number: true}, {Title: "Field report", Number: true}, {Title: "Graded", Number: true}, {Title: "Parts", Number: true}}, rows)}
}

// takenApart shows the gravest budget part by part, with the flags that set it.
func takenApart(b heap.Budget) Part {
	rows := make([][]string, 0, len(b.Parts))
	for _, p := range b.Parts {
		bound := "assumed"
		if p.Bounded {
			bound = "bounded"
		}
		rows = append(rows, []string{p.Name, heap.Size(p.Bytes), bound, p.By})
	}
	part := Part{Title: "Taken apart: " + place(b.Subject.Namespace, b.Subject.Name, b.Subject.Container),
		Table: table([]Column{{Title: "Part"}, {Title: "Takes", Number: true}, {Title: "Bound"}, {Title: "By"}}, rows)}
	for _, flag := range b.Flags {
		text := fmt.Sprintf("%s from %s", flag.Flag, flag.Source)
		for _, beaten := range flag.Beats {
			text += fmt.Sprintf(", which beats %s from %s", beaten.Flag, beaten.Source)
		}
		part.Text = append(part.Text, text+".")
	}
	part.Text = append(part.Text, b.Notes...)
	part.Text = append(part.Text, strings.Join(b.Limits.Difference, " "))
	return part
}

func sourcesOf(known []heap.Budget) []string {
	var sources []string
	for _, b := range known {
		for _, p := range b.Parts {
			if p.Source != "" && !slices.Contains(sources, p.Source) {
				sources = append(sources, p.Source)
			}
		}
	}
	slices.Sort(sources)
	return sources
}

func unknownHeaps(unknown []heap.Budget) Part {
	rows, name := make([][]string, 0, len(unknown)), apart(jvmSpots(unknown))
	for _, b := range unknown {
		rows = append(rows, []string{name(jvmSpot(b)), b.Java, b.Heap.Why})
	}
	return Part{Title: "Not known", Table: table([]Column{{Title: "JVM"}, {Title: "Java"}, {Title: "Why its heap is not known"}}, rows)}
}
