package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/questionnaire"
)

// given is what the people of the journey say. It is clicked in the pages, and written to a file for the command line.
var given = []questionnaire.Answer{
	chosen("C1.c"), chosen("C2.c"), chosen("C3.a", "C3.f", "C3.g"), chosen("C4.b"), chosen("C5.b"),
	chosen("G1.b"), chosen("G2.a"), chosen("G3.a"), chosen("G4.c"), chosen("G5.a"), chosen("G6.b"), chosen("G7.b"), chosen("G8.b"),
	chosen("G9.b"), chosen("G10.b"), from(questionnaire.Manager, chosen("G11.b")), from(questionnaire.Engineer, chosen("G11.c")),
	chosen("G12.b"), chosen("G13.b"),
	chosen("L1.a"), chosen("L2.c"), measured(21, chosen("L3.b")), unknown("L6"), chosen("L7.b"), chosen("L8.b"),
	chosen("B2.b"), chosen("B4.c"), chosen("B7.c"),
	chosen("J1.a"), chosen("J2.b"), chosen("J3.b"), chosen("J4.a"),
	chosen("P1.b"), measured(540, chosen("P2.a")), chosen("P4.a"),
	notApplicable("N3", "No public service sees a client's address: all of them come through a partner's proxy."), unknown("N1"), chosen("N2.a"),
}

func chosen(options ...string) questionnaire.Answer {
	question, _, _ := strings.Cut(options[0], ".")
	return questionnaire.Answer{Question: question, State: questionnaire.Answered, Options: options}
}

func unknown(question string) questionnaire.Answer {
	return questionnaire.Answer{Question: question, State: questionnaire.Unknown}
}

func notApplicable(question, sentence string) questionnaire.Answer {
	return questionnaire.Answer{Question: question, State: questionnaire.NotApplicable, Reason: questionnaire.OutOfScope, Sentence: sentence}
}

func measured(figure int64, a questionnaire.Answer) questionnaire.Answer {
	a.Figure = &figure
	return a
}

func from(seat questionnaire.Seat, a questionnaire.Answer) questionnaire.Answer {
	a.Seat = seat
	return a
}

// answers gives an answer in the page of its section, by the mouse, and waits until the page says that it is saved.
func (p *person) answers(a questionnaire.Answer) {
	p.t.Helper()
	field := func(name string) string { return fmt.Sprintf("[name='%s.%s']", a.Question, name) }
	choice := func(name, value string) string {
		return "document.querySelector(" + quote(field(name)+"[value='"+value+"']") + ")"
	}
	saves := func(act func()) {
		p.t.Helper()
		before := p.revision(a.Question)
		act()
		p.sees(fmt.Sprintf("document.querySelector(%s).value > %d && document.getElementById(%s).innerText.includes('Saved')", quote(field("revision")), before, quote("status-"+a.Question)))
	}
	if a.Seat == questionnaire.Engineer {
		p.follows(func() { p.presses("as engineer") })
	}
	switch a.State {
	case questionnaire.Unknown:
		saves(func() { p.clicks(choice("option", "unknown")) })
	case questionnaire.NotApplicable:
		p.clicks(choice("option", "not_applicable"))
		p.picks(field("reason"), string(a.Reason))
		saves(func() { p.types(field("sentence"), a.Sentence); p.leaves(field("sentence")) })
	default:
		for _, option := range a.Options {
			saves(func() { p.clicks(choice("option", option)) })
		}
	}
	if a.Figure != nil {
		saves(func() { p.types(field("figure"), fmt.Sprint(*a.Figure)); p.leaves(field("figure")) })
	}
}

func (p *person) revision(question string) int {
	p.t.Helper()
	return look[int](p, "Number(document.querySelector("+quote("[name='"+question+".revision']")+").value)")
}

// answersFile writes what was given for `plimsoll score --answers`.
func answersFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "answers.yaml")
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	q := questionnaire.Current()
	require.NoError(t, q.WriteAnswers(file, questionnaire.AnswersFile{Version: q.Version, Answers: given}))
	return path
}

// givenIn are the answers of one section, in the order given.
func givenIn(t *testing.T, section questionnaire.SectionID) []questionnaire.Answer {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(given), func(a questionnaire.Answer) bool {
		question, ok := questionnaire.Current().Question(a.Question)
		require.True(t, ok, a.Question)
		return question.Section != section
	})
}
