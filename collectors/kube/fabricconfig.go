package kube

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/snapshot"
)

// The ConfigMaps of kube-system that are read, by name and by key, for the fields below and nothing else. Some provisioners give
// kube-proxy's another name.
const (
	SystemNamespace  = "kube-system"
	KubeadmConfigMap = "kubeadm-config"
	CiliumConfigMap  = "cilium-config"
	kubeadmKey       = "ClusterConfiguration"
)

// ProxyConfigMaps are the names that kube-proxy's configuration has.
var ProxyConfigMaps = []string{"kube-proxy", "kube-proxy-config"}

var (
	proxyKeys  = []string{"config.conf", "config"}
	proxyModes = []string{"iptables", "ipvs", "nftables", "userspace", "kernelspace"}
)

// proxyConfiguration is the part of KubeProxyConfiguration that is read.
type proxyConfiguration struct {
	Mode      string `yaml:"mode"`
	Conntrack struct {
		MaxPerCore  yaml.Node `yaml:"maxPerCore"`
		Min         yaml.Node `yaml:"min"`
		Established yaml.Node `yaml:"tcpEstablishedTimeout"`
		CloseWait   yaml.Node `yaml:"tcpCloseWaitTimeout"`
	} `yaml:"conntrack"`
}

// kubeadmConfiguration is the part of kubeadm's ClusterConfiguration that is read.
type kubeadmConfiguration struct {
	Networking struct {
		PodSubnet     string `yaml:"podSubnet"`
		ServiceSubnet string `yaml:"serviceSubnet"`
	} `yaml:"networking"`
	ControllerManager struct {
		ExtraArgs yaml.Node `yaml:"extraArgs"`
	} `yaml:"controllerManager"`
}

// ProxyRecord reads kube-proxy's mode and conntrack keys from its ConfigMap; false where the configuration can't be read. A mode
// that is empty and a key that is nil stand for the default.
func ProxyRecord(found *ConfigMap) (snapshot.Network, bool) {
	record := snapshot.Network{Component: "kube-proxy", Name: "kube-proxy"}
	if found == nil {
		return record, false
	}
	for _, key := range proxyKeys {
		text, has := found.Data[key]
		var configuration proxyConfiguration
		if !has || yaml.Unmarshal([]byte(text), &configuration) != nil {
			continue
		}
		if mode := configuration.Mode; mode != "" && !slices.Contains(proxyModes, mode) {
			continue
		}
		record.Mode, record.ModeKnown = configuration.Mode, true
		keys := configuration.Conntrack
		record.Conntrack = &snapshot.ConntrackSettings{
			MaxPerCore: integer(keys.MaxPerCore), Min: integer(keys.Min),
			TCPEstablishedSeconds: wholeSeconds(keys.Established), TCPCloseWaitSeconds: wholeSeconds(keys.CloseWait),
		}
		return record, true
	}
	return record, false
}

// integer is nil for what is not set and for what is no whole number.
func integer(node yaml.Node) *int64 {
	n, ok := figure(node.Value)
	if !ok {
		return nil
	}
	return &n
}

// figure reads a whole number of zero or more, within the snapshot's bounds.
func figure(text string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return n, err == nil && n >= 0 && n <= maxInt
}

func wholeSeconds(node yaml.Node) *int64 {
	duration, err := time.ParseDuration(node.Value)
	if err != nil || duration < 0 {
		return nil
	}
	return new(int64(duration / time.Second))
}

// Ranges are the address ranges of kubeadm's configuration.
type Ranges struct {
	Pods, Services []string
	NodeMaskBits   int // of each node's part of the IPv4 range; 0 not known
}

// KubeadmRanges reads them from kubeadm's ConfigMap.
func KubeadmRanges(found *ConfigMap) Ranges {
	var configuration kubeadmConfiguration
	if found == nil || yaml.Unmarshal([]byte(found.Data[kubeadmKey]), &configuration) != nil {
		return Ranges{}
	}
	ranges := Ranges{Pods: prefixes(configuration.Networking.PodSubnet), Services: prefixes(configuration.Networking.ServiceSubnet)}
	for _, flag := range []string{"node-cidr-mask-size", "node-cidr-mask-size-ipv4"} {
		if bits, ok := figure(argument(&configuration.ControllerManager.ExtraArgs, flag)); ok && bits > 0 && bits <= 32 {
			ranges.NodeMaskBits = int(bits)
		}
	}
	return ranges
}

// argument is a flag's value in kubeadm's extraArgs: a mapping, or from v1beta4 on a list of names and values.
func argument(args *yaml.Node, flag string) string {
	if args.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(args.Content); i += 2 {
			if args.Content[i].Value == flag {
				return args.Content[i+1].Value
			}
		}
		return ""
	}
	var list []struct{ Name, Value string }
	if args.Kind != yaml.SequenceNode || args.Decode(&list) != nil {
		return ""
	}
	for _, arg := range list {
		if arg.Name == flag {
			return arg.Value
		}
	}
	return ""
}

// prefixes keeps what is an address range.
func prefixes(list string) []string {
	var found []string
	for part := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if prefix, err := netip.ParsePrefix(part); err == nil {
			found = append(found, prefix.String())
		}
	}
	return found
}

// ciliumAddressModes are Cilium's ways of giving addresses, in the snapshot's words.
var ciliumAddressModes = map[string]string{
	"cluster-pool": "node-ranges", "cluster-pool-v2beta": "node-ranges", "kubernetes": "node-ranges", "multi-pool": "blocks",
	"eni": "cloud", "azure": "cloud", "alibabacloud": "cloud", "delegated-plugin": "cloud",
}

const ciliumMaskBits = 24 // of each node's part where cluster-pool-ipv4-mask-size is not written

// CiliumRecord reads how Cilium gives addresses, and whether it does kube-proxy's work, from its ConfigMap.
func CiliumRecord(found *ConfigMap) (snapshot.Network, bool) {
	record := snapshot.Network{Component: "cni", Name: ciliumName}
	if found == nil {
		return record, false
	}
	record.AddressMode = ciliumAddressModes[found.Data["ipam"]]
	if pools := prefixes(found.Data["cluster-pool-ipv4-cidr"]); strings.HasPrefix(found.Data["ipam"], "cluster-pool") && len(pools) > 0 {
		record.NodeMaskBits = ciliumMaskBits
		if bits, ok := figure(found.Data["cluster-pool-ipv4-mask-size"]); ok && bits > 0 && bits <= 32 {
			record.NodeMaskBits = int(bits)
		}
		cidrs, count := countAddresses(pools)
		record.Pools = []snapshot.AddressPool{{Name: "cluster-pool", CIDRs: cidrs, Addresses: count, BlockBits: record.NodeMaskBits}}
	}
	switch found.Data["kube-proxy-replacement"] {
	case "true", "strict":
		record.ReplacesKubeProxy = new(true)
	case "false", "disabled":
		record.ReplacesKubeProxy = new(false)
	}
	return record, true
}
