// Package drawing owns Plimsoll's pictures as one small scene graph: the load line, a pillar's interval, the trend. A scene
// knows no colours, only roles; SVG gives them classes that the style sheet colours by theme, the report prints them in ink.
package drawing

// Role is what a shape stands for. Each back-end decides its colour.
type Role string

// The roles of shapes and text.
const (
	None       Role = ""
	Ink        Role = "ink"      // text and strong lines
	Muted      Role = "muted"    // secondary text
	Hairline   Role = "hairline" // grid, ticks
	Paper      Role = "paper"    // the ground a drawing stands on
	Hull       Role = "hull"
	HullMaybe  Role = "hull-maybe" // the hull where water may stand
	HullDeep   Role = "hull-deep"  // the hull below the water
	Chalk      Role = "chalk"      // marks painted on the hull
	Ground     Role = "ground"     // an empty scale
	Water      Role = "water"      // certainly under water
	WaterMaybe Role = "water-maybe"
	Surface    Role = "surface" // the water's surface: the point
	Mark       Role = "mark"    // the load line itself
	Bad        Role = "submerged"
	Poor       Role = "low-freeboard"
	Fair       Role = "conditions"
	Good       Role = "seaworthy"

	// Parts of a whole, told apart by colour and by their order; none is better than another.
	Part1 Role = "part-1"
	Part2 Role = "part-2"
	Part3 Role = "part-3"
	Part4 Role = "part-4"
	Part5 Role = "part-5"
	Part6 Role = "part-6"
)

// Roles lists every role that a back-end must know. SVG marks shapes with the classes d-fill-ROLE and d-stroke-ROLE.
var Roles = []Role{Ink, Muted, Hairline, Paper, Hull, HullMaybe, HullDeep, Chalk, Ground, Water, WaterMaybe, Surface, Mark, Bad, Poor, Fair, Good,
	Part1, Part2, Part3, Part4, Part5, Part6}

// Scene is a picture in user units, with the words that replace it for those who don't see it.
type Scene struct {
	Width, Height float64
	Title         string
	Description   string
	Shapes        []Shape
}

// Shape is Path or Text.
type Shape interface{ shape() }

// Path is a sequence of moves, lines and cubic curves, filled, stroked or both.
type Path struct {
	Segments []Segment
	Fill     Role
	Stroke   Role
	Width    float64 // of the stroke
	Dash     []float64
}

// Verb is what a segment does.
type Verb byte

// The verbs of a path; their letters are SVG's.
const (
	MoveTo  Verb = 'M'
	LineTo  Verb = 'L'
	CurveTo Verb = 'C'
	Close   Verb = 'Z'
)

// Segment is one verb with its points: one for MoveTo and LineTo, three for CurveTo, none for Close.
type Segment struct {
	Verb   Verb
	Points []Point
}

// Point in user units; y grows downwards.
type Point struct{ X, Y float64 }

// Anchor says which end of a text stands at its point.
type Anchor string

// The anchors of a text.
const (
	Start  Anchor = "start"
	Middle Anchor = "middle"
	End    Anchor = "end"
)

// Text is one line of text on its baseline.
type Text struct {
	At     Point
	Size   float64
	Bold   bool
	Anchor Anchor
	Fill   Role
	Value  string
}

func (Path) shape() {}
func (Text) shape() {}

func (s *Scene) add(shapes ...Shape) { s.Shapes = append(s.Shapes, shapes...) }

func line(x1, y1, x2, y2, width float64, stroke Role, dash ...float64) Path {
	return Path{Stroke: stroke, Width: width, Dash: dash, Segments: []Segment{
		{MoveTo, []Point{{x1, y1}}}, {LineTo, []Point{{x2, y2}}},
	}}
}

func polygon(fill Role, points ...Point) Path {
	p := Path{Fill: fill}
	for i, at := range points {
		verb := LineTo
		if i == 0 {
			verb = MoveTo
		}
		p.Segments = append(p.Segments, Segment{verb, []Point{at}})
	}
	p.Segments = append(p.Segments, Segment{Verb: Close})
	return p
}

func rect(x, y, w, h float64, fill Role) Path {
	return polygon(fill, Point{x, y}, Point{x + w, y}, Point{x + w, y + h}, Point{x, y + h})
}

// circleArm is the length of a cubic's arm that draws a quarter of a unit circle.
const circleArm = 0.5522847498

func circle(cx, cy, r float64, fill, stroke Role, width float64) Path {
	k := r * circleArm
	return Path{Fill: fill, Stroke: stroke, Width: width, Segments: []Segment{
		{MoveTo, []Point{{cx + r, cy}}},
		{CurveTo, []Point{{cx + r, cy + k}, {cx + k, cy + r}, {cx, cy + r}}},
		{CurveTo, []Point{{cx - k, cy + r}, {cx - r, cy + k}, {cx - r, cy}}},
		{CurveTo, []Point{{cx - r, cy - k}, {cx - k, cy - r}, {cx, cy - r}}},
		{CurveTo, []Point{{cx + k, cy - r}, {cx + r, cy - k}, {cx + r, cy}}},
		{Verb: Close},
	}}
}
