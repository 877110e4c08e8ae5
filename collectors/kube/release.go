package kube

import (
	"regexp"

	"plimsoll/assessments/snapshot"
)

// releaseGroups are the groups of the kinds that say what is delivered. Kustomize's own file has the kind Kustomization too, in another group.
var releaseGroups = map[string]string{
	"Application":   "argoproj.io",
	"HelmRelease":   "helm.toolkit.fluxcd.io",
	"Kustomization": "kustomize.toolkit.fluxcd.io",
}

// IsRelease reports whether a type is an application of Argo CD, or a HelmRelease or Kustomization of Flux.
func IsRelease(t TypeMeta) bool { return releaseGroups[t.Kind] == t.Group() && t.Group() != "" }

// Application is an Argo CD Application: where its source is and how it stands. Values and parameters are not read.
type Application struct {
	Object
	Spec struct {
		Source      *applicationSource  `json:"source"`
		Sources     []applicationSource `json:"sources"`
		Destination struct {
			Namespace string `json:"namespace"`
		} `json:"destination"`
	} `json:"spec"`
	Status struct {
		Sync struct {
			Status    string   `json:"status"`
			Revision  string   `json:"revision"`
			Revisions []string `json:"revisions"`
		} `json:"sync"`
		Health struct {
			Status string `json:"status"`
		} `json:"health"`
		Operation struct {
			Phase      string `json:"phase"`
			FinishedAt Time   `json:"finishedAt"`
		} `json:"operationState"`
		Summary struct {
			Images []string `json:"images"`
		} `json:"summary"`
	} `json:"status"`
}

type applicationSource struct {
	Chart          string `json:"chart"`
	TargetRevision string `json:"targetRevision"`
}

// maxReleaseImages bounds the images of one release.
const maxReleaseImages = 64

// ApplicationRecord turns an Application into its record. The version of a chart is the one that was synced, else the one that is asked
// for; of several sources the first chart speaks.
func ApplicationRecord(a *Application) snapshot.Release {
	record := releaseRecord(&a.Object, "argocd")
	record.TargetNamespace = a.Spec.Destination.Namespace
	sources, synced := a.Spec.Sources, a.Status.Sync.Revisions
	if a.Spec.Source != nil && len(sources) == 0 {
		sources, synced = []applicationSource{*a.Spec.Source}, []string{a.Status.Sync.Revision}
	}
	for i, source := range sources {
		if source.Chart == "" {
			continue
		}
		record.Chart, record.ChartVersion = chartName(source.Chart), source.TargetRevision
		if i < len(synced) && synced[i] != "" {
			record.ChartVersion = synced[i]
		}
		break
	}
	record.Status, record.Sync, record.Health = word(a.Status.Operation.Phase), word(a.Status.Sync.Status), word(a.Status.Health.Status)
	record.UpdatedAt = a.Status.Operation.FinishedAt.Pointer()
	if len(a.Status.Summary.Images) <= maxReleaseImages {
		for _, image := range a.Status.Summary.Images {
			record.Images = append(record.Images, withoutCredentials(image))
		}
	}
	return record
}

// HelmRelease is a HelmRelease of Flux: its chart, how it stands, and its history, which tells chart and application version without
// any Secret. Values are not read.
type HelmRelease struct {
	Object
	Spec struct {
		Suspend          bool   `json:"suspend"`
		ReleaseName      string `json:"releaseName"`
		TargetNamespace  string `json:"targetNamespace"`
		StorageNamespace string `json:"storageNamespace"`
		Chart            struct {
			Spec struct {
				Chart   string `json:"chart"`
				Version string `json:"version"`
			} `json:"spec"`
		} `json:"chart"`
	} `json:"spec"`
	Status struct {
		Conditions          []Condition `json:"conditions"`
		LastAppliedRevision string      `json:"lastAppliedRevision"` // before v2: the chart's version
		History             []struct {
			Version      Int    `json:"version"`
			Status       string `json:"status"`
			ChartName    string `json:"chartName"`
			ChartVersion string `json:"chartVersion"`
			AppVersion   string `json:"appVersion"`
			LastDeployed Time   `json:"lastDeployed"`
		} `json:"history"` // the newest first
	} `json:"status"`
}

// HelmReleaseRecord turns a HelmRelease into its record.
func HelmReleaseRecord(h *HelmRelease) snapshot.Release {
	record := releaseRecord(&h.Object, "flux")
	record.Suspended = h.Spec.Suspend
	record.TargetNamespace = orDefault(h.Spec.TargetNamespace, record.Namespace)
	name := h.Spec.ReleaseName
	if name == "" {
		name = record.Name
		if h.Spec.TargetNamespace != "" {
			name = h.Spec.TargetNamespace + "-" + name
		}
	}
	record.HelmRelease = orDefault(h.Spec.StorageNamespace, record.Namespace) + "/" + name
	record.Chart, record.ChartVersion = chartName(h.Spec.Chart.Spec.Chart), h.Spec.Chart.Spec.Version
	setReady(&record, h.Status.Conditions)
	if h.Status.LastAppliedRevision != "" {
		record.ChartVersion = h.Status.LastAppliedRevision
	}
	if len(h.Status.History) > 0 {
		newest := h.Status.History[0]
		record.Revision, record.Status = int(max(newest.Version.Value, 0)), word(newest.Status)
		record.Chart, record.ChartVersion, record.AppVersion = newest.ChartName, newest.ChartVersion, newest.AppVersion
		record.UpdatedAt = newest.LastDeployed.Pointer()
	}
	return record
}

// FluxKustomization is a Kustomization of Flux.
type FluxKustomization struct {
	Object
	Spec struct {
		Suspend         bool   `json:"suspend"`
		TargetNamespace string `json:"targetNamespace"`
	} `json:"spec"`
	Status struct {
		Conditions []Condition `json:"conditions"`
	} `json:"status"`
}

// KustomizationRecord turns a Kustomization into its record.
func KustomizationRecord(k *FluxKustomization) snapshot.Release {
	record := releaseRecord(&k.Object, "flux")
	record.Suspended, record.TargetNamespace = k.Spec.Suspend, k.Spec.TargetNamespace
	setReady(&record, k.Status.Conditions)
	return record
}

func releaseRecord(o *Object, tool string) snapshot.Release {
	return snapshot.Release{ObjectKind: o.Kind, APIVersion: o.APIVersion, Namespace: o.Meta.NamespaceOrDefault(), Name: o.Meta.DisplayName(), Tool: tool}
}

func setReady(record *snapshot.Release, conditions []Condition) {
	for _, c := range conditions {
		if c.Type == "Ready" {
			record.Ready, record.ReadyReason, record.ReadySince = word(c.Status), word(c.Reason), c.Since.Pointer()
		}
	}
}

var (
	oneWord    = regexp.MustCompile(`^[A-Za-z][A-Za-z-]{0,63}$`)
	plainChart = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)
)

// word is a status or a reason, which is one word; anything else stays behind.
func word(text string) string {
	if !oneWord.MatchString(text) {
		return ""
	}
	return text
}

// chartName is the last part of a chart that is named by its path in a repository.
func chartName(chart string) string { return plainChart.FindString(chart) }
