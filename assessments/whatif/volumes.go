package whatif

import (
	"errors"
	"fmt"
	"slices"

	"plimsoll/assessments/snapshot"
)

// volumeSources are the sources of a volume with their class in the snapshot.
var volumeSources = map[string]string{
	"hostPath": "hostPath", "emptyDir": "emptyDir", "persistentVolumeClaim": "claim", "configMap": "configMap", "secret": "secret", "csi": "csi",
}

// volumes merges volumes by their names. One source takes the place of another; data does not move by itself.
func (p *workloadPatch) volumes(value any) error {
	return eachItem(value, func(item map[string]any) error {
		name, _ := item["name"].(string)
		i := slices.IndexFunc(p.workload.Volumes, func(v snapshot.Volume) bool { return v.Name == name })
		if i < 0 {
			i = len(p.workload.Volumes)
			p.workload.Volumes = append(p.workload.Volumes, snapshot.Volume{Name: name})
		}
		v := &p.workload.Volumes[i]
		known := fields{"name": nil}
		for source, class := range volumeSources {
			known[source] = func(value any) error { return setSource(v, class, value) }
		}
		if err := known.read(item); err != nil {
			return fmt.Errorf("volume %s: %w", name, err)
		}
		if v.Class == "" {
			return fmt.Errorf("volume %s: a volume without a source", name)
		}
		return nil
	})
}

func setSource(v *snapshot.Volume, class string, value any) error {
	if value == nil {
		if v.Class == class {
			v.Class = ""
		}
		return nil
	}
	if class == "hostPath" {
		return errors.New("a path on the host is not carried out here")
	}
	source, _ := value.(map[string]any)
	*v = snapshot.Volume{Name: v.Name, Class: class, ReadOnly: v.ReadOnly}
	v.Claim, _ = source["claimName"].(string)
	v.Driver, _ = source["driver"].(string)
	return nil
}

func (w *world) editStorageClass(o object, original *snapshot.StorageClass) error {
	r := edited(w, original, shallow)
	return fields{
		"provisioner": setText(&r.Provisioner), "volumeBindingMode": setText(&r.BindingMode), "allowVolumeExpansion": setBool(&r.Expandable),
		"parameters": nil, "reclaimPolicy": nil, "mountOptions": nil,
	}.read(o.fields)
}
