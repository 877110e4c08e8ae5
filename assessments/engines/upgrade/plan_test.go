package upgrade

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

var november = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

func clusterOf(version, provisioner string, more ...snapshot.Record) *facts.Facts {
	row, _ := reference.ProvisionerOf(provisioner)
	records := []snapshot.Record{
		snapshot.Header{Source: snapshot.SourceCluster, TakenAt: november, Scope: snapshot.Scope{Collected: snapshot.Resources}},
		snapshot.Cluster{UID: "c", ServerVersion: version, Provisioner: provisioner, Managed: &row.Managed},
	}
	return facts.FromRecords(facts.Options{}, append(records, more...)...)
}

func compute(f *facts.Facts, to reference.Minor) Plan {
	return Compute(Input{Facts: f, AsOf: november, To: to})
}

// itemAt is the item of a kind and weight in the hop that leads to a minor.
func itemAt(t *testing.T, p Plan, to, kind string, weight Weight) Item {
	t.Helper()
	for _, hop := range p.Hops {
		for _, item := range hop.Items {
			if hop.To == to && item.Kind == kind && item.Weight == weight {
				return item
			}
		}
	}
	require.Failf(t, "no such item", "%s %s in the hop to %s", weight, kind, to)
	return Item{}
}

// moveAt is the move of something in the hop that leads to a minor.
func moveAt(t *testing.T, p Plan, to, what string) Move {
	t.Helper()
	for _, hop := range p.Hops {
		for _, move := range hop.Moves {
			if hop.To == to && move.What == what {
				return move
			}
		}
	}
	require.Failf(t, "no such move", "%s in the hop to %s", what, to)
	return Move{}
}

// old is the cluster of a field report's kind: years behind, on Docker and cgroup v1, with Kubespray and Calico.
func old() *facts.Facts {
	applied, managed := 3, 2
	bytes := int64(10 << 30)
	return clusterOf("v1.19.16", "kubespray",
		snapshot.Node{Name: "a", KubeletVersion: "v1.19.16", ContainerRuntime: "docker://19.3.15", OSImage: "Ubuntu 18.04.6 LTS"},
		snapshot.Node{Name: "b", KubeletVersion: "v1.19.16", ContainerRuntime: "docker://19.3.15", OSImage: "Ubuntu 18.04.6 LTS"},
		snapshot.Network{Component: "cni", Name: "calico", Version: "v3.16.5"},
		snapshot.APIUse{Group: "extensions", Version: "v1beta1", Resource: "ingresses", ObjectKind: "Ingress", LastApplied: &applied,
			Objects: []snapshot.Ref{{Kind: "Ingress", Namespace: "shop", Name: "web"}}},
		snapshot.APIUse{Group: "policy", Version: "v1beta1", Resource: "poddisruptionbudgets", ObjectKind: "PodDisruptionBudget", ManagedFields: &managed, Managers: []string{"operator"}},
		snapshot.PersistentVolume{Name: "pv-1", Source: "local", Claim: "data-0", ClaimNamespace: "shop", CapacityBytes: &bytes},
		snapshot.PersistentVolume{Name: "pv-2", Source: "inTree", Driver: "awsElasticBlockStore", Claim: "data-1", ClaimNamespace: "shop", CapacityBytes: &bytes},
		snapshot.PersistentVolume{Name: "pv-free", Source: "nfs"},
		snapshot.Service{Namespace: "shop", Name: "web", Type: "LoadBalancer"},
		snapshot.Service{Namespace: "shop", Name: "edge", Type: "ClusterIP", ExternalAddresses: []snapshot.ExternalAddress{{Hash: "1"}}},
		snapshot.Workload{Kind: "Pod", Namespace: "shop", Name: "lonely", Containers: []snapshot.Container{{Name: "app", Role: snapshot.RoleRegular}}},
	)
}

