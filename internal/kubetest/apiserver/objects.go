package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

func namespaceName(i int) string { return fmt.Sprintf("team-%03d", i) }
func nodeName(i int) string      { return fmt.Sprintf("node-%05d", i) }
func nodeAddress(i int) string   { return fmt.Sprintf("172.16.%d.%d", i/250%250, i%250+1) }

// digestOf is an image's: the same of the same image.
func digestOf(image string) string {
	sum := sha256.Sum256([]byte(image))
	return hex.EncodeToString(sum[:])
}

func head(kind byte, i int, space, name string, labels map[string]string, owners ...metav1.OwnerReference) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: space, Name: name, UID: uid(kind, i), CreationTimestamp: chanceOf(kind+'A', i).since(began, month), Generation: 1, Labels: labels, OwnerReferences: owners,
	}
}

func namespace(i int) *corev1.Namespace {
	name := namespaceName(i)
	return &corev1.Namespace{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"}, ObjectMeta: head('n', i, "", name, map[string]string{"kubernetes.io/metadata.name": name}),
		Spec: corev1.NamespaceSpec{Finalizers: []corev1.FinalizerName{corev1.FinalizerKubernetes}}, Status: corev1.NamespaceStatus{Phase: corev1.NamespaceActive},
	}
}

func node(i int) *corev1.Node {
	r := chanceOf('O', i)
	amounts := corev1.ResourceList{"cpu": resource.MustParse("16"), "memory": resource.MustParse("64Gi"), "pods": resource.MustParse("110")}
	n := &corev1.Node{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: head('o', i, "", nodeName(i), map[string]string{
			"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "topology.kubernetes.io/region": "region-1", "topology.kubernetes.io/zone": "zone-" + strconv.Itoa(i%3),
		}),
		Spec: corev1.NodeSpec{PodCIDR: fmt.Sprintf("10.%d.%d.0/24", 128+i/256, i%256), PodCIDRs: []string{fmt.Sprintf("10.%d.%d.0/24", 128+i/256, i%256)}},
		Status: corev1.NodeStatus{
			Capacity: amounts, Allocatable: amounts,
			NodeInfo: corev1.NodeSystemInfo{KubeletVersion: "v1.36.3", KernelVersion: "6.8.0-71-generic", OSImage: "Ubuntu 24.04.3 LTS", ContainerRuntimeVersion: "containerd://2.1.4", OperatingSystem: "linux", Architecture: "amd64",
				MachineID: r.hash()[:32], SystemUUID: string(uid('u', i)), BootID: string(uid('b', i))},
			Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: nodeAddress(i)}},
		},
	}
	beat := r.since(began.Add(month), 5*time.Minute)
	for _, kind := range []corev1.NodeConditionType{corev1.NodeMemoryPressure, corev1.NodeDiskPressure, corev1.NodePIDPressure, corev1.NodeReady} {
		status := corev1.ConditionFalse
		if kind == corev1.NodeReady {
			status = corev1.ConditionTrue
		}
		n.Status.Conditions = append(n.Status.Conditions, corev1.NodeCondition{Type: kind, Status: status, Reason: "Kubelet", LastHeartbeatTime: beat, LastTransitionTime: r.since(n.CreationTimestamp.Time, time.Minute)})
	}
	version := corev1.SchemeGroupVersion
	n.ManagedFields = []metav1.ManagedFieldsEntry{
		wrote("kubelet", metav1.ManagedFieldsOperationUpdate, version, n.CreationTimestamp, "", `{"f:metadata":{"f:labels":{".":{},"f:kubernetes.io/arch":{},"f:kubernetes.io/os":{}}}}`),
		wrote("kube-controller-manager", metav1.ManagedFieldsOperationUpdate, version, r.since(n.CreationTimestamp.Time, time.Minute), "", fmt.Sprintf(`{"f:spec":{"f:podCIDR":{},"f:podCIDRs":{".":{},"v:\"%s\"":{}}}}`, n.Spec.PodCIDR)),
		wrote("kubelet", metav1.ManagedFieldsOperationUpdate, version, beat, "status", `{"f:status":{"f:conditions":{"k:{\"type\":\"Ready\"}":{"f:lastHeartbeatTime":{},"f:lastTransitionTime":{},"f:status":{}}}}}`),
	}
	return n
}

// deployers are who writes Deployments and Services: one tool each, and whoever scales them by hand.
var deployers = []string{"helm", "argocd-controller", "kustomize-controller", "kubectl-client-side-apply"}

