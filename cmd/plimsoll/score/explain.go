package score

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/terminal"
)

// Explanation is how one rule came to its result.
type Explanation struct {
	Rule     string                `json:"rule"`
	Title    string                `json:"title"`
	How      string                `json:"how"`
	Count    assessments.RuleCount `json:"count"`
	Outcomes []Explained           `json:"outcomes"`
}

// Explained is what the rule said of one subject, and why.
type Explained struct {
	Subject  Subject                `json:"subject"`
	Source   *Source                `json:"source"`
	Result   assessments.Result     `json:"result" jsonschema:"enum=pass,enum=fail,enum=unknown,enum=notApplicable"`
	Reason   string                 `json:"reason"` // why unknown or not applicable, what fails, or a remark beside a pass
	Evidence []assessments.Evidence `json:"evidence"`
	Expected string                 `json:"expected,omitzero"`
}

func explain(in assessments.Input, id string) (*Explanation, error) {
	if id == "" {
		return nil, nil
	}
	outcomes, found := assessments.OutcomesOf(in, id)
	if !found {
		return nil, fmt.Errorf("--explain: no rule %q; plimsoll rules list names all", id)
	}
	rule, _ := in.Content.Rules.ByID(id)
	e := &Explanation{Rule: id, Title: rule.Text.Title, How: rule.Text.How, Outcomes: []Explained{}}
	for _, o := range outcomes {
		shown := Explained{Subject: Subject(o.Subject()), Result: o.Result, Reason: o.Reason, Evidence: []assessments.Evidence{}, Source: sourceOf(o.Place())}
		switch o.Result {
		case assessments.Pass:
			e.Count.Pass++
		case assessments.Fail:
			e.Count.Fail++
			said := o.Failure()
			shown.Reason, shown.Evidence, shown.Expected = said.Message, orEmpty(said.Evidence), said.Expected
		case assessments.NotApplicable:
			e.Count.NotApplicable++
		default:
			e.Count.Unknown++
		}
		e.Outcomes = append(e.Outcomes, shown)
	}
	return e, nil
}

// maxExplained bounds the subjects shown for each result; JSON has them all.
const maxExplained = 20

func (p *printer) explanation(e *Explanation) {
	p.Section("How " + e.Rule + " came to its result")
	p.Wrapped("  ", e.Title)
	p.Wrapped("  ", e.How)
	p.Line("  %s", p.Dim(fmt.Sprintf("%d pass, %d fail, %d unknown, %d not applicable", e.Count.Pass, e.Count.Fail, e.Count.Unknown, e.Count.NotApplicable)))
	for _, part := range []struct {
		result       assessments.Result
		title, paint string
	}{{assessments.Fail, "Fails", "31"}, {assessments.Unknown, "Can't be told", "33"}, {assessments.Pass, "Holds", "32"}, {assessments.NotApplicable, "Not applicable", "2"}} {
		shown := 0
		for _, o := range e.Outcomes {
			if o.Result != part.result {
				continue
			}
			if shown == 0 {
				p.Line("\n  %s", p.Paint(part.paint, part.title))
			}
			if shown++; shown > maxExplained {
				continue
			}
			place := ""
			if o.Source != nil {
				place = fmt.Sprintf("  %s:%d", o.Source.File, o.Source.Line)
			}
			p.Line("    %s%s", terminal.Clean(o.Subject.text()), p.Dim(terminal.Clean(place)))
			if o.Reason != "" {
				p.Wrapped("      ", terminal.Clean(o.Reason))
			}
			for _, seen := range o.Evidence {
				p.Wrapped("      seen  ", terminal.Clean(seen.What)+": "+terminal.Clean(seen.Value))
			}
		}
		if shown > maxExplained {
			p.Line("    %s", p.Dim(fmt.Sprintf("… and %d more; --format json lists them all", shown-maxExplained)))
		}
	}
}
