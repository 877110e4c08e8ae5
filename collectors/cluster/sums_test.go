package cluster

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

func pod(t *testing.T, text string) *kube.Pod {
	t.Helper()
	p, err := whole[kube.Pod]([]byte(text))
	require.NoError(t, err)
	return p
}

// summed sums pods up that are on the node n, in zone z.
func summed(t *testing.T, ref snapshot.Ref, pods ...*kube.Pod) snapshot.WorkloadPods {
	t.Helper()
	texts := &kube.Texts{}
	nodes := newNodeTable([]byte("key"), texts)
	n, err := whole[kube.Node]([]byte(`{"metadata":{"name":"n","labels":{"topology.kubernetes.io/zone":"z"}},"status":{"nodeInfo":{"architecture":"amd64"}}}`))
	require.NoError(t, err)
	nodes.add(n)
	var sum podSum
	for _, p := range pods {
		sum.add(p, texts, nodes)
	}
	return sum.record(ref, texts, nodes)
}

const readyPod = `{"metadata":{"name":"a","labels":{"pod-template-hash":"h"}},"spec":{"nodeName":"n","containers":[{"name":"c","image":"app:1"}]},
"status":{"phase":"Running","startTime":"2026-03-02T08:00:00Z","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"SINCE"}],
"containerStatuses":[{"name":"c","imageID":"registry/app@sha256:aa","restartCount":RESTARTS}]}}`

func TestStartTimes(t *testing.T) {
	for _, c := range []struct {
		name, since, restarts string
		want                  *snapshot.Distribution
	}{
		{"a start", "2026-03-02T08:00:40Z", "0", &snapshot.Distribution{Min: 40, Median: 40, P95: 40, Max: 40, N: 1}},
		{"a start of exactly an hour", "2026-03-02T09:00:00Z", "0", &snapshot.Distribution{Min: 3600, Median: 3600, P95: 3600, Max: 3600, N: 1}},
		{"a readiness that flapped later", "2026-03-02T09:00:01Z", "0", nil},
		{"a pod that restarted", "2026-03-02T08:00:40Z", "1", nil},
		{"a clock that went back", "2026-03-02T07:59:00Z", "0", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := bytes.ReplaceAll(bytes.ReplaceAll([]byte(readyPod), []byte("SINCE"), []byte(c.since)), []byte("RESTARTS"), []byte(c.restarts))
			record := summed(t, snapshot.Ref{Kind: "Deployment", Name: "a"}, pod(t, string(text)))
			require.Equal(t, []snapshot.Share{{Name: "z", Pods: 1}}, record.Zones)
			require.Equal(t, c.want, record.ReadyAfter)
			require.Equal(t, []snapshot.PodImage{{Template: "h", Architecture: "amd64", Container: "c", Image: "app:1", ImageID: "sha256:aa", Pods: 1}}, record.Images)
		})
	}
}

func TestPodsThatHaveEnded(t *testing.T) {
	record := summed(t, snapshot.Ref{}, pod(t, `{"spec":{"nodeName":"n"},"status":{"phase":"Failed","startTime":"2026-03-02T08:00:00Z","containerStatuses":[
		{"name":"c","restartCount":0,"state":{"terminated":{"reason":"Error","exitCode":3,"finishedAt":"2026-03-02T08:05:00Z"}}}]}}`),
		pod(t, `{"spec":{"nodeName":"n"},"status":{"phase":"Succeeded","containerStatuses":[
		{"name":"c","state":{"terminated":{"reason":"Completed","exitCode":0}}}]}}`))
	require.Equal(t, map[string]int{"Failed": 1, "Succeeded": 1}, record.Phases)
	require.Empty(t, record.Nodes, "an ended pod is on no node")
	require.Equal(t, []snapshot.Termination{{Container: "c", Reason: "Error", ExitCode: 3, Count: 1, Latest: new(time.Date(2026, 3, 2, 8, 5, 0, 0, time.UTC))}}, record.Terminations)
}

func TestDistribution(t *testing.T) {
	tally := func(values ...uint32) (counts kube.Tally) {
		for _, value := range values {
			counts.Add(value, 1)
		}
		return counts
	}
	values := make([]uint32, 100)
	for i := range values {
		values[i] = uint32(100 - i)
	}
	require.Equal(t, &snapshot.Distribution{Min: 1, Median: 50, P95: 95, Max: 100, N: 100}, distribution(tally(values...)))
	require.Equal(t, &snapshot.Distribution{Min: 3, Median: 3, P95: 9, Max: 9, N: 2}, distribution(tally(9, 3)))
	require.Equal(t, &snapshot.Distribution{Min: 3, Median: 3, P95: 3, Max: 9, N: 41}, distribution(append(kube.Tally{{Of: 3, N: 40}}, tally(9)...)))
	require.Nil(t, distribution(nil))
}

