package assessments_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot"
)

func TestAResultNamesItsSnapshot(t *testing.T) {
	in := observed(assessments.Share, assessments.High, pass("a")).input()
	in.Facts.Digest, in.Facts.Workloads = "abc", []*facts.Workload{{Workload: &snapshot.Workload{}}, {Workload: &snapshot.Workload{}}}
	a := assessments.Assess(in)
	require.Equal(t, "abc", a.SnapshotDigest)
	require.Equal(t, asOf, a.TakenAt)
	require.Equal(t, 2, a.Workloads)
	require.Nil(t, a.Need, "evidence alone says nothing of the need")
	require.Empty(t, a.Answers)
}

func TestOutcomesOfOneRule(t *testing.T) {
	in := observed(assessments.Share, assessments.High, pass("a"), subject("b").Fail(assessments.Failure{Message: "does not hold"}), unknown("c")).input()
	outcomes, known := assessments.OutcomesOf(in, "probes/c0")
	require.True(t, known)
	require.Equal(t, []assessments.Result{assessments.Pass, assessments.Fail, assessments.Unknown}, []assessments.Result{outcomes[0].Result, outcomes[1].Result, outcomes[2].Result})
	require.Equal(t, assessments.High, outcomes[1].Failure().Severity, "its control's, where the rule names none")

	_, known = assessments.OutcomesOf(in, "probes/none")
	require.False(t, known)

	in.Content.Controls = nil
	outcomes, known = assessments.OutcomesOf(in, "probes/c0")
	require.True(t, known)
	require.Zero(t, outcomes[1].Failure().Severity, "a rule of no control has none to lend")

	in.Facts = nil
	outcomes, known = assessments.OutcomesOf(in, "probes/c0")
	require.True(t, known)
	require.Empty(t, outcomes)
}

func TestAnswersThatCantBeTakenCountAsNone(t *testing.T) {
	in := declaredWorld(0, "L1.b").input()
	value := func(answers ...questionnaire.Answer) *assessments.Micros {
		given := in
		given.Answers = append(slices.Clone(gateAnswers), answers...)
		return assessments.Assess(given).Controls[0].Value
	}
	require.EqualValues(t, 666_667, *value(answered("L1.b")))
	require.Nil(t, value(answered("L1.b"), answered("L1.a")), "two from one seat")
	require.Nil(t, value(answered("L1.a"), answered("L1.b"), answered("L1.b")), "in whatever order")
	require.Nil(t, value(answered("L1.z")), "an option that is none")
	require.EqualValues(t, 666_667, *value(answered("L1.b"), answered("L9.a")), "another's question that is none")
}

func TestTheNeedGateIsJudgedByTheOptionsThatCount(t *testing.T) {
	ability := func(p *pairOf, answers ...questionnaire.Answer) questionnaire.AxisScore {
		w := declaredWorld(0, "L1.a")
		if p != nil {
			w.Pairs = []*pairOf{p}
		}
		in := w.input()
		for i, a := range in.Answers {
			for _, other := range answers {
				if a.Question == other.Question {
					in.Answers[i] = other
				}
			}
		}
		return assessments.Assess(in).Need.Ability
	}
	saw := assessments.Sight{Question: "G12", Looked: assessments.Saw, Allows: "G12.d"}
	all := questionnaire.Answer{Question: "G12", State: questionnaire.Answered, Options: []string{"G12.a"}, AnsweredAt: asOf}
	best := ability(nil, all)
	require.Less(t, ability(&pairOf{ID: "K-08", Question: "G12", Decisive: true, Sight: saw}, all).High, best.High)
	require.Equal(t, best, ability(&pairOf{ID: "K-08", Question: "G12", Sight: saw}, all), "a pair that only asks lowers nothing")

	none := questionnaire.Answer{Question: "G12", State: questionnaire.NotApplicable, Reason: questionnaire.NoSuchWorkload, Sentence: "there is none", AnsweredAt: asOf}
	absent := ability(nil, none)
	require.Equal(t, absent.Low, absent.High)
	saw.Allows, saw.Subjects = "", []assessments.Subject{{Kind: "Deployment", Name: "web"}}
	reopened := ability(&pairOf{ID: "K-32", Question: "G12", Decisive: true, Reopens: true, Sight: saw}, none)
	require.Less(t, reopened.Low, reopened.High, "what is there after all is unanswered")
	require.Equal(t, absent, ability(&pairOf{ID: "K-32", Question: "G12", Reopens: true, Sight: saw}, none))
}

