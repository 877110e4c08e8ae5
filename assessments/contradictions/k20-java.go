package contradictions

import (
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

var k20 = assessments.Pair{
	ID:        "K-20",
	Questions: []string{"J1", "J6"},
	Decisive:  true,
	Observes:  "Java lines by image tags and documented variables, and flags of the JVM by name.",
	Guard:     "Decides where the version stands in the tag; else it asks. A product's own JDK is the product's. Images that tell nothing are not seen.",
	Look: func(v assessments.PairView) []assessments.Sight {
		if reason, refused := unread(v); refused {
			return cannotSee(reason, "J1", "J6")
		}
		return append(lookAtJava(v), lookAtObsoleteFlags(v)...)
	},
}

func lookAtJava(v assessments.PairView) []assessments.Sight {
	cgroup2 := slices.ContainsFunc(v.Nodes, func(n *facts.Node) bool { return n.CgroupVersion == 2 })
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
		option := javaOption(c.Java.Version, cgroup2)
		if oldest == nil || letter(option) > letter(allowed) {
			allowed, oldest, explicit = option, c, c.Java.TagExplicit
		}
	}
	if known == 0 {
		return cannotSee("no image of a JVM tells its version", "J1")
	}
	s := saw("J1", atMost(v, allowed), evidence("oldest Java seen", "%s, by %s", javaLine(oldest.Java.Version), oldest.Java.VersionSource),
		evidence("containers whose Java is known", "%s", share{known, known + unknown}))
	s.Subjects = []assessments.Subject{subjectIn(oldest)}
	if !explicit {
		return suggestive(s)
	}
	return []assessments.Sight{s}
}

// javaOption is the option of J1 for one version. Java 8 sees a container's limits from update 191 on, and with cgroup v2 from
// update 372 (reference data, java-containers); a line without its update is taken for the best that it can be.
func javaOption(version facts.JavaVersion, cgroup2 bool) string {
	switch {
	case version.Feature >= 17:
		return "J1.a"
	case version.Feature >= 11:
		return "J1.b"
	case version.Feature < 8 || version.Feature == 9:
		return "J1.d"
	case version.Feature == 8 && version.HasUpdate && (version.Update < 191 || cgroup2 && version.Update < 372):
		return "J1.d"
	}
	return "J1.c"
}

func javaLine(version facts.JavaVersion) string {
	switch {
	case version.Feature == 8 && version.HasUpdate:
		return fmt.Sprintf("8u%d", version.Update)
	case version.HasUpdate:
		return fmt.Sprintf("%d.%d.%d", version.Feature, version.Interim, version.Update)
	}
	return fmt.Sprint(version.Feature)
}

// obsoleteFlags are those that question J6 names.
var obsoleteFlags = []string{"UseCGroupMemoryLimitForHeap", "MaxRAMFraction", "MinRAMFraction", "InitialRAMFraction"}

func lookAtObsoleteFlags(v assessments.PairView) []assessments.Sight {
	all := jvms(v)
	var flags []string
	var setBy []assessments.Subject
	read := 0
	for _, c := range all {
		if c.Java.OptionsRead {
			read++
		}
		for _, option := range slices.Concat(c.Java.Options, c.Java.Overridden) {
			if !slices.Contains(obsoleteFlags, option.Name) {
				continue
			}
			if !slices.Contains(flags, option.Name) {
				flags = append(flags, option.Name)
			}
			if s := subjectIn(c); !slices.Contains(setBy, s) {
				setBy = append(setBy, s)
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
	return []assessments.Sight{saw("J6", atMost(v, "J6.a"), evidence("JVM containers whose options could be read", "%s", share{read, len(all)}))}
}
