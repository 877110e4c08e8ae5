package assessments_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/snapshot"
)

func summed(records ...snapshot.Record) assessments.Earlier {
	var e assessments.Earlier
	for _, r := range records {
		e.Add(r)
	}
	return e
}

func TestAnEarlierSnapshotIsSummedUp(t *testing.T) {
	require.Equal(t, assessments.Earlier{
		TakenAt: asOf, Namespaces: []string{"shop"}, ServerVersion: "v1.36.1", KubeletMinors: []string{"1.35", "1.36"},
		Nodes: 5, NodeRanges: 3, Pods: 7, ServiceAddresses: 3, Restarts: map[string]int64{"Deployment/shop/web": 1},
		Components: map[string]string{"etcd": "3.6.1", "coredns": "v1.13.1", "kube-proxy": "v1.36.0", "cni calico": "v3.31.1", "load-balancer metallb": "v0.15.2"},
		Releases: map[string]assessments.EarlierRelease{
			"helm/shop/web":               {Revision: 2, ChartVersion: "1.1.0", Images: []string{"a:1", "b:1"}},
			"flux-kustomization/shop/web": {Revision: 1},
			"flux/shop/web":               {Revision: 1},
		},
	}, summed(
		snapshot.Header{TakenAt: asOf, Scope: snapshot.Scope{Namespaces: []string{"shop"}}},
		snapshot.Cluster{ServerVersion: "v1.36.1", EtcdImageVersion: "3.6.1", CoreDNSImageVersion: "v1.13.1", KubeProxyVersion: "v1.36.0"},
		snapshot.Node{Name: "a", KubeletVersion: "v1.36.1", PodCIDRs: []string{"10.0.0.0/24"}},
		snapshot.Node{Name: "b", KubeletVersion: "v1.35.1", PodCIDRs: []string{"10.0.1.0/24", "fd00::/64"}},
		snapshot.Node{Name: "c", KubeletVersion: "v1.36.2"},
		snapshot.Node{Name: "e", KubeletVersion: "v1.36.2", PodCIDRs: []string{"10.0.2.0/24"}},
		snapshot.Node{Name: "d", KubeletVersion: "unknown"},
		snapshot.WorkloadPods{WorkloadKind: "Deployment", Namespace: "shop", Name: "web", Total: 3, Restarts: 1},
		snapshot.WorkloadPods{WorkloadKind: "Deployment", Namespace: "shop", Name: "calm", Total: 4},
		snapshot.Service{ClusterAddresses: new(2)}, snapshot.Service{ClusterAddresses: new(1)}, snapshot.Service{},
		snapshot.Release{Tool: "helm", Namespace: "shop", Name: "web", Revision: 2, ChartVersion: "1.1.0", Images: []string{"b:1", "a:1"}},
		snapshot.Release{Tool: "helm", Namespace: "shop", Name: "web", Revision: 1, ChartVersion: "1.0.0"},
		snapshot.Release{Tool: "flux", ObjectKind: "Kustomization", Namespace: "shop", Name: "web", Revision: 1},
		snapshot.Release{Tool: "flux", ObjectKind: "HelmRelease", Namespace: "shop", Name: "web", Revision: 1},
		snapshot.Network{Component: "cni", Name: "calico", Version: "v3.31.1"}, snapshot.Network{Component: "cni", Name: "flannel"},
		snapshot.Network{Component: "load-balancer", Name: "metallb", Version: "v0.15.2"}, snapshot.Network{Component: "kube-proxy", Name: "kube-proxy", Version: "v1.36.0"},
	))
	require.Equal(t, asOf, assessments.Earlier{Nodes: 1}.At(asOf).TakenAt)
}

func TestTheFirstRecordOfARevisionIsKept(t *testing.T) {
	release := func(revision int, status string) snapshot.Release {
		return snapshot.Release{Tool: "helm", Namespace: "shop", Name: "web", Revision: revision, Status: status}
	}
	require.Equal(t, "deployed", summed(release(2, "deployed"), release(2, "again")).Releases["helm/shop/web"].Status)
	require.Equal(t, "deployed", summed(release(1, "superseded"), release(2, "deployed")).Releases["helm/shop/web"].Status)
}

func TestWhatIsKeptOfAnEarlierSnapshotIsBounded(t *testing.T) {
	images := make([]string, 16)
	require.Len(t, summed(snapshot.Release{Images: images}).Releases["//"].Images, 16)
	require.Empty(t, summed(snapshot.Release{Images: append(images, "one more")}).Releases["//"].Images)

	var e assessments.Earlier
	for i := range 20_001 {
		e.Add(snapshot.WorkloadPods{Name: fmt.Sprint(i), Restarts: 1})
		e.Add(snapshot.Release{Name: fmt.Sprint(i), Revision: 1})
	}
	require.Len(t, e.Restarts, 20_000)
	require.Len(t, e.Releases, 20_000)
	e.Add(snapshot.Release{Name: "7", Revision: 2})
	require.Equal(t, 2, e.Releases["//7"].Revision, "what is known is kept up to date")
}
