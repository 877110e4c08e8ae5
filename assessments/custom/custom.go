// Package custom runs an organization's own rules: CEL expressions over facts, in YAML, with the same fields, cases and tests as the
// built-in ones. They never change a score. Their findings have a section of their own.
//
// A file of rules is foreign input: everything in it is bounded, every expression is type-checked and its greatest cost estimated
// before the rule is accepted, and what it does cost is limited while it runs.
package custom

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/rules"
)

// Bounds of a file of rules.
const (
	MaxFileBytes       = 1 << 20
	MaxRules           = 200
	MaxExpressionBytes = 4096
	MaxTextBytes       = 4096
	MaxEvidence        = 8
)

// Prefix of the ids of custom rules.
const Prefix = "custom/"

// SubjectKind is what a custom rule judges.
type SubjectKind string

// The kinds of subjects.
const (
	AboutContainers SubjectKind = "container"
	AboutWorkloads  SubjectKind = "workload"
	AboutServices   SubjectKind = "service"
	AboutNodes      SubjectKind = "node"
	AboutNamespaces SubjectKind = "namespace"
	AboutCluster    SubjectKind = "cluster"
)

// subjectKinds in the order that they are judged and documented.
var subjectKinds = []SubjectKind{AboutContainers, AboutWorkloads, AboutServices, AboutNodes, AboutNamespaces, AboutCluster}

// Rule is one custom rule.
type Rule struct {
	ID       string // custom/slug
	Subject  SubjectKind
	Severity assessments.Severity
	Effort   assessments.Effort
	Text     assessments.Text // Title, What, Why, How, Evidence, Mend, Sources, DoesNotCatch
	System   bool             // judges the platform's own workloads too
	Init     bool             // judges init containers too
	Message  string
	Expected string

	Line int // of the rule in its file

	applies, fails, unknown *expression // applies and unknown may be missing
	outOfReach, notKnown    string      // reasons of notApplicable and unknown
	evidence                []witness
	cases                   []byte // as a file of cases; empty without
	casesLine               int
}

// witness is one piece of evidence: a name and what an expression gives.
type witness struct {
	what  string
	value *expression
}

// Set is the rules of one file.
type Set struct {
	Name  string // of the file, as it is named in errors
	rules []*Rule
}

// Rules in the order of the file.
func (s *Set) Rules() []*Rule { return s.rules }

// Cost is the greatest estimated cost of the rule for one subject, in CEL's units.
func (r *Rule) Cost() uint64 {
	var sum uint64
	for _, e := range r.expressions() {
		sum += e.cost
	}
	return sum
}

func (r *Rule) expressions() []*expression {
	var all []*expression
	for _, e := range []*expression{r.applies, r.unknown, r.fails} {
		if e != nil {
			all = append(all, e)
		}
	}
	for _, w := range r.evidence {
		all = append(all, w.value)
	}
	return all
}

// Error says where in a file of rules something can't be taken.
type Error struct {
	File         string
	Line, Column int    // 1-based, of the YAML value; 0 where the file as a whole is at fault
	Rule         string // id; empty where none is known yet
	Field        string
	At           string // line:column inside the expression, 1-based
	Problem      string
}

func (e *Error) Error() string {
	parts := []string{e.File}
	if e.Line > 0 {
		parts[0] = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	if e.Rule != "" {
		parts = append(parts, "rule "+e.Rule)
	}
	if e.Field != "" {
		parts = append(parts, e.Field)
	}
	if e.At != "" {
		parts = append(parts, "at "+e.At)
	}
	return strings.Join(append(parts, e.Problem), ": ")
}

// CaseResult is one case of a rule, run.
type CaseResult struct {
	Rule string
	Case string // empty: the rule's cases as a whole
	Err  error  // nil: as wanted
}

// Test runs the cases of every rule as the built-in rules' own are run: every outcome wanted and no other, whatever the order of the
// records, and a case for each outcome that the rule can come to.
func (s *Set) Test() []CaseResult {
	var results []CaseResult
	for _, r := range s.rules {
		results = append(results, s.testRule(r)...)
	}
	return results
}

func (s *Set) testRule(r *Rule) []CaseResult {
	whole := func(err error) []CaseResult { return []CaseResult{{Rule: r.ID, Err: err}} }
	if r.cases == nil {
		return whole(&Error{File: s.Name, Line: r.Line, Column: 1, Rule: r.ID, Field: "cases", Problem: "a rule without cases is not tested"})
	}
	file, err := rules.ReadCases(fmt.Sprintf("%s:%d", s.Name, r.casesLine), r.cases)
	if err != nil {
		return whole(err)
	}
	judged := assessments.Rule{ID: r.ID, SubjectKind: string(r.Subject), WorstSeverity: r.Severity, Judge: r.outcomes}
	results := make([]CaseResult, 0, len(file.Cases)+1)
	for _, c := range file.Cases {
		results = append(results, CaseResult{Rule: r.ID, Case: c.Name, Err: rules.Check(judged, r.Severity, c)})
	}
	r.excuse(file)
	if err := file.Complete(); err != nil {
		results = append(results, CaseResult{Rule: r.ID, Err: err})
	}
	return results
}

// excuse names the outcomes that a rule without the expression for them need not show.
func (r *Rule) excuse(file *rules.CaseFile) {
	for result, missing := range map[assessments.Result]bool{assessments.Unknown: r.unknown == nil, assessments.NotApplicable: r.applies == nil} {
		shown := false
		for _, c := range file.Cases {
			for _, w := range c.Want {
				shown = shown || w.Result == result
			}
		}
		if missing && !shown && file.Unreachable[result] == "" {
			if file.Unreachable == nil {
				file.Unreachable = map[assessments.Result]string{}
			}
			file.Unreachable[result] = "the rule has no expression for it"
		}
	}
}
