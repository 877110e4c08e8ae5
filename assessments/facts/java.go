package facts

import (
	"cmp"

	"plimsoll/assessments/reference"
)

// Certainty says how sure it is that a container runs a JVM.
type Certainty int

// Perhaps: a product that bundles a JDK, or a variable that hints at Java. Certain: an image family, a java command, or an
// option beginning with -X in a variable that the JVM itself reads.
const (
	PerhapsJava Certainty = iota + 1
	CertainJava
)

// Java is what is known of the JVM in a container, after all sources of options by their precedence.
type Java struct {
	Certainty     Certainty
	Product       string      // product that bundles its JDK, such as kafka or elasticsearch; empty: an image of the owner's own
	Bundled       bool        // the JDK is the product's choice
	Vendor        string      // id of the image family's row in the reference; empty: not known
	ImageEnded    bool        // the image family itself is maintained no more
	HeapByScript  bool        // the product's start script sets a heap where nobody does
	VM            string      // hotspot, openj9; empty: not known (HotSpot is not assumed)
	Version       JavaVersion // zero: not known
	VersionSource string      // where the version was read: "image tag", "JAVA_VERSION", …
	TagExplicit   bool        // the version stands in the image's tag

	Options     []JavaOption // in effect, the winner of each option alone
	Overridden  []JavaOption // set, but beaten by another source
	Repeated    []JavaOption // set again further right in the same source, which wins
	OptionsRead bool         // every source that this JVM reads was visible
	Unread      []string     // sources that were not visible: a ConfigMap, a Secret, a script of the image

	MaxHeapBytes  *int64   // by -Xmx or MaxHeapSize in effect
	MaxRAMPercent *float64 // by MaxRAMPercentage in effect, or MaxRAMFraction where that is not set
	MinRAMPercent *float64 // by MinRAMPercentage in effect: what bounds the heap of small containers

	start    string // what the container starts: "" (the image's own), java, script, other
	unread   []unreadSource
	scripts  string // product whose start script runs
	resource bool   // a custom resource: its own field holds the options
}

// JavaVersion is a Java version in the numbering since 9.
type JavaVersion = reference.JavaVersion

// JavaOption is one option as written, with where it was set.
type JavaOption struct {
	Name   string // Xmx, MaxRAMPercentage, UseContainerSupport
	Value  string // "1g", "75.0", "true", "false"
	Raw    string // -XX:+UseContainerSupport
	Source string // JAVA_TOOL_OPTIONS, command …

	rank int // of its source: the higher one wins
}

// Option returns the option in effect of a name: Xmx, UseContainerSupport.
func (j *Java) Option(name string) (JavaOption, bool) {
	for _, option := range j.Options {
		if option.Name == name {
			return option, true
		}
	}
	return JavaOption{}, false
}

// Switched reports whether a boolean flag is set, and how: -XX:-UseContainerSupport is (false, true).
func (j *Java) Switched(name string) (on, set bool) {
	option, set := j.Option(name)
	return option.Value == "true", set
}

// HeapSet reports whether -Xmx or a RAM percentage is in effect.
func (j *Java) HeapSet() bool { return j.MaxHeapBytes != nil || j.MaxRAMPercent != nil }

// MaxHeapWithin is the largest heap by the options in effect, with a percentage taken of a memory limit. It reports false where
// neither is set, or where a percentage has no limit to be taken of. Settled is how it was told, in words.
func (j *Java) MaxHeapWithin(limitBytes *int64) (bytes int64, settled string, ok bool) {
	if j.MaxHeapBytes != nil {
		option, _ := j.Option("Xmx")
		return *j.MaxHeapBytes, option.Raw + " in " + option.Source, true
	}
	memory := j.MemoryWithin(limitBytes)
	if j.MaxRAMPercent == nil || memory == nil {
		return 0, "", false
	}
	percents := reference.HeapPercents{Max: *j.MaxRAMPercent}
	if j.MinRAMPercent != nil {
		percents.Min = *j.MinRAMPercent
	}
	option, found := j.Option("MaxRAMPercentage")
	if !found {
		option, _ = j.Option("MaxRAMFraction")
	}
	of := "the limit"
	if bound, set := j.Option(maxRAM); set {
		of = bound.Raw
	}
	return reference.DefaultHeapBytes(reference.VM(j.VM), *memory, percents), option.Raw + " in " + option.Source + ", of " + of, true
}

const maxRAM = "MaxRAM"

// MemoryWithin is the memory that the JVM reckons with: MaxRAM where that is set, else the limit; nil where neither is.
func (j *Java) MemoryWithin(limitBytes *int64) *int64 {
	option, _ := j.Option(maxRAM)
	if bytes, ok := ParseJavaSize(option.Value); ok && bytes > 0 && j.VM != string(reference.OpenJ9) {
		return &bytes
	}
	return limitBytes
}

// Hidden names the unread sources that could hold or beat an option: all where it is not set, else only those that go before
// the source it was read from.
func (j *Java) Hidden(name string) []string {
	option, set := j.Option(name)
	if !set {
		return j.Unread
	}
	var hidden []string
	for _, unread := range j.unread {
		if unread.rank > option.rank {
			hidden = append(hidden, unread.text)
		}
	}
	return hidden
}

// HiddenHeap names the unread sources that could settle the heap otherwise: for -Xmx those that go before its source, for a
// percentage any variable that this JVM reads (an -Xmx anywhere beats it), else all.
func (j *Java) HiddenHeap() []string {
	switch {
	case j.MaxHeapBytes != nil:
		return j.Hidden("Xmx")
	case j.MaxRAMPercent == nil:
		return j.Unread
	}
	var hidden []string
	for _, unread := range j.unread {
		if unread.rank > rankWhole {
			hidden = append(hidden, unread.text)
		}
	}
	return hidden
}

// StartScript is the product whose start script runs in the image; empty where none is known.
func (j *Java) StartScript() string { return cmp.Or(j.scripts, j.Product) }

// UnseenStart says why options on the command line itself could not be seen: the image's own start, or a script. It is empty
// where the whole command stands in the manifest.
func (j *Java) UnseenStart() string {
	switch {
	case j.StartScript() != "":
		return "the start script of " + j.StartScript() + " sets options of its own"
	case j.resource:
		return "the operator may set options of its own"
	case j.start == startJava:
		return ""
	case j.start == "" && j.Vendor != "":
		return "" // an official image by itself starts Java plainly
	case j.start == "":
		return "the image's own start command may set options"
	}
	return "the script or program that starts Java may set options"
}
