package probe

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

func asks(delay, period, timeout, threshold int) *snapshot.Probe {
	return &snapshot.Probe{Handler: "tcpSocket", Port: "9092", InitialDelaySeconds: delay, PeriodSeconds: period, TimeoutSeconds: timeout,
		FailureThreshold: threshold, SuccessThreshold: 1}
}

// defaultProbe is what the API makes of a probe with a handler and nothing else.
func defaultProbe() *snapshot.Probe {
	d := reference.ProbeFieldDefaults()
	return asks(d.InitialDelaySeconds, d.PeriodSeconds, d.TimeoutSeconds, d.FailureThreshold)
}

func TestTrap14TheDefaultLivenessProbeKillsAfterTwentyToThirtyOneSeconds(t *testing.T) {
	require.Equal(t, KillTime{EarliestSeconds: 20, PlanningSeconds: 30, LatestSeconds: 31}, TimeToKill(defaultProbe()))
}

// The published figures of well-known charts: what each allows a broker or database at a start.
func TestTrap14ChartsKillWhenTheirFiguresSay(t *testing.T) {
	for name, c := range map[string]struct {
		probe            *snapshot.Probe
		earliest, latest int64
	}{
		"bitnami/kafka":         {asks(10, 10, 5, 3), 30, 45},
		"bitnami/cassandra":     {asks(60, 30, 30, 5), 180, 240},
		"bitnami/elasticsearch": {asks(180, 10, 5, 5), 220, 235},
		"bitnami/rabbitmq":      {asks(120, 30, 20, 6), 270, 320},
	} {
		kill := TimeToKill(c.probe)
		require.Equal(t, c.earliest, kill.EarliestSeconds, name)
		require.Equal(t, c.latest, kill.LatestSeconds, name)
	}
}

func TestTrap14TheDelayIsRoundedUpToTheNextTickWhoseverPhase(t *testing.T) {
	// With a tick at the container's start a delay of 15 s becomes 20 s; with another phase it stays 15 s or becomes up to 25 s.
	kill := TimeToKill(asks(15, 10, 1, 1))
	require.Equal(t, KillTime{EarliestSeconds: 15, PlanningSeconds: 25, LatestSeconds: 26}, kill)
}

func TestATimeoutLongerThanThePeriodHoldsUpTheNextTry(t *testing.T) {
	require.Equal(t, KillTime{EarliestSeconds: 20, PlanningSeconds: 30, LatestSeconds: 10 + 3*25}, TimeToKill(asks(0, 10, 25, 3)))
}

func TestARunningContainerThatHangsIsKilledWithoutTheDelay(t *testing.T) {
	require.Equal(t, TimeToKill(asks(0, 10, 5, 3)), TimeToReact(asks(600, 10, 5, 3)))
}

func TestFiguresThatNoAPIWouldTakeAreHeldWithinItsBounds(t *testing.T) {
	kill := TimeToKill(asks(-5, 0, 0, -1))
	require.Equal(t, KillTime{EarliestSeconds: 0, PlanningSeconds: 1, LatestSeconds: 2}, kill)
	huge := TimeToKill(asks(1<<62, 1<<62, 1<<62, 1<<62))
	require.Positive(t, huge.EarliestSeconds)
	require.Greater(t, huge.LatestSeconds, huge.EarliestSeconds)
}

func TestTheKubeletWaitsLongerFromEndToEnd(t *testing.T) {
	kubelet := backOff{row: reference.RestartBackOff()}
	var waits []int64
	for range 8 {
		waits = append(waits, kubelet.after(30))
	}
	require.Equal(t, []int64{0, 10, 20, 40, 80, 160, 300, 300}, waits, "the first restart comes at once")
	require.EqualValues(t, 300, kubelet.after(600))
	require.Zero(t, kubelet.after(601), "whoever ran for ten minutes begins anew")
	require.EqualValues(t, 10, kubelet.after(30))
}

func TestAnHourOfALoopIsTold(t *testing.T) {
	c := planned(figuresOf(defaultProbe()), 600, 5).course()
	require.Equal(t, []Event{
		{AtSeconds: 0, Kind: Started, Start: 1}, {AtSeconds: 10, Kind: Failing, Start: 1}, {AtSeconds: 30, Kind: Killed, Start: 1, Failures: 3}, {AtSeconds: 35, Kind: Ended, Start: 1},
		{AtSeconds: 35, Kind: Started, Start: 2}, {AtSeconds: 45, Kind: Failing, Start: 2}, {AtSeconds: 65, Kind: Killed, Start: 2, Failures: 3}, {AtSeconds: 70, Kind: Ended, Start: 2},
		{AtSeconds: 70, Kind: BackOff, Start: 2, WaitSeconds: 10},
		{AtSeconds: 80, Kind: Started, Start: 3},
	}, c.Events[:10])
	require.Nil(t, c.RecoveredAtSeconds)
	require.Equal(t, 16, c.Kills, "35 s each; 0, 10, 20, 40, 80 and 160 s of waiting, and then 300 s each time")
	for _, e := range c.Events {
		require.LessOrEqual(t, e.AtSeconds, int64(Hour))
	}
}