const (
	labelFields      = `"f:labels":{".":{},"f:app":{},"f:app.kubernetes.io/name":{},"f:app.kubernetes.io/version":{}}`
	deploymentFields = `{"f:metadata":{` + labelFields + `},"f:spec":{"f:progressDeadlineSeconds":{},"f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{` + labelFields + `},"f:spec":` + podTemplateFields + `}}}`
	deployedFields   = `{"f:metadata":{"f:annotations":{".":{},"f:deployment.kubernetes.io/revision":{}}},"f:status":{"f:availableReplicas":{},"f:conditions":{".":{},"k:{\"type\":\"Available\"}":{".":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Progressing\"}":{".":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}}},"f:observedGeneration":{},"f:readyReplicas":{},"f:replicas":{},"f:updatedReplicas":{}}}`
	setFields        = `{"f:metadata":{"f:annotations":{".":{},"f:deployment.kubernetes.io/desired-replicas":{},"f:deployment.kubernetes.io/revision":{}},` + labelFields + `,"f:ownerReferences":{".":{},"k:{\"uid\":\"%s\"}":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{` + labelFields + `},"f:spec":` + podTemplateFields + `}}}`
	setStatusFields  = `{"f:status":{"f:availableReplicas":{},"f:fullyLabeledReplicas":{},"f:observedGeneration":{},"f:readyReplicas":{},"f:replicas":{}}}`
)

func deploymentOf(space, name string, i, replicas int) *appsv1.Deployment {
	r := chanceOf('D', i)
	labels := map[string]string{"app": name, "app.kubernetes.io/name": name, "app.kubernetes.io/version": fmt.Sprintf("1.%d.0", i%9)}
	d := &appsv1.Deployment{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: head('d', i, space, name, labels),
		Spec: appsv1.DeploymentSpec{
			Replicas: ptr.To(int32(replicas)), Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: podSpec(i)},
		},
		Status: appsv1.DeploymentStatus{ObservedGeneration: 1, Replicas: int32(replicas), ReadyReplicas: int32(replicas), AvailableReplicas: int32(replicas), UpdatedReplicas: int32(replicas)},
	}
	d.Annotations = map[string]string{"deployment.kubernetes.io/revision": strconv.Itoa(1 + i%7)}
	changed := r.since(d.CreationTimestamp.Time, month/2)
	d.Status.Conditions = []appsv1.DeploymentCondition{
		{Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue, Reason: "MinimumReplicasAvailable", LastUpdateTime: changed, LastTransitionTime: changed},
		{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: "NewReplicaSetAvailable", LastUpdateTime: changed, LastTransitionTime: d.CreationTimestamp},
	}
	d.ManagedFields = []metav1.ManagedFieldsEntry{
		wrote(deployers[r.IntN(len(deployers))], metav1.ManagedFieldsOperationApply, appsv1.SchemeGroupVersion, d.CreationTimestamp, "", deploymentFields),
		wrote("kube-controller-manager", metav1.ManagedFieldsOperationUpdate, appsv1.SchemeGroupVersion, changed, "status", deployedFields),
	}
	return d
}

func replicaSetOf(d *appsv1.Deployment, i int) *appsv1.ReplicaSet {
	r := chanceOf('R', i)
	hash := r.name(10)
	labels := map[string]string{"pod-template-hash": hash}
	for key, value := range d.Labels {
		labels[key] = value
	}
	template := d.Spec.Template
	template.Labels = labels
	set := &appsv1.ReplicaSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"},
		ObjectMeta: head('r', i, d.Namespace, d.Name+"-"+hash, labels, *metav1.NewControllerRef(d, appsv1.SchemeGroupVersion.WithKind("Deployment"))),
		Spec:       appsv1.ReplicaSetSpec{Replicas: d.Spec.Replicas, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": d.Name, "pod-template-hash": hash}}, Template: template},
		Status:     appsv1.ReplicaSetStatus{Replicas: *d.Spec.Replicas, ReadyReplicas: *d.Spec.Replicas, AvailableReplicas: *d.Spec.Replicas, FullyLabeledReplicas: *d.Spec.Replicas, ObservedGeneration: 1},
	}
	set.Annotations = map[string]string{"deployment.kubernetes.io/desired-replicas": strconv.Itoa(int(*d.Spec.Replicas)), "deployment.kubernetes.io/revision": d.Annotations["deployment.kubernetes.io/revision"]}
	version := appsv1.SchemeGroupVersion
	set.ManagedFields = []metav1.ManagedFieldsEntry{
		wrote("kube-controller-manager", metav1.ManagedFieldsOperationUpdate, version, set.CreationTimestamp, "", fmt.Sprintf(setFields, d.UID)),
		wrote("kube-controller-manager", metav1.ManagedFieldsOperationUpdate, version, r.since(set.CreationTimestamp.Time, month/2), "status", setStatusFields),
	}
	return set
}

