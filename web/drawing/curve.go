package drawing

import (
	"fmt"
	"math"
	"strings"
	"time"

	"plimsoll/assessments/engines"
)

// frame is where a curve's axes stand.
type frame struct{ left, right, top, bottom float64 }

var curveFrame = frame{left: 46, right: 388, top: 52, bottom: 178}

const curveWidth, curveHeight = 400.0, 208.0

// Curve draws the use of a range over time: what snapshots counted, the straight line through them, and where it meets the size.
func Curve(c engines.Curve) Scene {
	s := Scene{Width: curveWidth, Height: curveHeight, Title: c.Name, Description: curveWords(c)}
	f := curveFrame
	days, now, to := daysOf(c)
	most := float64(max(c.Size, 1))
	for _, p := range c.Points {
		most = max(most, float64(p.Count))
	}
	most *= 1.08
	x := func(day float64) float64 { return f.left + 6 + day/max(to, 1)*(f.right-f.left-12) }
	y := func(count float64) float64 { return f.bottom - min(max(count, 0), most)/most*(f.bottom-f.top) }
	s.headline(c.Name, curveOutcome(c))
	s.add(line(f.left, f.bottom, f.right, f.bottom, 1, Hairline))
	s.level(f, y(float64(c.Size)), short(c.Size))
	last := c.Points[len(c.Points)-1]
	for i, p := range c.Points {
		if i > 0 {
			s.add(line(x(days[i-1]), y(float64(c.Points[i-1].Count)), x(days[i]), y(float64(p.Count)), 2, Surface))
		}
	}
	if c.PerMile > 0 {
		end := float64(last.Count) + float64(c.PerMile)/1000/30*(to-now)
		if c.FillsOn != "" {
			end = float64(max(c.Size, last.Count))
		}
		s.add(line(x(now), y(float64(last.Count)), x(to), y(end), 2, Surface, 5, 4))
	}
	for i, p := range c.Points {
		s.add(circle(x(days[i]), y(float64(p.Count)), 3.5, Surface, Paper, 1.5))
	}
	if c.FillsOn != "" {
		s.add(circle(x(to), y(float64(max(c.Size, last.Count))), 5, Bad, Paper, 1.5))
	}
	used := y(float64(last.Count))
	if used-y(float64(c.Size)) > 14 && f.bottom-used > 6 {
		s.add(Text{At: Point{f.left - 6, used + 4}, Size: 12, Anchor: End, Fill: Ink, Bold: true, Value: short(last.Count)})
	}
	s.ends(f, c.Points[0].Day, c.FillsOn)
	return s
}

// headline names a curve and says what comes of it.
func (s *Scene) headline(name, outcome string) {
	s.add(label(4, 14, 13.5, curveWidth-8, Ink, true, name), label(4, 33, 12.5, curveWidth-8, Ink, false, outcome))
}

// level is the line of what a range or a table holds.
func (s *Scene) level(f frame, y float64, words string) {
	s.add(line(f.left, y, f.right, y, 2, Bad), Text{At: Point{f.left - 6, y + 4}, Size: 12, Anchor: End, Fill: Muted, Value: words})
}

func (s *Scene) ends(f frame, first, last string) {
	if first != "" {
		s.add(Text{At: Point{f.left, f.bottom + 18}, Size: 12, Anchor: Start, Fill: Muted, Value: first})
	}
	if last != "" && last != first {
		s.add(Text{At: Point{f.right, f.bottom + 18}, Size: 12, Anchor: End, Fill: Muted, Value: last})
	}
}

// daysOf are the days of the points from the first on, the day of the last, and where the drawing ends.
func daysOf(c engines.Curve) (days []float64, now, to float64) {
	read := func(day string) float64 {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return 0
		}
		return float64(at.Unix()) / 86_400
	}
	first := read(c.Points[0].Day)
	for _, p := range c.Points {
		days = append(days, max(read(p.Day)-first, 0))
	}
	now = days[len(days)-1]
	to = now
	switch {
	case c.FillsOn != "":
		to = max(read(c.FillsOn)-first, now)
	case c.PerMile > 0:
		to = now + 365
	}
	return days, now, to
}

func curveOutcome(c engines.Curve) string {
	if c.FillsOn != "" {
		return "full on " + c.FillsOn + " if it goes on so"
	}
	if c.PerMile > 0 {
		return "full " + c.Grows
	}
	last := c.Points[len(c.Points)-1]
	if c.PerMile < 0 || c.PerMile == 0 && len(c.Points) > 1 {
		return fmt.Sprintf("%s of %s used; it does not grow", short(last.Count), short(c.Size))
	}
	return fmt.Sprintf("%s of %s used; growth is not known", short(last.Count), short(c.Size))
}

