package kube

import (
	"cmp"
	"slices"
	"strings"

	"plimsoll/assessments/snapshot"
)

// Saved is what is read of an object that saves state: a Backup or Schedule of Velero, or a VolumeSnapshot.
type Saved struct {
	Object
	Spec struct {
		Paused bool `json:"paused"` // Schedule
	} `json:"spec"`
	Status struct {
		Phase     string  `json:"phase"`
		Completed Time    `json:"completionTimestamp"` // Backup
		Created   Time    `json:"creationTime"`        // VolumeSnapshot
		Ready     *bool   `json:"readyToUse"`          // VolumeSnapshot
		Error     Present `json:"error"`               // VolumeSnapshot
	} `json:"status"`
}

// savedTools are the kinds that save state, with the tool that each is of.
var savedTools = map[[2]string]string{
	{"velero.io", "Backup"}:                       "velero",
	{"velero.io", "Schedule"}:                     "velero",
	{"snapshot.storage.k8s.io", "VolumeSnapshot"}: "csi-snapshots",
}

// IsSaved reports whether a type is one that saves state.
func IsSaved(t TypeMeta) bool { return savedTools[[2]string{t.Group(), t.Kind}] != "" }

// Backups sums up what saves state, by kind.
type Backups struct {
	byKind map[[2]string]*snapshot.Backup
}

func (b *Backups) of(tool, kind string) *snapshot.Backup {
	key := [2]string{tool, kind}
	if b.byKind == nil {
		b.byKind = map[[2]string]*snapshot.Backup{}
	}
	if b.byKind[key] == nil {
		b.byKind[key] = &snapshot.Backup{Tool: tool, ObjectKind: kind}
	}
	return b.byKind[key]
}

// Add counts one object. A backup that saved only a part of what it should counts as failed.
func (b *Backups) Add(s *Saved) {
	sum := b.of(savedTools[[2]string{s.Group(), s.Kind}], s.Kind)
	sum.Count++
	if s.Spec.Paused {
		sum.Paused++
	}
	switch {
	case s.Kind == "Backup" && s.Status.Phase == "Completed":
		succeed(sum, s.Status.Completed)
	case s.Kind == "VolumeSnapshot" && s.Status.Ready != nil && *s.Status.Ready:
		succeed(sum, s.Status.Created)
	case strings.Contains(s.Status.Phase, "Failed"), bool(s.Status.Error):
		sum.Failed++
	}
}

// AddCronJob counts a CronJob that saves etcd; others are left.
func (b *Backups) AddCronJob(w *Workload) {
	if w.Kind != "CronJob" || !savesEtcd(&w.Template().Spec) {
		return
	}
	sum := b.of("etcd", w.Kind)
	sum.Count++
	if w.Spec.Suspend {
		sum.Paused++
	}
	succeed(sum, w.Status.LastSuccess)
}

func succeed(sum *snapshot.Backup, at Time) {
	if t := at.Pointer(); t != nil && (sum.LastSuccess == nil || t.After(*sum.LastSuccess)) {
		sum.LastSuccess = t
	}
}

// etcdSavers are words of commands and parts of image names that only a job which saves etcd has.
var etcdSavers = []string{"etcdctl", "etcdutl", "etcdbrctl", "etcd-snapshot", "etcd-backup"}

func savesEtcd(spec *PodSpec) bool {
	for i := range spec.Containers {
		c := &spec.Containers[i]
		for _, text := range slices.Concat([]string{c.Image}, c.Command, c.Args) {
			if slices.ContainsFunc(etcdSavers, func(word string) bool { return strings.Contains(text, word) }) {
				return true
			}
		}
	}
	return false
}

// Records gives the sums in the order of tools and kinds.
func (b *Backups) Records() []snapshot.Backup {
	out := make([]snapshot.Backup, 0, len(b.byKind))
	for _, sum := range b.byKind {
		out = append(out, *sum)
	}
	slices.SortFunc(out, func(x, y snapshot.Backup) int {
		return cmp.Or(cmp.Compare(x.Tool, y.Tool), cmp.Compare(x.ObjectKind, y.ObjectKind))
	})
	return out
}