// Whatever a pair saw of a question that was said not to apply.
func TestAnAbsenceIsHeldAgainstWhatWasSeen(t *testing.T) {
	there := []assessments.Subject{{Kind: "StatefulSet", Namespace: "shop", Name: "db"}}
	for name, c := range map[string]struct {
		sight              assessments.Sight
		decisive, keepsOut bool
		result             assessments.PairResult
		severity           assessments.Severity
		opened             bool
	}{
		"it is there":                 {sight: assessments.Sight{Looked: assessments.Saw, Subjects: there}, decisive: true, result: assessments.Contradicted, severity: assessments.Medium, opened: true},
		"an option is allowed":        {sight: assessments.Sight{Looked: assessments.Saw, Allows: "L1.c"}, decisive: true, result: assessments.Contradicted, severity: assessments.Medium, opened: true},
		"it is there, and only asks":  {sight: assessments.Sight{Looked: assessments.Saw, Subjects: there}, result: assessments.Contradicted, severity: assessments.Medium},
		"nothing is there":            {sight: assessments.Sight{Looked: assessments.Saw}, decisive: true, result: assessments.Confirmed},
		"nobody could look":           {sight: assessments.Sight{Looked: assessments.CannotSee, Reason: "forbidden"}, decisive: true, result: assessments.PairCannotSee},
		"nobody looked":               {sight: assessments.Sight{Looked: assessments.NotChecked, Reason: "no snapshot"}, decisive: true, result: assessments.PairNotChecked},
		"a pair that reopens nothing": {sight: assessments.Sight{Looked: assessments.Saw, Subjects: there}, decisive: true, keepsOut: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := declaredWorld(0, "L1.a").seeing(c.sight, c.decisive)
			w.Pairs[0].Reopens = !c.keepsOut
			w.Answers["L1"] = questionnaire.Answer{Question: "L1", State: questionnaire.NotApplicable, Reason: questionnaire.NoSuchWorkload, Sentence: "none", AnsweredAt: asOf}
			a := w.assess()
			require.Equal(t, c.opened, a.Controls[0].Applies)
			if c.keepsOut {
				require.Empty(t, a.Contradictions)
				return
			}
			require.Len(t, a.Contradictions, 1)
			got := a.Contradictions[0]
			require.Equal(t, c.result, got.Result)
			require.Equal(t, c.severity, got.Severity)
			require.Equal(t, "not applicable", got.Claim)
		})
	}
}

func TestStepsAndWeightsMakeTheSeverity(t *testing.T) {
	for _, c := range []struct {
		claim, allows string
		result        assessments.PairResult
		severity      assessments.Severity
	}{
		{"L1.b", "L1.a", assessments.BetterThanSaid, 0},
		{"L3.a", "L3.b", assessments.Contradicted, assessments.Low},
		{"L3.a", "L3.c", assessments.Contradicted, assessments.Medium}, // L3 weighs 3
		{"L3.a", "L3.d", assessments.Contradicted, assessments.High},
		{"L2.a", "L2.c", assessments.Contradicted, assessments.High}, // L2 weighs 5
	} {
		w := &world{
			Controls: []assessments.Control{control("lifecycle/c0", assessments.Share, assessments.High, 0, c.claim[:2])}, Surveyed: true, Facts: true, Live: true,
			Answers: map[string]questionnaire.Answer{c.claim[:2]: answered(c.claim)},
			Pairs:   []*pairOf{{ID: "K-01", Question: c.claim[:2], Decisive: true, Sight: assessments.Sight{Question: c.claim[:2], Looked: assessments.Saw, Allows: c.allows}}},
		}
		got := w.assess().Contradictions[0]
		require.Equal(t, c.result, got.Result, "%s against %s", c.claim, c.allows)
		require.Equal(t, c.severity, got.Severity, "%s against %s", c.claim, c.allows)
	}
}

