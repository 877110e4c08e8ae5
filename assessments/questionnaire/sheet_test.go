package questionnaire

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"plimsoll/assessments/facts"
)

func figure(n int64) *int64 { return &n }

func TestAnswersThatCannotBeTaken(t *testing.T) {
	good := Answer{Question: "L3", State: Answered, Options: []string{"L3.b"}}
	cases := map[string]struct {
		change  func(*Answer)
		field   string
		problem string
	}{
		"no such question":            {func(a *Answer) { a.Question = "L9" }, "question", "no such question"},
		"no such option":              {func(a *Answer) { a.Options = []string{"L4.a"} }, "options", `"L4.a"`},
		"two options":                 {func(a *Answer) { a.Options = []string{"L3.a", "L3.b"} }, "options", "takes one"},
		"an option twice":             {func(a *Answer) { a.Options = []string{"L3.a", "L3.a"} }, "options", "twice"},
		"an answer without an option": {func(a *Answer) { a.Options = nil }, "options", "names an option"},
		"figure too large":            {func(a *Answer) { a.Figure = figure(3651) }, "figure", "0 to 3650 days"},
		"figure too small":            {func(a *Answer) { a.Figure = figure(-1) }, "figure", "0 to 3650 days"},
		"figure where none is asked":  {func(a *Answer) { a.Question, a.Options, a.Figure = "L1", []string{"L1.a"}, figure(1) }, "figure", "takes none"},
		"figure beside unknown":       {func(a *Answer) { a.State, a.Options, a.Figure = Unknown, nil, figure(1) }, "figure", "unknown"},
		"note too long":               {func(a *Answer) { a.Note = strings.Repeat("ä", 2001) }, "note", "2000"},
		"note with a zero byte":       {func(a *Answer) { a.Note = "a\x00b" }, "note", "control"},
		"note that is no text":        {func(a *Answer) { a.Note = "\xff" }, "note", "UTF-8"},
		"six links":                   {func(a *Answer) { a.Links = strings.Fields(strings.Repeat("https://a.example/ ", 6)) }, "links", "at most 5"},
		"a script for a link":         {func(a *Answer) { a.Links = []string{"javascript:alert(1)"} }, "links", "http"},
		"a file for a link":           {func(a *Answer) { a.Links = []string{"file:///etc/passwd"} }, "links", "http"},
		"a link to nowhere":           {func(a *Answer) { a.Links = []string{"https:///path"} }, "links", "http"},
		"a basis of its own":          {func(a *Answer) { a.Basis = "guessed" }, "basis", `"guessed"`},
		"a state of its own":          {func(a *Answer) { a.State = "maybe" }, "state", `"maybe"`},
		"skipped by hand":             {func(a *Answer) { a.State = Skipped }, "state", "worked out"},
		"unknown with an option":      {func(a *Answer) { a.State = Unknown }, "options", "L3.b"},
		"reason beside an answer":     {func(a *Answer) { a.Reason = OutOfScope }, "reason", "not_applicable alone"},
		"no reason":                   {func(a *Answer) { a.State, a.Options, a.Sentence = NotApplicable, nil, "we don't" }, "reason", "no_such_workload"},
		"no sentence":                 {func(a *Answer) { a.State, a.Options, a.Reason, a.Sentence = NotApplicable, nil, OutOfScope, " " }, "sentence", "sentence"},
		"not applicable with option":  {func(a *Answer) { a.State, a.Reason, a.Sentence = NotApplicable, OutOfScope, "no" }, "options", "not_applicable"},
		"context that does not apply": {func(a *Answer) { a.Question, a.State, a.Options = "C1", NotApplicable, nil }, "state", "always applies"},
		"a seat where one is asked":   {func(a *Answer) { a.Seat = Manager }, "seat", "manager"},
		"no seat where two are asked": {func(a *Answer) { a.Question, a.Options = "B6", []string{"B6.a"} }, "seat", "apart"},
		"both seats at once":          {func(a *Answer) { a.Question, a.Options, a.Seat = "B6", []string{"B6.a"}, Both }, "seat", "apart"},
		"a negative revision":         {func(a *Answer) { a.Revision = -1 }, "revision", "negative"},
		"a way in beside none":        {func(a *Answer) { a.Question, a.Options = "C4", []string{"C4.a", "C4.e"} }, "options", "excludes"},
	}
	require.NoError(t, Current().Validate(good))
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := good
			c.change(&a)
			_, err := Current().Sheet([]Answer{a})
			var fault *AnswerError
			require.ErrorAs(t, err, &fault)
			require.Equal(t, a.Question, fault.Question)
			require.Equal(t, c.field, fault.Field)
			require.Contains(t, fault.Problem, c.problem)
		})
	}
}

