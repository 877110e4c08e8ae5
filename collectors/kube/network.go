package kube

import (
	"cmp"
	"slices"
	"strconv"

	"plimsoll/assessments/snapshot"
)

// ServiceRecord turns a service into its record, with the API's defaults and without what its selector reaches (Targets). An
// address of spec.externalIPs is described by the caller, who may know the nodes; nil describes nothing of it.
func ServiceRecord(s *Service, describe func(address string) snapshot.ExternalAddress) snapshot.Service {
	record := snapshot.Service{
		Namespace: s.Meta.NamespaceOrDefault(), Name: s.Meta.DisplayName(), Type: orDefault(s.Spec.Type, "ClusterIP"),
		Headless: s.Spec.ClusterIP == "None", PublishNotReady: s.Spec.PublishNotReady,
		LoadBalancerAddresses: len(s.Status.LoadBalancer.Ingress), ClusterAddresses: clusterAddresses(s), SourceRanges: len(s.Spec.SourceRanges),
		AddressPool: addressPool(s),
	}
	if len(s.Spec.LoadBalancerClass) <= maxCopied {
		record.LoadBalancerClass = s.Spec.LoadBalancerClass
	}
	record.HasSelector = len(s.Spec.Selector) > 0 && record.Type != "ExternalName"
	record.LoadBalancerSign, record.InternalLoadBalancer = loadBalancerSigns(s)
	for _, p := range s.Spec.Ports {
		record.Ports = append(record.Ports, servicePort(p))
	}
	for _, address := range s.Spec.ExternalIPs {
		var described snapshot.ExternalAddress
		if describe != nil {
			described = describe(address)
		}
		record.ExternalAddresses = append(record.ExternalAddresses, described)
	}
	record.ExternalTrafficPolicy = s.Spec.ExternalTrafficPolicy
	if record.Type == "NodePort" || record.Type == "LoadBalancer" || len(record.ExternalAddresses) > 0 {
		record.ExternalTrafficPolicy = orDefault(record.ExternalTrafficPolicy, "Cluster")
	}
	return record
}

// clusterAddresses are those that the service takes of the service ranges; nil where the API server has yet to give them.
func clusterAddresses(s *Service) *int {
	switch {
	case s.Spec.ClusterIP == "None" || s.Spec.Type == "ExternalName":
		return new(0)
	case len(s.Spec.ClusterIPs) > 0:
		return new(len(s.Spec.ClusterIPs))
	case s.Spec.ClusterIP != "":
		return new(1)
	}
	return nil
}

// addressPool names the pool that a balancer's address comes from.
func addressPool(s *Service) string {
	if s.Spec.Type != "LoadBalancer" {
		return ""
	}
	if pool := firstOf(s.Meta.Annotations, poolAnnotations()...); len(pool) <= maxCopied {
		return pool
	}
	return ""
}

func servicePort(p ServicePort) snapshot.ServicePort {
	target := p.TargetPort.Text
	if p.Port.Set && (target == "" || target == "0") {
		target = strconv.FormatInt(p.Port.Value, 10)
	}
	return snapshot.ServicePort{Name: p.Name, Port: portNumber(p.Port), TargetPort: target, Protocol: orDefault(p.Protocol, "TCP")}
}

