package drawing

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
)

// Road draws the way in place hop by hop from the top down, with what was found at each, and the new cluster beside it; where the
// width is under 560 the new cluster stands below.
func Road(r engines.Road, width float64) Scene {
	const left, right, narrow, lane = 6.0, 6.0, 560.0, 290.0
	s := Scene{Width: width, Title: "Roads to the target", Description: roadWords(r)}
	if len(r.Stops) == 0 {
		s.Height = 20
		return s
	}
	aside := width >= narrow
	room := width - left - right
	if aside {
		room -= lane + 16
	}
	s.add(label(left, 16, 14, room, Ink, true, "In place"), label(left, 36, 12.5, room, Muted, false, inPlaceWords(r.InPlace)))
	y := 66.0
	first, step := y, stepOf(len(r.Stops))
	last := first + float64(len(r.Stops)-1)*step
	const post = left + 8
	s.add(line(post, first, post, last, 4, Water))
	for i, stop := range r.Stops {
		s.stop(stop, i, len(r.Stops), post, first+float64(i)*step, room-16, step)
	}
	bottom := last + min(step, 34)
	x, top := width-right-lane, first
	if aside {
		const turn = 18
		at := x - 8
		s.add(Path{Stroke: Surface, Width: 3, Dash: []float64{7, 5}, Segments: []Segment{
			{MoveTo, []Point{{at, first}}}, {LineTo, []Point{{at, max(last, first+turn)}}},
		}})
		s.add(circle(at, first, 5, Paper, Surface, 3), circle(at, max(last, first+turn), 6, Surface, None, 0))
		s.add(label(x+8, 16, 14, lane-8, Ink, true, "New cluster"), label(x+8, 36, 12.5, lane-8, Muted, false, freshWords(r.Fresh)))
		x, top = x+8, first+4
	} else {
		s.add(line(left, bottom, width-right, bottom, 1, Hairline))
		s.add(label(left, bottom+24, 14, room, Ink, true, "New cluster"), label(left, bottom+44, 12.5, room, Muted, false, freshWords(r.Fresh)))
		x, top = left, bottom+66
	}
	s.Height = max(bottom, s.moves(r, x, top, width-right-x)) + 4
	return s
}

// stepOf is the way from stop to stop: a long road stands closer.
func stepOf(stops int) float64 {
	if stops > 12 {
		return 40
	}
	return 46
}

func (s *Scene) stop(stop engines.Stop, i, n int, x, y, room, step float64) {
	mark := Good
	switch {
	case stop.Blocks > 0:
		mark = Bad
	case stop.Breaks > 0:
		mark = Poor
	case stop.Untested > 0:
		mark = Fair
	}
	if i == 0 && mark == Good {
		mark = Ink
	}
	s.add(circle(x, y, 6.5, mark, Paper, 2))
	at := x + 18
	name := stop.Minor
	switch {
	case i == 0:
		name += ", today"
	case i == n-1:
		name += ", target"
	}
	s.add(label(at, y+4.5, 13.5, 104, Ink, true, name))
	if words := stopWords(stop, i == 0); words != "" {
		s.add(label(at+108, y+4.5, 12, room-at-108+x, Ink, false, words))
	}
	if len(stop.Named) > 0 {
		s.add(label(at, y+20, 11.5, room-18, Muted, false, strings.Join(stop.Named, ", ")))
	}
}

func stopWords(stop engines.Stop, today bool) string {
	var words []string
	for _, count := range []struct {
		n    int
		what string
	}{{stop.Blocks, "block"}, {stop.Breaks, "break"}, {stop.Untested, "untested"}} {
		if count.n > 0 {
			words = append(words, short(int64(count.n))+" "+count.what)
		}
	}
	if stop.Ended {
		words = append(words, "out of support")
	}
	if len(words) == 0 && !today {
		return "nothing against it"
	}
	return strings.Join(words, ", ")
}

// moves lists what a new cluster takes over, and returns where it ends.
func (s *Scene) moves(r engines.Road, x, y, room float64) float64 {
	s.add(label(x, y, 12.5, room, Ink, true, "What has to move"))
	if len(r.Moves) == 0 {
		y += 20
		s.add(label(x, y, 12, room, Muted, false, "Nothing that was seen"))
	}
	for _, m := range r.Moves {
		y += 20
		count := short(int64(m.Count))
		s.add(Text{At: Point{x + 40, y}, Size: 12, Bold: true, Anchor: End, Fill: Ink, Value: count}, label(x+48, y, 12, room-48, Ink, false, m.What))
	}
	y += 24
	s.add(label(x, y, 12, room, Muted, false, "The way back: the old cluster"))
	return y + 12
}

func inPlaceWords(side engines.Side) string {
	drains := assessments.Counted(side.MostDrains, "drain") + " of every node"
	if side.LeastDrains < side.MostDrains {
		drains = fmt.Sprintf("%d to %s of every node", side.LeastDrains, assessments.Counted(side.MostDrains, "drain"))
	}
	back := "back only by a restore"
	if side.BackDays > 0 {
		back = "back within " + assessments.Counted(side.BackDays, "day")
	}
	return assessments.Counted(side.Steps, "hop") + ", " + drains + ", " + back
}

func freshWords(side engines.Side) string {
	return assessments.Counted(side.Steps, "transition") + ", no drains"
}

func roadWords(r engines.Road) string {
	words := []string{"In place: " + inPlaceWords(r.InPlace)}
	for i, stop := range r.Stops {
		found := stopWords(stop, i == 0)
		if found == "" {
			continue
		}
		text := stop.Minor + ": " + found
		if len(stop.Named) > 0 {
			text += " (" + strings.Join(stop.Named, ", ") + ")"
		}
		words = append(words, text)
	}
	moves := "nothing that was seen has to move"
	if len(r.Moves) > 0 {
		list := make([]string, len(r.Moves))
		for i, m := range r.Moves {
			list[i] = fmt.Sprintf("%d %s", m.Count, m.What)
		}
		moves = "moves " + strings.Join(list, ", ")
	}
	return strings.Join(words, "; ") + ". New cluster: " + freshWords(r.Fresh) + "; " + moves + "."
}
