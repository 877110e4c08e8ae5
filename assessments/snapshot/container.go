package snapshot

// Role says what a container is for in its pod.
type Role string

// The roles of containers. A sidecar is a restartable init container.
const (
	RoleRegular Role = "regular"
	RoleInit    Role = "init"
	RoleSidecar Role = "sidecar"
)

// Container is one container of a pod template.
type Container struct {
	Name                 string   `json:"name"`
	Role                 Role     `json:"role"`
	Line                 int      `json:"line,omitzero"` // over manifests
	Image                string   `json:"image,omitzero"`
	PullPolicy           string   `json:"pullPolicy,omitzero"` // as written; empty: by default
	Ports                []Port   `json:"ports,omitzero"`
	CPURequestMillicores *int64   `json:"cpuRequestMillicores,omitzero"`
	CPULimitMillicores   *int64   `json:"cpuLimitMillicores,omitzero"`
	MemoryRequestBytes   *int64   `json:"memoryRequestBytes,omitzero"`
	MemoryLimitBytes     *int64   `json:"memoryLimitBytes,omitzero"`
	ResourcesUnreadable  bool     `json:"resourcesUnreadable,omitzero"` // a value that is a placeholder, no quantity
	Liveness             *Probe   `json:"liveness,omitzero"`
	Readiness            *Probe   `json:"readiness,omitzero"`
	Startup              *Probe   `json:"startup,omitzero"`
	PreStop              *PreStop `json:"preStop,omitzero"`
	EnvironmentNames     []string `json:"environmentNames,omitzero"`
	EnvironmentFrom      int      `json:"environmentFrom,omitzero"` // ConfigMaps and Secrets whose every key becomes a variable: unread
	Runtime              *Runtime `json:"runtime,omitzero"`
}

// Port is a port that a container names.
type Port struct {
	Name     string `json:"name,omitzero"`
	Number   int    `json:"number"`
	Protocol string `json:"protocol,omitzero"`
}

// Probe is a probe with the API's defaults applied.
type Probe struct {
	Handler             string `json:"handler"`                // httpGet, tcpSocket, exec, grpc
	Path                string `json:"path,omitzero"`          // httpGet, without query
	Port                string `json:"port,omitzero"`          // number or name as written
	CommandDigest       string `json:"commandDigest,omitzero"` // what else tells two probes apart (command, scheme, host, query, headers, gRPC service): comparable, not readable
	Unreadable          bool   `json:"unreadable,omitzero"`    // a figure is a placeholder: the figures below say nothing
	InitialDelaySeconds int    `json:"initialDelaySeconds,omitzero"`
	PeriodSeconds       int    `json:"periodSeconds"`
	TimeoutSeconds      int    `json:"timeoutSeconds"`
	FailureThreshold    int    `json:"failureThreshold"`
	SuccessThreshold    int    `json:"successThreshold"`
}

// PreStop is a hook that runs before the container is stopped.
type PreStop struct {
	Handler      string `json:"handler"` // exec, httpGet, sleep
	SleepSeconds *int64 `json:"sleepSeconds,omitzero"`
}

// Runtime holds what a language runtime is told, read from documented variables and recognised flags alone.
type Runtime struct {
	Entry      string          `json:"entry,omitzero"`      // what the command is: "" (image's own), java, script, other
	EntryNames []string        `json:"entryNames,omitzero"` // documented variables that the command names
	Options    []RuntimeOption `json:"options,omitzero"`
	Versions   []RuntimeOption `json:"versions,omitzero"` // JAVA_VERSION and the like: digits, dots, signs only
	Product    []RuntimeOption `json:"product,omitzero"`  // figures of known products, such as KAFKA_CFG_MIN_INSYNC_REPLICAS
}

// RuntimeOption is the recognised part of one source of options, in the order it stands there.
type RuntimeOption struct {
	Source string   `json:"source"`          // JAVA_TOOL_OPTIONS …, command, args
	Flags  []string `json:"flags,omitzero"`  // recognised flags as written: -Xmx1g, -XX:MaxRAMPercentage=75
	Unread bool     `json:"unread,omitzero"` // set from a ConfigMap, Secret or field: not read
}