func TestASnapshotOfThirtyDaysAgoStillCounts(t *testing.T) {
	result := func(days int, change func(*assessments.Input)) assessments.PairResult {
		w := declaredWorld(0, "L1.a").seeing(assessments.Sight{Looked: assessments.Saw, Allows: "L1.c"}, true)
		late := w.Answers["L1"]
		late.AnsweredAt = asOf.AddDate(0, 0, days)
		w.Answers["L1"] = late
		in := w.input()
		change(&in)
		all := assessments.Assess(in).Contradictions
		if len(all) == 0 {
			return ""
		}
		return all[0].Result
	}
	asItIs := func(*assessments.Input) {}
	require.Equal(t, assessments.Contradicted, result(30, asItIs))
	require.Equal(t, assessments.Stale, result(31, asItIs))
	require.Equal(t, assessments.Contradicted, result(31, func(in *assessments.Input) { in.Facts.TakenAt = time.Time{} }), "when it was taken is not known")
	plan := func(in *assessments.Input) { in.Answers = append(in.Answers, answered("C1.a")) }
	require.Empty(t, result(31, plan), "in a plan no pair is due")
	require.Equal(t, assessments.Contradicted, result(30, plan))
}

func TestAPairThatOnlyAsksNeverWidens(t *testing.T) {
	a := declaredWorld(0, "L1.a").seeing(assessments.Sight{Looked: assessments.CannotSee, Reason: "forbidden"}, false).assess()
	require.EqualValues(t, 1_000_000, a.Controls[0].Low)
	require.Equal(t, []assessments.Blind{{What: "K-09", Title: "K-09", Why: "forbidden"}}, a.CouldNotSee)
}

func TestOneLightSubjectIsEnoughForACap(t *testing.T) {
	for severity, level := range map[assessments.Severity]assessments.Micros{assessments.Critical: 59_000_000, assessments.High: 84_000_000, assessments.Medium: 100_000_000} {
		light := fail("a", severity)
		light.Weight = facts.CriticalityLow
		heavy := pass("b")
		heavy.Weight = facts.CriticalityCritical
		w := observed(assessments.Any, assessments.Critical, light, heavy).and("probes/c1", 5, pass("a"))
		a := w.assess()
		var at []assessments.Micros
		for _, c := range a.Pillars[3].Caps {
			at = append(at, assessments.Micros(c.At)*1_000_000)
		}
		if severity == assessments.Medium {
			require.Empty(t, at)
			continue
		}
		require.Equal(t, []assessments.Micros{level}, at)
	}
}

func TestAControlThatNothingObservesMayCapThePillar(t *testing.T) {
	for severity, low := range map[assessments.Severity]assessments.Micros{
		assessments.Critical: 59_000_000, assessments.High: 84_000_000, assessments.Medium: 95_000_000,
	} {
		w := declaredWorld(5, "L1.a")
		w.Controls[0].Severity = severity
		a := w.assess()
		require.EqualValues(t, low, a.Pillars[0].Low)
		require.EqualValues(t, 100_000_000, a.Pillars[0].High)
		require.Equal(t, "no rule of this content version observes it yet", a.Controls[0].Reason)
		require.Equal(t, []assessments.Blind{{What: "lifecycle/c0", Title: "holds", Why: a.Controls[0].Reason}}, a.CouldNotSee)
	}
	require.Empty(t, declaredWorld(80, "L1.a").with(pass("a")).assess().Controls[0].Reason)
}

// Without answers the JVM pillar applies where a rule of it found something to look at.
func TestAJVMThatAnyRuleMetIsPossible(t *testing.T) {
	for name, c := range map[string]struct {
		outcomes []assessments.Outcome
		possible bool
	}{
		"one that passes":        {[]assessments.Outcome{pass("a")}, true},
		"one of each":            {[]assessments.Outcome{pass("a"), fail("b", assessments.Medium)}, true},
		"passes as many unknown": {[]assessments.Outcome{pass("a"), unknown("b")}, true},
		"one that can't be told": {[]assessments.Outcome{unknown("a")}, true},
		"none":                   {[]assessments.Outcome{subject("a").NotApplicable("no JVM")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := live().and("jvm/c0", 5, c.outcomes...).and("jvm/c1", 5).and("delivery/c0", 5, pass("a"))
			second := w.assess().Controls[slices.IndexFunc(w.assess().Controls, func(s assessments.ControlScore) bool { return s.ID == "jvm/c1" })]
			require.Equal(t, c.possible, second.Applies)
			if !c.possible {
				require.Equal(t, "no JVM here", second.Reason)
			}
		})
	}
	other := live().and("delivery/c0", 5, pass("a")).and("jvm/c1", 5).assess()
	require.False(t, other.Pillars[2].Applies, "another pillar's evidence is none of it")
}

