package report

import (
	"bytes"

	"codeberg.org/go-pdf/fpdf"
)

// Logo is the picture of the organization on the cover.
type Logo struct {
	PNG           []byte // of 8 bits, opaque, not interlaced
	Width, Height int    // pixels
	Dark          bool   // drawn on the cover's own colour; otherwise it gets a white plate
	Alt           string // what it shows, in words
}

// The room that a logo has at the right of the cover, in points.
const (
	logoRoom, logoHeight = 150.0, 64.0
	logoTop              = 34.0
	plateMargin          = 9.0
)

// writeLogo draws the logo into the cover and returns how much of the cover's width is left beside it.
func writeLogo(d *document, logo *Logo) float64 {
	if logo == nil || logo.Width < 1 || logo.Height < 1 {
		return measure
	}
	const most = 0.75 // points a pixel, so that a small picture is not blown up
	k := min(most, logoRoom/float64(logo.Width), logoHeight/float64(logo.Height))
	w, h := k*float64(logo.Width), k*float64(logo.Height)
	margin := plateMargin
	if logo.Dark {
		margin = 0
	}
	x, y := right-margin-w, logoTop+(logoHeight-h)/2
	if !logo.Dark {
		d.ornament(func() { d.box(x-margin, y-margin, w+2*margin, h+2*margin, white) })
	}
	const name = "logo"
	options := fpdf.ImageOptions{ImageType: "PNG"}
	d.pdf.RegisterImageOptionsReader(name, options, bytes.NewReader(logo.PNG))
	d.open("Figure")
	d.tags.current.alt = clean(logo.Alt)
	d.mark(func() { d.pdf.ImageOptions(name, x, y, w, h, false, options, 0, "") })
	d.close()
	return x - margin - 18 - left
}
