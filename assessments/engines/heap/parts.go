package heap

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

var partNames = map[reference.Part]string{
	reference.ClassesPart: "class metadata", reference.CodePart: "compiled code", reference.StacksPart: "thread stacks",
	reference.BuffersPart: "direct buffers",
}

// parts lists the heap and what a plan counts beside it.
func (j JVM) parts(h Heap) []Part {
	parts := []Part{{
		Part: "heap", Name: "heap", Bytes: *h.Bytes, Bounded: h.Ground == BySize || h.Ground == ByPercent, By: h.Why,
		Source: h.Source, Confidence: h.Confidence,
	}}
	for _, row := range reference.BesideTheHeap() {
		parts = append(parts, j.part(row))
	}
	return append(parts, j.collector(*h.Bytes))
}

// part is one row of the reference, bounded by its option where that is set.
func (j JVM) part(row reference.Beside) Part {
	p := Part{Part: string(row.Part), Name: partNames[row.Part], Bytes: row.Bytes(), By: assumption(row), Source: row.Source, Confidence: confidence(row.Provenance)}
	option, _ := j.Java.Option(row.Option)
	bytes, _ := facts.ParseJavaSize(option.Value) // 0 where the option is not set or not readable
	switch {
	case bytes <= 0:
		if j.Java.VM != string(reference.HotSpot) {
			p.Confidence, p.By = reference.LowConfidence, p.By+"; the figure is HotSpot's"
		}
		return p
	case row.Part == reference.StacksPart:
		p.Bytes, p.By = bytes*row.Count, fmt.Sprintf("%d threads assumed, %s in %s", row.Count, option.Raw, option.Source)
		return p
	}
	p.Bytes, p.Bounded, p.By, p.Source, p.Confidence = bytes, true, option.Raw+" in "+option.Source, "", reference.HighConfidence
	return p
}

// assumption says what a figure without an option rests on.
func assumption(row reference.Beside) string {
	text := "not bounded by " + row.Option
	if row.Option == "Xss" {
		text = "-Xss is not set"
	}
	return text + "; " + row.Note
}

// collectors names the option that chooses each collector, with the name that the reference gives it.
var collectors = []struct{ option, collector string }{
	{"UseSerialGC", "SerialGC"}, {"UseParallelGC", "ParallelGC"}, {"UseParallelOldGC", "ParallelGC"}, {"UseG1GC", "G1"},
	{"UseZGC", "ZGC"}, {"UseShenandoahGC", "ShenandoahGC"}, {"UseConcMarkSweepGC", "CMS"}, {"UseEpsilonGC", "EpsilonGC"},
}

// ChosenCollector returns the collector that an option in effect chooses.
func ChosenCollector(java *facts.Java) (collector string, by facts.JavaOption, chosen bool) {
	for _, c := range collectors {
		if on, set := java.Switched(c.option); set && on {
			option, _ := java.Option(c.option)
			return c.collector, option, true
		}
	}
	return "", facts.JavaOption{}, false
}

// collector is what the collector keeps beside the heap; nothing is counted for one without a figure, and that is said.
func (j JVM) collector(heapBytes int64) Part {
	p := Part{Part: "collector", Name: "collector", Confidence: reference.LowConfidence}
	name, option, chosen := ChosenCollector(j.Java)
	by := option.Raw + " in " + option.Source
	if !chosen {
		choice, found := reference.CollectorOf(j.Java.Version)
		if j.Java.VM != string(reference.HotSpot) || !found {
			p.By = "which collector runs can't be told; nothing is counted"
			return p
		}
		name, by = choice.Server, choice.Server+" assumed, which is chosen for two processors and more"
	}
	row, found := reference.CollectorMemoryOf(name, j.Java.Version)
	if !found {
		p.By = by + "; no figure is at hand, nothing is counted"
		return p
	}
	p.Bytes, p.By, p.Source, p.Confidence = row.Bytes(heapBytes), by, row.Source, confidence(row.Provenance)
	return p
}

// limitsFor recommends limits and says why they differ.
func limitsFor(heapBytes, sumBytes int64, parts []Part, o Options) *Limits {
	figures := reference.HeadroomFigures()
	l := &Limits{
		ReportBytes: wholeMiB(heapBytes + figures.Bytes(heapBytes, true)),
		GradedBytes: wholeMiB(heapBytes + figures.Bytes(heapBytes, false)),
		PartsBytes:  wholeMiB(sumBytes),
		RuleBytes:   wholeMiB(WantedLimitBytes(heapBytes, o)),
	}
	l.Difference = difference(l, parts)
	return l
}

func wholeMiB(bytes int64) int64 { return (bytes + mib - 1) / mib * mib }

// difference explains the gaps between the limits in sentences; where two agree nothing is said.
func difference(l *Limits, parts []Part) []string {
	var beside []string
	for _, part := range parts[1:] {
		if part.Bytes > 0 {
			beside = append(beside, fmt.Sprintf("%s %s", part.Name, Size(wholeMiB(part.Bytes))))
		}
	}
	said := []string{"The parts beside the heap: " + strings.Join(beside, ", ") + "."}
	switch cmp.Compare(l.ReportBytes, l.PartsBytes) {
	case 1:
		said = append(said, fmt.Sprintf("The field report's flat gibibyte asks for %s more than the parts: room that no part of the plan claims.", Size(l.ReportBytes-l.PartsBytes)))
	case -1:
		said = append(said, fmt.Sprintf("The parts ask for %s more than the field report's flat gibibyte: %s.", Size(l.PartsBytes-l.ReportBytes), largestPart(parts[1:])))
	}
	switch cmp.Compare(l.PartsBytes, l.GradedBytes) {
	case 1:
		said = append(said, fmt.Sprintf("The parts ask for %s more than the graded headroom: they count reserved code and stacks in full, which few applications fill.", Size(l.PartsBytes-l.GradedBytes)))
	case -1:
		said = append(said, fmt.Sprintf("The graded headroom asks for %s more than the parts.", Size(l.GradedBytes-l.PartsBytes)))
	}
	return said
}

func largestPart(parts []Part) string {
	largest := slices.MaxFunc(parts, func(a, b Part) int { return cmp.Compare(a.Bytes, b.Bytes) })
	return fmt.Sprintf("%s is the largest (%s)", largest.Name, largest.By)
}
