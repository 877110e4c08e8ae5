package assessments_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
)

func TestWhatCouldBeMendedAndHowFarItCarries(t *testing.T) {
	w := live().
		and("lifecycle/c0", 5, unknown("a")).
		and("delivery/c0", 5, pass("a"), fail("b", assessments.Medium)).
		and("probes/c0", 5, pass("a"), pass("b"), pass("c"), fail("d", assessments.Medium)).
		and("networking/c0", 5, fail("a", assessments.Medium))
	w.Waivers = []assessments.Waiver{{Rule: "networking/c0", Reason: "known", Until: asOf}}
	p := assessments.ProspectsOf(w.input())
	require.Equal(t, []string{"delivery/c0", "probes/c0"}, p.Rules(), "a waiver covers the third")
	require.Empty(t, p.Questions())
	for _, c := range []struct {
		rules            []string
		headline, lowest assessments.Micros
	}{
		{nil, 50_000_000, 50_000_000},
		{[]string{"probes/c0"}, 50_000_000, 50_000_000},
		{[]string{"delivery/c0"}, 75_000_000, 100_000_000},
		{[]string{"delivery/c0", "probes/c0"}, 100_000_000, 100_000_000},
	} {
		headline, lowest := p.Headroom(c.rules, nil)
		require.Equal(t, c.headline, *headline, c.rules)
		require.Equal(t, c.lowest, lowest, c.rules)
	}
}

func TestWhichAnswersCouldBeBetter(t *testing.T) {
	w := declaredWorld(0, "L1.b", "L3.a", "C2.b").seeing(assessments.Sight{Looked: assessments.Saw, Allows: "L1.c"}, true)
	w.Controls = append(w.Controls, control("lifecycle/c1", assessments.Share, assessments.High, 0, "L2", "L3"))
	w.Answers["L6"] = questionnaire.Answer{Question: "L6", State: questionnaire.Unknown, AnsweredAt: asOf}
	w.Answers["B1"], w.Answers["J6"] = answered("B1.b"), answered("J6.b")
	p := assessments.ProspectsOf(w.input())
	ofPillars := slices.DeleteFunc(slices.Clone(p.Questions()), func(id string) bool { return id[0] == 'G' })
	require.Equal(t, []string{"B1", "J6", "L1"}, ofPillars, "not the best, nor an open one, nor one of the context")
	require.True(t, p.Lowered("L1"))
	require.False(t, p.Lowered("B1"))
	headline, _ := p.Headroom(nil, []string{"L1"})
	require.EqualValues(t, 100_000_000, *headline)
}

func TestWithoutAPointThereIsNoHeadroom(t *testing.T) {
	headline, lowest := assessments.ProspectsOf(live().and("probes/c0", 5, unknown("a")).input()).Headroom([]string{"probes/c0"}, nil)
	require.Nil(t, headline)
	require.Zero(t, lowest)
}

func TestTwoAnswersMayCapOnePillar(t *testing.T) {
	w := declaredWorld(0, "L1.d", "L6.d")
	w.Controls = append(w.Controls, control("lifecycle/c1", assessments.Share, assessments.High, 0, "L6"), control("lifecycle/c2", assessments.Share, assessments.High, 0, "L1"))
	require.Equal(t, []assessments.Cap{{At: 39, Control: "lifecycle/c0", By: "L1.d"}, {At: 59, Control: "lifecycle/c1", By: "L6.d"}}, w.assess().Pillars[0].Caps)
}

func TestARegistryTakesNoRuleThatCantBeOne(t *testing.T) {
	judge := func(assessments.View) []assessments.Outcome { return nil }
	for _, rule := range []assessments.Rule{
		{ID: "probes", Judge: judge}, {ID: "probes/", Judge: judge}, {ID: "storage/a", Judge: judge}, {ID: "probes/b"}, {ID: "probes/known", Judge: judge},
	} {
		r := &assessments.Registry{}
		r.Register(assessments.Rule{ID: "probes/known", Judge: judge})
		require.Panics(t, func() { r.Register(rule) }, rule.ID)
	}
}

func TestAnAnnotationAtWhatPassesCanGo(t *testing.T) {
	_, use := waived(assessments.Input{Facts: annotatedFacts("delivery/managed-release: known")})
	require.Equal(t, "what it names does not fail: it can go", use.Unmatched[0].Why)
	_, use = waived(assessments.Input{Facts: annotatedFacts("no/rule: known")})
	require.Equal(t, "no rule has this id", use.Unmatched[0].Why)
}

func TestFindingsOfRulesFromOutsideAreWaivedLikeOthers(t *testing.T) {
	waiving := assessments.NewWaiving(assessments.Input{
		Facts: annotatedFacts("custom/owner: nobody owns it"), AsOf: asOf, Waivers: []assessments.Waiver{{Rule: "custom/*", Name: "ab", Reason: "known", Until: asOf}},
	})
	for about, want := range map[assessments.Place]struct {
		name, by string
		atSource bool
	}{{File: "a.yaml", Line: 1}: {"ab", "known", false}, {File: "a.yaml", Line: 2}: {"a*", "nobody owns it", true}, {File: "b.yaml"}: {"a*", "", false}} {
		waiver := waiving.Over("custom/owner", assessments.About(assessments.Subject{Kind: "Deployment", Namespace: "shop", Name: want.name}, about))
		if want.by == "" {
			require.Nil(t, waiver)
			continue
		}
		require.Equal(t, want.by, waiver.Reason)
		require.Equal(t, want.atSource, waiver.Annotated)
	}
	require.Len(t, waiving.Use().Used, 2)
	none := assessments.NewWaiving(assessments.Input{Waivers: []assessments.Waiver{{Rule: "custom/*", Reason: "known", Until: asOf}}, NoWaivers: true})
	require.Nil(t, none.Over("custom/owner", assessments.About(assessments.Subject{Name: "ab"}, assessments.Place{})))
}

func TestARuleAsksOnceHoweverManyContainersWait(t *testing.T) {
	waiting := func(container string) assessments.Outcome {
		return subject("ledger").Part(container).UnknownUntil(facts.JavaVersionKey, "the version is not known")
	}
	got := observed(assessments.Share, assessments.High, waiting("app"), waiting("side")).assess().Questions
	require.Len(t, got, 1)
	require.Equal(t, []string{"probes/c0"}, got[0].Rules)
}