func TestARecoveryThatEndsBeforeTheLastTryIsNotKilled(t *testing.T) {
	c := planned(figuresOf(defaultProbe()), 30, 0).course()
	require.Equal(t, []Event{{Kind: Started, Start: 1}, {AtSeconds: 10, Kind: Failing, Start: 1}, {AtSeconds: 30, Kind: Recovered, Start: 1}}, c.Events)
	require.EqualValues(t, 30, *c.RecoveredAtSeconds)
	quick := planned(figuresOf(defaultProbe()), 5, 0).course()
	require.Equal(t, []Event{{Kind: Started, Start: 1}, {AtSeconds: 5, Kind: Recovered, Start: 1}}, quick.Events, "no try failed")
	beyond := planned(figuresOf(asks(0, 10, 1, 1000)), 4000, 0).course()
	require.Nil(t, beyond.RecoveredAtSeconds, "the hour is over")
	require.Zero(t, beyond.Kills)
}

func TestTheChanceOfAKillIsTheAreaUnderIt(t *testing.T) {
	f := figuresOf(defaultProbe()) // killed for certain from 30 s on, never up to 20 s, evenly between
	for _, c := range []struct {
		low, high    int64
		killed, loop int64
	}{
		{0, 20, 0, 0}, {20, 20, 0, 0}, {25, 25, 500_000, 0}, {30, 30, million, million}, {29, 29, 900_000, 0},
		{20, 30, 500_000, 0}, {20, 40, 750_000, 500_000}, {600, 1800, million, million}, {10, 50, 625_000, 500_000}, {40, 20, million, million},
	} {
		got := chanceOf(f, Range{c.low, c.high})
		require.Equal(t, c.killed, got.KilledMicros, "%d..%d", c.low, c.high)
		require.Equal(t, c.loop, got.LoopMicros, "%d..%d", c.low, c.high)
	}
}

// The field report: three brokers, two replicas in sync, ten to thirty minutes of recovery after a crash, and a chart's liveness.
func TestTheFieldReportsKafkaLoopsAndTheMendIsProven(t *testing.T) {
	brokers := func(startup *snapshot.Probe) *facts.Facts {
		three := 3
		return facts.FromRecords(facts.Options{},
			snapshot.Header{Schema: snapshot.Schema, Source: snapshot.SourceCluster},
			snapshot.Workload{Kind: "StatefulSet", Namespace: "streams", Name: "kafka", Replicas: &three, Containers: []snapshot.Container{{
				Name: "kafka", Role: snapshot.RoleRegular, Image: "bitnami/kafka:3.7", Liveness: asks(10, 10, 5, 3), Startup: startup,
				Runtime: &snapshot.Runtime{Product: []snapshot.RuntimeOption{{Source: "KAFKA_CFG_MIN_INSYNC_REPLICAS", Flags: []string{"2"}}}},
			}}})
	}
	all := For(brokers(nil), Inputs{})
	require.Len(t, all, 1)
	s := all[0]
	require.Equal(t, ByLiveness, s.Guard)
	require.Equal(t, KillTime{30, 40, 45}, s.TimeToKill)
	require.Equal(t, Range{600, 1800}, s.Chance.Range, "what was reported of Kafka")
	require.Equal(t, Loops, s.Verdict)
	require.EqualValues(t, million, s.Chance.LoopMicros, "no broker ever comes through")
	require.Nil(t, s.Course.RecoveredAtSeconds)
	require.Equal(t, 15, s.Course.Kills)

	require.Equal(t, AddStartup, s.Mend.Field)
	require.EqualValues(t, 2700, s.Mend.SurvivesSeconds, "half as much again as thirty minutes")
	require.Equal(t, Figures{PeriodSeconds: 10, TimeoutSeconds: 5, FailureThreshold: 271}, s.Mend.Probe)
	require.True(t, s.Mend.Proven)
	require.Equal(t, s.Reaction, s.Mend.Reaction, "a broker that hangs later is killed as soon as today")
	require.EqualValues(t, 600, *s.Mended.RecoveredAtSeconds)
	require.Zero(t, s.Mended.Kills)

	again := For(brokers(s.Mend.Probe.probe()), Inputs{})[0]
	require.Equal(t, Survives, again.Verdict)
	require.Equal(t, ByStartup, again.Guard)
	require.Equal(t, Range{600, 1800}, again.Chance.Range)
	require.Zero(t, again.Chance.KilledMicros)
	require.Nil(t, again.Mend, "nothing is left to mend")

	hour := For(brokers(s.Mend.Probe.probe()), Inputs{Recovery: &Range{LowSeconds: 3600}})[0]
	require.Equal(t, Loops, hour.Verdict, "an hour, as was seen at times, is more than the margin")
	require.Equal(t, RaiseThreshold, hour.Mend.Field)
	require.True(t, hour.Mend.Proven)
}

