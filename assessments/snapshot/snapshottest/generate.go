// Package snapshottest makes realistic snapshots of any size for tests and benchmarks. It is linked by no binary.
package snapshottest

import (
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"plimsoll/assessments/snapshot"
)

// TakenAt is when every generated snapshot was taken.
var TakenAt = time.Date(2026, 10, 1, 6, 0, 0, 0, time.UTC)

// PlatformUID is the cluster of every generated snapshot.
const PlatformUID = "0b9f1c52-6f0a-4a36-9b0e-5f1c2d3e4a5b"

// Generate makes the records of a cluster with n workloads, the header first and no trailer: one namespace for 80 workloads, one
// node for 25, Deployments with one or two containers, their pods, a service for each and a budget for every third. The same
// arguments give the same records.
func Generate(n int, seed uint64) []snapshot.Record {
	g := &generator{random: rand.New(rand.NewPCG(seed, uint64(n))), namespaces: max(1, n/80), nodes: max(3, n/25)}
	records := []snapshot.Record{g.header(), g.cluster()}
	for i := range g.nodes {
		records = append(records, g.node(i))
	}
	for i := range g.namespaces {
		records = append(records, g.namespace(i))
	}
	for i := range n {
		workload := g.workload(i)
		records = append(records, workload, g.pods(workload), g.service(workload))
		if i%3 == 0 {
			records = append(records, g.budget(workload))
		}
	}
	return records
}

// Write writes records as a snapshot. The first must be the header.
func Write(w io.Writer, records []snapshot.Record) error {
	header, ok := records[0].(snapshot.Header)
	if !ok {
		return fmt.Errorf("write snapshot: the first record is a %s", records[0].RecordKind())
	}
	out, err := snapshot.NewWriter(w, header)
	if err != nil {
		return err
	}
	for _, record := range records[1:] {
		if err := out.Write(record); err != nil {
			return err
		}
	}
	return out.Close()
}

type generator struct {
	random            *rand.Rand
	namespaces, nodes int
}

func (g *generator) header() snapshot.Header {
	return snapshot.Header{Schema: snapshot.Schema, CollectorVersion: "1.0.0", Source: snapshot.SourceCluster, TakenAt: TakenAt, PlatformUID: PlatformUID}
}

func (g *generator) cluster() snapshot.Cluster {
	return snapshot.Cluster{UID: PlatformUID, CreatedAt: new(TakenAt.AddDate(-2, 0, 0)), ServerVersion: "v1.36.2", Provisioner: "kubeadm",
		ProvisionerSign: "ConfigMap kube-system/kubeadm-config", Managed: new(false), PodCIDRs: []string{"10.244.0.0/16"}, ServiceCIDRs: []string{"10.96.0.0/12"},
		ControlPlane: &snapshot.ControlPlane{APIServers: 3, EtcdMembers: 3, Visible: true}}
}

func (g *generator) node(i int) snapshot.Node {
	amounts := snapshot.Amounts{CPUMillicores: 16000, MemoryBytes: 64 << 30, Pods: 110}
	return snapshot.Node{Name: nodeName(i), UID: g.uid(), Roles: []string{"worker"}, Zone: zoneName(i), Architecture: "amd64", OperatingSystem: "linux",
		KubeletVersion: "v1.36.2", ContainerRuntime: "containerd://2.2.1", KernelVersion: "6.12.0", OSImage: "Debian GNU/Linux 13", CgroupVersion: 2,
		CgroupSource: "os", Capacity: &amounts, Allocatable: &amounts, Pods: new(30 + g.random.IntN(60)),
		PodCIDRs: []string{fmt.Sprintf("10.244.%d.0/24", i%256)}, CreatedAt: new(TakenAt.AddDate(0, -3, 0)),
		Conditions: []snapshot.Condition{{Type: "Ready", Status: "True", Reason: "KubeletReady", Since: new(TakenAt.AddDate(0, -1, 0))}}}
}

func (g *generator) namespace(i int) snapshot.Namespace {
	return snapshot.Namespace{Name: namespaceName(i), NetworkPolicies: new(i % 2), LimitRangeHasCPU: new(false), LimitRangeHasMemory: new(i%7 == 0)}
}

func (g *generator) workload(i int) snapshot.Workload {
	name := fmt.Sprintf("service-%05d", i)
	w := snapshot.Workload{UID: g.uid(), APIVersion: "apps/v1", Kind: "Deployment", Namespace: namespaceName(i % g.namespaces), Name: name,
		CreatedAt:    new(TakenAt.Add(-time.Duration(g.random.IntN(365*24)) * time.Hour)),
		Labels:       map[string]string{"app.kubernetes.io/name": name, "app.kubernetes.io/version": g.version(), "helm.sh/chart": "service-1.2.0"},
		VersionLabel: true, HelmRelease: name, ManagedBy: "helm", Replicas: new(1 + g.random.IntN(5)), Strategy: "RollingUpdate", MaxUnavailable: "25%",
		MaxSurge: "25%", RevisionHistoryLimit: new(10), GraceSeconds: new(int64(30)), RestartPolicy: "Always",
		Containers: []snapshot.Container{g.application(name)}}
	w.ReadyReplicas = new(*w.Replicas)
	if g.random.IntN(2) == 0 {
		w.Containers = append(w.Containers, g.proxy())
	}
	return w
}

