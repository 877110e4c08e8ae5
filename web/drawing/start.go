package drawing

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
	"plimsoll/assessments/engines/probe"
)

// Starting draws what a container's probes do while it recovers for so many seconds: one start with the windows of its probes,
// and the first hour after a crash. Width is in user units, at least 300.
func Starting(start engines.Start, recoverySeconds int64, width float64) Scene {
	course := probe.CourseOf(start.Probe, recoverySeconds, start.StopSeconds)
	kill := start.Probe.TimeToKill()
	s := Scene{Width: width, Title: "Probes of " + start.Name, Description: startWords(start, course, kill)}
	const left, right = 6.0, 6.0
	room := width - left - right
	y := 16.0
	s.add(label(left, y, 14, room, Ink, true, "One start"))
	end := float64(max(course.RecoverySeconds, kill.LatestSeconds)) * 1.12
	x := func(seconds int64) float64 { return left + float64(seconds)/end*room }
	killed := course.Kills > 0
	lane := func(name string, paint func(top float64)) {
		y += 22
		s.add(label(left, y, 12, room, Muted, false, name))
		paint(y + 5)
		s.add(line(x(kill.PlanningSeconds), y+3, x(kill.PlanningSeconds), y+7+laneDeep, 2.5, Bad))
		y += 18
	}
	lane("recovering, "+span(course.RecoverySeconds), func(top float64) {
		s.add(rect(left, top, room, laneDeep, Ground), rect(left, top, x(course.RecoverySeconds)-left, laneDeep, Water))
		if !killed {
			s.add(rect(x(course.RecoverySeconds), top, left+room-x(course.RecoverySeconds), laneDeep, Good))
		}
	})
	lane(fmt.Sprintf("%s probe: waits %s, then %s of %s", start.Guard, span(start.Probe.InitialDelaySeconds),
		tries(start.Probe.FailureThreshold), span(start.Probe.PeriodSeconds)), func(top float64) {
		s.add(windowOf(x, top, start.Probe, kill.PlanningSeconds)...)
	})
	if start.Guard == probe.ByStartup && start.Liveness != nil {
		reacts := (*start.Liveness).TimeToKill().PlanningSeconds - start.Liveness.InitialDelaySeconds
		lane("liveness probe: held back until then; reacts in "+span(reacts), func(top float64) {
			s.add(line(left, top+laneDeep/2, x(min(course.RecoverySeconds, kill.PlanningSeconds)), top+laneDeep/2, 2, Muted, 2, 4))
			if !killed {
				s.add(rect(x(course.RecoverySeconds), top, left+room-x(course.RecoverySeconds), laneDeep, Fair))
			}
		})
	}
	if start.Readiness != nil {
		ready := readyAt(*start.Readiness, course.RecoverySeconds)
		lane("readiness probe: no requests until it answers", func(top float64) {
			s.add(rect(left, top, room, laneDeep, Ground))
			if !killed && float64(ready) < end {
				s.add(rect(x(ready), top, left+room-x(ready), laneDeep, Good))
			}
		})
	}
	if kill.LatestSeconds > kill.EarliestSeconds {
		s.add(rect(x(kill.EarliestSeconds), y+6, x(kill.LatestSeconds)-x(kill.EarliestSeconds), 4, Bad))
	}
	y += 24
	s.add(beside(x(kill.PlanningSeconds), y, 12, left, left+room, Ink, true, killWords(kill)))
	y += 34
	y = s.hour(course, y, left, room)
	s.Height = y
	return s
}

const laneDeep = 12.0

// windowOf is a probe's window: its delay, then its tries up to the kill.
func windowOf(x func(int64) float64, top float64, f probe.Figures, kill int64) []Shape {
	shapes := []Shape{rect(x(0), top, x(f.InitialDelaySeconds)-x(0), laneDeep, Ground), rect(x(f.InitialDelaySeconds), top, x(kill)-x(f.InitialDelaySeconds), laneDeep, Fair)}
	if f.FailureThreshold > 60 {
		return shapes // tries would run into one
	}
	for n := int64(1); n <= f.FailureThreshold; n++ {
		at := x(f.InitialDelaySeconds + n*f.PeriodSeconds)
		shapes = append(shapes, line(at, top+1, at, top+laneDeep-1, 1, Paper))
	}
	return shapes
}

