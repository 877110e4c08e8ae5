package heap

import (
	"cmp"
	"fmt"
	"strings"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

// Subject is where a JVM runs: a container of a workload, or a section of a custom resource.
type Subject struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Container string `json:"container,omitzero"` // of a custom resource: its section
	File      string `json:"file,omitzero"`
	Line      int    `json:"line,omitzero"`
}

// Budget is the memory of one JVM. It is plain data: page, PDF and command line print it as it is.
type Budget struct {
	Subject Subject `json:"subject"`

	Java       string `json:"java"`                // version as far as known: "17.0.9", "17", "not known"
	JavaSource string `json:"javaSource,omitzero"` // where the version was read
	VM         string `json:"vm,omitzero"`         // hotspot, openj9; empty: not known
	Product    string `json:"product,omitzero"`    // that brings the JVM: kafka, elasticsearch
	Perhaps    bool   `json:"perhaps,omitzero"`    // a variable or a product hints at the JVM, and nothing makes it certain
	System     bool   `json:"system,omitzero"`     // one of the platform's own

	MemoryLimitBytes   *int64 `json:"memoryLimitBytes,omitzero"`
	MemoryRequestBytes *int64 `json:"memoryRequestBytes,omitzero"` // after the API's default of the limit

	Flags    []Flag   `json:"flags"`                // in effect after all sources, by name
	Unread   []string `json:"unread,omitzero"`      // sources that this JVM reads and nobody could see
	Notes    []string `json:"notes,omitzero"`       // what a reader should know beside the figures
	Heap     Heap     `json:"heap"`                 // the largest heap
	Parts    []Part   `json:"parts,omitzero"`       // heap first, then what stands beside it; empty where no heap is known
	SumBytes *int64   `json:"sumBytes,omitzero"`    // of all parts; nil where no heap is known
	Against  *Against `json:"against,omitzero"`     // the sum and the heap held against limit and request
	Limits   *Limits  `json:"recommended,omitzero"` // the limits that the heap asks for
}

// Flag is an option in effect, with the places that it beats.
type Flag struct {
	Name   string   `json:"name"`   // Xmx, MaxRAMPercentage
	Flag   string   `json:"flag"`   // as written: -Xmx1g
	Source string   `json:"source"` // JAVA_TOOL_OPTIONS, command, jvmOptions
	Order  string   `json:"order"`  // when the JVM comes to the source
	Beats  []Beaten `json:"beats,omitzero"`
}

// Beaten is an option that another source sets and that goes for nothing.
type Beaten struct {
	Flag   string `json:"flag"`
	Source string `json:"source"`
	Order  string `json:"order"`
}

// Ground says how the largest heap was told.
type Ground string

// The grounds.
const (
	BySize     Ground = "size"       // -Xmx or MaxHeapSize
	ByPercent  Ground = "percentage" // a share of the limit
	ByDefault  Ground = "default"    // neither is set: the JVM's own algorithm over the limit
	NotSettled Ground = "unknown"    // Why says why
)

// Heap is the largest heap.
type Heap struct {
	Bytes      *int64               `json:"bytes,omitzero"` // nil: not known
	Ground     Ground               `json:"ground"`
	Why        string               `json:"why"` // the option and its source, the step of the algorithm, or why it is unknown
	Source     string               `json:"source,omitzero"`
	Confidence reference.Confidence `json:"confidence,omitzero"`
}

// Part is a part of the JVM's memory.
type Part struct {
	Part       string               `json:"part"`    // heap, classes, code, stacks, buffers, collector
	Name       string               `json:"name"`    // in words
	Bytes      int64                `json:"bytes"`   // that the plan counts
	Bounded    bool                 `json:"bounded"` // an option bounds it at Bytes
	By         string               `json:"by"`      // the option and its source, or what the figure assumes
	Source     string               `json:"source,omitzero"`
	Confidence reference.Confidence `json:"confidence"`
}

// Against holds a budget against what the container has. A figure is nil where the limit or request is not set.
type Against struct {
	BesideHeapBytes   *int64 `json:"besideHeapBytes,omitzero"`   // limit − heap; negative: the heap alone exceeds it
	LimitSpareBytes   *int64 `json:"limitSpareBytes,omitzero"`   // limit − sum; negative: the plan exceeds it
	RequestSpareBytes *int64 `json:"requestSpareBytes,omitzero"` // request − sum; negative: the node was promised less than the plan
}

// Limits are memory limits for the heap as it is, in whole MiB.
type Limits struct {
	ReportBytes int64    `json:"reportBytes"` // the field report's rule: heap + 1 GiB
	GradedBytes int64    `json:"gradedBytes"` // the graded headroom: a quarter of the heap, 256 MiB to 1 GiB
	PartsBytes  int64    `json:"partsBytes"`  // the sum of the parts
	RuleBytes   int64    `json:"ruleBytes"`   // what jvm/heap-headroom holds the limit against: one of the first two, by the organization's choice
	Difference  []string `json:"difference"`  // why they differ, one sentence each
}

// Of makes the budget of one JVM.
func Of(subject Subject, j JVM, o Options) Budget {
	b := Budget{
		Subject: subject, Java: j.Java.Version.String(), JavaSource: j.Java.VersionSource, VM: j.Java.VM, Product: j.Java.Product,
		Perhaps:          j.Java.Certainty == facts.PerhapsJava,
		MemoryLimitBytes: j.MemoryLimitBytes, MemoryRequestBytes: j.MemoryRequestBytes,
		Flags: flagsOf(j.Java), Unread: j.Java.Unread, Notes: notesOf(j), Heap: j.heap(),
	}
	if b.Heap.Bytes == nil {
		return b
	}
	b.Parts = j.parts(b.Heap)
	sum := int64(0)
	for _, part := range b.Parts {
		sum += part.Bytes
	}
	b.SumBytes = &sum
	b.Against = against(*b.Heap.Bytes, sum, j)
	b.Limits = limitsFor(*b.Heap.Bytes, sum, b.Parts, o)
	return b
}

