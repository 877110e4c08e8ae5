package snapshot

import "time"

// StorageClass is a class that volumes are made of.
type StorageClass struct {
	Name        string `json:"name"`
	Place       Place  `json:"place,omitzero"`
	Provisioner string `json:"provisioner"`
	Default     bool   `json:"default,omitzero"`
	BindingMode string `json:"bindingMode,omitzero"`
	Expandable  bool   `json:"expandable,omitzero"`
}

// PersistentVolume is a volume of the cluster, by what stands behind it.
type PersistentVolume struct {
	Name           string   `json:"name"`
	Place          Place    `json:"place,omitzero"`
	Class          string   `json:"class,omitzero"`
	Source         string   `json:"volumeSource"`        // csi, local, hostPath, nfs, inTree, other
	Driver         string   `json:"driver,omitzero"`     // of csi: the driver's name; of inTree: the field's name (awsElasticBlockStore)
	MigratedTo     string   `json:"migratedTo,omitzero"` // CSI driver that serves an in-tree volume, by its annotation
	AccessModes    []string `json:"accessModes,omitzero"`
	ClaimNamespace string   `json:"claimNamespace,omitzero"`
	Claim          string   `json:"claim,omitzero"`
	CapacityBytes  *int64   `json:"capacityBytes,omitzero"`
	NodeBound      bool     `json:"nodeBound,omitzero"` // its node affinity names single nodes
	Phase          string   `json:"phase,omitzero"`
}

// VolumeClaim is what a workload asks of storage.
type VolumeClaim struct {
	Namespace    string   `json:"namespace"`
	Name         string   `json:"name"`
	Place        Place    `json:"place,omitzero"`
	Class        *string  `json:"class,omitzero"` // nil: the default class
	Volume       string   `json:"volume,omitzero"`
	AccessModes  []string `json:"accessModes,omitzero"`
	RequestBytes *int64   `json:"requestBytes,omitzero"`
	Phase        string   `json:"phase,omitzero"`
}

// Backup sums up the objects of one kind that save state. Their absence proves nothing.
type Backup struct {
	ObjectKind  string     `json:"backupKind"` // Backup, Schedule (Velero), VolumeSnapshot, CronJob (that saves etcd)
	Tool        string     `json:"tool"`       // velero, csi-snapshots, etcd
	Count       int        `json:"count"`
	Paused      int        `json:"paused,omitzero"`
	Failed      int        `json:"failed,omitzero"`
	LastSuccess *time.Time `json:"lastSuccess,omitzero"`
}

func (StorageClass) RecordKind() Kind     { return KindStorageClass }
func (PersistentVolume) RecordKind() Kind { return KindPersistentVolume }
func (VolumeClaim) RecordKind() Kind      { return KindVolumeClaim }
func (Backup) RecordKind() Kind           { return KindBackup }
