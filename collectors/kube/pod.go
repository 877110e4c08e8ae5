package kube

// PodTemplate is the pod that a controller makes.
type PodTemplate struct {
	Meta Meta    `json:"metadata"`
	Spec PodSpec `json:"spec"`
}

// PodSpec is what is read of a pod's specification.
type PodSpec struct {
	Containers     []Container        `json:"containers"`
	InitContainers []Container        `json:"initContainers"`
	Volumes        []Volume           `json:"volumes"`
	NodeName       string             `json:"nodeName"`
	HostNetwork    bool               `json:"hostNetwork"`
	RestartPolicy  string             `json:"restartPolicy"`
	GraceSeconds   Long               `json:"terminationGracePeriodSeconds"`
	Resources      *Resources         `json:"resources"`
	Spread         []SpreadConstraint `json:"topologySpreadConstraints"`
	Affinity       *Affinity          `json:"affinity"`
}

// SpreadConstraint is one of topologySpreadConstraints.
type SpreadConstraint struct {
	TopologyKey string `json:"topologyKey"`
}

// Affinity is read for what keeps replicas apart.
type Affinity struct {
	PodAntiAffinity *struct {
		Required  []SpreadConstraint `json:"requiredDuringSchedulingIgnoredDuringExecution"`
		Preferred []struct {
			Term SpreadConstraint `json:"podAffinityTerm"`
		} `json:"preferredDuringSchedulingIgnoredDuringExecution"`
	} `json:"podAntiAffinity"`
}

// Container is what is read of a container. It holds values that must not leave the object: convert it, never pass it on.
type Container struct {
	Line           int             `json:"-"`
	Name           string          `json:"name"`
	Image          string          `json:"image"`
	PullPolicy     string          `json:"imagePullPolicy"`
	RestartPolicy  string          `json:"restartPolicy"`
	Command        []string        `json:"command"`
	Args           []string        `json:"args"`
	Ports          []ContainerPort `json:"ports"`
	Resources      Resources       `json:"resources"`
	Environment    []Variable      `json:"env"`
	EnvironmentOf  []Present       `json:"envFrom"`
	LivenessProbe  *Probe          `json:"livenessProbe"`
	ReadinessProbe *Probe          `json:"readinessProbe"`
	StartupProbe   *Probe          `json:"startupProbe"`
	Lifecycle      *Lifecycle      `json:"lifecycle"`
	VolumeMounts   []VolumeMount   `json:"volumeMounts"`
}

// ContainerPort is a port that a container names.
type ContainerPort struct {
	Name     string `json:"name"`
	Number   Int    `json:"containerPort"`
	Protocol string `json:"protocol"`
}

// Resources are requests and limits.
type Resources struct {
	Requests Amounts `json:"requests"`
	Limits   Amounts `json:"limits"`
}

// Amounts are quantities by the resource names that are read.
type Amounts struct {
	CPU    Quantity `json:"cpu"`
	Memory Quantity `json:"memory"`
	Pods   Quantity `json:"pods"`
}

// Variable is an environment variable.
type Variable struct {
	Name  string  `json:"name"`
	Value string  `json:"value"`
	From  Present `json:"valueFrom"`
}

// Probe is a probe as written.
type Probe struct {
	HTTPGet          *HTTPGet `json:"httpGet"`
	TCPSocket        *TCPPort `json:"tcpSocket"`
	Exec             *Command `json:"exec"`
	GRPC             *GRPC    `json:"grpc"`
	InitialDelay     Int      `json:"initialDelaySeconds"`
	Period           Int      `json:"periodSeconds"`
	Timeout          Int      `json:"timeoutSeconds"`
	FailureThreshold Int      `json:"failureThreshold"`
	SuccessThreshold Int      `json:"successThreshold"`
}

// HTTPGet is an HTTP probe's or hook's request.
type HTTPGet struct {
	Path    string      `json:"path"`
	Port    IntOrString `json:"port"`
	Host    string      `json:"host"`
	Scheme  string      `json:"scheme"`
	Headers []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"httpHeaders"`
}

// TCPPort is a port that must accept a connection.
type TCPPort struct {
	Host string      `json:"host"`
	Port IntOrString `json:"port"`
}

// Command is what a probe or hook runs.
type Command struct {
	Command []string `json:"command"`
}

// GRPC is a gRPC health check.
type GRPC struct {
	Port    IntOrString `json:"port"`
	Service string      `json:"service"`
}

// Lifecycle holds a container's hooks.
type Lifecycle struct {
	PreStop *struct {
		Exec      *Command `json:"exec"`
		HTTPGet   Present  `json:"httpGet"`
		TCPSocket Present  `json:"tcpSocket"`
		Sleep     *struct {
			Seconds Int `json:"seconds"`
		} `json:"sleep"`
	} `json:"preStop"`
}

// VolumeMount says where a container sees a volume.
type VolumeMount struct {
	Name     string `json:"name"`
	ReadOnly bool   `json:"readOnly"`
}

// Volume is a pod's volume by its source.
type Volume struct {
	Name     string `json:"name"`
	HostPath *struct {
		Path string `json:"path"`
		Type string `json:"type"`
	} `json:"hostPath"`
	EmptyDir Present `json:"emptyDir"`
	Claim    *struct {
		Name     string `json:"claimName"`
		ReadOnly bool   `json:"readOnly"`
	} `json:"persistentVolumeClaim"`
	Ephemeral *struct {
		Template struct {
			Spec ClaimSpec `json:"spec"`
		} `json:"volumeClaimTemplate"`
	} `json:"ephemeral"`
	ConfigMap Present `json:"configMap"`
	Secret    Present `json:"secret"`
	CSI       *Driver `json:"csi"`
	InTree
}

// Pod is a pod, with its status where it lives.
type Pod struct {
	Object
	Spec   PodSpec   `json:"spec"`
	Status PodStatus `json:"status"`
}

// PodStatus is what is read of a pod's life.
type PodStatus struct {
	Phase          string            `json:"phase"`
	StartTime      Time              `json:"startTime"`
	Conditions     []Condition       `json:"conditions"`
	Containers     []ContainerStatus `json:"containerStatuses"`
	InitContainers []ContainerStatus `json:"initContainerStatuses"`
}

// Condition is a condition of any object, without its free text.
type Condition struct {
	Type   string `json:"type"`
	Status string `json:"status"`
	Reason string `json:"reason"`
	Since  Time   `json:"lastTransitionTime"`
}

// ContainerStatus is what is read of a container's life.
type ContainerStatus struct {
	Name     string         `json:"name"`
	ImageID  string         `json:"imageID"`
	Restarts Int            `json:"restartCount"`
	State    ContainerState `json:"state"`
	Last     ContainerState `json:"lastState"`
}

// ContainerState is how a container ended, where it did.
type ContainerState struct {
	Terminated *Terminated `json:"terminated"`
}

// Terminated is how a container ended.
type Terminated struct {
	Reason     string `json:"reason"`
	ExitCode   Int    `json:"exitCode"`
	FinishedAt Time   `json:"finishedAt"`
}
