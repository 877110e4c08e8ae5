package reference

import (
	"cmp"
	"math"
	"slices"
)

// VM is an implementation of the JVM.
type VM string

// HotSpot is what most vendors ship; OpenJ9 comes with IBM Semeru.
const (
	HotSpot VM = "hotspot"
	OpenJ9  VM = "openj9"
)

// Sees says how a JVM takes the container's memory limit.
type Sees string

// The ways a JVM takes the container's limits.
const (
	SeesNothing   Sees = "none"    // the machine's memory and processors
	SeesByFlag    Sees = "flag"    // memory, with two experimental flags
	SeesByDefault Sees = "default" // memory and processors
)

// Awareness is how a range of versions takes the container's limits.
type Awareness struct {
	VM         VM `yaml:"vm"`
	javaSpan   `yaml:",inline"`
	Sees       Sees `yaml:"sees"`
	Provenance `yaml:",inline"`
}

// VMSince is a version from which a VM does something, within its span.
type VMSince struct {
	VM         VM `yaml:"vm"`
	javaSpan   `yaml:",inline"`
	Never      bool   `yaml:"never"` // no version of the span does
	Kernel     string `yaml:"kernel"`
	Provenance `yaml:",inline"`
}

// JavaFlag is a flag of HotSpot around containers.
type JavaFlag struct {
	Flag         string        `yaml:"flag"`
	First        []JavaVersion `yaml:"first"` // from which a line knows it; empty: always
	DeprecatedIn JavaVersion   `yaml:"deprecatedIn"`
	RemovedIn    JavaVersion   `yaml:"removedIn"`
	Replacement  string        `yaml:"replacement"`
	Experimental bool          `yaml:"experimental"` // needs UnlockExperimentalVMOptions
	Provenance   `yaml:",inline"`
}

// HotSpotHeap holds the constants of HotSpot's default heap.
type HotSpotHeap struct {
	MaxPercent         float64 `yaml:"maxPercent"`
	MinPercent         float64 `yaml:"minPercent"`
	InitialPercent     float64 `yaml:"initialPercent"`
	ThresholdBytes     int64   `yaml:"thresholdBytes"`
	CompressedCapBytes int64   `yaml:"compressedCapBytes"`
	Provenance         `yaml:",inline"`
}

// OpenJ9Heap holds the steps of OpenJ9's default heap in a container.
type OpenJ9Heap struct {
	HalfBelowBytes int64 `yaml:"halfBelowBytes"` // below: half the limit
	LessBelowBytes int64 `yaml:"lessBelowBytes"` // below: the limit less a fixed part
	LessBytes      int64 `yaml:"lessBytes"`
	SharePercent   int64 `yaml:"sharePercent"` // above
	Provenance     `yaml:",inline"`
}

// Headroom holds the room that a memory limit should leave beside the heap.
type Headroom struct {
	FlatBytes   int64 `yaml:"flatBytes"`
	LeastBytes  int64 `yaml:"leastBytes"`
	HeapDivisor int64 `yaml:"heapDivisor"`
	Provenance  `yaml:",inline"`
}

// Bytes is the headroom for a heap: a share of it, no less than the least and no more than the flat figure; or flat.
func (h Headroom) Bytes(heapBytes int64, flat bool) int64 {
	if flat {
		return h.FlatBytes
	}
	return min(h.FlatBytes, max(h.LeastBytes, heapBytes/h.HeapDivisor))
}

// CollectorChoice is how HotSpot picks its collector where nobody does.
type CollectorChoice struct {
	javaSpan          `yaml:",inline"`
	ServerCPUs        int64  `yaml:"serverCPUs"` // with fewer, or less memory: SerialGC; 0: no such rule
	ServerMemoryBytes int64  `yaml:"serverMemoryBytes"`
	Server            string `yaml:"server"`
	Provenance        `yaml:",inline"`
}

// Part names a part of a JVM's memory beside the heap.
type Part string

// The parts that a plan counts.
const (
	ClassesPart Part = "classes" // class metadata, the metaspace
	CodePart    Part = "code"    // compiled code
	StacksPart  Part = "stacks"  // of all threads
	BuffersPart Part = "buffers" // direct buffers
)

// Beside is what a part of a JVM's memory takes in a plan where no option bounds it: bytes, and so many for each of a count.
type Beside struct {
	Part       Part   `yaml:"part"`
	FixedBytes int64  `yaml:"bytes"`
	EachBytes  int64  `yaml:"eachBytes"`
	Count      int64  `yaml:"count"`
	Option     string `yaml:"option"` // that bounds the part, or the size of one of the count
	Provenance `yaml:",inline"`
}

