package score

import "plimsoll/assessments"

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
}

// exitCode is the one place that decides. Findings go before scores, and no evidence before both: there is nothing to judge.
func (g gate) exitCode(a assessments.Assessment) int {
	switch {
	case a.Score == nil || g.wantsEvidence && !a.Evidence:
		return ExitNoEvidence
	case g.findings(a):
		return ExitFindings
	case g.under(*a.Score):
		return ExitUnder
	}
	return ExitFine
}

func (g gate) findings(a assessments.Assessment) bool {
	for _, f := range a.Findings {
		if g.failOn > 0 && f.Severity >= g.failOn && !f.Waived {
			return true
		}
	}
	return false
}

// under compares with the headline's point, unrounded; no point counts as under.
func (g gate) under(score assessments.Range) bool {
	const point = 1_000_000
	if g.failUnder != nil && (score.Value == nil || *score.Value < assessments.Micros(*g.failUnder)*point) {
		return true
	}
	return g.failCoverageUnder != nil && score.Coverage < assessments.Micros(*g.failCoverageUnder)*point/100
}
