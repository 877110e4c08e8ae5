package kube

// Workload is any controller of pods; the fields of all kinds stand side by side. A Pod is a type of its own.
type Workload struct {
	Object
	Spec   WorkloadSpec   `json:"spec"`
	Status WorkloadStatus `json:"status"`
}

// WorkloadSpec is what is read of a controller's specification.
type WorkloadSpec struct {
	Replicas             Int         `json:"replicas"`
	Strategy             *Strategy   `json:"strategy"`
	UpdateStrategy       *Strategy   `json:"updateStrategy"`
	RevisionHistoryLimit Int         `json:"revisionHistoryLimit"`
	MinReadySeconds      Int         `json:"minReadySeconds"`
	Paused               bool        `json:"paused"`              // Deployment
	Suspend              bool        `json:"suspend"`             // Job, CronJob
	PodManagement        string      `json:"podManagementPolicy"` // StatefulSet
	Selector             OwnSelector `json:"selector"`
	Template             PodTemplate `json:"template"`
	ClaimTemplates       []struct {
		Meta struct {
			Name        string            `json:"name"`
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
		Spec ClaimSpec `json:"spec"`
	} `json:"volumeClaimTemplates"` // StatefulSet
	JobTemplate struct {
		Spec struct {
			Template PodTemplate `json:"template"`
		} `json:"spec"`
	} `json:"jobTemplate"`
}

// Strategy is how a controller replaces its pods.
type Strategy struct {
	Type          string `json:"type"`
	RollingUpdate *struct {
		MaxUnavailable IntOrString `json:"maxUnavailable"`
		MaxSurge       IntOrString `json:"maxSurge"`
		Partition      Int         `json:"partition"` // StatefulSet
	} `json:"rollingUpdate"`
}

// WorkloadStatus is what a controller says of itself.
type WorkloadStatus struct {
	ObservedGeneration Long        `json:"observedGeneration"`
	Replicas           Int         `json:"replicas"`
	UpdatedReplicas    Int         `json:"updatedReplicas"`
	ReadyReplicas      Int         `json:"readyReplicas"`
	CurrentRevision    string      `json:"currentRevision"`
	UpdateRevision     string      `json:"updateRevision"`
	DesiredScheduled   Int         `json:"desiredNumberScheduled"` // DaemonSet
	UpdatedScheduled   Int         `json:"updatedNumberScheduled"`
	NumberReady        Int         `json:"numberReady"`
	LastSuccess        Time        `json:"lastSuccessfulTime"` // CronJob
	Conditions         []Condition `json:"conditions"`
}

// Template is the pod template, wherever the kind keeps it.
func (w *Workload) Template() *PodTemplate {
	if w.Kind == "CronJob" {
		return &w.Spec.JobTemplate.Spec.Template
	}
	return &w.Spec.Template
}

// Service is a service.
type Service struct {
	Object
	Spec struct {
		Type                  string            `json:"type"`
		ClusterIP             string            `json:"clusterIP"`
		ClusterIPs            []Present         `json:"clusterIPs"`
		Selector              map[string]string `json:"selector"`
		PublishNotReady       bool              `json:"publishNotReadyAddresses"`
		Ports                 []ServicePort     `json:"ports"`
		ExternalTrafficPolicy string            `json:"externalTrafficPolicy"`
		ExternalIPs           []string          `json:"externalIPs"`
		LoadBalancerClass     string            `json:"loadBalancerClass"`
		SourceRanges          []Present         `json:"loadBalancerSourceRanges"`
	} `json:"spec"`
	Status struct {
		LoadBalancer struct {
			Ingress []Present `json:"ingress"`
		} `json:"loadBalancer"`
	} `json:"status"`
}

// ServicePort is a port of a service.
type ServicePort struct {
	Name       string      `json:"name"`
	Port       Int         `json:"port"`
	TargetPort IntOrString `json:"targetPort"`
	Protocol   string      `json:"protocol"`
}

// Budget is a PodDisruptionBudget.
type Budget struct {
	Object
	Spec struct {
		MinAvailable   IntOrString    `json:"minAvailable"`
		MaxUnavailable IntOrString    `json:"maxUnavailable"`
		Selector       *LabelSelector `json:"selector"`
	} `json:"spec"`
	Status struct {
		Expected       Int `json:"expectedPods"`
		Healthy        Int `json:"currentHealthy"`
		DesiredHealthy Int `json:"desiredHealthy"`
		Allowed        Int `json:"disruptionsAllowed"`
	} `json:"status"`
}

// Autoscaler is a HorizontalPodAutoscaler of any version, or KEDA's ScaledObject.
type Autoscaler struct {
	Object
	Spec struct {
		Target struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
		} `json:"scaleTargetRef"`
		MinReplicas Int `json:"minReplicas"`
		MaxReplicas Int `json:"maxReplicas"`
		MinCount    Int `json:"minReplicaCount"` // ScaledObject
		MaxCount    Int `json:"maxReplicaCount"` // ScaledObject
	} `json:"spec"`
}

// LimitRange is read for its containers' defaults.
type LimitRange struct {
	Object
	Spec struct {
		Limits []struct {
			Type           string          `json:"type"`
			Default        defaultRequests `json:"default"`
			DefaultRequest defaultRequests `json:"defaultRequest"`
		} `json:"limits"`
	} `json:"spec"`
}

type defaultRequests struct {
	CPU    Present `json:"cpu"`
	Memory Present `json:"memory"`
}

// Node is a machine of the cluster.
type Node struct {
	Object
	Spec struct {
		ProviderID    string   `json:"providerID"`
		PodCIDR       string   `json:"podCIDR"`
		PodCIDRs      []string `json:"podCIDRs"`
		Unschedulable bool     `json:"unschedulable"`
	} `json:"spec"`
	Status struct {
		Capacity    *Amounts    `json:"capacity"`
		Allocatable *Amounts    `json:"allocatable"`
		Conditions  []Condition `json:"conditions"`
		Addresses   []struct {
			Type    string `json:"type"`
			Address string `json:"address"`
		} `json:"addresses"`
		Info struct {
			Architecture     string `json:"architecture"`
			OperatingSystem  string `json:"operatingSystem"`
			KubeletVersion   string `json:"kubeletVersion"`
			ContainerRuntime string `json:"containerRuntimeVersion"`
			KernelVersion    string `json:"kernelVersion"`
			OSImage          string `json:"osImage"`
		} `json:"nodeInfo"`
	} `json:"status"`
}

// EndpointSlice is read for which nodes serve a service.
type EndpointSlice struct {
	Object
	AddressType string `json:"addressType"`
	Endpoints   []struct {
		NodeName   string `json:"nodeName"`
		Zone       string `json:"zone"`
		Conditions struct {
			Ready *bool `json:"ready"`
		} `json:"conditions"`
	} `json:"endpoints"`
}

// ServiceName is the service that a slice belongs to.
func (e *EndpointSlice) ServiceName() string { return e.Meta.Labels["kubernetes.io/service-name"] }

// ConfigMap is read for documented keys of kubeadm's, kube-proxy's and the CNI's alone.
type ConfigMap struct {
	Object
	Data map[string]string `json:"data"`
}
