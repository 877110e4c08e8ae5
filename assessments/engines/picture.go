package engines

import (
	"plimsoll/assessments/engines/probe"
)

// Picture holds the figures that a part is drawn from; one of its fields is filled. The words and tables beside it say the same.
type Picture struct {
	Road   *Road    `json:"road,omitzero"`
	Starts []Start  `json:"starts,omitzero"` // the gravest first
	Memory []Memory `json:"memory,omitzero"` // the one that lacks most first
	Floods []Flood  `json:"floods,omitzero"`
	Curves []Curve  `json:"curves,omitzero"` // the fullest first
}

// Bounds of what is stored for drawing; the gravest stand first.
const (
	mostDrawn  = 40 // starts and budgets, of which a page shows one or a few at a time
	mostCurves = 12
	mostPoints = 24 // of one curve
	mostNamed  = 3  // blockers of one hop
)

// Road is the way in place beside a new cluster.
type Road struct {
	From    string  `json:"from"`
	Stops   []Stop  `json:"stops"` // the first is today, the last the target
	InPlace Side    `json:"inPlace"`
	Fresh   Side    `json:"fresh"`
	Moves   []Moved `json:"moves,omitzero"` // what a new cluster has to take over
}

// Stop is a minor that the control plane stands at, with what was found on the hop to it.
type Stop struct {
	Minor    string   `json:"minor"`
	Blocks   int      `json:"blocks,omitzero"`
	Breaks   int      `json:"breaks,omitzero"`
	Untested int      `json:"untested,omitzero"`
	Named    []string `json:"named,omitzero"` // the gravest of them
	Ended    bool     `json:"ended,omitzero"` // out of support
}

// Side is one of the two roads.
type Side struct {
	Steps       int `json:"steps"`
	LeastDrains int `json:"leastDrains,omitzero"`
	MostDrains  int `json:"mostDrains,omitzero"`
	// BackDays is how long a provider takes a hop back; 0: only a restore goes back.
	BackDays int `json:"backDays,omitzero"`
}

// Moved is something that has to move, with how many there are.
type Moved struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

// Start is one container whose start a probe guards: all that a simulation of another recovery time needs.
type Start struct {
	Name        string         `json:"name"` // as the tables name it
	Kind        string         `json:"kind,omitzero"`
	Workload    string         `json:"workload"` // namespace/name
	Guard       probe.Guard    `json:"guard"`
	Probe       probe.Figures  `json:"probe"`              // of the guard
	Liveness    *probe.Figures `json:"liveness,omitzero"`  // nil without one
	Readiness   *probe.Figures `json:"readiness,omitzero"` // nil without one
	StopSeconds int64          `json:"stopSeconds,omitzero"`
	LowSeconds  int64          `json:"lowSeconds,omitzero"` // of the recovery time; 0: not known
	HighSeconds int64          `json:"highSeconds,omitzero"`
	Source      string         `json:"source,omitzero"` // of the recovery time
}

// Memory is one JVM's plan, in bytes.
type Memory struct {
	Name         string       `json:"name"`
	Parts        []MemoryPart `json:"parts"` // heap first; their sum is the plan
	LimitBytes   *int64       `json:"limitBytes,omitzero"`
	RequestBytes *int64       `json:"requestBytes,omitzero"`
}

// MemoryPart is a part of a plan.
type MemoryPart struct {
	Part    string `json:"part"` // heap, classes, code, stacks, buffers, collector
	Name    string `json:"name"`
	Bytes   int64  `json:"bytes"`
	Bounded bool   `json:"bounded,omitzero"` // an option bounds it; else it is assumed
}

// Flood is one node's connection table at the declared peak, from an empty table on.
type Flood struct {
	Name      string       `json:"name"`
	Arrivals  int64        `json:"arrivalsPerSecond"`
	Max       int64        `json:"maxEntries"` // 0: not known
	Lifetimes []FloodState `json:"lifetimes"`  // from the shortest to the longest: what lies between is not known
}

// FloodState is how long entries stay if all connections end in one way.
type FloodState struct {
	Words     string `json:"words"`
	Seconds   int64  `json:"seconds"`
	FullAfter *int64 `json:"fullAfterSeconds,omitzero"` // nil: never
}

// Curve is the use of one range over time.
type Curve struct {
	Name    string       `json:"name"`
	Size    int64        `json:"size"`
	Points  []CurvePoint `json:"points"`           // from old to new; the last is now
	PerMile int64        `json:"perMile,omitzero"` // growth in thousandths in 30 days
	FillsOn string       `json:"fillsOn,omitzero"` // YYYY-MM-DD; empty where it does not fill within ten years
	Grows   string       `json:"grows"`            // when it is full, in words, or why that is not known
}

// CurvePoint is a count on a day.
type CurvePoint struct {
	Day   string `json:"day,omitzero"` // YYYY-MM-DD; empty: the snapshot's
	Count int64  `json:"count"`
}
