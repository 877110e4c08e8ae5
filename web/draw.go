package web

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"

	"plimsoll/assessments"
	"plimsoll/web/drawing"
)

// drawn makes a component of a scene; id must be unique on its page.
func drawn(scene drawing.Scene, id string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error { return scene.WriteSVG(w, id) })
}

// Interval is a range as drawings take it, in points.
func Interval(r assessments.Range) drawing.Interval {
	i := drawing.Interval{Low: inPoints(r.Low), High: inPoints(r.High)}
	if r.Value != nil {
		point := inPoints(*r.Value)
		i.Point = &point
	}
	return i
}

func inPoints(m assessments.Micros) float64 { return float64(m) / million }

// at is a coordinate for an attribute.
func at(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }
