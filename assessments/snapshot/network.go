package snapshot

// Network is the cluster's data path as far as its own configuration tells it.
type Network struct {
	Component         string `json:"component"` // kube-proxy, cni, load-balancer, service-cidr
	Name              string `json:"name,omitzero"`
	Version           string `json:"version,omitzero"`
	Mode              string `json:"mode,omitzero"`      // kube-proxy: iptables, ipvs, nftables; as configured, empty where the default holds
	ModeKnown         bool   `json:"modeKnown,omitzero"` // the configuration was read
	ReplacesKubeProxy *bool  `json:"replacesKubeProxy,omitzero"`

	Conntrack     *ConntrackSettings `json:"conntrack,omitzero"`    // of kube-proxy's configuration
	AddressMode   string             `json:"addressMode,omitzero"`  // how pods get addresses: node-ranges, blocks, cloud
	NodeMaskBits  int                `json:"nodeMaskBits,omitzero"` // prefix length of each node's range (IPv4); 0 not known
	Pools         []AddressPool      `json:"pools,omitzero"`
	BGP           *BGP               `json:"bgp,omitzero"`
	Announcements []Announcement     `json:"announcements,omitzero"` // how a load balancer makes its addresses known
	ServiceCIDRs  []string           `json:"serviceCidrs,omitzero"`  // of ServiceCIDR objects
}

// ConntrackSettings are kube-proxy's own keys; a nil field stands for its default.
type ConntrackSettings struct {
	MaxPerCore            *int64 `json:"maxPerCore,omitzero"` // 0: kube-proxy leaves the kernel's maximum alone
	Min                   *int64 `json:"min,omitzero"`
	TCPEstablishedSeconds *int64 `json:"tcpEstablishedSeconds,omitzero"`
	TCPCloseWaitSeconds   *int64 `json:"tcpCloseWaitSeconds,omitzero"`
}

// AddressPool is a pool of addresses of a CNI or a load balancer.
type AddressPool struct {
	Name      string   `json:"name"`
	CIDRs     []string `json:"cidrs,omitzero"`     // as ranges; single addresses and from-to ranges are counted in Addresses alone
	Addresses *int64   `json:"addresses,omitzero"` // that the pool holds; nil where it can't be counted
	Used      *int64   `json:"used,omitzero"`
	BlockBits int      `json:"blockBits,omitzero"` // prefix length of the blocks that nodes take
	Disabled  bool     `json:"disabled,omitzero"`
}

// BGP is how routes are told to the outside.
type BGP struct {
	FullMesh        *bool     `json:"fullMesh,omitzero"` // every node peers with every node
	RouteReflectors int       `json:"routeReflectors,omitzero"`
	Peers           []BGPPeer `json:"peers,omitzero"`
}

// BGPPeer is a peering with a router outside, without its address.
type BGPPeer struct {
	Name     string   `json:"name"`
	AllNodes bool     `json:"allNodes,omitzero"`
	Nodes    []string `json:"nodes,omitzero"` // that peer, where not all do
	Selector bool     `json:"selector,omitzero"`
}

// Announcement is how a load balancer makes the addresses of its pools known.
type Announcement struct {
	Name  string   `json:"name"`
	Mode  string   `json:"mode"`           // layer2, bgp
	Pools []string `json:"pools,omitzero"` // empty: all
	Nodes []string `json:"nodes,omitzero"` // that may announce; empty: all
}

// Endpoints sums up the EndpointSlices of one service.
type Endpoints struct {
	Namespace string  `json:"namespace"`
	Service   string  `json:"service"`
	Slices    int     `json:"slices,omitzero"`
	Ready     int     `json:"ready"`
	NotReady  int     `json:"notReady"`
	Nodes     []Share `json:"nodes,omitzero"` // ready endpoints by node
	Zones     []Share `json:"zones,omitzero"` // likewise by zone
}

// Ingress is an Ingress, a Gateway or a route of the Gateway API.
type Ingress struct {
	ObjectKind string   `json:"ingressKind"` // Ingress, Gateway, HTTPRoute …
	APIVersion string   `json:"apiVersion,omitzero"`
	Namespace  string   `json:"namespace"`
	Name       string   `json:"name"`
	Place      Place    `json:"place,omitzero"`
	Class      string   `json:"class,omitzero"`
	Hosts      int      `json:"hosts,omitzero"`
	TLS        bool     `json:"tls,omitzero"`
	Services   []string `json:"services,omitzero"` // names of the services behind it
	Addresses  int      `json:"addresses,omitzero"`
}

// Webhook is one webhook of an admission webhook configuration.
type Webhook struct {
	ObjectKind        string        `json:"configurationKind"` // ValidatingWebhookConfiguration, MutatingWebhookConfiguration
	Configuration     string        `json:"configuration"`
	Name              string        `json:"name"`
	APIVersion        string        `json:"apiVersion,omitzero"`
	Place             Place         `json:"place,omitzero"`
	FailurePolicy     string        `json:"failurePolicy"` // Fail, Ignore; the API's default is applied
	TimeoutSeconds    int           `json:"timeoutSeconds,omitzero"`
	ServiceNamespace  string        `json:"serviceNamespace,omitzero"` // with Service: where it is served from; both empty: outside the cluster
	Service           string        `json:"service,omitzero"`
	Rules             []WebhookRule `json:"rules,omitzero"`
	ExcludesSystem    bool          `json:"excludesKubeSystem,omitzero"` // a namespace selector keeps kube-system out
	NamespaceSelector bool          `json:"namespaceSelector,omitzero"`
	ObjectSelector    bool          `json:"objectSelector,omitzero"`
	// ExcludesUnlabelled says that the object selector passes over objects without labels: they have to ask for the webhook.
	ExcludesUnlabelled bool `json:"excludesUnlabelled,omitzero"`
	MatchConditions    bool `json:"matchConditions,omitzero"`
}

// WebhookRule says what a webhook is asked about.
type WebhookRule struct {
	Groups     []string `json:"groups,omitzero"`
	Resources  []string `json:"resources,omitzero"`
	Operations []string `json:"operations,omitzero"`
	Scope      string   `json:"scope,omitzero"` // Cluster, Namespaced, *
}

func (Network) RecordKind() Kind   { return KindNetwork }
func (Endpoints) RecordKind() Kind { return KindEndpoints }
func (Ingress) RecordKind() Kind   { return KindIngress }
func (Webhook) RecordKind() Kind   { return KindWebhook }
