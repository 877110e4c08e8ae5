package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"strconv"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/ptr"
)

// population is a large cluster that is there before the server starts. Its objects go into the store in the encoding in which
// the server keeps them: writing two hundred thousand of them through the server would take an hour. What the server would refuse
// it is not asked about, so that this is for measuring alone.
type population struct {
	nodes, namespaces, workloads, pods int
}

func (p *population) register(set *flag.FlagSet) {
	set.IntVar(&p.nodes, "nodes", 0, "begin with so many nodes")
	set.IntVar(&p.namespaces, "namespaces", 0, "begin with so many namespaces")
	set.IntVar(&p.workloads, "workloads", 0, "begin with so many Deployments, each with a ReplicaSet, a Service and its EndpointSlice")
	set.IntVar(&p.pods, "pods", 0, "begin with so many pods, spread over the workloads")
}

func (p population) empty() bool { return p == population{} }

const (
	storeWriters = 4
	storeBatch   = 100 // of one transaction; etcd takes 128
	dialTimeout  = 10 * time.Second
)

// store writes the population to the endpoint's store.
func (p population) store(ctx context.Context, endpoint string) error {
	if p.workloads > 0 && p.namespaces == 0 || p.pods > 0 && (p.workloads == 0 || p.nodes == 0) {
		return fmt.Errorf("population: workloads need namespaces, pods need workloads and nodes")
	}
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: dialTimeout})
	if err != nil {
		return fmt.Errorf("population: %w", err)
	}
	defer client.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	batches := make(chan []clientv3.Op, storeWriters)
	var writers sync.WaitGroup
	for range storeWriters {
		writers.Go(func() {
			for batch := range batches {
				if _, err := client.Txn(ctx).Then(batch...).Commit(); err != nil {
					cancel(fmt.Errorf("population: %w", err))
					return
				}
			}
		})
	}
	err = p.write(ctx, batches)
	close(batches)
	writers.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (p population) write(ctx context.Context, batches chan<- []clientv3.Op) error {
	serializer := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)
	var batch []clientv3.Op
	flush := func() error {
		select {
		case batches <- batch:
			batch = nil
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := p.each(func(key string, object runtime.Object) error {
		var encoded bytes.Buffer
		if err := serializer.Encode(object, &encoded); err != nil {
			return fmt.Errorf("population: encode %s: %w", key, err)
		}
		if batch = append(batch, clientv3.OpPut("/registry/"+key, encoded.String())); len(batch) == storeBatch {
			return flush()
		}
		return nil
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	return err
}

// each gives every object with its key below the store's root.
func (p population) each(put func(key string, object runtime.Object) error) error {
	for i := range p.namespaces {
		n := namespace(i)
		if err := put("namespaces/"+n.Name, n); err != nil {
			return err
		}
	}
	for i := range p.nodes {
		n := node(i)
		if err := put("minions/"+n.Name, n); err != nil {
			return err
		}
	}
	for i := range p.workloads {
		if err := p.workload(i, put); err != nil {
			return err
		}
	}
	return nil
}

// workload gives one Deployment with everything below and before it.
func (p population) workload(i int, put func(string, runtime.Object) error) error {
	space, name := namespaceName(i%p.namespaces), fmt.Sprintf("app-%05d", i)
	from, to := i*p.pods/p.workloads, (i+1)*p.pods/p.workloads
	deployment := deploymentOf(space, name, i, to-from)
	set := replicaSetOf(deployment, i)
	for _, o := range []struct {
		key    string
		object runtime.Object
	}{
		{"deployments/" + space + "/" + name, deployment},
		{"replicasets/" + space + "/" + set.Name, set},
		{"services/specs/" + space + "/" + name, serviceOf(space, name, i)},
		{"ipaddresses/" + serviceAddress(i), addressOf(space, name, i)},
		{"endpointslices/" + space + "/" + name, p.sliceOf(space, name, from, to)},
	} {
		if err := put(o.key, o.object); err != nil {
			return err
		}
	}
	for k := from; k < to; k++ {
		pod := podOf(set, k, nodeName(k%p.nodes))
		if err := put("pods/"+space+"/"+pod.Name, pod); err != nil {
			return err
		}
	}
	return nil
}

// began is when everything came to be: the same bytes on each run.
var began = metav1.NewTime(time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC))

func namespaceName(i int) string { return fmt.Sprintf("team-%03d", i) }
func nodeName(i int) string      { return fmt.Sprintf("node-%05d", i) }

// uid is a number in the form of a UUID.
func uid(kind byte, i int) types.UID {
	return types.UID(fmt.Sprintf("%08x-0000-4000-8000-%012x", kind, i))
}

func head(kind byte, i int, space, name string, labels map[string]string, owners ...metav1.OwnerReference) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: space, Name: name, UID: uid(kind, i), CreationTimestamp: began, Generation: 1, Labels: labels, OwnerReferences: owners,
	}
}

