package upgrade

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

func burdens(all []Burden) []string {
	var words []string
	for _, b := range all {
		words = append(words, fmt.Sprintf("%d %s", b.Count, b.What))
	}
	return words
}

func volume(name, source, driver string, gibibytes int64) snapshot.PersistentVolume {
	bytes := gibibytes << 30
	v := snapshot.PersistentVolume{Name: name, Source: source, Driver: driver, Claim: "claim-" + name, ClaimNamespace: "shop"}
	if gibibytes > 0 {
		v.CapacityBytes = &bytes
	}
	return v
}

func TestTheStateThatMoves(t *testing.T) {
	free := snapshot.PersistentVolume{Name: "free", Source: "csi", Driver: "disk.example.com"}
	state := func(more ...snapshot.Record) []Burden {
		return compute(clusterOf("v1.36.1", "kubeadm", more...), 37).NewCluster.State
	}
	got := state(volume("a", "csi", "disk.example.com", 1), volume("b", "csi", "disk.example.com", 2), volume("c", "hostPath", "", 0), volume("d", "nfs", "", 4), free)
	require.Equal(t, []string{"2 volumes of disk.example.com", "1 volumes of hostPath", "1 volumes of nfs"}, burdens(got))
	require.EqualValues(t, 3<<30, got[0].Bytes)
	require.Equal(t, []snapshot.Ref{ref("PersistentVolume", "", "a"), ref("PersistentVolume", "", "b")}, got[0].Objects)
	require.Empty(t, got[0].Evidence)
	require.Equal(t, "bound to a node", got[1].Evidence[0].What)
	require.Empty(t, got[2].Evidence)

	var many []snapshot.Record
	for i := range 30 {
		many = append(many, volume(fmt.Sprint(i), "nfs", "", 1))
	}
	got = state(many...)
	require.Equal(t, 30, got[0].Count)
	require.Len(t, got[0].Objects, 25)
	require.EqualValues(t, 30<<30, got[0].Bytes)

	stateful := []snapshot.Record{snapshot.Workload{Kind: "StatefulSet", Namespace: "shop", Name: "db"}, snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web"},
		snapshot.Workload{Kind: "StatefulSet", Namespace: "kube-system", Name: "etcd"}}
	require.Equal(t, []Burden{{What: "StatefulSets, whose volumes were not seen", Count: 1, Objects: []snapshot.Ref{ref("StatefulSet", "shop", "db")}}}, state(stateful...))
	require.Equal(t, []Burden{}, state(append(stateful, free)...), "volumes were seen, and hold nothing")
	require.Equal(t, []Burden{}, state(), "JSON says [], never null")
}

func TestTheAddressesThatMove(t *testing.T) {
	service := func(namespace, name, kind string) snapshot.Service {
		return snapshot.Service{Namespace: namespace, Name: name, Type: kind}
	}
	owned := service("shop", "owned", "LoadBalancer")
	owned.ExternalAddresses = []snapshot.ExternalAddress{{Hash: "h"}}
	p := compute(clusterOf("v1.36.1", "kubeadm", owned, service("shop", "a", "LoadBalancer"), service("shop", "b", "NodePort"), service("shop", "inner", "ClusterIP"), service("kube-system", "dns", "NodePort"),
		snapshot.Ingress{ObjectKind: "Ingress", Namespace: "shop", Name: "named", Hosts: 1}, snapshot.Ingress{ObjectKind: "Ingress", Namespace: "shop", Name: "any"},
		snapshot.Ingress{ObjectKind: "HTTPRoute", Namespace: "shop", Name: "route", Hosts: 1}), 37)
	require.Equal(t, []string{"1 ingresses, whose names must point elsewhere", "1 services of a load balancer", "1 services on ports of the nodes", "1 services with external addresses of their own"},
		burdens(p.NewCluster.Addresses))
	require.Equal(t, []snapshot.Ref{ref("Ingress", "shop", "named")}, p.NewCluster.Addresses[0].Objects)
	require.Equal(t, []snapshot.Ref{ref("Service", "shop", "b")}, p.NewCluster.Addresses[2].Objects)
	require.Contains(t, p.Weighs, "moves 0 pieces of state and 4 addresses.")
	one := compute(clusterOf("v1.36.1", "kubeadm", owned, volume("a", "nfs", "", 1)), 37)
	require.Equal(t, "In place: 1 hop and as many windows, with 0 blockers on the way. A new cluster: one transition, which moves 1 piece of state and 1 address.", one.Weighs)
}

