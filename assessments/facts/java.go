package facts

// Certainty says how sure it is that a container runs a JVM.
type Certainty int

// Perhaps: a product that bundles a JDK or reads JVM variables. Certain: an image family, a java command, or a variable that
// the JVM itself reads.
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
	VM            string      // hotspot, openj9; empty: not known (HotSpot is not assumed)
	Version       JavaVersion // zero: not known
	VersionSource string      // where the version was read: "image tag", "JAVA_VERSION", …
	TagExplicit   bool        // the version stands in the image's tag

	Options     []JavaOption // in effect, the winner of each option alone
	Overridden  []JavaOption // set, but beaten by another source
	OptionsRead bool         // every source that this JVM reads was visible
	Unread      []string     // sources that were not visible: a ConfigMap, a Secret, a script of the image

	MaxHeapBytes  *int64   // by -Xmx or MaxHeapSize in effect
	MaxRAMPercent *float64 // by MaxRAMPercentage in effect
}

// JavaVersion is a Java version in the numbering since 9 (8u191 is {8, 0, 191}). The zero value is "not known".
type JavaVersion struct {
	Feature   int // 8, 11, 17
	Interim   int
	Update    int  // 191 of 8u191, 16 of 11.0.16
	HasUpdate bool // false: only the line is known ("11"), so a rule that needs the update is unknown or judges the line
}

// Known reports whether at least the line is known.
func (v JavaVersion) Known() bool { return v.Feature > 0 }

// JavaOption is one option as written, with where it was set.
type JavaOption struct {
	Name   string // Xmx, MaxRAMPercentage, UseContainerSupport
	Value  string // "1g", "75.0", "true", "false"
	Raw    string // -XX:+UseContainerSupport
	Source string // JAVA_TOOL_OPTIONS, command …
}
