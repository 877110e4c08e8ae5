package questionnaire

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"plimsoll/assessments/facts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The form as it is printed. An empty form holds no answer.
func TestFormIsReadBackEmpty(t *testing.T) {
	var form bytes.Buffer
	require.NoError(t, Current().WriteForm(&form))
	const golden = "testdata/form.golden.yaml"
	if *update {
		require.NoError(t, os.WriteFile(golden, form.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), form.String())

	file, err := Current().ReadAnswers(&form)
	require.NoError(t, err)
	require.Equal(t, AnswersFile{Version: "1"}, file)
}

func TestAnswersSurviveTheRoundTrip(t *testing.T) {
	q := Current()
	rapid.Check(t, func(t *rapid.T) {
		want := AnswersFile{Version: q.Version}
		for _, a := range drawAnswers(t) {
			a.AnsweredAt = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
			want.Answers = append(want.Answers, q.Canonical(a))
		}
		if rapid.Bool().Draw(t, "facts") {
			want.WorkloadFacts = []facts.WorkloadFact{
				{Namespace: "payments", Kind: "StatefulSet", Name: "ledger", Key: facts.RecoverySecondsKey, Value: "1800", Basis: "measured", Author: "Ada: \"ops\"", At: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)},
				{Namespace: "payments", Kind: "Deployment", Name: "api", Key: facts.JavaVersionKey, Value: "17.0.12"},
			}
		}
		var written bytes.Buffer
		require.NoError(t, q.WriteAnswers(&written, want))
		got, err := q.ReadAnswers(&written)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestAnswersInShort(t *testing.T) {
	file, err := Current().ReadAnswers(strings.NewReader("answers: {L1: L1.b, J4: J4.d, L2: unknown, B6: {engineer: B6.a}, C3: {options: [C3.a, C3.b]}, L3: {option: L3.a, figure: 5}}\n"))
	require.NoError(t, err)
	require.Equal(t, []Answer{
		{Question: "C3", State: Answered, Options: []string{"C3.a", "C3.b"}},
		{Question: "L1", State: Answered, Options: []string{"L1.b"}},
		{Question: "L2", State: Unknown},
		{Question: "L3", State: Answered, Options: []string{"L3.a"}, Figure: figure(5)},
		{Question: "B6", Seat: Engineer, State: Answered, Options: []string{"B6.a"}},
		{Question: "J4", State: Unknown},
	}, file.Answers)
}

func TestFilesThatCannotBeTaken(t *testing.T) {
	cases := map[string]struct{ file, message string }{
		"empty":                     {"", "is empty"},
		"only a comment":            {"# nothing\n", "is empty"},
		"too large":                 {"# " + strings.Repeat("x", MaxAnswersBytes), "larger than 1048576 bytes"},
		"no YAML":                   {"answers: [", "line"},
		"a list":                    {"- a\n", "line 1: wants keys"},
		"two documents":             {"version: \"1\"\n---\nversion: \"1\"\n", "more than one document"},
		"another version":           {"version: \"2\"\n", `of content version "2"`},
		"an unknown key":            {"version: \"1\"\nanswer: {}\n", `line 2: unknown key "answer"`},
		"an unknown question":       {"answers:\n  L1: L1.a\n  X1: X1.a\n", `line 3: answers: unknown key "X1"`},
		"a question twice":          {"answers:\n  L1: L1.a\n  L1: L1.b\n", "line 3: answers.L1: stands twice"},
		"an unknown field":          {"answers:\n  L1:\n    option: L1.a\n    colour: red\n", `line 4: answers.L1: unknown key "colour"`},
		"an unknown option":         {"answers:\n  L1:\n    option: L1.x\n", `line 3: answers.L1.options: the question has no option "L1.x"`},
		"a figure out of bounds":    {"answers:\n  L3:\n    option: L3.a\n    figure: 9999\n", "line 4: answers.L3.figure: 9999 is not within"},
		"a figure that is a word":   {"answers:\n  L3:\n    option: L3.a\n    figure: many\n", "line 4: answers.L3.figure: wants a whole number"},
		"an alias":                  {"version: &v \"1\"\nanswers:\n  L1: *v\n", "line 3: answers.L1: aliases are not taken"},
		"one answer for two":        {"answers:\n  B6:\n    option: B6.a\n", `line 3: answers.B6: unknown key "option"`},
		"no reason":                 {"answers:\n  L1:\n    option: not_applicable\n    sentence: why\n", "answers.L1.reason"},
		"a note without an option":  {"answers:\n  L1:\n    note: later\n", "line 3: answers.L1: says something"},
		"option and options":        {"answers:\n  C3: {option: C3.a, options: [C3.b]}\n", "both option and options"},
		"a day that is none":        {"answers:\n  L1: {option: L1.a, answeredAt: soon}\n", "line 2: answers.L1.answeredAt: wants a day"},
		"a fact of an unknown key":  {"workloadFacts:\n  - {namespace: a, kind: Deployment, name: b, key: owner, value: x}\n", "line 2: workloadFacts[0].value"},
		"facts that are no list":    {"workloadFacts: {a: b}\n", "line 1: workloadFacts: wants a list"},
		"a fact with a field extra": {"workloadFacts:\n  - {namespace: a, owner: b}\n", `workloadFacts[0]: unknown key "owner"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Current().ReadAnswers(strings.NewReader(c.file))
			require.ErrorAs(t, err, new(*FileError))
			require.ErrorContains(t, err, c.message)
		})
	}
}

// Whatever is read without an error must make a sheet, and be written and read back the same.
func FuzzReadAnswers(f *testing.F) {
	f.Add([]byte("answers: {L1: L1.b, C3: {options: [C3.a]}, B6: {manager: unknown}}\n"))
	f.Add([]byte("answers:\n  L3: {option: L3.a, figure: 5, note: \"a: b\", links: [https://a.example/]}\nworkloadFacts: []\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Current().ReadAnswers(bytes.NewReader(data))
		if err != nil {
			require.ErrorAs(t, err, new(*FileError))
			return
		}
		_, err = Current().Sheet(file.Answers)
		require.NoError(t, err)
		var written bytes.Buffer
		require.NoError(t, Current().WriteAnswers(&written, file))
		again, err := Current().ReadAnswers(&written)
		require.NoError(t, err)
		require.Equal(t, file, again)
	})
}