// wrote is what a real object carries of each that wrote it: names of fields, a fifth of its size.
func wrote(manager string, version schema.GroupVersion, fields string) metav1.ManagedFieldsEntry {
	return metav1.ManagedFieldsEntry{Manager: manager, Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: version.String(), Time: &began, FieldsType: "FieldsV1", FieldsV1: &metav1.FieldsV1{Raw: []byte(fields)}}
}

const specFields = `{"f:metadata":{"f:labels":{".":{},"f:app":{},"f:app.kubernetes.io/name":{},"f:app.kubernetes.io/version":{}}},"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{},"f:env":{},"f:ports":{},"f:resources":{},"f:livenessProbe":{},"f:readinessProbe":{}}}}}}}`
const statusFields = `{"f:status":{"f:conditions":{"k:{\"type\":\"Ready\"}":{".":{},"f:lastTransitionTime":{},"f:status":{}}},"f:containerStatuses":{},"f:podIP":{},"f:startTime":{}}}`

func namespace(i int) *corev1.Namespace {
	name := namespaceName(i)
	return &corev1.Namespace{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"}, ObjectMeta: head('n', i, "", name, map[string]string{"kubernetes.io/metadata.name": name}),
		Spec: corev1.NamespaceSpec{Finalizers: []corev1.FinalizerName{corev1.FinalizerKubernetes}}, Status: corev1.NamespaceStatus{Phase: corev1.NamespaceActive},
	}
}

func node(i int) *corev1.Node {
	amounts := corev1.ResourceList{"cpu": resource.MustParse("16"), "memory": resource.MustParse("64Gi"), "pods": resource.MustParse("110")}
	return &corev1.Node{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: head('o', i, "", nodeName(i), map[string]string{
			"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "topology.kubernetes.io/region": "region-1", "topology.kubernetes.io/zone": "zone-" + strconv.Itoa(i%3),
		}),
		Spec: corev1.NodeSpec{PodCIDR: fmt.Sprintf("10.%d.%d.0/24", 128+i/256, i%256), PodCIDRs: []string{fmt.Sprintf("10.%d.%d.0/24", 128+i/256, i%256)}},
		Status: corev1.NodeStatus{
			Capacity: amounts, Allocatable: amounts,
			NodeInfo:   corev1.NodeSystemInfo{KubeletVersion: "v1.36.3", KernelVersion: "6.8.0-71-generic", OSImage: "Ubuntu 24.04.3 LTS", ContainerRuntimeVersion: "containerd://2.1.4", OperatingSystem: "linux", Architecture: "amd64"},
			Addresses:  []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: fmt.Sprintf("172.16.%d.%d", i/250, i%250+1)}},
			Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, LastHeartbeatTime: began, LastTransitionTime: began}},
		},
	}
}

func deploymentOf(space, name string, i, replicas int) *appsv1.Deployment {
	labels := map[string]string{"app": name, "app.kubernetes.io/name": name, "app.kubernetes.io/version": fmt.Sprintf("1.%d.0", i%9)}
	d := &appsv1.Deployment{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: head('d', i, space, name, labels),
		Spec: appsv1.DeploymentSpec{
			Replicas: ptr.To(int32(replicas)), Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: podSpec(i)},
		},
		Status: appsv1.DeploymentStatus{ObservedGeneration: 1, Replicas: int32(replicas), ReadyReplicas: int32(replicas), AvailableReplicas: int32(replicas), UpdatedReplicas: int32(replicas)},
	}
	d.ManagedFields = []metav1.ManagedFieldsEntry{wrote("helm", appsv1.SchemeGroupVersion, specFields), wrote("kube-controller-manager", appsv1.SchemeGroupVersion, statusFields)}
	return d
}

func replicaSetOf(d *appsv1.Deployment, i int) *appsv1.ReplicaSet {
	set := &appsv1.ReplicaSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"},
		ObjectMeta: head('r', i, d.Namespace, d.Name+"-7d9f6c5b48", d.Labels, *metav1.NewControllerRef(d, appsv1.SchemeGroupVersion.WithKind("Deployment"))),
		Spec:       appsv1.ReplicaSetSpec{Replicas: d.Spec.Replicas, Selector: d.Spec.Selector, Template: d.Spec.Template},
		Status:     appsv1.ReplicaSetStatus{Replicas: *d.Spec.Replicas, ReadyReplicas: *d.Spec.Replicas},
	}
	set.ManagedFields = d.ManagedFields
	return set
}

