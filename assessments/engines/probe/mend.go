package probe

import "plimsoll/assessments/snapshot"

// Mend is a probe that lets a container recover.
type Mend struct {
	Field           MendField `json:"field"`
	Probe           Figures   `json:"probe"`           // the figures of that field's probe with the mend
	SurvivesSeconds int64     `json:"survivesSeconds"` // the recovery, with its margin, that it is made for
	TimeToKill      KillTime  `json:"timeToKill"`      // at a start, with the mend
	Proven          bool      `json:"proven"`          // simulated again at the most hostile phase of the kubelet's timer, and not killed
	// Reaction is how soon a container that hangs later is killed, before and with the mend alike; nil without a liveness probe.
	Reaction *KillTime `json:"reaction,omitzero"`
}

// MendField names the field that a mend writes.
type MendField string

// A startup probe is the mend wherever the cluster has them.
const (
	AddStartup     MendField = "startupProbe"                      // a new startup probe, that asks what liveness asks
	RaiseThreshold MendField = "startupProbe.failureThreshold"     // the one that is there waits longer
	RaiseDelay     MendField = "livenessProbe.initialDelaySeconds" // clusters from before startup probes: each start waits that long
)

// startupPeriod is how often a new startup probe asks at most: what has started is seen to have started soon.
const startupPeriod = 10

// Propose is the smallest change after which no start that needs up to so many seconds is killed, whatever the phase of the
// kubelet's timer; once started, liveness reacts as it does today. It reports false where no probe kills the container.
func Propose(startup, liveness *snapshot.Probe, surviveSeconds int64, startupProbes bool) (Mend, bool) {
	m := Mend{SurvivesSeconds: surviveSeconds}
	if liveness != nil {
		reaction := TimeToReact(liveness)
		m.Reaction = &reaction
	}
	switch {
	case startup != nil:
		m.Field, m.Probe = RaiseThreshold, figuresOf(startup)
		m.Probe.FailureThreshold = max(m.Probe.FailureThreshold, m.Probe.threshold(surviveSeconds))
	case liveness == nil:
		return Mend{}, false
	case startupProbes:
		f := figuresOf(liveness)
		m.Field, m.Probe = AddStartup, Figures{PeriodSeconds: min(f.PeriodSeconds, startupPeriod), TimeoutSeconds: f.TimeoutSeconds}
		m.Probe.FailureThreshold = m.Probe.threshold(surviveSeconds)
	default:
		m.Field, m.Probe = RaiseDelay, figuresOf(liveness)
		m.Probe.InitialDelaySeconds = max(m.Probe.InitialDelaySeconds, surviveSeconds-(m.Probe.FailureThreshold-1)*m.Probe.PeriodSeconds)
	}
	m.TimeToKill = TimeToKill(m.Probe.probe())
	m.Proven = proven(m.Probe, surviveSeconds)
	return m, true
}

// threshold is the least that reaches so many seconds by its earliest kill: the last try falls at that second or behind it.
func (f Figures) threshold(seconds int64) int64 {
	left := max(seconds-f.InitialDelaySeconds, 0)
	return (left+f.PeriodSeconds-1)/f.PeriodSeconds + 1
}

func (f Figures) probe() *snapshot.Probe {
	return &snapshot.Probe{InitialDelaySeconds: int(f.InitialDelaySeconds), PeriodSeconds: int(f.PeriodSeconds), TimeoutSeconds: int(f.TimeoutSeconds),
		FailureThreshold: int(f.FailureThreshold)}
}

// proven simulates a start that needs so many seconds at the most hostile phase of the timer, a first try just at the delay: at
// every other phase all tries come later. A start that is killed never recovers, since each further one meets the same phase.
func proven(f Figures, seconds int64) bool {
	return run{figures: f, recoverySeconds: seconds, firstSeconds: f.InitialDelaySeconds, horizonSeconds: max(Hour, seconds)}.comesThrough()
}
