package main

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

// podSpec is what a Deployment asks for.
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
		VolumeMounts: []corev1.VolumeMount{{Name: "settings", MountPath: "/etc/app", ReadOnly: true}},
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
		},
	}
}

// podOf is a running pod; one of seventeen was killed for its memory before.
func podOf(set *appsv1.ReplicaSet, k, on int) *corev1.Pod {
	r := chanceOf('P', k)
	labels := map[string]string{}
	for key, value := range set.Labels {
		labels[key] = value
	}
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: head('p', k, set.Namespace, podName(set, k), labels, *metav1.NewControllerRef(set, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))),
		Spec:       admitted(set.Spec.Template.Spec, r, nodeName(on)),
	}
	pod.GenerateName = set.Name + "-"
	started := r.since(pod.CreationTimestamp.Time, time.Minute)
	ready := r.since(started.Time, time.Minute)
	pod.Status = corev1.PodStatus{
		Phase: corev1.PodRunning, HostIP: nodeAddress(on), PodIP: podAddress(k), StartTime: &started, QOSClass: corev1.PodQOSBurstable, ContainerStatuses: containersOf(pod, r, k, started),
		Conditions: []corev1.PodCondition{
			{Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: pod.CreationTimestamp}, {Type: corev1.PodInitialized, Status: corev1.ConditionTrue, LastTransitionTime: started},
			{Type: corev1.ContainersReady, Status: corev1.ConditionTrue, LastTransitionTime: ready}, {Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: ready},
		},
	}
	pod.ManagedFields = podWriters(pod, set, r, ready)
	return pod
}

// podName ends as if by chance, and differently for each of a million pods.
func podName(set *appsv1.ReplicaSet, k int) string {
	return fmt.Sprintf("%s-%05x", set.Name, k*0x9e375&0xfffff)
}

// admitted is a pod's specification after admission and scheduling: each pod has an account's token and tolerates a while what befalls its node.
func admitted(spec corev1.PodSpec, r chance, on string) corev1.PodSpec {
	token := "kube-api-access-" + r.name(5)
	containers := make([]corev1.Container, len(spec.Containers))
	for i, c := range spec.Containers {
		c.VolumeMounts = append(c.VolumeMounts[:len(c.VolumeMounts):len(c.VolumeMounts)], corev1.VolumeMount{Name: token, MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true})
		containers[i] = c
	}
	spec.Containers = containers
	spec.Volumes = append(spec.Volumes[:len(spec.Volumes):len(spec.Volumes)], corev1.Volume{Name: token, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
		{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{ExpirationSeconds: ptr.To(int64(3607)), Path: "token"}},
		{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"}, Items: []corev1.KeyToPath{{Key: "ca.crt", Path: "ca.crt"}}}},
		{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{{Path: "namespace", FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.namespace"}}}}},
	}}}})
	for _, taint := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
		spec.Tolerations = append(spec.Tolerations, corev1.Toleration{Key: taint, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: ptr.To(int64(300))})
	}
	spec.NodeName, spec.Priority, spec.PreemptionPolicy = on, ptr.To(int32(0)), ptr.To(corev1.PreemptLowerPriority)
	return spec
}

func containersOf(pod *corev1.Pod, r chance, k int, started metav1.Time) []corev1.ContainerStatus {
	statuses := make([]corev1.ContainerStatus, len(pod.Spec.Containers))
	for i, c := range pod.Spec.Containers {
		running := r.since(started.Time, 20*time.Second)
		statuses[i] = corev1.ContainerStatus{
			Name: c.Name, Ready: true, Started: ptr.To(true), Image: c.Image, ImageID: c.Image + "@sha256:" + digestOf(c.Image),
			ContainerID: "containerd://" + r.hash(), State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: running}},
		}
	}
	if k%17 == 0 {
		killed := r.since(started.Time, 10*24*time.Hour)
		again := r.since(killed.Time, time.Minute)
		statuses[0].RestartCount, statuses[0].State.Running.StartedAt = int32(k%40), again
		statuses[0].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 137, Reason: "OOMKilled", StartedAt: started, FinishedAt: killed, ContainerID: "containerd://" + r.hash()}
	}
	return statuses
}

// podWriters are the controller that made the pod, its node's kubelet, which writes again and again, and of one in five somebody else.
func podWriters(pod *corev1.Pod, set *appsv1.ReplicaSet, r chance, ready metav1.Time) []metav1.ManagedFieldsEntry {
	version := corev1.SchemeGroupVersion
	writers := []metav1.ManagedFieldsEntry{
		wrote("kube-controller-manager", metav1.ManagedFieldsOperationUpdate, version, pod.CreationTimestamp, "", fmt.Sprintf(podFields, set.UID, podTemplateFields)),
		wrote("kubelet", metav1.ManagedFieldsOperationUpdate, version, r.since(ready.Time, month/2), "status", fmt.Sprintf(podStatusFields, pod.Status.PodIP)),
	}
	if r.IntN(5) == 0 {
		other := []string{"multus", "istio-cni", "cilium-operator", "kubectl-label", "descheduler"}[r.IntN(5)]
		writers = append(writers, wrote(other, metav1.ManagedFieldsOperationUpdate, version, r.since(ready.Time, month/2), "", fmt.Sprintf(`{"f:metadata":{"f:annotations":{".":{},"f:%s.example/seen-by":{}}}}`, other)))
	}
	return writers
}

const (
	podFields       = `{"f:metadata":{"f:generateName":{},"f:labels":{".":{},"f:app":{},"f:app.kubernetes.io/name":{},"f:app.kubernetes.io/version":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"%s\"}":{}}},"f:spec":%s}`
	podStatusFields = `{"f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Initialized\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Ready\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}}},"f:containerStatuses":{},"f:hostIP":{},"f:hostIPs":{},"f:phase":{},"f:podIP":{},"f:podIPs":{".":{},"k:{\"ip\":\"%s\"}":{".":{},"f:ip":{}}},"f:startTime":{}}}`

	podTemplateFields = `{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"DATABASE_PASSWORD\"}":{".":{},"f:name":{},"f:valueFrom":{".":{},"f:secretKeyRef":{}}},"k:{\"name\":\"JAVA_TOOL_OPTIONS\"}":{".":{},"f:name":{},"f:value":{}},"k:{\"name\":\"SPRING_PROFILES_ACTIVE\"}":{".":{},"f:name":{},"f:value":{}}},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},"f:resources":{".":{},"f:limits":{".":{},"f:memory":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{},"f:volumeMounts":{".":{},"k:{\"mountPath\":\"/etc/app\"}":{".":{},"f:mountPath":{},"f:name":{},"f:readOnly":{}}}},"k:{\"name\":\"proxy\"}":{".":{},"f:args":{},"f:image":{},"f:name":{},"f:resources":{".":{},"f:requests":{".":{},"f:cpu":{}}}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:serviceAccount":{},"f:serviceAccountName":{},"f:terminationGracePeriodSeconds":{},"f:volumes":{".":{},"k:{\"name\":\"settings\"}":{".":{},"f:configMap":{".":{},"f:defaultMode":{},"f:name":{}},"f:name":{}}}}`
)

func podAddress(k int) string { return fmt.Sprintf("10.%d.%d.%d", 128+k/62500, k/250%250, k%250+1) }
