package whatif

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
)

var asOf = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// shop is a small platform: a Java service with too small a limit and one replica, behind a Service, on a cluster past its end.
func shop() []snapshot.Record {
	limit, replicas := int64(2<<30), 1
	return []snapshot.Record{
		snapshot.Header{Schema: snapshot.Schema, CollectorVersion: "test", Source: snapshot.SourceCluster, TakenAt: asOf, Scope: snapshot.Scope{Collected: snapshot.Resources}},
		snapshot.Cluster{UID: "a", ServerVersion: "v1.29.3"},
		snapshot.Workload{
			Kind: "Deployment", APIVersion: "apps/v1", Namespace: "payments", Name: "ledger", Replicas: &replicas, Strategy: "RollingUpdate",
			Containers: []snapshot.Container{{
				Name: "app", Role: snapshot.RoleRegular, Image: "registry.example.org/ledger:1.2.3", MemoryLimitBytes: &limit, MemoryRequestBytes: &limit,
				Ports: []snapshot.Port{{Number: 8080}},
				Runtime: &snapshot.Runtime{Entry: "java", Versions: []snapshot.RuntimeOption{{Source: "JAVA_VERSION", Flags: []string{"17.0.12"}}},
					Options: []snapshot.RuntimeOption{{Source: "JAVA_TOOL_OPTIONS", Flags: []string{"-Xmx2g"}}}},
			}},
		},
		snapshot.Service{
			Namespace: "payments", Name: "ledger", Type: "ClusterIP", HasSelector: true, Ports: []snapshot.ServicePort{{Port: 80, TargetPort: "8080"}},
			Selects: []snapshot.Ref{{Kind: "Deployment", Namespace: "payments", Name: "ledger"}},
		},
	}
}

func inputOf(records ...snapshot.Record) assessments.Input {
	return assessments.Input{Content: content.V1(), Facts: facts.FromRecords(facts.Options{AsOf: asOf}, records...), AsOf: asOf}
}

func fingerprints(a assessments.Assessment, rules ...string) []string {
	var ids []string
	for _, f := range a.Findings {
		if len(rules) == 0 || slices.Contains(rules, f.Rule) {
			ids = append(ids, f.Fingerprint)
		}
	}
	return ids
}

func encode(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}

// The difference is that of two evaluations: the platform built anew with the mend written into its records scores the same.
func TestAMendIsTheSameAsAPlatformThatNeverLackedIt(t *testing.T) {
	base := New(inputOf(shop()...))
	result, err := base.Try(Change{Findings: fingerprints(base.Before(), "jvm/heap-headroom", "lifecycle/single-replica")})
	require.NoError(t, err)
	require.Len(t, result.Mends, 2)
	for _, m := range result.Mends {
		require.Equal(t, Rebuilt, m.How, m.Why)
		require.Equal(t, Gone, m.Left)
	}

	records := shop()
	w := records[2].(snapshot.Workload)
	limit, replicas := int64(5<<29), 2 // 2 GiB of heap and 512 MiB beside it
	w.Containers[0].MemoryLimitBytes, w.Replicas = &limit, &replicas
	records[2] = w
	byHand := assessments.Assess(inputOf(records...))
	require.JSONEq(t, encode(t, byHand), encode(t, result.After))

	jvm := result.Scores.Pillars[slices.IndexFunc(result.Scores.Pillars, func(p PillarDifference) bool { return p.ID == assessments.JVM })]
	require.Positive(t, *jvm.Value)
	require.Equal(t, *jvm.After.Value-*jvm.Before.Value, *jvm.Value)
}

