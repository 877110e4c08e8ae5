package kube

import (
	"slices"

	"plimsoll/assessments/snapshot"
)

// StorageClass is a class that volumes are made of.
type StorageClass struct {
	Object
	Provisioner string `json:"provisioner"`
	BindingMode string `json:"volumeBindingMode"`
	Expandable  bool   `json:"allowVolumeExpansion"`
}

// PersistentVolume is a volume of the cluster.
type PersistentVolume struct {
	Object
	Spec struct {
		InTree
		Capacity     storageAmount `json:"capacity"`
		AccessModes  []string      `json:"accessModes"`
		Class        string        `json:"storageClassName"`
		CSI          *Driver       `json:"csi"`
		HostPath     Present       `json:"hostPath"`
		Local        Present       `json:"local"`
		NFS          Present       `json:"nfs"`
		NodeAffinity struct {
			Required struct {
				Terms []struct {
					Expressions []SelectorRequirement `json:"matchExpressions"`
				} `json:"nodeSelectorTerms"`
			} `json:"required"`
		} `json:"nodeAffinity"`
		Claim *struct {
			Namespace string `json:"namespace"`
			Name      string `json:"name"`
		} `json:"claimRef"`
	} `json:"spec"`
	Status struct {
		Phase string `json:"phase"`
	} `json:"status"`
}

// VolumeClaim is a PersistentVolumeClaim.
type VolumeClaim struct {
	Object
	Spec   ClaimSpec `json:"spec"`
	Status struct {
		Phase string `json:"phase"`
	} `json:"status"`
}

// ClaimSpec is what a claim or a claim template asks for.
type ClaimSpec struct {
	Class       *string  `json:"storageClassName"`
	Volume      string   `json:"volumeName"`
	AccessModes []string `json:"accessModes"`
	Resources   struct {
		Requests storageAmount `json:"requests"`
	} `json:"resources"`
}

type storageAmount struct {
	Storage Quantity `json:"storage"`
}

// Driver names what serves a CSI volume.
type Driver struct {
	Name string `json:"driver"`
}

// InTree are the volume sources of drivers that Kubernetes held itself, by the fields of pods and persistent volumes. Which of them are
// gone is the reference's to say.
type InTree struct {
	AWSElasticBlockStore Present `json:"awsElasticBlockStore"`
	AzureDisk            Present `json:"azureDisk"`
	AzureFile            Present `json:"azureFile"`
	CephFS               Present `json:"cephfs"`
	Cinder               Present `json:"cinder"`
	Flocker              Present `json:"flocker"`
	GCEPersistentDisk    Present `json:"gcePersistentDisk"`
	Glusterfs            Present `json:"glusterfs"`
	PhotonPersistentDisk Present `json:"photonPersistentDisk"`
	PortworxVolume       Present `json:"portworxVolume"`
	Quobyte              Present `json:"quobyte"`
	RBD                  Present `json:"rbd"`
	ScaleIO              Present `json:"scaleIO"`
	StorageOS            Present `json:"storageos"`
	VsphereVolume        Present `json:"vsphereVolume"`
}

// Field is the name of the source that is set; empty without one.
func (t *InTree) Field() string {
	for _, source := range []struct {
		set  Present
		name string
	}{
		{t.AWSElasticBlockStore, "awsElasticBlockStore"}, {t.AzureDisk, "azureDisk"}, {t.AzureFile, "azureFile"}, {t.CephFS, "cephfs"},
		{t.Cinder, "cinder"}, {t.Flocker, "flocker"}, {t.GCEPersistentDisk, "gcePersistentDisk"}, {t.Glusterfs, "glusterfs"},
		{t.PhotonPersistentDisk, "photonPersistentDisk"}, {t.PortworxVolume, "portworxVolume"}, {t.Quobyte, "quobyte"}, {t.RBD, "rbd"},
		{t.ScaleIO, "scaleIO"}, {t.StorageOS, "storageos"}, {t.VsphereVolume, "vsphereVolume"},
	} {
		if source.set {
			return source.name
		}
	}
	return ""
}