// Bytes is the part's size in a plan.
func (b Beside) Bytes() int64 { return b.FixedBytes + b.EachBytes*b.Count }

// CollectorMemory is what a collector keeps beside the heap.
type CollectorMemory struct {
	Collector    string `yaml:"collector"`
	javaSpan     `yaml:",inline"`
	ShareOf10000 int64 `yaml:"shareOf10000"` // of the heap
	Provenance   `yaml:",inline"`
}

// Bytes is what the collector keeps for a heap.
func (c CollectorMemory) Bytes(heapBytes int64) int64 {
	const whole = 10_000
	return heapBytes/whole*c.ShareOf10000 + heapBytes%whole*c.ShareOf10000/whole
}

type javaContainersDocument struct {
	About      about       `yaml:"about"`
	Awareness  []Awareness `yaml:"awareness"`
	CgroupV2   []VMSince   `yaml:"cgroupV2"`
	NewKernels []VMSince   `yaml:"newKernels"`
	CPUShares  []VMSince   `yaml:"cpuShares"`
	Flags      []JavaFlag  `yaml:"flags"`
	Heap       struct {
		HotSpot  HotSpotHeap `yaml:"hotspot"`
		OpenJ9   OpenJ9Heap  `yaml:"openj9"`
		Headroom Headroom    `yaml:"headroom"`
	} `yaml:"heap"`
	Beside          []Beside          `yaml:"beside"`
	CollectorMemory []CollectorMemory `yaml:"collectorMemory"`
	Collectors      []CollectorChoice `yaml:"collectors"`
}

func (d *javaContainersDocument) head() about { return d.About }
func (d *javaContainersDocument) rows() int {
	const heaps = 3
	return heaps + len(d.Awareness) + len(d.CgroupV2) + len(d.NewKernels) + len(d.CPUShares) + len(d.Flags) +
		len(d.Beside) + len(d.CollectorMemory) + len(d.Collectors)
}

var javaContainers = load("java-containers", &javaContainersDocument{})

// AwarenessOf returns how a version takes the container's limits. It reports false where VM or version leave several rows open
// that differ; an unknown VM is fine where all VMs agree.
func AwarenessOf(vm VM, version JavaVersion) (Awareness, bool) {
	var found []Awareness
	for _, row := range javaContainers().Awareness {
		if vm != "" && row.VM != vm {
			continue
		}
		if inside, sure := row.holds(version); inside || !sure {
			found = append(found, row)
		}
	}
	if len(found) == 0 {
		return Awareness{}, false
	}
	for _, row := range found[1:] {
		if row.Sees != found[0].Sees {
			return Awareness{}, false
		}
	}
	return found[0], true
}

// UnderstandsCgroupV2 reports whether a version reads the limits of cgroup v2. It is not sure where the update decides and is
// not known, and for lines that no source was found for.
func UnderstandsCgroupV2(vm VM, version JavaVersion) (understands, sure bool) {
	return sinceIn(javaContainers().CgroupV2, vm, version)
}

// CountsCPUSharesNot reports whether a version leaves CPU requests out when it counts processors.
func CountsCPUSharesNot(vm VM, version JavaVersion) (leavesOut, sure bool) {
	return sinceIn(javaContainers().CPUShares, vm, version)
}

// SurvivesNewKernels reports whether a version still finds cgroups on kernels that dropped the memory line of /proc/cgroups.
func SurvivesNewKernels(vm VM, version JavaVersion) (survives, sure bool) {
	return sinceIn(javaContainers().NewKernels, vm, version)
}

// sinceIn looks for a version among spans that start inside lines. A line before its span's start does not; a line without a
// row is not sure, for nobody looked.
func sinceIn(rows []VMSince, vm VM, version JavaVersion) (yes, sure bool) {
	if !version.Known() || vm == "" {
		return false, false
	}
	for _, row := range rows {
		if row.VM != vm {
			continue
		}
		inside, certain := row.holds(version)
		switch {
		case inside && certain:
			return !row.Never, row.Deducts()
		case !certain:
			return false, false
		case version.Feature == row.From.Feature:
			return false, row.Deducts()
		}
	}
	return false, false
}

// JavaFlagOf returns what is known of a flag; flags without a row are not judged.
func JavaFlagOf(flag string) (JavaFlag, bool) {
	for _, row := range javaContainers().Flags {
		if row.Flag == flag {
			return row, true
		}
	}
	return JavaFlag{}, false
}

// FlagState is how a version of HotSpot takes a flag.
type FlagState string

// Refused: the JVM says "Unrecognized VM option" and does not start.
const (
	FlagAccepted   FlagState = "accepted"
	FlagDeprecated FlagState = "deprecated"
	FlagRefused    FlagState = "refused"
)