func serviceAddress(i int) string { return fmt.Sprintf("10.96.%d.%d", 1+i/250%250, i%250+1) }

// addressOf says that a service's address is taken: else the server mends that for each of them.
func addressOf(space, name string, i int) *networkingv1.IPAddress {
	address := &networkingv1.IPAddress{
		TypeMeta: metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "IPAddress"},
		ObjectMeta: head('a', i, "", serviceAddress(i), map[string]string{
			networkingv1.LabelIPAddressFamily: "IPv4", networkingv1.LabelManagedBy: "ipallocator.k8s.io",
		}),
	}
	address.Spec.ParentRef = &networkingv1.ParentReference{Resource: "services", Namespace: space, Name: name}
	return address
}

const serviceFields = `{"f:spec":{"f:internalTrafficPolicy":{},"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:name":{},"f:port":{},"f:protocol":{},"f:targetPort":{}}},"f:selector":{},"f:sessionAffinity":{},"f:type":{}}}`

func serviceOf(space, name string, i int) *corev1.Service {
	address := serviceAddress(i)
	s := &corev1.Service{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}, ObjectMeta: head('s', i, space, name, nil),
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeClusterIP, ClusterIP: address, ClusterIPs: []string{address}, Selector: map[string]string{"app": name},
			Ports: []corev1.ServicePort{{Name: "http", Port: 80, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString("http")}},
		},
	}
	deployer := deployers[chanceOf('D', i).IntN(len(deployers))]
	s.ManagedFields = []metav1.ManagedFieldsEntry{wrote(deployer, metav1.ManagedFieldsOperationApply, corev1.SchemeGroupVersion, s.CreationTimestamp, "", serviceFields)}
	return s
}

const sliceFields = `{"f:addressType":{},"f:endpoints":{},"f:metadata":{"f:annotations":{".":{},"f:endpoints.kubernetes.io/last-change-trigger-time":{}},"f:generateName":{},"f:labels":{".":{},"f:endpointslice.kubernetes.io/managed-by":{},"f:kubernetes.io/service-name":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"%s\"}":{}}},"f:ports":{}}`

// sliceOf is what the endpoint controller makes of a service and its pods.
func sliceOf(service *corev1.Service, pods []*corev1.Pod, i int) *discoveryv1.EndpointSlice {
	r := chanceOf('E', i)
	slice := &discoveryv1.EndpointSlice{
		TypeMeta: metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"}, AddressType: discoveryv1.AddressTypeIPv4,
		ObjectMeta: head('e', i, service.Namespace, service.Name+"-"+r.name(5), map[string]string{
			discoveryv1.LabelServiceName: service.Name, discoveryv1.LabelManagedBy: "endpointslice-controller.k8s.io",
		}, *metav1.NewControllerRef(service, corev1.SchemeGroupVersion.WithKind("Service"))),
		Ports: []discoveryv1.EndpointPort{{Name: ptr.To("http"), Port: ptr.To(int32(8080)), Protocol: ptr.To(corev1.ProtocolTCP)}},
	}
	slice.GenerateName = service.Name + "-"
	changed := r.since(slice.CreationTimestamp.Time, month/2)
	slice.Annotations = map[string]string{"endpoints.kubernetes.io/last-change-trigger-time": changed.UTC().Format(time.RFC3339)}
	slice.ManagedFields = []metav1.ManagedFieldsEntry{wrote("kube-controller-manager", metav1.ManagedFieldsOperationUpdate, discoveryv1.SchemeGroupVersion, changed, "", fmt.Sprintf(sliceFields, service.UID))}
	for _, pod := range pods {
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{
			Addresses: []string{pod.Status.PodIP}, NodeName: ptr.To(pod.Spec.NodeName),
			Conditions: discoveryv1.EndpointConditions{Ready: ptr.To(true), Serving: ptr.To(true), Terminating: ptr.To(false)},
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		})
	}
	return slice
}
