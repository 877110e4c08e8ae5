package probes

import (
	"fmt"
	"strconv"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
)

var unresolvablePort = assessments.Rule{
	ID:          "probes/unresolvable-port",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overRunning(v, judgePorts)
	},
	Text: assessments.Text{
		Title: "Every port that a probe names is a port of its container",
		What:  "Probes that name their port instead of giving its number.",
		Why: "The kubelet looks the name up among the container's own ports. Where it is not there the probe ends in an error, which the kubelet " +
			"throws away: a startup or readiness probe then never succeeds and the container never gets ready, and a liveness probe never " +
			"protects anything while it looks as if it did.",
		How: "Fails where a startup, liveness or readiness probe names a port that the container does not state. A startup or readiness probe: " +
			"critical; a liveness probe alone: high. A string of digits is a number. Only the container's own ports count, as for the " +
			"kubelet: not those of its neighbours in the pod, and not a Service's.\n\n" +
			"Not applicable: no probe names a port; Jobs; finished pods; the platform's own workloads. Unknown: the name is a placeholder.",
		Evidence: "Each probe with the name that it asks for, and the ports that the container states.",
		Mend:     "Correct the name, or give the port's number. Where the container states a single port the patch asks that one.",
		Sources: []string{
			probesReference,
			"Reference data, probes: an error of the prober itself is thrown away (kubernetes/kubernetes pkg/kubelet/prober/worker.go)",
		},
		DoesNotCatch: "Numbers that nothing listens on, and names that stand twice.",
	},
}

func judgePorts(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	var lacking []kindOfProbe
	named, unsure := false, false
	for k := range probesOf(c) {
		if !namesPort(k.probe) {
			continue
		}
		named = true
		switch {
		case facts.Placeholder(k.probe.Port):
			unsure = true
		case !c.Listens(k.probe.Port):
			lacking = append(lacking, k)
		}
	}
	switch {
	case len(lacking) > 0:
		return o.Fail(unresolved(c, lacking))
	case unsure:
		return o.Unknown("the name of a probe's port is a placeholder")
	case named:
		return o.Pass()
	}
	return o.NotApplicable("no probe names a port")
}

// namesPort reports whether the probe gives its port by name. gRPC takes numbers alone.
func namesPort(p *snapshot.Probe) bool {
	if p.Port == "" || p.Handler != "httpGet" && p.Handler != "tcpSocket" {
		return false
	}
	_, numbered := facts.PortNumber(p.Port)
	return !numbered
}

func unresolved(c *facts.Container, lacking []kindOfProbe) assessments.Failure {
	failure := assessments.Failure{
		Severity: assessments.High,
		Message:  "Its liveness probe never protects it: it names a port that the container does not state.",
		Expected: "probes that name a port which the container states",
		Mend:     assessments.Mend{Text: "Correct the name, or give the port's number."},
	}
	var fields []patch.Field
	for _, k := range lacking {
		if k.probe != c.Liveness {
			failure.Severity = assessments.Critical
			failure.Message = fmt.Sprintf("It never gets ready: its %s probe names a port that the container does not state.", k.name)
		}
		failure.Evidence = append(failure.Evidence, assessments.Evidence{What: k.name + " probe", Value: "port " + k.probe.Port})
		if len(c.Ports) == 1 {
			fields = append(fields, patch.Field{Key: k.field, Value: patch.Fields{
				{Key: k.probe.Handler, Value: patch.Fields{{Key: "port", Value: c.Ports[0].Number}}}}})
		}
	}
	failure.Evidence = append(failure.Evidence, assessments.Evidence{What: "ports that the container states", Value: statedPorts(c)})
	if fields != nil {
		failure.Mend.Text += fmt.Sprintf(" The patch asks %d, the only port that the container states.", c.Ports[0].Number)
		failure.Mend.Patch = patch.Container(c, fields...)
	}
	return failure
}

func statedPorts(c *facts.Container) string {
	if len(c.Ports) == 0 {
		return "none"
	}
	all := make([]string, 0, len(c.Ports))
	for _, p := range c.Ports {
		text := strconv.Itoa(p.Number)
		if p.Name != "" {
			text = p.Name + " (" + text + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}
