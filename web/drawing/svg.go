package drawing

import (
	"html"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// WriteSVG writes the scene as one inline svg element. Colours come from classes (d-fill-…, d-stroke-…), so that a strict
// content security policy and both themes hold; id must be unique on its page.
func (s Scene) WriteSVG(w io.Writer, id string) error {
	var b strings.Builder
	b.WriteString(`<svg class="drawing" role="img" viewBox="0 0 ` + number(s.Width) + ` ` + number(s.Height) + `" width="` +
		number(s.Width) + `" height="` + number(s.Height) + `" aria-labelledby="` + html.EscapeString(id) + `-t ` + html.EscapeString(id) + `-d">`)
	b.WriteString(`<title id="` + html.EscapeString(id) + `-t">` + escape(s.Title) + `</title>`)
	b.WriteString(`<desc id="` + html.EscapeString(id) + `-d">` + escape(s.Description) + `</desc>`)
	for _, shape := range s.Shapes {
		switch shape := shape.(type) {
		case Path:
			writePath(&b, shape)
		case Text:
			writeText(&b, shape)
		}
	}
	b.WriteString(`</svg>`)
	_, err := io.WriteString(w, b.String())
	return err
}

func writePath(b *strings.Builder, p Path) {
	b.WriteString(`<path class="`)
	class := "d-fill-none"
	if p.Fill != None {
		class = "d-fill-" + string(p.Fill)
	}
	if p.Stroke != None {
		class += " d-stroke-" + string(p.Stroke)
	}
	b.WriteString(class + `"`)
	if p.Stroke != None {
		b.WriteString(` stroke-width="` + number(p.Width) + `" stroke-linejoin="round" stroke-linecap="round"`)
	}
	if len(p.Dash) > 0 {
		parts := make([]string, len(p.Dash))
		for i, d := range p.Dash {
			parts[i] = number(d)
		}
		b.WriteString(` stroke-dasharray="` + strings.Join(parts, " ") + `"`)
	}
	b.WriteString(` d="`)
	for _, segment := range p.Segments {
		b.WriteByte(byte(segment.Verb))
		for i, at := range segment.Points {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(number(at.X) + "," + number(at.Y))
		}
	}
	b.WriteString(`"/>`)
}

func writeText(b *strings.Builder, t Text) {
	b.WriteString(`<text class="d-fill-` + string(t.Fill) + `" x="` + number(t.At.X) + `" y="` + number(t.At.Y) +
		`" font-size="` + number(t.Size) + `" text-anchor="` + string(t.Anchor) + `"`)
	if t.Bold {
		b.WriteString(` font-weight="600"`)
	}
	b.WriteString(`>` + escape(t.Value) + `</text>`)
}

// escape makes text inert: markup escaped, controls and direction marks dropped.
func escape(text string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, text))
}

func number(f float64) string {
	text := strconv.FormatFloat(f, 'f', 2, 64)
	text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	if text == "-0" || text == "" {
		return "0"
	}
	return text
}
