package network

import (
	"math/big"
	"time"

	"plimsoll/assessments"
)

const (
	day = 24 * time.Hour
	// leastSpan: growth over less says nothing of months.
	leastSpan = 7 * day
	// horizon is how far ahead a straight line is drawn; what fills later is said to fill later.
	horizon = 10 * 365 * day
	// maxPoints bounds the history that a fit takes; the newest count.
	maxPoints = 1000
)

// Growth is the straight line through what earlier snapshots and this one counted.
type Growth struct {
	Known   bool   `json:"known"`
	Why     string `json:"why,omitzero"` // why it is not known
	Points  int    `json:"points,omitzero"`
	Since   string `json:"since,omitzero"` // day of the first point, YYYY-MM-DD
	PerMile int64  `json:"thousandthsPer30Days,omitzero"`
	// FillsOn is the day on which the range is full if it goes on growing so; empty where it does not grow, or Later.
	FillsOn  string `json:"fillsOn,omitzero"`
	DaysLeft *int64 `json:"daysLeft,omitzero"` // until FillsOn, from the snapshot on
	Later    bool   `json:"later,omitzero"`    // it grows, and fills more than ten years ahead
	// Seen are the points that the line was drawn through, or would be, from old to new.
	Seen []Point `json:"-"`
}

// Point is one count at one moment.
type Point struct {
	At    time.Time
	Count int64
}

// Points are the counts of earlier snapshots and of now, from old to new. A count of zero was not counted.
func Points(v assessments.View, earlier func(assessments.Earlier) int, now int64) []Point {
	var points []Point
	for _, e := range v.History {
		if n := earlier(e); n != 0 && e.TakenAt.Before(v.TakenAt) {
			points = append(points, Point{e.TakenAt, int64(n)})
		}
	}
	points = append(points, Point{v.TakenAt, now})
	return points[max(0, len(points)-maxPoints):]
}

// Fit draws the line of least squares through points from old to new, and goes on from the last of them to the size.
func Fit(points []Point, size int64) Growth {
	if len(points) < 2 {
		return Growth{Why: "one snapshot tells no growth; two that are a week apart do", Seen: points}
	}
	first, last := points[0], points[len(points)-1]
	g := Growth{Seen: points, Points: len(points), Since: first.At.UTC().Format(time.DateOnly)}
	if last.At.Sub(first.At) < leastSpan {
		g.Why = "the snapshots are less than a week apart"
		return g
	}
	rise, run := slope(points)
	g.Known = true
	g.PerMile = perMonth(rise, run)
	left := size - last.Count
	switch {
	case left <= 0:
		g.fills(last.At, 0)
	case rise.Sign() > 0:
		seconds := new(big.Int).Mul(big.NewInt(left), run)
		seconds.Quo(seconds, rise)
		if !seconds.IsInt64() || seconds.Int64() > int64(horizon/time.Second) {
			g.Later = true
			break
		}
		g.fills(last.At, seconds.Int64())
	}
	return g
}

func (g *Growth) fills(from time.Time, afterSeconds int64) {
	days := afterSeconds / int64(day/time.Second)
	g.DaysLeft = &days
	g.FillsOn = from.Add(time.Duration(afterSeconds) * time.Second).UTC().Format(time.DateOnly)
}

// slope is rise over run, in counts per second, with a positive run: points lie at more than one moment.
func slope(points []Point) (rise, run *big.Int) {
	var n, sumT, sumY, sumTT, sumTY big.Int
	n.SetInt64(int64(len(points)))
	for _, p := range points {
		t, y := big.NewInt(int64(p.At.Sub(points[0].At)/time.Second)), big.NewInt(p.Count)
		sumT.Add(&sumT, t)
		sumY.Add(&sumY, y)
		sumTT.Add(&sumTT, new(big.Int).Mul(t, t))
		sumTY.Add(&sumTY, new(big.Int).Mul(t, y))
	}
	rise = new(big.Int).Sub(new(big.Int).Mul(&n, &sumTY), new(big.Int).Mul(&sumT, &sumY))
	run = new(big.Int).Sub(new(big.Int).Mul(&n, &sumTT), new(big.Int).Mul(&sumT, &sumT))
	return rise, run
}

// perMonth is the slope in thousandths of a count in 30 days, rounded towards zero and clamped to what a figure holds.
func perMonth(rise, run *big.Int) int64 {
	thousandths := new(big.Int).Mul(rise, big.NewInt(1000*30*int64(day/time.Second)))
	thousandths.Quo(thousandths, run)
	if !thousandths.IsInt64() {
		return int64(thousandths.Sign()) * (1<<63 - 1)
	}
	return thousandths.Int64()
}

// mulDiv is a*b/c rounded down, without overflow on the way.
func mulDiv(a, b, c int64) int64 {
	product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	product.Quo(product, big.NewInt(c))
	if !product.IsInt64() {
		return 1<<63 - 1
	}
	return product.Int64()
}
