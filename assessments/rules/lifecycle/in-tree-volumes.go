package lifecycle

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
)

var inTreeVolumes = assessments.Rule{
	ID:          "lifecycle/in-tree-volumes",
	SubjectKind: "volume",
	Effort:      assessments.EffortProject,
	Judge:       judgeInTree,
	Text: assessments.Text{
		Title: "No volume uses an in-tree driver that is removed or about to be",
		What: "Persistent volumes, volumes that workloads name inline, and storage classes, of the types whose drivers Kubernetes held itself " +
			"(awsElasticBlockStore, azureDisk, azureFile, cinder, gcePersistentDisk, vsphereVolume, cephfs, rbd, glusterfs …).",
		Why: "Kubernetes has thrown these drivers out one after the other, from 1.22 to 1.31. Behind the minor that removes one its volumes can't be " +
			"mounted any more, unless a CSI driver serves them, and for some there never was one.",
		How: "Fails where a volume's driver is gone in the running minor or anywhere on the way to the newest one (or to `--target-version`), and no " +
			"CSI driver is seen to serve it. A storage class that makes such volumes fails at medium, unless volumes of it are seen to be served by a CSI " +
			"driver. Passes, with a note, where the volume's own annotation names the CSI driver that serves it.\n\n" +
			"Not applicable: volumes of any other type. Unknown: volumes or classes that could not be read, a removal that the reference is not sure of.",
		Evidence: "The type, the minor that removes its driver, and the target.",
		Mend: "Install the CSI driver of the type before the upgrade passes the removal: the volumes then work on without a change, and need the driver " +
			"from then on. Where there is none, copy the data to volumes of a class that has one. New volumes come from a class whose provisioner is " +
			"the CSI driver.",
		Sources: []string{
			"Kubernetes documentation, Volumes, CSI driver migration: https://kubernetes.io/docs/concepts/storage/volumes/#csi-migration",
			"Reference data, in-tree-volumes: each type with its removal and its source",
		},
		DoesNotCatch: "FlexVolumes, iscsi, fc and nfs, which are no cloud's and stay; gitRepo; and whether a CSI driver that is named is healthy.",
	},
}

func judgeInTree(v assessments.View) []assessments.Outcome {
	target, known := farthestMinor(v)
	if !known {
		return []assessments.Outcome{assessments.AboutCluster().Unknown("no newest minor is known at this day")}
	}
	var outcomes []assessments.Outcome
	for _, resource := range []string{"persistentvolumes", "storageclasses"} {
		if reason, unseen := v.Unseen(resource); unseen {
			outcomes = append(outcomes, assessments.AboutCluster().Unknown(rules.Unread(resource, reason)))
			break
		}
	}
	for _, volume := range v.Volumes {
		outcomes = append(outcomes, judgeVolume(volume, target, assessments.AboutVolume(volume)))
	}
	for _, w := range v.Workloads {
		for i := range w.Volumes {
			if w.Volumes[i].Class == "inTree" {
				outcomes = append(outcomes, judgeInline(w, &w.Volumes[i], target, assessments.AboutWorkload(w)))
				break
			}
		}
	}
	for _, class := range v.Classes {
		if row, found := reference.InTreeProvisionerOf(class.Provisioner); found {
			outcomes = append(outcomes, judgeClass(v, class, row, target, assessments.AboutStorageClass(class)))
		}
	}
	return outcomes
}

// farthestMinor is where the way leads, and never behind what runs.
func farthestMinor(v assessments.View) (reference.Minor, bool) {
	target, known := targetMinor(v)
	if v.Cluster != nil && v.Cluster.Version.Known() {
		return max(target, reference.Minor(v.Cluster.Version.Minor)), true
	}
	return target, known
}

func judgeVolume(volume *facts.Volume, target reference.Minor, o assessments.Outcome) assessments.Outcome {
	switch {
	case volume.Source != "inTree":
		return o.NotApplicable("its type is no in-tree driver's (" + volume.Source + ")")
	case volume.MigratedTo != "":
		return o.PassNoted("served by the CSI driver " + volume.MigratedTo + ", which has to stay installed")
	}
	return judgeField(o, volume.Driver, "volume", target)
}