func TestWhyAPillarDoesNotApply(t *testing.T) {
	na := subject("a").NotApplicable("no Service")
	w := live().and("probes/c0", 5, na).and("delivery/c0", 5, pass("a")).and("networking/c0", 5, na)
	duty := control("networking/c1", assessments.Share, assessments.Low, 0)
	w.Controls = append(w.Controls, duty)
	reason := map[assessments.Pillar]string{}
	for _, p := range w.assess().Pillars {
		reason[p.ID] = p.Reason
	}
	require.Equal(t, map[assessments.Pillar]string{
		assessments.Lifecycle: "nothing here that it applies to", assessments.Delivery: "", assessments.JVM: "no JVM on this platform",
		assessments.Probes: "nothing here that it applies to", assessments.Networking: "nothing here that it applies to",
	}, reason)
	w.Controls = slices.DeleteFunc(w.Controls, func(c assessments.Control) bool { return c.ID == "networking/c0" })
	require.Equal(t, "it can only be declared", w.assess().Pillars[4].Reason, "the one reason that all of its controls share")
}

func TestWhatARuleSaidIsCounted(t *testing.T) {
	w := observed(assessments.Share, assessments.High, pass("a"), pass("b"), fail("c", assessments.High), unknown("d"), unknown("e"), unknown("f"), subject("g").NotApplicable("no Service"))
	w.Rules = append(w.Rules, &ruleOf{ID: "probes/orphan", Control: "probes/none", Outcomes: []assessments.Outcome{pass("a")}})
	a := w.assess()
	require.Equal(t, map[string]assessments.RuleCount{"probes/c0": {Pass: 2, Fail: 1, Unknown: 3, NotApplicable: 1}}, a.Rules, "and a rule of no control says nothing")
	require.Equal(t, []assessments.Blind{{What: "probes/c0", Title: "holds", Why: "not collected", Subjects: 3}}, a.CouldNotSee)
	require.True(t, a.Evidence)
	data, err := json.Marshal(a)
	require.NoError(t, err)
	require.Contains(t, string(data), `"evidence":[],"expected"`, "a list that is empty is a list")
	require.Contains(t, string(data), `"caps":[]`)
}

func TestAClusterThatAFileCantShowIsNoEvidence(t *testing.T) {
	w := observed(assessments.Share, assessments.High, assessments.AboutCluster().Unknown("files were given"))
	require.False(t, w.assess().Evidence)
	w.Rules[0].Outcomes = append(w.Rules[0].Outcomes, unknown("a"))
	require.True(t, w.assess().Evidence, "a workload that could not be judged was there")
}

func TestWhatOneReasonHidesStandsTogether(t *testing.T) {
	blind := func(what, why string) assessments.Blind { return assessments.Blind{What: what, Why: why} }
	const later = "no rule of this content version observes it yet"
	a := assessments.Assessment{CouldNotSee: []assessments.Blind{
		blind("a", later), blind("b", later), blind("c", later), blind("d", "forbidden"), blind("e", "no snapshot"), blind("f", "no snapshot"),
	}}
	var why []string
	for _, g := range a.Unseen() {
		why = append(why, g.Why)
	}
	require.Equal(t, []string{"no snapshot", "forbidden", later}, why, "what hides most first, and what nobody can change last")
	require.Len(t, a.Unseen()[0].Blind, 2)
}

