package contradictions

import (
	"cmp"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

var k01 = assessments.Pair{
	ID:        "K-01",
	Questions: []string{"G2"},
	Observes:  "Distinct workloads outside of the system's namespaces, those of one release or application counted once.",
	Guard:     "The answer is about the next 12 months, so it is held against production alone, and two classes apart count as a question.",
	Look:      lookAtServices,
}

func lookAtServices(v assessments.PairView) []assessments.Sight {
	if !v.Answers.Has("C1", "C1.c") {
		return notChecked("the answer looks ahead, and there is no production to hold it against", "G2")
	}
	if !v.Live() {
		return cannotSee(fromFiles, "G2")
	}
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "G2")
	}
	released := map[string]struct{}{}
	for _, w := range own(v) {
		released[w.Namespace+"/"+application(w)] = struct{}{}
	}
	n := len(released)
	observed := "G2.d"
	switch {
	case n >= 16: // or more than 50: no claim is two classes above either
		observed = "G2.b"
	case n >= 6:
		observed = "G2.c"
	}
	seen := evidence("separately released services today", "%d", n)
	if claimed, ok := claim(v, "G2"); ok && letter(observed) >= letter(claimed)+2 {
		s := saw("G2", observed, seen)
		s.Asks = "Far fewer services run today than the answer expects within 12 months. Which ones will come, and when?"
		return []assessments.Sight{s}
	}
	return []assessments.Sight{saw("G2", "", seen)}
}

// application is what a workload is released with: its release, its instance, or itself.
func application(w *facts.Workload) string {
	return cmp.Or(w.HelmRelease, w.Labels["app.kubernetes.io/instance"], w.Labels["app.kubernetes.io/part-of"], w.Kind+"/"+w.Name)
}
