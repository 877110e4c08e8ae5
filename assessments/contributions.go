package assessments

import (
	"cmp"
	"math/big"
	"slices"
)

// contributions splits the pillar's value before caps over its controls in millionths of a point, by largest remainder: they
// sum to it exactly. Controls without a point add nothing.
func (p *pillarResult) contributions() []Micros {
	parts := make([]Micros, len(p.controls))
	if p.plain.point == nil {
		return parts
	}
	weights := new(big.Rat)
	for _, c := range p.controls {
		if c.score.point != nil {
			weights.Add(weights, whole(int64(c.control.Weight)))
		}
	}
	remainders := make([]*big.Rat, len(p.controls))
	missing := micros(p.plain.point)
	for i, c := range p.controls {
		remainders[i] = zero
		if c.score.point == nil {
			continue
		}
		exact := ratio(product(product(c.score.point, hundred), whole(int64(c.control.Weight))), weights)
		parts[i] = micros(exact)
		remainders[i] = new(big.Rat).Sub(product(exact, million), whole(int64(parts[i])))
		missing -= parts[i]
	}
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(remainders[b].Cmp(remainders[a]), cmp.Compare(p.controls[a].control.ID, p.controls[b].control.ID))
	})
	for _, i := range order[:missing] {
		parts[i]++
	}
	return parts
}
