package questionnaire

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// persona is one file of testdata/personas: answers as a person writes them, and what the gate must say.
type persona struct {
	Answers yaml.Node `yaml:"answers"`
	Want    struct {
		Verdict    VerdictCode   `yaml:"verdict"`
		Headline   string        `yaml:"headline"`
		Need       *int64        `yaml:"need"`
		Ability    *int64        `yaml:"ability"`
		Robustness *int64        `yaml:"robustness"`
		Ceilings   []string      `yaml:"ceilings"`
		Best       string        `yaml:"best"`
		Ways       int           `yaml:"ways"`
		Steps      int           `yaml:"steps"`
		Reachable  []VerdictCode `yaml:"reachable"`
		Decides    []string      `yaml:"decides"`
	} `yaml:"want"`
}

func TestGateOfPersonas(t *testing.T) {
	files, err := filepath.Glob("testdata/personas/*.yaml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 8)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			var p persona
			decoder := yaml.NewDecoder(bytes.NewReader(data))
			decoder.KnownFields(true)
			require.NoError(t, decoder.Decode(&p))
			v := Current().Gate(sheetOf(t, &p.Answers))

			require.Equal(t, p.Want.Verdict, v.Code, v.Headline)
			if p.Want.Headline != "" {
				require.Equal(t, p.Want.Headline, v.Headline)
			}
			for _, axis := range []struct {
				want *int64
				got  AxisScore
			}{{p.Want.Need, v.Need}, {p.Want.Ability, v.Ability}} {
				if axis.want != nil {
					require.NotNil(t, axis.got.Value)
					require.Equal(t, *axis.want, *axis.got.Value/1_000_000)
				}
			}
			if p.Want.Robustness != nil {
				require.Equal(t, p.Want.Robustness, v.RobustnessMicros)
			}
			var ceilings []string
			for _, c := range v.Ceilings {
				ceilings = append(ceilings, c.ID)
			}
			require.Equal(t, p.Want.Ceilings, ceilings)
			if p.Want.Best != "" {
				require.Equal(t, p.Want.Best, v.Alternatives[0].ID)
				require.Empty(t, v.Alternatives[0].Excluded)
			}
			if p.Want.Ways == 0 {
				p.Want.Ways = 7
			}
			require.Len(t, v.Alternatives, p.Want.Ways)
			require.Len(t, v.Steps, p.Want.Steps, "%v", v.Steps)
			require.Equal(t, p.Want.Reachable, v.Reachable)
			require.Equal(t, p.Want.Decides, v.Decides)
			require.NotEmpty(t, v.Plain)
		})
	}
}

// sheetOf reads answers written as in a form.
func sheetOf(t *testing.T, answers *yaml.Node) Sheet {
	t.Helper()
	data, err := yaml.Marshal(map[string]*yaml.Node{"answers": answers})
	require.NoError(t, err)
	file, err := Current().ReadAnswers(bytes.NewReader(data))
	require.NoError(t, err)
	s, err := Current().Sheet(file.Answers)
	require.NoError(t, err)
	return s
}

func answered(options ...string) []Answer {
	var answers []Answer
	for _, id := range options {
		answers = append(answers, Answer{Question: id[:slices.Index([]byte(id), '.')], State: Answered, Options: []string{id}})
	}
	return answers
}

func mustSheet(t require.TestingT, answers []Answer) Sheet {
	s, err := Current().Sheet(answers)
	require.NoError(t, err)
	return s
}

// A mandate is a mandate by a document alone.
func TestMandateNeedsADocument(t *testing.T) {
	a := Answer{Question: "C5", State: Answered, Options: []string{"C5.a"}}
	require.False(t, Current().Gate(mustSheet(t, []Answer{a})).Mandated)
	a.Note = "Framework contract 4711, clause 9"
	v := Current().Gate(mustSheet(t, []Answer{a}))
	require.True(t, v.Mandated)
	require.Equal(t, "H4", v.Ceilings[0].ID)
}

