package cluster

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

// paged serves a list of objects in pages of three, as an API server does: a token stands before the items.
type paged struct {
	names           []string
	tamper          func(n int, body string) string // of the nth answer; nil: none
	asked           atomic.Int64
	flying, mostFly atomic.Int64
}

const pagedSize = 3

func (p *paged) page(at int) string {
	var items []string
	end := min(at+pagedSize, len(p.names))
	for _, name := range p.names[at:end] {
		items = append(items, fmt.Sprintf(`{"metadata":{"namespace":"n","name":%q,"labels":{"a":"{\"]"}}}`, name))
	}
	next := ""
	if end < len(p.names) {
		next = strconv.Itoa(end)
	}
	return fmt.Sprintf(`{"kind":"List","metadata":{"continue":%q},"items":[%s]}`+"\n", next, strings.Join(items, ","))
}

func (p *paged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	flying := p.flying.Add(1)
	defer p.flying.Add(-1)
	for most := p.mostFly.Load(); flying > most && !p.mostFly.CompareAndSwap(most, flying); most = p.mostFly.Load() {
	}
	at, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	body := p.page(at)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if n := int(p.asked.Add(1)); p.tamper != nil {
		body = p.tamper(n, body)
	}
	_, _ = io.WriteString(w, body) // less than was promised: the connection breaks
}

func (p *paged) client(t *testing.T) *Client {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	c, err := newClient(&rest.Config{Host: server.URL}, Connection{QPS: 100_000})
	require.NoError(t, err)
	return c
}

func visitAll(t *testing.T, p *paged) (seen []string) {
	t.Helper()
	l := listing{path: "/api/v1/pods", sieve: pods.sieve, accept: acceptJSON, pageSize: pagedSize}
	bad, err := list(t.Context(), p.client(t), l, reader[*kube.Object](whole[kube.Object]).narrow(), func(o *kube.Object) error {
		seen = append(seen, o.Meta.Name)
		return nil
	})
	require.NoError(t, err)
	require.Zero(t, bad)
	return seen
}

func TestAnAnswerThatBreaksOffCountsNothingTwice(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "f", "g"}
	require.Equal(t, names, visitAll(t, &paged{names: names}))
	second := (&paged{names: names}).page(3)
	for cut := 0; cut < len(second)-1; cut += 7 { // after the newline's loss nothing is missing
		p := &paged{names: names, tamper: func(n int, body string) string {
			if n == 2 {
				return body[:cut]
			}
			return body
		}}
		require.Equal(t, names, visitAll(t, p), "the second page breaks off after %d bytes", cut)
	}
}

func TestAnEndlessBreakEnds(t *testing.T) {
	p := &paged{names: []string{"a", "b"}, tamper: func(_ int, body string) string { return body[:len(body)/2] }}
	_, err := list(t.Context(), p.client(t), listing{path: "/", sieve: pods.sieve, pageSize: 3}, reader[*kube.Object](whole[kube.Object]).narrow(), func(*kube.Object) error { return nil })
	require.ErrorContains(t, err, "breaks off its answers")
	require.EqualValues(t, pageAttempts, p.asked.Load())
}

func TestOnePageAheadAndNoMore(t *testing.T) {
	p := &paged{}
	for i := range 100 {
		p.names = append(p.names, fmt.Sprintf("p%03d", i))
	}
	require.Equal(t, p.names, visitAll(t, p))
	require.LessOrEqual(t, p.mostFly.Load(), int64(2))
	require.EqualValues(t, 34, p.asked.Load(), "no page is asked for twice")
}

var errFull = errors.New("no space left on device")

func TestWhoeverTakesTheObjectsMayEndTheList(t *testing.T) {
	p := &paged{names: []string{"a", "b", "c", "d", "e"}}
	l := listing{path: "/", sieve: pods.sieve, pageSize: pagedSize}
	taken := 0
	_, err := list(t.Context(), p.client(t), l, reader[*kube.Object](whole[kube.Object]).narrow(), func(*kube.Object) error {
		taken++
		return errFull
	})
	require.Equal(t, errFull, err)
	require.Equal(t, 1, taken, "it is not the server's fault, and nothing is tried again")
}

// somePod is one of few that can be told apart.
func somePod(t *testing.T, r *rand.Rand) *kube.Pod {
	phase := []string{"Running", "Pending", "Failed", "Succeeded"}[r.IntN(4)]
	return pod(t, fmt.Sprintf(`{"metadata":{"name":"p","labels":{"pod-template-hash":"h%d"}},"spec":{"nodeName":"n%d","containers":[{"name":"c","image":"app:%d"}]},
		"status":{"phase":%q,"startTime":"2026-03-02T08:0%d:00Z","conditions":[{"type":"Ready","status":%q,"lastTransitionTime":"2026-03-02T08:1%d:%d0Z"}],
		"containerStatuses":[{"name":"c","imageID":"app@sha256:%d","restartCount":%d,"lastState":{"terminated":{"reason":"OOMKilled","exitCode":%d,"finishedAt":"2026-03-02T07:0%d:00Z"}}}]}}`,
		r.IntN(2), r.IntN(4), r.IntN(2), phase, r.IntN(9), []string{"True", "False"}[r.IntN(2)], r.IntN(9), r.IntN(6), r.IntN(3), r.IntN(2)*r.IntN(3), 136+r.IntN(2), r.IntN(9)))
}

