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
	var byTag, otherwise oldestJava
	known, unknown := 0, 0
	for _, c := range jvms(v) {
		switch {
		case c.Java.Bundled:
			continue
		case !c.Java.Version.Known():
			unknown++
			continue
		}
		known++
		if option := javaOption(c.Java, onCgroup2(v, c.Workload)); c.Java.TagExplicit {
			byTag.see(c, option)
		} else {
			otherwise.see(c, option)
		}
	}
	seen := share{known, known + unknown}
	var sights []assessments.Sight
	if byTag.container != nil {
		sights = append(sights, byTag.sight(v, seen))
	}
	if otherwise.container != nil && (byTag.container == nil || letter(otherwise.option) > letter(byTag.option)) {
		sights = append(sights, suggestive(otherwise.sight(v, seen))...)
	}
	if len(sights) == 0 {
		return cannotSee("no image of a JVM tells its version", "J1")
	}
	return sights
}

// oldestJava is the first container whose Java leaves the least, of those that tell it in one way.
type oldestJava struct {
	container *facts.Container
	option    string
}

func (o *oldestJava) see(c *facts.Container, option string) {
	if o.container == nil || letter(option) > letter(o.option) {
		o.container, o.option = c, option
	}
}

func (o *oldestJava) sight(v assessments.PairView, seen share) assessments.Sight {
	s := saw("J1", atMost(v, o.option), evidence("oldest Java seen", "%s, by %s", o.container.Java.Version, o.container.Java.VersionSource),
		evidence("containers whose Java is known", "%s", seen))
	return withSubjects(s, []assessments.Subject{subjectIn(o.container)})
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
