package probes

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
)

// roomySeconds is the timeout that the mend gives, as far as the period leaves room for it.
const roomySeconds = 5

var timeout = assessments.Rule{
	ID:          "probes/timeout",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overRunning(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome { return judgeTimeout(v, c, o) })
	},
	Text: assessments.Text{
		Title: "Probes that take time have the time",
		What:  "The exec probes of every container, and the HTTP probes of containers that run a JVM: startup, liveness and readiness.",
		Why: "The default timeout is one second. A command needs a process of its own in a container that may be short of CPU, and a JVM pauses " +
			"for that long to collect garbage. A timeout counts as a failure, so a busy moment becomes a restart.",
		How: "Fails where such a probe has an effective timeoutSeconds of 1, written or by default. HTTP probes count only where the container " +
			"runs a JVM for certain.\n\n" +
			"Not applicable: no exec probe, and no HTTP probe of a JVM; Jobs; finished pods; the platform's own workloads. Unknown: an HTTP " +
			"probe with 1 s where it is not certain that a JVM runs, a placeholder, or an exec probe on a cluster from before 1.20, which may " +
			"not end them in time at all.",
		Evidence: "Each such probe, with what it asks by and its timeout.",
		Mend:     "Raise timeoutSeconds to 5, or to the period where that is shorter. A probe that needs longer than that asks too much.",
		Sources: []string{
			probesReference,
			"Reference data, probes: the API's default timeout, and from when on exec probes are held to it",
		},
		DoesNotCatch: "Timeouts above one second that are still too short, and commands with a time limit of their own.",
	},
}

func judgeTimeout(v assessments.View, c *facts.Container, o assessments.Outcome) assessments.Outcome {
	var short, perhaps []kindOfProbe
	asked, execs := false, false
	for k := range probesOf(c) {
		slow, certain := takesTime(c, k.probe)
		asked = asked || slow
		switch {
		case !slow:
		case k.probe.Unreadable:
			return o.Unknown(unreadable)
		case k.probe.TimeoutSeconds > reference.ProbeFieldDefaults().TimeoutSeconds:
		case certain:
			short, execs = append(short, k), execs || k.probe.Handler == "exec"
		default:
			perhaps = append(perhaps, k)
		}
	}
	switch {
	case execs && !endsExecs(v):
		feature, _ := reference.ProbeFeatureOf("execTimeout")
		return o.Unknown("this cluster may not hold exec probes to their timeout (" + feature.Doubt() + ")")
	case len(short) > 0:
		return o.Fail(tooShort(c, short))
	case len(perhaps) > 0:
		return o.Unknown("an HTTP probe has 1 s, and whether the container runs a JVM is not certain")
	case !asked:
		return o.NotApplicable("no exec probe, and no HTTP probe of a JVM")
	}
	return o.Pass()
}

// takesTime reports whether a probe is of a kind that may need more than a second, and whether that is certain.
func takesTime(c *facts.Container, p *snapshot.Probe) (slow, certain bool) {
	switch {
	case p.Handler == "exec":
		return true, true
	case p.Handler == "httpGet" && c.Java != nil:
		return true, c.Java.Certainty == facts.CertainJava
	}
	return false, false
}

// endsExecs reports whether the cluster ends an exec probe at its timeout; only one whose version is known to be older may not.
func endsExecs(v assessments.View) bool {
	feature, listed := reference.ProbeFeatureOf("execTimeout")
	if !listed || v.Cluster == nil || !v.Cluster.Version.Known() {
		return true
	}
	return feature.Available(reference.Minor(v.Cluster.Version.Minor))
}

func tooShort(c *facts.Container, short []kindOfProbe) assessments.Failure {
	failure := assessments.Failure{Expected: "a timeout of more than 1 s"}
	var names []string
	var fields []patch.Field
	longest := 0
	for _, k := range short {
		names = append(names, k.name)
		failure.Evidence = append(failure.Evidence, assessments.Evidence{
			What: k.name + " probe", Value: fmt.Sprintf("%s, timeoutSeconds %d", k.probe.Handler, k.probe.TimeoutSeconds)})
		seconds := min(roomySeconds, max(2, k.probe.PeriodSeconds))
		longest = max(longest, seconds)
		fields = append(fields, patch.Field{Key: k.field, Value: patch.Fields{{Key: "timeoutSeconds", Value: seconds}}})
	}
	has := "probe has"
	if len(names) > 1 {
		has = "probes have"
	}
	failure.Message = fmt.Sprintf("A busy second counts as a failure: its %s %s 1 s to answer.", strings.Join(names, " and "), has)
	failure.Mend = assessments.Mend{Text: fmt.Sprintf("Give it up to %d s to answer.", longest), Patch: patch.Container(c, fields...)}
	return failure
}
