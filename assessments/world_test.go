package assessments_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot"
)

var asOf = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// world is a whole platform with a content version of its own: what is drawn here is all that Assess sees.
type world struct {
	Controls []assessments.Control
	Rules    []*ruleOf
	Pairs    []*pairOf
	Answers  map[string]questionnaire.Answer // by question and seat
	Waivers  []assessments.Waiver
	Facts    bool
	Live     bool
	Surveyed bool
}

type ruleOf struct {
	ID, Control string
	Worst       assessments.Severity
	Outcomes    []assessments.Outcome
}

type pairOf struct {
	ID       string
	Question string
	Decisive bool
	Reopens  bool
	Sight    assessments.Sight
}

func (w *world) input() assessments.Input {
	content := &assessments.Content{Version: "test", Rules: &assessments.Registry{}, Controls: w.Controls, Questionnaire: questionnaire.Current()}
	for _, r := range w.Rules {
		content.Rules.Register(assessments.Rule{
			ID: r.ID, Control: r.Control, WorstSeverity: r.Worst,
			Judge: func(assessments.View) []assessments.Outcome { return slices.Clone(r.Outcomes) },
		})
	}
	for _, p := range w.Pairs {
		content.Pairs = append(content.Pairs, assessments.Pair{
			ID: p.ID, Questions: []string{p.Question}, Decisive: p.Decisive, Reopens: p.Reopens,
			Look: func(assessments.PairView) []assessments.Sight { return []assessments.Sight{p.Sight} },
		})
	}
	in := assessments.Input{Content: content, Waivers: w.Waivers, AsOf: asOf, Surveyed: w.Surveyed}
	if w.Facts {
		in.Facts = &facts.Facts{Source: snapshot.SourceManifests, TakenAt: asOf}
		if w.Live {
			in.Facts.Source = snapshot.SourceCluster
		}
	}
	in.Answers = slices.Clone(gateAnswers)
	for _, key := range sortedKeys(w.Answers) {
		in.Answers = append(in.Answers, w.Answers[key])
	}
	return in
}

// gateAnswers answer the whole gate: worlds are about the pillars.
var gateAnswers = func() (answers []questionnaire.Answer) {
	for _, section := range questionnaire.Current().Sections {
		for _, q := range section.Questions {
			for _, seat := range seatsOf(q) {
				if section.ID == questionnaire.Gate {
					answers = append(answers, questionnaire.Answer{
						Question: q.ID, Seat: seat, State: questionnaire.Answered, Options: []string{q.Options[0].ID}, AnsweredAt: asOf,
					})
				}
			}
		}
	}
	return answers
}()

func (w *world) assess() assessments.Assessment { return assessments.Assess(w.input()) }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func encode(t require.TestingT, a assessments.Assessment) string {
	data, err := json.Marshal(a)
	require.NoError(t, err)
	return string(data)
}

// certain leaves nothing unknown.
type certain bool

func drawWorld(t *rapid.T, sure certain) *world {
	w := &world{Answers: map[string]questionnaire.Answer{}}
	w.Facts = bool(sure) || rapid.IntRange(0, 9).Draw(t, "facts") > 0
	w.Live = rapid.Bool().Draw(t, "live")
	w.Surveyed = rapid.IntRange(0, 4).Draw(t, "surveyed") > 0
	for _, pillar := range assessments.Pillars {
		for i := range rapid.IntRange(0, 4).Draw(t, "controls") {
			w.drawControl(t, sure, pillar, i)
		}
	}
	w.drawAnswers(t, sure)
	for i := range rapid.IntRange(0, 6).Draw(t, "pairs") {
		w.drawPair(t, sure, i)
	}
	for range rapid.IntRange(0, 3).Draw(t, "waivers") {
		w.Waivers = append(w.Waivers, assessments.Waiver{
			Rule: rapid.SampledFrom([]string{"*", "jvm/*", "probes/c0", "lifecycle/c1", "delivery/*"}).Draw(t, "waived rule"),
			Name: rapid.SampledFrom([]string{"", "w0", "w[12]"}).Draw(t, "waived name"), Reason: "known",
			Until: asOf.AddDate(0, 0, rapid.IntRange(-1, 1).Draw(t, "until")),
		})
	}
	return w
}

func (w *world) drawControl(t *rapid.T, sure certain, pillar assessments.Pillar, i int) {
	c := assessments.Control{
		ID: fmt.Sprintf("%s/c%d", pillar, i), Title: "holds",
		Weight:       rapid.SampledFrom([]int{1, 2, 3, 5}).Draw(t, "weight"),
		Severity:     drawSeverity(t, assessments.Critical),
		AlphaPercent: rapid.SampledFrom([]int{100, 100, 80, 70, 50, 0}).Draw(t, "alpha"),
		Adding:       rapid.SampledFrom([]assessments.Adding{assessments.Share, assessments.Share, assessments.Any}).Draw(t, "adding"),
	}
	for _, q := range rapid.SliceOfNDistinct(rapid.SampledFrom(questionsOf(pillar)), 0, 3, rapid.ID[string]).Draw(t, "questions") {
		c.Questions = append(c.Questions, assessments.Declares{Question: q, ShareParts: rapid.IntRange(1, 3).Draw(t, "parts")})
	}
	if i == 0 && pillar == assessments.Lifecycle {
		c.OutBy = []string{"C2.a"}
	}
	w.Controls = append(w.Controls, c)
	rules := rapid.IntRange(0, 2).Draw(t, "rules")
	if sure && c.AlphaPercent > 0 {
		rules = max(rules, 1)
	}
	for n := range rules {
		r := &ruleOf{ID: c.ID, Control: c.ID, Worst: drawSeverity(t, assessments.Critical)}
		if n > 0 {
			r.ID += "-again"
		}
		for s := range rapid.IntRange(0, 6).Draw(t, "subjects") {
			r.Outcomes = append(r.Outcomes, drawOutcome(t, sure, r.Worst, s))
		}
		w.Rules = append(w.Rules, r)
	}
}

