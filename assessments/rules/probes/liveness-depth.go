package probes

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules/patch"
)

var livenessDepth = assessments.Rule{
	ID:          "probes/liveness-depth",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overRunning(v, judgeDepth)
	},
	Text: assessments.Text{
		Title: "Liveness asks the process, and nothing that it depends on",
		What:  "Containers whose liveness probe asks an HTTP path.",
		Why: "A liveness probe that fails with the database restarts every pod that uses the database, all at once and again and again. The " +
			"outage of one service becomes a restart storm of many, and their starts are load on what has just come back.",
		How: "Fails where the path ends as one that is known to check dependencies: Spring Boot's /actuator/health, the readiness paths of " +
			"MicroProfile Health, Quarkus and Micronaut and a few more (plimsoll reference show probes). Passes with any other path, " +
			"/actuator/health/liveness among them. Upper and lower case and a slash at the end make no difference.\n\n" +
			"Not applicable: no liveness probe, or one that asks no HTTP path; Jobs; finished pods; the platform's own workloads. Unknown: the " +
			"path is a placeholder, or its row in the reference is weak (/readyz says readiness by its name alone).",
		Evidence: "The path, and what its answer hangs on.",
		Mend:     "Ask the framework's liveness path instead. Dependencies belong into readiness at the most.",
		Sources: []string{
			probesReference,
			"Spring Boot reference, Kubernetes Probes: https://docs.spring.io/spring-boot/reference/actuator/endpoints.html#actuator.endpoints.kubernetes-probes",
			"Eclipse MicroProfile Health: https://microprofile.io/specifications/microprofile-health/",
			"Reference data, probes: each path with its source",
		},
		DoesNotCatch: "What paths of one's own check: /healthz can ask a database too. Commands are not read, and a liveness group that somebody " +
			"filled with dependencies looks like any other.",
	},
}

func judgeDepth(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	p := c.Liveness
	switch {
	case p == nil:
		return o.NotApplicable("no liveness probe")
	case p.Handler != "httpGet":
		return o.NotApplicable("liveness asks no HTTP path")
	case facts.Placeholder(p.Path):
		return o.Unknown("the path is a placeholder")
	}
	row, deep := reference.DeepPathOf(p.Path)
	switch {
	case !deep:
		return o.Pass()
	case !row.Deducts():
		return o.Unknown(fmt.Sprintf("%s may ask %s: %s", p.Path, row.Asks, row.Doubt()))
	}
	instead := shallow(p.Path, row)
	text := fmt.Sprintf("Ask %s instead, %s's own path for liveness.", instead, row.Framework)
	if row.Since != "" {
		text += fmt.Sprintf(" It is there since %s %s.", row.Framework, row.Since)
	}
	return o.Fail(assessments.Failure{
		Message: "An outage of what it depends on becomes restarts of this: its liveness probe asks for more than the process.",
		Evidence: []assessments.Evidence{
			{What: "liveness asks", Value: p.Path},
			{What: row.Framework + " answers with", Value: row.Asks},
		},
		Expected: "a liveness path that checks the process alone",
		Mend: assessments.Mend{Text: text, Patch: patch.Container(c, patch.Field{Key: "livenessProbe", Value: patch.Fields{
			{Key: "httpGet", Value: patch.Fields{{Key: "path", Value: instead}}}}})},
	})
}

// shallow puts the row's other ending in place of the one that the path has.
func shallow(path string, row reference.DeepPath) string {
	path = strings.TrimSuffix(path, "/")
	return path[:len(path)-len(row.Path)] + row.Instead
}
