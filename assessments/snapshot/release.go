package snapshot

import "time"

// Release is a revision of a Helm release, told by labels and metadata alone; or an Argo CD Application, a Flux HelmRelease or a
// Flux Kustomization as it stands, of which there is one record each.
type Release struct {
	ObjectKind   string     `json:"releaseKind,omitzero"` // Application, HelmRelease, Kustomization; empty: a revision in Helm's own storage
	APIVersion   string     `json:"apiVersion,omitzero"`  // of the object
	Place        Place      `json:"place,omitzero"`
	Namespace    string     `json:"namespace"`
	Name         string     `json:"name"`
	Tool         string     `json:"tool"` // helm, argocd, flux
	Revision     int        `json:"revision,omitzero"`
	Status       string     `json:"status,omitzero"` // of Helm, as it writes it; of Argo CD the phase of the last operation: Succeeded, Failed, Error, Running
	Chart        string     `json:"chart,omitzero"`
	ChartVersion string     `json:"chartVersion,omitzero"`
	AppVersion   string     `json:"appVersion,omitzero"`
	UpdatedAt    *time.Time `json:"updatedAt,omitzero"`
	Suspended    bool       `json:"suspended,omitzero"`
	// HelmRelease names the release in Helm's storage that a HelmRelease makes, as namespace/name.
	HelmRelease     string     `json:"helmRelease,omitzero"`
	TargetNamespace string     `json:"targetNamespace,omitzero"` // that an Application or HelmRelease deploys into
	Ready           string     `json:"ready,omitzero"`           // of Flux, the condition Ready: True, False, Unknown
	ReadyReason     string     `json:"readyReason,omitzero"`     // the condition's reason, one word
	ReadySince      *time.Time `json:"readySince,omitzero"`
	Sync            string     `json:"sync,omitzero"`   // of Argo CD: Synced, OutOfSync, Unknown
	Health          string     `json:"health,omitzero"` // of Argo CD: Healthy, Degraded, Progressing, Missing, Suspended, Unknown
	// Images are references as the release's manifest holds them; with the three hashes they are known where the release's own
	// Secret was read (--helm-history) or a repository holds the chart. Argo CD lists the images in its own status.
	Images          []string `json:"images,omitzero"`
	TemplatesHash   string   `json:"templatesHash,omitzero"`
	ChartValuesHash string   `json:"chartValuesHash,omitzero"`
	UserValuesHash  string   `json:"userValuesHash,omitzero"`
}

func (Release) RecordKind() Kind { return KindRelease }
