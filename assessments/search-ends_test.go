package assessments

import (
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// covering is a gap that closes where the chosen items together cover everything that any of them covers.
func covering(items ...string) func([]bool) int64 {
	union := func(chosen func(i int) bool) string {
		var all []rune
		for i, item := range items {
			if chosen(i) {
				all = append(all, []rune(item)...)
			}
		}
		slices.Sort(all)
		return string(slices.Compact(all))
	}
	whole := union(func(int) bool { return true })
	return func(chosen []bool) int64 {
		return int64(len(whole) - len(union(func(i int) bool { return chosen[i] })))
	}
}

func TestTheGreedySearchTakesWhatClosesMostAndDropsWhatTurnsOutNeedless(t *testing.T) {
	for name, c := range map[string]struct {
		items []string
		want  []int
	}{
		"two halves make the largest needless":      {[]string{"abcde", "abcghi", "fghij"}, []int{0, 2}},
		"where it stands first":                     {[]string{"abcghi", "abcde", "fghij"}, []int{1, 2}},
		"where it stands last":                      {[]string{"abcde", "fghij", "abcghi"}, []int{0, 1}},
		"a last small rest is needed":               {[]string{"abcdefghi", "j"}, []int{0, 1}},
		"of two that close all the first":           {[]string{"abc", "abc"}, []int{0}},
		"one that closes all, though two others do": {[]string{"abc", "def", "abcdef"}, []int{2}},
	} {
		require.Equal(t, c.want, greedy(len(c.items), covering(c.items...)), name)
	}
	together := func(chosen []bool) int64 {
		if chosen[1] && chosen[2] {
			return 0
		}
		return 10
	}
	require.Equal(t, []int{1, 2}, greedy(3, together), "neither closes any alone")
}

// An item under a cap: the low end stays below it until it is learned, and the high end may fall below it.
func TestWhatIsLearnedMayCapTheHighEnd(t *testing.T) {
	o := &outlook{
		items:   []item{{caps: map[Pillar]int{Probes: 39}}},
		pillars: []outlookPillar{{id: Probes, weight: 1, low: unit, high: unit, lowCap: uncapped, highCap: uncapped}},
	}
	low, high := o.ends([]bool{false})
	require.Equal(t, []int64{39 * unit, 100 * unit}, []int64{low, high})
	low, high = o.ends([]bool{true})
	require.Equal(t, []int64{100 * unit, 39 * unit}, []int64{low, high})
}

// Both ends have the same way to go to their bands: one does not make up for the other.
func TestEachEndHasAGapOfItsOwn(t *testing.T) {
	const slack = 40 // a pillar's units of share are a hundred of a point
	o := &outlook{
		items: []item{
			{lift: map[string]int64{"a": unit / 2}},
			{drop: map[string]int64{"a": unit / 2}},
		},
		pillars: []outlookPillar{{id: Probes, weight: 1, weights: map[string]int64{"a": 1}, high: unit*8/10 - slack, lowCap: uncapped, highCap: uncapped}},
	}
	require.Equal(t, []int{0, 1}, o.smallest())
}

func TestAGainIsRoundedDown(t *testing.T) {
	require.Equal(t, "+49.9", pointsGained(big.NewRat(499_999, 10_000)))
	require.Equal(t, "+50.0", pointsGained(big.NewRat(50, 1)))
	require.Equal(t, "+0.1", pointsGained(big.NewRat(1, 10)))
	require.Equal(t, "less than +0.1", pointsGained(big.NewRat(99_999, 1_000_000)))
}

func TestWaiversStayWithTheFindingsThatAreKept(t *testing.T) {
	a, b := &Waiver{Reason: "a"}, &Waiver{Reason: "b"}
	named := func(name string) failed { return failed{subject: Subject{Name: name}, severity: High} }
	v := &verdict{fails: []failed{named("c"), named("a"), named("d"), named("b")}, waivedBy: []*Waiver{nil, a, nil, b}}
	v.bound(3)
	require.Equal(t, []failed{named("c"), named("a"), named("d")}, v.fails, "the last of those under a waiver goes")
	require.Equal(t, []*Waiver{nil, a, nil}, v.waivedBy)
	require.Equal(t, []LeftOut{{Severity: High, Waived: 1}}, v.left.all())
}
