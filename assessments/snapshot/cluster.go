package snapshot

import "time"

// Cluster describes the control plane.
type Cluster struct {
	UID                 string        `json:"uid"`
	CreatedAt           *time.Time    `json:"createdAt,omitzero"` // of kube-system
	ServerVersion       string        `json:"serverVersion"`      // as the server says it: v1.34.2-eks-1a2b3c
	APIServerStartedAt  *time.Time    `json:"apiServerStartedAt,omitzero"`
	Provisioner         string        `json:"provisioner,omitzero"` // id of reference/provisioner-detection
	ProvisionerVersion  string        `json:"provisionerVersion,omitzero"`
	ProvisionerSign     string        `json:"provisionerSign,omitzero"` // what it was told by
	Managed             *bool         `json:"managed,omitzero"`         // the provider runs the control plane
	ControlPlane        *ControlPlane `json:"controlPlane,omitzero"`
	ServingCertStart    *time.Time    `json:"servingCertificateStart,omitzero"`
	ServingCertEnd      *time.Time    `json:"servingCertificateEnd,omitzero"`
	ServingCertIssuer   string        `json:"servingCertificateIssuer,omitzero"`
	ServingCertOwnCA    *bool         `json:"servingCertificateOwnCa,omitzero"` // issued by the cluster's own CA, the one that clients are given
	APIServerVersions   []string      `json:"apiServerVersions,omitzero"`       // by the images of its static pods, each once; empty where hidden
	EtcdImageVersion    string        `json:"etcdImageVersion,omitzero"`
	CoreDNSImageVersion string        `json:"coreDnsImageVersion,omitzero"`
	KubeProxyVersion    string        `json:"kubeProxyVersion,omitzero"` // by the DaemonSet's image
	PodCIDRs            []string      `json:"podCidrs,omitzero"`
	NodeMaskBits        int           `json:"nodeMaskBits,omitzero"` // prefix length of the range that each node gets of the pod range (IPv4); 0 not known
	ServiceCIDRs        []string      `json:"serviceCidrs,omitzero"`
}

// ControlPlane counts the control plane's members as far as they are visible.
type ControlPlane struct {
	APIServers  int  `json:"apiServers,omitzero"`
	EtcdMembers int  `json:"etcdMembers,omitzero"`
	Visible     bool `json:"visible"`
	Hosted      bool `json:"hosted,omitzero"`
}

func (Cluster) RecordKind() Kind { return KindCluster }
