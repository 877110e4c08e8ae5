package drawing

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"plimsoll/assessments/engines"
	"plimsoll/assessments/engines/probe"
)

func of(n int64) *int64 { return &n }

const gib = int64(1 << 30)

func broker() engines.Start {
	liveness := probe.Figures{InitialDelaySeconds: 10, PeriodSeconds: 20, TimeoutSeconds: 1, FailureThreshold: 3}
	return engines.Start{Name: "events/kafka · broker", Guard: probe.ByLiveness, Probe: liveness, Liveness: &liveness,
		Readiness: &probe.Figures{PeriodSeconds: 10, TimeoutSeconds: 1, FailureThreshold: 3}, LowSeconds: 540, HighSeconds: 540}
}

func mended() engines.Start {
	s := broker()
	s.Guard, s.Probe = probe.ByStartup, probe.Figures{PeriodSeconds: 10, TimeoutSeconds: 1, FailureThreshold: 81}
	return s
}

func exhibitScenes() map[string]Scene {
	road := engines.Road{From: "1.33", Stops: []engines.Stop{
		{Minor: "1.33"}, {Minor: "1.34", Blocks: 1, Breaks: 2, Named: []string{"docker on 4 nodes", "PodSecurityPolicy"}, Ended: true}, {Minor: "1.35", Untested: 3, Named: []string{"calico 3.26"}}, {Minor: "1.36"}},
		InPlace: engines.Side{Steps: 3, LeastDrains: 1, MostDrains: 3}, Fresh: engines.Side{Steps: 1},
		Moves: []engines.Moved{{What: "volumes of ebs.csi.aws.com", Count: 31}, {What: "services of a load balancer", Count: 4}}}
	parts := []engines.MemoryPart{{Name: "heap", Bytes: 2 * gib}, {Name: "class metadata", Bytes: gib / 4}, {Name: "compiled code", Bytes: gib / 4}, {Name: "thread stacks", Bytes: gib / 5}, {Name: "direct buffers", Bytes: gib / 8}, {Name: "collector", Bytes: gib / 9}}
	growing := engines.Curve{Name: "Nodes' pod ranges", Size: 64, PerMile: 6000, FillsOn: "2027-01-31", Grows: "2027-01-31",
		Points: []engines.CurvePoint{{Day: "2026-08-01", Count: 31}, {Day: "2026-09-15", Count: 40}, {Day: "2026-11-20", Count: 54}}}
	flood := engines.Flood{Name: "edge-1", Arrivals: 900, Max: 262_144, Lifetimes: []engines.FloodState{
		{Words: "closed in order", Seconds: 120}, {Words: "left half closed", Seconds: 3600, FullAfter: of(292)}, {Words: "left open", Seconds: 86_400, FullAfter: of(292)}}}
	return map[string]Scene{
		"road":               Road(road, 760),
		"road-on-a-phone":    Road(road, 340),
		"start-that-loops":   Starting(broker(), 540, 760),
		"start-that-mends":   Starting(mended(), 540, 340),
		"memory-over":        Memory(engines.Memory{Name: "payments/risk · app", Parts: parts, LimitBytes: of(2 * gib), RequestBytes: of(gib)}),
		"memory-to-spare":    Memory(engines.Memory{Name: "payments/ledger · app", Parts: parts[:1], LimitBytes: of(4 * gib)}),
		"curve-that-fills":   Curve(growing),
		"curve-of-one-point": Curve(engines.Curve{Name: "Pool public metallb", Size: 16, Grows: "not known", Points: []engines.CurvePoint{{Count: 15}}}),
		"flood":              Flood(flood),
	}
}

// requireClear holds a scene's marks and words inside its frame, and its words apart from each other.
func requireClear(t require.TestingT, s Scene) {
	type box struct{ x1, y1, x2, y2 float64 }
	var words []box
	inside := func(x, y float64) {
		require.False(t, math.IsNaN(x) || math.IsNaN(y), s.Title)
		require.True(t, x >= -0.01 && x <= s.Width+0.01 && y >= -0.01 && y <= s.Height+0.01, "%s: %v, %v of %v, %v", s.Title, x, y, s.Width, s.Height)
	}
	for _, shape := range s.Shapes {
		switch shape := shape.(type) {
		case Path:
			for _, segment := range shape.Segments {
				for _, p := range segment.Points {
					inside(p.X, p.Y)
				}
			}
		case Text:
			width := textWidth(shape.Value, shape.Size, shape.Bold)
			x := shape.At.X
			switch shape.Anchor {
			case Middle:
				x -= width / 2
			case End:
				x -= width
			}
			b := box{x, shape.At.Y - 0.72*shape.Size, x + width, shape.At.Y + 0.2*shape.Size}
			inside(b.x1, b.y1)
			inside(b.x2, b.y2)
			for _, other := range words {
				apart := b.x2 <= other.x1 || other.x2 <= b.x1 || b.y2 <= other.y1 || other.y2 <= b.y1
				require.True(t, apart, "%s: %q runs into another: %v %v", s.Title, shape.Value, b, other)
			}
			words = append(words, b)
		}
	}
}

var names = rapid.SampledFrom([]string{"a", "web/storefront", "events/kafka · broker", strings.Repeat("m", 63) + "/" + strings.Repeat("W", 63), strings.Repeat("語", 80), ""})

func TestNoRoadRunsOverItsFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(0, 1_000_000)
		r := engines.Road{InPlace: engines.Side{Steps: count.Draw(t, "steps"), LeastDrains: 1, MostDrains: count.Draw(t, "drains"), BackDays: rapid.IntRange(0, 30).Draw(t, "days")}, Fresh: engines.Side{Steps: 1}}
		for range rapid.IntRange(0, 40).Draw(t, "stops") {
			r.Stops = append(r.Stops, engines.Stop{Minor: rapid.SampledFrom([]string{"1.9", "1.37"}).Draw(t, "minor"), Blocks: count.Draw(t, "blocks"), Breaks: count.Draw(t, "breaks"),
				Untested: count.Draw(t, "untested"), Ended: rapid.Bool().Draw(t, "ended"), Named: rapid.SliceOfN(names, 0, 3).Draw(t, "named")})
		}
		for range rapid.IntRange(0, 12).Draw(t, "moves") {
			r.Moves = append(r.Moves, engines.Moved{What: names.Draw(t, "what"), Count: count.Draw(t, "count")})
		}
		requireClear(t, Road(r, rapid.SampledFrom([]float64{340, 560, 760}).Draw(t, "width")))
	})
}

func TestNoStartRunsOverItsFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figures := func(name string) probe.Figures {
			n := rapid.Int64Range(1, 1<<31-1)
			if rapid.Bool().Draw(t, name+" small") {
				n = rapid.Int64Range(1, 90)
			}
			return probe.Figures{InitialDelaySeconds: n.Draw(t, name) - 1, PeriodSeconds: n.Draw(t, name), TimeoutSeconds: n.Draw(t, name), FailureThreshold: n.Draw(t, name)}
		}
		s := engines.Start{Name: names.Draw(t, "name"), Guard: rapid.SampledFrom([]probe.Guard{probe.ByLiveness, probe.ByStartup}).Draw(t, "guard"), Probe: figures("probe"), StopSeconds: rapid.Int64Range(0, 600).Draw(t, "stop")}
		if rapid.Bool().Draw(t, "others") {
			liveness, readiness := figures("liveness"), figures("readiness")
			s.Liveness, s.Readiness = &liveness, &readiness
		}
		requireClear(t, Starting(s, rapid.Int64Range(1, 86_400).Draw(t, "recovery"), rapid.SampledFrom([]float64{340, 760}).Draw(t, "width")))
	})
}

func TestPartsOfMemoryStandInOrderAndSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.Int64Range(0, 1<<42)
		m := engines.Memory{Name: names.Draw(t, "name")}
		sum := int64(0)
		for range rapid.IntRange(1, 6).Draw(t, "parts") {
			part := engines.MemoryPart{Name: names.Draw(t, "part"), Bytes: bytes.Draw(t, "bytes")}
			m.Parts, sum = append(m.Parts, part), sum+part.Bytes
		}
		if rapid.Bool().Draw(t, "limited") {
			m.LimitBytes, m.RequestBytes = of(bytes.Draw(t, "limit")), of(bytes.Draw(t, "request"))
		}
		s := Memory(m)
		requireClear(t, s)
		drawn, ground := 0.0, 0.0
		for _, shape := range s.Shapes {
			path, ok := shape.(Path)
			if !ok || path.Stroke != None || path.Segments[0].Points[0].Y != 46 {
				continue
			}
			if width := path.Segments[1].Points[0].X - path.Segments[0].Points[0].X; path.Fill == Ground {
				ground = width
			} else {
				drawn += width
			}
		}
		most := max(sum, 1)
		if m.LimitBytes != nil {
			most = max(most, *m.LimitBytes, *m.RequestBytes)
		}
		require.InDelta(t, float64(sum)/float64(most), drawn/ground, 1e-6)
	})
}

func TestNoCurveRunsOverItsFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.Int64Range(0, 1<<48)
		c := engines.Curve{Name: names.Draw(t, "name"), Size: count.Draw(t, "size"), PerMile: rapid.Int64Range(-1<<62, 1<<62).Draw(t, "growth"), Grows: names.Draw(t, "grows"),
			FillsOn: rapid.SampledFrom([]string{"", "2026-11-20", "2036-01-01"}).Draw(t, "fills")}
		for _, day := range []string{"2025-01-01", "2026-11-19", "2026-11-20"}[rapid.IntRange(0, 2).Draw(t, "first"):] {
			c.Points = append(c.Points, engines.CurvePoint{Day: day, Count: count.Draw(t, "count")})
		}
		requireClear(t, Curve(c))
		life := rapid.Int64Range(0, 1_000_000_000)
		f := engines.Flood{Name: c.Name, Arrivals: rapid.Int64Range(1, 10_000_000).Draw(t, "arrivals"), Max: c.Size}
		for range rapid.IntRange(1, 3).Draw(t, "states") {
			state := engines.FloodState{Words: names.Draw(t, "state"), Seconds: life.Draw(t, "life")}
			if rapid.Bool().Draw(t, "fills") {
				state.FullAfter = of(rapid.Int64Range(0, 1<<48).Draw(t, "after"))
			}
			f.Lifetimes = append(f.Lifetimes, state)
		}
		requireClear(t, Flood(f))
	})
}

func TestTheGoldensAreClear(t *testing.T) {
	for _, scene := range exhibitScenes() {
		requireClear(t, scene)
		require.NotEmpty(t, scene.Description, scene.Title)
	}
}

func TestAStartIsToldAsTheEngineComputesIt(t *testing.T) {
	require.Contains(t, Starting(broker(), 540, 760).Description, "never recovered")
	require.Contains(t, Starting(broker(), 70, 760).Description, "Recovered after 70 s, not killed")
	require.Contains(t, Starting(mended(), 540, 760).Description, "Recovered after 9 min, not killed")
}
