package networking_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules/networking"
	"plimsoll/assessments/snapshot"
)

// Trap 7 of the reference: whoever takes Kubespray's defaults has two findings that no default says a word about.
func TestTrap7KubespraysDefaultsHideTwoFindings(t *testing.T) {
	plan, found := reference.RangesOf("kubespray")
	require.True(t, found)
	taken := time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)
	records := []snapshot.Record{
		snapshot.Header{Source: snapshot.SourceCluster, TakenAt: taken, Scope: snapshot.Scope{Collected: snapshot.Resources}},
		snapshot.Cluster{UID: "c", ServerVersion: "v1.35.2", Provisioner: "kubespray", PodCIDRs: []string{plan.Pods}, ServiceCIDRs: []string{plan.Services}},
		snapshot.Network{Component: "kube-proxy", Mode: "ipvs", ModeKnown: true},
	}
	for i := range 52 {
		records = append(records, snapshot.Node{Name: fmt.Sprintf("node-%02d", i), PodCIDRs: []string{fmt.Sprintf("10.233.%d.0/%d", 64+i, plan.NodePrefix)}})
	}
	view := assessments.View{Facts: facts.FromRecords(facts.Options{}, records...), AsOf: taken}
	said := map[string]assessments.Outcome{}
	registry := &assessments.Registry{}
	networking.Register(registry)
	for _, rule := range registry.All() {
		if outcomes := rule.Judge(view); len(outcomes) == 1 {
			said[rule.ID] = outcomes[0]
		}
	}
	require.Equal(t, assessments.Fail, said["networking/proxy-mode"].Result)
	require.Contains(t, said["networking/proxy-mode"].Failure().Message, "1.35")
	require.Equal(t, assessments.Fail, said["networking/pod-cidr"].Result)
	require.Contains(t, said["networking/pod-cidr"].Failure().Message, "52 of 64")
}

// Trap 14 of the reference, as the rule on tables' sizes sees it: nodes of one to four processors all get the same.
func TestTrap14SmallNodesAllGetOneSizeOfTable(t *testing.T) {
	registry := &assessments.Registry{}
	networking.Register(registry)
	rule, found := registry.ByID("networking/conntrack-settings")
	require.True(t, found)
	for cores := 1; cores <= 5; cores++ {
		view := assessments.View{Facts: facts.FromRecords(facts.Options{},
			snapshot.Header{Source: snapshot.SourceCluster},
			snapshot.Network{Component: "kube-proxy", ModeKnown: true},
			snapshot.Node{Name: "a", CPUs: cores, Conntrack: &snapshot.Conntrack{Count: 1, Max: 131_072, Source: "node"}})}
		want := assessments.Pass
		if cores == 5 {
			want = assessments.Fail
		}
		require.Equal(t, want, rule.Judge(view)[0].Result, "%d processors", cores)
	}
}
