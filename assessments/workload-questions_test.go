package assessments_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
)

func TestWhatOnlyPeopleKnowBecomesAQuestionForEachWorkload(t *testing.T) {
	ask := func(name string, key facts.FactKey) assessments.Outcome {
		return subject(name).UnknownUntil(key, "the version is not known")
	}
	w := observed(assessments.Share, assessments.High, ask("web", facts.JavaVersionKey), ask("ledger", facts.JavaVersionKey),
		ask("ledger", facts.RecoverySecondsKey), unknown("other"), pass("fine"))
	w.Controls = append(w.Controls, control("probes/c1", assessments.Share, assessments.High, 100))
	grave := ask("tool", facts.JavaVersionKey)
	grave.Weight = facts.CriticalityCritical
	second := ask("ledger", facts.JavaVersionKey)
	second = second.Part("side")
	w.Rules = append(w.Rules, &ruleOf{ID: "probes/c1", Control: "probes/c1", Worst: assessments.High, Outcomes: []assessments.Outcome{second, grave}})

	got := w.assess().Questions
	var texts []string
	for _, q := range got {
		texts = append(texts, q.Text)
		require.NotEmpty(t, q.Hint)
		require.Equal(t, questionnaire.Engineer, q.Ask)
		require.Equal(t, "Deployment", q.Kind)
	}
	require.Equal(t, []string{
		"Which Java runs in shop/tool?", // critical
		"Which Java runs in shop/ledger?",
		"How many seconds does shop/ledger take to recover after a crash, at worst?",
		"Which Java runs in shop/web?",
	}, texts)
	require.Equal(t, []string{"probes/c0", "probes/c1"}, got[1].Rules, "containers of one workload are one question")
}

func TestQuestionsAreBounded(t *testing.T) {
	var many []assessments.Outcome
	for i := range assessments.MaxWorkloadQuestions + 5 {
		many = append(many, subject(fmt.Sprintf("w%03d", i)).UnknownUntil(facts.CriticalityKey, "nobody said"))
	}
	got := observed(assessments.Share, assessments.High, many...).assess().Questions
	require.Len(t, got, assessments.MaxWorkloadQuestions)
	require.Equal(t, "w000", got[0].Name)
	require.Empty(t, observed(assessments.Share, assessments.High, unknown("a")).assess().Questions)
}
