package engines

import "plimsoll/assessments"

// Run computes what every engine shows of the input's facts, in the order of IDs. Without facts there is nothing to compute.
func Run(in assessments.Input) []Exhibit {
	if in.Facts == nil {
		return []Exhibit{}
	}
	view := assessments.ViewOf(in)
	return []Exhibit{UpgradeExhibit(PlanOf(view, 0, 0)), ProbeExhibit(SimulationsOf(view)), HeapExhibit(BudgetsOf(view)), NetworkExhibit(ForecastOf(view))}
}