func TestFrom119To137WithKubespray(t *testing.T) {
	p := Compute(Input{Facts: old(), AsOf: november, To: 37, Undrainable: []Undrainable{
		{Object: snapshot.Ref{Kind: "Deployment", Namespace: "shop", Name: "ledger"}, Why: "Its budget allows no pod to go."},
	}})
	require.Equal(t, Planned, p.Status)
	require.Len(t, p.Hops, 18)
	require.True(t, p.Tool.Known)

	// Dockershim stops the hop to 1.24, and by then the nodes are on containerd, which Kubespray brings along.
	dockershim := itemAt(t, p, "1.24", "runtime", Blocks)
	require.Contains(t, dockershim.Message, "no dockershim")
	require.Equal(t, 2, dockershim.Count)
	require.Equal(t, "containerd://1.6.8", moveAt(t, p, "1.24", "container runtime").To)
	require.Equal(t, "containerd://1.6.15", moveAt(t, p, "1.25", "container runtime").To)
	require.Equal(t, "v2.20.0", p.Hops[4].Release)

	// Removed APIs stand at the hop that takes them away, and hearsay is information.
	ingress := itemAt(t, p, "1.22", "removedApi", BreaksPart)
	require.Equal(t, "extensions/v1beta1 Ingress", ingress.Subject)
	require.Equal(t, 3, ingress.Count)
	require.NotEmpty(t, ingress.Objects)
	require.Equal(t, "objects of APIs that go", p.Hops[2].Moves[0].What)
	require.Contains(t, itemAt(t, p, "1.25", "removedApi", Information).Message, "managedFields")

	// cgroup v1 wanes in 1.31 and stops the kubelet in 1.35.
	require.Equal(t, 2, itemAt(t, p, "1.31", "cgroup", Information).Count)
	require.Contains(t, itemAt(t, p, "1.35", "cgroup", Blocks).Evidence[0].Value, "inferred from Ubuntu 18.04")

	// Calico moves along: by the table where Kubespray's releases are not known, then with them.
	require.Equal(t, Move{What: "network plugin calico", From: "v3.16.5", To: "3.20", Why: "tested with 1.20; v3.16.5 is not"}, moveAt(t, p, "1.20", "network plugin calico"))
	require.Equal(t, "3.23", moveAt(t, p, "1.22", "network plugin calico").To)
	require.Contains(t, itemAt(t, p, "1.24", "cni", NotTested).Message, "Calico 3.23", "what the tool brings is the tool's choice, and said")
	require.Equal(t, "3.23.3", moveAt(t, p, "1.24", "network plugin calico").To)
	require.Contains(t, itemAt(t, p, "1.37", "cni", NotKnown).Message, "came after the list")
	require.Contains(t, itemAt(t, p, "1.31", "volume", BreaksPart).Message, "awsElasticBlockStore")

	// What the reference does not know of Kubespray is said, and does not block.
	require.Contains(t, itemAt(t, p, "1.36", "tool", NotKnown).Message, "Which release of kubespray installs 1.36")
	require.Equal(t, "drain", p.Before[0].Kind)
	require.Equal(t, 3, p.Blocking, "the budget, dockershim and cgroup v1")

	require.Equal(t, 18, p.InPlace.Windows)
	require.Equal(t, 15, p.InPlace.EndedMinors, "1.20 to 1.34 are past their end")
	require.Less(t, p.InPlace.LeastNodeRounds, p.InPlace.NodeRounds)
	require.Positive(t, p.InPlace.NetworkMoves)
	n := p.NewCluster
	require.Equal(t, 1, n.Windows)
	require.Len(t, n.State, 2, "a volume that nobody claims holds no state")
	require.Equal(t, []string{"volumes of awsElasticBlockStore", "volumes of local"}, []string{n.State[0].What, n.State[1].What})
	require.Equal(t, int64(10<<30), n.State[1].Bytes)
	require.NotEmpty(t, n.State[1].Evidence, "a local volume must be copied")
	require.Equal(t, 2, total(n.Addresses))
	require.Equal(t, 2, total(n.Undrainable))
	require.Equal(t, 1, n.APIs)
	require.Contains(t, n.Spares, "18 hops")
	require.Contains(t, p.Weighs, "18 hops")
	_, err := json.Marshal(p)
	require.NoError(t, err)
}

