package jvm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules/jvm"
	"plimsoll/assessments/rules/rulestest"
	"plimsoll/assessments/snapshot"
)

func TestJVMRulesComeToWhatTheirCasesWant(t *testing.T) { rulestest.Run(t, jvm.Register) }

// What a person declares of a workload is said of all of its containers: it is asked for only where there is one.
func TestAHintAsksForTheVersionWhereItServesAlone(t *testing.T) {
	registry := &assessments.Registry{}
	jvm.Register(registry)
	rule, found := registry.ByID("jvm/version")
	require.True(t, found)
	hint := func(name string) snapshot.Container {
		return snapshot.Container{Name: name, Role: snapshot.RoleRegular, Image: "registry.example/ledger:1", EnvironmentNames: []string{"JAVA_OPTS"}}
	}
	asks := func(containers ...snapshot.Container) facts.FactKey {
		outcomes := rule.Judge(assessments.View{Facts: facts.FromRecords(facts.Options{}, snapshot.Header{Source: snapshot.SourceManifests},
			snapshot.Workload{Kind: "Deployment", Namespace: "payments", Name: "ledger", Containers: containers})})
		require.Equal(t, assessments.Unknown, outcomes[0].Result)
		return outcomes[0].Asks
	}
	require.Equal(t, facts.JavaVersionKey, asks(hint("app")))
	require.Empty(t, asks(hint("app"), hint("other")))
}