func TestOneQuestionIsAnsweredOnce(t *testing.T) {
	_, err := Current().Sheet(answered("L1.a", "L1.b"))
	require.ErrorContains(t, err, "question L1: question: is answered twice")
	require.True(t, errors.As(err, new(*AnswerError)))
}

func TestBlindOptionIsTheUnknown(t *testing.T) {
	for _, id := range blindOptions {
		a := answered(id)[0]
		stored := Current().Canonical(a)
		require.Equal(t, Answer{Question: a.Question, State: Unknown}, stored)
		require.Equal(t, Unknown, mustSheet(t, []Answer{a}).Given(a.Question).State)
		a.State = Unknown // the same said twice
		require.Equal(t, Unknown, mustSheet(t, []Answer{a}).Given(a.Question).State)
	}
}

func TestOnlyContextAnswersSkip(t *testing.T) {
	cases := map[string]struct {
		answers []Answer
		want    State
	}{
		"runtimes not answered":     {nil, Unanswered},
		"runtimes not known":        {[]Answer{{Question: "C3", State: Unknown}}, Unanswered},
		"a JVM runs":                {[]Answer{{Question: "C3", State: Answered, Options: []string{"C3.b", "C3.a"}}}, Unanswered},
		"no JVM runs":               {[]Answer{{Question: "C3", State: Answered, Options: []string{"C3.b", "C3.e"}}}, Skipped},
		"no JVM, yet J1 was filled": {append(answered("C3.b"), answered("J1.a")...), Skipped},
		"J1 before the runtimes":    {answered("J1.a"), Answered},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := mustSheet(t, c.answers)
			require.Equal(t, c.want, s.Given("J1").State)
			if c.want == Skipped {
				for _, id := range []string{"J1", "J2", "J3", "J4", "J5", "J6"} {
					require.Equal(t, "C3", s.Given(id).SkippedBy)
				}
			}
			require.NotEqual(t, Skipped, s.Given("L1").State)
			require.Len(t, s.All(), 53)
		})
	}
}