func judgeInline(w *facts.Workload, volume *snapshot.Volume, target reference.Minor, o assessments.Outcome) assessments.Outcome {
	return judgeField(o, volume.Driver, "volume "+volume.Name+" of the "+w.Kind, target)
}

// judgeField judges a type by its field.
func judgeField(o assessments.Outcome, field, what string, target reference.Minor) assessments.Outcome {
	row, found := reference.InTreeVolumeOf(field)
	switch {
	case !found:
		return o.Unknown("when the driver of " + field + " is removed is not in the reference")
	case row.RemovedIn > target:
		return o.Pass()
	case !row.Deducts():
		return o.Unknown(fmt.Sprintf("the removal of %s is in doubt: %s", field, row.Doubt()))
	}
	return o.Fail(assessments.Failure{
		Message:  fmt.Sprintf("Its in-tree driver is gone from Kubernetes %s on: %s", row.RemovedIn, afterRemoval(row)),
		Evidence: []assessments.Evidence{{What: what, Value: field}, removal(row), {What: "target", Value: target.String()}},
		Expected: "a volume that a CSI driver serves",
		Mend:     assessments.Mend{Text: volumeMend(row)},
	})
}

func removal(row reference.InTreeVolume) assessments.Evidence {
	return assessments.Evidence{What: "driver removed in", Value: fmt.Sprintf("%s (%s)", row.RemovedIn, row.Source)}
}

func afterRemoval(row reference.InTreeVolume) string {
	if row.CSI == "" {
		return "it can't be mounted then, and no CSI driver takes over."
	}
	return "it is mounted then only where the CSI driver " + row.CSI + " is installed."
}

func volumeMend(row reference.InTreeVolume) string {
	if row.CSI == "" {
		return fmt.Sprintf("Before %s, copy the data to a volume of a class that a CSI driver serves, and let the workload use that.", row.RemovedIn)
	}
	return fmt.Sprintf("Install the CSI driver %s before the upgrade to %s, and see that volumes are attached through it; then move to volumes that name it themselves.", row.CSI, row.RemovedIn)
}

func judgeClass(v assessments.View, class *snapshot.StorageClass, row reference.InTreeVolume, target reference.Minor, o assessments.Outcome) assessments.Outcome {
	for _, volume := range v.Volumes {
		if volume.PersistentVolume.Class == class.Name && (volume.MigratedTo != "" || volume.Source == "csi") {
			return o.PassNoted("its volumes are served by a CSI driver, which has to stay installed")
		}
	}
	switch {
	case row.RemovedIn > target:
		return o.Pass()
	case !row.Deducts():
		return o.Unknown(fmt.Sprintf("the removal of %s is in doubt: %s", row.Field, row.Doubt()))
	}
	failure := assessments.Failure{
		Severity: assessments.Medium,
		Message:  fmt.Sprintf("It makes volumes of an in-tree driver that is gone from Kubernetes %s on.", row.RemovedIn),
		Evidence: []assessments.Evidence{{What: "provisioner", Value: class.Provisioner}, removal(row), {What: "target", Value: target.String()}},
		Expected: "a class whose provisioner is a CSI driver",
		Mend:     assessments.Mend{Text: "No CSI driver takes this type over: choose another storage, and a class for it."},
	}
	if row.CSI != "" {
		failure.Mend = assessments.Mend{
			Text: "Let the CSI driver " + row.CSI + " make the volumes; its own documentation names its parameters. A provisioner can't be changed in place: " +
				"delete the class and make it anew, which leaves the volumes that there are alone.",
			Patch: patch.Whole("storage.k8s.io/v1", "StorageClass", "", class.Name, patch.Field{Key: "provisioner", Value: row.CSI}),
		}
	}
	return o.Fail(failure)
}
