package kubetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHarbourOnARealServer(t *testing.T) {
	server := Start(t)
	server.Apply(t, Harbour(harbourTime))
	t.Run("all objects are there", func(t *testing.T) { harbourIsComplete(t, server) })
	t.Run("pods have their owners, endpoints their pods", func(t *testing.T) { harbourHangsTogether(t, server) })
}

func harbourIsComplete(t *testing.T, server *Server) {
	for path, want := range map[string]int{
		"/api/v1/nodes": 4,
		"/apis/apps/v1/namespaces/payments/deployments":                                          3,
		"/apis/apps/v1/namespaces/streaming/statefulsets":                                        1,
		"/api/v1/namespaces/streaming/pods":                                                      3,
		"/api/v1/namespaces/shop/pods?fieldSelector=status.phase%3DPending":                      1,
		"/api/v1/secrets?labelSelector=owner%3Dhelm":                                             7,
		"/apis/policy/v1/poddisruptionbudgets":                                                   3,
		"/apis/autoscaling/v2/horizontalpodautoscalers":                                          1,
		"/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices":                               3,
		"/api/v1/pods?fieldSelector=spec.nodeName%3Dcp-1":                                        6,
		"/api/v1/persistentvolumeclaims":                                                         3,
		"/apis/apps/v1/daemonsets":                                                               2,
		"/api/v1/namespaces/kube-system/configmaps?fieldSelector=metadata.name%3Dkubeadm-config": 1,
	} {
		var list struct{ Items []struct{} }
		get(t, server, path, &list)
		require.Len(t, list.Items, want, path)
	}
}

func harbourHangsTogether(t *testing.T, server *Server) {
	owners := map[string]bool{}
	for _, path := range []string{
		"/apis/apps/v1/deployments", "/apis/apps/v1/replicasets", "/apis/apps/v1/statefulsets", "/apis/apps/v1/daemonsets", "/api/v1/nodes",
	} {
		var list struct {
			Items []struct{ Metadata struct{ UID string } }
		}
		get(t, server, path, &list)
		for _, item := range list.Items {
			owners[item.Metadata.UID] = true
		}
	}

	var pods struct {
		Items []struct {
			Metadata struct {
				Name            string
				OwnerReferences []struct{ UID string }
			}
			Status struct{ PodIP, HostIP string }
		}
	}
	get(t, server, "/api/v1/pods", &pods)
	addresses := map[string]string{}
	for _, pod := range pods.Items {
		for _, owner := range pod.Metadata.OwnerReferences {
			require.True(t, owners[owner.UID], pod.Metadata.Name)
		}
		if pod.Status.PodIP != "" && pod.Status.PodIP != pod.Status.HostIP {
			require.Empty(t, addresses[pod.Status.PodIP], pod.Metadata.Name)
			addresses[pod.Status.PodIP] = pod.Metadata.Name
		}
	}

	var slices struct {
		Items []struct {
			Endpoints []struct {
				Addresses []string
				TargetRef struct{ Name string }
			}
		}
	}
	get(t, server, "/apis/discovery.k8s.io/v1/endpointslices", &slices)
	require.NotEmpty(t, slices.Items)
	for _, slice := range slices.Items {
		for _, endpoint := range slice.Endpoints {
			require.Equal(t, endpoint.TargetRef.Name, addresses[endpoint.Addresses[0]])
		}
	}
}

func TestHarbourMovesWithTheMoment(t *testing.T) {
	require.Equal(t, string(harbour), string(Harbour(harbourTime)))
	require.Contains(t, string(harbour), "finishedAt: 2026-11-20T03:40:51Z")
	moved := string(Harbour(harbourTime.Add(26*time.Hour + 500*time.Millisecond)))
	require.Contains(t, moved, "finishedAt: 2026-11-21T05:40:51Z")
	require.NotContains(t, moved, "finishedAt: 2026-11-20T03:40:51Z")
}
