package seed

import (
	"encoding/hex"
	"strings"
	"time"

	"plimsoll/assessments/snapshot"
)

// program is one workload of the example's clusters, told by what sets it apart from a well-kept one.
type program struct {
	namespace, name string
	kind            string // empty: Deployment
	image           string
	replicas        int
	cpu, memory     int64 // requested, millicores and MiB; 0: not said
	limit           int64 // MiB; 0: none
	java            *snapshot.Runtime
	port            port // the zero port: http on 8080
	probes          probes
	service         string // empty: none; ClusterIP, LoadBalancer, LoadBalancer Local, external address
	budget          string // maxUnavailable or minAvailable as key=value; empty: none
	release, chart  string // empty: written by kubectl alone
	editedByHand    bool
	together        bool   // all pods on one node
	drifted         bool   // two images under one tag
	startSeconds    int64  // until ready; 0: quick
	killedForMemory int    // in the last weeks
	criticality     string // annotation; empty: none
	claims          bool   // keeps its data on volume claims
	absent          bool
	later           func(stage int, w *program) // what became of it; the first stage is 0
}

type port struct {
	name   string
	number int
}

// probes are a container's probes by what they are like.
type probes int

const (
	careful     probes = iota // readiness, a liveness of its own that is slower, and a startup probe
	noProbes                  // none
	onlyReady                 // readiness alone
	equal                     // liveness asks what readiness asks, as soon
	impatient                 // a short liveness on a store that recovers slowly
	connecting                // like careful, for what speaks no HTTP
	slowToStart               // liveness without a startup probe on a slow starter
)

func (p probes) of(port string) (liveness, readiness, startup *snapshot.Probe) {
	ask := func(path string, period, failures int) *snapshot.Probe {
		return &snapshot.Probe{Handler: "httpGet", Path: path, Port: port, PeriodSeconds: period, TimeoutSeconds: 2, FailureThreshold: failures, SuccessThreshold: 1}
	}
	connect := func(delay, period, failures int) *snapshot.Probe {
		return &snapshot.Probe{Handler: "tcpSocket", Port: port, InitialDelaySeconds: delay, PeriodSeconds: period, TimeoutSeconds: 5, FailureThreshold: failures, SuccessThreshold: 1}
	}
	switch p {
	case noProbes:
		return nil, nil, nil
	case onlyReady:
		return nil, ask("/ready", 5, 3), nil
	case equal:
		return ask("/actuator/health", 10, 3), ask("/actuator/health", 10, 3), ask("/actuator/health", 10, 30)
	case impatient:
		return connect(10, 10, 3), connect(5, 10, 3), nil
	case connecting:
		return connect(0, 10, 6), connect(0, 5, 3), connect(0, 5, 60)
	case slowToStart:
		return ask("/live", 10, 6), ask("/ready", 5, 3), nil
	}
	return ask("/live", 10, 6), ask("/ready", 5, 3), ask("/live", 5, 60)
}

func (w program) kindOf() string {
	if w.kind == "" {
		return "Deployment"
	}
	return w.kind
}

// listens is the workload's port; what speaks no HTTP names its own.
func (w program) listens() (name string, number int) {
	if w.port.name == "" {
		return "http", 8080
	}
	return w.port.name, w.port.number
}

func (w program) ref() snapshot.Ref {
	return snapshot.Ref{Kind: w.kindOf(), Namespace: w.namespace, Name: w.name}
}

// record is the workload as a collector writes it.
func (w program) record(b *builder) snapshot.Workload {
	r := snapshot.Workload{UID: b.id(w.namespace + "/" + w.name), APIVersion: "apps/v1", Kind: w.kindOf(), Namespace: w.namespace, Name: w.name,
		CreatedAt: new(b.takenAt.Add(-300 * day)), Strategy: "RollingUpdate", MaxUnavailable: "25%", RevisionHistoryLimit: new(10),
		RevisionsKept: new(4), GraceSeconds: new(int64(30)), RestartPolicy: "Always", RolloutUnderWay: new(false), ProgressDeadlineHit: new(false),
		SpreadKeys: []string{"kubernetes.io/hostname"}, Containers: []snapshot.Container{w.container()}}
	if w.kindOf() == "CronJob" {
		r.APIVersion, r.Strategy, r.MaxUnavailable = "batch/v1", "", ""
	} else if w.kindOf() != "DaemonSet" {
		r.Replicas, r.ReadyReplicas = new(w.replicas), new(w.replicas)
	}
	if w.release != "" {
		_, version := cutChart(w.chart)
		r.HelmRelease, r.ManagedBy, r.VersionLabel = w.release, "helm", true
		r.Labels = map[string]string{"app.kubernetes.io/name": w.name, "app.kubernetes.io/version": version, "app.kubernetes.io/managed-by": "Helm", "helm.sh/chart": w.chart}
		r.ApplyManagers = []string{"helm"}
		r.Writers = []snapshot.FieldManager{{Manager: "helm", Operation: "Update", APIVersion: r.APIVersion, At: new(b.takenAt.Add(-6 * day))}}
	} else {
		r.Writers = []snapshot.FieldManager{{Manager: "kubectl-client-side-apply", Operation: "Update", APIVersion: r.APIVersion, At: new(b.takenAt.Add(-140 * day))}}
	}
	if w.editedByHand {
		r.Writers = append(r.Writers, snapshot.FieldManager{Manager: "kubectl-edit", Operation: "Update", APIVersion: r.APIVersion, At: new(b.takenAt.Add(-11 * day))})
	}
	if w.criticality != "" {
		r.Annotations = map[string]string{"plimsoll.dev/criticality": w.criticality}
	}
	if w.claims {
		r.Volumes = []snapshot.Volume{{Name: "data", Class: "claim", Claim: "data", Template: w.kindOf() == "StatefulSet"}}
	}
	return r
}

