package score

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

func TestExitCodes(t *testing.T) {
	scored := func(points, coveragePercent int, findings ...assessments.Finding) assessments.Assessment {
		value := assessments.Micros(points) * million
		score := assessments.Range{Value: &value, Low: value, High: value, Coverage: assessments.Micros(coveragePercent) * million / 100}
		return assessments.Assessment{Score: &score, Evidence: true, Findings: findings}
	}
	finding := func(s assessments.Severity) assessments.Finding { return assessments.Finding{Severity: s} }
	waived := assessments.Finding{Severity: assessments.Critical, Waived: true}
	pointless := assessments.Assessment{Score: &assessments.Range{High: 100 * million}, Evidence: true}
	almost := scored(70, 100)
	*almost.Score.Value--
	seventy, fifty, nought := 70, 50, 0
	onHigh := gate{failOn: assessments.High, wantsEvidence: true}
	for name, c := range map[string]struct {
		gate   gate
		result assessments.Assessment
		want   int
	}{
		"nothing wrong":                          {onHigh, scored(90, 100), ExitFine},
		"a finding at the severity":              {onHigh, scored(90, 100, finding(assessments.High)), ExitFindings},
		"a finding above it":                     {onHigh, scored(90, 100, finding(assessments.Critical)), ExitFindings},
		"a finding below it":                     {onHigh, scored(90, 100, finding(assessments.Medium)), ExitFine},
		"a waived finding":                       {onHigh, scored(90, 100, waived), ExitFine},
		"--fail-on none":                         {gate{}, scored(90, 100, finding(assessments.Critical)), ExitFine},
		"score under":                            {gate{failUnder: &seventy}, scored(69, 100), ExitUnder},
		"score at the bound":                     {gate{failUnder: &seventy}, scored(70, 100), ExitFine},
		"a millionth under the bound":            {gate{failUnder: &seventy}, almost, ExitUnder},
		"no point counts as under":               {gate{failUnder: &nought}, pointless, ExitUnder},
		"no point without a bound":               {gate{}, pointless, ExitFine},
		"coverage under":                         {gate{failCoverageUnder: &fifty}, scored(90, 49), ExitUnder},
		"coverage at the bound":                  {gate{failCoverageUnder: &fifty}, scored(90, 50), ExitFine},
		"findings and score both: findings":      {gate{failOn: assessments.Low, failUnder: &seventy}, scored(10, 100, finding(assessments.Low)), ExitFindings},
		"nothing applied":                        {onHigh, assessments.Assessment{}, ExitNoEvidence},
		"answers do not stand in for evidence":   {onHigh, assessments.Assessment{Score: scored(90, 100).Score}, ExitNoEvidence},
		"answers alone, where no path was given": {gate{failOn: assessments.High}, assessments.Assessment{Score: scored(90, 100).Score}, ExitFine},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, c.gate.exitCode(c.result)) })
	}
}
