package snapshot

import "time"

// WorkloadPods sums up the pods of one workload.
type WorkloadPods struct {
	WorkloadKind string         `json:"workloadKind"`
	Namespace    string         `json:"namespace"`
	Name         string         `json:"name"`
	Total        int            `json:"total"`
	Ready        int            `json:"ready"`
	Phases       map[string]int `json:"phases,omitzero"`
	Images       []PodImage     `json:"images,omitzero"`
	ReadyAfter   *Distribution  `json:"readyAfterSeconds,omitzero"`
	Restarts     int64          `json:"restarts,omitzero"`
	Terminations []Termination  `json:"terminations,omitzero"`
	Nodes        []Share        `json:"nodes,omitzero"`
	Zones        []Share        `json:"zones,omitzero"`
	Oldest       *time.Time     `json:"oldest,omitzero"`
	Newest       *time.Time     `json:"newest,omitzero"`
}

// PodImage counts ready pods of one template hash and architecture that run one image id.
type PodImage struct {
	Template     string `json:"template"`
	Architecture string `json:"architecture,omitzero"`
	Container    string `json:"container"`
	Image        string `json:"image"`
	ImageID      string `json:"imageId"` // digest alone
	Pods         int    `json:"pods"`
}

// Distribution of a figure over pods, in the unit that the field's name says. Start times are upper bounds.
type Distribution struct {
	Min    int64 `json:"min"`
	Median int64 `json:"median"`
	P95    int64 `json:"p95"`
	Max    int64 `json:"max"`
	N      int   `json:"n"`
}

// Termination sums up last terminations of one container by reason and exit code.
type Termination struct {
	Container string     `json:"container"`
	Reason    string     `json:"reason"`
	ExitCode  int32      `json:"exitCode"`
	Count     int        `json:"count"`
	Latest    *time.Time `json:"latest,omitzero"`
}

// Share counts pods at one place.
type Share struct {
	Name string `json:"name"`
	Pods int    `json:"pods"`
}

func (WorkloadPods) RecordKind() Kind { return KindWorkloadPods }
