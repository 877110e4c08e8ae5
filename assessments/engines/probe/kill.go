// Package probe simulates what the kubelet does to a container that needs time to recover: when its liveness or startup probe
// kills it, what the first hour after a crash looks like, how likely a kill is where the recovery time varies, and the smallest
// startup probe that lets it come through, proven by simulating again.
//
// It is pure arithmetic over facts: whole seconds, no clock and no chance. The same input gives the same result.
package probe

import (
	"plimsoll/assessments/snapshot"
)

// KillTime says after how many seconds a probe that never succeeds has the container killed.
//
// The kubelet tries a probe at the ticks of a timer of its own, whose phase has nothing to do with the container's start. The
// first try is at the first tick at or after the initial delay, so it lies anywhere within one period behind it. From there on
// one try follows each period, or as soon as the one before has timed out where the timeout is longer than the period. The kill
// is decided when as many tries in a row as the threshold says have failed.
type KillTime struct {
	EarliestSeconds int64 `json:"earliestSeconds"` // the first try just at the delay, each refused at once
	PlanningSeconds int64 `json:"planningSeconds"` // initialDelaySeconds + failureThreshold × periodSeconds: what rules judge by
	LatestSeconds   int64 `json:"latestSeconds"`   // the first try a whole period later, each running into its timeout
}

// TimeToKill counts from the container's start.
func TimeToKill(p *snapshot.Probe) KillTime { return figuresOf(p).TimeToKill() }

// TimeToKill counts from the container's start.
func (f Figures) TimeToKill() KillTime {
	return KillTime{
		EarliestSeconds: f.InitialDelaySeconds + (f.FailureThreshold-1)*f.PeriodSeconds,
		PlanningSeconds: f.InitialDelaySeconds + f.FailureThreshold*f.PeriodSeconds,
		LatestSeconds:   f.InitialDelaySeconds + f.PeriodSeconds + (f.FailureThreshold-1)*f.cycleSeconds() + f.TimeoutSeconds,
	}
}

// TimeToReact counts from the moment at which a container that ran well stops answering.
func TimeToReact(p *snapshot.Probe) KillTime {
	running := *p
	running.InitialDelaySeconds = 0
	return TimeToKill(&running)
}

// Figures are the figures of a probe, with the API's bounds applied: no snapshot can make a sum overflow or a period vanish.
type Figures struct {
	InitialDelaySeconds int64 `json:"initialDelaySeconds"`
	PeriodSeconds       int64 `json:"periodSeconds"`
	TimeoutSeconds      int64 `json:"timeoutSeconds"`
	FailureThreshold    int64 `json:"failureThreshold"`
}

// maxFigure is what the API's fields hold at most.
const maxFigure = 1<<31 - 1

func figuresOf(p *snapshot.Probe) Figures {
	within := func(n, least int) int64 { return min(max(int64(n), int64(least)), maxFigure) }
	return Figures{
		InitialDelaySeconds: within(p.InitialDelaySeconds, 0), PeriodSeconds: within(p.PeriodSeconds, 1),
		TimeoutSeconds: within(p.TimeoutSeconds, 1), FailureThreshold: within(p.FailureThreshold, 1),
	}
}

// figuresOrNone is nil for a probe that is not there, or whose figures can't be read.
func figuresOrNone(p *snapshot.Probe) *Figures {
	if p == nil || p.Unreadable {
		return nil
	}
	f := figuresOf(p)
	return &f
}

// cycleSeconds is from one try to the next where each times out: a try that outlasts the period holds up the next.
func (f Figures) cycleSeconds() int64 { return max(f.PeriodSeconds, f.TimeoutSeconds) }
