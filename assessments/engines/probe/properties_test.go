package probe

import (
	"testing"

	"pgregory.net/rapid"

	"plimsoll/assessments/snapshot"
)

func anyProbe() *rapid.Generator[*snapshot.Probe] {
	return rapid.Custom(func(t *rapid.T) *snapshot.Probe {
		return asks(rapid.IntRange(0, 900).Draw(t, "delay"), rapid.IntRange(1, 90).Draw(t, "period"),
			rapid.IntRange(1, 120).Draw(t, "timeout"), rapid.IntRange(1, 60).Draw(t, "threshold"))
	})
}

// tried simulates a kubelet try by try, as its worker does: a timer of its own phase, an initial delay, and tries that fail at
// once or run into their timeout. It knows nothing of the formulas.
func tried(p *snapshot.Probe, phase, recovery int64, hangs bool) (killedAt int64, killed bool) {
	f := figuresOf(p)
	failures, busy := int64(0), int64(0)
	for tick := phase; ; tick += f.PeriodSeconds {
		at := max(tick, busy) // a tick that comes while a try is under way waits for its end
		if at < f.InitialDelaySeconds {
			continue
		}
		if at >= recovery {
			return 0, false
		}
		busy = at
		if hangs {
			busy += f.TimeoutSeconds
			tick = max(tick, busy-f.PeriodSeconds-(busy-tick)%f.PeriodSeconds) // of ticks that piled up one is kept
		}
		if failures++; failures == f.FailureThreshold {
			return busy, true
		}
	}
}

const never = int64(1) << 40

func TestEveryKillOfAKubeletLiesBetweenEarliestAndLatest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProbe().Draw(t, "probe")
		phase := rapid.Int64Range(0, int64(p.PeriodSeconds)-1).Draw(t, "phase")
		kill := TimeToKill(p)
		for _, hangs := range []bool{false, true} {
			at, killed := tried(p, phase, never, hangs)
			if !killed || at < kill.EarliestSeconds || at > kill.LatestSeconds {
				t.Fatalf("killed at %d, want within %+v", at, kill)
			}
		}
		if kill.EarliestSeconds > kill.PlanningSeconds || kill.PlanningSeconds > kill.LatestSeconds {
			t.Fatalf("out of order: %+v", kill)
		}
	})
}

func TestMorePatienceNeverKillsEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProbe().Draw(t, "probe")
		patient := *p
		patient.FailureThreshold += rapid.IntRange(1, 50).Draw(t, "more failures")
		patient.InitialDelaySeconds += rapid.IntRange(0, 50).Draw(t, "more delay")
		before, after := TimeToKill(p), TimeToKill(&patient)
		if after.EarliestSeconds < before.EarliestSeconds || after.PlanningSeconds < before.PlanningSeconds || after.LatestSeconds < before.LatestSeconds {
			t.Fatalf("%+v became %+v", before, after)
		}
	})
}

func TestAMendNeverKillsWithinWhatItSurvivesAndIsTheSmallestThatDoesNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		liveness := anyProbe().Draw(t, "liveness")
		var startup *snapshot.Probe
		if rapid.Bool().Draw(t, "has a startup probe") {
			startup = anyProbe().Draw(t, "startup")
		}
		survive := rapid.Int64Range(1, 10_000).Draw(t, "survive")
		m, ok := Propose(startup, liveness, survive, rapid.Bool().Draw(t, "startup probes"))
		if !ok || !m.Proven {
			t.Fatalf("no proof: %+v", m)
		}
		mended := m.Probe.probe()
		for phase := range m.Probe.PeriodSeconds {
			if at, killed := tried(mended, phase, survive, false); killed {
				t.Fatalf("phase %d: killed at %d by %+v", phase, at, m.Probe)
			}
		}
		if reaction := TimeToReact(liveness); *m.Reaction != reaction {
			t.Fatalf("reacts after %+v, did after %+v", *m.Reaction, reaction)
		}
		smaller := m.Probe
		smaller.FailureThreshold--
		grown := startup == nil && m.Field == AddStartup || startup != nil && int(m.Probe.FailureThreshold) > startup.FailureThreshold
		if grown && smaller.FailureThreshold > 0 && proven(smaller, survive) {
			t.Fatalf("%+v would have done", smaller)
		}
	})
}

func TestALongerRecoveryIsKilledNoLessOften(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := figuresOf(anyProbe().Draw(t, "probe"))
		low := rapid.Int64Range(0, 5_000).Draw(t, "low")
		width := rapid.Int64Range(0, 5_000).Draw(t, "width")
		more := rapid.Int64Range(0, 500).Draw(t, "more")
		a, b := chanceOf(f, Range{low, low + width}), chanceOf(f, Range{low + more, low + width + more})
		if b.KilledMicros < a.KilledMicros || b.LoopMicros < a.LoopMicros {
			t.Fatalf("%+v became %+v", a, b)
		}
		if a.LoopMicros > a.KilledMicros+1 || a.KilledMicros < 0 || a.KilledMicros > million {
			t.Fatalf("%+v", a)
		}
	})
}

// The exact mean is held against a plain sum over every second of the range and every phase.
func TestTheChanceIsTheShareOfKillsOverRangeAndPhase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := asks(rapid.IntRange(0, 30).Draw(t, "delay"), rapid.IntRange(2, 12).Draw(t, "period"), 1, rapid.IntRange(1, 4).Draw(t, "threshold"))
		low := rapid.Int64Range(1, 60).Draw(t, "low")
		high := low + rapid.Int64Range(1, 60).Draw(t, "width")
		kills, all := int64(0), int64(0)
		// In hundredths of a second, ten at a time.
		fine := asks(p.InitialDelaySeconds*100, p.PeriodSeconds*100, 1, p.FailureThreshold)
		for recovery := low*100 + 5; recovery < high*100; recovery += 10 {
			for phase := int64(5); phase < int64(fine.PeriodSeconds); phase += 10 {
				if _, killed := tried(fine, phase, recovery, false); killed {
					kills++
				}
				all++
			}
		}
		got := chanceOf(figuresOf(p), Range{low, high}).KilledMicros
		if want := kills * million / all; got < want-30_000 || got > want+30_000 {
			t.Fatalf("got %d, counted %d", got, want)
		}
	})
}

func TestACourseIsInOrderAndStartsAnewAfterEachEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := figuresOf(anyProbe().Draw(t, "probe"))
		c := planned(f, rapid.Int64Range(0, 8_000).Draw(t, "recovery"), rapid.Int64Range(0, 60).Draw(t, "stop")).course()
		kills := 0
		for i, e := range c.Events {
			if i > 0 && e.AtSeconds < c.Events[i-1].AtSeconds || e.AtSeconds > Hour {
				t.Fatalf("out of order: %+v", c.Events)
			}
			if e.Kind == Killed {
				kills++
			}
		}
		if kills != c.Kills || c.Kills > 0 && c.RecoveredAtSeconds != nil {
			t.Fatalf("%+v", c)
		}
	})
}
