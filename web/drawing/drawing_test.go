package drawing

import (
	"encoding/xml"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite goldens")

func at(points float64) *float64 { return &points }

func scenes() map[string]Scene {
	all := exhibitScenes()
	maps.Copy(all, map[string]Scene{
		"load-line-between-two-bands": LoadLine(Interval{Point: at(58), Low: 51, High: 74}),
		"load-line-fully-known":       LoadLine(Interval{Point: at(86), Low: 86, High: 86}),
		"load-line-nothing-known":     LoadLine(Interval{Low: 0, High: 100}),
		"bar":                         Bar("Probes", Interval{Point: at(39), Low: 39, High: 62}),
		"trend-with-a-new-yardstick": Trend([]Moment{
			{Label: "1 Jun", Interval: Interval{Point: at(34), Low: 20, High: 70}},
			{Label: "8 Jun", Interval: Interval{Low: 0, High: 100}},
			{Label: "1 Jul", Interval: Interval{Point: at(50), Low: 40, High: 60}, Yardstick: "2", NewYardstick: true},
			{Label: "1 Aug", Interval: Interval{Point: at(58), Low: 51, High: 74}, Name: "Before the migration"},
		}),
	})
	return all
}

func svg(t require.TestingT, s Scene) string {
	var b strings.Builder
	require.NoError(t, s.WriteSVG(&b, "x"))
	return b.String()
}

func TestScenesAreDrawnAsBefore(t *testing.T) {
	for name, scene := range scenes() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name+".svg")
			got := svg(t, scene) + "\n"
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

func TestASceneIsWellFormedAndCarriesNoStyle(t *testing.T) {
	for name, scene := range scenes() {
		text := svg(t, scene)
		require.NotContains(t, text, "style", name)
		decoder := xml.NewDecoder(strings.NewReader(text))
		for {
			_, err := decoder.Token()
			if err == io.EOF {
				break
			}
			require.NoError(t, err, name)
		}
	}
}

func TestEveryRoleInUseIsListed(t *testing.T) {
	for name, scene := range scenes() {
		for _, shape := range scene.Shapes {
			switch shape := shape.(type) {
			case Path:
				for _, role := range []Role{shape.Fill, shape.Stroke} {
					require.True(t, role == None || slices.Contains(Roles, role), "%s uses %q", name, role)
				}
			case Text:
				require.Contains(t, Roles, shape.Fill, name)
			}
		}
	}
}

func TestTextOfTenantsStaysInert(t *testing.T) {
	text := svg(t, Bar("<script>alert(1)</script>\u202eevil\x00", Interval{Low: 0, High: 100}))
	require.NotContains(t, text, "<script>")
	require.NotContains(t, text, "\u202e")
	require.NotContains(t, text, "\x00")
}

func TestBandsMeetAtTheirEnds(t *testing.T) {
	for points, want := range map[float64]Role{0: Bad, 39.999: Bad, 40: Poor, 69.9: Poor, 70: Fair, 84.99: Fair, 85: Good, 100: Good} {
		require.Equal(t, want, BandOf(points), "%v", points)
	}
}

func TestEveryShapeStaysInsideItsScene(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(0, 100).Draw(t, "low")
		high := rapid.Float64Range(low, 100).Draw(t, "high")
		point := rapid.Float64Range(low, high).Draw(t, "point")
		i := Interval{Point: &point, Low: low, High: high}
		for _, scene := range []Scene{LoadLine(i), Bar("x", i), Trend([]Moment{{Label: "a", Interval: i, Name: "n"}, {Label: "b", Interval: i, NewYardstick: true, Name: "n"}})} {
			for _, shape := range scene.Shapes {
				switch shape := shape.(type) {
				case Path:
					for _, segment := range shape.Segments {
						for _, p := range segment.Points {
							require.True(t, p.X >= -0.01 && p.X <= scene.Width+0.01 && p.Y >= -3 && p.Y <= scene.Height+3, "%s: %v", scene.Title, p)
						}
					}
				case Text:
					require.True(t, shape.At.X >= 0 && shape.At.X <= scene.Width && shape.At.Y >= 0 && shape.At.Y <= scene.Height, "%s: %v", scene.Title, shape)
				}
			}
		}
	})
}

// A band never spans two yardsticks, and each milestone has one flag.
func TestATrendBreaksAtANewYardstickAndFlagsMilestones(t *testing.T) {
	i := Interval{Point: at(50), Low: 40, High: 60}
	count := func(scene Scene, fill Role) (n int) {
		for _, shape := range scene.Shapes {
			if path, ok := shape.(Path); ok && path.Fill == fill {
				n++
			}
		}
		return n
	}
	plain := Trend([]Moment{{Interval: i}, {Interval: i}, {Interval: i}})
	require.Equal(t, 1, count(plain, Water))
	require.Zero(t, count(plain, Ink))
	broken := Trend([]Moment{{Interval: i, Name: "Go-live"}, {Interval: i, NewYardstick: true, Yardstick: "2"}, {Interval: i, Name: "Move"}})
	require.Equal(t, 2, count(broken, Water))
	require.Equal(t, 2, count(broken, Ink))
	require.Contains(t, broken.Description, "milestone “Go-live”")
}
