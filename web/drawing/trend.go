package drawing

import (
	"fmt"
	"strings"
)

// Moment is one result in time.
type Moment struct {
	Label string // the day, as shown
	Interval
	Yardstick    string // the content version
	NewYardstick bool   // the content version changed here: the line breaks
}

// Trend draws results from old to new: each interval as water, points joined where the yardstick is the same.
func Trend(moments []Moment) Scene {
	const width, height, left, right, top, bottom = 420.0, 200.0, 30.0, 34.0, 16.0, 30.0
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
		s.add(Text{At: Point{left - 6, y(mark) + 4}, Size: 11, Anchor: End, Fill: Muted, Value: fmt.Sprint(int(mark))})
	}
	s.add(line(left, y(70), width-right, y(70), 1.5, Mark, 5, 4))
	var previous *Point
	for k, m := range moments {
		if m.High > m.Low {
			s.add(rect(x(k)-5, y(m.High), 10, y(m.Low)-y(m.High), Water))
		}
		if m.NewYardstick {
			previous = nil
			s.add(line(x(k)-9, top, x(k)-9, height-bottom, 1, Muted, 2, 3))
			s.add(Text{At: Point{x(k) - 9, top - 4}, Size: 11, Anchor: yardstickAnchor(k, len(moments)), Fill: Muted, Value: "content " + m.Yardstick})
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
	s.add(trendLabels(moments, x, height-10)...)
	if n := len(moments); n > 0 && moments[n-1].Point != nil {
		last := *moments[n-1].Point
		s.add(Text{At: Point{x(n-1) + 10, y(last) + 5}, Size: 15, Bold: true, Anchor: Start, Fill: Ink, Value: fmt.Sprint(int(last))})
	}
	return s
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
			shapes = append(shapes, Text{At: Point{x(k), at}, Size: 11, Anchor: anchor, Fill: Muted, Value: m.Label})
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
		if m.NewYardstick {
			words[k] = "from here by content version " + m.Yardstick + ", another yardstick, " + words[k]
		}
	}
	return strings.Join(words, "; ") + "."
}
