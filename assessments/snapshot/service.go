package snapshot

// Service is a service with its selector already resolved.
type Service struct {
	Namespace             string            `json:"namespace"`
	Name                  string            `json:"name"`
	Place                 Place             `json:"place,omitzero"`
	Type                  string            `json:"type"` // ClusterIP, NodePort, LoadBalancer, ExternalName; the API's default is applied
	Headless              bool              `json:"headless,omitzero"`
	PublishNotReady       bool              `json:"publishNotReadyAddresses,omitzero"`
	HasSelector           bool              `json:"hasSelector,omitzero"`
	SelectorUnresolved    bool              `json:"selectorUnresolved,omitzero"` // the selector reaches nothing that this input set holds
	Selects               []Ref             `json:"selects,omitzero"`
	Ports                 []ServicePort     `json:"ports,omitzero"`
	ExternalTrafficPolicy string            `json:"externalTrafficPolicy,omitzero"` // Cluster by default for external types
	ExternalAddresses     []ExternalAddress `json:"externalAddresses,omitzero"`     // of spec.externalIPs
	LoadBalancerAddresses int               `json:"loadBalancerAddresses,omitzero"`
	LoadBalancerSign      string            `json:"loadBalancerSign,omitzero"` // documented annotation or class that tells how it balances
	InternalLoadBalancer  bool              `json:"internalLoadBalancer,omitzero"`
	ReadyEndpointNodes    []Share           `json:"readyEndpointNodes,omitzero"` // ready endpoints by node; over manifests nothing
	EndpointsSeen         bool              `json:"endpointsSeen,omitzero"`
	ClusterAddresses      *int              `json:"clusterAddresses,omitzero"` // that it takes of the service ranges: 0 for headless ones
	SourceRanges          int               `json:"sourceRanges,omitzero"`     // loadBalancerSourceRanges
	LoadBalancerClass     string            `json:"loadBalancerClass,omitzero"`
	AddressPool           string            `json:"addressPool,omitzero"` // pool of a load balancer that the address comes from, where a documented key names it
}

// ServicePort is one port of a service.
type ServicePort struct {
	Name       string `json:"name,omitzero"`
	Port       int    `json:"port"`
	TargetPort string `json:"targetPort,omitzero"` // number or name; the API's default (port) is applied
	Protocol   string `json:"protocol,omitzero"`
}

// ExternalAddress is one of a service's externalIPs: never the address, only who owns it.
type ExternalAddress struct {
	Hash  string   `json:"hash,omitzero"`
	Nodes []string `json:"nodes,omitzero"` // nodes that own the address; empty: none that is known
}

func (Service) RecordKind() Kind { return KindService }
