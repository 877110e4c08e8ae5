package probe

import (
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// Simulation is everything that the simulator says of one container with a liveness or startup probe.
type Simulation struct {
	WorkloadKind string `json:"workloadKind"`
	Namespace    string `json:"namespace"`
	Workload     string `json:"workload"`
	Container    string `json:"container"`
	File         string `json:"file,omitzero"` // over manifests, with the line
	Line         int    `json:"line,omitzero"`

	Guard      Guard     `json:"guard"`             // the probe that decides over a start
	Probe      Figures   `json:"probe"`             // its figures
	TimeToKill KillTime  `json:"timeToKill"`        // by it, from the container's start
	Reaction   *KillTime `json:"reaction,omitzero"` // of liveness, once the container runs and hangs; nil without one

	Liveness    *Figures `json:"-"` // nil without one
	Readiness   *Figures `json:"-"` // nil without one
	StopSeconds int64    `json:"-"` // from a kill until the process is gone

	Recovery Recovery `json:"recovery,omitzero"`
	Doubt    string   `json:"doubt,omitzero"` // why nothing can be said, or no recovery time is known
	Verdict  Verdict  `json:"verdict"`
	Course   *Course  `json:"course,omitzero"` // the first hour after a crash; nil where no recovery time is known
	Chance   *Chance  `json:"chance,omitzero"`
	Mend     *Mend    `json:"mend,omitzero"`   // nil where every start comes through with its margin
	Mended   *Course  `json:"mended,omitzero"` // the same hour with the mend
}

// Guard says which probe decides over a container's start.
type Guard string

// A startup probe holds liveness back until it has succeeded.
const (
	ByLiveness Guard = "liveness"
	ByStartup  Guard = "startup"
)

// Verdict says what becomes of a container that needs its recovery time.
type Verdict string

// The verdicts. MayLoop: it depends on the recovery time within its range, or on the phase of the kubelet's timer.
const (
	Survives Verdict = "survives"
	MayLoop  Verdict = "mayLoop"
	Loops    Verdict = "loops"
	Unknown  Verdict = "unknown"
)

// Inputs are what a simulation takes beside the snapshot.
type Inputs struct {
	StatefulRecoverySeconds *int64 // the questionnaire's figure for stateful services (P2)
	Recovery                *Range // tried for every container, instead of what is known of each; nil: what is known
	MarginPercent           int64  // of the recovery time that a mend survives; 0: DefaultMarginPercent
	SystemToo               bool   // the platform's own workloads as well
}

// DefaultMarginPercent lets a mend bear half as much again: recoveries grow with the data.
const DefaultMarginPercent = 150

// WithMargin is a recovery time with a margin in percent, rounded up.
func WithMargin(seconds, percent int64) int64 {
	seconds, percent = min(max(seconds, 0), maxFigure), min(max(percent, 0), maxFigure)
	return (seconds*percent + 99) / 100
}

// For simulates every container with a liveness or startup probe, in the order of the facts. Jobs and finished pods have no
// start that a probe guards.
func For(f *facts.Facts, in Inputs) []Simulation {
	recoveries := RecoveriesOf(f, in.StatefulRecoverySeconds)
	all := []Simulation{}
	for _, w := range f.Workloads {
		if w.RunsToEnd() || w.System && !in.SystemToo {
			continue
		}
		for _, c := range w.Serving() {
			if c.KillingProbe() != nil {
				all = append(all, simulate(f, recoveries, in, c))
			}
		}
	}
	return all
}

func simulate(f *facts.Facts, recoveries *Recoveries, in Inputs, c *facts.Container) Simulation {
	w, guard := c.Workload, c.KillingProbe()
	s := Simulation{
		WorkloadKind: w.Kind, Namespace: w.Namespace, Workload: w.Name, Container: c.Name, File: w.Place.File, Line: c.Line,
		Guard: ByLiveness, Verdict: Unknown,
	}
	if c.Startup != nil {
		s.Guard = ByStartup
	}
	if guard.Unreadable || c.Liveness != nil && c.Liveness.Unreadable {
		s.Doubt = "a figure of the probe is a placeholder"
		return s
	}
	s.Probe, s.TimeToKill, s.StopSeconds = figuresOf(guard), TimeToKill(guard), stopSeconds(c)
	s.Liveness, s.Readiness = figuresOrNone(c.Liveness), figuresOrNone(c.Readiness)
	if c.Liveness != nil {
		reaction := TimeToReact(c.Liveness)
		s.Reaction = &reaction
	}
	s.recoverAs(recoveries, in, c)
	if s.Doubt != "" {
		return s
	}
	s.play(c, StartupProbesIn(f), in.MarginPercent)
	return s
}

// recoverAs settles which recovery time is simulated.
func (s *Simulation) recoverAs(recoveries *Recoveries, in Inputs, c *facts.Container) {
	if r := in.Recovery; r != nil && r.LowSeconds > 0 {
		s.Recovery = Recovery{LowSeconds: r.LowSeconds, HighSeconds: max(r.LowSeconds, r.HighSeconds), Source: "asked for"}
		return
	}
	s.Recovery, s.Doubt = recoveries.Of(c)
	if s.Doubt == "" && !s.Recovery.Known() {
		s.Doubt = "how long it needs to recover is not known"
		if s.Recovery.PerhapsReason != "" {
			s.Doubt = s.Recovery.PerhapsReason
		}
	}
}

// play simulates the first hour at the low end of the recovery time: what fails there fails at every longer one.
func (s *Simulation) play(c *facts.Container, startupProbes bool, marginPercent int64) {
	r := Range{s.Recovery.LowSeconds, s.Recovery.HighSeconds}
	chance := chanceOf(s.Probe, r)
	s.Chance, s.Verdict = &chance, verdictOf(s.TimeToKill, r)
	course := CourseOf(s.Probe, r.LowSeconds, s.StopSeconds)
	s.Course = &course
	if marginPercent <= 0 {
		marginPercent = DefaultMarginPercent
	}
	survive := WithMargin(r.HighSeconds, marginPercent)
	if s.TimeToKill.EarliestSeconds >= survive {
		return
	}
	if mend, ok := Propose(c.Startup, c.Liveness, survive, startupProbes); ok {
		mended := CourseOf(mend.Probe, r.LowSeconds, s.StopSeconds)
		s.Mend, s.Mended = &mend, &mended
	}
}

func verdictOf(kill KillTime, r Range) Verdict {
	switch {
	case kill.PlanningSeconds < r.LowSeconds:
		return Loops
	case kill.EarliestSeconds >= r.HighSeconds:
		return Survives
	}
	return MayLoop
}

// stopSeconds is how long the container takes to end when it is killed: its preStop sleep, and no longer than the grace period.
// How long the process itself takes is not known, and counts as nothing.
func stopSeconds(c *facts.Container) int64 {
	if c.PreStop == nil || c.PreStop.SleepSeconds == nil {
		return 0
	}
	return max(min(*c.PreStop.SleepSeconds, GraceSeconds(c.Workload.Workload)), 0)
}

// GraceSeconds is a pod's grace period with the API's default applied.
func GraceSeconds(w *snapshot.Workload) int64 {
	if w.GraceSeconds != nil {
		return *w.GraceSeconds
	}
	return int64(reference.ProbeFieldDefaults().GraceSeconds)
}

// StartupProbesIn reports whether startup probes can be used: only a cluster whose version is known to be older lacks them.
func StartupProbesIn(f *facts.Facts) bool {
	return f.Cluster == nil || StartupProbesAt(f.Cluster.Version)
}

// StartupProbesAt is StartupProbesIn for a version; one that is not known has them.
func StartupProbesAt(v facts.Version) bool {
	feature, listed := reference.ProbeFeatureOf("startupProbe")
	return !listed || !v.Known() || feature.Available(reference.Minor(v.Minor))
}