// Annotations of storage objects that are read for what they mean.
const (
	annotationDefaultClass     = "storageclass.kubernetes.io/is-default-class"
	annotationDefaultClassBeta = "storageclass.beta.kubernetes.io/is-default-class"
	annotationClaimClass       = "volume.beta.kubernetes.io/storage-class" // before storageClassName was a field
	annotationMigratedTo       = "pv.kubernetes.io/migrated-to"
)

// IsStorage reports whether a type is one of a kind of storage.k8s.io, at any version.
func IsStorage(t TypeMeta, kind string) bool { return t.Group() == "storage.k8s.io" && t.Kind == kind }

// StorageClassRecord turns a storage class into its record, with the API's default of the binding mode.
func StorageClassRecord(c *StorageClass) snapshot.StorageClass {
	return snapshot.StorageClass{
		Name: c.Meta.DisplayName(), Provisioner: c.Provisioner,
		Default:     c.Meta.Annotations[annotationDefaultClass] == "true" || c.Meta.Annotations[annotationDefaultClassBeta] == "true",
		BindingMode: orDefault(c.BindingMode, "Immediate"), Expandable: c.Expandable,
	}
}

// PersistentVolumeRecord turns a volume into its record. Of what stands behind it only the kind and the driver's name are kept.
func PersistentVolumeRecord(v *PersistentVolume) snapshot.PersistentVolume {
	record := snapshot.PersistentVolume{
		Name: v.Meta.DisplayName(), Class: orDefault(v.Spec.Class, v.Meta.Annotations[annotationClaimClass]), Source: "other",
		MigratedTo: v.Meta.Annotations[annotationMigratedTo], AccessModes: v.Spec.AccessModes,
		CapacityBytes: amountPointer(v.Spec.Capacity.Storage, Quantity.Units), NodeBound: boundToNode(v), Phase: v.Status.Phase,
	}
	if v.Spec.Claim != nil {
		record.ClaimNamespace, record.Claim = v.Spec.Claim.Namespace, v.Spec.Claim.Name
	}
	switch field := v.Spec.Field(); {
	case v.Spec.CSI != nil:
		record.Source, record.Driver = "csi", v.Spec.CSI.Name
	case bool(v.Spec.Local):
		record.Source = "local"
	case bool(v.Spec.HostPath):
		record.Source = "hostPath"
	case bool(v.Spec.NFS):
		record.Source = "nfs"
	case field != "":
		record.Source, record.Driver = "inTree", field
	}
	return record
}

// boundToNode reports whether every way to place the volume names nodes: each term asks for the hostname label.
func boundToNode(v *PersistentVolume) bool {
	terms := v.Spec.NodeAffinity.Required.Terms
	for _, term := range terms {
		if !slices.ContainsFunc(term.Expressions, func(r SelectorRequirement) bool {
			return r.Key == "kubernetes.io/hostname" && r.Operator == "In"
		}) {
			return false
		}
	}
	return len(terms) > 0
}

// VolumeClaimRecord turns a claim into its record. A class of nil is the default class, an empty one none.
func VolumeClaimRecord(c *VolumeClaim) snapshot.VolumeClaim {
	return snapshot.VolumeClaim{
		Namespace: c.Meta.NamespaceOrDefault(), Name: c.Meta.DisplayName(), Class: claimClass(&c.Meta, &c.Spec), Volume: c.Spec.Volume,
		AccessModes: c.Spec.AccessModes, RequestBytes: amountPointer(c.Spec.Resources.Requests.Storage, Quantity.Units), Phase: c.Status.Phase,
	}
}

func claimClass(m *Meta, spec *ClaimSpec) *string {
	if spec.Class == nil && m.Annotations[annotationClaimClass] != "" {
		return new(m.Annotations[annotationClaimClass])
	}
	return spec.Class
}
