package questionnaire

import (
	"fmt"
	"slices"
)

// advice is what the gate needs beside the questions: the ways to run the same load, and the steps towards ability.
type advice struct {
	Alternatives []alternative `yaml:"alternatives"`
	Steps        []step        `yaml:"steps"`
}

type alternative struct {
	ID         string      `yaml:"id"`
	Title      string      `yaml:"title"`
	Kubernetes bool        `yaml:"kubernetes"`
	Fits       []fit       `yaml:"fits"`
	ExcludedBy []exclusion `yaml:"excludedBy"`
}

// fit says how well an alternative suits each option of a question, in percent, in the order the options are shown.
type fit struct {
	Question string `yaml:"question"`
	Percent  []int  `yaml:"fit"`
	Because  string `yaml:"because"`
}

// exclusion is a hard constraint: an answer that rules the alternative out whatever else fits.
type exclusion struct {
	Question string   `yaml:"question"`
	Options  []string `yaml:"options"`
	Reason   string   `yaml:"reason"`
}

type step struct {
	Question string `yaml:"question"`
	Effort   effort `yaml:"effort"`
	Text     string `yaml:"text"`
}

// effort is the class that a step's cost falls into.
type effort string

// efforts from the cheapest.
var efforts = []effort{"weeks", "quarter", "year"}

// words of an effort as people read it.
func (e effort) words() string {
	return map[effort]string{"weeks": "takes weeks", "quarter": "takes about a quarter", "year": "takes up to a year"}[e]
}

func (a advice) check(q *Questionnaire) error {
	if len(a.Alternatives) != 7 {
		return fmt.Errorf("holds %d alternatives, want 7", len(a.Alternatives))
	}
	seen := map[string]bool{}
	for _, way := range a.Alternatives {
		if way.ID == "" || way.Title == "" || seen[way.ID] {
			return fmt.Errorf("alternative %q: id and title must be there, once", way.ID)
		}
		seen[way.ID] = true
		if err := way.check(q); err != nil {
			return fmt.Errorf("alternative %s: %w", way.ID, err)
		}
	}
	stepped := map[string]bool{}
	for _, s := range a.Steps {
		question, ok := q.byID[s.Question]
		if !ok || question.Axis != AbilityAxis || stepped[s.Question] || s.Text == "" || !slices.Contains(efforts, s.Effort) {
			return fmt.Errorf("step of %q: wants a question of the ability axis, once, an effort and a text", s.Question)
		}
		stepped[s.Question] = true
	}
	if want := len(q.axis(AbilityAxis)); len(stepped) != want {
		return fmt.Errorf("holds %d steps, want one for each of %d questions", len(stepped), want)
	}
	return nil
}

// check holds that the alternative says something of every question of the two axes, so that fits can be compared.
func (w alternative) check(q *Questionnaire) error {
	rows := map[string]bool{}
	for _, row := range w.Fits {
		question, ok := q.byID[row.Question]
		if !ok || rows[row.Question] || row.Because == "" || len(row.Percent) != len(question.Options) {
			return fmt.Errorf("fit of %q: wants a known question, once, a percentage for each option, and a reason", row.Question)
		}
		for _, percent := range row.Percent {
			if percent < 0 || percent > 100 {
				return fmt.Errorf("fit of %s: %d is no percentage", row.Question, percent)
			}
		}
		rows[row.Question] = true
	}
	for _, question := range append(q.axis(NeedAxis), q.axis(AbilityAxis)...) {
		if !rows[question.ID] {
			return fmt.Errorf("fit of %s: every question of the two axes has one", question.ID)
		}
	}
	for _, e := range w.ExcludedBy {
		question, ok := q.byID[e.Question]
		if !ok || e.Reason == "" || len(e.Options) == 0 {
			return fmt.Errorf("exclusion by %q: wants a known question, options and a reason", e.Question)
		}
		for _, id := range e.Options {
			if _, ok := question.Option(id); !ok {
				return fmt.Errorf("exclusion by %s: no option %q", e.Question, id)
			}
		}
	}
	return nil
}

// axis returns the gate's questions that count on an axis, in the order they are asked.
func (q *Questionnaire) axis(axis Axis) []*Question {
	var found []*Question
	for _, section := range q.Sections {
		for _, question := range section.Questions {
			if question.Axis == axis && section.ID == Gate {
				found = append(found, question)
			}
		}
	}
	return found
}
