package questionnaire

import (
	"cmp"
	"fmt"
	"slices"
)

// reasonsShown of one alternative.
const reasonsShown = 4

// alternatives ranks the ways to run the same load by their weighted fit over what is answered; what an answer rules out stands last,
// with the answer. Without any answer there is nothing to rank.
func (q *Questionnaire) alternatives(s Sheet) []ranked {
	var all []ranked
	for _, way := range q.advice.Alternatives {
		if r, ok := q.rank(way, s); ok {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int {
		if (a.Excluded == "") != (b.Excluded == "") {
			if a.Excluded == "" {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Fit, a.Fit)
	})
	return all
}

type ranked struct {
	Alternative
	kubernetes bool
}

func (q *Questionnaire) rank(way alternative, s Sheet) (ranked, bool) {
	r := ranked{Alternative: Alternative{ID: way.ID, Title: way.Title}, kubernetes: way.Kubernetes}
	var fits tally
	type ground struct {
		pull           int
		text, question string
	}
	var grounds []ground
	for _, row := range way.Fits {
		question := q.byID[row.Question]
		g := s.Given(row.Question)
		if g.State != Answered {
			continue
		}
		percent := row.Percent[slices.IndexFunc(question.Options, func(o Option) bool { return o.ID == g.Options[0] })]
		fits.add(int64(question.Weight), int64(percent)*10_000)
		grounds = append(grounds, ground{
			pull: question.Weight * max(percent-50, 50-percent),
			text: because(row.Because, question.Short, g.Text, percent), question: row.Question,
		})
	}
	if fits.weight == 0 {
		return ranked{}, false
	}
	r.Fit = fits.points()
	slices.SortStableFunc(grounds, func(a, b ground) int { return cmp.Compare(b.pull, a.pull) })
	for _, g := range grounds[:min(reasonsShown, len(grounds))] {
		r.Because = append(r.Because, g.text)
		r.becauseOf = append(r.becauseOf, g.question)
	}
	for _, e := range way.ExcludedBy {
		if g := s.Given(e.Question); g.State == Answered && slices.Contains(e.Options, g.Options[0]) {
			r.excludedBy = e.Question
			r.Excluded = fmt.Sprintf("%s (%s: %s)", e.Reason, q.byID[e.Question].Short, g.Text)
			break
		}
	}
	return r, true
}

// because is one reason of a way's fit, with the answer that it rests on; a whole fit needs no figure.
func because(reason, question, answer string, percent int) string {
	if percent == 100 {
		return fmt.Sprintf("%s (%s: %s)", reason, question, answer)
	}
	return fmt.Sprintf("%s (%s: %s; fits %d %%)", reason, question, answer, percent)
}

// offered is the ranking as it is shown. Where only Kubernetes is allowed, only ways to run it are ranked.
func offered(ranking []ranked, mandated bool) []Alternative {
	all := []Alternative{}
	for _, r := range ranking {
		if r.kubernetes || !mandated {
			all = append(all, r.Alternative)
		}
	}
	return all
}

// bestSimple is the title of the best-fitting way without Kubernetes that nothing rules out; empty where nothing is ranked.
func bestSimple(ranking []ranked) string {
	for _, r := range ranking {
		if !r.kubernetes && r.Excluded == "" {
			return r.Title
		}
	}
	return ""
}

// reasons are the answers that carried the verdict, and those against it, the weightiest first. Points are how far the answer moved
// its axis from the middle.
func reasons(code VerdictCode, need, ability []ballot) (pro, con []GateReason) {
	pro, con = []GateReason{}, []GateReason{}
	add := func(ballots []ballot, upwards bool) {
		var weight int64
		for _, b := range ballots {
			weight += b.weight
		}
		for _, b := range ballots {
			if b.open {
				continue
			}
			o := b.best()
			r := GateReason{
				Question: b.question.ID, Text: b.question.Short, Answer: o.Text,
				Points: b.weight * (o.ValueMicros - 500_000) * 100 / weight,
			}
			if (r.Points > 0) == upwards {
				pro = append(pro, r)
			} else {
				con = append(con, r)
			}
		}
	}
	switch code {
	case VerdictNo: // whatever the ability
		add(need, false)
	case VerdictNoSimpler, VerdictPreferSimpler:
		add(need, false)
		add(ability, false)
	case VerdictNotYet:
		add(need, true)
		add(ability, false)
	default:
		add(need, true)
		add(ability, true)
	}
	weightiest := func(a, b GateReason) int {
		return cmp.Compare(max(b.Points, -b.Points), max(a.Points, -a.Points))
	}
	slices.SortStableFunc(pro, weightiest)
	slices.SortStableFunc(con, weightiest)
	return pro, con
}
