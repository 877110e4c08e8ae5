package engines

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/probe"
)

// mostEvents bounds the hour that is told event by event.
const mostEvents = 24

// SimulationsOf simulates every container of the platform's own workloads that a probe can kill.
func SimulationsOf(v assessments.View) []probe.Simulation {
	return probe.For(v.Facts, probe.Inputs{StatefulRecoverySeconds: v.StatefulRecoverySeconds})
}

// ProbeExhibit puts simulations into words.
func ProbeExhibit(all []probe.Simulation) Exhibit {
	e := Exhibit{ID: "probe", Title: Title("probe"), Sources: []string{
		"Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
	}}
	counts := map[probe.Verdict]int{}
	for _, s := range all {
		counts[s.Verdict]++
	}
	e.Lead = probeLead(len(all), counts)
	if len(all) == 0 {
		e.Sources = nil
		return e
	}
	ordered := slices.Clone(all)
	slices.SortStableFunc(ordered, func(a, b probe.Simulation) int { return cmp.Compare(probeRank(a.Verdict), probeRank(b.Verdict)) })
	e.Parts = append(e.Parts, killPart(ordered))
	if part, any := mendPart(ordered); any {
		e.Parts = append(e.Parts, part)
	}
	if worst := ordered[0]; worst.Course != nil && worst.Course.Kills != 0 {
		e.Parts = append(e.Parts, hourPart(worst))
	}
	return e
}

func probeRank(v probe.Verdict) int {
	return slices.Index([]probe.Verdict{probe.Loops, probe.MayLoop, probe.Unknown, probe.Survives}, v)
}

func probeLead(all int, counts map[probe.Verdict]int) string {
	loops, may, unknown := counts[probe.Loops], counts[probe.MayLoop], counts[probe.Unknown]
	switch {
	case all == 0:
		return "No container has a liveness or startup probe: nothing kills one that recovers."
	case unknown == all:
		return fmt.Sprintf("The recovery time of %s with such a probe is not known. Say it per workload, and each is simulated.", assessments.Counted(all, "container"))
	}
	var parts []string
	if loops != 0 {
		parts = append(parts, fmt.Sprintf("%d %s killed at each start before recovery is done, until somebody helps", loops, agreed(loops, "is", "are")))
	}
	if may != 0 {
		parts = append(parts, fmt.Sprintf("%d may be", may))
	}
	if parts == nil {
		parts = append(parts, "none is killed before it has recovered")
	}
	if unknown != 0 {
		parts = append(parts, fmt.Sprintf("of %d the recovery time is not known", unknown))
	}
	return fmt.Sprintf("Of %s with a liveness or startup probe, %s.", assessments.Counted(all, "container"), strings.Join(parts, "; "))
}

func killPart(all []probe.Simulation) Part {
	rows, name := make([][]string, 0, len(all)), apart(spotsOf(all))
	for _, s := range all {
		rows = append(rows, []string{name(spotOf(s)), seconds(s.TimeToKill.EarliestSeconds, s.TimeToKill.LatestSeconds),
			recoveryWords(s), chanceWords(s), verdictWords(s)})
	}
	return Part{
		Title:   "Who is killed, and when",
		Text:    []string{"Earliest and latest follow from the phase of the kubelet's timer. Recovery is what people declared, else what is known of the product."},
		Table:   table([]Column{{Title: "Container"}, {Title: "Killed after", Number: true}, {Title: "Recovers in", Number: true}, {Title: "Crashes that are killed", Number: true}, {Title: "Verdict"}}, rows),
		Picture: startsOf(all),
	}
}

func spotOf(s probe.Simulation) spot {
	return spot{s.Namespace, s.Workload, s.Container, s.File, s.Line}
}

func spotsOf(all []probe.Simulation) []spot {
	spots := make([]spot, len(all))
	for i, s := range all {
		spots[i] = spotOf(s)
	}
	return spots
}

