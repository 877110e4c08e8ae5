package probe

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// recoveryOf is what counts for the first container of the first workload.
func recoveryOf(figure int64, records ...snapshot.Record) (Recovery, string) {
	f := facts.FromRecords(facts.Options{}, append([]snapshot.Record{snapshot.Header{Source: snapshot.SourceManifests}}, records...)...)
	return RecoveriesOf(f, &figure).Of(f.Workloads[0].Containers[0])
}

func set(name, image string, change func(*snapshot.Workload)) snapshot.Workload {
	w := snapshot.Workload{Kind: "StatefulSet", Namespace: "data", Name: name,
		Containers: []snapshot.Container{{Name: "db", Role: snapshot.RoleRegular, Image: image, Liveness: defaultProbe()}}}
	if change != nil {
		change(&w)
	}
	return w
}

func annotated(text string) func(*snapshot.Workload) {
	return func(w *snapshot.Workload) {
		w.Annotations = map[string]string{facts.RecoveryTimeAnnotation: text}
	}
}

func TestWhatIsDeclaredGoesBeforeTheAnswerAndTheAnswerBeforeTheReference(t *testing.T) {
	known, doubt := recoveryOf(1800, set("a", "apache/kafka:3.9", annotated("5m")))
	require.Empty(t, doubt)
	require.Equal(t, Recovery{LowSeconds: 300, HighSeconds: 300, Source: "annotation plimsoll.dev/recovery-time", Declared: true}, known)
	known, _ = recoveryOf(1800, set("a", "apache/kafka:3.9", nil))
	require.Equal(t, Recovery{LowSeconds: 1800, HighSeconds: 1800, Source: "answered for stateful services (P2)", Declared: true}, known)
	known, _ = recoveryOf(0, set("a", "apache/kafka:3.9", nil))
	require.EqualValues(t, 600, known.LowSeconds)
	require.EqualValues(t, 1800, known.HighSeconds)
	require.False(t, known.Declared)
	known, _ = recoveryOf(0, set("a", "team/db:1", nil))
	require.Equal(t, Recovery{}, known)
	known, _ = recoveryOf(1800, set("a", "${REGISTRY}/kafka:3.9", func(w *snapshot.Workload) { w.Kind = "Deployment" }))
	require.Equal(t, Recovery{}, known, "an image that is filled in elsewhere is no known product")
}

func TestWhatCannotBeReadOrIsNotTheProductsOwnCommandIsDoubted(t *testing.T) {
	_, doubt := recoveryOf(1800, set("a", "apache/kafka:3.9", annotated("soon")))
	require.Contains(t, doubt, `can't be read: "soon"`)
	fact := facts.WorkloadFact{Kind: "StatefulSet", Namespace: "data", Name: "a", Key: facts.RecoverySecondsKey, Value: "60"}
	f := facts.FromRecords(facts.Options{Declared: []facts.WorkloadFact{fact}}, set("a", "team/db:1", annotated("soon")))
	_, doubt = RecoveriesOf(f, nil).Of(f.Workloads[0].Containers[0])
	require.Contains(t, doubt, "can't be read", "a fact does not hide what is written wrongly")
	_, doubt = recoveryOf(0, set("a", "apache/kafka:3.9", func(w *snapshot.Workload) {
		w.Containers[0].Runtime = &snapshot.Runtime{Entry: "other"}
	}))
	require.Contains(t, doubt, "a command of its own")
}

func TestOnlyWhatMayBeMeantMakesTheAnswerDoubtful(t *testing.T) {
	for name, c := range map[string]struct {
		other snapshot.Record
		known bool
	}{
		"another set":                                {set("b", "team/db:1", nil), false},
		"a set that declares as much":                {set("b", "team/db:1", annotated("30m")), false},
		"a set that declares less":                   {set("b", "team/db:1", annotated("29m59s")), true},
		"a set of the platform's own":                {set("b", "team/db:1", func(w *snapshot.Workload) { w.Namespace = "kube-system" }), true},
		"a Deployment":                               {set("b", "team/db:1", func(w *snapshot.Workload) { w.Kind = "Deployment" }), true},
		"the same set in another file":               {set("a", "team/db:1", nil), true},
		"a Kafka resource":                           {snapshot.CustomResource{ObjectKind: "Kafka", Namespace: "mq", Name: "events", Section: "kafka"}, false},
		"a Kafka resource of the platform's own":     {snapshot.CustomResource{ObjectKind: "Kafka", Namespace: "kube-system", Name: "events", Section: "kafka"}, true},
		"a resource that runs no brokers, but tasks": {snapshot.CustomResource{ObjectKind: "KafkaConnect", Namespace: "mq", Name: "events"}, true},
	} {
		known, doubt := recoveryOf(1800, set("a", "team/db:1", nil), c.other)
		require.Empty(t, doubt, name)
		require.Equal(t, c.known, known.Known(), name)
		if !c.known {
			require.EqualValues(t, 1800, known.PerhapsSeconds, name)
			require.Contains(t, known.PerhapsReason, "another stateful set", name)
		}
	}
}

func TestOfAPodsContainersTheKnownProductRecovers(t *testing.T) {
	beside := func(role snapshot.Role, image string) func(*snapshot.Workload) {
		return func(w *snapshot.Workload) {
			w.Containers = append([]snapshot.Container{{Name: "beside", Role: role, Image: image, Liveness: defaultProbe()}}, w.Containers...)
		}
	}
	known, _ := recoveryOf(1800, set("a", "apache/kafka:3.9", beside(snapshot.RoleRegular, "team/exporter:1")))
	require.Equal(t, Recovery{}, known, "an exporter beside a broker repairs nothing")
	known, _ = recoveryOf(1800, set("a", "team/db:1", beside(snapshot.RoleSidecar, "team/proxy:1")))
	require.Equal(t, Recovery{}, known, "a sidecar repairs nothing")
	known, _ = recoveryOf(1800, set("a", "team/db:1", beside(snapshot.RoleRegular, "team/exporter:1")))
	require.Contains(t, known.PerhapsReason, "another container of the pod")
}

func TestOnlyAContainerThatMayBeKilledStandsInForAnother(t *testing.T) {
	quiet := func(w *snapshot.Workload) {
		w.Containers = append(w.Containers, snapshot.Container{Name: "beside", Role: snapshot.RoleRegular, Image: "apache/kafka:3.9"})
	}
	known, doubt := recoveryOf(1800, set("a", "team/db:1", quiet))
	require.Empty(t, doubt)
	require.EqualValues(t, 1800, known.LowSeconds, "no probe kills the broker beside it")
	sidecar := func(w *snapshot.Workload) {
		w.Containers = append(w.Containers, snapshot.Container{Name: "beside", Role: snapshot.RoleSidecar, Image: "team/proxy:1", Liveness: defaultProbe()})
	}
	known, _ = recoveryOf(1800, set("a", "team/db:1", sidecar))
	require.EqualValues(t, 1800, known.LowSeconds, "a sidecar is not meant")
}

func TestOneSecondIsAFigureAndNothingIsNone(t *testing.T) {
	known, doubt := recoveryOf(1, set("a", "team/db:1", nil))
	require.Empty(t, doubt)
	require.True(t, known.Known())
	require.EqualValues(t, 1, known.HighSeconds)
	for _, figure := range []int64{0, -5} {
		known, doubt = recoveryOf(figure, set("a", "team/db:1", nil))
		require.Equal(t, Recovery{}, known)
		require.Empty(t, doubt)
	}
}