func TestAManagedClusterGoesItsProvidersWay(t *testing.T) {
	eks := compute(clusterOf("v1.34.2-eks-1a2b3c4", "eks", snapshot.Node{Name: "a", KubeletVersion: "v1.34.2-eks-1a2b3c4", ContainerRuntime: "containerd://1.7.20"}), 36)
	require.Len(t, eks.Hops, 2)
	require.Equal(t, 7, eks.Tool.RollbackDays)
	require.Contains(t, messages(eks.Before), "eks can take a control plane back to the minor before for 7 days after a hop.")
	require.Zero(t, eks.Blocking+eks.Untested, "a provider's node images bring the runtime")
	require.Equal(t, "control plane", eks.Hops[0].Moves[0].What)

	// 1.34 is the oldest minor that AKS supports in November 2026: out of support it may be reached in one step.
	aks := compute(clusterOf("v1.31.5", "aks", snapshot.Node{Name: "a", KubeletVersion: "v1.31.5"}), 36)
	require.Equal(t, []string{"1.34", "1.35", "1.36"}, []string{aks.Hops[0].To, aks.Hops[1].To, aks.Hops[2].To})
	require.Equal(t, []string{"1.32", "1.33"}, aks.Hops[0].Skips)
	require.Contains(t, itemAt(t, aks, "1.34", "tool", Information).Message, "without a guarantee")
	require.Zero(t, aks.Blocking)
	within := compute(clusterOf("v1.34.1", "aks"), 36)
	require.Equal(t, "1.35", within.Hops[0].To, "in support it goes one by one")

	gke := compute(clusterOf("v1.35.1-gke.100", "gke"), 37)
	require.Contains(t, messages(gke.Before), "in doubt")
}

func messages(items []Item) string {
	text := ""
	for _, item := range items {
		text += item.Message + "\n"
	}
	return text
}

func TestNoWayIsSaidAndNeverGuessed(t *testing.T) {
	for name, c := range map[string]struct {
		version string
		to      reference.Minor
		status  Status
		reason  string
	}{
		"the target runs already":         {"v1.37.1", 37, Reached, "runs 1.37 already"},
		"no target is the newest release": {"v1.37.1", 0, Reached, "runs 1.37 already"},
		"a release that nobody knows":     {"v1.36.1", 45, UnknownTarget, "1.45 was not released on 2026-11-22"},
		"a downgrade":                     {"v1.36.1", 35, Downgrade, "no downgrade of a minor"},
		"a version that can't be read":    {"custom", 37, UnknownStart, "not known"},
	} {
		t.Run(name, func(t *testing.T) {
			p := compute(clusterOf(c.version, "kubeadm"), c.to)
			require.Equal(t, c.status, p.Status)
			require.Contains(t, p.Reason, c.reason)
			require.Empty(t, p.Hops)
			require.NotNil(t, p.Hops, "JSON says [], never null")
		})
	}
	early := Compute(Input{Facts: clusterOf("v1.35.1", "kubeadm"), AsOf: time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC), To: 37})
	require.Equal(t, UnknownTarget, early.Status, "not released on that day")
}

func TestToolsHaveTheirOwnLimits(t *testing.T) {
	rke1 := compute(clusterOf("v1.28.1", "rke1"), 29)
	require.Contains(t, messages(rke1.Before), "has ended as a project")
	require.Equal(t, 1, rke1.Blocking)

	kops := compute(clusterOf("v1.35.1", "kops"), 37)
	require.Len(t, kops.Hops, 2, "single steps, as it advises")
	require.Contains(t, messages(kops.Before), "does not refuse to skip")

	talos := compute(clusterOf("v1.35.1", "talos"), 37)
	require.Equal(t, "1.14", talos.Hops[1].Release)

	unknown := compute(clusterOf("v1.36.1", ""), 37)
	require.Contains(t, messages(unknown.Before), "tool upgrades is not known")

	// KubeOne allows kubelets two minors, where Kubernetes allows three.
	for tool, blocking := range map[string]int{"kubeadm": 0, "kubeone": 1} {
		p := compute(clusterOf("v1.35.1", tool, snapshot.Node{Name: "a", KubeletVersion: "v1.33.1"}), 36)
		require.Equal(t, blocking, p.Blocking, tool)
	}
}

