package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

var k17 = assessments.Pair{
	ID:        "K-17",
	Questions: []string{"B2", "B5"},
	Decisive:  true,
	Observes: "Image tags that move (none, latest, a branch's or channel's name), pods of one template that run different images under one tag, and " +
		"releases of third-party applications whose image changed while their chart's version did not.",
	Guard: "Digests are compared within one architecture; a tag that merely could move passes. Which charts are third-party is told by known products alone.",
	Reads: []string{"delivery/image-tag-mutable", "delivery/image-drift", "delivery/system-app-bump"},
	Look: func(v assessments.PairView) []assessments.Sight {
		if reason, refused := unread(v); refused {
			return cannotSee(reason, "B2", "B5")
		}
		tags := count(outcomes("delivery/image-tag-mutable", v))
		return append(lookAtPinning(v, tags), suggestive(lookAtThirdParties(v, tags.failing, count(outcomes("delivery/system-app-bump", v)))...)...)
	},
}

func lookAtPinning(v assessments.PairView, tags counted) []assessments.Sight {
	if tags.pass+tags.fail == 0 {
		return cannotSee("no image could be read", "B2")
	}
	drift := count(outcomes("delivery/image-drift", v))
	pinned := max(tags.pass-drift.fail, 0)
	s := saw("B2", atMost(v, share{pinned, tags.pass + tags.fail}.option("B2")),
		evidence("images whose tag does not move", "%s", share{tags.pass, tags.pass + tags.fail}),
		evidence("workloads whose pods run different images under one tag", "%d", drift.fail))
	return []assessments.Sight{withSubjects(s, append(drift.failing, tags.failing...))}
}

// lookAtThirdParties reads products that nobody builds by themselves: a moving tag there means that upstream decides. An image that
// changed under one chart version means that the version is not raised with each.
func lookAtThirdParties(v assessments.PairView, movingTags []assessments.Subject, bumps counted) []assessments.Sight {
	moving := map[assessments.Subject]bool{}
	for _, subject := range movingTags {
		moving[subject] = true
	}
	var following []assessments.Subject
	products := 0
	for _, w := range own(v) {
		for _, c := range w.Serving() {
			if !isProduct(c) {
				continue
			}
			products++
			if moving[subjectIn(c)] {
				following = append(following, subjectIn(c))
			}
		}
	}
	seen := []assessments.Evidence{evidence("known products whose tag moves", "%d of %d", len(following), products)}
	if compared := bumps.pass + bumps.fail; compared > 0 {
		seen = append(seen, evidence("third-party releases whose image changed under one chart version", "%d of %d", bumps.fail, compared))
	}
	switch {
	case products == 0 && bumps.pass+bumps.fail == 0:
		return cannotSee("no known third-party product was seen", "B5")
	case len(following) > 0:
		s := withSubjects(saw("B5", atMost(v, "B5.c"), seen...), following)
		s.Partly = len(following) < products
		return []assessments.Sight{s}
	case bumps.fail > 0:
		s := withSubjects(saw("B5", atMost(v, "B5.b"), seen...), bumps.failing)
		s.Partly = bumps.pass > 0
		return []assessments.Sight{s}
	}
	return []assessments.Sight{saw("B5", "", seen...)}
}

func isProduct(c *facts.Container) bool {
	_, recovers := reference.RecoveryOf(c.Image.Path())
	return c.Image.Literal && (recovers || c.Java != nil && c.Java.Product != "")
}
