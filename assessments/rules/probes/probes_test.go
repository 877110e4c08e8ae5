package probes_test

import (
	"testing"

	"plimsoll/assessments/rules/probes"
	"plimsoll/assessments/rules/rulestest"
)

func TestProbesRulesComeToWhatTheirCasesWant(t *testing.T) { rulestest.Run(t, probes.Register) }