// Asking changes nothing: the platform stands as it stood.
func TestTryingLeavesThePlatformAsItIs(t *testing.T) {
	in := inputOf(snapshottest.Generate(60, 3)...)
	base := New(in)
	before := encode(t, base.Before())
	ids := fingerprints(base.Before())
	require.NotEmpty(t, ids)
	first, err := base.Try(Change{Findings: ids})
	require.NoError(t, err)
	slices.Reverse(ids)
	second, err := base.Try(Change{Findings: ids})
	require.NoError(t, err)
	require.Equal(t, encode(t, first), encode(t, second), "the order of the findings changes nothing")
	require.Equal(t, before, encode(t, assessments.Assess(in)))
	for _, m := range first.Mends {
		require.NotEqual(t, Remains, m.Left, "%s of %s", m.Rule, m.Subject)
	}
}

func TestWhatNoPatchMendsIsTakenAsMendedAndSaid(t *testing.T) {
	base := New(inputOf(shop()...))
	result, err := base.Try(Change{Findings: fingerprints(base.Before(), "lifecycle/version-supported")})
	require.NoError(t, err)
	require.Len(t, result.Mends, 1)
	require.Equal(t, Mend{
		Fingerprint: result.Mends[0].Fingerprint, Rule: "lifecycle/version-supported", Subject: assessments.Subject{Kind: "Cluster", Name: "cluster"},
		How: Assumed, Why: "its mend is no patch of an object", Left: Gone,
	}, result.Mends[0])
	lifecycle := result.Scores.Pillars[0]
	require.Positive(t, *lifecycle.Value)
	require.NotNil(t, result.Scores.RawScore)
}

func TestUnknownFindingsAndAnswersAreRefused(t *testing.T) {
	in := inputOf(shop()...)
	_, err := New(in).Try(Change{Findings: []string{"feed"}})
	require.ErrorContains(t, err, "no finding of this fingerprint")
	_, err = New(in).Try(Change{Answers: []questionnaire.Answer{{Question: "L3"}}})
	require.ErrorContains(t, err, "no questionnaire")
	in.Surveyed = true
	_, err = New(in).Try(Change{Answers: []questionnaire.Answer{{Question: "L3", State: questionnaire.Answered, Options: []string{"L4.a"}}}})
	require.ErrorContains(t, err, "no option")
}

func TestAnAnswerMovesScoresAndTheVerdict(t *testing.T) {
	in := inputOf(shop()...)
	in.Surveyed = true
	in.Answers = []questionnaire.Answer{{Question: "L8", State: questionnaire.Answered, Options: []string{"L8.d"}}}
	base := New(in)
	result, err := base.Try(Change{Answers: []questionnaire.Answer{{Question: "L8", State: questionnaire.Answered, Options: []string{"L8.a"}}}})
	require.NoError(t, err)
	i := slices.IndexFunc(result.Scores.Controls, func(c ControlDifference) bool { return c.ID == "lifecycle/ownership" })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, assessments.Micros(1_000_000), *result.Scores.Controls[i].Value)
	require.Len(t, base.in.Answers, 1, "the platform's own answers stay")
	require.Equal(t, "L8.d", base.in.Answers[0].Options[0])
}

// Two mends of one amount: each asks for at least its own.
func TestTheGreaterOfTwoAmountsHolds(t *testing.T) {
	w := newWorld(facts.FromRecords(facts.Options{}, shop()...))
	patch := func(quantity string) assessments.Finding {
		return assessments.Finding{Mend: assessments.Mend{Patch: "kind: Deployment\nmetadata: {name: ledger, namespace: payments}\n" +
			"spec: {template: {spec: {containers: [{name: app, resources: {limits: {memory: " + quantity + "}}}]}}}\n"}}
	}
	require.NoError(t, w.apply(patch("4Gi")))
	require.NoError(t, w.apply(patch("3Gi")))
	require.EqualValues(t, 4<<30, *w.facts().Workloads[0].Containers[0].MemoryLimitBytes)
}

