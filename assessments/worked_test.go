package assessments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

// and adds a control with a rule of its own, whose findings are medium at worst, so that no cap stands in the way.
func (w *world) and(id string, weight int, outcomes ...assessments.Outcome) *world {
	c := control(id, assessments.Share, assessments.Medium, 100)
	c.Weight = weight
	w.Controls = append(w.Controls, c)
	if outcomes != nil {
		w.Rules = append(w.Rules, &ruleOf{ID: id, Control: id, Worst: assessments.Medium, Outcomes: outcomes})
	}
	return w
}

func live() *world { return &world{Facts: true, Live: true} }

func TestTheLowestOfSeveralDecisivePairsCounts(t *testing.T) {
	w := declaredWorld(0, "L1.a").
		seeing(assessments.Sight{Looked: assessments.Saw, Allows: "L1.c"}, true).
		seeing(assessments.Sight{Looked: assessments.Saw, Allows: "L1.b"}, true)
	w.Pairs[1].ID = "K-10"
	require.EqualValues(t, 333_333, *w.assess().Controls[0].Value)
}

func TestAtItsBestTheUnknownLiftsACap(t *testing.T) {
	outcomes := append(repeat(19, pass("a")), fail("b", assessments.Critical))
	w := observed(assessments.Share, assessments.Critical, append(outcomes, repeat(20, unknown("c"))...)...)
	pillar := w.assess().Pillars[3]
	require.EqualValues(t, 59_000_000, *pillar.Value, "one of 20 known")
	require.EqualValues(t, 97_500_000, pillar.High, "one of 40, if the rest passes")
}

func TestTheHeadlinesPointIsTheLowestPillarsPoint(t *testing.T) {
	w := live().
		and("delivery/c0", 5, pass("a")).
		and("probes/c0", 5, pass("a"), fail("b", assessments.Medium), unknown("c"), unknown("d")).
		and("networking/c0", 5, pass("a"))
	require.EqualValues(t, 50_000_000, *w.assess().Score.Value)
	require.EqualValues(t, 75_000_000, w.assess().Score.High)
}

func TestBandsBeginAtTheirFloors(t *testing.T) {
	for _, c := range []struct {
		passing int // of 20
		band    assessments.Band
	}{
		{17, assessments.Seaworthy}, {16, assessments.SeaworthyWithConditions}, {14, assessments.SeaworthyWithConditions},
		{13, assessments.LowFreeboard}, {8, assessments.LowFreeboard}, {7, assessments.Submerged}, {0, assessments.Submerged},
	} {
		w := live().and("probes/c0", 5, append(repeat(c.passing, pass("a")), repeat(20-c.passing, fail("b", assessments.Medium))...)...)
		require.Equal(t, c.band, w.assess().LoadLine.Low, "%d of 20", c.passing)
	}
}

func TestTheLargestRemainderGetsTheLastMillionth(t *testing.T) {
	controls := live().and("probes/c0", 1, pass("a")).and("probes/c1", 2, pass("a")).assess().Controls
	require.EqualValues(t, 33_333_333, controls[0].Contribution)
	require.EqualValues(t, 66_666_667, controls[1].Contribution)
}

func TestTheGravestFindingStandsFirst(t *testing.T) {
	findings := observed(assessments.Share, assessments.Critical, fail("a", assessments.Low), fail("c", assessments.Critical), fail("b", assessments.Critical)).assess().Findings
	require.Equal(t, []string{"b", "c", "a"}, []string{findings[0].Subject.Name, findings[1].Subject.Name, findings[2].Subject.Name})
}

func TestTheNextStepIsTheSmallestSetThatDecides(t *testing.T) {
	w := live().
		and("delivery/c0", 5, pass("a"), unknown("b"), unknown("c"), unknown("d")).
		and("networking/c0", 5, append(repeat(9, pass("a")), unknown("b"))...)
	require.Equal(t, []string{"delivery/c0"}, w.assess().LoadLine.NextStep.Evidence)
}

func TestTheNextStepBringsTheHighEndDownToo(t *testing.T) {
	w := live().and("probes/c0", 5, unknown("a")).and("probes/c1", 5).and("probes/c2", 5)
	a := w.assess()
	require.Equal(t, []string{"probes/c0"}, a.LoadLine.NextStep.Evidence, "it may not lift the load line, but it can rule out the best")
	require.Equal(t, "Find out what the snapshot leaves open on “holds” (probes/c0): that narrows the load line most.", a.LoadLine.NextStep.Text)
}

func TestWithoutAClusterOneSnapshotIsOneStep(t *testing.T) {
	w := live().and("probes/c0", 5, pass("a"), unknown("b")).and("delivery/c0", 5, pass("a"), unknown("b"))
	w.Live = false
	require.Equal(t, []string{"delivery/c0", "probes/c0"}, w.assess().LoadLine.NextStep.Evidence)
	require.Equal(t, "Take a snapshot of the cluster with plimsoll-collect: that narrows the load line most.", w.assess().LoadLine.NextStep.Text)
}