func curveWords(c engines.Curve) string {
	last := c.Points[len(c.Points)-1]
	points := make([]string, 0, len(c.Points))
	for _, p := range c.Points {
		if p.Day != "" {
			points = append(points, fmt.Sprintf("%s: %d", p.Day, p.Count))
		}
	}
	text := fmt.Sprintf("%d of %d used. %s: %s.", last.Count, c.Size, c.Name, curveOutcome(c))
	if len(points) > 1 {
		text += " Counted " + strings.Join(points, ", ") + "."
	}
	return text
}

// Flood draws how one node's connection table fills at the declared peak. What entries do lies between the shortest and the
// longest lifetime: that band is drawn as water that may be there.
func Flood(flood engines.Flood) Scene {
	s := Scene{Width: curveWidth, Height: curveHeight + 4 + 19*float64(len(flood.Lifetimes)), Title: "Connection table: " + flood.Name, Description: floodWords(flood)}
	f := curveFrame
	end, most := floodEnds(flood)
	x := func(seconds float64) float64 { return f.left + seconds/end*(f.right-f.left) }
	y := func(entries float64) float64 { return f.bottom - min(entries, most)/most*(f.bottom-f.top) }
	course := func(life int64) []Point { // rises with the arrivals until as many leave as come, or the drawing ends
		rate := float64(flood.Arrivals)
		bend := min(float64(life), end, most/rate)
		return []Point{{x(0), y(0)}, {x(bend), y(rate * bend)}, {x(end), y(rate * min(float64(life), most/rate))}}
	}
	shortest, longest := course(flood.Lifetimes[0].Seconds), course(flood.Lifetimes[len(flood.Lifetimes)-1].Seconds)
	s.headline(flood.Name, fmt.Sprintf("at %s new connections a second: %s", short(flood.Arrivals), floodOutcome(flood)))
	s.add(polygon(WaterMaybe, longest[0], longest[1], longest[2], shortest[2], shortest[1]),
		polygon(Water, shortest[0], shortest[1], shortest[2], Point{x(end), f.bottom}))
	s.add(line(f.left, f.bottom, f.right, f.bottom, 1, Hairline))
	for i, state := range flood.Lifetimes {
		points := course(state.Seconds)
		role := partRoles[i%len(partRoles)]
		s.add(line(points[0].X, points[0].Y, points[1].X, points[1].Y, 2, role), line(points[1].X, points[1].Y, points[2].X, points[2].Y, 2, role))
		if after := state.FullAfter; after != nil && float64(*after) <= end {
			s.add(circle(x(float64(*after)), y(float64(flood.Max)), 4.5, Bad, Paper, 1.5))
		}
		at := f.bottom + 38 + 19*float64(i)
		s.add(line(6, at-4, 20, at-4, 3, role), label(28, at, 12, curveWidth-34, Ink, false, "if "+state.Words+": "+fullWords(flood, state)))
	}
	if flood.Max > 0 {
		s.level(f, y(float64(flood.Max)), short(flood.Max))
	}
	s.ends(f, "0 s", span(int64(math.Ceil(end))))
	return s
}

// floodEnds is how far a flood is drawn: in seconds until a little after its last table is full, in entries to a little above it.
func floodEnds(flood engines.Flood) (seconds, entries float64) {
	for _, state := range flood.Lifetimes {
		if state.FullAfter != nil {
			seconds = max(seconds, 1.6*float64(*state.FullAfter))
		}
	}
	if seconds == 0 {
		seconds = 1.5 * float64(flood.Lifetimes[0].Seconds)
	}
	seconds = max(seconds, 10)
	entries = 1.25 * float64(flood.Max)
	if flood.Max == 0 {
		entries = 1.25 * float64(flood.Arrivals) * seconds
	}
	return seconds, max(entries, 1)
}

func fullWords(flood engines.Flood, state engines.FloodState) string {
	switch {
	case state.FullAfter != nil:
		return "full after " + span(*state.FullAfter)
	case flood.Max == 0:
		return "how much it holds is not known"
	}
	return "never full"
}

func floodOutcome(flood engines.Flood) string {
	full := 0
	for _, state := range flood.Lifetimes {
		if state.FullAfter != nil {
			full++
		}
	}
	switch {
	case flood.Max == 0:
		return "its size is not known"
	case full == 0:
		return "never full"
	case full == len(flood.Lifetimes):
		return "full in any case"
	}
	return "full unless they close in order"
}

func floodWords(flood engines.Flood) string {
	words := make([]string, len(flood.Lifetimes))
	for i, state := range flood.Lifetimes {
		words[i] = fmt.Sprintf("if %s, an entry stays %s: %s", state.Words, span(state.Seconds), fullWords(flood, state))
	}
	holds := "It is not known how many entries it holds."
	if flood.Max > 0 {
		holds = fmt.Sprintf("It holds %d entries.", flood.Max)
	}
	return fmt.Sprintf("%s At %d new connections a second, from an empty table on: %s.", holds, flood.Arrivals, strings.Join(words, "; "))
}