func flagsOf(java *facts.Java) []Flag {
	flags := make([]Flag, 0, len(java.Options))
	for _, option := range java.Options {
		flag := Flag{Name: option.Name, Flag: option.Raw, Source: option.Source, Order: facts.OrderOf(option.Source)}
		for _, beaten := range java.Overridden {
			if beaten.Name == option.Name {
				flag.Beats = append(flag.Beats, Beaten{Flag: beaten.Raw, Source: beaten.Source, Order: facts.OrderOf(beaten.Source)})
			}
		}
		flags = append(flags, flag)
	}
	return flags
}

func notesOf(j JVM) []string {
	var notes []string
	for _, option := range j.Java.Repeated {
		notes = append(notes, fmt.Sprintf("%s in %s is set again further right in the same place, and the last one counts", option.Raw, option.Source))
	}
	_, size := j.Java.Option("Xmx")
	if percent, set := j.Java.Option("MaxRAMPercentage"); size && set {
		notes = append(notes, fmt.Sprintf("%s in %s goes for nothing beside a size", percent.Raw, percent.Source))
	}
	if hidden := j.Java.HiddenHeap(); len(hidden) > 0 && j.Java.HeapSet() {
		notes = append(notes, "another heap may be set in "+strings.Join(hidden, "; "))
	}
	return notes
}

// heap tells the largest heap: by size, by percentage of the limit, else by the JVM's own algorithm.
func (j JVM) heap() Heap {
	java := j.Java
	bytes, settled, ok := java.MaxHeapWithin(j.MemoryLimitBytes)
	switch {
	case ok && java.MaxHeapBytes != nil:
		return Heap{Bytes: &bytes, Ground: BySize, Why: settled, Confidence: reference.HighConfidence}
	case ok && j.SeesLimit():
		return Heap{Bytes: &bytes, Ground: ByPercent, Why: settled, Source: j.figures().Source, Confidence: confidence(j.figures())}
	case ok:
		return unsettled("whether this JVM takes the percentage of the limit or of the machine can't be told")
	case java.HeapSet():
		return unsettled("a percentage without a memory limit is a share of the node's memory")
	case len(java.Unread) > 0:
		return unsettled("the heap may be set where it could not be read: " + strings.Join(java.Unread, "; "))
	case java.HeapByScript:
		return unsettled("the start script of " + cmp.Or(java.StartScript(), "the product") + " sets a heap of its own")
	case j.Java.MemoryWithin(j.MemoryLimitBytes) == nil:
		return unsettled("neither a heap nor a memory limit is set: it may grow to a share of the node's memory")
	}
	if bytes, ok := j.DefaultBytes(); ok {
		return Heap{Bytes: &bytes, Ground: ByDefault, Why: j.step(), Source: j.figures().Source, Confidence: confidence(j.figures())}
	}
	if row, told := reference.AwarenessOf(reference.VM(java.VM), java.Version); told && row.Sees != reference.SeesByDefault {
		return unsettled("no heap is set, and this JVM does not see its limit by itself: it may grow to a share of the node's memory")
	}
	return unsettled("no heap is set, and whether this JVM sees its limit can't be told")
}

func unsettled(why string) Heap { return Heap{Ground: NotSettled, Why: why} }

// figures are the reference's figures for the heap of this VM.
func (j JVM) figures() reference.Provenance {
	if j.Java.VM == string(reference.OpenJ9) {
		return reference.OpenJ9HeapFigures().Provenance
	}
	return reference.HotSpotHeapFigures().Provenance
}

func confidence(p reference.Provenance) reference.Confidence {
	return cmp.Or(p.Confidence, reference.HighConfidence)
}

// step says which step of the algorithm gives the default heap of the limit.
func (j JVM) step() string {
	limit := *j.Java.MemoryWithin(j.MemoryLimitBytes)
	if j.Java.VM == string(reference.OpenJ9) {
		figures := reference.OpenJ9HeapFigures()
		switch {
		case limit < figures.HalfBelowBytes:
			return "OpenJ9's default below 1 GiB: half the limit"
		case limit <= figures.LessBelowBytes:
			return "OpenJ9's default from 1 to 2 GiB: the limit less 512 MiB"
		}
		return fmt.Sprintf("OpenJ9's default above 2 GiB: %d %% of the limit", figures.SharePercent)
	}
	figures := reference.HotSpotHeapFigures()
	bytes, _ := j.DefaultBytes()
	switch {
	case bytes < figures.ThresholdBytes:
		return fmt.Sprintf("HotSpot's default for small containers: %g %% of the limit (MinRAMPercentage)", figures.MinPercent)
	case bytes == figures.ThresholdBytes:
		return "HotSpot's default between small and large containers: a constant 124.8 MiB"
	case bytes == figures.CompressedCapBytes:
		return "HotSpot's default, capped where compressed references end"
	}
	return fmt.Sprintf("HotSpot's default: %g %% of the limit (MaxRAMPercentage)", figures.MaxPercent)
}

func against(heapBytes, sumBytes int64, j JVM) *Against {
	a := &Against{}
	if j.MemoryLimitBytes != nil {
		a.BesideHeapBytes, a.LimitSpareBytes = new(*j.MemoryLimitBytes-heapBytes), new(*j.MemoryLimitBytes-sumBytes)
	}
	if j.MemoryRequestBytes != nil {
		a.RequestSpareBytes = new(*j.MemoryRequestBytes - sumBytes)
	}
	return a
}