func TestWhatNothingStartsAgain(t *testing.T) {
	pod := func(name string, change func(*snapshot.Workload)) snapshot.Workload {
		w := snapshot.Workload{Kind: "Pod", Namespace: "shop", Name: name, RestartPolicy: "Always"}
		change(&w)
		return w
	}
	p := compute(clusterOf("v1.36.1", "kubeadm",
		pod("naked", func(*snapshot.Workload) {}),
		pod("owned", func(w *snapshot.Workload) { w.OwnerKind = "Database" }),
		pod("static", func(w *snapshot.Workload) { w.Mirror = true }),
		pod("done", func(w *snapshot.Workload) { w.Finished = true }),
		pod("hook", func(w *snapshot.Workload) { w.HelmHook = true }),
		pod("once", func(w *snapshot.Workload) { w.RestartPolicy = "Never" }),
		snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web"}), 37)
	require.Equal(t, []Burden{{What: "pods without an owner, which nothing starts again", Count: 1, Objects: []snapshot.Ref{ref("Pod", "shop", "naked")}}}, p.NewCluster.Undrainable)
	require.Equal(t, []Burden{}, compute(clusterOf("v1.36.1", "kubeadm"), 37).NewCluster.Undrainable, "JSON says [], never null")
}

// The windows of Kubernetes' policy, walked by hand: up to 1.24 a kubelet stays two minors, from 1.25 on three.
func TestHowOftenEveryNodeIsDrainedAtLeast(t *testing.T) {
	for name, c := range map[string]struct {
		version, tool string
		kubelets      []string
		to            reference.Minor
		least         int
	}{
		"drained at 1.21, 1.23, 1.25, 1.28, 1.31, 1.34 and at the end": {"v1.19.1", "kubeadm", []string{"v1.19.1"}, 37, 7},
		"three minors at one go":               {"v1.34.1", "kubeadm", []string{"v1.34.1"}, 37, 1},
		"where the tool allows two":            {"v1.34.1", "kubeone", []string{"v1.34.1"}, 37, 2},
		"kubelets that stayed behind go first": {"v1.36.1", "kubeadm", []string{"v1.36.1", "v1.33.1"}, 37, 2},
		"all kubelets stayed behind":           {"v1.36.1", "kubeadm", []string{"v1.33.1"}, 37, 2},
		"kubelets that stayed behind and may":  {"v1.36.1", "kubeadm", []string{"v1.34.1"}, 37, 1},
		"nobody saw them":                      {"v1.36.1", "kubeadm", nil, 37, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var nodes []snapshot.Record
			for i, kubelet := range c.kubelets {
				nodes = append(nodes, snapshot.Node{Name: fmt.Sprint(i), KubeletVersion: kubelet})
			}
			require.Equal(t, c.least, compute(clusterOf(c.version, c.tool, nodes...), c.to).InPlace.LeastNodeRounds)
		})
	}
}

func TestWhatANewClusterSpares(t *testing.T) {
	spares := func(version, tool string, to reference.Minor, more ...snapshot.Record) []string {
		return Compute(Input{Facts: clusterOf(version, tool, more...), AsOf: november, To: to, Undrainable: []Undrainable{{Object: ref("Deployment", "shop", "ledger")}}}).NewCluster.Spares
	}
	require.Equal(t, []string{"1 hop"}, spares("v1.36.1", "kubeadm", 37), "what can't be drained here can't be drained for a move either")
	require.Equal(t, []string{"2 hops", "1 move of the container runtime", "1 move of the network plugin", "runtime: containerd://1.5.9"},
		spares("v1.25.1", "kubeadm", 27, snapshot.Node{Name: "a", KubeletVersion: "v1.25.1", ContainerRuntime: "containerd://1.5.9", CgroupVersion: 2}, snapshot.Network{Component: "cni", Name: "calico", Version: "v3.24.0"}))
}

func TestInTreeVolumesStandWhereTheirCloudsGo(t *testing.T) {
	migrated := volume("b", "inTree", "kubernetes.io/gce-pd", 1)
	migrated.MigratedTo = "pd.csi.storage.gke.io"
	volumes := []snapshot.Record{volume("a", "inTree", "awsElasticBlockStore", 1), migrated, volume("c", "csi", "disk.example.com", 1), volume("d", "inTree", "", 1)}
	plan := func(from string, to reference.Minor) Plan { return compute(clusterOf(from, "kubeadm", volumes...), to) }
	p := plan("v1.30.1", 31)
	require.Equal(t, []string{"to 1.31 breaks: awsElasticBlockStore"}, told(p, "volume"))
	require.Equal(t, []snapshot.Ref{ref("PersistentVolume", "", "a")}, itemAt(t, p, "1.31", "volume", BreaksPart).Objects)
	require.Empty(t, moves(p, "objects of APIs that go"), "a volume is no API")
	require.Zero(t, p.NewCluster.APIs)
	require.Equal(t, 1, p.Breaking)
	require.Empty(t, told(plan("v1.28.1", 30), "volume"), "not on this way")
	require.Equal(t, []string{"to 1.31 breaks: awsElasticBlockStore"}, told(plan("v1.28.1", 33), "volume"))
	require.Equal(t, []string{"to 1.34 breaks: awsElasticBlockStore"}, told(plan("v1.33.1", 35), "volume"), "gone before: at the first hop")
}

func TestAddOnsThatNoToolBringsAlong(t *testing.T) {
	for tool, want := range map[string][]string{
		"k0s": {"to 1.34 untested: etcd 3.5.24-0", "to 1.35 untested: coredns v1.12.1"}, "kops": {"to 1.34 untested: etcd 3.5.24-0", "to 1.35 untested: coredns v1.12.1"},
		"kubeadm": nil, "kubespray": nil, "kubeone": nil, "kind": nil, "minikube": nil, "eks": nil, "rke2": nil,
	} {
		f := clusterOf("v1.33.1", tool)
		f.Cluster.CoreDNSImageVersion, f.Cluster.EtcdImageVersion = "v1.12.1", "3.5.24-0"
		require.Equal(t, want, told(compute(f, 36), "addon"), tool)
		require.Equal(t, len(want), compute(f, 36).Untested, tool)
	}
	unseen := clusterOf("v1.33.1", "k0s")
	unseen.Cluster.CoreDNSImageVersion = "v1.14.6"
	require.Empty(t, told(compute(unseen, 36), "addon"), "newer than all that kubeadm installs, and etcd was not seen")
	yes := true
	unseen.Cluster.Managed, unseen.Cluster.EtcdImageVersion = &yes, "3.4.3"
	require.Empty(t, told(compute(unseen, 36), "addon"), "somebody manages it")
	require.True(t, AddonsByVendor(unseen))
	unseen.Cluster.Managed = nil
	require.False(t, AddonsByVendor(unseen))
	require.True(t, AddonsByVendor(clusterOf("v1.33.1", "rke2")), "a distribution ships its own")
	require.False(t, AddonsByVendor(written("apps", "v1", "Deployment", "a")), "files have no cluster")
}

func TestVersionsThatAreStoredAndNotServed(t *testing.T) {
	crd := func(name string, served []string, stored ...string) snapshot.CRD {
		return snapshot.CRD{Name: name, Served: served, Stored: stored}
	}
	p := compute(clusterOf("v1.36.1", "kubeadm", crd("lost.example.com", []string{"v1"}, "v1alpha1", "v1", "v1beta1"), crd("well.example.com", []string{"v1", "v1beta1"}, "v1beta1"), crd("unseen.example.com", nil, "v1")), 37)
	require.Equal(t, []string{"before breaks: lost.example.com"}, told(p, "crd"))
	require.Equal(t, "v1alpha1, v1beta1", p.Before[0].Evidence[0].Value)
	require.Equal(t, 1, p.Breaking)
}

func TestWhatThePlanDoesNotKnow(t *testing.T) {
	calico := snapshot.Network{Component: "cni", Name: "calico", Version: "v3.32.0"}
	known := snapshot.Node{Name: "a", CgroupVersion: 2, OperatingSystem: "linux"}
	windows := snapshot.Node{Name: "b", OperatingSystem: "windows"}
	unknown := snapshot.Node{Name: "c", OperatingSystem: "linux"}
	require.Equal(t, []string{}, compute(clusterOf("v1.36.1", "kubeadm", calico, known, windows), 37).Unseen)
	require.Equal(t, []string{"the network plugin was not recognised", "the cgroup version of 1 node"}, compute(clusterOf("v1.36.1", "kubeadm", unknown, windows), 37).Unseen)
	f := clusterOf("v1.36.1", "kubeadm", calico, snapshot.Note{Resource: "nodes", Reason: "forbidden"})
	require.Equal(t, []string{"nodes: kubelets, runtimes and cgroup versions (forbidden)"}, compute(f, 37).Unseen)
	files := Compute(Input{Facts: written("apps", "v1", "Deployment", "a"), AsOf: november, From: 36, To: 37})
	require.Equal(t, []string{"files show what is applied; the cluster's nodes, runtime, network plugin and volumes are not in them"}, files.Unseen)
}

func TestThePlanNamesTheEndsThatItKnows(t *testing.T) {
	none := Compute(Input{Facts: written("apps", "v1", "Deployment", "a"), AsOf: november})
	require.Equal(t, []string{"", "1.37"}, []string{none.From, none.To})
	early := Compute(Input{Facts: clusterOf("v1.36.1", "kubeadm"), AsOf: time.Date(2015, time.January, 1, 0, 0, 0, 0, time.UTC)})
	require.Equal(t, UnknownTarget, early.Status)
	require.Equal(t, []string{"1.36", ""}, []string{early.From, early.To}, "before the first release")
}

func TestItemsStandByTheirWeight(t *testing.T) {
	p := Compute(Input{Facts: clusterOf("v1.36.1", "eks", snapshot.CRD{Name: "lost.example.com", Served: []string{"v1"}, Stored: []string{"v1beta1"}}), AsOf: november, To: 37,
		Undrainable: []Undrainable{{Object: ref("Deployment", "shop", "b")}, {Object: ref("Deployment", "shop", "a")}}})
	var order []string
	for _, item := range p.Items() {
		order = append(order, string(item.Weight)+" "+item.Subject)
	}
	require.Equal(t, []string{"blocks shop/a", "blocks shop/b", "breaks lost.example.com", "information eks"}, order)
	require.Equal(t, []int{2, 1, 0}, []int{p.Blocking, p.Breaking, p.Untested})
}