func TestBlindPairs(t *testing.T) {
	by := func(seat Seat, option string) Answer {
		return Answer{Question: "B6", Seat: seat, State: Answered, Options: []string{option}, Respondent: string(seat)}
	}
	away := func(seat Seat, state State) Answer {
		a := Answer{Question: "B6", Seat: seat, State: state}
		if state == NotApplicable {
			a.Reason, a.Sentence = PlannedNotLive, "nothing was released yet"
		}
		return a
	}
	cases := map[string]struct {
		answers  []Answer
		state    State
		option   string
		half     bool
		disagree int
	}{
		"nobody":                           {nil, Unanswered, "", false, 0},
		"both agree":                       {[]Answer{by(Manager, "B6.b"), by(Engineer, "B6.b")}, Answered, "B6.b", false, 0},
		"the engineer says less":           {[]Answer{by(Manager, "B6.a"), by(Engineer, "B6.c")}, Answered, "B6.c", false, 2},
		"the manager says less":            {[]Answer{by(Manager, "B6.d"), by(Engineer, "B6.a")}, Answered, "B6.d", false, 3},
		"the engineer is missing":          {[]Answer{by(Manager, "B6.a")}, Answered, "B6.a", true, 0},
		"the manager does not know":        {[]Answer{away(Manager, Unknown), by(Engineer, "B6.a")}, Answered, "B6.a", true, 0},
		"one takes it out, one answers":    {[]Answer{away(Manager, NotApplicable), by(Engineer, "B6.a")}, Answered, "B6.a", true, 0},
		"one takes it out alone":           {[]Answer{away(Manager, NotApplicable)}, Unanswered, "", false, 0},
		"both take it out":                 {[]Answer{away(Manager, NotApplicable), away(Engineer, NotApplicable)}, NotApplicable, "", false, 0},
		"one does not know, one takes out": {[]Answer{away(Manager, NotApplicable), away(Engineer, Unknown)}, Unknown, "", false, 0},
		"one does not know alone":          {[]Answer{away(Engineer, Unknown)}, Unknown, "", false, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := mustSheet(t, c.answers).Given("B6")
			require.Equal(t, c.state, g.State)
			require.Equal(t, c.half, g.HalfGiven)
			require.Equal(t, c.disagree, g.Disagree)
			if c.option != "" {
				require.Equal(t, []string{c.option}, g.Options)
				option, _ := Current().byID["B6"].Option(c.option)
				require.Equal(t, option.ValueMicros, g.ValueMicros)
				require.Equal(t, option.Text, g.Text)
			}
		})
	}
}

func TestGivenCarriesWhatCounts(t *testing.T) {
	at := time.Date(2026, 11, 20, 23, 30, 0, 0, time.FixedZone("", -3600))
	s := mustSheet(t, []Answer{
		{Question: "P2", State: Answered, Options: []string{"P2.b"}, Figure: figure(1800), Basis: Measured, AnsweredAt: at, ReviewBy: at.AddDate(0, 0, 90)},
		{Question: "L6", State: Answered, Options: []string{"L6.d"}},
		{Question: "C3", State: Answered, Options: []string{"C3.f", "C3.a"}},
	})
	p2 := s.Given("P2")
	require.Equal(t, int64(1800), *p2.Figure)
	require.Equal(t, int64(666_667), p2.ValueMicros)
	require.Equal(t, "2026-11-21", p2.AnsweredAt)
	require.Equal(t, "2027-02-19", p2.ReviewBy)
	require.Equal(t, 59, s.Given("L6").Cap)
	require.Equal(t, []string{"C3.a", "C3.f"}, s.Given("C3").Options)
	require.True(t, s.Has("C3", "C3.f"))
	require.False(t, s.Has("C3", "C3.b"))
	require.Equal(t, Unanswered, s.Given("X1").State)
}

func TestEvidenceLowersAndNeverRaises(t *testing.T) {
	s := mustSheet(t, append(answered("L1.b"), Answer{Question: "L2", State: Unknown}))
	lowered := s.Lowered("L1", "L1.d")
	require.Equal(t, []string{"L1.d"}, lowered.Given("L1").Options)
	require.Equal(t, 39, lowered.Given("L1").Cap)
	require.Equal(t, []string{"L1.b"}, s.Given("L1").Options, "the sheet itself must stay")
	require.Equal(t, s, s.Lowered("L1", "L1.a"))
	require.Equal(t, s, s.Lowered("L1", "L1.b"))
	require.Equal(t, s, s.Lowered("L2", "L2.d"))
	require.Equal(t, s, s.Lowered("L1", "L9.d"))
	require.Equal(t, s, s.Lowered("C2", "C2.d"))
}

func TestReopenedQuestionsAreUnanswered(t *testing.T) {
	s := mustSheet(t, append(answered("C3.b", "L1.a"),
		Answer{Question: "N2", State: NotApplicable, Reason: NoSuchWorkload, Sentence: "no address"}))
	open := s.Reopened("J1", "N2", "L1")
	require.Equal(t, Unanswered, open.Given("J1").State)
	require.Equal(t, Unanswered, open.Given("N2").State)
	require.Equal(t, Answered, open.Given("L1").State)
	require.Equal(t, Skipped, s.Given("J1").State)
}

