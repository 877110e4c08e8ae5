package engines

import "plimsoll/assessments"

// Run computes what every engine shows of the input's facts, in the order of IDs. Without facts there is nothing to compute.
func Run(in assessments.Input) []Exhibit {
	exhibits := []Exhibit{}
	if in.Facts == nil {
		return exhibits
	}
	for _, describe := range describers {
		exhibits = append(exhibits, describe(in))
	}
	return exhibits
}

// describers are the engines in the order of IDs.
var describers []func(assessments.Input) Exhibit
