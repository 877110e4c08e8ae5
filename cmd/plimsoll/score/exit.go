package score

import (
	"fmt"

	"plimsoll/assessments"
)

// Exit codes of `plimsoll score`. They are an interface: pipelines branch on them.
const (
	ExitFine       = 0
	ExitCannotRun  = 1
	ExitFindings   = 2
	ExitUnder      = 3
	ExitNoEvidence = 4
)

// gate is what a pipeline asks of a result.
type gate struct {
	failOn            assessments.Severity // 0: findings never fail
	failUnder         *int                 // points
	failCoverageUnder *int                 // percent
	wantsEvidence     bool                 // paths were given: without evidence in them there is no score to judge
	known             func(assessments.Finding) bool
}

// exitCode is the one place that decides. Findings go before scores, and no evidence before both: there is nothing to judge.
func (g gate) exitCode(a assessments.Assessment) int {
	switch {
	case a.Score == nil || g.wantsEvidence && !a.Evidence:
		return ExitNoEvidence
	case g.failing(a) > 0:
		return ExitFindings
	case g.scoreUnder(*a.Score), g.coverageUnder(*a.Score):
		return ExitUnder
	}
	return ExitFine
}

// fails reports whether one finding fails the gate: open, grave enough and not known in the baseline.
func (g gate) fails(f assessments.Finding) bool {
	return g.failOn > 0 && f.Severity >= g.failOn && !f.Waived && (g.known == nil || !g.known(f))
}

func (g gate) failing(a assessments.Assessment) int {
	n := 0
	for _, f := range a.Findings {
		if g.fails(f) {
			n++
		}
	}
	if g.failOn > 0 { // what is not listed, no baseline knows
		n += assessments.OpenAt(a.LeftOut, g.failOn)
	}
	return n
}

// scoreUnder compares with the headline's point, unrounded; no point counts as under.
func (g gate) scoreUnder(score assessments.Range) bool {
	return g.failUnder != nil && (score.Value == nil || *score.Value < assessments.Micros(*g.failUnder)*million)
}

func (g gate) coverageUnder(score assessments.Range) bool {
	return g.failCoverageUnder != nil && score.Coverage < assessments.Micros(*g.failCoverageUnder)*million/100
}

// Gate is what the pipeline asked, and what it got.
type Gate struct {
	ExitCode          int      `json:"exitCode" jsonschema:"enum=0,enum=2,enum=3,enum=4"`
	FailOn            string   `json:"failOn"` // a severity, or none
	FailUnder         *int     `json:"failUnder,omitzero"`
	FailCoverageUnder *int     `json:"failCoverageUnder,omitzero"`
	Failed            []string `json:"failed"` // in words, one for each bound that was not held; empty: passed

	open, failing, leftOut    int // leftOut: open ones that the result does not list
	scoreUnder, coverageUnder bool
}

func (g gate) shown(a assessments.Assessment) Gate {
	shown := Gate{ExitCode: g.exitCode(a), FailOn: "none", FailUnder: g.failUnder, FailCoverageUnder: g.failCoverageUnder, Failed: []string{}}
	if g.failOn > 0 {
		shown.FailOn = g.failOn.String()
	}
	for _, f := range a.Findings {
		if !f.Waived {
			shown.open++
		}
	}
	shown.leftOut = assessments.OpenAt(a.LeftOut, 0)
	if shown.ExitCode == ExitNoEvidence {
		shown.Failed = append(shown.Failed, "no evidence: nothing readable that rules apply to")
		return shown
	}
	shown.failing = g.failing(a)
	if shown.failing > 0 {
		shown.Failed = append(shown.Failed, fmt.Sprintf("%s at %s or above", assessments.Counted(shown.failing, "finding"), g.failOn))
	}
	if shown.scoreUnder = g.scoreUnder(*a.Score); shown.scoreUnder {
		shown.Failed = append(shown.Failed, fmt.Sprintf("the score is under %d", *g.failUnder))
	}
	if shown.coverageUnder = g.coverageUnder(*a.Score); shown.coverageUnder {
		shown.Failed = append(shown.Failed, fmt.Sprintf("less than %d %% is known", *g.failCoverageUnder))
	}
	return shown
}
