package report

import (
	"fmt"
	"strings"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
	"plimsoll/web/drawing"
)

// day prints a date as people read it.
func day(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2 January 2006")
}

// interval is a range as drawings take it, in points.
func interval(r assessments.Range) drawing.Interval {
	return drawing.Interval{Point: points(r.Value), Low: float64(r.Low) / 1e6, High: float64(r.High) / 1e6}
}

func points(m *assessments.Micros) *float64 {
	if m == nil {
		return nil
	}
	value := float64(*m) / 1e6
	return &value
}

func axis(a questionnaire.AxisScore) drawing.Interval {
	i := drawing.Interval{Low: float64(a.Low) / 1e6, High: float64(a.High) / 1e6}
	if a.Value != nil {
		value := float64(*a.Value) / 1e6
		i.Point = &value
	}
	return i
}

// known prints a whole number, or that there is none.
func known(m *assessments.Micros) string {
	if m == nil {
		return "–"
	}
	return fmt.Sprint(m.Whole())
}

func between(low, high assessments.Micros) string {
	return fmt.Sprintf("%d to %d", low.Whole(), high.Whole())
}

func evidenceLine(evidence []assessments.Evidence) string {
	parts := make([]string, 0, len(evidence))
	for _, e := range evidence {
		parts = append(parts, e.What+": "+e.Value)
	}
	return strings.Join(parts, " · ")
}

// questionText is a question's words, or its id where this content does not know it.
func questionText(in Input, id string) string {
	if in.Content != nil && in.Content.Questionnaire != nil {
		if q, ok := in.Content.Questionnaire.Question(id); ok {
			return q.Text
		}
	}
	return id
}

func ruleTitle(in Input, id string) string {
	if in.Content != nil && in.Content.Rules != nil {
		if r, ok := in.Content.Rules.ByID(id); ok && r.Text.Title != "" {
			return r.Text.Title
		}
	}
	return id
}

// grouped is a count with its thousands apart, as the pages print it.
func grouped(n int) string { return assessments.Grouped(int64(n), "\u00a0") }

// counted is a number with its noun: 1 finding, 2 000 findings.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

// subject is the object that a finding is about; one without a name says so.
func subject(s assessments.Subject) string {
	if s.Name == "" {
		s.Name = "(" + strings.TrimSpace(s.Kind+" without a name") + ")"
	}
	return s.String()
}
