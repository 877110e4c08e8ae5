package drawing

import (
	"fmt"
	"math"
	"slices"
)

// LoadLine draws the headline as a ship seen from ahead: the deck is 0, the keel 100, so that a platform with a high score
// rides high. Water certainly reaches the lower edge of the interval; between its edges it may stand. The disc and its line
// sit at 70: water above them is a ship loaded too deep.
func LoadLine(i Interval) Scene {
	const (
		width, height = 420.0, 320.0
		deck, keel    = 52.0, 280.0
	)
	s := Scene{Width: width, Height: height, Title: "Load line", Description: "The score of the lowest pillar is " + i.Words() + ". The load line lies at 70."}
	y := func(points float64) float64 { return deck + points/100*(keel-deck) }

	wet, dry := y(i.High), y(i.Low) // the surface lies between dry (above) and wet (below)
	s.add(water(width, wet, height, Water))
	if wet-dry > 0.5 {
		s.add(water(width, dry, wet+3, WaterMaybe))
	}
	s.add(deckhouse(deck)...)
	s.add(polygon(Hull, hullPoints(deck, keel, deck)...))
	if wet-dry > 0.5 {
		s.add(polygon(HullMaybe, hullPoints(deck, keel, dry)...))
	}
	s.add(polygon(HullDeep, hullPoints(deck, keel, wet)...))
	if i.Point != nil {
		s.add(waveLine(0, width, y(*i.Point), 3, Surface))
	}
	s.add(ladder(y)...)
	s.add(disc(y(70))...)
	s.add(levels(i, y, width)...)
	return s
}

const hullCentre, hullHalf = 210.0, 122.0

// hullSide gives the hull's half width at a height: straight sides that lean in a little, then a round bilge and a flat keel.
func hullSide(deck, keel, at float64) float64 {
	const bilge, lean, flat = 0.66, 0.05, 0.42
	t := (at - deck) / (keel - deck)
	if t <= bilge {
		return hullHalf * (1 - lean*t)
	}
	u := (t - bilge) / (1 - bilge)
	side := hullHalf * (1 - lean*bilge)
	return side * (flat + (1-flat)*math.Sqrt(math.Max(0, 1-u*u)))
}

// hullPoints outlines the hull from a height down to the keel, denser where the bilge bends.
func hullPoints(deck, keel, from float64) []Point {
	const steps = 48
	from = math.Min(math.Max(from, deck), keel)
	var left, right []Point
	for k := 0; k <= steps; k++ {
		rest := 1 - float64(k)/steps
		at := keel - (keel-from)*rest*rest
		half := hullSide(deck, keel, at)
		left = append(left, Point{hullCentre - half, at})
		right = append(right, Point{hullCentre + half, at})
	}
	slices.Reverse(right)
	return append(left, right...)
}

// deckhouse stands on the deck, so that the hull reads as a ship.
func deckhouse(deck float64) []Shape {
	shapes := []Shape{
		line(hullCentre, deck-40, hullCentre, deck-24, 3, Hull),
		rect(hullCentre-46, deck-26, 92, 27, Hull),
		rect(hullCentre-hullHalf-5, deck-3, 2*hullHalf+10, 4, Hull),
	}
	for k := range 5 {
		shapes = append(shapes, rect(hullCentre-37+float64(k)*16, deck-18, 10, 7, Paper))
	}
	return shapes
}

// ladder is the row of marks at the bands' ends, as on a ship's side.
func ladder(y func(float64) float64) []Shape {
	const post = hullCentre + 40
	shapes := []Shape{line(post, y(0)+8, post, y(85), 1.5, Chalk)}
	for _, mark := range []float64{40, 70, 85} {
		shapes = append(shapes, line(post, y(mark), post+20, y(mark), 3, Chalk),
			Text{At: Point{post + 25, y(mark) + 4}, Size: 12, Anchor: Start, Fill: Chalk, Value: fmt.Sprint(int(mark))})
	}
	return shapes
}

// disc is the Plimsoll mark.
func disc(at float64) []Shape {
	const cx, r = hullCentre - 34, 25.0
	return []Shape{circle(cx, at, r, None, Chalk, 5), line(cx-r-16, at, cx+r+16, at, 5, Chalk)}
}

func water(width, top, bottom float64, fill Role) Path {
	p := Path{Fill: fill, Segments: waves(0, width, top)}
	p.Segments = append(p.Segments, Segment{LineTo, []Point{{width, bottom}}}, Segment{LineTo, []Point{{0, bottom}}}, Segment{Verb: Close})
	return p
}

func waveLine(from, to, at, width float64, stroke Role) Path {
	return Path{Stroke: stroke, Width: width, Segments: waves(from, to, at)}
}

// waves is a calm sea: long shallow swells around a height.
func waves(from, to, at float64) []Segment {
	const length, swell = 42.0, 2.4
	segments := []Segment{{MoveTo, []Point{{from, at}}}}
	sign := -1.0
	for x := from; x < to-0.01; x += length {
		end := math.Min(x+length, to)
		third := (end - x) / 3
		segments = append(segments, Segment{CurveTo, []Point{{x + third, at + sign*swell}, {end - third, at + sign*swell}, {end, at}}})
		sign = -sign
	}
	return segments
}

// levels names the edges of the interval at the left and the point at the right, kept from running into each other.
func levels(i Interval, y func(float64) float64, width float64) []Shape {
	low, high := y(i.Low), y(i.High)
	var shapes []Shape
	if high-low > 0.5 {
		shapes = append(shapes, line(8, low, 40, low, 1, Ink), line(8, high, 40, high, 1, Ink))
		above, below := low-5, high+14
		shapes = append(shapes,
			Text{At: Point{8, above}, Size: 12, Anchor: Start, Fill: Ink, Value: fmt.Sprintf("low %d", int(i.Low))},
			Text{At: Point{8, below}, Size: 12, Anchor: Start, Fill: Ink, Value: fmt.Sprintf("high %d", int(i.High))})
	}
	if i.Point != nil {
		shapes = append(shapes, Text{At: Point{width - 8, y(*i.Point) - 8}, Size: 22, Bold: true, Anchor: End, Fill: Ink, Value: fmt.Sprint(int(*i.Point))})
	}
	return shapes
}
