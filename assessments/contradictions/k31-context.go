package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/reference"
)

var k31 = assessments.Pair{
	ID:        "K-31",
	Questions: []string{"C2", "C3"},
	Decisive:  true,
	Reopens:   true,
	Observes:  "What set the cluster up, by its signs; and containers that run a JVM for certain.",
	Guard:     "A name that merely sounds like Java is none. A partner can use any installer, so that only \"a cloud provider\" can be denied.",
	Look: func(v assessments.PairView) []assessments.Sight {
		return append(lookAtProvider(v), lookAtRuntimes(v)...)
	},
}

func lookAtProvider(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "C2")
	}
	provisioner, known := reference.ProvisionerOf(v.Provisioner())
	if !known || !provisioner.Deducts() {
		return cannotSee("what set the cluster up was not told for sure", "C2")
	}
	seen := evidence("set up by", "%s, told by %s", provisioner.ID, v.Cluster.ProvisionerSign)
	option := "C2.c"
	switch {
	case provisioner.Managed:
		option = "C2.a"
	case provisioner.Distribution:
		option = "C2.d"
	}
	if chosen, ok := claim(v, "C2"); ok && (chosen == "C2.e" || !provisioner.Managed && chosen != "C2.a") {
		option = chosen
	}
	return []assessments.Sight{saw("C2", option, seen)}
}

func lookAtRuntimes(v assessments.PairView) []assessments.Sight {
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "C3")
	}
	all := jvms(v)
	if len(all) == 0 {
		return cannotSee(noJVM+"; other runtimes are not told by their images", "C3")
	}
	var subjects []assessments.Subject
	for _, c := range all {
		subjects = append(subjects, subjectIn(c))
	}
	return []assessments.Sight{withSubjects(saw("C3", "C3.a", evidence("containers that run a JVM", "%d", len(all))), subjects)}
}