// A patch that is understood in part is not carried out at all.
func TestHalfAPatchIsNone(t *testing.T) {
	for name, patch := range map[string]string{
		"a field that is not known":       "kind: Deployment\nmetadata: {name: ledger, namespace: payments}\nspec: {replicas: 2, somethingNew: 1}",
		"an object that is not there":     "kind: Deployment\nmetadata: {name: other, namespace: payments}\nspec: {replicas: 2}",
		"a second object that is refused": "kind: Deployment\nmetadata: {name: ledger, namespace: payments}\nspec: {replicas: 2}\n---\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: b}",
		"no object":                       "kind: Deployment",
		"no YAML":                         "a: [",
		"a container that is not there":   "kind: Deployment\nmetadata: {name: ledger, namespace: payments}\nspec: {template: {spec: {containers: [{name: other}]}}}",
		"no quantity":                     "kind: Deployment\nmetadata: {name: ledger, namespace: payments}\nspec: {template: {spec: {containers: [{name: app, resources: {limits: {memory: lots}}}]}}}",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(facts.FromRecords(facts.Options{}, shop()...))
			require.Error(t, w.apply(assessments.Finding{Mend: assessments.Mend{Patch: patch}}))
			require.False(t, w.changed())
		})
	}
}

func FuzzPatchesNeverPanic(f *testing.F) {
	f.Add("kind: Deployment\nmetadata: {name: ledger, namespace: payments}\nspec: {replicas: 2, template: {spec: {containers: [{name: app, livenessProbe: {tcpSocket: {port: 1}}}]}}}")
	f.Add("kind: Service\nmetadata: {name: ledger, namespace: payments}\nspec: {externalIPs: null, type: NodePort}")
	f.Fuzz(func(t *testing.T, patch string) {
		w := newWorld(facts.FromRecords(facts.Options{}, shop()...))
		if w.apply(assessments.Finding{Mend: assessments.Mend{Patch: patch}}) != nil {
			require.False(t, w.changed())
		}
		w.facts()
	})
}

func TestQuantities(t *testing.T) {
	for text, want := range map[string]int64{"1Gi": 1 << 30, "512Mi": 512 << 20, "1.5Gi": 3 << 29, "100": 100, "1k": 1000, "100m": 1, "1e3": -1, "": -1, "-1": -1, "1/2": -1, "Gi": -1, "1Xi": -1} {
		n, err := byteAmount(text)
		if want < 0 {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, n, text)
	}
	n, err := millicores("1.5")
	require.NoError(t, err)
	require.EqualValues(t, 1500, n)
}

// A roll-out leaves what the old pods did behind, and scaling counts the new pods in every budget over them.
func TestARolloutAndABudgetAreWorkedOutAnew(t *testing.T) {
	ref := snapshot.Ref{Kind: "Deployment", Namespace: "payments", Name: "ledger"}
	one, none := 1, 0
	records := append(shop(),
		snapshot.WorkloadPods{WorkloadKind: "Deployment", Namespace: "payments", Name: "ledger", Total: 1, Ready: 1, Restarts: 9},
		snapshot.EventSummary{Reason: "Unhealthy", Probe: "liveness", Object: &ref, Count: 3},
		snapshot.DisruptionBudget{
			Namespace: "payments", Name: "ledger", MinAvailable: "1", Selects: []snapshot.Ref{ref}, ExpectedPods: &one, HealthyPods: &one, DesiredHealthy: &one,
			DisruptionsAllowed: &none,
		})
	w := newWorld(facts.FromRecords(facts.Options{}, records...))
	require.NoError(t, w.apply(assessments.Finding{Mend: assessments.Mend{Patch: "kind: Deployment\nmetadata: {name: ledger, namespace: payments}\n" +
		"spec: {replicas: 3, template: {spec: {terminationGracePeriodSeconds: 60}}}\n"}}))
	ledger := w.facts().Workloads[0]
	require.Empty(t, ledger.Events)
	require.Zero(t, ledger.Pods.Restarts)
	require.Equal(t, 3, ledger.Pods.Total)
	require.Equal(t, 3, *ledger.Budgets[0].ExpectedPods)
	require.Equal(t, 2, *ledger.Budgets[0].DisruptionsAllowed)
	require.EqualValues(t, 60, *ledger.GraceSeconds)
	require.Len(t, w.base.Workloads[0].Events, 1, "the platform stays as it is")
}
