package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// A4 in points, and the margins of the text.
const (
	pageWidth, pageHeight    = 595.28, 841.89
	left, right, top, bottom = 54.0, 541.28, 76.0, 64.0
	measure                  = right - left
)

// face is a font of the report.
type face string

const (
	regular  face = "regular"
	semibold face = "semibold"
	fallback face = "fallback" // for scripts that Plex lacks
)

var (
	//go:embed fonts/IBMPlexSans-Regular.ttf
	plexRegular []byte
	//go:embed fonts/IBMPlexSans-SemiBold.ttf
	plexSemibold []byte
)

// document flows text and drawings over pages from top to bottom, and keeps the tag tree beside them.
type document struct {
	pdf   *fpdf.Fpdf
	y     float64
	glyph *glyphs
	tags  *tagTree
	title string

	hasFallback bool
	offline     bool // there is no app to point to
}

func newDocument(title string, at time.Time) (*document, error) {
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: pageWidth, Ht: pageHeight}})
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCellMargin(0)
	pdf.SetCompression(false) // packed does that
	pdf.SetCatalogSort(true)  // maps are written in order: same input, same bytes
	pdf.SetCreationDate(at)
	pdf.SetModificationDate(at)
	pdf.SetTitle(title, true)
	pdf.SetLang("en")
	pdf.SetProducer("Plimsoll", false)
	pdf.AddUTF8FontFromBytes(string(regular), "", plexRegular)
	pdf.AddUTF8FontFromBytes(string(semibold), "", plexSemibold)
	glyph, err := newGlyphs(plexRegular)
	if err != nil {
		return nil, fmt.Errorf("report: read the font: %w", err)
	}
	d := &document{pdf: pdf, glyph: glyph, tags: newTagTree(), title: title}
	return d, pdf.Error()
}

// writeTo finishes the file: the library's output, then the tag tree as an incremental update.
func (d *document) writeTo(w io.Writer) error {
	var file bytes.Buffer
	if err := d.pdf.Output(&file); err != nil {
		return fmt.Errorf("report: write the pages: %w", err)
	}
	small, err := packed(file.Bytes(), d.pdf.PageCount())
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	tagged, err := d.tags.appendTo(small, d.pdf.PageCount())
	if err != nil {
		return fmt.Errorf("report: add the tags: %w", err)
	}
	_, err = w.Write(tagged)
	return err
}

func (d *document) newPage() {
	d.pdf.AddPage()
	d.y = top
}

// section begins a part of the report on a page of its own, unless the part before it left nearly all of its page blank.
func (d *document) section() {
	const few = 170 // a title and a few lines
	if d.y > top+few {
		d.newPage()
		return
	}
	d.y += 26
}

// elsewhere says where what is left out can be read; nothing where it can't be.
func (d *document) elsewhere() string {
	if d.offline {
		return ""
	}
	return " in the app"
}

// keep starts a new page unless the height still fits on this one.
func (d *document) keep(height float64) {
	if d.y+height > pageHeight-bottom {
		d.newPage()
	}
}

// open starts a structure element (H1, P, Table, …) that holds what follows until close.
func (d *document) open(tag string) { d.tags.open(tag) }

func (d *document) close() { d.tags.close() }

// mark runs draw as the content of the open structure element.
func (d *document) mark(draw func()) {
	id := d.tags.mark(d.pdf.PageNo())
	d.pdf.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", d.tags.current.tag, id))
	draw()
	d.pdf.RawWriteStr("EMC")
}

// ornament runs draw as something that a screen reader passes over.
func (d *document) ornament(draw func()) {
	d.pdf.RawWriteStr("/Artifact BMC")
	draw()
	d.pdf.RawWriteStr("EMC")
}

// tagged is open, mark and close in one.
func (d *document) tagged(tag string, draw func()) {
	d.open(tag)
	d.mark(draw)
	d.close()
}

func (d *document) box(x, y, w, h float64, c colour) {
	d.pdf.SetFillColor(c[0], c[1], c[2])
	d.pdf.Rect(x, y, w, h, "F")
}

// runningLines prints head and foot on every page but the cover, once the number of pages is known.
func (d *document) runningLines(title, date string) {
	pages := d.pdf.PageCount()
	for page := 1; page <= pages; page++ {
		d.pdf.SetPage(page)
		d.ornament(func() {
			number := fmt.Sprintf("Page %d of %d", page, pages)
			d.text(right-d.width(regular, 8, number), pageHeight-34, regular, 8, muted, number)
			d.text(left, pageHeight-34, regular, 8, muted, "Plimsoll")
			if page == 1 {
				return
			}
			d.text(left, 44, regular, 8, muted, d.fit(regular, 8, 330, title))
			d.text(right-d.width(regular, 8, date), 44, regular, 8, muted, date)
			d.box(left, 52, measure, 0.5, hairline)
		})
	}
}