func (g *generator) application(name string) snapshot.Container {
	probe := snapshot.Probe{Handler: "httpGet", Path: "/healthz", Port: "http", InitialDelaySeconds: 10 * g.random.IntN(4), PeriodSeconds: 10,
		TimeoutSeconds: 1, FailureThreshold: 3, SuccessThreshold: 1}
	c := snapshot.Container{Name: "app", Role: snapshot.RoleRegular, Image: "registry.example.com/shop/" + name + ":" + g.version(), PullPolicy: "IfNotPresent",
		Ports: []snapshot.Port{{Name: "http", Number: 8080, Protocol: "TCP"}}, CPURequestMillicores: new(int64(100 + 50*g.random.IntN(10))),
		MemoryRequestBytes: new(int64(256+64*g.random.IntN(30)) << 20), MemoryLimitBytes: new(int64(2048) << 20), Readiness: &probe,
		EnvironmentNames: []string{"DB_HOST", "DB_USER", "JAVA_TOOL_OPTIONS", "SPRING_PROFILES_ACTIVE"}}
	if g.random.IntN(4) > 0 {
		c.Liveness = &probe
	}
	if g.random.IntN(3) == 0 {
		c.Image = "eclipse-temurin:21.0.12_8-jre"
		c.Runtime = &snapshot.Runtime{Entry: "java", Options: []snapshot.RuntimeOption{{Source: "JAVA_TOOL_OPTIONS", Flags: []string{"-Xmx1g", "-XX:+UseG1GC"}}}}
	}
	return c
}

func (g *generator) proxy() snapshot.Container {
	return snapshot.Container{Name: "proxy", Role: snapshot.RoleSidecar, Image: "registry.example.com/mesh/proxy:1.24.2",
		CPURequestMillicores: new(int64(50)), MemoryRequestBytes: new(int64(64 << 20)),
		Readiness: &snapshot.Probe{Handler: "httpGet", Path: "/ready", Port: "15021", PeriodSeconds: 2, TimeoutSeconds: 3, FailureThreshold: 30, SuccessThreshold: 1}}
}

func (g *generator) pods(w snapshot.Workload) snapshot.WorkloadPods {
	n := *w.Replicas
	p := snapshot.WorkloadPods{WorkloadKind: w.Kind, Namespace: w.Namespace, Name: w.Name, Total: n, Ready: n, Phases: map[string]int{"Running": n},
		ReadyAfter: &snapshot.Distribution{Min: 4, Median: 8, P95: int64(10 + g.random.IntN(40)), Max: 60, N: n}, Restarts: int64(g.random.IntN(4)),
		Oldest: new(TakenAt.AddDate(0, 0, -9)), Newest: new(TakenAt.AddDate(0, 0, -1))}
	for i := range n {
		node := g.random.IntN(g.nodes)
		p.Nodes = append(p.Nodes, snapshot.Share{Name: nodeName(node), Pods: 1})
		if i < 2 {
			p.Zones = append(p.Zones, snapshot.Share{Name: zoneName(node), Pods: 1})
		}
	}
	for _, c := range w.Containers {
		p.Images = append(p.Images, snapshot.PodImage{Template: "6d4cf56db6", Architecture: "amd64", Container: c.Name, Image: c.Image,
			ImageID: fmt.Sprintf("sha256:%016x%016x%016x%016x", g.random.Uint64(), g.random.Uint64(), g.random.Uint64(), g.random.Uint64()), Pods: n})
	}
	if g.random.IntN(20) == 0 {
		p.Terminations = []snapshot.Termination{{Container: "app", Reason: "OOMKilled", ExitCode: 137, Count: 1, Latest: new(TakenAt.AddDate(0, 0, -2))}}
	}
	return p
}

func (g *generator) service(w snapshot.Workload) snapshot.Service {
	return snapshot.Service{Namespace: w.Namespace, Name: w.Name, Type: "ClusterIP", HasSelector: true,
		Selects: []snapshot.Ref{{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name}},
		Ports:   []snapshot.ServicePort{{Name: "http", Port: 80, TargetPort: "http", Protocol: "TCP"}}, EndpointsSeen: true}
}

func (g *generator) budget(w snapshot.Workload) snapshot.DisruptionBudget {
	return snapshot.DisruptionBudget{Namespace: w.Namespace, Name: w.Name, MaxUnavailable: "1",
		Selects:      []snapshot.Ref{{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name}},
		ExpectedPods: w.Replicas, HealthyPods: w.Replicas, DesiredHealthy: new(*w.Replicas - 1), DisruptionsAllowed: new(1)}
}

func (g *generator) uid() string {
	a, b := g.random.Uint64(), g.random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffffffffffff)
}

func (g *generator) version() string {
	return fmt.Sprintf("1.%d.%d", g.random.IntN(30), g.random.IntN(10))
}

func namespaceName(i int) string { return fmt.Sprintf("team-%03d", i) }
func nodeName(i int) string      { return fmt.Sprintf("node-%04d", i) }
func zoneName(i int) string      { return "zone-" + string(rune('a'+i%3)) }
