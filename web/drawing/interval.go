package drawing

import "fmt"

// Interval is a score from 0 to 100 points that may be known in part. Point is nil where nothing is known.
type Interval struct {
	Point     *float64
	Low, High float64
}

// bands are the ends of the load line's bands in points, worst first; the last ends at 100.
var bands = []struct {
	end  float64
	role Role
}{{40, Bad}, {70, Poor}, {85, Fair}, {100, Good}}

// BandOf is the role of the band that a value lies in.
func BandOf(points float64) Role {
	for _, band := range bands[:len(bands)-1] {
		if points < band.end {
			return band.role
		}
	}
	return Good
}

// Words says the interval in words: "58, between 51 and 74".
func (i Interval) Words() string {
	switch {
	case i.Point == nil:
		return fmt.Sprintf("nothing known yet: between %d and %d", int(i.Low), int(i.High))
	case int(i.Low) == int(i.High):
		return fmt.Sprintf("%d of 100, fully known", int(*i.Point))
	default:
		return fmt.Sprintf("%d of 100, between %d and %d", int(*i.Point), int(i.Low), int(i.High))
	}
}

// Bar draws an interval lying down: a ladder with the bands' marks, water from low to high, and the point as a bold upright.
func Bar(name string, i Interval) Scene {
	const width, height, left, right, top, deep = 320.0, 37.0, 4.0, 4.0, 6.0, 14.0
	s := Scene{Width: width, Height: height, Title: name, Description: i.Words()}
	x := func(points float64) float64 { return left + points/100*(width-left-right) }

	s.add(rect(x(0), top, x(100)-x(0), deep, Ground))
	if i.High > i.Low {
		s.add(rect(x(i.Low), top, x(i.High)-x(i.Low), deep, Water))
	}
	from := 0.0
	for _, band := range bands {
		s.add(rect(x(from)+0.5, top+deep+3, x(band.end)-x(from)-1, 3, band.role))
		from = band.end
	}
	s.add(line(x(i.Low), top-3, x(i.Low), top+deep+1, 1.25, Surface), line(x(i.High), top-3, x(i.High), top+deep+1, 1.25, Surface))
	if i.Point != nil {
		s.add(rect(x(*i.Point)-2.25, top-5, 4.5, deep+7, Ink))
	}
	for _, mark := range []float64{0, 40, 70, 85, 100} {
		anchor := Middle
		switch mark {
		case 0:
			anchor = Start
		case 100:
			anchor = End
		}
		s.add(Text{At: Point{x(mark), height - 1}, Size: 8.5, Anchor: anchor, Fill: Muted, Value: fmt.Sprint(int(mark))})
	}
	return s
}
