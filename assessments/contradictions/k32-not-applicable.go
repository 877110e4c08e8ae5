package contradictions

import (
	"maps"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
)

// k32 names no questions of its own: it looks at whichever were answered "no such workload".
var k32 = assessments.Pair{
	ID:       "K-32",
	Decisive: true,
	Reopens:  true,
	Observes: "Whether what an answer says does not exist is there after all.",
	Guard:    "Only the reason \"no such workload\" is held against evidence: scope and what a provider does are for people to say.",
	Look:     lookAtExistence,
}

// existing finds what a question is about, for those where that can be seen.
var existing = map[string]func(assessments.PairView) []assessments.Subject{
	"L7": deployed, "B1": deployed, "B2": deployed, "B3": deployed,
	"J1": javaContainers, "J2": javaContainers, "J3": javaContainers, "J4": javaContainers, "J5": javaContainers, "J6": javaContainers,
	"P1": behindServices, "P2": stateful, "P4": withLiveness, "P6": withLiveness,
	"N2": externalServices, "N3": externalServices,
	"B5": products,
}

func lookAtExistence(v assessments.PairView) []assessments.Sight {
	var sights []assessments.Sight
	for _, question := range slices.Sorted(maps.Keys(existing)) {
		g := v.Answers.Given(question)
		if g.State != questionnaire.NotApplicable || g.Reason != questionnaire.NoSuchWorkload {
			continue
		}
		if found := existing[question](v); len(found) > 0 {
			sights = append(sights, withSubjects(saw(question, "", evidence("found", "%d", len(found))), found))
		}
	}
	return sights
}

func deployed(v assessments.PairView) []assessments.Subject {
	var found []assessments.Subject
	for _, w := range own(v) {
		found = append(found, subjectOf(w))
	}
	return found
}

func javaContainers(v assessments.PairView) []assessments.Subject {
	var found []assessments.Subject
	for _, c := range jvms(v) {
		found = append(found, subjectIn(c))
	}
	return found
}

func stateful(v assessments.PairView) []assessments.Subject {
	var found []assessments.Subject
	for _, w := range own(v) {
		if w.Kind == "StatefulSet" {
			found = append(found, subjectOf(w))
		}
	}
	return found
}

func behindServices(v assessments.PairView) []assessments.Subject {
	var found []assessments.Subject
	for _, w := range own(v) {
		if len(w.Services) > 0 {
			found = append(found, subjectOf(w))
		}
	}
	return found
}

func withLiveness(v assessments.PairView) []assessments.Subject {
	return containers(v, func(c *facts.Container) bool { return c.Liveness != nil })
}

func products(v assessments.PairView) []assessments.Subject { return containers(v, isProduct) }

func containers(v assessments.PairView, wanted func(*facts.Container) bool) []assessments.Subject {
	var found []assessments.Subject
	for _, w := range own(v) {
		for _, c := range w.Serving() {
			if wanted(c) {
				found = append(found, subjectIn(c))
			}
		}
	}
	return found
}

func externalServices(v assessments.PairView) []assessments.Subject {
	var found []assessments.Subject
	for _, s := range v.Services {
		external := s.Type == "LoadBalancer" && !s.InternalLoadBalancer || s.Type == "NodePort" || len(s.ExternalAddresses) > 0
		if external && !v.IsSystemNamespace(s.Namespace) {
			found = append(found, assessments.AboutService(s).Subject)
		}
	}
	return found
}
