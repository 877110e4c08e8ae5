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
	Guard: "Only the reason \"no such workload\" is held against evidence: scope and what a provider does are for people to say. That there is " +
		"none is borne out by a whole cluster alone, and only where its objects would show one.",
	Look: lookAtExistence,
}

// kind is what a question is about.
type kind struct {
	find   func(assessments.PairView) []assessments.Subject
	hidden string // why finding none proves nothing; empty: every one of the kind would be found
}

var (
	anyWorkload = kind{find: deployed}
	anyJVM      = kind{find: javaContainers, hidden: noJVM + "; not every image tells"}
	anyLiveness = kind{find: withLiveness}
	anyExternal = kind{find: externalServices}
)

// existing finds what a question is about, for those where that can be seen.
var existing = map[string]kind{
	"L7": anyWorkload, "B1": anyWorkload, "B2": anyWorkload, "B3": anyWorkload,
	"J1": anyJVM, "J2": anyJVM, "J3": anyJVM, "J4": anyJVM, "J5": anyJVM, "J6": anyJVM,
	"P1": {find: behindServices}, "P4": anyLiveness, "P6": anyLiveness,
	"P2": {find: stateful, hidden: "no stateful set was seen; what keeps its state by other means is not told"},
	"N2": anyExternal, "N3": anyExternal,
	"B5": {find: products, hidden: "no known third-party product was seen; not every product is known"},
}

func lookAtExistence(v assessments.PairView) []assessments.Sight {
	var sights []assessments.Sight
	for _, question := range slices.Sorted(maps.Keys(existing)) {
		g := v.Answers.Given(question)
		if g.State != questionnaire.NotApplicable || g.Reason != questionnaire.NoSuchWorkload {
			continue
		}
		if found := existing[question].find(v); len(found) > 0 {
			sights = append(sights, withSubjects(saw(question, "", evidence("found", "%d", len(found))), found))
		} else if reason := notAll(v, existing[question]); reason != "" {
			sights = append(sights, cannotSee(reason, question)...)
		} else {
			sights = append(sights, saw(question, "", evidence("found", "none")))
		}
	}
	return sights
}

// notAll says why there may be some of a kind although none was found; empty where there are none.
func notAll(v assessments.PairView, k kind) string {
	if !v.Live() {
		return fromFiles
	}
	if len(v.Scope) > 0 {
		return "the collector was given single namespaces"
	}
	if reason, refused := unread(v); refused {
		return reason
	}
	if reason, refused := v.Refused("services"); refused {
		return "the collector could not read services (" + reason + ")"
	}
	return k.hidden
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
			found = append(found, assessments.AboutService(s).Subject())
		}
	}
	return found
}
