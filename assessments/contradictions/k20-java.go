package contradictions

import (
	"cmp"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

var k20 = assessments.Pair{
	ID:        "K-20",
	Questions: []string{"J1", "J6"},
	Decisive:  true,
	Observes:  "Java lines by image tags and documented variables, cgroup versions of the nodes that run them, and flags of the JVM by name.",
	Guard:     "Decides where the version stands in the tag; else it asks. A product's own JDK is the product's. Images that tell nothing are not seen.",
	Look: func(v assessments.PairView) []assessments.Sight {
		if reason, refused := unread(v); refused {
			return cannotSee(reason, "J1", "J6")
		}
		return append(lookAtJava(v), lookAtObsoleteFlags(v)...)
	},
}

func lookAtJava(v assessments.PairView) []assessments.Sight {
	allowed, known, unknown := "J1.a", 0, 0
	explicit := true
	var oldest *facts.Container
	for _, c := range jvms(v) {
		switch {
		case c.Java.Bundled:
			continue
		case !c.Java.Version.Known():
			unknown++
			continue
		}
		known++
		option := javaOption(c.Java, onCgroup2(v, c.Workload))
		if oldest == nil || letter(option) > letter(allowed) {
			allowed, oldest, explicit = option, c, c.Java.TagExplicit
		}
	}
	if known == 0 {
		return cannotSee("no image of a JVM tells its version", "J1")
	}
	s := saw("J1", atMost(v, allowed), evidence("oldest Java seen", "%s, by %s", oldest.Java.Version, oldest.Java.VersionSource),
		evidence("containers whose Java is known", "%s", share{known, known + unknown}))
	s.Subjects = []assessments.Subject{subjectIn(oldest)}
	if !explicit {
		return suggestive(s)
	}
	return []assessments.Sight{s}
}

// onCgroup2 reports whether a node that runs the workload's pods has cgroup v2; any node, where its pods were not seen.
func onCgroup2(v assessments.PairView, w *facts.Workload) bool {
	return slices.ContainsFunc(v.Nodes, func(n *facts.Node) bool {
		if n.CgroupVersion != 2 {
			return false
		}
		return w.Pods == nil || len(w.Pods.Nodes) == 0 || slices.ContainsFunc(w.Pods.Nodes, func(s snapshot.Share) bool { return s.Name == n.Name })
	})
}

// javaOption is the option of J1 for one JVM: below 11 by what the reference knows of its build. A line without its update is
// taken for the best that it can be, an unknown VM for HotSpot.
func javaOption(java *facts.Java, cgroup2 bool) string {
	vm := reference.VM(cmp.Or(java.VM, string(reference.HotSpot)))
	switch feature := java.Version.Feature; {
	case feature >= 17:
		return "J1.a"
	case feature >= 11:
		return "J1.b"
	}
	if row, told := reference.AwarenessOf(vm, java.Version); told && row.Sees != reference.SeesByDefault {
		return "J1.d"
	}
	if understands, sure := reference.UnderstandsCgroupV2(vm, java.Version); cgroup2 && sure && !understands {
		return "J1.d"
	}
	return "J1.c"
}

// obsolete reports whether a flag is one that HotSpot has deprecated or dropped.
func obsolete(flag string) bool {
	row, known := reference.JavaFlagOf(flag)
	return known && row.DeprecatedIn.Known()
}

func lookAtObsoleteFlags(v assessments.PairView) []assessments.Sight {
	all := heaps(v)
	var flags []string
	var setBy []assessments.Subject
	read := 0
	for _, h := range all {
		if h.Java.OptionsRead {
			read++
		}
		for _, option := range slices.Concat(h.Java.Options, h.Java.Overridden, h.Java.Repeated) {
			if !obsolete(option.Name) {
				continue
			}
			if !slices.Contains(flags, option.Name) {
				flags = append(flags, option.Name)
			}
			if !slices.Contains(setBy, h.subject) {
				setBy = append(setBy, h.subject)
			}
		}
	}
	switch {
	case len(all) == 0:
		return cannotSee(noJVM, "J6")
	case len(flags) > 0:
		slices.Sort(flags)
		return []assessments.Sight{withSubjects(saw("J6", atMost(v, "J6.c"), evidence("obsolete flags", "%s", strings.Join(flags, ", "))), setBy)}
	case read == 0:
		return cannotSee("no JVM's options could be read in full", "J6")
	}
	return []assessments.Sight{saw("J6", atMost(v, "J6.a"), evidence("JVMs whose options could be read", "%s", share{read, len(all)}))}
}