func questionsOf(pillar assessments.Pillar) []string {
	var ids []string
	for _, s := range questionnaire.Current().Sections {
		if string(s.ID) == string(pillar) {
			for _, q := range s.Questions {
				ids = append(ids, q.ID)
			}
		}
	}
	return ids
}

func drawSeverity(t *rapid.T, most assessments.Severity) assessments.Severity {
	return assessments.Severity(rapid.IntRange(int(assessments.Low), int(most)).Draw(t, "severity"))
}

func drawOutcome(t *rapid.T, sure certain, worst assessments.Severity, n int) assessments.Outcome {
	o := assessments.About(assessments.Subject{Kind: "Deployment", Namespace: fmt.Sprintf("ns%d", n%2), Name: fmt.Sprintf("w%d", n)}, assessments.Place{})
	o.Weight = rapid.SampledFrom([]facts.Criticality{1, 2, 4}).Draw(t, "criticality")
	results := []assessments.Result{assessments.Pass, assessments.Fail, assessments.NotApplicable, assessments.Unknown}
	if sure {
		results = results[:3]
	}
	return settle(t, o, rapid.SampledFrom(results).Draw(t, "result"), worst)
}

func settle(t *rapid.T, o assessments.Outcome, result assessments.Result, worst assessments.Severity) assessments.Outcome {
	switch result {
	case assessments.Pass:
		return o.Pass()
	case assessments.Fail:
		return o.Fail(assessments.Failure{Severity: drawSeverity(t, worst), Message: "does not hold"})
	case assessments.NotApplicable:
		return o.NotApplicable("not of its kind")
	}
	return o.Unknown("could not be told")
}

func (w *world) drawAnswers(t *rapid.T, sure certain) {
	for _, section := range questionnaire.Current().Sections {
		if section.ID == questionnaire.Gate {
			continue
		}
		for _, q := range section.Questions {
			for _, seat := range seatsOf(q) {
				if a, ok := drawAnswer(t, sure, q, seat); ok {
					w.Answers[q.ID+string(seat)] = a
				}
			}
		}
	}
}

func seatsOf(q *questionnaire.Question) []questionnaire.Seat {
	if q.Who == questionnaire.Both {
		return []questionnaire.Seat{questionnaire.Engineer, questionnaire.Manager}
	}
	return []questionnaire.Seat{""}
}

func drawAnswer(t *rapid.T, sure certain, q *questionnaire.Question, seat questionnaire.Seat) (questionnaire.Answer, bool) {
	kind := rapid.SampledFrom([]questionnaire.State{
		questionnaire.Answered, questionnaire.Answered, questionnaire.Answered, questionnaire.NotApplicable, questionnaire.Unknown, questionnaire.Unanswered,
	}).Draw(t, "state")
	if sure && kind != questionnaire.NotApplicable || kind == questionnaire.NotApplicable && (q.Section == questionnaire.Context || q.Who == questionnaire.Both) {
		kind = questionnaire.Answered
	}
	a := questionnaire.Answer{Question: q.ID, State: kind, Seat: seat, AnsweredAt: asOf}
	switch kind {
	case questionnaire.Answered:
		a.Options = []string{drawOption(t, q)}
	case questionnaire.NotApplicable:
		a.Reason, a.Sentence = questionnaire.OutOfScope, "not agreed on"
	case questionnaire.Unanswered:
		return a, false
	}
	return a, true
}

func drawOption(t *rapid.T, q *questionnaire.Question) string {
	var ids []string
	for _, o := range q.Options {
		if !o.Blind {
			ids = append(ids, o.ID)
		}
	}
	return rapid.SampledFrom(ids).Draw(t, q.ID)
}

func (w *world) drawPair(t *rapid.T, sure certain, n int) {
	var ids []string
	for _, pillar := range assessments.Pillars {
		ids = append(ids, questionsOf(pillar)...)
	}
	p := &pairOf{ID: fmt.Sprintf("K-%02d", n+1), Question: rapid.SampledFrom(ids).Draw(t, "pair of"), Decisive: rapid.Bool().Draw(t, "decisive")}
	p.Reopens = !bool(sure) && rapid.IntRange(0, 5).Draw(t, "reopens") == 5
	p.Sight = assessments.Sight{Question: p.Question, Looked: assessments.CannotSee, Reason: "forbidden"}
	if bool(sure) || rapid.Bool().Draw(t, "saw") {
		p.see(t)
	}
	w.Pairs = append(w.Pairs, p)
}

func (p *pairOf) see(t *rapid.T) {
	q, _ := questionnaire.Current().Question(p.Question)
	p.Sight = assessments.Sight{Question: p.Question, Looked: assessments.Saw, Allows: drawOption(t, q), Partly: rapid.Bool().Draw(t, "partly")}
}

func TestPropertyWorldsAreWorthTesting(t *testing.T) {
	scored, pointed, capped := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		a := drawWorld(t, false).assess()
		if a.Score != nil {
			scored++
			if a.Score.Value != nil {
				pointed++
			}
		}
		for _, p := range a.Pillars {
			capped += len(p.Caps)
		}
	})
	require.NotZero(t, scored)
	require.NotZero(t, pointed)
	require.NotZero(t, capped)
}
