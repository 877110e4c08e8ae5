package jvm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

var obsoleteFlags = assessments.Rule{
	ID:          "jvm/obsolete-flags",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overJVMs(v, judgeFlagsOfVersion)
	},
	Text: assessments.Text{
		Title: "No option is set that this Java refuses or has deprecated",
		What:  "The options around memory and containers in every source that this JVM reads, held against its version.",
		Why: "HotSpot does not start with an option that it does not know. The flag that made Java 8 see its limits stops Java 11, and the " +
			"percentage that Java 11 wants stops Java 9 and early builds of 8: an upgrade of the image alone becomes an outage.",
		How: "Only flags that the reference has a row for are judged: UseCGroupMemoryLimitForHeap, UseContainerSupport, the RAM " +
			"percentages and the RAM fractions. A refused one fails, also where another source beats it, for the JVM reads both. With " +
			"-XX:+IgnoreUnrecognizedVMOptions, or where the version has only deprecated it, the finding is low.\n\nWhere ready pods prove " +
			"that the JVM starts, either the version or the way of the variable is not what it seems, and the outcome is unknown and says " +
			"which. Unknown also: such a flag and a version, update or VM that can't be told, or options that were not visible. Not " +
			"applicable: OpenJ9, which passes over what it does not know; no JVM; the platform's own workloads.",
		Evidence: "The flag, its source, and Java's version.",
		Mend: "Take the flag out. From Java 10 on, and from 8u191, nothing has to stand in its place to see the limit; -XX:MaxRAMPercentage " +
			"replaces -XX:MaxRAMFraction (fraction 2 is 50 percent). Other options may stand in the same variable, so there is no patch.",
		Sources:      []string{containersSource, variablesSource},
		DoesNotCatch: "Options of collectors and logging that later versions dropped, options inside the image, and files of options (@file).",
	},
}

// flagged is a flag that the version does not take as it is.
type flagged struct {
	option facts.JavaOption
	row    reference.JavaFlag
	state  reference.FlagState
}

func judgeFlagsOfVersion(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	j := c.Java
	switch {
	case j.VM == string(reference.OpenJ9):
		return o.NotApplicable("OpenJ9 passes over options that it does not know")
	case hinted(j):
		return perhaps(c, o)
	}
	var found []flagged
	for _, option := range slices.Concat(j.Options, j.Overridden, j.Repeated) {
		row, known := reference.JavaFlagOf(option.Name)
		if !known {
			continue
		}
		state, sure := row.At(j.Version)
		switch {
		case j.VM == "" && (!sure || state != reference.FlagAccepted):
			return askVersion(o, fmt.Sprintf("%s is set; whether HotSpot or OpenJ9 runs is not known, and they take it differently", optionText(option)))
		case !sure:
			return askVersion(o, fmt.Sprintf("%s is set, and which Java runs decides whether it starts with it (known: %s)", optionText(option), j.Version))
		case state != reference.FlagAccepted && !row.Deducts():
			return o.Unknown(fmt.Sprintf("%s: %s", optionText(option), row.Doubt()))
		case state != reference.FlagAccepted:
			found = append(found, flagged{option, row, state})
		}
	}
	switch {
	case len(found) > 0:
		return failFlags(c, o, found)
	case len(j.Unread) > 0:
		return o.Unknown("a flag may stand where it could not be read: " + strings.Join(j.Unread, "; "))
	}
	return o.Pass()
}

func failFlags(c *facts.Container, o assessments.Outcome, found []flagged) assessments.Outcome {
	j := c.Java
	slices.SortStableFunc(found, func(a, b flagged) int { // what stops the JVM goes first
		return cmp.Compare(b.state, a.state)
	})
	worst := found[0]
	ignores, _ := j.Switched("IgnoreUnrecognizedVMOptions")
	severity, message := assessments.Severity(0), fmt.Sprintf("Java %s does not know %s and does not start with it.", j.Version, worst.option.Raw)
	switch {
	case worst.state == reference.FlagDeprecated:
		severity, message = assessments.Low, fmt.Sprintf("Java %s has deprecated %s.", j.Version, worst.option.Raw)
	case ignores:
		severity, message = assessments.Low, fmt.Sprintf("Java %s passes over %s, which it does not know.", j.Version, worst.option.Raw)
	case starts(c.Workload):
		return o.Unknown(fmt.Sprintf("Java %s does not start with %s, yet its pods are ready: %s", j.Version, optionText(worst.option), whichIsOtherwise(j, worst.option)))
	}
	var listed []string
	for _, f := range found {
		listed = append(listed, fmt.Sprintf("%s (%s)", optionText(f.option), f.state))
	}
	return o.Fail(assessments.Failure{
		Severity: severity,
		Message:  message,
		Evidence: []assessments.Evidence{{What: "flags", Value: strings.Join(listed, ", ")}, javaEvidence(j)},
		Expected: "options that Java " + j.Version.String() + " takes",
		Mend:     assessments.Mend{Text: flagsMend(found)},
	})
}

// starts reports whether ready pods prove that the template starts; while a rollout is under way they may be older ones.
func starts(w *facts.Workload) bool {
	underWay := w.RolloutUnderWay != nil && *w.RolloutUnderWay
	return w.Pods != nil && w.Pods.Ready > 0 && !underWay
}

// whichIsOtherwise names what must be wrong where a JVM runs that could not start.
func whichIsOtherwise(j *facts.Java, option facts.JavaOption) string {
	if j.TagExplicit {
		return fmt.Sprintf("the image tells the version, so %s does not reach the JVM", option.Source)
	}
	return fmt.Sprintf("either the version (by %s) is another, or %s does not reach the JVM", j.VersionSource, option.Source)
}

func flagsMend(found []flagged) string {
	var names []string
	for _, f := range found {
		names = append(names, fmt.Sprintf("%s out of %s", f.option.Raw, f.option.Source))
	}
	text := "Take " + strings.Join(names, ", ") + "."
	for _, f := range found {
		if f.row.Replacement != "" {
			text += fmt.Sprintf(" -XX:%s takes the place of %s.", f.row.Replacement, f.row.Flag)
		}
	}
	return text
}