func TestAKubeletAtTheEdgeBlocksTheFirstHop(t *testing.T) {
	p := compute(clusterOf("v1.36.1", "kubeadm", snapshot.Node{Name: "old", KubeletVersion: "v1.33.1"}, snapshot.Node{Name: "new", KubeletVersion: "v1.36.1"}), 37)
	item := itemAt(t, p, "1.37", "kubeletSkew", Blocks)
	require.Equal(t, []snapshot.Ref{{Kind: "Node", Name: "old"}}, item.Objects)
	require.Contains(t, item.Message, "3 minors are allowed")
}

func TestARuntimeOfTheOldInterfaceBlocksTheHopThatEndsIt(t *testing.T) {
	p := compute(clusterOf("v1.24.1", "kubeadm", snapshot.Node{Name: "a", KubeletVersion: "v1.24.1", ContainerRuntime: "containerd://1.5.11"}), 27)
	require.Contains(t, itemAt(t, p, "1.26", "runtime", Blocks).Message, "CRI v1alpha2")
	require.Equal(t, "containerd://1.7.0", moveAt(t, p, "1.26", "container runtime").To)
	require.Equal(t, 1, p.Blocking, "and is mended there")
	require.Equal(t, 1, p.InPlace.RuntimeMoves)
}

func TestFilesPlanFromTheVersionThatIsNamed(t *testing.T) {
	f := facts.FromRecords(facts.Options{}, snapshot.Header{Source: snapshot.SourceManifests, TakenAt: november},
		snapshot.APIUse{Group: "batch", Version: "v1beta1", ObjectKind: "CronJob", Object: &snapshot.Ref{Kind: "CronJob", Name: "nightly", Place: snapshot.Place{File: "a.yaml", Line: 3}}})
	require.Equal(t, UnknownStart, compute(f, 37).Status)
	p := Compute(Input{Facts: f, AsOf: november, From: 24, To: 26})
	item := itemAt(t, p, "1.25", "removedApi", BreaksPart)
	require.Equal(t, "a.yaml", item.Objects[0].Place.File)
	gone := Compute(Input{Facts: f, AsOf: november, From: 25, To: 26})
	require.Contains(t, messages(gone.Before), "can't be applied even today")
}

func TestHopsAreContiguousAndSkipOnlyWhereTheRowAllows(t *testing.T) {
	for _, tool := range []string{"", "kubeadm", "kubespray", "kops", "kubeone", "k3s", "rke2", "rke1", "talos", "k0s", "eks", "gke", "aks", "openshift"} {
		for from := reference.Minor(16); from <= 37; from++ {
			for to := from + 1; to <= 37; to++ {
				p := compute(clusterOf(fmt.Sprintf("v1.%d.3", int(from)), tool, snapshot.Node{Name: "a", KubeletVersion: fmt.Sprintf("v1.%d.3", int(from))}), to)
				at := from
				for _, hop := range p.Hops {
					require.Equal(t, at, hop.from)
					require.Greater(t, hop.to, hop.from)
					require.Equal(t, hop.from.String(), hop.From)
					if hop.to-hop.from > 1 {
						require.Equal(t, "aks", tool)
						require.Len(t, hop.Skips, int(hop.to-hop.from)-1)
					}
					require.NotEmpty(t, hop.Moves)
					at = hop.to
				}
				require.Equal(t, to, at)
				require.Equal(t, len(p.Hops), p.InPlace.Windows)
				require.LessOrEqual(t, p.InPlace.LeastNodeRounds, p.InPlace.NodeRounds)
				for _, item := range p.Items() {
					require.NotEmpty(t, item.Message)
					require.NotEmpty(t, item.Evidence)
					require.NotContains(t, item.Message, "unsupported with")
				}
			}
		}
	}
}
