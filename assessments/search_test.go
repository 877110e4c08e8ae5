package assessments

import (
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawOutlook draws a platform whose items lift and drop its controls' ends, and hold or let go of caps.
func drawOutlook(t *rapid.T) *outlook {
	o := &outlook{items: make([]item, rapid.IntRange(1, 7).Draw(t, "items"))}
	for i := range o.items {
		o.items[i] = item{lift: map[string]int64{}, drop: map[string]int64{}, caps: map[Pillar]int{}}
	}
	for n := range rapid.IntRange(1, 2).Draw(t, "pillars") {
		p := outlookPillar{id: Pillars[n], weights: map[string]int64{}, lowCap: uncapped, highCap: uncapped}
		for i := range o.items {
			id := string(p.id) + string(rune('a'+i))
			p.weights[id] = rapid.SampledFrom([]int64{1, 2, 3, 5}).Draw(t, "weight")
			p.weight += p.weights[id]
			width := rapid.SampledFrom([]int64{0, unit / 4, unit / 2, unit}).Draw(t, "width")
			o.items[i].lift[id], o.items[i].drop[id] = width, width
			p.high += p.weights[id] * width
			if rapid.IntRange(0, 4).Draw(t, "capped") == 0 {
				o.items[i].capAt(p.id, rapid.SampledFrom([]int{39, 59, 84}).Draw(t, "cap"))
			}
		}
		o.pillars = append(o.pillars, p)
	}
	return o
}

// gapOf is how far a choice leaves the ends from the bands that everything would bring them to.
func (o *outlook) gapOf(chosen uint) int64 {
	choice := func(mask uint) []bool {
		all := make([]bool, len(o.items))
		for i := range all {
			all[i] = mask>>i&1 == 1
		}
		return all
	}
	bestLow, worstHigh := o.ends(choice(1<<len(o.items) - 1))
	floor, ceiling := bandEdges(bestLow, worstHigh)
	low, high := o.ends(choice(chosen))
	return max(0, floor-low) + max(0, high-ceiling)
}

func maskOf(indices []int) (mask uint) {
	for _, i := range indices {
		mask |= 1 << i
	}
	return mask
}

// Both searches find a set that decides as much as everything, of which nothing can be left out; the exhaustive one a smallest, and
// of the smallest the first.
func TestPropertySearchesFindWhatDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOutlook(t)
		n := len(o.items)
		gap := func(chosen []bool) int64 { return o.gapOf(maskOf(indices(chosen))) }
		if o.gapOf(0) == 0 {
			require.Empty(t, o.smallest())
			return
		}
		first := uint(0)
		for mask := uint(1); mask < 1<<n; mask++ {
			if o.gapOf(mask) == 0 && (first == 0 || bits.OnesCount(mask) < bits.OnesCount(first)) {
				first = mask
			}
		}
		require.Equal(t, first, maskOf(o.smallest()))
		require.Equal(t, first, maskOf(exhaustive(n, gap)))
		gathered := maskOf(greedy(n, gap))
		require.Zero(t, o.gapOf(gathered))
		for i := range n {
			if gathered>>i&1 == 1 {
				require.NotZero(t, o.gapOf(gathered&^(1<<i)), "%d is not needed", i)
			}
		}
	})
}

func TestEdgesOfTheBandsThatCanBeReached(t *testing.T) {
	const slack = 2_000
	for _, c := range []struct{ best, worst, floor, ceiling int64 }{
		{100 * unit, 0, 85*unit - slack, 40*unit - slack},
		{85 * unit, 40 * unit, 85*unit - slack, 70*unit - slack},
		{85*unit - slack, 40*unit - slack, 85*unit - slack, 70*unit - slack},
		{85*unit - slack - 1, 40*unit - slack - 1, 70*unit - slack, 40*unit - slack},
		{70 * unit, 70 * unit, 70*unit - slack, 85*unit - slack},
		{69 * unit, 85 * unit, 40*unit - slack, 100 * unit},
		{39 * unit, 100 * unit, -slack, 100 * unit},
	} {
		floor, ceiling := bandEdges(c.best, c.worst)
		require.Equal(t, c.floor, floor, "best %d", c.best)
		require.Equal(t, c.ceiling, ceiling, "worst %d", c.worst)
	}
}
