package whatif

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// editWorkload carries out a patch of a controller or a naked pod. What its pods did under the old template is forgotten with it:
// new pods have ended nothing yet.
func (w *world) editWorkload(o object, original *snapshot.Workload) error {
	r := edited(w, original, deepWorkload)
	replicas := replicasOf(r)
	p := &workloadPatch{world: w, workload: r, original: original}
	pod := p.podSpec
	spec := fields{
		"replicas": setIntPointer(&r.Replicas), "revisionHistoryLimit": setIntPointer(&r.RevisionHistoryLimit),
		"minReadySeconds": setInt(&r.MinReadySeconds, 0), "paused": setBool(&r.Paused), "suspend": setBool(&r.Suspended),
		"podManagementPolicy": setText(&r.PodManagement), "strategy": p.strategy, "updateStrategy": p.strategy, "progressDeadlineSeconds": nil,
		"template": p.template,
		"jobTemplate": func(value any) error {
			return fields{"spec": func(value any) error { return fields{"template": p.template}.read(value) }}.read(value)
		},
	}
	top := fields{"spec": spec.read}
	if r.Kind == "Pod" {
		top["spec"] = func(value any) error { p.pods = true; return pod(value) }
	}
	if err := p.metadata(o.metadata); err != nil {
		return fmt.Errorf("metadata: %w", err)
	}
	if err := top.read(o.fields); err != nil {
		return err
	}
	if p.pods {
		w.renewPods(original, p.images)
	}
	if after := replicasOf(r); after != replicas {
		w.scale(original, after-replicas)
	}
	return nil
}

func replicasOf(r *snapshot.Workload) int {
	if r.Replicas == nil {
		return 1
	}
	return *r.Replicas
}

// workloadPatch is the carrying out of one patch on one workload.
type workloadPatch struct {
	world              *world
	workload, original *snapshot.Workload
	pods               bool     // the template changed: new pods
	images             []string // containers whose image changed
}

// versionLabels are the labels by which a workload tells its version; the snapshot keeps the fact that there is one.
var versionLabels = []string{"app.kubernetes.io/version", "version", "helm.sh/chart"}

func (p *workloadPatch) metadata(metadata map[string]any) error {
	return fields{"name": nil, "namespace": nil, "labels": p.labels, "annotations": p.annotations}.read(metadata)
}

func (p *workloadPatch) labels(value any) error {
	return entries(value, func(key string, text *string) {
		if text != nil && *text != "" && (slices.Contains(versionLabels, key) || strings.HasSuffix(key, "/version")) {
			p.workload.VersionLabel = true
		}
		setEntry(&p.workload.Labels, key, text)
	})
}

// commitAnnotations are the documented keys that name a commit.
var commitAnnotations = []string{"org.opencontainers.image.revision", "app.quarkus.io/commit-id", "app.openshift.io/vcs-ref"}

func (p *workloadPatch) annotations(value any) error {
	return entries(value, func(key string, text *string) {
		if text != nil && *text != "" && slices.Contains(commitAnnotations, key) {
			p.workload.VersionLabel = true
		}
		setEntry(&p.workload.Annotations, key, text)
	})
}

func entries(value any, set func(key string, text *string)) error {
	tree, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("want a mapping, got %T", value)
	}
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		switch text := tree[key].(type) {
		case nil:
			set(key, nil)
		case string:
			set(key, &text)
		default:
			return fmt.Errorf("%s: want text, got %T", key, text)
		}
	}
	return nil
}

func setEntry(into *map[string]string, key string, text *string) {
	if text == nil {
		delete(*into, key)
		return
	}
	if *into == nil {
		*into = map[string]string{}
	}
	(*into)[key] = *text
}

func (p *workloadPatch) strategy(value any) error {
	if value == nil {
		return errors.New("taking the whole strategy away is not carried out here")
	}
	r := p.workload
	before := r.Strategy
	err := fields{
		"type": setText(&r.Strategy),
		"rollingUpdate": func(value any) error {
			if value == nil {
				r.MaxUnavailable, r.MaxSurge = "", ""
				return nil
			}
			return fields{
				"maxUnavailable": setText(&r.MaxUnavailable), "maxSurge": setText(&r.MaxSurge), "partition": setIntPointer(&r.UpdatePartition),
			}.read(value)
		},
	}.read(value)
	if before != r.Strategy && r.Strategy == "RollingUpdate" && r.Kind == "Deployment" {
		r.MaxUnavailable, r.MaxSurge = orDefault(r.MaxUnavailable, "25%"), orDefault(r.MaxSurge, "25%")
	}
	return err
}

func orDefault(text, byDefault string) string {
	if text == "" {
		return byDefault
	}
	return text
}

