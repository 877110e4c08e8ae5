package contradictions

import (
	"time"

	"plimsoll/assessments"
)

var k22 = assessments.Pair{
	ID:        "K-22",
	Questions: []string{"J4", "P6"},
	Decisive:  true,
	Observes:  "Last terminations of containers by reason and exit code, kills by liveness in the last hour's events, and restarts since an earlier snapshot.",
	Guard:     "Counts end with their pods: what is seen is a lower bound. Exit code 137 without the reason OOMKilled is no proof of either cause and only asks.",
	Look: func(v assessments.PairView) []assessments.Sight {
		if !v.Live() {
			return append(cannotSee(fromFiles, "J4"), suggestive(cannotSee(fromFiles, "P6")...)...)
		}
		if reason, refused := v.Refused("pods"); refused {
			why := "the collector could not read pods (" + reason + ")"
			return append(cannotSee(why, "J4"), suggestive(cannotSee(why, "P6")...)...)
		}
		return append(lookAtMemoryKills(v), suggestive(lookAtOtherKills(v)...)...)
	},
}

const killedWithin = 30 * 24 * time.Hour

func lookAtMemoryKills(v assessments.PairView) []assessments.Sight {
	all := jvms(v)
	if len(all) == 0 {
		return cannotSee(noJVM, "J4")
	}
	kills, seenPods := 0, false
	var killed []assessments.Subject
	for _, c := range all {
		pods := c.Workload.Pods
		if pods == nil {
			continue
		}
		seenPods = true
		for _, t := range pods.Terminations {
			recent := t.Latest == nil || v.TakenAt.Sub(*t.Latest) <= killedWithin
			if t.Container == c.Name && t.Reason == "OOMKilled" && t.Count > 0 && recent {
				kills += t.Count
				killed = append(killed, subjectIn(c))
			}
		}
	}
	if !seenPods {
		return cannotSee("no pod of a JVM was seen", "J4")
	}
	allowed := "J4.a"
	switch {
	case kills > 5:
		allowed = "J4.c"
	case kills > 0:
		allowed = "J4.b"
	}
	return []assessments.Sight{withSubjects(saw("J4", atMost(v, allowed), evidence("JVM containers killed for memory in 30 days, at least", "%d", kills)), killed)}
}

// sigkill is the exit code of a process that was killed: for memory, or by the kubelet after a failed liveness probe.
const sigkill = 137

// lookAtOtherKills looks first for what the kubelet itself says: kills by liveness, and restarts that grew. Exit codes say less.
func lookAtOtherKills(v assessments.PairView) []assessments.Sight {
	if restarted := count(outcomes("probes/liveness-restarts", v)); restarted.fail > 0 {
		return []assessments.Sight{withSubjects(asks("P6", "Liveness probes kill these, or they restart again and again beside one. Did anybody see it and ask why?",
			evidence("workloads with a liveness probe that restart", "%d", restarted.fail)), restarted.failing)}
	}
	kills, killed := killedContainers(v)
	if kills == 0 {
		return cannotSee("no container with a liveness probe was seen to be killed", "P6")
	}
	return []assessments.Sight{withSubjects(asks("P6", "These have a liveness probe and were killed, not for memory. Did anybody see it and ask why?",
		evidence("containers killed with exit code 137, at least", "%d", kills)), killed)}
}

func killedContainers(v assessments.PairView) (kills int, killed []assessments.Subject) {
	for _, w := range own(v) {
		if w.Pods == nil {
			continue
		}
		for _, c := range w.Serving() {
			for _, t := range w.Pods.Terminations {
				if t.Container == c.Name && c.Liveness != nil && t.ExitCode == sigkill && t.Reason != "OOMKilled" && t.Count > 0 {
					kills += t.Count
					killed = append(killed, subjectIn(c))
				}
			}
		}
	}
	return kills, killed
}
