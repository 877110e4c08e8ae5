package networking_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules/networking"
	"plimsoll/assessments/rules/rulestest"
	"plimsoll/assessments/snapshot"
)

func TestNetworkingRulesComeToWhatTheirCasesWant(t *testing.T) { rulestest.Run(t, networking.Register) }

// A namespace stands in no file of its own: its first workload, by name, shows where it is used.
func TestANamespaceIsFoundByItsFirstWorkload(t *testing.T) {
	registry := &assessments.Registry{}
	networking.Register(registry)
	rule, found := registry.ByID("networking/policy-coverage")
	require.True(t, found)
	at := func(name string, line int) snapshot.Workload {
		return snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: name, Place: snapshot.Place{File: name + ".yaml", Line: line}}
	}
	outcomes := rule.Judge(assessments.View{Facts: facts.FromRecords(facts.Options{},
		snapshot.Header{Source: snapshot.SourceManifests}, at("c", 7), at("a", 3), at("b", 5))})
	require.Len(t, outcomes, 1)
	require.Equal(t, "a.yaml", outcomes[0].Place().File)
	require.Equal(t, 3, outcomes[0].Place().Line)
}
