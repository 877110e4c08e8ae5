package drawing

import (
	"fmt"
	"slices"
	"strings"
)

// Moment is one result in time.
type Moment struct {
	Label string // the day, as shown
	Interval
	Yardstick    string // the content version
	NewYardstick bool   // the content version changed here: the line breaks
	Name         string // of a milestone, which gets a flag
}

// Trend draws results from old to new: the intervals as a band of water, points joined where the yardstick is the same, milestones as
// flags. There is room beside and below for text up to 20 units tall, since a phone shows the drawing at two thirds and less.
func Trend(moments []Moment) Scene {
	const width, height, left, right, top, bottom = 420.0, 210.0, 42.0, 38.0, 24.0, 36.0
	s := Scene{Width: width, Height: height, Title: "Trend", Description: trendWords(moments)}
	y := func(points float64) float64 { return top + (100-points)/100*(height-top-bottom) }
	x := func(k int) float64 {
		if len(moments) < 2 {
			return (left + width - right) / 2
		}
		return left + 12 + float64(k)/float64(len(moments)-1)*(width-left-right-24)
	}
	for _, mark := range []float64{0, 40, 70, 85, 100} {
		s.add(line(left, y(mark), width-right, y(mark), 0.75, Hairline))
		s.add(Text{At: Point{left - 6, y(mark) + 4}, Size: 12, Anchor: End, Fill: Muted, Value: fmt.Sprint(int(mark))})
	}
	s.add(trendBands(moments, x, y)...)
	s.add(line(left, y(70), width-right, y(70), 1.5, Mark, 5, 4))
	var previous *Point
	for k, m := range moments {
		if m.Name != "" {
			s.add(trendFlag(x(k), top, height-bottom, 2*k >= len(moments))...)
		}
		if m.NewYardstick {
			previous = nil
			at := x(k)
			if k > 0 {
				at = (x(k-1) + x(k)) / 2
			}
			s.add(line(at, top, at, height-bottom, 1, Muted, 2, 3))
			s.add(Text{At: Point{at, top - 7}, Size: 12, Anchor: yardstickAnchor(k, len(moments)), Fill: Muted, Value: "content " + m.Yardstick})
		}
		if m.Point == nil {
			previous = nil
			continue
		}
		at := Point{x(k), y(*m.Point)}
		if previous != nil {
			s.add(line(previous.X, previous.Y, at.X, at.Y, 2, Surface))
		}
		previous = &at
	}
	for k, m := range moments {
		if m.Point != nil {
			s.add(circle(x(k), y(*m.Point), 4, Surface, Paper, 1.5))
		}
	}
	s.add(trendLabels(moments, x, height-12)...)
	if n := len(moments); n > 0 && moments[n-1].Point != nil {
		last := *moments[n-1].Point
		s.add(Text{At: Point{x(n-1) + 10, y(last) + 5}, Size: 15, Bold: true, Anchor: Start, Fill: Ink, Value: fmt.Sprint(int(last))})
	}
	return s
}

// trendBands fill what lies between the lows and the highs of results by the same yardstick; one alone is a bar.
func trendBands(moments []Moment, x func(int) float64, y func(float64) float64) []Shape {
	var bands []Shape
	for start := 0; start < len(moments); {
		end := start + 1
		for end < len(moments) && !moments[end].NewYardstick {
			end++
		}
		var above, below []Point
		for k := start; k < end; k++ {
			above, below = append(above, Point{x(k), y(moments[k].High)}), append(below, Point{x(k), y(moments[k].Low)})
		}
		if len(above) == 1 {
			const half = 5.0
			high, low := above[0], below[0]
			above, below = []Point{{high.X - half, high.Y}, {high.X + half, high.Y}}, []Point{{low.X - half, low.Y}, {low.X + half, low.Y}}
		}
		slices.Reverse(below)
		bands = append(bands, polygon(Water, append(above, below...)...))
		start = end
	}
	return bands
}

// trendFlag is a pole over the whole height with a pennant at its top, which points to where there is room.
func trendFlag(x, top, bottom float64, toLeft bool) []Shape {
	deep := 11.0
	if toLeft {
		deep = -deep
	}
	return []Shape{line(x, top, x, bottom, 1, Ink), polygon(Ink, Point{x, top}, Point{x + deep, top + 4.5}, Point{x, top + 9})}
}

// yardstickAnchor keeps the words at a break within the drawing.
func yardstickAnchor(k, n int) Anchor {
	switch {
	case 3*k < n:
		return Start
	case 3*k > 2*n:
		return End
	}
	return Middle
}

// trendLabels names the first and the last moment, and the middle one where there is room.
func trendLabels(moments []Moment, x func(int) float64, at float64) []Shape {
	var shapes []Shape
	named := map[int]Anchor{}
	switch n := len(moments); {
	case n == 0:
	case n == 1:
		named[0] = Middle
	default:
		named[0], named[n-1] = Start, End
		if n >= 5 {
			named[n/2] = Middle
		}
	}
	for k, m := range moments {
		if anchor, ok := named[k]; ok {
			shapes = append(shapes, Text{At: Point{x(k), at}, Size: 12, Anchor: anchor, Fill: Muted, Value: m.Label})
		}
	}
	return shapes
}

func trendWords(moments []Moment) string {
	if len(moments) == 0 {
		return "No result yet."
	}
	words := make([]string, len(moments))
	for k, m := range moments {
		words[k] = m.Label + ": " + m.Words()
		if m.Name != "" {
			words[k] += ", milestone “" + m.Name + "”"
		}
		if m.NewYardstick {
			words[k] = "from here by content version " + m.Yardstick + ", another yardstick, " + words[k]
		}
	}
	return strings.Join(words, "; ") + "."
}
