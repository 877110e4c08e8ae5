package kube

import (
	"path"
	"strings"

	"plimsoll/assessments/snapshot"
)

// Classes of hostPath volumes: state that dies with the node, and the host's own interfaces.
const (
	hostPathState = "state"
	hostPathHost  = "host"
)

// hostInterfaces are the directories through which a pod looks at its host; what lies below them counts likewise.
var hostInterfaces = []string{
	"/proc", "/sys", "/dev", "/etc", "/run", "/var/run", "/lib", "/lib64", "/usr", "/bin", "/sbin", "/boot", "/var/log", "/tmp", "/opt/cni",
	"/var/vcap", "/home/kubernetes", "/var/lib/kubelet", "/var/lib/docker", "/var/lib/containerd", "/var/lib/calico", "/var/lib/cni", "/var/lib/dbus",
	"/var/lib/etcd-certs",
}

func volumesOf(spec *PodSpec) []snapshot.Volume {
	var out []snapshot.Volume
	for _, v := range spec.Volumes {
		record := snapshot.Volume{Name: v.Name, Class: "other", ReadOnly: !mountedWritable(spec, v.Name)}
		switch {
		case v.HostPath != nil:
			record.Class, record.HostPath = "hostPath", hostPathClass(v.HostPath.Path, v.HostPath.Type)
		case bool(v.EmptyDir):
			record.Class = "emptyDir"
		case v.Claim != nil:
			record.Class, record.Claim = "claim", v.Claim.Name
			record.ReadOnly = record.ReadOnly || v.Claim.ReadOnly
		case v.Ephemeral != nil:
			record.Class, record.Claim, record.Template = "claim", v.Name, true
			record.StorageClass = classOf(v.Ephemeral.Template.Spec.Class)
		case bool(v.ConfigMap):
			record.Class = "configMap"
		case bool(v.Secret):
			record.Class = "secret"
		case v.CSI != nil:
			record.Class, record.Driver = "csi", v.CSI.Name
		default:
			if field := v.Field(); field != "" {
				record.Class, record.Driver = "inTree", field
			}
		}
		out = append(out, record)
	}
	return out
}

// claimTemplates are the volumes that a StatefulSet makes for each of its pods.
func claimTemplates(w *Workload) []snapshot.Volume {
	var out []snapshot.Volume
	spec := &w.Spec.Template.Spec
	for i := range w.Spec.ClaimTemplates {
		t := &w.Spec.ClaimTemplates[i]
		class := claimClass(&Meta{Annotations: t.Meta.Annotations}, &t.Spec)
		out = append(out, snapshot.Volume{
			Name: t.Meta.Name, Class: "claim", Claim: t.Meta.Name, Template: true, StorageClass: classOf(class), ReadOnly: !mountedWritable(spec, t.Meta.Name),
		})
	}
	return out
}

func classOf(name *string) string {
	if name == nil {
		return ""
	}
	return *name
}

// hostPathClass calls a path state where it is a directory of its own and none of the host's interfaces.
func hostPathClass(where, kind string) string {
	switch kind {
	case "", "Directory", "DirectoryOrCreate":
	default:
		return hostPathHost
	}
	where = path.Clean("/" + where)
	if where == "/" || strings.HasSuffix(where, ".sock") {
		return hostPathHost
	}
	for _, directory := range hostInterfaces {
		if where == directory || strings.HasPrefix(where, directory+"/") {
			return hostPathHost
		}
	}
	return hostPathState
}

func mountedWritable(spec *PodSpec, volume string) bool {
	for _, containers := range [][]Container{spec.Containers, spec.InitContainers} {
		for i := range containers {
			for _, mount := range containers[i].VolumeMounts {
				if mount.Name == volume && !mount.ReadOnly {
					return true
				}
			}
		}
	}
	return false
}
