package delivery

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var rolloutStrategy = assessments.Rule{
	ID:          "delivery/rollout-strategy",
	SubjectKind: "workload",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		claims := claimsByName(v)
		return rules.Workloads(v, rules.WithoutSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return judgeStrategy(v, w, claims, o)
		})
	},
	Text: assessments.Text{
		Title: "A rollout keeps replicas serving",
		What:  "The rollout strategy of Deployments with more than one replica behind a Service.",
		Why: "Replicas are there so that one can go. A strategy that takes all of them at once makes an outage of every deployment, as long " +
			"as the new version takes to start, or for good where it does not.",
		How: "Fails where the strategy is Recreate, or maxUnavailable is 100 % or a number of at least the replicas. An autoscaler's least " +
			"number stands for the replicas.\n\n" +
			"Not applicable: other kinds; one replica or none; no Service in front; a volume that only one node can mount, whose old pod must " +
			"go before the new one can start; the platform's own workloads. Unknown: several replicas where autoscalers, one of which may take some away, could not be read; placeholders; a volume claim or Services that were " +
			"not seen; Services in the same namespace that select nothing in the files.",
		Evidence: "The strategy, the replicas and the services in front.",
		Mend:     "Roll: take at most a quarter away at a time, as the API does by default.",
		Sources: []string{
			"Kubernetes documentation, Deployments, Strategy: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy",
		},
		DoesNotCatch: "Versions that can't run beside each other, which is what Recreate is for: say so with a waiver. Readiness probes that " +
			"report ready too early.",
	},
}

func judgeStrategy(v assessments.View, w *facts.Workload, claims map[facts.Key]*facts.Claim, o assessments.Outcome) assessments.Outcome {
	least := w.LeastReplicas()
	switch {
	case w.Kind != "Deployment":
		return o.NotApplicable("the rule is about Deployments")
	case w.Autoscaler != nil && w.Autoscaler.Unreadable:
		return o.Unknown("the autoscaler's minimum is a placeholder")
	case least == nil:
		return o.Unknown("its number of replicas holds a placeholder or can't be read")
	case *least < 2:
		return o.NotApplicable("it has one replica or none")
	case len(w.Services) == 0:
		return rules.WithoutService(v, w, o)
	case rules.AutoscalerUnknown(v, w) != "":
		return o.Unknown(rules.AutoscalerUnknown(v, w))
	}
	takesAll, readable := takesAllAway(w, *least)
	switch {
	case !readable:
		return o.Unknown("its rollout strategy holds a placeholder or can't be read")
	case !takesAll:
		return o.Pass()
	}
	switch once, name := mountsOnce(w, claims); once {
	case yes:
		return o.NotApplicable(fmt.Sprintf("volume claim %s can be mounted by one node only: the old pod must go first", name))
	case maybe:
		return o.Unknown(fmt.Sprintf("whether volume claim %s can be mounted by several nodes was not seen", name))
	}
	return o.Fail(assessments.Failure{
		Message: "Every deployment takes all replicas away at once.",
		Evidence: []assessments.Evidence{
			{What: "strategy", Value: strategyWords(w)},
			{What: "replicas", Value: fmt.Sprint(*least)},
			{What: "services in front", Value: rules.ServiceNames(w.Services)},
		},
		Expected: "a rolling update that leaves replicas serving",
		Mend: assessments.Mend{
			Text: "Roll: take at most a quarter away at a time. Where two versions can't run beside each other, waive this with the reason.",
			Patch: patch.Workload(w, patch.Field{Key: "strategy", Value: patch.Fields{
				{Key: "type", Value: "RollingUpdate"},
				{Key: "rollingUpdate", Value: patch.Fields{{Key: "maxUnavailable", Value: "25%"}, {Key: "maxSurge", Value: "25%"}}},
			}}),
		},
	})
}

// takesAllAway reports whether a rollout may leave no replica serving.
func takesAllAway(w *facts.Workload, replicas int) (all, readable bool) {
	switch w.Strategy {
	case "Recreate":
		return true, true
	case "RollingUpdate":
	default:
		return false, false
	}
	text, percent := strings.CutSuffix(w.MaxUnavailable, "%")
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return false, false
	case percent:
		return n >= 100, true
	}
	return n >= replicas, true
}

func strategyWords(w *facts.Workload) string {
	if w.Strategy == "Recreate" {
		return w.Strategy
	}
	return fmt.Sprintf("%s, maxUnavailable %s", w.Strategy, w.MaxUnavailable)
}

type sure int

const (
	no sure = iota
	maybe
	yes
)

// mountsOnce reports whether a volume of the workload can be mounted by one node only, and the claim that says so.
func mountsOnce(w *facts.Workload, claims map[facts.Key]*facts.Claim) (sure, string) {
	found, name := no, ""
	for _, volume := range w.Volumes {
		if volume.Class != "claim" {
			continue
		}
		claim := claims[facts.Key{Kind: "PersistentVolumeClaim", Namespace: w.Namespace, Name: volume.Claim}]
		switch {
		case claim == nil || len(claim.AccessModes) == 0:
			if found == no {
				found, name = maybe, volume.Claim
			}
		case !slices.ContainsFunc(claim.AccessModes, func(mode string) bool { return strings.HasSuffix(mode, "Many") }):
			return yes, volume.Claim
		}
	}
	return found, name
}

func claimsByName(v assessments.View) map[facts.Key]*facts.Claim {
	claims := make(map[facts.Key]*facts.Claim, len(v.Claims))
	for _, c := range v.Claims {
		claims[facts.Key{Kind: "PersistentVolumeClaim", Namespace: c.Namespace, Name: c.Name}] = c
	}
	return claims
}