// balancerSigns are documented annotations that tell how a load balancer reaches pods. The value is copied where it is one of
// those listed.
var balancerSigns = []struct {
	key    string
	values []string
}{
	{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type", []string{"ip", "instance"}},
	{"service.beta.kubernetes.io/aws-load-balancer-type", []string{"nlb", "nlb-ip", "external"}},
	{"cloud.google.com/l4-rbs", []string{"enabled"}},
	{"networking.gke.io/weighted-load-balancing", []string{"pods-per-node"}},
}

// internalSigns are documented annotations that make a load balancer internal.
var internalSigns = map[string][]string{
	"service.beta.kubernetes.io/aws-load-balancer-scheme":         {"internal"},
	"service.beta.kubernetes.io/aws-load-balancer-internal":       {"true", "0.0.0.0/0"},
	"networking.gke.io/load-balancer-type":                        {"Internal"},
	"cloud.google.com/load-balancer-type":                         {"Internal"},
	"service.beta.kubernetes.io/azure-load-balancer-internal":     {"true"},
	"service.beta.kubernetes.io/openstack-internal-load-balancer": {"true"},
	"service.beta.kubernetes.io/oci-load-balancer-internal":       {"true"},
}

func loadBalancerSigns(s *Service) (sign string, internal bool) {
	if class := s.Spec.LoadBalancerClass; class != "" && len(class) <= maxCopied {
		sign = "loadBalancerClass=" + class
	}
	for _, known := range balancerSigns {
		if value := s.Meta.Annotations[known.key]; sign == "" && slices.Contains(known.values, value) {
			sign = known.key + "=" + value
		}
	}
	for key, values := range internalSigns {
		internal = internal || slices.Contains(values, s.Meta.Annotations[key])
	}
	return sign, internal
}

// EndpointsTable sums up EndpointSlices by their services.
type EndpointsTable struct {
	Texts    *Texts // may be shared with other tables; nil: its own
	services map[[2]uint32]*endpoints
}

// endpoints of one service by one family of addresses: a dual-stack service has each endpoint in two slices.
type endpoints struct {
	family                  uint32
	slices, ready, notReady uint32
	nodes, zones            Tally
	other                   *endpoints // the next family
}

// Add counts a slice. An endpoint without the condition is ready, as its documentation says; one without a node stands under the
// empty name. A slice that says no service belongs to none.
func (t *EndpointsTable) Add(e *EndpointSlice) {
	name := e.ServiceName()
	if name == "" {
		return
	}
	if t.Texts == nil {
		t.Texts = &Texts{}
	}
	if t.services == nil {
		t.services = map[[2]uint32]*endpoints{}
	}
	counts := t.of([2]uint32{t.Texts.Number(e.Meta.NamespaceOrDefault()), t.Texts.Number(name)}, t.Texts.Number(e.AddressType))
	counts.slices++
	for i := range e.Endpoints {
		endpoint := &e.Endpoints[i]
		if ready := endpoint.Conditions.Ready; ready != nil && !*ready {
			counts.notReady++
			continue
		}
		counts.ready++
		counts.nodes.Add(t.Texts.Number(endpoint.NodeName), 1)
		if endpoint.Zone != "" {
			counts.zones.Add(t.Texts.Number(endpoint.Zone), 1)
		}
	}
}

func (t *EndpointsTable) of(service [2]uint32, family uint32) *endpoints {
	first := t.services[service]
	for have := first; have != nil; have = have.other {
		if have.family == family {
			return have
		}
	}
	added := &endpoints{family: family, other: first}
	t.services[service] = added
	return added
}

// Of is a service's record, of the family that has most endpoints; false where it has no slice.
func (t *EndpointsTable) Of(namespace, service string) (snapshot.Endpoints, bool) {
	if t.Texts == nil {
		return snapshot.Endpoints{}, false
	}
	space, known := t.Texts.find(namespace)
	name, knownName := t.Texts.find(service)
	most := t.services[[2]uint32{space, name}]
	if most == nil || !known || !knownName {
		return snapshot.Endpoints{}, false
	}
	for have := most.other; have != nil; have = have.other {
		if have.ready > most.ready || have.ready == most.ready && t.Texts.Text(have.family) < t.Texts.Text(most.family) {
			most = have
		}
	}
	return snapshot.Endpoints{Namespace: namespace, Service: service, Slices: int(most.slices), Ready: int(most.ready), NotReady: int(most.notReady),
		Nodes: t.Texts.Shares(most.nodes), Zones: t.Texts.Shares(most.zones)}, true
}

// Records are those of all services, ordered by namespace and name.
func (t *EndpointsTable) Records() []snapshot.Endpoints {
	records := make([]snapshot.Endpoints, 0, len(t.services))
	for key := range t.services {
		record, _ := t.Of(t.Texts.Text(key[0]), t.Texts.Text(key[1]))
		records = append(records, record)
	}
	slices.SortFunc(records, func(a, b snapshot.Endpoints) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Service, b.Service))
	})
	return records
}

