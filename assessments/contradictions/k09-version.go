package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/reference"
)

var k09 = assessments.Pair{
	ID:        "K-09",
	Questions: []string{"L1"},
	Decisive:  true,
	Observes:  "The API server's version, against the dated table of releases.",
	Guard:     "Where the provider's own end of support is known, that date counts; an end that is only estimated is no end.",
	Look:      lookAtVersion,
}

func lookAtVersion(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "L1")
	}
	if v.Cluster == nil || !v.Cluster.Version.Known() {
		return cannotSee("the API server's version was not seen", "L1")
	}
	minor := reference.Minor(v.Cluster.Version.Minor)
	newest, ok := reference.NewestRelease(v.AsOf)
	if !ok {
		return cannotSee("no release was known at that day", "L1")
	}
	behind := max(int(newest.Minor-minor), 0)
	seen := []assessments.Evidence{
		evidence("control plane", "%s", v.Cluster.Version),
		evidence("newest release at that day", "%s", newest.Minor),
		evidence("minor versions behind", "%d", behind),
	}
	option := "L1.c"
	ended, source := supportEnded(v, minor)
	switch {
	case ended:
		option = "L1.d"
		seen = append(seen, evidence("end of support", "%s", source))
	case behind <= 1:
		option = "L1.a"
	case behind == 2:
		option = "L1.b"
	}
	return []assessments.Sight{saw("L1", option, seen...)}
}

// supportEnded goes by the provider's own dates where they are known, extended support included: it is paid for, and it mends.
func supportEnded(v assessments.PairView, minor reference.Minor) (ended bool, source string) {
	if row, ok := reference.ManagedLifecycleOf(v.Provisioner(), minor); ok && row.Deducts() && !row.StandardEnd.IsZero() {
		end := row.StandardEnd
		if !row.ExtendedEnd.IsZero() {
			end = row.ExtendedEnd
		}
		return v.AsOf.After(end.Time), end.String() + ", by " + row.Provider
	}
	release, ok := reference.ReleaseOf(minor)
	if !ok || !release.Deducts() {
		return false, ""
	}
	ended, sure := release.Ended(v.AsOf)
	return ended && sure, release.EndOfLife.String() + ", upstream"
}
