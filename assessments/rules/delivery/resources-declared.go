package delivery

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

var resourcesDeclared = assessments.Rule{
	ID:          "delivery/resources-declared",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Containers(v, rules.WithoutSystem, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
			return judgeResources(v, c, o)
		})
	},
	Text: assessments.Text{
		Title: "A container says how much CPU and memory it needs",
		What:  "The CPU and memory requests of every container and sidecar.",
		Why: "The scheduler places by requests alone. A container without them counts as nothing, lands on full nodes, and is the first to " +
			"be evicted when memory runs short. Whether the load fits on one node less, as every upgrade needs, can't be computed either.",
		How: "Fails where the CPU request or the memory request is missing. A limit stands in for its missing request, as the API server " +
			"does it.\n\n" +
			"Unknown: a missing request where the namespace has a LimitRange that may fill it in, or where whether it has one was not " +
			"seen; resources set for the whole pod; values that are placeholders. Not applicable: the platform's own workloads.",
		Evidence: "Which request is missing, and what is written.",
		Mend: "Measure first (`kubectl top pod --containers` over a busy day), then request what it uses: memory at the peak, CPU at a " +
			"busy average.",
		Sources: []string{
			"Kubernetes documentation, Resource Management for Pods and Containers: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
			"Kubernetes documentation, Limit Ranges: https://kubernetes.io/docs/concepts/policy/limit-range/",
		},
		DoesNotCatch: "Requests that are there and wrong.",
	},
}

func judgeResources(v assessments.View, c *facts.Container, o assessments.Outcome) assessments.Outcome {
	switch {
	case c.ResourcesUnreadable:
		return o.Unknown("a resource value is a placeholder or can't be read")
	case c.Workload.PodLevelResources:
		return o.Unknown("resources are set for the whole pod; how they are shared is not judged")
	}
	var missing []string
	var limits rules.LimitRange
	if c.EffectiveCPURequestMillicores() == nil {
		missing = append(missing, "CPU")
		limits = limits.Or(rules.LimitRangeOf(v, c.Workload.Namespace, rules.CPUDefault))
	}
	if c.EffectiveMemoryRequestBytes() == nil {
		missing = append(missing, "memory")
		limits = limits.Or(rules.LimitRangeOf(v, c.Workload.Namespace, rules.MemoryDefault))
	}
	switch {
	case len(missing) == 0:
		return o.Pass()
	case limits.Fills:
		return o.Unknown("a LimitRange of the namespace may fill in the missing request")
	case limits.Unseen:
		return o.Unknown("whether a LimitRange of the namespace fills in the missing request was not seen")
	}
	what := strings.Join(missing, " and ")
	return o.Fail(assessments.Failure{
		Message: fmt.Sprintf("It does not say how much %s it needs, and counts as nothing when pods are placed.", what),
		Evidence: []assessments.Evidence{
			{What: "CPU", Value: amount(c.EffectiveCPURequestMillicores(), "m")},
			{What: "memory", Value: amount(c.EffectiveMemoryRequestBytes(), " bytes")},
		},
		Expected: "a request for CPU and for memory",
		Mend: assessments.Mend{Text: "Measure over a busy day (kubectl top pod --containers), then set resources.requests: memory at the peak, " +
			"CPU at a busy average."},
	})
}

func amount(value *int64, unit string) string {
	if value == nil {
		return "no request and no limit"
	}
	return fmt.Sprintf("%d%s requested", *value, unit)
}
