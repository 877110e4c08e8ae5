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
		LoadBalancerAddresses: len(s.Status.LoadBalancer.Ingress),
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

// ReadyEndpointNodes counts ready endpoints of a service's slices by node, in the order of names. An endpoint without the
// condition is ready, as its documentation says; one without a node stands under the empty name.
func ReadyEndpointNodes(slicesOf []EndpointSlice) []snapshot.Share {
	counts := map[string]int{}
	for i := range slicesOf {
		for _, endpoint := range slicesOf[i].Endpoints {
			if ready := endpoint.Conditions.Ready; ready == nil || *ready {
				counts[endpoint.NodeName]++
			}
		}
	}
	return Shares(counts)
}

// Shares gives counts in the order of their names.
func Shares(counts map[string]int) []snapshot.Share {
	var shares []snapshot.Share
	for name, n := range counts {
		shares = append(shares, snapshot.Share{Name: name, Pods: n})
	}
	slices.SortFunc(shares, func(a, b snapshot.Share) int { return cmp.Compare(a.Name, b.Name) })
	return shares
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
