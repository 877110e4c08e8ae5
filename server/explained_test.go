package server

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/questionnaire"
	"plimsoll/server/seed"
	"plimsoll/web"
)

var explainedDay = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// otherContent is the present content without every fifth control, and with other weights.
func otherContent() *assessments.Content {
	other := *content.V1()
	other.Version, other.Controls = "2", nil
	for i, c := range content.V1().Controls {
		if i%5 != 0 {
			c.Weight = []int{1, 2, 3, 5}[i%4]
			other.Controls = append(other.Controls, c)
		}
	}
	return &other
}

func randomAnswers(r *rand.Rand, q *questionnaire.Questionnaire) []questionnaire.Answer {
	var answers []questionnaire.Answer
	for _, section := range q.Sections {
		for _, question := range section.Questions {
			if r.IntN(4) == 0 || len(question.Options) == 0 {
				continue
			}
			option := question.Options[r.IntN(len(question.Options))]
			answers = append(answers, questionnaire.Answer{Question: question.ID, State: questionnaire.Answered, Options: []string{option.ID}, AnsweredAt: explainedDay})
		}
	}
	return answers
}

// results are of the example's clusters and of random answers, by two content versions.
func results(t *testing.T) []assessments.Assessment {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 51))
	var all []assessments.Assessment
	for _, c := range []*assessments.Content{content.V1(), otherContent()} {
		shown, err := seed.Show(c, explainedDay)
		require.NoError(t, err)
		all = append(all, shown.Results...)
		for range 40 {
			all = append(all, assessments.Assess(assessments.Input{Content: c, Surveyed: true, Answers: randomAnswers(r, c.Questionnaire), AsOf: explainedDay}))
		}
	}
	return all
}

func TestEveryMovementIsTheSumOfItsParts(t *testing.T) {
	all := results(t)
	kinds := map[string]int{}
	for _, from := range all {
		for _, to := range all {
			e := explain(from, to)
			requireSum(t, e.Score, valueOf(from.Score), valueOf(to.Score))
			told := map[string]web.Movement{}
			for _, m := range e.Pillars {
				told[m.Title] = m
			}
			for _, id := range assessments.Pillars {
				was, is := pillarIn(from, id), pillarIn(to, id)
				if m, ok := told[id.Title()]; ok {
					requireSum(t, m, was.Value, is.Value)
				} else if was.Value != nil && is.Value != nil {
					require.Equal(t, *was.Value, *is.Value, id)
				}
			}
			for _, m := range append(e.Pillars, e.Score) {
				for _, part := range m.Parts {
					kinds[kindOf(part)]++
				}
			}
		}
	}
	for _, kind := range []string{"cap", "new", "no longer", "known now", "lowest now", "before"} {
		require.Positive(t, kinds[kind], "no pair shows %q: %v", kind, kinds)
	}
}

func kindOf(part web.MovedPart) string {
	if part.What == "What holds the pillar down" {
		return "cap"
	}
	for _, kind := range []string{"new in", "no longer", "known now", "lowest now", "before"} {
		if strings.Contains(part.What+" "+part.Note, kind) {
			return strings.TrimSuffix(kind, " in")
		}
	}
	return part.Note
}

func requireSum(t *testing.T, m web.Movement, from, to *assessments.Micros) {
	t.Helper()
	if from == nil || to == nil {
		require.Empty(t, m.Parts, m.Title)
		return
	}
	sum := assessments.Micros(0)
	for _, part := range m.Parts {
		require.NotZero(t, part.Moved, part.What)
		require.NotEmpty(t, part.Note, part.What)
		sum += part.Moved
	}
	require.Equal(t, *to-*from, sum, m.Title)
}

func TestWhatHappenedToACap(t *testing.T) {
	held := func(at int, by string, takes assessments.Micros) assessments.PillarScore {
		return assessments.PillarScore{Caps: []assessments.Cap{{At: at, By: by}}, CapContribution: takes}
	}
	for name, c := range map[string]struct {
		was, is assessments.PillarScore
		want    string
	}{
		"appears":       {held(59, "probes/kill-loop", 0), held(59, "probes/kill-loop", -4), "at 59 by probes/kill-loop now"},
		"vanishes":      {held(39, "L6", -4), assessments.PillarScore{}, "no longer at 39 by L6"},
		"takes another": {held(39, "L6", -4), held(39, "L6", -9), "still at 39 by L6; it takes what is above"},
		"is another":    {held(39, "L6", -4), held(59, "probes/kill-loop", -1), "at 39 by L6 before, at 59 by probes/kill-loop now"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, capWords(c.was, c.is)) })
	}
}

func TestWaiversThatBeginAndEnd(t *testing.T) {
	waiver := func(rule string) assessments.Waiver {
		return assessments.Waiver{Rule: rule, Reason: "accepted", Until: explainedDay}
	}
	score := func(points assessments.Micros) *assessments.Range { return &assessments.Range{Value: &points} }
	from := assessments.Assessment{Score: score(50_000_000), RawScore: score(46_900_000), Waivers: assessments.WaiverUse{Used: []assessments.Waiver{waiver("a/out"), waiver("b/gone"), waiver("c/stays")}}}
	prolonged := waiver("c/stays")
	prolonged.Until, prolonged.Reason = prolonged.Until.AddDate(0, 1, 0), "still accepted"
	to := assessments.Assessment{Score: score(48_000_000), RawScore: score(48_000_000), Waivers: assessments.WaiverUse{
		Used: []assessments.Waiver{prolonged, waiver("d/new")}, Expired: []assessments.Waiver{waiver("a/out")}}}
	require.Equal(t, []string{
		"The waiver of d/new counts now: accepted",
		"The waiver of a/out ran out on 20 November 2026: accepted",
		"The waiver of b/gone does not count any more: accepted",
		"All waivers together were worth 3.1 points of the score before, 0.0 now.",
	}, waiverLines(from, to))
	for range 12 {
		to.Waivers.Used = append(to.Waivers.Used, waiver("many/"+strings.Repeat("x", len(to.Waivers.Used))))
	}
	lines := waiverLines(from, to)
	require.True(t, slices.Contains(lines, "And 3 waivers more."), lines)
}