func TestAClusterFromBeforeStartupProbesGetsALongerDelay(t *testing.T) {
	m, ok := Propose(nil, asks(10, 10, 5, 3), 900, false)
	require.True(t, ok)
	require.Equal(t, RaiseDelay, m.Field)
	require.EqualValues(t, 880, m.Probe.InitialDelaySeconds)
	require.EqualValues(t, 900, m.TimeToKill.EarliestSeconds)
	require.True(t, m.Proven)
	_, ok = Propose(nil, nil, 900, true)
	require.False(t, ok, "nothing kills it")
}

func TestAContainerIsSimulatedOnceInTheOrderOfTheFacts(t *testing.T) {
	pod := func(kind, namespace, name string, containers ...snapshot.Container) snapshot.Workload {
		return snapshot.Workload{Kind: kind, Namespace: namespace, Name: name, Containers: containers}
	}
	live := func(name string, role snapshot.Role) snapshot.Container {
		return snapshot.Container{Name: name, Role: role, Image: "team/app:1", Liveness: defaultProbe()}
	}
	broken := live("app", snapshot.RoleRegular)
	broken.Liveness = asks(0, 10, 1, 3)
	broken.Liveness.Unreadable = true
	f := facts.FromRecords(facts.Options{}, snapshot.Header{Source: snapshot.SourceManifests},
		pod("Deployment", "b", "two", live("app", snapshot.RoleRegular), live("proxy", snapshot.RoleSidecar), live("setup", snapshot.RoleInit)),
		pod("Deployment", "a", "one", broken),
		pod("Job", "a", "job", live("app", snapshot.RoleRegular)),
		pod("DaemonSet", "kube-system", "agent", live("agent", snapshot.RoleRegular)),
		pod("Deployment", "a", "bare", snapshot.Container{Name: "app", Role: snapshot.RoleRegular}))
	named := func(all []Simulation) []string {
		var names []string
		for _, s := range all {
			names = append(names, s.Namespace+"/"+s.Workload+"/"+s.Container)
		}
		return names
	}
	all := For(f, Inputs{})
	require.Equal(t, []string{"a/one/app", "b/two/app", "b/two/proxy"}, named(all))
	require.Equal(t, Unknown, all[0].Verdict)
	require.Contains(t, all[0].Doubt, "placeholder")
	require.Equal(t, "how long it needs to recover is not known", all[1].Doubt)
	require.Nil(t, all[1].Course)
	require.Len(t, For(f, Inputs{SystemToo: true}), 4)
	text, err := json.Marshal(For(f, Inputs{Recovery: &Range{LowSeconds: 25}}))
	require.NoError(t, err)
	require.Contains(t, string(text), `"verdict":"mayLoop"`)
	empty, err := json.Marshal(For(facts.FromRecords(facts.Options{}), Inputs{}))
	require.NoError(t, err)
	require.Equal(t, "[]", string(empty))
}

func TestThePreStopSleepDelaysTheEndAndTheGracePeriodBoundsIt(t *testing.T) {
	sleep, grace := int64(60), int64(20)
	w := snapshot.Workload{Kind: "Deployment", Namespace: "a", Name: "one", GraceSeconds: &grace, Containers: []snapshot.Container{{
		Name: "app", Role: snapshot.RoleRegular, Liveness: defaultProbe(), PreStop: &snapshot.PreStop{Handler: "sleep", SleepSeconds: &sleep}}}}
	f := facts.FromRecords(facts.Options{}, snapshot.Header{Source: snapshot.SourceManifests}, w)
	s := For(f, Inputs{Recovery: &Range{LowSeconds: 600}, MarginPercent: 100})[0]
	require.Equal(t, Event{AtSeconds: 50, Kind: Ended, Start: 1}, s.Course.Events[3])
	require.EqualValues(t, 600, s.Mend.SurvivesSeconds)
}