func (w program) container() snapshot.Container {
	c := snapshot.Container{Name: w.name, Role: snapshot.RoleRegular, Image: w.image, PullPolicy: "IfNotPresent", Runtime: w.java}
	port, number := w.listens()
	c.Ports = []snapshot.Port{{Name: port, Number: number, Protocol: "TCP"}}
	if w.kindOf() != "CronJob" {
		c.Liveness, c.Readiness, c.Startup = w.probes.of(port)
	}
	if w.cpu > 0 {
		c.CPURequestMillicores = new(w.cpu)
	}
	if w.memory > 0 {
		c.MemoryRequestBytes = new(w.memory * mebi)
	}
	if w.limit > 0 {
		c.MemoryLimitBytes = new(w.limit * mebi)
	}
	if w.java != nil {
		for _, option := range w.java.Options {
			if strings.HasPrefix(option.Source, "JAVA_") || strings.HasPrefix(option.Source, "KAFKA_") {
				c.EnvironmentNames = append(c.EnvironmentNames, option.Source)
			}
		}
	}
	return c
}

// pods sums the pods up.
func (w program) pods(b *builder, nodes []snapshot.Share) snapshot.WorkloadPods {
	n := w.replicas
	p := snapshot.WorkloadPods{WorkloadKind: w.kindOf(), Namespace: w.namespace, Name: w.name, Total: n, Ready: n, Nodes: nodes,
		Oldest: new(b.takenAt.Add(-6 * day)), Newest: new(b.takenAt.Add(-5 * day))}
	if n == 0 {
		return p
	}
	start := w.startSeconds
	if start == 0 {
		start = 9
	}
	p.Phases = map[string]int{"Running": n}
	p.ReadyAfter = &snapshot.Distribution{Min: start * 2 / 3, Median: start, P95: start + start/4, Max: start + start/3, N: n}
	image := snapshot.PodImage{Template: hex.EncodeToString(digest(w.image))[:10], Architecture: "amd64", Container: w.name, Image: w.image, Pods: n}
	image.ImageID = "sha256:" + hex.EncodeToString(digest(w.image))
	if w.drifted && n > 1 {
		other := image
		other.ImageID, other.Pods = "sha256:"+hex.EncodeToString(digest(w.image+" again")), 1
		image.Pods = n - 1
		p.Images = append(p.Images, other)
	}
	p.Images = append(p.Images, image)
	if w.killedForMemory > 0 {
		p.Restarts = int64(w.killedForMemory)
		p.Terminations = []snapshot.Termination{{Container: w.name, Reason: "OOMKilled", ExitCode: 137, Count: w.killedForMemory, Latest: new(b.takenAt.Add(-50 * time.Hour))}}
	}
	return p
}

// asService is the service before the workload.
func (w program) asService(b *builder, nodes []snapshot.Share) snapshot.Service {
	kind, policy, _ := strings.Cut(w.service, " ")
	port, number := w.listens()
	s := snapshot.Service{Namespace: w.namespace, Name: w.name, Type: kind, HasSelector: true, Selects: []snapshot.Ref{w.ref()},
		Ports: []snapshot.ServicePort{{Name: port, Port: number, TargetPort: port, Protocol: "TCP"}}, ReadyEndpointNodes: nodes, EndpointsSeen: true, ClusterAddresses: new(1)}
	switch kind {
	case "LoadBalancer":
		s.LoadBalancerAddresses, s.ExternalTrafficPolicy = 1, policy
	case "ExternalIP":
		s.Type, s.ExternalTrafficPolicy = "ClusterIP", "Cluster"
		s.ExternalAddresses = []snapshot.ExternalAddress{{Hash: hex.EncodeToString(digest(w.name))[:16], Nodes: []string{b.worker(entryWorker)}}}
	}
	return s
}

// asBudget is the disruption budget over the workload.
func (w program) asBudget() snapshot.DisruptionBudget {
	key, value, _ := strings.Cut(w.budget, "=")
	p := snapshot.DisruptionBudget{Namespace: w.namespace, Name: w.name, Selects: []snapshot.Ref{w.ref()}, ExpectedPods: new(w.replicas),
		HealthyPods: new(w.replicas), DesiredHealthy: new(w.replicas - 1), DisruptionsAllowed: new(1)}
	if key == "minAvailable" {
		p.MinAvailable, p.DesiredHealthy, p.DisruptionsAllowed = value, new(w.replicas), new(0)
		return p
	}
	p.MaxUnavailable = value
	return p
}
