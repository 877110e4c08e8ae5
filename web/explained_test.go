package web

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

// What is printed adds up as it is read: the parts to the last row, and that to the two scores beside it.
func TestPrintedMovementsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 51))
	tenths := func(text string) int {
		n, err := strconv.Atoi(strings.NewReplacer("−", "-", "+", "", ".", "").Replace(text))
		require.NoError(t, err, text)
		return n
	}
	for range 2000 {
		from := assessments.Micros(r.Int64N(100_000_001))
		to := from
		m := Movement{From: &from, To: &to}
		for range r.IntN(9) {
			moved := min(max(assessments.Micros(r.Int64N(20_000_000)-10_000_000), -to), 100_000_000-to)
			m.Parts = append(m.Parts, MovedPart{Moved: moved})
			to += moved
		}
		printed := m.printed()
		sum := 0
		for i := range m.Parts {
			sum += tenths(printed[i])
			require.InDelta(t, float64(m.Parts[i].Moved)/100_000, tenths(printed[i]), 1)
		}
		require.Equal(t, sum, tenths(printed[len(m.Parts)]))
		require.Equal(t, tenths(scoreTenths(&to))-tenths(scoreTenths(&from)), sum)
	}
}
