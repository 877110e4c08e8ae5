package delivery_test

import (
	"testing"

	"plimsoll/assessments/rules/delivery"
	"plimsoll/assessments/rules/rulestest"
)

func TestDeliveryRulesComeToWhatTheirCasesWant(t *testing.T) { rulestest.Run(t, delivery.Register) }
