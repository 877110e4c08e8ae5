package kube

import (
	"slices"

	"plimsoll/assessments/snapshot"
)

// Ingress is an Ingress of any version, a Gateway or a route of the Gateway API; their fields stand side by side.
type Ingress struct {
	Object
	Spec struct {
		Class          string          `json:"ingressClassName"`
		Backend        *IngressBackend `json:"backend"` // v1beta1
		DefaultBackend *IngressBackend `json:"defaultBackend"`
		TLS            []Present       `json:"tls"`
		Rules          []IngressRule   `json:"rules"`            // of an Ingress by host, of a route by backend
		GatewayClass   string          `json:"gatewayClassName"` // Gateway
		Listeners      []struct {
			Hostname string  `json:"hostname"`
			TLS      Present `json:"tls"`
		} `json:"listeners"`
		Hostnames []string `json:"hostnames"` // routes
	} `json:"spec"`
	Status struct {
		LoadBalancer struct {
			Ingress []Present `json:"ingress"`
		} `json:"loadBalancer"`
		Addresses []Present `json:"addresses"` // Gateway
	} `json:"status"`
}

// IngressRule is a rule of an Ingress or of a route.
type IngressRule struct {
	Host string `json:"host"`
	HTTP struct {
		Paths []struct {
			Backend IngressBackend `json:"backend"`
		} `json:"paths"`
	} `json:"http"`
	Backends []struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"backendRefs"` // routes
}

// IngressBackend names the service behind a path.
type IngressBackend struct {
	ServiceName string `json:"serviceName"` // v1beta1
	Service     struct {
		Name string `json:"name"`
	} `json:"service"`
}

const annotationIngressClass = "kubernetes.io/ingress.class"

// gatewayKinds are the kinds of the Gateway API that are read.
var gatewayKinds = set("Gateway", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")

// IsIngress reports whether a type is read as a way into the cluster.
func IsIngress(t TypeMeta) bool {
	switch t.Group() {
	case "networking.k8s.io", "extensions":
		return t.Kind == "Ingress"
	case "gateway.networking.k8s.io":
		return gatewayKinds[t.Kind]
	}
	return false
}

// IngressRecord turns an Ingress, a Gateway or a route into its record: how many hosts and addresses, and never which.
func IngressRecord(i *Ingress) snapshot.Ingress {
	hosts, services := map[string]bool{}, map[string]bool{}
	record := snapshot.Ingress{
		ObjectKind: i.Kind, APIVersion: i.APIVersion, Namespace: i.Meta.NamespaceOrDefault(), Name: i.Meta.DisplayName(),
		Class: orDefault(orDefault(i.Spec.Class, i.Spec.GatewayClass), i.Meta.Annotations[annotationIngressClass]),
		TLS:   len(i.Spec.TLS) > 0, Addresses: len(i.Status.LoadBalancer.Ingress) + len(i.Status.Addresses),
	}
	for _, listener := range i.Spec.Listeners {
		hosts[listener.Hostname] = true
		record.TLS = record.TLS || bool(listener.TLS)
	}
	for _, host := range i.Spec.Hostnames {
		hosts[host] = true
	}
	for _, backend := range []*IngressBackend{i.Spec.Backend, i.Spec.DefaultBackend} {
		if backend != nil {
			services[backend.name()] = true
		}
	}
	for _, rule := range i.Spec.Rules {
		hosts[rule.Host] = true
		for j := range rule.HTTP.Paths {
			services[rule.HTTP.Paths[j].Backend.name()] = true
		}
		for _, backend := range rule.Backends {
			if backend.Kind == "" || backend.Kind == "Service" {
				services[backend.Name] = true
			}
		}
	}
	delete(hosts, "")
	delete(services, "")
	record.Hosts, record.Services = len(hosts), slices.Clip(sortedKeys(services))
	return record
}

func (b *IngressBackend) name() string { return orDefault(b.Service.Name, b.ServiceName) }
