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
		case v.EmptyDir != nil:
			record.Class = "emptyDir"
		case v.Claim != nil, v.Ephemeral != nil:
			record.Class = "claim"
		case v.ConfigMap != nil:
			record.Class = "configMap"
		case v.Secret != nil:
			record.Class = "secret"
		}
		out = append(out, record)
	}
	return out
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
