package questionnaire

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// When answers ask to be read again.
const (
	straightRun    = 10              // the same place among the options so often in a row
	enoughAnswers  = 10              // fewer tell nothing of how somebody answered
	secondsToRead  = 3 * time.Second // nobody reads a question faster
	disagreeAtStep = 2               // steps between two blind answers
)

// RemarkKind is what is odd about answers.
type RemarkKind string

// The kinds of remarks. None of them is ever scored.
const (
	StraightLine RemarkKind = "straight-line"     // the same place among the options, many times in a row
	TooFast      RemarkKind = "too-fast"          // answered faster than questions can be read
	AllBest      RemarkKind = "all-best-believed" // the best answer everywhere, by belief alone
	Disagreement RemarkKind = "disagreement"      // manager and engineer are two steps apart or more
)

// Remark asks people to read their answers again. It says nothing of what is true, and changes no score.
type Remark struct {
	Kind       RemarkKind `json:"kind"`
	Respondent string     `json:"respondent,omitzero"`
	Questions  []string   `json:"questions"` // as they are asked
	Text       string     `json:"text"`
}

// Quality looks at how the questions were answered, person by person. The order of the answers changes nothing.
func (q *Questionnaire) Quality(answers []Answer) []Remark {
	var remarks []Remark
	people := map[string][]Answer{}
	for _, a := range answers {
		people[a.Respondent] = append(people[a.Respondent], a)
	}
	names := make([]string, 0, len(people))
	for name := range people {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		given := q.inOrder(people[name])
		for _, look := range []func([]chosen) *Remark{straightLine, tooFast, allBest} {
			if remark := look(given); remark != nil {
				remark.Respondent = name
				remarks = append(remarks, *remark)
			}
		}
	}
	return append(remarks, q.disagreements(answers)...)
}

// chosen is an answered, scored question with the place of its option, 0 the best.
type chosen struct {
	id       string
	position int
	basis    Basis
	at       time.Time
}

// inOrder are one person's answers with a place, in the order the questions are asked.
func (q *Questionnaire) inOrder(answers []Answer) []chosen {
	order := map[string]int{}
	for i, question := range q.Questions() {
		order[question.ID] = i
	}
	var given []chosen
	for _, a := range answers {
		question, known := q.byID[a.Question]
		if !known || a.State != Answered || len(a.Options) != 1 || question.Weight == 0 {
			continue
		}
		if option, ok := question.Option(a.Options[0]); ok && !option.Blind {
			given = append(given, chosen{a.Question, option.Position, a.Basis, a.AnsweredAt})
		}
	}
	slices.SortStableFunc(given, func(a, b chosen) int {
		return cmp.Or(cmp.Compare(order[a.id], order[b.id]), cmp.Compare(a.position, b.position), a.at.Compare(b.at))
	})
	return given
}

func idsOf(given []chosen) []string {
	ids := make([]string, 0, len(given))
	for _, g := range given {
		if !slices.Contains(ids, g.id) {
			ids = append(ids, g.id)
		}
	}
	return ids
}

func straightLine(given []chosen) *Remark {
	from, best := 0, []chosen(nil)
	for i := range given {
		if given[i].position != given[from].position {
			from = i
		}
		if run := given[from : i+1]; len(run) > len(best) {
			best = run
		}
	}
	if len(best) < straightRun {
		return nil
	}
	return &Remark{Kind: StraightLine, Questions: idsOf(best), Text: fmt.Sprintf(
		"%d answers in a row stand at the same place of their list, from %s to %s. Please read them again.", len(best), best[0].id, best[len(best)-1].id)}
}

// tooFast goes by the times of the answers. Days alone, as a form holds them, say nothing.
func tooFast(given []chosen) *Remark {
	timed := slices.DeleteFunc(slices.Clone(given), func(g chosen) bool {
		return g.at.IsZero() || g.at.UTC().Truncate(24*time.Hour).Equal(g.at.UTC())
	})
	if len(timed) < enoughAnswers {
		return nil
	}
	slices.SortStableFunc(timed, func(a, b chosen) int { return a.at.Compare(b.at) })
	for i := 0; i+enoughAnswers <= len(timed); i++ {
		run := timed[i : i+enoughAnswers]
		if span := run[len(run)-1].at.Sub(run[0].at); span < secondsToRead*(enoughAnswers-1) {
			return &Remark{Kind: TooFast, Questions: idsOf(run), Text: fmt.Sprintf(
				"%d answers were given within %d seconds, from %s on. Please read them again.", len(run), int(span.Seconds()), run[0].id)}
		}
	}
	return nil
}

func allBest(given []chosen) *Remark {
	if len(given) < enoughAnswers || slices.ContainsFunc(given, func(g chosen) bool { return g.position != 0 || g.basis != Believed }) {
		return nil
	}
	return &Remark{Kind: AllBest, Questions: idsOf(given), Text: fmt.Sprintf(
		"All %d answers are the best there is, and all are believed, none measured or documented. Please read them again.", len(given))}
}

// disagreements are blind answers that lie two steps apart or more: inside the house you do not agree.
func (q *Questionnaire) disagreements(answers []Answer) []Remark {
	var remarks []Remark
	for _, question := range q.Questions() {
		if question.Who != Both {
			continue
		}
		places := map[Seat]int{}
		for _, a := range answers {
			if a.Question == question.ID && a.State == Answered && len(a.Options) == 1 {
				if option, ok := question.Option(a.Options[0]); ok && !option.Blind {
					places[a.Seat] = option.Position
				}
			}
		}
		manager, one := places[Manager]
		engineer, other := places[Engineer]
		if apart := max(manager-engineer, engineer-manager); one && other && apart >= disagreeAtStep {
			remarks = append(remarks, Remark{Kind: Disagreement, Questions: []string{question.ID}, Text: fmt.Sprintf(
				"Manager and engineer lie %d steps apart on %s. Inside the house you do not agree; the lower answer counts until you do.", apart, question.ID)})
		}
	}
	return remarks
}