// readyAt is the first try of a readiness probe at or after the recovery.
func readyAt(f probe.Figures, recovery int64) int64 {
	first := f.InitialDelaySeconds + f.PeriodSeconds
	if recovery <= first {
		return first
	}
	return first + (recovery-first+f.PeriodSeconds-1)/f.PeriodSeconds*f.PeriodSeconds
}

// hour draws the first hour after a crash and returns where it ends.
func (s *Scene) hour(c probe.Course, y, left, room float64) float64 {
	x := func(seconds int64) float64 {
		return left + float64(min(seconds, c.HorizonSeconds))/float64(c.HorizonSeconds)*room
	}
	const deep = 26.0
	s.add(label(left, y, 14, room, Ink, true, "The first hour after a crash"))
	top := y + 20
	s.add(rect(left, top, room, deep, Ground))
	running := int64(0)
	for _, e := range c.Events {
		switch e.Kind {
		case probe.Started:
			running = e.AtSeconds
		case probe.Killed:
			s.add(rect(x(running), top, x(e.AtSeconds)-x(running), deep, Water))
			running = c.HorizonSeconds
		case probe.Recovered:
			s.add(rect(x(running), top, x(e.AtSeconds)-x(running), deep, Water), rect(x(e.AtSeconds), top, left+room-x(e.AtSeconds), deep, Good))
			running = c.HorizonSeconds
		}
	}
	if running < c.HorizonSeconds {
		s.add(rect(x(running), top, left+room-x(running), deep, Water)) // a start that the hour cuts off
	}
	for _, e := range c.Events {
		if e.Kind == probe.Killed {
			at := x(e.AtSeconds)
			s.add(line(at, top-5, at, top+deep+5, 2.5, Bad), circle(at, top-6, 3.5, Bad, None, 0))
		}
	}
	ends := top + deep + 20
	s.add(Text{At: Point{left, ends}, Size: 12, Anchor: Start, Fill: Muted, Value: "crash"}, Text{At: Point{left + room/2, ends}, Size: 12, Anchor: Middle, Fill: Muted, Value: "30 min"},
		Text{At: Point{left + room, ends}, Size: 12, Anchor: End, Fill: Muted, Value: "1 h"})
	ends += 24
	s.add(label(left, ends, 13, room, Ink, true, outcome(c)))
	return ends + 10
}

func outcome(c probe.Course) string {
	switch {
	case c.RecoveredAtSeconds != nil:
		return "Recovered after " + span(*c.RecoveredAtSeconds) + ", not killed"
	case c.Kills > 0:
		return "Killed " + assessments.Counted(c.Kills, "time") + ", never recovered"
	}
	return "Neither killed nor recovered within the hour"
}

func tries(n int64) string {
	if n == 1 {
		return "1 try"
	}
	return short(n) + " tries"
}

func killWords(k probe.KillTime) string {
	if k.EarliestSeconds == k.LatestSeconds {
		return "killed at " + span(k.PlanningSeconds)
	}
	return fmt.Sprintf("killed at %s to %s", span(k.EarliestSeconds), span(k.LatestSeconds))
}

func startWords(start engines.Start, c probe.Course, k probe.KillTime) string {
	return fmt.Sprintf("With a recovery of %s. By its %s probe it is %s, which plans count as %s, unless it answers before. In the first hour after a crash: %s.",
		span(c.RecoverySeconds), start.Guard, killWords(k), span(k.PlanningSeconds), outcome(c))
}

// Outcome says in words what becomes of a container that needs so many seconds to recover.
func Outcome(start engines.Start, recoverySeconds int64) string {
	return lower(outcome(probe.CourseOf(start.Probe, recoverySeconds, start.StopSeconds)))
}

func lower(sentence string) string { return strings.ToLower(sentence[:1]) + sentence[1:] }