// BudgetRecord turns a disruption budget into its record, without what its selector reaches (Targets).
func BudgetRecord(b *Budget) snapshot.DisruptionBudget {
	status := &b.Status
	return snapshot.DisruptionBudget{
		Namespace: b.Meta.NamespaceOrDefault(), Name: b.Meta.DisplayName(),
		MinAvailable: b.Spec.MinAvailable.Text, MaxUnavailable: b.Spec.MaxUnavailable.Text,
		ExpectedPods: nonNegative(status.Expected.Pointer()), HealthyPods: nonNegative(status.Healthy.Pointer()),
		DesiredHealthy: nonNegative(status.DesiredHealthy.Pointer()), DisruptionsAllowed: nonNegative(status.Allowed.Pointer()),
	}
}

// IsAutoscaler reports whether a type is read as an autoscaler.
func IsAutoscaler(t TypeMeta) bool {
	return t.Kind == "HorizontalPodAutoscaler" && t.Group() == "autoscaling" || t.Kind == "ScaledObject" && t.Group() == "keda.sh"
}

// AutoscalerRecord turns an autoscaler into its record. Minimum by default: 1 of a HorizontalPodAutoscaler, 0 of a ScaledObject.
func AutoscalerRecord(a *Autoscaler) snapshot.Autoscaler {
	lowest, highest, def := a.Spec.MinReplicas, a.Spec.MaxReplicas, int64(1)
	target := snapshot.Ref{Kind: a.Spec.Target.Kind, Namespace: a.Meta.NamespaceOrDefault(), Name: a.Spec.Target.Name}
	if a.Kind == "ScaledObject" {
		lowest, highest, def = a.Spec.MinCount, a.Spec.MaxCount, 0
		target.Kind = orDefault(target.Kind, "Deployment")
	}
	return snapshot.Autoscaler{
		Namespace: target.Namespace, Name: a.Meta.DisplayName(), ObjectKind: a.Kind, Target: target,
		MinReplicas: int(max(lowest.Or(def), 0)), MaxReplicas: int(max(highest.Value, 0)), Unreadable: lowest.Unreadable || highest.Unreadable,
	}
}

// policyKinds are the kinds that count as network policies, with whether they are cluster-wide.
var policyKinds = map[[2]string]bool{
	{"networking.k8s.io", "NetworkPolicy"}:           false,
	{"crd.projectcalico.org", "NetworkPolicy"}:       false,
	{"crd.projectcalico.org", "GlobalNetworkPolicy"}: true,
	{"projectcalico.org", "NetworkPolicy"}:           false,
	{"projectcalico.org", "GlobalNetworkPolicy"}:     true,
	{"cilium.io", "CiliumNetworkPolicy"}:             false,
	{"cilium.io", "CiliumClusterwideNetworkPolicy"}:  true,
}

// IsPolicy reports whether a type is read as a network policy, Kubernetes' or a CNI's own.
func IsPolicy(t TypeMeta) bool {
	_, ok := policyKinds[[2]string{t.Group(), t.Kind}]
	return ok
}

// IsPolicyOfCNI reports whether a type is a policy of the CNI's own kinds.
func IsPolicyOfCNI(t TypeMeta) bool { return IsPolicy(t) && t.Group() != "networking.k8s.io" }

// PolicyRecord turns a network policy into its record. A CNI's own kind carries its group, for Calico calls one of its kinds
// NetworkPolicy too.
func PolicyRecord(o *Object) snapshot.NetworkPolicy {
	record := snapshot.NetworkPolicy{Name: o.Meta.DisplayName(), ObjectKind: o.Kind}
	if IsPolicyOfCNI(o.TypeMeta) {
		record.ObjectKind = o.Kind + "." + o.Group()
	}
	if clusterWide := policyKinds[[2]string{o.Group(), o.Kind}]; !clusterWide {
		record.Namespace = o.Meta.NamespaceOrDefault()
	}
	return record
}
