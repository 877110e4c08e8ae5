package report

import (
	"strings"

	"plimsoll/assessments"
	"plimsoll/web/drawing"
)

// heading prints a title, keeps room for what follows, and bookmarks the first two levels.
func (d *document) heading(level int, text string) {
	size := map[int]float64{1: 21, 2: 14, 3: 11}[level]
	lines := d.wrap(semibold, size, measure, text)
	d.keep(size*1.25*float64(len(lines)) + 64)
	if d.y > top+1 {
		d.y += size * 0.8
	}
	if level <= 2 {
		d.pdf.Bookmark(clean(text), level-1, d.y)
	}
	d.tagged("H"+string(rune('0'+level)), func() {
		for _, line := range lines {
			d.text(left, d.y+size*0.8, semibold, size, ink, line)
			d.y += size * 1.25
		}
	})
	d.y += size * 0.3
}

// paragraph flows text over as many pages as it needs.
func (d *document) paragraph(f face, size float64, c colour, text string) {
	d.paragraphAt(left, measure, f, size, c, text)
	d.y += size * 0.5
}

func (d *document) paragraphAt(x, width float64, f face, size float64, c colour, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	d.open("P")
	for _, line := range d.wrap(f, size, width, text) {
		d.keep(size * 1.45)
		d.mark(func() { d.text(x, d.y+size, f, size, c, line) })
		d.y += size * 1.45
	}
	d.close()
}

// height of a paragraph at a width, without what follows it.
func (d *document) height(f face, size, width float64, text string) float64 {
	if strings.TrimSpace(text) == "" {
		return 0
	}
	return float64(len(d.wrap(f, size, width, text))) * size * 1.45
}

// figure draws a scene with its words as alternative text, and returns its height.
func (d *document) figure(scene drawing.Scene, x, y, width float64) float64 {
	k := width / scene.Width
	d.open("Figure")
	d.tags.current.alt = clean(scene.Title + ". " + scene.Description)
	d.mark(func() {
		for _, shape := range scene.Shapes {
			switch shape := shape.(type) {
			case drawing.Path:
				d.path(shape, x, y, k)
			case drawing.Text:
				d.sceneText(shape, x, y, k)
			}
		}
	})
	d.close()
	return scene.Height * k
}

func (d *document) sceneText(t drawing.Text, x, y, k float64) {
	f := regular
	if t.Bold {
		f = semibold
	}
	at := x + t.At.X*k
	switch t.Anchor {
	case drawing.Middle:
		at -= d.width(f, t.Size*k, t.Value) / 2
	case drawing.End:
		at -= d.width(f, t.Size*k, t.Value)
	}
	d.text(at, y+t.At.Y*k, f, t.Size*k, roleInk[t.Fill], t.Value)
}

func (d *document) path(p drawing.Path, x, y, k float64) {
	style := ""
	if p.Fill != drawing.None {
		c := roleInk[p.Fill]
		d.pdf.SetFillColor(c[0], c[1], c[2])
		style = "F"
	}
	if p.Stroke != drawing.None {
		c := roleInk[p.Stroke]
		d.pdf.SetDrawColor(c[0], c[1], c[2])
		d.pdf.SetLineWidth(p.Width * k)
		style += "D"
	}
	if style == "" {
		return
	}
	if len(p.Dash) > 0 {
		dash := make([]float64, len(p.Dash))
		for i, length := range p.Dash {
			dash[i] = length * k
		}
		d.pdf.SetDashPattern(dash, 0)
		defer d.pdf.SetDashPattern(nil, 0)
	}
	at := func(p drawing.Point) (float64, float64) { return x + p.X*k, y + p.Y*k }
	for _, segment := range p.Segments {
		switch segment.Verb {
		case drawing.MoveTo:
			d.pdf.MoveTo(at(segment.Points[0]))
		case drawing.LineTo:
			d.pdf.LineTo(at(segment.Points[0]))
		case drawing.CurveTo:
			ax, ay := at(segment.Points[0])
			bx, by := at(segment.Points[1])
			cx, cy := at(segment.Points[2])
			d.pdf.CurveBezierCubicTo(ax, ay, bx, by, cx, cy)
		case drawing.Close:
			d.pdf.ClosePath()
		}
	}
	d.pdf.DrawPath(style)
}

// severity prints a severity as a word on its tint and returns where it ends. It belongs to the open element.
func (d *document) severity(x, y float64, s assessments.Severity) float64 {
	p, ok := severityPill[s]
	if !ok {
		return x
	}
	const size = 7.6
	width := d.width(semibold, size, s.String()) + 12
	d.pdf.SetFillColor(p.tint[0], p.tint[1], p.tint[2])
	d.pdf.RoundedRect(x, y, width, 13, 6.5, "1234", "F")
	d.text(x+6, y+9.3, semibold, size, p.ink, s.String())
	return x + width
}