func TestWordingOfTheVerdictFollowsTheContext(t *testing.T) {
	yes := []string{"G1.a", "G2.a", "G3.a", "G4.a", "G5.a", "G6.a", "G13.a", "G7.a", "G8.a", "G9.a", "G10.a", "G12.a"}
	no := []string{"G1.c", "G2.d", "G3.d", "G4.d", "G5.d", "G6.d", "G13.d", "G7.a", "G8.a", "G9.a", "G10.a", "G12.a"}
	some := []string{"G1.b", "G2.c", "G3.c", "G4.b", "G5.b", "G6.c", "G13.b", "G7.a", "G8.a", "G9.a", "G10.b", "G12.a"}
	cases := map[string]struct {
		answers  []string
		with     string
		headline string
	}{
		"yes, nothing compared":          {yes, "", "Yes, after comparing with a light orchestrator (Nomad, Swarm)"},
		"no need, able":                  {no, "C1.a", "No: able, but no need shown"},
		"no need, in production":         {no, "C1.c", "Need not shown: consolidate or withdraw"},
		"no need, a pilot":               {no, "C1.b", "Need not shown: consolidate or withdraw"},
		"some need, a plan":              {some, "C1.a", "Optional, after comparing with a managed container service or platform service"},
		"some need, in production":       {some, "C1.c", "Worth keeping only if the sponsor signs the yearly total, after comparing with a managed container service or platform service"},
		"no need, being withdrawn":       {no, "C1.d", "No: able, but no need shown"},
		"yes is one thing in production": {yes, "C1.c", "Yes, after comparing with a light orchestrator (Nomad, Swarm)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			options := c.answers
			if c.with != "" {
				options = append(slices.Clone(options), c.with)
			}
			require.Equal(t, c.headline, Current().Gate(mustSheet(t, answered(options...))).Headline)
		})
	}
}

// A blind pair lifts the caveat only when the lower of both answers does.
func TestComparisonCountsByTheLowerOfBothAnswers(t *testing.T) {
	yes := answered("G1.a", "G2.a", "G3.a", "G4.a", "G5.a", "G6.a", "G13.a", "G7.a", "G8.a", "G9.a", "G10.a", "G12.a")
	for _, c := range []struct{ manager, engineer, headline string }{
		{"G11.a", "G11.b", "Yes"},
		{"G11.a", "G11.d", "Yes, after comparing with a light orchestrator (Nomad, Swarm)"},
	} {
		both := append(slices.Clone(yes),
			Answer{Question: "G11", Seat: Manager, State: Answered, Options: []string{c.manager}},
			Answer{Question: "G11", Seat: Engineer, State: Answered, Options: []string{c.engineer}})
		require.Equal(t, c.headline, Current().Gate(mustSheet(t, both)).Headline)
	}
}

func TestStopsHoldTheVerdictDown(t *testing.T) {
	for _, c := range []struct {
		at   standing
		want VerdictCode
	}{
		{standing{high, high, 0}, VerdictYes},
		{standing{high, high, nothingKillable}, VerdictNotYet},
		{standing{middle, high, nothingKillable}, VerdictNotYet},
		{standing{middle, middle, nothingKillable}, VerdictPreferSimpler},
		{standing{low, high, nothingKillable}, VerdictNo},
		{standing{high, middle, nobodyWoken}, VerdictNotYet},
		{standing{middle, low, nobodyWoken}, VerdictNoSimpler},
		{standing{high, high, noReason}, VerdictOptional},
		{standing{high, middle, noReason}, VerdictOptional},
		{standing{high, low, noReason}, VerdictNotYet},
		{standing{high, high, noReason | nobodyWoken}, VerdictNotYet},
	} {
		require.Equal(t, c.want, c.at.verdict(), "%+v", c.at)
	}
}

// The stops must hang on options that exist and are their question's worst: the corners rest on it.
func TestStopsAreTheWorstOptions(t *testing.T) {
	for id := range stopOf {
		question, ok := Current().Question(id[:slices.Index([]byte(id), '.')])
		require.True(t, ok)
		require.Equal(t, id, question.Options[0].ID)
	}
}

var gateQuestions = []string{"G1", "G2", "G3", "G4", "G5", "G6", "G13", "G7", "G8", "G9", "G10", "G12"}

// drawGate answers the gate at random and leaves the questions of open out.
func drawGate(t *rapid.T, open []string) []Answer {
	var answers []Answer
	for _, id := range gateQuestions {
		if slices.Contains(open, id) {
			continue
		}
		question, _ := Current().Question(id)
		option := rapid.SampledFrom(question.Options).Draw(t, id)
		answers = append(answers, answered(option.ID)...)
	}
	return answers
}

// The verdicts in reach and the deciding set, by going through every answer to up to five open questions.
func TestReachMatchesBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		open := rapid.SliceOfNDistinct(rapid.SampledFrom(gateQuestions), 0, 5, rapid.ID[string]).Draw(t, "open")
		answers := drawGate(t, open)
		v := Current().Gate(mustSheet(t, answers))
		reached := bruteForce(t, answers, open)
		if len(reached) == 1 {
			require.Equal(t, []VerdictCode{v.Code}, reached)
			require.Empty(t, v.Reachable)
			return
		}
		require.Equal(t, VerdictCannotSayYet, v.Code)
		require.Equal(t, reached, v.Reachable)
		require.True(t, decides(t, answers, open, v.Decides), "%v do not decide", v.Decides)
		for _, set := range subsets(open, len(v.Decides)-1) {
			require.False(t, decides(t, answers, open, set), "%v decide already", set)
		}
	})
}