func recoveryWords(s probe.Simulation) string {
	if !s.Recovery.Known() {
		return notKnown
	}
	return seconds(s.Recovery.LowSeconds, max(s.Recovery.LowSeconds, s.Recovery.HighSeconds))
}

func chanceWords(s probe.Simulation) string {
	if s.Chance == nil {
		return none
	}
	return fmt.Sprintf("%d %%", s.Chance.KilledMicros/10_000)
}

func verdictWords(s probe.Simulation) string {
	switch s.Verdict {
	case probe.Loops:
		return "loops"
	case probe.MayLoop:
		return "may loop"
	case probe.Survives:
		return "recovers"
	}
	return cmp.Or(s.Doubt, notKnown)
}

func mendPart(all []probe.Simulation) (Part, bool) {
	var rows [][]string
	name := apart(spotsOf(all))
	for _, s := range all {
		if s.Mend == nil {
			continue
		}
		proof := "not proven"
		if s.Mend.Proven {
			proof = "simulated again, not killed"
		}
		rows = append(rows, []string{name(spotOf(s)), fieldWords(*s.Mend), seconds(s.Mend.SurvivesSeconds, s.Mend.SurvivesSeconds), reactionWords(*s.Mend), proof})
	}
	return Part{
		Title: "The mends",
		Text:  []string{"The smallest change under which a start may take its recovery time and half as much again. Once started, liveness reacts as it does today."},
		Table: table([]Column{{Title: "Container"}, {Title: "Change"}, {Title: "Survives", Number: true}, {Title: "Reacts after", Number: true}, {Title: "Proof"}}, rows),
	}, rows != nil
}

func fieldWords(m probe.Mend) string {
	switch m.Field {
	case probe.AddStartup:
		return fmt.Sprintf("a startupProbe: periodSeconds %d, failureThreshold %d", m.Probe.PeriodSeconds, m.Probe.FailureThreshold)
	case probe.RaiseThreshold:
		return fmt.Sprintf("startupProbe.failureThreshold: %d", m.Probe.FailureThreshold)
	}
	return fmt.Sprintf("livenessProbe.initialDelaySeconds: %d", m.Probe.InitialDelaySeconds)
}

func reactionWords(m probe.Mend) string {
	if m.Reaction == nil {
		return none
	}
	return seconds(m.Reaction.EarliestSeconds, m.Reaction.LatestSeconds)
}

// hourPart tells the first hour of the gravest simulation.
func hourPart(s probe.Simulation) Part {
	rows := make([][]string, 0, mostEvents)
	for _, event := range s.Course.Events[:min(len(s.Course.Events), mostEvents)] {
		rows = append(rows, []string{number(event.AtSeconds) + " s", number(int64(event.Start)), eventWords(event)})
	}
	text := fmt.Sprintf("After a crash, with a recovery of %s s: killed %s within the hour.", number(s.Course.RecoverySeconds), assessments.Counted(s.Course.Kills, "time"))
	if s.Mended != nil && s.Mended.Kills == 0 && s.Mended.RecoveredAtSeconds != nil {
		text += fmt.Sprintf(" With the mend it is not killed, and has recovered after %s s.", number(*s.Mended.RecoveredAtSeconds))
	}
	part := Part{Title: "The first hour of " + place(s.Namespace, s.Workload, s.Container), Text: []string{text},
		Table: table([]Column{{Title: "At", Number: true}, {Title: "Start", Number: true}, {Title: "What happens"}}, rows)}
	part.Table.More = len(s.Course.Events) - len(rows)
	return part
}

func eventWords(e probe.Event) string {
	switch e.Kind {
	case probe.Started:
		return "starts, and recovers from the beginning"
	case probe.Failing:
		return "the probe's first try fails"
	case probe.Killed:
		return fmt.Sprintf("killed after %s in a row", assessments.Counted(int(e.Failures), "failure"))
	case probe.Ended:
		return "its process is gone"
	case probe.BackOff:
		return fmt.Sprintf("the kubelet waits %s s", number(e.WaitSeconds))
	}
	return "answers: recovered"
}