func TestWhatIsTakenAsMendedPasses(t *testing.T) {
	in := observed(assessments.Share, assessments.Medium, fail("a", assessments.Medium), fail("b", assessments.Medium), unknown("c")).input()
	in.Assume = []assessments.Assumption{{Rule: "probes/c0", Subject: fail("a", 0).Subject()}, {Rule: "probes/c0", Subject: unknown("c").Subject()}}
	a := assessments.Assess(in)
	require.Equal(t, assessments.RuleCount{Pass: 1, Fail: 1, Unknown: 1}, a.Rules["probes/c0"], "only what fails can be mended")
	in.Assume = in.Assume[:1]
	require.Equal(t, assessments.RuleCount{Pass: 1, Fail: 1, Unknown: 1}, assessments.Assess(in).Rules["probes/c0"])
	in.Assume[0].Source.File = "elsewhere.yaml"
	require.Equal(t, 2, assessments.Assess(in).Rules["probes/c0"].Fail, "the same name in another file is another object")
}

// A baseline that was written years ago must still know its findings.
func TestAFingerprintIsWhatItWas(t *testing.T) {
	o := fail("a", assessments.High).At(assessments.Place{File: "a.yaml", Line: 3})
	twin := o.At(assessments.Place{File: "a.yaml", Line: 9})
	findings := observed(assessments.Share, assessments.High, o, twin).assess().Findings
	// printf 'probes/c0\0Deployment\0shop\0a\0\0a.yaml' | sha256sum | cut -c1-32, and the same with \0002 behind it
	require.Equal(t, []string{"203f4ca380ab3001ce478591425ce34b", "a10bdf9ad830a544bb45c30d601a677a"}, []string{findings[0].Fingerprint, findings[1].Fingerprint})
}

func TestAnOrganizationWeighsItsPillars(t *testing.T) {
	in := live().and("delivery/c0", 5, pass("a")).and("probes/c0", 5, fail("a", assessments.Medium)).input()
	in.Settings.PillarWeights = map[assessments.Pillar]int{assessments.Delivery: 3, assessments.Probes: 1, assessments.Networking: -5}
	require.EqualValues(t, 75_000_000, *assessments.Assess(in).Mean)
	require.Zero(t, in.Settings.PillarWeight(assessments.Networking))
	require.Equal(t, 25, in.Settings.PillarWeight(assessments.Lifecycle), "the default, where nothing is said")
}

func TestAContainersLineGoesBeforeItsWorkloads(t *testing.T) {
	in := annotatedFacts("")
	c := in.Workloads[0].Containers[0]
	require.Equal(t, 1, assessments.AboutContainer(c).Place().Line)
	c.Line = 1
	c.Workload.Place.Line = 7
	require.Equal(t, 1, assessments.AboutContainer(c).Place().Line)
	c.Line = 0
	require.Equal(t, 7, assessments.AboutContainer(c).Place().Line)
}

func TestWhichRuntimesRunDecidesWhetherTheJVMMayBeOpen(t *testing.T) {
	denied := &pairOf{ID: "K-31", Question: "C3", Decisive: true, Reopens: true, Sight: assessments.Sight{Question: "C3", Looked: assessments.Saw, Allows: "C3.a"}}
	for name, c := range map[string]struct {
		answer string
		pair   *pairOf
		open   bool
	}{
		"nobody said": {"", nil, true}, "a JVM": {"C3.a", nil, true}, "no JVM": {"C3.b", nil, false}, "no JVM, and one is there": {"C3.b", denied, true},
	} {
		w := live().and("jvm/c0", 5).and("delivery/c0", 5, pass("a"))
		w.Surveyed, w.Answers = true, map[string]questionnaire.Answer{}
		if c.answer != "" {
			w.Answers["C3"] = answered(c.answer)
		}
		if c.pair != nil {
			w.Pairs = []*pairOf{c.pair}
		}
		require.Equal(t, c.open, w.assess().Controls[1].Applies, name)
	}
}

func TestAPairThatAsksIsHeardAndOneThatIsContentAgrees(t *testing.T) {
	asks := declaredWorld(0, "L1.a").seeing(assessments.Sight{Looked: assessments.Saw, Asks: "Which one?"}, false).assess().Contradictions[0]
	require.Equal(t, assessments.PartlyTrue, asks.Result)
	require.Equal(t, assessments.Low, asks.Severity)
	content := declaredWorld(0, "L1.a").seeing(assessments.Sight{Looked: assessments.Saw}, false).assess().Contradictions[0]
	require.Equal(t, assessments.Confirmed, content.Result)
	require.Zero(t, content.Severity)
}
