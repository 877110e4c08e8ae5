package report

import (
	"os"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font/sfnt"
)

// longestText bounds one piece of tenant text, in runes.
const longestText = 4000

// clean makes tenant text fit for a PDF: no controls, no direction marks, nothing above U+FFFF (the library panics there).
func clean(text string) string {
	count := 0
	return strings.Map(func(r rune) rune {
		count++
		switch {
		case count > longestText:
			return -1
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff', unicode.Is(unicode.Variation_Selector, r):
			return -1
		case r > 0xffff:
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}

// glyphs knows which runes the main font has.
type glyphs struct {
	font *sfnt.Font
	buf  sfnt.Buffer
	memo map[rune]bool
}

func newGlyphs(ttf []byte) (*glyphs, error) {
	font, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	return &glyphs{font: font, memo: map[rune]bool{}}, nil
}

func (g *glyphs) has(r rune) bool {
	known, ok := g.memo[r]
	if !ok {
		index, err := g.font.GlyphIndex(&g.buf, r)
		known = err == nil && index != 0
		g.memo[r] = known
	}
	return known
}

// fallbackFont is read once, from where systems keep Droid Sans Fallback. Without it, scripts that Plex lacks print as a mark.
var fallbackFont = sync.OnceValue(func() []byte {
	for _, path := range []string{
		"/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf",
		"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
		"/usr/share/fonts/truetype/droid/DroidSansFallback.ttf",
	} {
		if ttf, err := os.ReadFile(path); err == nil {
			return ttf
		}
	}
	return nil
})

// run is a piece of text in one font.
type run struct {
	text string
	face face
}

// runs splits text by the font that can show it.
func (d *document) runs(f face, text string) []run {
	var out []run
	for _, r := range clean(text) {
		use := f
		if !d.glyph.has(r) {
			use, r = d.substitute(f, r)
		}
		if n := len(out); n > 0 && out[n-1].face == use {
			out[n-1].text += string(r)
		} else {
			out = append(out, run{string(r), use})
		}
	}
	return out
}

func (d *document) substitute(f face, r rune) (face, rune) {
	if r == '\ufffd' || fallbackFont() == nil {
		return f, '?'
	}
	if !d.hasFallback {
		d.pdf.AddUTF8FontFromBytes(string(fallback), "", fallbackFont())
		d.hasFallback = true
	}
	return fallback, r
}

// text draws one line on its baseline and returns where it ends.
func (d *document) text(x, y float64, f face, size float64, c colour, text string) float64 {
	d.pdf.SetTextColor(c[0], c[1], c[2])
	for _, run := range d.runs(f, text) {
		d.pdf.SetFont(string(run.face), "", size)
		d.pdf.Text(x, y, run.text)
		x += d.pdf.GetStringWidth(run.text)
	}
	return x
}

func (d *document) width(f face, size float64, text string) float64 {
	total := 0.0
	for _, run := range d.runs(f, text) {
		d.pdf.SetFont(string(run.face), "", size)
		total += d.pdf.GetStringWidth(run.text)
	}
	return total
}

// fit shortens text with an ellipsis until it is no wider than width.
func (d *document) fit(f face, size, width float64, text string) string {
	if d.width(f, size, text) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && d.width(f, size, string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// wrap breaks text into lines no wider than width; a word that is wider alone is cut.
func (d *document) wrap(f face, size, width float64, text string) []string {
	var lines []string
	current, used := "", 0.0
	flush := func() {
		lines = append(lines, strings.TrimRight(current, " "))
		current, used = "", 0
	}
	for _, word := range words(clean(text)) {
		for d.width(f, size, strings.TrimRight(word, " ")) > width {
			if current != "" {
				flush()
			}
			head, tail := d.cut(f, size, width, word)
			lines = append(lines, head)
			word = tail
		}
		wide := d.width(f, size, word)
		if current != "" && used+d.width(f, size, strings.TrimRight(word, " ")) > width {
			flush()
		}
		current += word
		used += wide
	}
	if current != "" || len(lines) == 0 {
		flush()
	}
	return lines
}

func (d *document) cut(f face, size, width float64, word string) (head, tail string) {
	runes := []rune(word)
	n := 1
	for n < len(runes) && d.width(f, size, string(runes[:n+1])) <= width {
		n++
	}
	return string(runes[:n]), string(runes[n:])
}

// words splits after spaces, hyphens and slashes, and between ideographs, where a line may break.
func words(text string) []string {
	var out []string
	current := ""
	for _, r := range text {
		ideograph := unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
		if ideograph && current != "" {
			out, current = append(out, current), ""
		}
		current += string(r)
		if r == ' ' || r == '-' || r == '/' || ideograph {
			out, current = append(out, current), ""
		}
	}
	if current != "" {
		out = append(out, current)
	}
	return out
}
