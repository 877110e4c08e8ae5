package snapshot

import "time"

// APIUse says how one API is used. The grounds prove different things and are kept apart: a count of nil was not looked at.
//
// Over manifests there is one for each object of the files, with Object, and the grounds are nil.
type APIUse struct {
	Group         string   `json:"group,omitzero"` // empty: core
	Version       string   `json:"version"`
	Resource      string   `json:"resource,omitzero"`      // plural, where it is known
	ObjectKind    string   `json:"objectKind,omitzero"`    // where it is known
	Object        *Ref     `json:"object,omitzero"`        // the one object of a file
	Requested     *bool    `json:"requested,omitzero"`     // by the API server's own metric, since it started
	LastApplied   *int     `json:"lastApplied,omitzero"`   // objects whose last-applied configuration has this version
	ManagedFields *int     `json:"managedFields,omitzero"` // objects with an entry of this version
	HelmManifest  *int     `json:"helmManifest,omitzero"`  // objects of release manifests
	Objects       []Ref    `json:"objects,omitzero"`       // the first of them
	Managers      []string `json:"managers,omitzero"`      // field managers that wrote in this version
}

// CRD is a CustomResourceDefinition.
type CRD struct {
	Name           string   `json:"name"`
	Place          Place    `json:"place,omitzero"`
	APIVersion     string   `json:"apiVersion,omitzero"` // over manifests: as written
	LastAppliedAPI string   `json:"lastAppliedApiVersion,omitzero"`
	Group          string   `json:"group"`
	ResourceKind   string   `json:"resourceKind,omitzero"`
	Served         []string `json:"served,omitzero"`
	Stored         []string `json:"stored,omitzero"`  // status.storedVersions
	Storage        string   `json:"storage,omitzero"` // the version that new objects are stored in
	Conversion     string   `json:"conversion,omitzero"`
}

// EventSummary counts the events of one reason about one workload in the hour before the snapshot. An event says no more than its
// reason and, for probes, which kind of probe: the message does not leave the cluster.
type EventSummary struct {
	Reason    string     `json:"reason"`          // Unhealthy, Killing, BackOff, FailedScheduling, OOMKilling …
	Probe     string     `json:"probe,omitzero"`  // liveness, readiness, startup; a readiness failure is no kill
	Object    *Ref       `json:"object,omitzero"` // the workload; nil where it is none
	Container string     `json:"container,omitzero"`
	Count     int        `json:"count"`
	First     *time.Time `json:"first,omitzero"`
	Last      *time.Time `json:"last,omitzero"`
}

func (APIUse) RecordKind() Kind       { return KindAPIUse }
func (CRD) RecordKind() Kind          { return KindCRD }
func (EventSummary) RecordKind() Kind { return KindEventSummary }
