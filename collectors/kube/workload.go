package kube

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"plimsoll/assessments/snapshot"
)

// maxWriters bounds how many entries of managedFields are kept.
const maxWriters = 20

// WorkloadRecord turns a controller into its record, with the API's defaults. Status fields are set only where the object carries
// a status, as in a cluster. OwnerKind is the direct controller's kind: whoever knows its owners may raise it.
func WorkloadRecord(w *Workload) snapshot.Workload {
	template := w.Template()
	record := workloadRecord(w.TypeMeta, &w.Meta, &template.Meta, &template.Spec)
	record.MinReadySeconds = int(max(w.Spec.MinReadySeconds.Value, 0))
	record.RevisionHistoryLimit = nonNegative(w.Spec.RevisionHistoryLimit.Pointer())
	switch w.Kind {
	case "Deployment", "StatefulSet", "ReplicaSet", "ReplicationController":
		record.Replicas = nonNegative(w.Spec.Replicas.PointerOr(1))
	}
	if w.Kind == "StatefulSet" {
		record.Volumes = append(record.Volumes, claimTemplates(w)...)
		record.PodManagement = orDefault(w.Spec.PodManagement, "OrderedReady")
	}
	record.Paused, record.Suspended = w.Spec.Paused, w.Spec.Suspend
	record.Selector = w.Spec.Selector.known(&w.Meta)
	setStrategy(&record, w)
	setStatus(&record, w)
	return record
}

// PodWorkloadRecord turns a naked pod into its record.
func PodWorkloadRecord(p *Pod) snapshot.Workload {
	record := workloadRecord(p.TypeMeta, &p.Meta, &p.Meta, &p.Spec)
	record.Mirror = p.Meta.Annotations[annotationMirror] != ""
	record.Finished = p.Status.Phase == "Succeeded" || p.Status.Phase == "Failed"
	return record
}

func workloadRecord(t TypeMeta, m, template *Meta, spec *PodSpec) snapshot.Workload {
	record := snapshot.Workload{
		UID: m.UID, APIVersion: t.APIVersion, Kind: t.Kind, Namespace: m.NamespaceOrDefault(), Name: m.DisplayName(), CreatedAt: m.CreatedAt.Pointer(),
		Annotations:  copyAllowed(workloadAnnotations(), template.Annotations, m.Annotations),
		Labels:       copyAllowed(workloadLabels(), template.Labels, m.Labels),
		VersionLabel: hasVersionLabel(m, template), HelmRelease: helmRelease(m), ManagedBy: managedBy(m),
		HelmHook: m.Annotations[annotationHelmHook] != "", HostNetwork: spec.HostNetwork, RestartPolicy: spec.RestartPolicy,
		PodLevelResources: spec.Resources != nil && *spec.Resources != (Resources{}), SpreadKeys: spreadKeys(spec),
		Containers: containersOf(spec), Volumes: volumesOf(spec), LastAppliedAPI: lastAppliedAPI(m),
	}
	if owner := m.Controller(); owner != nil && controlledByResource(m) {
		record.OwnerKind = owner.Kind
	}
	if n := spec.GraceSeconds; n.Set && n.Value >= 0 {
		record.GraceSeconds = new(n.Value)
	}
	setWriters(&record, m)
	return record
}

func nonNegative(n *int) *int {
	if n != nil && *n < 0 {
		return nil
	}
	return n
}

func setWriters(record *snapshot.Workload, m *Meta) {
	for _, f := range m.ManagedFields {
		if f.Subresource != "" || len(f.Manager) > maxCopied {
			continue
		}
		if f.Operation == "Apply" || strings.HasSuffix(f.Manager, "client-side-apply") {
			record.ApplyManagers = append(record.ApplyManagers, f.Manager)
		}
		if len(record.Writers) < maxWriters {
			record.Writers = append(record.Writers, snapshot.FieldManager{Manager: f.Manager, Operation: f.Operation, APIVersion: f.APIVersion, At: f.Time.Pointer()})
		}
	}
	slices.Sort(record.ApplyManagers)
	record.ApplyManagers = slices.Compact(record.ApplyManagers)
}