func (p *workloadPatch) template(value any) error {
	return fields{"metadata": func(value any) error {
		p.pods = true
		return fields{"labels": p.labels, "annotations": p.annotations}.read(value)
	}, "spec": func(value any) error {
		p.pods = true
		return p.podSpec(value)
	}}.read(value)
}

func (p *workloadPatch) podSpec(value any) error {
	r := p.workload
	return fields{
		"containers": p.containers, "initContainers": p.containers, "terminationGracePeriodSeconds": setInt64Pointer(&r.GraceSeconds),
		"hostNetwork": setBool(&r.HostNetwork), "restartPolicy": setText(&r.RestartPolicy), "topologySpreadConstraints": p.spread, "volumes": p.volumes,
		"affinity": func(value any) error { return fields{"podAntiAffinity": p.antiAffinity}.read(value) },
	}.read(value)
}

// spread adds topology keys. Where the pods will then stand is not known until they run.
func (p *workloadPatch) spread(value any) error {
	return eachItem(value, func(item map[string]any) error {
		key, ok := item["topologyKey"].(string)
		if !ok {
			return errors.New("a spread rule without a topologyKey")
		}
		p.keepApart(key)
		return nil
	})
}

func (p *workloadPatch) antiAffinity(value any) error {
	return fields{
		"requiredDuringSchedulingIgnoredDuringExecution": p.spread,
		"preferredDuringSchedulingIgnoredDuringExecution": func(value any) error {
			return eachItem(value, func(item map[string]any) error {
				return fields{"weight": nil, "podAffinityTerm": func(value any) error { return p.spread([]any{value}) }}.read(item)
			})
		},
	}.read(value)
}

func (p *workloadPatch) keepApart(topologyKey string) {
	if !slices.Contains(p.workload.SpreadKeys, topologyKey) {
		p.workload.SpreadKeys = append(p.workload.SpreadKeys, topologyKey)
		slices.Sort(p.workload.SpreadKeys)
	}
	p.world.eachPods(p.original, func(pods *snapshot.WorkloadPods) {
		switch topologyKey {
		case "kubernetes.io/hostname":
			pods.Nodes = spreadOut(pods.Nodes, pods.Total)
		case "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone":
			pods.Zones = spreadOut(pods.Zones, pods.Total)
		}
	})
}

// spreadOut forgets where pods stood together: the scheduler places them anew, and where is not known.
func spreadOut(shares []snapshot.Share, pods int) []snapshot.Share {
	if len(shares) == 1 && pods > 1 {
		return nil
	}
	return shares
}

// eachPods edits what is known of the workload's pods. Over manifests nothing is.
func (w *world) eachPods(original *snapshot.Workload, do func(*snapshot.WorkloadPods)) {
	if of := w.joined(original); of != nil && of.Pods != nil {
		do(edited(w, of.Pods, deepPods))
	}
}

// renewPods is a rollout: the old pods' ends, restarts and events go with them, and so do the image ids of changed images.
func (w *world) renewPods(original *snapshot.Workload, images []string) {
	w.eachPods(original, func(pods *snapshot.WorkloadPods) {
		pods.Terminations, pods.Restarts = nil, 0
		pods.Images = slices.DeleteFunc(pods.Images, func(i snapshot.PodImage) bool { return slices.Contains(images, i.Container) })
	})
	if of := w.joined(original); of != nil {
		for _, event := range of.Events {
			edited(w, event.EventSummary, shallow).Object = nil
		}
	}
}

// scale adds pods, ready ones: where they will stand is not known, and the budgets over them count them.
func (w *world) scale(original *snapshot.Workload, more int) {
	r := edited(w, original, deepWorkload)
	if r.ReadyReplicas != nil {
		ready := max(0, *r.ReadyReplicas+more)
		r.ReadyReplicas = &ready
	}
	w.eachPods(original, func(pods *snapshot.WorkloadPods) {
		pods.Total, pods.Ready = max(0, pods.Total+more), max(0, pods.Ready+more)
		pods.Nodes, pods.Zones = nil, nil
	})
	of := w.joined(original)
	if of == nil {
		return
	}
	for _, budget := range of.Budgets {
		b := edited(w, budget.DisruptionBudget, deepBudget)
		b.ExpectedPods, b.HealthyPods = plus(b.ExpectedPods, more), plus(b.HealthyPods, more)
		settleBudget(b)
	}
}

func plus(n *int, more int) *int {
	if n == nil {
		return nil
	}
	sum := max(0, *n+more)
	return &sum
}

// workloadsOf are the workloads that a finding's subject names.
func (w *world) workloadsOf(kind, namespace, name, file string) []*facts.Workload {
	var found []*facts.Workload
	for _, of := range w.base.Workloads {
		if of.Kind == kind && of.Namespace == namespace && of.Name == name && (file == "" || of.Place.File == file) {
			found = append(found, of)
		}
	}
	return found
}
