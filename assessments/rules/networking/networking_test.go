package networking_test

import (
	"testing"

	"plimsoll/assessments/rules/networking"
	"plimsoll/assessments/rules/rulestest"
)

func TestNetworkingRulesComeToWhatTheirCasesWant(t *testing.T) { rulestest.Run(t, networking.Register) }
