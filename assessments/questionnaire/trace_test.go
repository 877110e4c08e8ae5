package questionnaire

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// tracedQuestions are all that a verdict may come from.
var tracedQuestions = slices.Concat(gateQuestions, []string{"C1", "C2", "C5", "G11"})

func drawAnswer(t *rapid.T, id string) []Answer {
	question, _ := Current().Question(id)
	if rapid.IntRange(0, 9).Draw(t, id+" open") == 0 {
		return nil
	}
	option := rapid.SampledFrom(question.Options).Draw(t, id)
	a := Answer{Question: id, State: Answered, Options: []string{option.ID}}
	if id == "C5" {
		a.Note = "contract 4711"
	}
	if question.Who != Both {
		return []Answer{a}
	}
	manager, engineer := a, a
	manager.Seat, engineer.Seat = Manager, Engineer
	return []Answer{manager, engineer}
}

// A sentence comes from the answers that it names: no other answer changes headline or plain words.
func TestNoOtherAnswerChangesASentence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var answers []Answer
		for _, id := range tracedQuestions {
			answers = append(answers, drawAnswer(t, id)...)
		}
		before := Current().Gate(mustSheet(t, answers))
		for _, s := range before.Sentences {
			if s.Part != InHeadline && s.Part != InPlain && s.Part != InSteps && s.Part != InCeilings {
				continue
			}
			others := slices.DeleteFunc(slices.Clone(tracedQuestions), func(id string) bool { return slices.Contains(s.Questions, id) })
			if len(others) == 0 {
				continue
			}
			other := rapid.SampledFrom(others).Draw(t, "other")
			changed := slices.DeleteFunc(slices.Clone(answers), func(a Answer) bool { return a.Question == other })
			after := Current().Gate(mustSheet(t, append(changed, drawAnswer(t, other)...)))
			require.True(t, slices.ContainsFunc(after.Sentences, func(o Sentence) bool { return o.Part == s.Part && o.Text == s.Text }),
				"%q, traced to %v, is gone when %s changes", s.Text, s.Questions, other)
		}
	})
}

// Everything that is printed is traced, and every trace names questions that exist.
func TestEverySentenceIsTraced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var answers []Answer
		for _, id := range tracedQuestions {
			answers = append(answers, drawAnswer(t, id)...)
		}
		v := Current().Gate(mustSheet(t, answers))
		var plain []string
		parts := map[Part]int{}
		for _, s := range v.Sentences {
			parts[s.Part]++
			require.NotEmpty(t, s.Questions, s.Text)
			require.NotEmpty(t, s.Text)
			for _, id := range s.Questions {
				_, known := Current().Question(id)
				require.True(t, known, id)
			}
			if s.Part == InPlain {
				plain = append(plain, s.Text)
			}
			if s.Part == InHeadline {
				require.Equal(t, v.Headline, s.Text)
			}
		}
		require.Equal(t, 1, parts[InHeadline])
		require.Equal(t, v.Plain, strings.Join(plain, " "))
		require.Equal(t, len(v.Ceilings), parts[InCeilings])
		require.Equal(t, len(v.Steps), parts[InSteps])
	})
}

// What an alternative's reason quotes is the answer to the question that it is traced to.
func TestReasonsOfWaysQuoteTheirAnswers(t *testing.T) {
	s := mustSheet(t, answered("G1.a", "G2.a", "G3.a", "G4.a", "G5.a", "G6.a", "G13.a", "G7.a", "G8.a", "G9.a", "G10.a", "G12.a"))
	seen := 0
	for _, sentence := range Current().Gate(s).Sentences {
		if sentence.Part == InAlternatives {
			seen++
			require.Len(t, sentence.Questions, 1)
			require.Contains(t, sentence.Text, s.Given(sentence.Questions[0]).Text)
		}
	}
	require.Greater(t, seen, 20)
}

// The same by going through every other answer, for a sheet of each verdict in every context.
func TestNoOtherAnswerChangesASentenceOfAnyVerdict(t *testing.T) {
	sheets := [][]string{
		{"G1.a", "G2.a", "G3.a", "G4.a", "G5.a", "G6.a", "G13.a", "G7.a", "G8.a", "G9.a", "G10.a", "G12.a"}, // yes
		{"G1.a", "G2.a", "G3.a", "G4.a", "G5.a", "G6.a", "G13.a", "G7.c", "G8.b", "G9.c", "G10.b", "G12.b"}, // managed only
		{"G1.b", "G2.c", "G3.c", "G4.b", "G5.b", "G6.c", "G13.b", "G7.a", "G8.a", "G9.a", "G10.b", "G12.a"}, // optional
		{"G1.b", "G2.c", "G3.c", "G4.b", "G5.b", "G6.c", "G13.b", "G7.c", "G8.b", "G9.c", "G10.b", "G12.b"}, // prefer simpler
		{"G1.b", "G2.c", "G3.c", "G4.b", "G5.b", "G6.c", "G13.b", "G7.d", "G8.c", "G9.d", "G10.d", "G12.c"}, // simpler platform
		{"G1.c", "G2.d", "G3.d", "G4.d", "G5.d", "G6.d", "G13.d", "G7.a", "G8.a", "G9.a", "G10.a", "G12.a"}, // no
		{"G1.a", "G2.a", "G3.a", "G4.a", "G5.a", "G6.a", "G13.a", "G7.d", "G8.d", "G9.d", "G10.d", "G12.d"}, // not yet
		{"G1.a", "G2.a", "G3.a", "G7.c"}, // can't be said
	}
	codes := map[VerdictCode]bool{}
	for _, sheet := range sheets {
		for _, context := range [][]string{nil, {"C1.c", "G11.d"}, {"C1.a", "G11.a"}, {"C1.c", "C5.a"}} {
			answers := contextual(append(slices.Clone(sheet), context...))
			before := Current().Gate(mustSheet(t, answers))
			codes[before.Code] = true
			for _, s := range before.Sentences {
				if s.Part != InAlternatives {
					requireUnmoved(t, s, answers)
				}
			}
		}
	}
	require.Len(t, codes, 8, "every verdict is reached: %v", codes)
}

// contextual answers the options, from both chairs and with a document where that is asked.
func contextual(options []string) []Answer {
	var answers []Answer
	for _, a := range answered(options...) {
		a.Note = "contract 4711"
		if a.Question != "G11" {
			answers = append(answers, a)
			continue
		}
		manager, engineer := a, a
		manager.Seat, engineer.Seat = Manager, Engineer
		answers = append(answers, manager, engineer)
	}
	return answers
}

func requireUnmoved(t *testing.T, s Sentence, answers []Answer) {
	t.Helper()
	for _, other := range tracedQuestions {
		if slices.Contains(s.Questions, other) {
			continue
		}
		question, _ := Current().Question(other)
		for _, option := range question.Options {
			changed := slices.DeleteFunc(slices.Clone(answers), func(a Answer) bool { return a.Question == other })
			after := Current().Gate(mustSheet(t, append(changed, contextual([]string{option.ID})...)))
			require.True(t, slices.ContainsFunc(after.Sentences, func(o Sentence) bool { return o.Part == s.Part && o.Text == s.Text }),
				"%q, traced to %v, is gone with %s", s.Text, s.Questions, option.ID)
		}
	}
}