func TestWordingFollowsTheContext(t *testing.T) {
	q := Current()
	l4, g7, l1 := q.byID["L4"], q.byID["G7"], q.byID["L1"]
	plan, bought, own := mustSheet(t, answered("C1.a", "C2.a")), mustSheet(t, answered("C1.c", "C2.b")), mustSheet(t, answered("C1.c", "C2.c"))
	require.Equal(t, l4.PlanText, q.Wording(l4, plan))
	require.Equal(t, g7.ProviderText, q.Wording(g7, plan))
	require.Equal(t, l4.ProviderText, q.Wording(l4, bought))
	require.Equal(t, l1.Text, q.Wording(l1, bought))
	require.Equal(t, l4.Text, q.Wording(l4, own))
	require.Equal(t, l4.Text, q.Wording(l4, Sheet{}))
}

func TestFactsOfWorkloads(t *testing.T) {
	good := facts.WorkloadFact{Namespace: "payments", Kind: "StatefulSet", Name: "ledger", Key: facts.RecoverySecondsKey, Value: "1800"}
	require.NoError(t, ValidateFact(good))
	for name, change := range map[string]func(*facts.WorkloadFact){
		"no name":                  func(f *facts.WorkloadFact) { f.Name = "" },
		"a name with a line":       func(f *facts.WorkloadFact) { f.Name = "a\nb" },
		"a key of its own":         func(f *facts.WorkloadFact) { f.Key = "owner" },
		"seconds with a unit":      func(f *facts.WorkloadFact) { f.Value = "30m" },
		"no seconds":               func(f *facts.WorkloadFact) { f.Value = "0" },
		"more than a day":          func(f *facts.WorkloadFact) { f.Value = "86401" },
		"a Java that is a word":    func(f *facts.WorkloadFact) { f.Key, f.Value = facts.JavaVersionKey, "latest" },
		"a criticality of its own": func(f *facts.WorkloadFact) { f.Key, f.Value = facts.CriticalityKey, "huge" },
		"a basis of its own":       func(f *facts.WorkloadFact) { f.Basis = "felt" },
	} {
		t.Run(name, func(t *testing.T) {
			f := good
			change(&f)
			require.ErrorAs(t, ValidateFact(f), new(*AnswerError))
		})
	}
}

// drawAnswers fills the questionnaire at random, with every state.
func drawAnswers(t *rapid.T) []Answer {
	var answers []Answer
	for _, question := range Current().Questions() {
		seats := []Seat{""}
		if question.Who == Both {
			seats = []Seat{Manager, Engineer}
		}
		for _, seat := range seats {
			a := Answer{Question: question.ID, Seat: seat}
			switch kind := rapid.IntRange(0, 9).Draw(t, question.ID); {
			case kind == 0:
				continue
			case kind == 1:
				a.State = Unknown
			case kind == 2 && question.Section != Context:
				a.State, a.Reason, a.Sentence = NotApplicable, OutOfScope, rapid.StringMatching(`[a-zä: #"'-]{0,20}x`).Draw(t, "sentence")
			default:
				option := rapid.SampledFrom(question.Options).Draw(t, "option")
				a.State, a.Options = Answered, []string{option.ID}
				if question.Figure != nil && !option.Blind {
					n := rapid.Int64Range(question.Figure.Min, question.Figure.Max).Draw(t, "figure")
					a.Figure = &n
				}
				a.Note = rapid.StringMatching(`[a-zä\n\t: #"'{}-]{0,30}`).Draw(t, "note")
				a.Basis = rapid.SampledFrom([]Basis{"", Measured, Documented, Believed}).Draw(t, "basis")
			}
			answers = append(answers, a)
		}
	}
	return answers
}
