package assessments

import "math/big"

// All scores are exact fractions until they are shown; nothing here ever writes to an operand.
var (
	zero    = new(big.Rat)
	one     = big.NewRat(1, 1)
	hundred = big.NewRat(100, 1)
	million = big.NewRat(1_000_000, 1)
)

func sum(a, b *big.Rat) *big.Rat     { return new(big.Rat).Add(a, b) }
func product(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func ratio(a, b *big.Rat) *big.Rat   { return new(big.Rat).Quo(a, b) }
func less(a, b *big.Rat) bool        { return a.Cmp(b) < 0 }

func lesser(a, b *big.Rat) *big.Rat {
	if less(b, a) {
		return b
	}
	return a
}

func greater(a, b *big.Rat) *big.Rat {
	if less(a, b) {
		return b
	}
	return a
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// micros is the one rounding: down, to millionths of the unit that r counts. r is never negative.
func micros(r *big.Rat) Micros {
	m := product(r, million)
	return Micros(new(big.Int).Quo(m.Num(), m.Denom()).Int64())
}

func microsOrNil(r *big.Rat) *Micros {
	if r == nil {
		return nil
	}
	m := micros(r)
	return &m
}

// span is a value that may be known in part. A span without a point is wholly unknown: [0, 1] of its unit.
type span struct {
	applies   bool
	point     *big.Rat // nil: nothing known
	low, high *big.Rat
	known     *big.Rat // the share of it that is known, 0 to 1
}

var (
	outOfSums     = span{low: zero, high: zero, known: zero}
	whollyUnknown = span{applies: true, low: zero, high: one, known: zero}
)

// meanOf adds up spans by weight: the point over those that have one, the ends and the known share over all that apply.
type meanOf struct {
	weight, pointWeight     *big.Rat
	point, low, high, known *big.Rat
}

func newMean() *meanOf {
	return &meanOf{weight: new(big.Rat), pointWeight: new(big.Rat), point: new(big.Rat), low: new(big.Rat), high: new(big.Rat), known: new(big.Rat)}
}

func (m *meanOf) add(weight *big.Rat, s span) {
	if !s.applies {
		return
	}
	m.weight.Add(m.weight, weight)
	m.low.Add(m.low, product(weight, s.low))
	m.high.Add(m.high, product(weight, s.high))
	m.known.Add(m.known, product(weight, s.known))
	if s.point != nil {
		m.pointWeight.Add(m.pointWeight, weight)
		m.point.Add(m.point, product(weight, s.point))
	}
}

func (m *meanOf) span() span {
	if m.weight.Sign() == 0 {
		return outOfSums
	}
	s := span{applies: true, low: ratio(m.low, m.weight), high: ratio(m.high, m.weight), known: ratio(m.known, m.weight)}
	if m.pointWeight.Sign() > 0 {
		s.point = ratio(m.point, m.pointWeight)
	}
	return s
}

// units are thousand-millionths, rounded down: for searches that compare, never for a score.
func units(r *big.Rat) int64 {
	u := product(r, whole(unit))
	return new(big.Int).Quo(u.Num(), u.Denom()).Int64()
}
