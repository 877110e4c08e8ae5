package rules_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/rules"
)

func TestAPageNamesTheControlThatIsNotTheRulesOwnAndASeverityThatIsWorse(t *testing.T) {
	rule := assessments.Rule{ID: "lifecycle/example", Control: "lifecycle/example"}
	control := assessments.Control{ID: "lifecycle/example", Severity: assessments.Medium}
	page := string(rules.Page(rule, control))
	require.NotContains(t, page, "It observes the control")
	require.Contains(t, page, "| medium |")
	rule.Control, rule.WorstSeverity = "lifecycle/other", assessments.Critical
	page = string(rules.Page(rule, control))
	require.Contains(t, page, "It observes the control `lifecycle/other`.")
	require.Contains(t, page, "| medium, at worst critical |")
	rule.WorstSeverity = assessments.Medium
	require.Contains(t, string(rules.Page(rule, control)), "| medium |")
}

func TestARuleWhoseTextSaysNothingIsNotWhole(t *testing.T) {
	rule := assessments.Rule{ID: "lifecycle/example", SubjectKind: "workload", Text: assessments.Text{
		Title: "a", What: "b", Why: "c", How: "d", Evidence: "e", Mend: "f", Sources: []string{"g"}, DoesNotCatch: "h"}}
	require.NoError(t, rules.Whole(rule))
	rule.Text.How = " \n"
	require.ErrorContains(t, rules.Whole(rule), `lifecycle/example: the text says nothing under "how"`)
}

func TestEveryOutcomeOwesItsReaderSomething(t *testing.T) {
	const one = "rule: lifecycle/example\ncases: [{name: a cluster, outcome: pass, want: [{subject: cluster, result: pass}]}]\n"
	file, err := rules.ReadCases("example.yaml", []byte(one))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change func(*assessments.Outcome)
		says   string
	}{
		"a weight between the steps":   {func(o *assessments.Outcome) { o.Weight = 3 }, "weight: want 1, 2 or 4, got 3"},
		"no reason":                    {func(o *assessments.Outcome) { *o = o.Unknown("") }, "unknown needs a reason"},
		"no reason to apply to nobody": {func(o *assessments.Outcome) { *o = o.NotApplicable("") }, "notApplicable needs a reason"},
		"a finding that says nothing": {func(o *assessments.Outcome) {
			*o = o.Fail(assessments.Failure{Expected: "x", Evidence: []assessments.Evidence{{What: "a", Value: "b"}}, Mend: assessments.Mend{Text: "y"}})
		}, "needs message, expected and mend"},
		"a finding that expects nothing": {func(o *assessments.Outcome) {
			*o = o.Fail(assessments.Failure{Message: "x", Evidence: []assessments.Evidence{{What: "a", Value: "b"}}, Mend: assessments.Mend{Text: "y"}})
		}, "needs message, expected and mend"},
		"evidence without a value": {func(o *assessments.Outcome) {
			*o = o.Fail(assessments.Failure{Message: "x", Expected: "x", Evidence: []assessments.Evidence{{What: "a"}}, Mend: assessments.Mend{Text: "y"}})
		}, "needs what and value"},
	} {
		rule := assessments.Rule{ID: "lifecycle/example", Control: "lifecycle/example", Judge: func(assessments.View) []assessments.Outcome {
			o := assessments.AboutCluster().Pass()
			c.change(&o)
			return []assessments.Outcome{o}
		}}
		require.ErrorContains(t, rules.Check(rule, assessments.Medium, file.Cases[0]), c.says, name)
	}
	pass := assessments.Rule{ID: "lifecycle/example", Control: "lifecycle/example", Judge: func(assessments.View) []assessments.Outcome {
		o := assessments.AboutCluster().Pass()
		o.Weight = 4
		return []assessments.Outcome{o}
	}}
	require.NoError(t, rules.Check(pass, assessments.Medium, file.Cases[0]))
}

func TestARuleThatAnswersOtherwiseTheSecondTimeIsRefused(t *testing.T) {
	const one = "rule: lifecycle/example\ncases: [{name: a cluster, outcome: pass, want: [{subject: cluster, result: pass}]}]\n"
	file, err := rules.ReadCases("example.yaml", []byte(one))
	require.NoError(t, err)
	weight := assessments.AboutCluster().Pass().Weight
	fickle := assessments.Rule{ID: "lifecycle/example", Control: "lifecycle/example", Judge: func(assessments.View) []assessments.Outcome {
		o := assessments.AboutCluster().Pass()
		o.Weight, weight = weight, weight*2
		return []assessments.Outcome{o}
	}}
	require.ErrorContains(t, rules.Check(fickle, assessments.Medium, file.Cases[0]), "the order of the records changes the outcomes")
}

func TestTwoCasesOfOneNameAndRecordsThatCannotBeReadAreRefused(t *testing.T) {
	const twice = "rule: a/b\ncases: [{name: x, outcome: pass, want: [{subject: cluster, result: pass}]}, {name: x, outcome: pass, want: [{subject: cluster, result: pass}]}]\n"
	_, err := rules.ReadCases("twice.yaml", []byte(twice))
	require.ErrorContains(t, err, `two cases are named "x"`)
	pass := assessments.Rule{ID: "a/b", Control: "a/b", Judge: func(assessments.View) []assessments.Outcome {
		return []assessments.Outcome{assessments.AboutCluster().Pass()}
	}}
	for part, says := range map[string]string{
		"records: [{kind: cluster, uid: c}, {kind: cluster, wrong: 1}]":                                                                                        "record 2: line",
		"records: [{kind: cluster, uid: c}, {kind: header, schema: plimsoll-snapshot/1, collectorVersion: x, source: cluster, takenAt: 2026-11-22T00:00:00Z}]": "record 2: the header is made from the case's source",
		"history: [{pods: 1}, {wrong: 1}]": "earlier snapshot 2",
	} {
		file, err := rules.ReadCases("a.yaml", []byte("rule: a/b\ncases: [{name: x, outcome: pass, want: [{subject: cluster, result: pass}],\n "+part+"}]\n"))
		require.NoError(t, err)
		require.ErrorContains(t, rules.Check(pass, assessments.Medium, file.Cases[0]), says)
	}
}
