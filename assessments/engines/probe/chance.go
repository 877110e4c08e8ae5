package probe

import "math/big"

// Range is a recovery time that varies: any time within it is as likely as any other.
type Range struct {
	LowSeconds  int64 `json:"lowSeconds"`
	HighSeconds int64 `json:"highSeconds"`
}

// Chance says how likely kills are where the recovery time varies evenly over a range, in millionths.
type Chance struct {
	Range
	// KilledMicros is the share of crashes whose first start is killed: both the recovery time and the phase of the kubelet's
	// timer are even over what they can be.
	KilledMicros int64 `json:"killedMicros"`
	// LoopMicros is the share of crashes that no phase of the timer lets come through: killed at each start, until somebody helps.
	LoopMicros int64 `json:"loopMicros"`
}

const million = 1_000_000

// chanceOf is exact: with a the earliest kill and p the period, a start that needs r is killed with probability (r − a) / p
// within [a, a + p], never before and always behind it. The mean over the range is a sum of areas, so that nothing is sampled.
func chanceOf(f Figures, r Range) Chance {
	r.LowSeconds = min(max(r.LowSeconds, 0), maxFigure)
	r.HighSeconds = min(max(r.HighSeconds, r.LowSeconds), maxFigure)
	earliest := f.InitialDelaySeconds + (f.FailureThreshold-1)*f.PeriodSeconds
	certain := earliest + f.PeriodSeconds
	c := Chance{Range: r}
	width := r.HighSeconds - r.LowSeconds
	if width == 0 {
		c.KilledMicros = share(min(max(r.LowSeconds-earliest, 0), f.PeriodSeconds), f.PeriodSeconds)
		if r.LowSeconds >= certain {
			c.LoopMicros = million
		}
		return c
	}
	c.LoopMicros = share(min(max(r.HighSeconds-certain, 0), width), width)
	c.KilledMicros = share(area(r.HighSeconds-earliest, f.PeriodSeconds)-area(r.LowSeconds-earliest, f.PeriodSeconds), 2*f.PeriodSeconds*width)
	return c
}

// area is the integral of the probability up to x seconds behind the earliest kill, times twice the period, which makes it whole.
// It is at most x squared, which fits for every x that the API's figures allow.
func area(x, period int64) int64 {
	x = max(x, 0)
	rising := min(x, period)
	return rising*rising + 2*period*(x-rising)
}

// share is part of whole in millionths, rounded down.
func share(part, whole int64) int64 {
	product := new(big.Int).Mul(big.NewInt(part), big.NewInt(million))
	return product.Quo(product, big.NewInt(whole)).Int64()
}
