package snapshot

import "time"

// Workload is a controller with its pod template, or a naked pod.
type Workload struct {
	UID                  string            `json:"uid,omitzero"`
	APIVersion           string            `json:"apiVersion,omitzero"`
	Kind                 string            `json:"workloadKind"`       // Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob, Pod
	OwnerKind            string            `json:"ownerKind,omitzero"` // kind of the top-most owner, where it is no workload itself (an operator's resource)
	Namespace            string            `json:"namespace"`
	Name                 string            `json:"name"`
	Place                Place             `json:"place,omitzero"`
	CreatedAt            *time.Time        `json:"createdAt,omitzero"`
	Annotations          map[string]string `json:"annotations,omitzero"`  // documented keys only: plimsoll.dev/…, commit annotations
	Labels               map[string]string `json:"labels,omitzero"`       // documented keys only: app.kubernetes.io/…, helm.sh/chart
	VersionLabel         bool              `json:"versionLabel,omitzero"` // a non-empty version label or commit annotation by any of the documented spellings
	HelmRelease          string            `json:"helmRelease,omitzero"`
	ManagedBy            string            `json:"managedBy,omitzero"`     // what it is traceable to: helm, argocd, flux, kustomize, operator
	ApplyManagers        []string          `json:"applyManagers,omitzero"` // managers of server-side or client-side apply
	Replicas             *int              `json:"replicas,omitzero"`      // spec, nil where the kind has none; the API's default (1) is applied
	ReadyReplicas        *int              `json:"readyReplicas,omitzero"`
	RolloutUnderWay      *bool             `json:"rolloutUnderWay,omitzero"`
	ProgressDeadlineHit  *bool             `json:"progressDeadlineExceeded,omitzero"`
	Strategy             string            `json:"strategy,omitzero"`       // RollingUpdate, Recreate, OnDelete
	MaxUnavailable       string            `json:"maxUnavailable,omitzero"` // as written: "1", "25%"
	MaxSurge             string            `json:"maxSurge,omitzero"`
	RevisionHistoryLimit *int              `json:"revisionHistoryLimit,omitzero"`
	RevisionsKept        *int              `json:"revisionsKept,omitzero"`
	MinReadySeconds      int               `json:"minReadySeconds,omitzero"`
	GraceSeconds         *int64            `json:"terminationGraceSeconds,omitzero"`
	HostNetwork          bool              `json:"hostNetwork,omitzero"`
	RestartPolicy        string            `json:"restartPolicy,omitzero"`
	Mirror               bool              `json:"mirror,omitzero"`   // a static pod's mirror
	Finished             bool              `json:"finished,omitzero"` // a pod or job that has ended
	HelmHook             bool              `json:"helmHook,omitzero"`
	PodLevelResources    bool              `json:"podLevelResources,omitzero"`
	SpreadKeys           []string          `json:"spreadKeys,omitzero"` // topology keys of spread rules and anti-affinities
	Selector             map[string]string `json:"selector,omitzero"`   // of its pods, whole, where documented labels and its own name make it up; else absent
	Paused               bool              `json:"paused,omitzero"`
	UpdatePartition      *int              `json:"updatePartition,omitzero"`     // of a StatefulSet's rolling update
	PodManagement        string            `json:"podManagementPolicy,omitzero"` // of a StatefulSet: OrderedReady, Parallel
	Suspended            bool              `json:"suspended,omitzero"`           // of a Job or CronJob
	Containers           []Container       `json:"containers,omitzero"`
	Volumes              []Volume          `json:"volumes,omitzero"`
	LastAppliedAPI       string            `json:"lastAppliedApiVersion,omitzero"`
	Writers              []FieldManager    `json:"writers,omitzero"`
}

// FieldManager is one entry of managedFields: who wrote, how, by which version, when. Never what.
type FieldManager struct {
	Manager    string     `json:"manager"`
	Operation  string     `json:"operation,omitzero"`
	APIVersion string     `json:"apiVersion,omitzero"`
	At         *time.Time `json:"at,omitzero"`
}

// Volume is a volume by its class.
type Volume struct {
	Name         string   `json:"name"`
	Class        string   `json:"class"`                 // hostPath, emptyDir, claim, configMap, secret, csi, inTree, other
	HostPath     string   `json:"hostPath,omitzero"`     // for hostPath: the path class (state, host) and nothing else
	ReadOnly     bool     `json:"readOnly,omitzero"`     // no container mounts it writable
	Claim        string   `json:"claim,omitzero"`        // name of the claim, or of the claim template that makes one for each pod
	Template     bool     `json:"template,omitzero"`     // Claim names a template (of a StatefulSet, or ephemeral)
	Claims       []string `json:"claims,omitzero"`       // of a template, where names are pseudonyms: the claims that it makes, in the order of their pods
	StorageClass string   `json:"storageClass,omitzero"` // of a template; empty: the default class
	Driver       string   `json:"driver,omitzero"`       // of csi: the driver's name; of inTree: the field's name (awsElasticBlockStore)
}

func (Workload) RecordKind() Kind { return KindWorkload }
