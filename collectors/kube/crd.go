package kube

import "plimsoll/assessments/snapshot"

// CustomResourceDefinition is read for its versions alone: its schemas, which are most of it, are passed over.
type CustomResourceDefinition struct {
	Object
	Spec struct {
		Group   string `json:"group"`
		Version string `json:"version"` // v1beta1, before versions
		Names   struct {
			Kind string `json:"kind"`
		} `json:"names"`
		Versions []struct {
			Name    string `json:"name"`
			Served  *bool  `json:"served"`
			Storage *bool  `json:"storage"`
		} `json:"versions"`
		Conversion struct {
			Strategy string `json:"strategy"`
		} `json:"conversion"`
	} `json:"spec"`
	Status struct {
		StoredVersions []string `json:"storedVersions"`
	} `json:"status"`
}

// IsCRD reports whether a type is a CustomResourceDefinition, of any version.
func IsCRD(t TypeMeta) bool {
	return t.Kind == "CustomResourceDefinition" && t.Group() == "apiextensions.k8s.io"
}

// CRDRecord turns a definition into its record. The version it is written in is the caller's to set: over files it tells
// something, from a cluster nothing.
func CRDRecord(c *CustomResourceDefinition) snapshot.CRD {
	record := snapshot.CRD{
		Name: c.Meta.DisplayName(), LastAppliedAPI: lastAppliedAPI(&c.Meta), Group: c.Spec.Group, ResourceKind: c.Spec.Names.Kind,
		Stored: c.Status.StoredVersions, Conversion: c.Spec.Conversion.Strategy,
	}
	for _, v := range c.Spec.Versions {
		if v.Served == nil || *v.Served {
			record.Served = append(record.Served, v.Name)
		}
		if v.Storage != nil && *v.Storage {
			record.Storage = v.Name
		}
	}
	if len(c.Spec.Versions) == 0 && c.Spec.Version != "" {
		record.Served, record.Storage = []string{c.Spec.Version}, c.Spec.Version
	}
	return record
}
