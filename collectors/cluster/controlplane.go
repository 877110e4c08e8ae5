package cluster

import (
	"strings"

	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// systemParts is what the cluster's own workloads tell of it.
type systemParts struct {
	etcd, coreDNS, kubeProxy string // versions by their images' tags
	hasKubeProxy             bool
	apiServers, etcdMembers  int // static pods
	cni                      *snapshot.Network
}

// cniImages tell the network plugin of a DaemonSet by the end of its image's repository.
var cniImages = []struct{ repository, plugin string }{
	{"calico/node", "calico"}, {"mirrored-calico-node", "calico"}, {"hardened-calico", "calico"},
	{"cilium/cilium", "cilium"}, {"mirrored-cilium-cilium", "cilium"},
	{"flannel", "flannel"}, {"mirrored-flannel-flannel", "flannel"}, {"hardened-flannel", "flannel"},
	{"weave-kube", "weave"}, {"amazon-k8s-cni", "aws-vpc-cni"}, {"azure-cns", "azure-cni"},
	{"antrea-agent-ubuntu", "antrea"}, {"kube-ovn", "kube-ovn"}, {"kindnetd", "kindnet"}, {"kube-router", "kube-router"},
}

// see looks at one workload.
func (s *systemParts) see(w *snapshot.Workload) {
	for i := range w.Containers {
		if w.Containers[i].Role != snapshot.RoleRegular {
			continue
		}
		repository, tag := splitImage(w.Containers[i].Image)
		name := repository[strings.LastIndex(repository, "/")+1:]
		if w.Namespace == systemNamespace {
			s.seeSystem(w, name, tag)
		}
		if w.Kind == "DaemonSet" && s.cni == nil {
			s.seeCNI(repository, tag)
		}
	}
}

func (s *systemParts) seeSystem(w *snapshot.Workload, name, tag string) {
	switch {
	case name == "etcd" && w.Mirror:
		s.etcdMembers++
		s.etcd = oldest(s.etcd, tag)
	case name == "kube-apiserver" && w.Mirror:
		s.apiServers++
	case name == "coredns" && w.Kind == "Deployment":
		s.coreDNS = oldest(s.coreDNS, tag)
	case name == "kube-proxy" && w.Kind == "DaemonSet":
		s.hasKubeProxy = true
		s.kubeProxy = oldest(s.kubeProxy, tag)
	}
}

// oldest keeps the lesser of two versions' texts, so that the pods' order does not matter where members differ.
func oldest(known, tag string) string {
	if known == "" || tag != "" && tag < known {
		return tag
	}
	return known
}

func (s *systemParts) seeCNI(repository, tag string) {
	for _, known := range cniImages {
		if repository == known.repository || strings.HasSuffix(repository, "/"+known.repository) {
			s.cni = &snapshot.Network{Component: "cni", Name: known.plugin, Version: tag}
			return
		}
	}
}

// splitImage takes a reference apart: a registry's port is no tag, and a digest is not a version.
func splitImage(image string) (repository, tag string) {
	repository, _, _ = strings.Cut(image, "@")
	if colon := strings.LastIndex(repository, ":"); colon > strings.LastIndex(repository, "/") {
		return repository[:colon], repository[colon+1:]
	}
	return repository, ""
}

// isSystem reports whether a namespace is the system's own, by the reference's list for this provisioner.
func (c *collection) isSystem(namespace string) bool {
	return reference.IsSystemNamespace(namespace, c.cluster.Provisioner, true)
}

// writeCluster comes before the namespaces, which it tells the provisioner.
func (c *collection) writeCluster() error {
	if met := c.client.met; met != nil {
		c.cluster.ServingCertStart, c.cluster.ServingCertEnd, c.cluster.ServingCertIssuer = &met.start, &met.end, met.issuer
		c.cluster.ServingCertOwnCA = met.ownCA
	}
	if sign, words, found := c.signs.first(); found {
		c.cluster.Provisioner, c.cluster.ProvisionerSign = sign.Provisioner, words
		if sign.Kind == reference.VersionPatternSign {
			c.cluster.ProvisionerVersion = c.signs.suffix
		}
		if known, ok := reference.ProvisionerOf(sign.Provisioner); ok {
			c.cluster.Managed = &known.Managed
		}
	}
	c.cluster.EtcdImageVersion, c.cluster.CoreDNSImageVersion, c.cluster.KubeProxyVersion = c.system.etcd, c.system.coreDNS, c.system.kubeProxy
	c.cluster.ControlPlane = c.controlPlane()
	if err := c.write(c.cluster); err != nil {
		return err
	}
	return c.writeNetworks()
}

// controlPlane counts members by their static pods, else by the nodes' roles; nil where neither could be read.
func (c *collection) controlPlane() *snapshot.ControlPlane {
	if !c.allowed.may(nodes.resource, "") && c.system.apiServers == 0 {
		return nil
	}
	plane := &snapshot.ControlPlane{APIServers: c.system.apiServers, EtcdMembers: c.system.etcdMembers, Hosted: c.cluster.Managed != nil && *c.cluster.Managed}
	plane.APIServers, plane.EtcdMembers = max(plane.APIServers, c.nodes.roles.controlPlane), max(plane.EtcdMembers, c.nodes.roles.etcd)
	plane.Visible = plane.APIServers > 0
	return plane
}

// writeNetworks writes what configuration, objects and images tell of the data path, one record for each component.
func (c *collection) writeNetworks() error {
	if c.system.hasKubeProxy {
		c.fabric.Add(snapshot.Network{Component: "kube-proxy", Name: "kube-proxy", Version: c.system.kubeProxy})
	}
	if c.system.cni != nil {
		c.fabric.Add(*c.system.cni)
	}
	for _, n := range c.fabric.Records() {
		if err := c.write(n); err != nil {
			return err
		}
	}
	return nil
}
