package contradictions

import (
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/probe"
	"plimsoll/assessments/facts"
)

var k25 = assessments.Pair{
	ID:        "K-25",
	Questions: []string{"P2", "P3"},
	Decisive:  true,
	Observes:  "How long the probes of stateful services let them start, against the recovery time that was given; and which slow starters have a startup probe.",
	Guard:     "Plain arithmetic: initial delay + failure threshold × period. Without a time of your own the product's known one only asks. With several stateful sets the answer's figure counts for the one that allows the most, unless each has a time of its own.",
	Look: func(v assessments.PairView) []assessments.Sight {
		if reason, refused := unread(v); refused {
			return cannotSee(reason, "P2", "P3")
		}
		return append(lookAtRecovery(v), lookAtSlowStarters(v)...)
	},
}

// allowance is what the probes of one stateful container allow, against the recovery time that was given.
type allowance struct {
	container *facts.Container
	kill      int64
	need      int64
	measured  bool
}

// option is the class of P2 that the allowance bears out.
func (a allowance) option() string {
	switch {
	case a.kill < a.need:
		return "P2.c"
	case a.kill < 2*a.need:
		return "P2.b"
	}
	return "P2.a"
}

// setAllowances are the allowances of stateful sets: those whose recovery time is known, and those that the answer's figure may mean
// beside others. unbound: it may as well mean one whose probes can't be held against it.
type setAllowances struct {
	known, perhaps []allowance
	unbound        bool
}

func allowances(v assessments.PairView) setAllowances {
	recoveries := probe.RecoveriesOf(v.Facts, v.StatefulRecoverySeconds)
	var all setAllowances
	for _, w := range own(v) {
		if w.Kind != "StatefulSet" {
			continue
		}
		before := len(all.known) + len(all.perhaps)
		for _, c := range w.Serving() {
			guard := c.KillingProbe()
			need, doubt := recoveries.Of(c)
			if guard == nil || guard.Unreadable || doubt != "" {
				continue
			}
			a := allowance{container: c, kill: probe.TimeToKill(guard).PlanningSeconds, need: need.LowSeconds, measured: need.Declared}
			switch {
			case need.PerhapsSeconds > 0:
				a.need, a.measured = need.PerhapsSeconds, true
				all.perhaps = append(all.perhaps, a)
			case need.Known():
				all.known = append(all.known, a)
			}
		}
		all.unbound = all.unbound || len(all.known)+len(all.perhaps) == before
	}
	all.unbound = all.unbound || slices.ContainsFunc(v.Custom, func(c *facts.CustomResource) bool { return c.ObjectKind == "Kafka" && !c.System })
	return all
}

func lookAtRecovery(v assessments.PairView) []assessments.Sight {
	all := allowances(v)
	if len(all.known)+len(all.perhaps) == 0 {
		return suggestive(cannotSee("no stateful service was seen whose recovery time is known and whose probes can kill it", "P2")...)
	}
	best := "P2.a"
	if !all.unbound {
		best = bestOf(all.perhaps)
	}
	allowed := worseOf(worstOption(all.known), best) // whichever set the figure means, it allows no more than the best of them
	if best == "P2.a" && len(shortOf(all.perhaps)) > 0 && allowed == "P2.a" {
		return lookAtWhichever(v, all)
	}
	judged := slices.Concat(all.known, all.perhaps)
	good, worst := len(judged)-len(shortOf(judged)), shortest(judged)
	s := saw("P2", atMost(v, allowed), evidence("stateful containers whose probes allow twice the recovery", "%s", share{good, len(judged)}))
	if worst.container != nil {
		p := worst.container.KillingProbe()
		s.Evidence = append(s.Evidence, evidence("shortest allowance", "%d s + %d × %d s = %d s, for a recovery of %d s",
			p.InitialDelaySeconds, p.FailureThreshold, p.PeriodSeconds, worst.kill, worst.need))
	}
	s.Partly = good > 0
	s = withSubjects(s, shortOf(judged))
	if worst.container != nil && !worst.measured {
		return suggestive(s)
	}
	return []assessments.Sight{s}
}

// lookAtWhichever asks which stateful set the figure is of, where some of those that it may mean allow less and others do not.
func lookAtWhichever(v assessments.PairView, all setAllowances) []assessments.Sight {
	seen := evidence("stateful containers that the figure may mean, and whose probes allow less than twice of it", "%d of %d", len(shortOf(all.perhaps)), len(all.perhaps))
	if !claims(v, "P2.a", "P2.b") {
		return suggestive(saw("P2", "", seen))
	}
	s := asks("P2", "Which stateful set is the figure of? Say it per workload (annotation "+facts.RecoveryTimeAnnotation+"): these allow less.", seen)
	return suggestive(withSubjects(s, shortOf(all.perhaps)))
}

// bestOf is the best option that any of the allowances leaves; P2.a where there are none.
func bestOf(all []allowance) string {
	if len(all) == 0 {
		return "P2.a"
	}
	best := all[0].option()
	for _, a := range all {
		if letter(a.option()) < letter(best) {
			best = a.option()
		}
	}
	return best
}

// worstOption is the best option that all of the allowances leave together.
func worstOption(all []allowance) string {
	allowed := "P2.a"
	for _, a := range all {
		allowed = worseOf(allowed, a.option())
	}
	return allowed
}

// shortest is the first of the allowances with the worst option; zero where all of them allow twice.
func shortest(all []allowance) allowance {
	var worst allowance
	for _, a := range all {
		if a.option() != "P2.a" && (worst.container == nil || letter(a.option()) > letter(worst.option())) {
			worst = a
		}
	}
	return worst
}

func shortOf(all []allowance) []assessments.Subject {
	var short []assessments.Subject
	for _, a := range all {
		if a.option() != "P2.a" {
			short = append(short, subjectIn(a.container))
		}
	}
	return short
}

// slowSeconds is what question P3 calls a slow start.
const slowSeconds = 30

func lookAtSlowStarters(v assessments.PairView) []assessments.Sight {
	var s share
	var bare []assessments.Subject
	for _, w := range own(v) {
		for _, c := range w.Serving() {
			delayed := c.Liveness != nil && c.Liveness.InitialDelaySeconds > slowSeconds
			started := c.StartDoubt() == "" && c.ObservedStarts().Median > slowSeconds
			if c.Liveness == nil || !delayed && !started && c.Startup == nil {
				continue
			}
			s.total++
			if c.Startup != nil {
				s.good++
			} else {
				bare = append(bare, subjectIn(c))
			}
		}
	}
	if s.total == 0 {
		return cannotSee("no slow starter was seen", "P3")
	}
	return []assessments.Sight{withSubjects(saw("P3", atMost(v, s.option("P3")), evidence("slow starters with a startup probe", "%s", s)), bare)}
}
