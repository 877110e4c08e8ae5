package assessments

import "math/big"

// platformResult is all pillars with the headline: the lowest pillar that applies governs.
type platformResult struct {
	pillars []pillarResult
	score   span
	range_  Range
}

func (m *model) platform(s suppose) platformResult {
	p := platformResult{}
	for _, id := range Pillars {
		p.pillars = append(p.pillars, m.pillar(id, s))
	}
	p.score = headline(p.pillars)
	p.range_ = rangeOf(p.score, evidenceShare(p.pillars))
	return p
}

// headline is the minimum of the pillars' points, lows and highs, the point clamped into the interval.
func headline(pillars []pillarResult) span {
	h := outOfSums
	weight, known := new(big.Rat), new(big.Rat)
	for _, p := range pillars {
		if !p.score.applies {
			continue
		}
		weight.Add(weight, p.weight)
		known.Add(known, product(p.weight, p.score.known))
		if !h.applies {
			h = span{applies: true, point: p.score.point, low: p.score.low, high: p.score.high}
			continue
		}
		h.low, h.high = lesser(h.low, p.score.low), lesser(h.high, p.score.high)
		if p.score.point != nil && (h.point == nil || less(p.score.point, h.point)) {
			h.point = p.score.point
		}
	}
	if !h.applies {
		return h
	}
	h.known = ratio(known, weight)
	if h.point != nil {
		h.point = greater(h.low, lesser(h.point, h.high))
	}
	return h
}

func evidenceShare(pillars []pillarResult) *big.Rat {
	weight, known := new(big.Rat), new(big.Rat)
	for _, p := range pillars {
		if p.score.applies {
			weight.Add(weight, p.weight)
			known.Add(known, product(p.weight, p.evidenceKnown))
		}
	}
	if weight.Sign() == 0 {
		return zero
	}
	return ratio(known, weight)
}

func rangeOf(s span, evidenceKnown *big.Rat) Range {
	return Range{Value: microsOrNil(s.point), Low: micros(s.low), High: micros(s.high), Coverage: micros(s.known), EvidenceCoverage: micros(evidenceKnown)}
}

// defaultPillarWeights are the weights of the mean that stands beside the headline.
var defaultPillarWeights = map[Pillar]int{Lifecycle: 25, Delivery: 20, JVM: 15, Probes: 20, Networking: 20}

// PillarWeight is the pillar's weight in the mean: the organization's own, or the default.
func (s Settings) PillarWeight(p Pillar) int {
	if weight, ok := s.PillarWeights[p]; ok {
		return max(weight, 0)
	}
	return defaultPillarWeights[p]
}

// mean of the pillars' points by the organization's weights; nil where no pillar with a weight has a point.
func (p *platformResult) mean(settings Settings) *Micros {
	mean := newMean()
	for _, pillar := range p.pillars {
		mean.add(whole(int64(settings.PillarWeight(pillar.id))), pillar.score)
	}
	return microsOrNil(mean.span().point)
}

// bandFloors are where the bands of the load line begin, in points.
var bandFloors = []struct {
	floor int64
	band  Band
}{{85, Seaworthy}, {70, SeaworthyWithConditions}, {40, LowFreeboard}, {0, Submerged}}

// bandOf a score from 0 to 100, unrounded.
func bandOf(points *big.Rat) Band {
	for _, b := range bandFloors {
		if !less(points, whole(b.floor)) {
			return b.band
		}
	}
	return Submerged
}

// Floor is the point that the band begins at; false for a word that is no band.
func (b Band) Floor() (points int64, known bool) {
	for _, each := range bandFloors {
		if each.band == b {
			return each.floor, true
		}
	}
	return 0, false
}