func podSpec(i int) corev1.PodSpec {
	app := corev1.Container{
		Name: "app", Image: fmt.Sprintf("registry.example/team/app-%d:1.%d.0", i%400, i%9), Ports: []corev1.ContainerPort{{ContainerPort: 8080, Name: "http"}},
		Env: []corev1.EnvVar{
			{Name: "JAVA_TOOL_OPTIONS", Value: "-XX:MaxRAMPercentage=75 -XX:+UseContainerSupport"}, {Name: "SPRING_PROFILES_ACTIVE", Value: "production"},
			{Name: "DATABASE_PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "database"}, Key: "password"}}},
		},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{"cpu": resource.MustParse("500m"), "memory": resource.MustParse("1Gi")}, Limits: corev1.ResourceList{"memory": resource.MustParse("2Gi")},
		},
		VolumeMounts: []corev1.VolumeMount{{Name: "settings", MountPath: "/etc/app", ReadOnly: true}, {Name: "token", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true}},
	}
	if i%3 != 0 {
		probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromString("http")}}, InitialDelaySeconds: 30, PeriodSeconds: 10, FailureThreshold: 3}
		app.LivenessProbe, app.ReadinessProbe = probe, probe
	}
	proxy := corev1.Container{Name: "proxy", Image: "registry.example/mesh/proxy:1.20", Args: []string{"--log", "info"}, Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse("50m")}}}
	return corev1.PodSpec{
		Containers: []corev1.Container{app, proxy}, RestartPolicy: corev1.RestartPolicyAlways, TerminationGracePeriodSeconds: ptr.To(int64(30)), ServiceAccountName: "default",
		Volumes: []corev1.Volume{
			{Name: "settings", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}}},
			{Name: "token", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}}}}}},
		},
	}
}

// podOf is a running pod; one of seventeen was killed for its memory before.
func podOf(set *appsv1.ReplicaSet, k int, on string) *corev1.Pod {
	spec := set.Spec.Template.Spec
	spec.NodeName = on
	labels := map[string]string{"pod-template-hash": "7d9f6c5b48"}
	for key, value := range set.Labels {
		labels[key] = value
	}
	statuses := make([]corev1.ContainerStatus, len(spec.Containers))
	for i, c := range spec.Containers {
		statuses[i] = corev1.ContainerStatus{
			Name: c.Name, Ready: true, Started: ptr.To(true), Image: c.Image, ImageID: c.Image + "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			ContainerID: fmt.Sprintf("containerd://%064x", k), State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: began}},
		}
	}
	if k%17 == 0 {
		statuses[0].RestartCount = int32(k % 40)
		statuses[0].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 137, Reason: "OOMKilled", StartedAt: began, FinishedAt: began}
	}
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: head('p', k, set.Namespace, fmt.Sprintf("%s-%05x", set.Name, k), labels, *metav1.NewControllerRef(set, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))),
		Spec:       spec,
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: podAddress(k), StartTime: &began, QOSClass: corev1.PodQOSBurstable, ContainerStatuses: statuses,
			Conditions: []corev1.PodCondition{
				{Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: began}, {Type: corev1.PodInitialized, Status: corev1.ConditionTrue, LastTransitionTime: began},
				{Type: corev1.ContainersReady, Status: corev1.ConditionTrue, LastTransitionTime: began}, {Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: began},
			},
		},
	}
	pod.ManagedFields = []metav1.ManagedFieldsEntry{wrote("kube-controller-manager", corev1.SchemeGroupVersion, specFields), wrote("kubelet", corev1.SchemeGroupVersion, statusFields)}
	return pod
}

func podAddress(k int) string { return fmt.Sprintf("10.%d.%d.%d", 128+k/62500, k/250%250, k%250+1) }

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

func serviceOf(space, name string, i int) *corev1.Service {
	address := serviceAddress(i)
	return &corev1.Service{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}, ObjectMeta: head('s', i, space, name, nil),
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeClusterIP, ClusterIP: address, ClusterIPs: []string{address}, Selector: map[string]string{"app": name},
			Ports: []corev1.ServicePort{{Name: "http", Port: 80, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString("http")}},
		},
	}
}

func (p population) sliceOf(space, name string, from, to int) *discoveryv1.EndpointSlice {
	slice := &discoveryv1.EndpointSlice{
		TypeMeta: metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"}, AddressType: discoveryv1.AddressTypeIPv4,
		ObjectMeta: head('e', from, space, name, map[string]string{discoveryv1.LabelServiceName: name}),
		Ports:      []discoveryv1.EndpointPort{{Name: ptr.To("http"), Port: ptr.To(int32(8080)), Protocol: ptr.To(corev1.ProtocolTCP)}},
	}
	for k := from; k < to; k++ {
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{
			Addresses: []string{podAddress(k)}, NodeName: ptr.To(nodeName(k % p.nodes)), Conditions: discoveryv1.EndpointConditions{Ready: ptr.To(true)},
		})
	}
	return slice
}
