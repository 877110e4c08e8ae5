package jvm_test

import (
	"testing"

	"plimsoll/assessments/rules/jvm"
	"plimsoll/assessments/rules/rulestest"
)

func TestJVMRulesComeToWhatTheirCasesWant(t *testing.T) { rulestest.Run(t, jvm.Register) }
