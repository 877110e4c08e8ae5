package probes

import (
	"fmt"
	"slices"
	"strconv"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var readiness = assessments.Rule{
	ID:          "probes/readiness",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overRunning(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome { return judgeReadiness(v, c, o) })
	},
	Text: assessments.Text{
		Title: "A container that receives traffic says when it is ready",
		What:  "Every container that a Service sends traffic to.",
		Why: "Without a readiness probe a pod counts as ready the moment its process starts. Each rollout and each restart then sends " +
			"requests to something that can't answer yet, and a pod that is stuck keeps its share of the traffic.",
		How: "The Service's target port is matched, by name or number, to the ports that the containers state; where none states it and " +
			"there is one container, it is that one. Fails where such a container has no readiness probe. Headless Services count; " +
			"Services that publish addresses that are not ready, of type ExternalName or without a selector do not.\n\n" +
			"Not applicable: no Service sends traffic to the container; Jobs; finished pods; the platform's own workloads. Unknown, for a " +
			"container without the probe: which of several containers receives the traffic can't be told, services could not be read, " +
			"or a Service in the same files selects nothing in them.",
		Evidence: "The services that send traffic, and the port they name.",
		Mend: "Add a readiness probe that asks whether requests can be served now: an HTTP path made for it, or at the least whether the " +
			"port accepts connections. It must not ask for other services that all pods share, or all pods become unready together.",
		Sources: []string{
			"Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
		},
		DoesNotCatch: "A readiness probe that always succeeds, readiness gates, and traffic that reaches pods without a Service.",
	},
}

func judgeReadiness(v assessments.View, c *facts.Container, o assessments.Outcome) assessments.Outcome {
	hits, perhaps := servicesOf(c)
	switch {
	case len(hits) > 0 && c.Readiness != nil:
		return o.Pass()
	case len(hits) > 0:
		return o.Fail(missingReadiness(c, hits))
	case len(perhaps) > 0 && c.Readiness == nil:
		return o.Unknown(fmt.Sprintf("Service %s sends traffic to its pod, and to which container can't be told", rules.ServiceNames(perhaps)))
	case len(perhaps) > 0:
		return o.Pass()
	}
	if c.Readiness == nil {
		if reason, unseen := v.UnseenIn("services", c.Workload.Namespace); unseen {
			return o.Unknown(rules.Unread("services", reason))
		}
		if name := v.UnresolvedService(c.Workload.Namespace); name != "" && len(c.Workload.Services) == 0 {
			return o.Unknown(fmt.Sprintf("Service %s selects nothing in these files; whether it sends traffic here can't be told", name))
		}
	}
	return o.NotApplicable("no Service sends traffic to it")
}

// servicesOf returns the services that send traffic to the container, and those that send it to some container of its pod.
func servicesOf(c *facts.Container) (hits, perhaps []*facts.Service) {
	for _, s := range c.Workload.Services {
		if !s.HasSelector || s.PublishNotReady || s.Type == "ExternalName" {
			continue
		}
		for _, target := range s.Targets {
			switch {
			case target.Workload != c.Workload:
			case slices.Contains(target.Containers, c):
				hits = append(hits, s)
			case target.Containers == nil:
				perhaps = append(perhaps, s)
			}
		}
	}
	return hits, perhaps
}

func missingReadiness(c *facts.Container, hits []*facts.Service) assessments.Failure {
	failure := assessments.Failure{
		Message:  "It receives requests before it can answer them: a Service sends it traffic, and it has no readiness probe.",
		Evidence: []assessments.Evidence{{What: "services that send it traffic", Value: rules.ServiceNames(hits)}},
		Expected: "a readiness probe",
		Mend:     assessments.Mend{Text: "Add a readiness probe that asks whether requests can be served now."},
	}
	port := servedPort(c, hits)
	if port == "" {
		return failure
	}
	failure.Evidence = append(failure.Evidence, assessments.Evidence{What: "port", Value: port})
	failure.Mend.Text += " The patch asks whether the port accepts connections; an HTTP path made for it says more."
	failure.Mend.Patch = patch.Container(c, patch.Field{Key: "readinessProbe", Value: patch.Fields{
		{Key: "tcpSocket", Value: patch.Fields{{Key: "port", Value: patch.Port(port)}}},
		{Key: "periodSeconds", Value: 5}, {Key: "failureThreshold", Value: 3},
	}})
	return failure
}

// servedPort is the first TCP port by which a service reaches the container, as the service names it; empty where there is none.
// A number that it does not state is its own only where the pod has no other container to state it.
func servedPort(c *facts.Container, hits []*facts.Service) string {
	for _, s := range hits {
		for _, port := range s.Ports {
			target := port.TargetPort
			if target == "" {
				target = strconv.Itoa(port.Port)
			}
			_, numbered := facts.PortNumber(target)
			alone := numbered && len(c.Workload.Serving()) == 1
			if (port.Protocol == "" || port.Protocol == "TCP") && (alone || c.Listens(target)) {
				return target
			}
		}
	}
	return ""
}
