package score

import (
	"fmt"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/custom"
	"plimsoll/cmd/plimsoll/inputs"
)

// Custom is what an organization's own rules say. It stands beside the score and never in it; its findings count for the gate.
type Custom struct {
	Rules    []custom.RuleResult `json:"rules"`
	Findings []Finding           `json:"findings"`

	LeftOut []assessments.LeftOut `json:"findingsLeftOut,omitzero"`
}

// judgeByOwnRules runs the rules of --rules; nil: none were given.
func (f flags) judgeByOwnRules(in assessments.Input) (*custom.Set, *custom.Results, error) {
	if f.rules == "" {
		return nil, nil, nil
	}
	set, err := inputs.LoadRules(f.rules)
	if err != nil {
		return nil, nil, fmt.Errorf("--rules: %w", err)
	}
	results := set.Run(in)
	return set, &results, nil
}

// takeOwn adds what the organization's own rules say. A waiver that does something here is not idle.
func (r *result) takeOwn(set *custom.Set, results *custom.Results) {
	if results == nil {
		return
	}
	r.own = set.Rules()
	r.Custom = &Custom{Rules: orEmpty(results.Rules), Findings: []Finding{}, LeftOut: results.LeftOut}
	for _, f := range results.Findings {
		r.Custom.Findings = append(r.Custom.Findings, findingOf(f))
	}
	idle := []assessments.UnmatchedWaiver{}
	for _, w := range r.Waivers.Unmatched {
		if slices.Contains(results.Waivers.Used, w.Waiver) {
			r.Waivers.Used = append(r.Waivers.Used, w.Waiver)
		} else {
			idle = append(idle, w)
		}
	}
	r.Waivers.Unmatched = idle
}

// every is all findings: of the content version, then of the organization's own rules.
func (d *Document) every() []Finding {
	if d.Custom == nil {
		return d.Findings
	}
	return slices.Concat(d.Findings, d.Custom.Findings)
}

// leftOut is what is counted and not listed, of the content version's rules and of the organization's own.
func (d *Document) leftOut() []assessments.LeftOut {
	if d.Custom == nil {
		return d.LeftOut
	}
	return slices.Concat(d.LeftOut, d.Custom.LeftOut)
}

func (p *printer) own(d Document) {
	if d.Custom == nil {
		return
	}
	objects, count := objectsOf(d.Custom.Findings, p.shownHere, maxObjects)
	if count == 0 {
		p.Section("Your own rules: no findings")
	} else {
		p.Section("Your own rules: " + bySeverity(d.Custom.Findings, d.Custom.LeftOut))
	}
	for _, o := range objects {
		p.object(o)
	}
	if count > len(objects) {
		p.Line("\n  … and %s more; --format json lists every finding", assessments.Counted(count-len(objects), "object"))
	}
	for _, rule := range d.Custom.Rules {
		for _, blind := range rule.CouldNotTell {
			p.Line("  %s", p.Dim(fmt.Sprintf("%s can't tell of %s: %s", rule.ID, assessments.Counted(blind.Subjects, "subject"), blind.Why)))
		}
	}
}
