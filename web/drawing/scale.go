package drawing

import "fmt"

// Scale draws an interval on a plain ladder from 0 to 100 with marks of its own, for what is no load line: need and ability.
func Scale(name string, i Interval, marks ...float64) Scene {
	const width, height, left, right, top, deep = 320.0, 37.0, 4.0, 4.0, 6.0, 14.0
	s := Scene{Width: width, Height: height, Title: name, Description: i.Words()}
	x := func(points float64) float64 { return left + points/100*(width-left-right) }
	s.add(rect(x(0), top, x(100)-x(0), deep, Ground))
	if i.High > i.Low {
		s.add(rect(x(i.Low), top, x(i.High)-x(i.Low), deep, Water))
	}
	for _, mark := range marks {
		s.add(line(x(mark), top, x(mark), top+deep+4, 1.25, Muted))
		s.add(Text{At: Point{x(mark), height - 1}, Size: 8.5, Anchor: Middle, Fill: Muted, Value: fmt.Sprint(int(mark))})
	}
	s.add(Text{At: Point{x(0), height - 1}, Size: 8.5, Anchor: Start, Fill: Muted, Value: "0"},
		Text{At: Point{x(100), height - 1}, Size: 8.5, Anchor: End, Fill: Muted, Value: "100"})
	if i.Point != nil {
		s.add(rect(x(*i.Point)-2.25, top-5, 4.5, deep+9, Ink))
	}
	return s
}
