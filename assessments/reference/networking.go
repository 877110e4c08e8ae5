package reference

// ConntrackProxy is how kube-proxy sizes the connection tracking table, by default.
type ConntrackProxy struct {
	MaxPerCore         int64 `yaml:"maxPerCore"`
	Min                int64 `yaml:"min"`
	EstablishedSeconds int64 `yaml:"establishedSeconds"`
	CloseWaitSeconds   int64 `yaml:"closeWaitSeconds"`
	Provenance         `yaml:",inline"`
}

// ConntrackKernel is what the kernel does where nothing else sets it. Times are seconds.
type ConntrackKernel struct {
	EstablishedSeconds int64 `yaml:"establishedSeconds"`
	CloseWaitSeconds   int64 `yaml:"closeWaitSeconds"`
	FinWaitSeconds     int64 `yaml:"finWaitSeconds"`
	LastAckSeconds     int64 `yaml:"lastAckSeconds"`
	SynReceivedSeconds int64 `yaml:"synReceivedSeconds"`
	SynSentSeconds     int64 `yaml:"synSentSeconds"`
	TimeWaitSeconds    int64 `yaml:"timeWaitSeconds"`
	UDPSeconds         int64 `yaml:"udpSeconds"`
	UDPStreamSeconds   int64 `yaml:"udpStreamSeconds"`
	GenericSeconds     int64 `yaml:"genericSeconds"`
	ICMPSeconds        int64 `yaml:"icmpSeconds"`
	BucketBytes        int64 `yaml:"bucketBytes"` // one bucket for so many bytes of the machine's memory
	BucketsMin         int64 `yaml:"bucketsMin"`
	BucketsMax         int64 `yaml:"bucketsMax"`
	Provenance         `yaml:",inline"`
}

// ConntrackMemory is what entries cost.
type ConntrackMemory struct {
	EntryBytes  int64 `yaml:"entryBytes"`
	PlanBytes   int64 `yaml:"planBytes"`
	BucketBytes int64 `yaml:"bucketBytes"`
	Provenance  `yaml:",inline"`
}

// ConntrackAlert is the use from which a common alert fires.
type ConntrackAlert struct {
	RatioPercent int `yaml:"ratioPercent"`
	Provenance   `yaml:",inline"`
}

// Conntrack holds the figures of connection tracking.
type Conntrack struct {
	Proxy  ConntrackProxy  `yaml:"proxy"`
	Kernel ConntrackKernel `yaml:"kernel"`
	Memory ConntrackMemory `yaml:"memory"`
	Alert  ConntrackAlert  `yaml:"alert"`
}

// ProxyMax is the table size that kube-proxy sets by default on a node with so many cores.
func (c Conntrack) ProxyMax(cores int64) int64 { return max(c.Proxy.Min, c.Proxy.MaxPerCore*cores) }

// KernelMax is the kernel's own table size on a machine with so much memory, by the current documentation.
func (c Conntrack) KernelMax(memoryBytes int64) int64 {
	return min(c.Kernel.BucketsMax, max(c.Kernel.BucketsMin, memoryBytes/c.Kernel.BucketBytes))
}

// IPTables holds the terms of the formula for kube-proxy's rules.
type IPTables struct {
	FixedNATRules             int64 `yaml:"fixedNatRules"`
	FixedFilterRules          int64 `yaml:"fixedFilterRules"`
	PerEndpoint               int64 `yaml:"perEndpoint"`
	PerPort                   int64 `yaml:"perPort"`
	PerBalancedPort           int64 `yaml:"perBalancedPort"`
	FilterPerIdlePort         int64 `yaml:"filterPerIdlePort"`
	FilterPerIdleBalancedPort int64 `yaml:"filterPerIdleBalancedPort"`
	FilterPerBalancedPort     int64 `yaml:"filterPerBalancedPort"`
	Provenance                `yaml:",inline"`
}

// NATRules counts the NAT rules of one service port: none without endpoints. Balanced means a load balancer's port with an
// external address and source ranges.
func (i IPTables) NATRules(endpoints int64, balanced bool) int64 {
	if endpoints == 0 {
		return 0
	}
	rules := i.PerEndpoint*endpoints + i.PerPort
	if balanced {
		rules += i.PerBalancedPort
	}
	return rules
}

// FilterRules counts the filter rules of one service port, with the meaning of NATRules' parameters: a port without endpoints
// is rejected, a balanced one with endpoints has its source ranges guarded.
func (i IPTables) FilterRules(endpoints int64, balanced bool) int64 {
	switch {
	case endpoints == 0 && balanced:
		return i.FilterPerIdleBalancedPort
	case endpoints == 0:
		return i.FilterPerIdlePort
	case balanced:
		return i.FilterPerBalancedPort
	}
	return 0
}

