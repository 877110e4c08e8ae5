package probe

import "plimsoll/assessments/reference"

// EventKind says what happens at a point of a course.
type EventKind string

// What happens to a container that has crashed and recovers.
const (
	Started   EventKind = "started"   // the container's process starts, and its recovery begins from the beginning
	Failing   EventKind = "failing"   // the probe's first try of this start fails
	Killed    EventKind = "killed"    // the last failure that the probe bears: the kubelet asks the container to end
	Ended     EventKind = "ended"     // its process is gone
	BackOff   EventKind = "backOff"   // the kubelet waits before it starts the container again
	Recovered EventKind = "recovered" // the container answers
)

// Event is one point of a course.
type Event struct {
	AtSeconds   int64     `json:"atSeconds"` // from the crash
	Kind        EventKind `json:"kind"`
	Start       int       `json:"start"`                // which start, from 1
	Failures    int64     `json:"failures,omitzero"`    // of killed: tries in a row that failed
	WaitSeconds int64     `json:"waitSeconds,omitzero"` // of backOff
}

// Course is what happens after a crash, until the container has recovered or the time that is looked at is over.
type Course struct {
	RecoverySeconds    int64   `json:"recoverySeconds"`
	HorizonSeconds     int64   `json:"horizonSeconds"`
	Events             []Event `json:"events"`
	Kills              int     `json:"kills"`
	RecoveredAtSeconds *int64  `json:"recoveredAtSeconds,omitzero"` // nil: not within the horizon
}

// Hour is how long a course is looked at.
const Hour = 3600

// run says how a course goes on: the same at each start.
type run struct {
	figures         Figures
	recoverySeconds int64
	firstSeconds    int64 // the first try, counted from each start: between the delay and a period later
	stopSeconds     int64 // from the kill until the process is gone
	horizonSeconds  int64
}

// planned is the course that the planning figure describes: the first try comes a whole period after the delay.
func planned(f Figures, recoverySeconds, stopSeconds int64) run {
	return run{figures: f, recoverySeconds: recoverySeconds, stopSeconds: stopSeconds, horizonSeconds: Hour,
		firstSeconds: f.InitialDelaySeconds + f.PeriodSeconds}
}

// CourseOf is the first hour after a crash of a container that needs so long to recover at each start, with the probe that guards
// its start, by the planning figure. Seconds beyond what the API's fields hold are cut off.
func CourseOf(f Figures, recoverySeconds, stopSeconds int64) Course {
	within := func(n int64) int64 { return min(max(n, 0), maxFigure) }
	return planned(f, within(recoverySeconds), within(stopSeconds)).course()
}

// course simulates and writes down what happens.
func (r run) course() Course {
	c := Course{RecoverySeconds: r.recoverySeconds, HorizonSeconds: r.horizonSeconds}
	r.each(func(e Event) {
		c.Events = append(c.Events, e)
		switch e.Kind {
		case Killed:
			c.Kills++
		case Recovered:
			at := e.AtSeconds
			c.RecoveredAtSeconds = &at
		}
	})
	return c
}

// comesThrough simulates and reports whether the container recovers; one that was killed never does.
func (r run) comesThrough() (recovered bool) {
	r.each(func(e Event) { recovered = recovered || e.Kind == Recovered })
	return recovered
}

// each goes through what happens within the horizon. A recovery begins anew at each start, as a broker's or a database's does; a try
// at the very second at which it ends succeeds. Each start costs the same few steps, however many tries it has.
func (r run) each(happens func(Event)) {
	within := func(e Event) {
		if e.AtSeconds <= r.horizonSeconds {
			happens(e)
		}
	}
	kubelet := backOff{row: reference.RestartBackOff()}
	now := int64(0)
	for start := 1; now <= r.horizonSeconds; start++ {
		within(Event{AtSeconds: now, Kind: Started, Start: start})
		if r.firstSeconds < r.recoverySeconds {
			within(Event{AtSeconds: now + r.firstSeconds, Kind: Failing, Start: start})
		}
		last := r.firstSeconds + (r.figures.FailureThreshold-1)*r.figures.PeriodSeconds
		if last >= r.recoverySeconds {
			within(Event{AtSeconds: now + r.recoverySeconds, Kind: Recovered, Start: start})
			return
		}
		within(Event{AtSeconds: now + last, Kind: Killed, Start: start, Failures: r.figures.FailureThreshold})
		now += last + r.stopSeconds
		within(Event{AtSeconds: now, Kind: Ended, Start: start})
		if wait := kubelet.after(last + r.stopSeconds); wait > 0 {
			within(Event{AtSeconds: now, Kind: BackOff, Start: start, WaitSeconds: wait})
			now += wait
		}
	}
}

// backOff is the kubelet's waiting before a restart: none after the first end, then doubled from end to end. A container that
// ran long enough begins anew.
type backOff struct {
	row  reference.BackOff
	next int64
}

func (b *backOff) after(ranSeconds int64) int64 {
	if ranSeconds > b.row.ResetAfterSeconds {
		b.next = 0
	}
	wait := b.next
	b.next = min(max(b.row.InitialSeconds, wait*2), b.row.MaxSeconds)
	return wait
}