// lastAppliedAPI reads the apiVersion of what kubectl applied last, and nothing else of it.
func lastAppliedAPI(m *Meta) string {
	text := m.Annotations[annotationLastApplied]
	if text == "" {
		return ""
	}
	var applied TypeMeta
	if err := json.Unmarshal([]byte(text), &applied); err != nil || len(applied.APIVersion) > maxCopied {
		return ""
	}
	return applied.APIVersion
}

func spreadKeys(spec *PodSpec) []string {
	var keys []string
	for _, c := range spec.Spread {
		keys = append(keys, c.TopologyKey)
	}
	if spec.Affinity != nil && spec.Affinity.PodAntiAffinity != nil {
		for _, c := range spec.Affinity.PodAntiAffinity.Required {
			keys = append(keys, c.TopologyKey)
		}
		for _, c := range spec.Affinity.PodAntiAffinity.Preferred {
			keys = append(keys, c.Term.TopologyKey)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// setStrategy applies the defaults of the kind and its API version: the old groups replaced DaemonSets and StatefulSets only when
// their pods were deleted by hand.
func setStrategy(record *snapshot.Workload, w *Workload) {
	strategy := w.Spec.UpdateStrategy
	unavailable, surge, kind := "", "", "RollingUpdate"
	switch w.Kind {
	case "Deployment":
		strategy = w.Spec.Strategy
		unavailable, surge = "25%", "25%"
		if w.APIVersion == "extensions/v1beta1" || w.APIVersion == "apps/v1beta1" {
			unavailable, surge = "1", "1"
		}
	case "DaemonSet":
		unavailable, surge = "1", "0"
		if w.APIVersion == "extensions/v1beta1" {
			kind = "OnDelete"
		}
	case "StatefulSet":
		unavailable = "1"
		if w.APIVersion == "apps/v1beta1" {
			kind = "OnDelete"
		}
	default:
		return
	}
	if strategy != nil && strategy.Type != "" {
		kind = strategy.Type
	}
	if record.Strategy = kind; kind != "RollingUpdate" {
		return
	}
	if strategy != nil && strategy.RollingUpdate != nil {
		unavailable = orDefault(strategy.RollingUpdate.MaxUnavailable.Text, unavailable)
		surge = orDefault(strategy.RollingUpdate.MaxSurge.Text, surge)
	}
	record.MaxUnavailable, record.MaxSurge = unavailable, surge
	if w.Kind == "StatefulSet" && strategy != nil && strategy.RollingUpdate != nil {
		record.UpdatePartition = nonNegative(strategy.RollingUpdate.Partition.Pointer())
	}
}

func setStatus(record *snapshot.Workload, w *Workload) {
	status := &w.Status
	for _, c := range status.Conditions {
		switch {
		case w.Kind == "Job" && (c.Type == "Complete" || c.Type == "Failed") && c.Status == "True":
			record.Finished = true
		case w.Kind == "Deployment" && c.Type == "Progressing":
			record.ProgressDeadlineHit = new(c.Reason == "ProgressDeadlineExceeded")
		}
	}
	if !status.ObservedGeneration.Set {
		return
	}
	behind := status.ObservedGeneration.Value < w.Meta.Generation.Value
	switch w.Kind {
	case "Deployment":
		wanted := w.Spec.Replicas.Or(1)
		behind = behind || status.UpdatedReplicas.Value < wanted || status.Replicas.Value > status.UpdatedReplicas.Value
		record.ReadyReplicas = new(int(max(status.ReadyReplicas.Value, 0)))
	case "StatefulSet":
		behind = behind || status.UpdateRevision != "" && status.CurrentRevision != status.UpdateRevision
		record.ReadyReplicas = new(int(max(status.ReadyReplicas.Value, 0)))
	case "DaemonSet":
		behind = behind || status.UpdatedScheduled.Value < status.DesiredScheduled.Value
		record.ReadyReplicas = new(int(max(status.NumberReady.Value, 0)))
	case "ReplicaSet", "ReplicationController":
		record.ReadyReplicas = new(int(max(status.ReadyReplicas.Value, 0)))
	default:
		return
	}
	record.RolloutUnderWay = new(behind)
}