// At reports how a version takes the flag; not sure where the update would decide and is not known.
func (f JavaFlag) At(version JavaVersion) (state FlagState, sure bool) {
	if !version.Known() {
		return "", false
	}
	if f.RemovedIn.Known() {
		if removed, sure := version.AtLeast(f.RemovedIn); removed || !sure {
			return FlagRefused, sure
		}
	}
	if known, sure := f.knownTo(version); !sure {
		return "", false
	} else if !known {
		return FlagRefused, true
	}
	if f.DeprecatedIn.Known() {
		if deprecated, sure := version.AtLeast(f.DeprecatedIn); deprecated || !sure {
			return FlagDeprecated, sure
		}
	}
	return FlagAccepted, true
}

// knownTo looks at the first version of the version's own line, else of the newest line before it that needs no update.
func (f JavaFlag) knownTo(version JavaVersion) (known, sure bool) {
	known = len(f.First) == 0
	for _, first := range f.First {
		if first.Feature == version.Feature || !first.HasUpdate {
			atLeast, sureOfIt := version.AtLeast(first)
			if !sureOfIt {
				return false, false
			}
			known = known || atLeast
		}
	}
	return known, true
}

// HeadroomFigures returns the room beside the heap.
func HeadroomFigures() Headroom { return javaContainers().Heap.Headroom }

// HeapPercents are the RAM percentages in effect; 0 stands for the default.
type HeapPercents struct{ Max, Min float64 }

// DefaultHeapBytes is the largest heap that a JVM takes of so much memory without -Xmx, by its own algorithm: HotSpot's half of
// small containers, a constant in between, a quarter above; OpenJ9's three steps.
func DefaultHeapBytes(vm VM, memoryBytes int64, percents HeapPercents) int64 {
	if vm == OpenJ9 {
		return openJ9HeapBytes(memoryBytes, percents)
	}
	heap := javaContainers().Heap.HotSpot
	small := share(memoryBytes, cmp.Or(percents.Min, heap.MinPercent))
	if small < heap.ThresholdBytes {
		return small
	}
	large := max(share(memoryBytes, cmp.Or(percents.Max, heap.MaxPercent)), heap.ThresholdBytes)
	if percents.Max == 0 {
		return min(large, heap.CompressedCapBytes)
	}
	return large
}

func openJ9HeapBytes(memoryBytes int64, percents HeapPercents) int64 {
	heap := javaContainers().Heap.OpenJ9
	switch {
	case percents.Max > 0:
		return share(memoryBytes, percents.Max)
	case memoryBytes < heap.HalfBelowBytes:
		return memoryBytes / 2
	case memoryBytes <= heap.LessBelowBytes:
		return memoryBytes - heap.LessBytes
	}
	return share(memoryBytes, float64(heap.SharePercent))
}

// share takes a percentage in millionths, so that the result is the same on every processor.
func share(bytes int64, percent float64) int64 {
	const whole = 100 * 1_000_000
	micros := int64(math.Round(percent * 1_000_000))
	return bytes/whole*micros + bytes%whole*micros/whole
}

// CollectorOf returns how a version picks its collector.
func CollectorOf(version JavaVersion) (CollectorChoice, bool) {
	for _, row := range javaContainers().Collectors {
		if inside, sure := row.holds(version); inside && sure {
			return row, true
		}
	}
	return CollectorChoice{}, false
}

// BesideTheHeap lists the parts of a JVM's memory beside its heap, in the order of a budget.
func BesideTheHeap() []Beside { return slices.Clone(javaContainers().Beside) }

// CollectorMemoryOf returns what a collector keeps beside the heap, by the name that CollectorOf gives it. It reports false for
// collectors and versions without a figure.
func CollectorMemoryOf(collector string, version JavaVersion) (CollectorMemory, bool) {
	for _, row := range javaContainers().CollectorMemory {
		if inside, sure := row.holds(version); row.Collector == collector && inside && sure {
			return row, true
		}
	}
	return CollectorMemory{}, false
}

// HidingKernel is the first kernel that hides cgroups from JVMs that do not look for them in the new place.
func HidingKernel() string { return javaContainers().NewKernels[0].Kernel }

// HotSpotHeapFigures returns the constants of HotSpot's default heap with their source.
func HotSpotHeapFigures() HotSpotHeap { return javaContainers().Heap.HotSpot }

// OpenJ9HeapFigures returns the steps of OpenJ9's default heap with their source.
func OpenJ9HeapFigures() OpenJ9Heap { return javaContainers().Heap.OpenJ9 }
