// Package heap calculates what a JVM takes of its memory limit: the options in effect after all sources, the largest heap by
// the JVM's own algorithm, the parts beside it, and the limit that they ask for. The rules on heaps use the same functions, so
// that a rule and a budget never disagree.
//
// Everything here is a pure function of facts and reference figures. Figures are bytes unless their name says otherwise.
package heap

import (
	"sort"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

// Options are an organization's choices.
type Options struct {
	FlatHeadroom bool // the field report's flat gibibyte instead of the graded headroom
}

// JVM is what a budget is made of: Java with the memory of its container or section.
type JVM struct {
	Java               *facts.Java
	MemoryLimitBytes   *int64 // nil: none, or not readable
	MemoryRequestBytes *int64 // after the API's default of the limit; nil: none
}

// WantedLimitBytes is the memory limit that a heap needs with its headroom: graded, or flat where the organization says so.
func WantedLimitBytes(heapBytes int64, o Options) int64 {
	return heapBytes + reference.HeadroomFigures().Bytes(heapBytes, o.FlatHeadroom)
}

// WantedRequestBytes is the memory request that a heap needs: the heap and half its headroom.
func WantedRequestBytes(heapBytes int64, o Options) int64 {
	return heapBytes + (WantedLimitBytes(heapBytes, o)-heapBytes)/2
}

const mib = 1 << 20

// LargestHeapBytes is the largest heap in whole MiB that leaves a limit its headroom; 0 where none does.
func LargestHeapBytes(limitBytes int64, o Options) int64 {
	mibs := sort.Search(int(limitBytes/mib), func(below int) bool { return WantedLimitBytes(int64(below+1)*mib, o) > limitBytes })
	return int64(mibs) * mib
}

// LargestPercent is the largest whole MaxRAMPercentage that leaves the limit its headroom, by the JVM's own algorithm; 0 where
// none does or there is no limit.
func (j JVM) LargestPercent(o Options) int {
	if j.MemoryLimitBytes == nil {
		return 0
	}
	percents := reference.HeapPercents{}
	if j.Java.MinRAMPercent != nil {
		percents.Min = *j.Java.MinRAMPercent
	}
	return sort.Search(99, func(below int) bool {
		percents.Max = float64(below + 1)
		bytes := reference.DefaultHeapBytes(reference.VM(j.Java.VM), *j.MemoryLimitBytes, percents)
		return WantedLimitBytes(bytes, o) > *j.MemoryLimitBytes
	})
}

// SeesLimit reports whether the JVM takes the limit for its memory: by its version, or by a percentage, which only versions
// know that do. Where the version is not known it is false.
func (j JVM) SeesLimit() bool {
	if on, set := j.Java.Switched("UseContainerSupport"); set && !on {
		return false
	}
	if _, percentage := j.Java.Option("MaxRAMPercentage"); percentage {
		return true
	}
	row, told := reference.AwarenessOf(reference.VM(j.Java.VM), j.Java.Version)
	return told && row.Sees == reference.SeesByDefault
}

// DefaultBytes is the largest heap that the JVM takes of its limit where neither -Xmx nor MaxRAMPercentage is set. It reports false where there is no limit, where
// the JVM does not see it, or where the VM is not known.
func (j JVM) DefaultBytes() (int64, bool) {
	memory := j.Java.MemoryWithin(j.MemoryLimitBytes)
	if memory == nil || j.Java.VM == "" || !j.SeesLimit() {
		return 0, false
	}
	percents := reference.HeapPercents{}
	if j.Java.MinRAMPercent != nil {
		percents.Min = *j.Java.MinRAMPercent
	}
	return reference.DefaultHeapBytes(reference.VM(j.Java.VM), *memory, percents), true
}