func TestRequested(t *testing.T) {
	for name, c := range map[string]struct {
		spec string
		want int64
	}{
		"containers together":                {`{"containers":[{"resources":{"requests":{"cpu":"1"}}},{"resources":{"requests":{"cpu":"250m"}}}]}`, 1250},
		"an init container that needs more":  {`{"initContainers":[{"resources":{"requests":{"cpu":"2"}}}],"containers":[{"resources":{"requests":{"cpu":"1"}}}]}`, 2000},
		"a sidecar runs beside":              {`{"initContainers":[{"restartPolicy":"Always","resources":{"requests":{"cpu":"2"}}}],"containers":[{"resources":{"requests":{"cpu":"1"}}}]}`, 3000},
		"an init container after a sidecar":  {`{"initContainers":[{"restartPolicy":"Always","resources":{"requests":{"cpu":"1"}}},{"resources":{"requests":{"cpu":"3"}}}],"containers":[{"resources":{"requests":{"cpu":"1"}}}]}`, 4000},
		"an amount for the pod as a whole":   {`{"resources":{"requests":{"cpu":"5"}},"containers":[{"resources":{"requests":{"cpu":"1"}}}]}`, 5000},
		"a pod that asks for nothing at all": {`{"containers":[{}]}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := pod(t, `{"spec":`+c.spec+`}`)
			require.Equal(t, c.want, requested(&p.Spec, func(a kube.Amounts) kube.Quantity { return a.CPU }, kube.Quantity.Millis))
		})
	}
}

func TestDigestOf(t *testing.T) {
	for imageID, want := range map[string]string{
		"docker.io/library/nginx@sha256:aa":   "sha256:aa",
		"docker-pullable://nginx@sha256:aa":   "sha256:aa",
		"docker://sha256:bb":                  "sha256:bb",
		"sha256:cc":                           "sha256:cc",
		"":                                    "",
		"registry.example/leak-of-a-name:1.0": "",
	} {
		require.Equal(t, want, digestOf(imageID), imageID)
	}
}

func TestSplitImage(t *testing.T) {
	for image, want := range map[string][2]string{
		"registry.k8s.io/etcd:3.7.0-0":             {"registry.k8s.io/etcd", "3.7.0-0"},
		"localhost:5000/etcd":                      {"localhost:5000/etcd", ""},
		"localhost:5000/etcd:3.7@sha256:aa":        {"localhost:5000/etcd", "3.7"},
		"coredns":                                  {"coredns", ""},
		"registry.k8s.io/coredns/coredns:v1.14.1 ": {"registry.k8s.io/coredns/coredns", "v1.14.1 "},
	} {
		repository, tag := splitImage(image)
		require.Equal(t, want, [2]string{repository, tag}, image)
	}
}

func TestOwnersOfPods(t *testing.T) {
	owned := func(name, kind, version, uid string) *kube.Pod {
		return pod(t, `{"metadata":{"name":"`+name+`","namespace":"n","labels":{"pod-template-hash":"x1"},
			"ownerReferences":[{"apiVersion":"`+version+`","kind":"`+kind+`","name":"web-x1","uid":"`+uid+`","controller":true}]}}`)
	}
	table := newWorkloadTable(&kube.Texts{})
	web := snapshot.Ref{Kind: "Deployment", Namespace: "n", Name: "web"}
	deployment := table.add(uidOf("d"), web)
	table.owners[uidOf("r")] = deployment
	group := func(p *kube.Pod) *group {
		require.False(t, table.isFirst(p))
		found, first := table.groupOf(p)
		require.False(t, first)
		found.pods.total++
		return found
	}
	require.Same(t, deployment, group(owned("a", "ReplicaSet", "apps/v1", "r")))
	unlisted := group(owned("b", "ReplicaSet", "apps/v1", "unlisted"))
	require.Equal(t, snapshot.Ref{Kind: "ReplicaSet", Namespace: "n", Name: "web-x1"}, table.refOf(unlisted), "as long as no Deployment is seen")
	require.Same(t, deployment, table.take(uidOf("d"), web))
	require.EqualValues(t, 2, deployment.pods.total, "of the ReplicaSet that was not listed too, by its name without the template's hash")
	require.Equal(t, web, table.refOf(unlisted), "of whose pods events are about the Deployment")
	require.Empty(t, table.byUID)

	naked := pod(t, `{"metadata":{"name":"naked"}}`)
	require.True(t, table.isFirst(naked))
	_, first := table.groupOf(naked)
	require.True(t, first)
	static := owned("static", "Node", "v1", "node")
	_, first = table.groupOf(static)
	require.True(t, first)
	require.Empty(t, podWorkload(static).OwnerKind)
	require.Empty(t, table.byUID)

	kafka := owned("kafka-0", "StrimziPodSet", "core.strimzi.io/v1beta2", "s")
	require.True(t, table.isFirst(kafka))
	broker, first := table.groupOf(kafka)
	require.True(t, first)
	require.False(t, table.isFirst(kafka))
	require.Equal(t, "StrimziPodSet", podWorkload(kafka).OwnerKind)
	require.Same(t, broker, group(owned("kafka-1", "StrimziPodSet", "core.strimzi.io/v1beta2", "s")))
	require.Equal(t, snapshot.Ref{Kind: "Pod", Namespace: "n", Name: "kafka-0"}, table.refOf(broker))
}

func TestProvisionersByPrecedence(t *testing.T) {
	node := func(text string) *kube.Node {
		n, err := whole[kube.Node]([]byte(text))
		require.NoError(t, err)
		return n
	}
	for name, c := range map[string]struct {
		see   func(s *signs)
		want  string
		words string
	}{
		"kubeadm alone": {func(s *signs) { s.configMap("kube-system/kubeadm-config") }, "kubeadm", "ConfigMap kube-system/kubeadm-config"},
		"kind, which is kubeadm": {func(s *signs) {
			s.configMap("kube-system/kubeadm-config")
			s.node(node(`{"spec":{"providerID":"kind://docker/a/b"}}`))
		}, "kind", "providerID kind://"},
		"a managed version":         {func(s *signs) { s.version("v1.34.2-eks-1a2b3c4") }, "eks", "version v1.34.2-eks-1a2b3c4 matches -eks-[0-9a-f]{7,}"},
		"a cloud proves no service": {func(s *signs) { s.node(node(`{"spec":{"providerID":"aws:///eu/i-1"}}`)) }, "", ""},
		"kubespray by its range":    {func(s *signs) { s.configMap("kube-system/kubeadm-config"); s.podRanges([]string{"10.233.64.0/18"}) }, "kubespray", "pod range 10.233.64.0/18"},
		"a label with its value":    {func(s *signs) { s.node(node(`{"metadata":{"labels":{"microk8s.io/cluster":"true"}}}`)) }, "microk8s", "node label microk8s.io/cluster=true"},
		"a label with another":      {func(s *signs) { s.node(node(`{"metadata":{"labels":{"microk8s.io/cluster":"no"}}}`)) }, "", ""},
		"an API group":              {func(s *signs) { s.groups(served{versions: map[string][]string{"config.openshift.io": {"v1"}}}) }, "openshift", "API group config.openshift.io"},
	} {
		t.Run(name, func(t *testing.T) {
			var s signs
			c.see(&s)
			sign, words, found := s.first()
			require.Equal(t, c.want != "", found)
			require.Equal(t, c.want, sign.Provisioner)
			require.Equal(t, c.words, words)
		})
	}
}

func TestVersionsThatOldServersHave(t *testing.T) {
	old := served{known: true, versions: map[string][]string{"": {"v1"}, "policy": {"v1beta1"}, "autoscaling": {"v1", "v2beta2"}}}
	for _, c := range []struct {
		kind kind
		want []string
	}{{budgets, []string{"v1beta1"}}, {autoscalers, []string{"v1"}}, {pods, []string{"v1"}}, {endpointSlices, nil}} {
		require.Equal(t, c.want, old.readable(c.kind), c.kind.resource)
	}
	require.Equal(t, []string{"v1"}, served{}.readable(budgets), "a server that does not say is asked for the newest")
}

func FuzzPage(f *testing.F) {
	f.Add([]byte(`{"kind":"PodList","metadata":{"continue":"t"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":1}}]}`), "")
	f.Add([]byte(`{"items":null}`), "n/a")
	f.Add([]byte(`{"items":[{"metadata":{"namespace":"n","name":"a"}}`), "n/a")
	f.Fuzz(func(t *testing.T, text []byte, after string) {
		w := &walk[*kube.Pod]{read: reader[*kube.Pod](whole[kube.Pod]).narrow(), after: after, listing: listing{sieve: pods.sieve}, visit: func(item *kube.Pod) error {
			require.NotNil(t, item)
			if after != "" {
				require.Greater(t, item.Meta.Namespace+"/"+item.Meta.Name, after)
			}
			require.Equal(t, 1, summed(t, snapshot.Ref{}, item).Total)
			return nil
		}}
		_, _ = w.decodePage(bytes.NewReader(text), func(string) {})
	})
}
