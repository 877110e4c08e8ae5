package lifecycle_test

import (
	"testing"

	"plimsoll/assessments/rules/lifecycle"
	"plimsoll/assessments/rules/rulestest"
)

func TestLifecycleRulesComeToWhatTheirCasesWant(t *testing.T) { rulestest.Run(t, lifecycle.Register) }