func TestTheQuestionnairesFigureMeansASetOnlyWhereItCanMeanNoOther(t *testing.T) {
	figure := int64(1800)
	set := func(name string) snapshot.Workload {
		return snapshot.Workload{Kind: "StatefulSet", Namespace: "data", Name: name,
			Containers: []snapshot.Container{{Name: "db", Role: snapshot.RoleRegular, Image: "team/db:1", Liveness: defaultProbe()}}}
	}
	header := snapshot.Header{Source: snapshot.SourceManifests}
	one := For(facts.FromRecords(facts.Options{}, header, set("a")), Inputs{StatefulRecoverySeconds: &figure})
	require.Equal(t, Loops, one[0].Verdict)
	require.True(t, one[0].Recovery.Declared)
	two := For(facts.FromRecords(facts.Options{}, header, set("a"), set("b")), Inputs{StatefulRecoverySeconds: &figure})
	require.Equal(t, Unknown, two[0].Verdict)
	require.Contains(t, two[0].Doubt, "may mean another stateful set")
	require.EqualValues(t, 1800, two[0].Recovery.PerhapsSeconds)
}

func TestTheVerdictHoldsAtItsBounds(t *testing.T) {
	kill := TimeToKill(defaultProbe()) // 20 to 31 s, 30 s by the planning figure
	for r, want := range map[Range]Verdict{
		{1, 20}: Survives, {20, 20}: Survives, {20, 21}: MayLoop, {30, 30}: MayLoop, {30, 600}: MayLoop, {31, 31}: Loops,
	} {
		require.Equal(t, want, verdictOf(kill, r), "%+v", r)
	}
}

func TestAPlaceholderInEitherProbeLeavesItUnknown(t *testing.T) {
	for _, unreadable := range []string{"liveness", "startup"} {
		c := snapshot.Container{Name: "app", Role: snapshot.RoleRegular, Liveness: defaultProbe(), Startup: defaultProbe()}
		if unreadable == "liveness" {
			c.Liveness.Unreadable = true
		} else {
			c.Startup.Unreadable = true
		}
		f := facts.FromRecords(facts.Options{}, snapshot.Workload{Kind: "Deployment", Namespace: "a", Name: "one", Containers: []snapshot.Container{c}})
		s := For(f, Inputs{Recovery: &Range{LowSeconds: 25}})[0]
		require.Equal(t, Unknown, s.Verdict, unreadable)
		require.Zero(t, s.TimeToKill, unreadable)
	}
}

func TestAClusterFromBeforeStartupProbesIsToldByItsVersion(t *testing.T) {
	for version, want := range map[string]MendField{"v1.17.17": RaiseDelay, "v1.18.0": AddStartup, "": AddStartup} {
		f := facts.FromRecords(facts.Options{}, snapshot.Header{Source: snapshot.SourceCluster}, snapshot.Cluster{ServerVersion: version}, snapshot.Workload{
			Kind: "Deployment", Namespace: "a", Name: "one", Containers: []snapshot.Container{{Name: "app", Role: snapshot.RoleRegular, Liveness: defaultProbe()}}})
		require.Equal(t, want, For(f, Inputs{Recovery: &Range{LowSeconds: 600}})[0].Mend.Field, version)
	}
}

func TestARangeOfNothingIsNotTried(t *testing.T) {
	f := facts.FromRecords(facts.Options{}, set("a", "team/db:1", nil))
	s := For(f, Inputs{Recovery: &Range{}})[0]
	require.Equal(t, Unknown, s.Verdict)
	require.Nil(t, s.Course)
	s = For(f, Inputs{Recovery: &Range{LowSeconds: 1}})[0]
	require.Equal(t, Recovery{LowSeconds: 1, HighSeconds: 1, Source: "asked for"}, s.Recovery)
}

func TestAMarginOfOnePercentIsOne(t *testing.T) {
	f := facts.FromRecords(facts.Options{}, set("a", "team/db:1", nil))
	s := For(f, Inputs{Recovery: &Range{LowSeconds: 1000}, MarginPercent: 1})[0]
	require.Nil(t, s.Mend, "ten seconds are survived as it is")
	require.EqualValues(t, 1500, For(f, Inputs{Recovery: &Range{LowSeconds: 1000}})[0].Mend.SurvivesSeconds)
}