func TestSumsDoNotHangOnTheOrderOfPods(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ref := snapshot.Ref{Kind: "Deployment", Name: "a"}
	for range 50 {
		all := make([]*kube.Pod, 1+r.IntN(40))
		for i := range all {
			all[i] = somePod(t, r)
		}
		want := summed(t, ref, all...)

		texts := &kube.Texts{}
		nodes := newNodeTable(nil, texts)
		n, err := whole[kube.Node]([]byte(`{"metadata":{"name":"n","labels":{"topology.kubernetes.io/zone":"z"}},"status":{"nodeInfo":{"architecture":"amd64"}}}`))
		require.NoError(t, err)
		nodes.add(n)
		parts := make([]podSum, 3)
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, p := range all {
			parts[r.IntN(len(parts))].add(p, texts, nodes)
		}
		parts[1].merge(&parts[2])
		parts[0].merge(&parts[1])
		require.Equal(t, want, parts[0].record(ref, texts, nodes), "in another order, in parts that are put together")
	}
}

func TestWhatAnOwnedPodIsReadForIsEnoughForItsSum(t *testing.T) {
	raw, err := os.ReadFile("../allow/testdata/pod.json")
	require.NoError(t, err)
	let, _, err := pods.sieve.Append(nil, raw)
	require.NoError(t, err)
	all, err := whole[kube.Pod](let)
	require.NoError(t, err)
	narrow, _, err := pods.narrow.Append(nil, raw)
	require.NoError(t, err)
	require.Less(t, len(narrow), len(let))

	table := newWorkloadTable(&kube.Texts{})
	r := &podReader{workloads: table}
	unwanted := func() ([]byte, error) { return nil, errors.New("read whole") }
	for range 3 { // into the same room
		p, err := r.read(narrow, unwanted)
		require.NoError(t, err)
		require.Equal(t, summed(t, snapshot.Ref{}, all), summed(t, snapshot.Ref{}, p))
		require.Equal(t, requested(&all.Spec, func(a kube.Amounts) kube.Quantity { return a.Memory }, kube.Quantity.Units),
			requested(&p.Spec, func(a kube.Amounts) kube.Quantity { return a.Memory }, kube.Quantity.Units))
		require.Equal(t, all.Meta.UID, p.Meta.UID)
		require.Equal(t, ownerOf(&all.Meta), ownerOf(&p.Meta))
		_, err = r.read([]byte(`{"metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","uid":"u"}]}}`), unwanted)
		require.NoError(t, err)
		require.Empty(t, r.pod.Spec.Containers, "nothing is left of the one before")
		require.Empty(t, r.pod.Meta.Labels)
	}
	_, err = r.read([]byte(`{"metadata":{"name":"naked"}}`), unwanted)
	require.EqualError(t, err, "read whole")
}

func TestAPodMoreTakesNoMoreMemory(t *testing.T) {
	texts := &kube.Texts{}
	table, nodes := newWorkloadTable(texts), newNodeTable(nil, texts)
	r := &podReader{workloads: table}
	raw := []byte(`{"metadata":{"name":"web-1","namespace":"n","uid":"0","labels":{"pod-template-hash":"h"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-h","uid":"u","controller":true}]},` +
		`"spec":{"nodeName":"n","containers":[{"name":"c","image":"app:1","resources":{"requests":{"cpu":"100m"}}}]},"status":{"phase":"Running","startTime":"2026-03-02T08:00:00Z",` +
		`"conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-03-02T08:00:40Z"}],"containerStatuses":[{"name":"c","imageID":"app@sha256:aa","restartCount":0}]}}`)
	allocations := testing.AllocsPerRun(1000, func() {
		p, err := r.read(raw, nil)
		require.NoError(t, err)
		found, _ := table.groupOf(p)
		found.pods.add(p, texts, nodes)
	})
	require.Less(t, allocations, 4.0, "what is held for one pod serves the next")
	require.Len(t, table.byUID, 1)
	require.Len(t, table.guessed[table.number(snapshot.Ref{Kind: "Deployment", Namespace: "n", Name: "web"})], 1)
}

func TestOlderRevisionsAreCountedAndNotHeld(t *testing.T) {
	c := &collection{texts: &kube.Texts{}}
	c.workloads, c.events = newWorkloadTable(c.texts), newEventTable(c.texts)
	for name, replicas := range map[string]string{"new": `"spec":{"replicas":2},"status":{"replicas":2}`, "old": `"spec":{"replicas":0},"status":{"replicas":0}`, "going": `"spec":{"replicas":0},"status":{"replicas":1}`} {
		w, err := readWorkload(kube.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"}, []byte(`{"metadata":{"namespace":"n","name":"`+name+`","uid":"`+name+`","ownerReferences":[
			{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"d","controller":true}]},`+replicas+`}`), nil)
		require.NoError(t, err)
		require.NoError(t, c.addWorkload(w))
	}
	found := c.workloads.take(uidOf("d"), snapshot.Ref{Kind: "Deployment", Namespace: "n", Name: "web"})
	require.EqualValues(t, 3, found.revisions)
	require.Len(t, c.workloads.owners, 2)
	require.Same(t, found, c.workloads.owners[uidOf("going")], "its last pod may still be there")
}
