package content

import (
	"plimsoll/assessments"
	"plimsoll/assessments/rules/delivery"
	"plimsoll/assessments/rules/jvm"
	"plimsoll/assessments/rules/lifecycle"
	"plimsoll/assessments/rules/networking"
	"plimsoll/assessments/rules/probes"
)

// register adds the rules of all pillars.
func register(r *assessments.Registry) {
	lifecycle.Register(r)
	delivery.Register(r)
	jvm.Register(r)
	probes.Register(r)
	networking.Register(r)
}
