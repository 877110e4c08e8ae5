package evidencetest

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

func TestScratchRights(t *testing.T) {
	server := world(t, "faulty")
	o := cluster.Options{APIMetrics: true, CollectorVersion: "test", TakenAt: moment, HashKey: []byte("k")}
	take := func(kubeconfig string) ([]byte, cluster.Summary, error) {
		client, err := cluster.Connect(cluster.Connection{Kubeconfig: kubeconfig, QPS: 1000})
		require.NoError(t, err)
		var out bytes.Buffer
		s, err := cluster.Collect(t.Context(), client, o, &out)
		return out.Bytes(), s, err
	}
	raw, _, err := take(server.Kubeconfig)
	require.NoError(t, err)
	whole := judged(t, raw, moment, 1000000)
	head := records(t, raw)[0].(snapshot.Header)
	type key struct{ r, k, s string }
	outs := func(in assessments.Input) map[key]assessments.Outcome {
		m := map[key]assessments.Outcome{}
		for _, r := range content.V1().Rules.All() {
			os, _ := assessments.OutcomesOf(in, r.ID)
			for _, o := range os {
				m[key{r.ID, o.Subject.Kind, o.Subject.String()}] = o
			}
		}
		return m
	}
	all := outs(whole)
	var rules []kubetest.Rule
	for _, r := range cluster.Rights(o)[0].Rules {
		if len(r.URLs) > 0 {
			for _, u := range r.URLs {
				rules = append(rules, kubetest.Rule{NonResourceURLs: []string{u}, Verbs: r.Verbs})
			}
			continue
		}
		for _, res := range r.Resources {
			rules = append(rules, kubetest.Rule{APIGroups: []string{r.Group}, Resources: []string{res}, ResourceNames: r.Names, Verbs: r.Verbs})
		}
	}
	for i, lost := range rules {
		t0 := time.Now()
		held := slices.Delete(slices.Clone(rules), i, i+1)
		k := server.KubeconfigFor(t, fmt.Sprintf("u-%d", i), held...)
		t1 := time.Now()
		raw, s, err := take(k)
		fmt.Println("==", lost, err, t1.Sub(t0), time.Since(t1))
		if err != nil {
			continue
		}
		h := records(t, raw)[0].(snapshot.Header)
		fmt.Println("   refused", h.Scope.Refused, s.Refused)
		var gone []string
		for _, c := range head.Scope.Collected {
			if !slices.Contains(h.Scope.Collected, c) {
				gone = append(gone, c)
			}
		}
		fmt.Println("   gone", gone)
		in := judged(t, raw, moment, 1000000)
		changed := map[string]int{}
		for kk, o := range outs(in) {
			w, was := all[kk]
			switch {
			case was && w.Result == o.Result:
			case !was:
				changed[kk.r+" new "+string(o.Result)]++
			default:
				changed[kk.r+" "+string(w.Result)+"→"+string(o.Result)]++
			}
		}
		fmt.Println("   changed", changed)
	}
}