// verdictOf is the gate's verdict for complete answers, by the table alone.
func verdictOf(t *rapid.T, answers []Answer) VerdictCode {
	s := mustSheet(t, answers)
	return stand(s.ballots(NeedAxis), s.ballots(AbilityAxis), ballot.worst).verdict()
}

func bruteForce(t *rapid.T, answers []Answer, open []string) []VerdictCode {
	found := map[VerdictCode]bool{}
	eachAnswer(answers, open, func(complete []Answer) { found[verdictOf(t, complete)] = true })
	var codes []VerdictCode
	for _, code := range verdictOrder {
		if found[code] {
			codes = append(codes, code)
		}
	}
	return codes
}

func decides(t *rapid.T, answers []Answer, open, set []string) bool {
	rest := slices.DeleteFunc(slices.Clone(open), func(id string) bool { return slices.Contains(set, id) })
	decided := true
	eachAnswer(answers, set, func(some []Answer) {
		decided = decided && len(bruteForce(t, some, rest)) == 1
	})
	return decided
}

func eachAnswer(answers []Answer, open []string, visit func([]Answer)) {
	if len(open) == 0 {
		visit(answers)
		return
	}
	question, _ := Current().Question(open[0])
	for _, o := range question.Options {
		eachAnswer(append(slices.Clone(answers), answered(o.ID)...), open[1:], visit)
	}
}

func subsets(of []string, size int) [][]string {
	if size == 0 {
		return [][]string{nil}
	}
	var all [][]string
	for i := range of {
		for _, rest := range subsets(of[i+1:], size-1) {
			all = append(all, append([]string{of[i]}, rest...))
		}
	}
	return all
}

func TestOrderOfAnswersChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answers := drawGate(t, rapid.SliceOfNDistinct(rapid.SampledFrom(gateQuestions), 0, 4, rapid.ID[string]).Draw(t, "open"))
		shuffled := rapid.Permutation(answers).Draw(t, "shuffled")
		require.Equal(t, Current().Gate(mustSheet(t, answers)), Current().Gate(mustSheet(t, shuffled)))
	})
}

// Answering what was unknown narrows: the verdicts in reach and both axes stay inside what they were.
func TestAnsweringNeverWidens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		open := rapid.SliceOfNDistinct(rapid.SampledFrom(gateQuestions), 1, 6, rapid.ID[string]).Draw(t, "open")
		answers := drawGate(t, open)
		before := Current().Gate(mustSheet(t, answers))
		question, _ := Current().Question(open[0])
		option := rapid.SampledFrom(question.Options).Draw(t, "learned")
		after := Current().Gate(mustSheet(t, append(answers, answered(option.ID)...)))

		require.Subset(t, inReach(before), inReach(after))
		for _, axis := range [][2]AxisScore{{before.Need, after.Need}, {before.Ability, after.Ability}} {
			require.LessOrEqual(t, axis[0].Low, axis[1].Low)
			require.GreaterOrEqual(t, axis[0].High, axis[1].High)
		}
	})
}

func inReach(v Verdict) []VerdictCode {
	if v.Code == VerdictCannotSayYet {
		return v.Reachable
	}
	return []VerdictCode{v.Code}
}

// A ceiling only ever lowers, and a better answer never gives a lower verdict.
func TestGateIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answers := drawGate(t, nil)
		s := mustSheet(t, answers)
		at := stand(s.ballots(NeedAxis), s.ballots(AbilityAxis), ballot.worst)
		require.LessOrEqual(t, rank(at.verdict()), rank(at.cell()))

		i := rapid.IntRange(0, len(answers)-1).Draw(t, "improved")
		question, _ := Current().Question(answers[i].Question)
		options := question.Options
		worse := rapid.IntRange(0, len(options)-1).Draw(t, "worse")
		better := rapid.IntRange(worse, len(options)-1).Draw(t, "better")
		with := func(option string) VerdictCode {
			changed := slices.Clone(answers)
			changed[i].Options = []string{option}
			return verdictOf(t, changed)
		}
		require.LessOrEqual(t, rank(with(options[worse].ID)), rank(with(options[better].ID)))
	})
}

// The figures of a sum on a threshold are exact: 65 is high, a millionth below is not.
func TestThresholdsAreExact(t *testing.T) {
	require.Equal(t, high, tally{sum: 65, weight: 100}.band(thresholds{0, 0}))
	require.Equal(t, high, tally{sum: 65 * 1_000_000 / 100 * 20, weight: 20}.band(needThresholds))
	require.Equal(t, middle, tally{sum: 65*1_000_000/100*20 - 1, weight: 20}.band(needThresholds))
	require.Equal(t, low, tally{sum: 35*1_000_000/100*20 - 1, weight: 20}.band(needThresholds))
}
