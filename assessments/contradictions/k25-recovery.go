package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules/probes"
)

var k25 = assessments.Pair{
	ID:        "K-25",
	Questions: []string{"P2", "P3"},
	Decisive:  true,
	Observes:  "How long the probes of stateful services let them start, against the recovery time that was given; and which slow starters have a startup probe.",
	Guard:     "Plain arithmetic: initial delay + failure threshold × period. Without a time of your own the product's known one only asks.",
	Look: func(v assessments.PairView) []assessments.Sight {
		if reason, refused := unread(v); refused {
			return cannotSee(reason, "P2", "P3")
		}
		return append(lookAtRecovery(v), lookAtSlowStarters(v)...)
	},
}

func lookAtRecovery(v assessments.PairView) []assessments.Sight {
	allowed, good, bad := "P2.a", 0, 0
	measured := true
	var short []assessments.Subject
	var worst assessments.Evidence
	for _, w := range own(v) {
		if w.Kind != "StatefulSet" {
			continue
		}
		for _, c := range w.Serving() {
			probe := c.KillingProbe()
			recovery, doubt := probes.RecoveryOf(v.View, c)
			need := recovery.Seconds
			if probe == nil || probe.Unreadable || doubt != "" || need == 0 {
				continue
			}
			kill, option := facts.KillSeconds(probe), "P2.a"
			switch {
			case kill < need:
				option = "P2.c"
			case kill < 2*need:
				option = "P2.b"
			}
			if option == "P2.a" {
				good++
				continue
			}
			bad++
			short = append(short, subjectIn(c))
			if letter(option) > letter(allowed) || worst.What == "" {
				worst = evidence("shortest allowance", "%d s + %d × %d s = %d s, for a recovery of %d s",
					probe.InitialDelaySeconds, probe.FailureThreshold, probe.PeriodSeconds, kill, need)
				measured = recovery.Declared
			}
			allowed = worseOf(allowed, option)
		}
	}
	if good+bad == 0 {
		return suggestive(cannotSee("no stateful service was seen whose recovery time is known and whose probes can kill it", "P2")...)
	}
	s := saw("P2", atMost(v, allowed), evidence("stateful containers whose probes allow twice the recovery", "%s", share{good, good + bad}))
	if bad > 0 {
		s.Evidence = append(s.Evidence, worst)
	}
	s.Partly = good > 0 && bad > 0
	s = withSubjects(s, short)
	if !measured {
		return suggestive(s)
	}
	return []assessments.Sight{s}
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