// ProxyMode is one stage in the life of a mode of kube-proxy. A mode may have a settled row and a planned one.
type ProxyMode struct {
	Mode           string `yaml:"mode"`
	StableIn       Minor  `yaml:"stableIn"`
	DefaultIn      Minor  `yaml:"defaultIn"`
	DeprecatedIn   Minor  `yaml:"deprecatedIn"`
	OffByDefaultIn Minor  `yaml:"offByDefaultIn"`
	RemovedIn      Minor  `yaml:"removedIn"`
	KernelMin      string `yaml:"kernelMin"`
	Provenance     `yaml:",inline"`
}

// ToolMode is the mode of kube-proxy that a tool installs.
type ToolMode struct {
	Tool       string `yaml:"tool"`
	Mode       string `yaml:"mode"`
	Provenance `yaml:",inline"`
}

// Figure is one number with its provenance.
type Figure struct {
	Value      int64 `yaml:"value"`
	Provenance `yaml:",inline"`
}

// Addresses holds defaults and bounds of address ranges. Prefixes are lengths in bits.
type Addresses struct {
	MaxPods               Figure `yaml:"maxPods"`
	NodePrefixV4          Figure `yaml:"nodePrefixV4"`
	NodePrefixV6          Figure `yaml:"nodePrefixV6"`
	NodeMaskMaxDifference Figure `yaml:"nodeMaskMaxDifference"`
	ServiceRangeMaxBits   Figure `yaml:"serviceRangeMaxBits"`
	CalicoBlockPrefix     Figure `yaml:"calicoBlockPrefix"`
}

// ToolRange is the address plan that a tool installs by default.
type ToolRange struct {
	Tool       string `yaml:"tool"`
	Pods       string `yaml:"pods"`
	Services   string `yaml:"services"`
	NodePrefix int    `yaml:"nodePrefix"`
	MaxNodes   int64  `yaml:"maxNodes"`
	Provenance `yaml:",inline"`
}

// Limits are the sizes up to which Kubernetes is tested; all hold at once.
type Limits struct {
	Nodes            Figure `yaml:"nodes"`
	Pods             Figure `yaml:"pods"`
	Containers       Figure `yaml:"containers"`
	PodsPerNode      Figure `yaml:"podsPerNode"`
	BGPFullMeshNodes Figure `yaml:"bgpFullMeshNodes"`
}

// Networking is the whole file.
type Networking struct {
	About        about       `yaml:"about"`
	Conntrack    Conntrack   `yaml:"conntrack"`
	IPTables     IPTables    `yaml:"iptables"`
	Modes        []ProxyMode `yaml:"modes"`
	ToolModes    []ToolMode  `yaml:"toolModes"`
	Addresses    Addresses   `yaml:"addresses"`
	RangesByTool []ToolRange `yaml:"rangesByTool"`
	Limits       Limits      `yaml:"limits"`
	DNS          ClusterDNS  `yaml:"dns"`
}

// ClusterDNS tells the servers of the cluster's names by the last part of their images' repositories.
type ClusterDNS struct {
	Images     []string `yaml:"images"`
	Scalers    []string `yaml:"scalers"` // set the servers' replicas by themselves
	Provenance `yaml:",inline"`
}

func (d *Networking) head() about { return d.About }
func (d *Networking) rows() int {
	const single = 4 + 1 + 6 + 5 + 1 // conntrack, iptables, addresses, limits, dns
	return single + len(d.Modes) + len(d.ToolModes) + len(d.RangesByTool)
}

var networking = load("networking", &Networking{})

// RangesOf returns the address plan that a tool installs by default.
func RangesOf(tool string) (ToolRange, bool) {
	for _, row := range networking().RangesByTool {
		if row.Tool == tool {
			return row, true
		}
	}
	return ToolRange{}, false
}

// NetworkingFigures returns the networking figures.
func NetworkingFigures() Networking { return *networking() }

// ProxyModeDeprecated returns the row by which a minor deprecates a mode of kube-proxy. Planned stages do not count.
func ProxyModeDeprecated(mode string, minor Minor) (ProxyMode, bool) {
	for _, row := range networking().Modes {
		if row.Mode == mode && row.Deducts() && row.DeprecatedIn > 0 && minor >= row.DeprecatedIn {
			return row, true
		}
	}
	return ProxyMode{}, false
}
