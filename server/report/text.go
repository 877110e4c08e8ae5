package report

import (
	"os"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
)

// longestText bounds one piece of tenant text, in runes.
const longestText = 4000

// clean makes tenant text fit for a PDF: no controls, no direction marks, nothing above U+FFFF (the library panics there).
func clean(text string) string {
	count := 0
	return strings.Map(func(r rune) rune {
		count++
		if count > longestText {
			return -1
		}
		return cleanRune(r)
	}, strings.ToValidUTF8(text, "\ufffd"))
}

// cleanRune is what stands in a rune's place; negative: nothing.
func cleanRune(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff', unicode.Is(unicode.Variation_Selector, r):
		return -1
	case r > 0xffff:
		return '\ufffd'
	}
	return r
}

// glyphs knows which runes the main font has, and remembers how runes are shown.
type glyphs struct {
	font  *sfnt.Font
	buf   sfnt.Buffer
	shown map[face]map[rune]glyph
}

// glyph is how a rune is shown in a text of some face.
type glyph struct {
	face    face // the text's own, or the fallback
	rune    rune // what stands in its place; negative: nothing
	advance int  // thousandths of the size
}

func newGlyphs(ttf []byte) (*glyphs, error) {
	font, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	return &glyphs{font: font, shown: map[face]map[rune]glyph{}}, nil
}

func (g *glyphs) has(r rune) bool {
	index, err := g.font.GlyphIndex(&g.buf, r)
	return err == nil && index != 0
}

// of returns what is remembered of a face.
func (g *glyphs) of(f face) map[rune]glyph {
	known := g.shown[f]
	if known == nil {
		known = map[rune]glyph{}
		g.shown[f] = known
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

// each goes over a text as it is shown.
func (d *document) each(f face, text string, show func(glyph)) {
	known := d.glyph.of(f)
	count := 0
	for _, r := range strings.ToValidUTF8(text, "\ufffd") {
		if count++; count > longestText {
			return
		}
		g, ok := known[r]
		if !ok {
			g = d.glyphOf(f, r)
			known[r] = g
		}
		if g.rune >= 0 {
			show(g)
		}
	}
}

// glyphOf finds out how a rune is shown. It is asked once for each: the library tells widths of the font that is set alone, and to set
// one is written into the page.
func (d *document) glyphOf(f face, r rune) glyph {
	g := glyph{face: f, rune: cleanRune(r)}
	if g.rune < 0 {
		return g
	}
	if !d.glyph.has(g.rune) {
		g.face, g.rune = d.substitute(f, g.rune)
	}
	d.pdf.SetFont(string(g.face), "", 10)
	g.advance = d.pdf.GetStringSymbolWidth(string(g.rune))
	return g
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

// text draws one line on its baseline and returns where it ends. Each piece is in the font that can show it.
func (d *document) text(x, y float64, f face, size float64, c colour, text string) float64 {
	d.pdf.SetTextColor(c[0], c[1], c[2])
	var piece strings.Builder
	use, advance := f, 0
	flush := func() {
		if piece.Len() > 0 {
			d.pdf.SetFont(string(use), "", size)
			d.pdf.Text(x, y, piece.String())
			x += moved(advance, size)
		}
		piece.Reset()
		advance = 0
	}
	d.each(f, text, func(g glyph) {
		if g.face != use {
			flush()
			use = g.face
		}
		piece.WriteRune(g.rune)
		advance += g.advance
	})
	flush()
	return x
}

func (d *document) width(f face, size float64, text string) float64 {
	advance := 0
	d.each(f, text, func(g glyph) { advance += g.advance })
	return moved(advance, size)
}

// moved is how far an advance goes, in points, at a size.
func moved(advance int, size float64) float64 { return float64(advance) * size / 1000 }

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
		tight := d.width(f, size, strings.TrimRight(word, " "))
		for tight > width {
			if current != "" {
				flush()
			}
			head, tail := d.cut(f, size, width, word)
			lines = append(lines, head)
			word, tight = tail, d.width(f, size, strings.TrimRight(tail, " "))
		}
		if current != "" && used+tight > width {
			flush()
		}
		current += word
		used += d.width(f, size, word)
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
	start := 0
	for i, r := range text {
		ideograph := unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
		if ideograph && start < i {
			out, start = append(out, text[start:i]), i
		}
		if r == ' ' || r == '-' || r == '/' || ideograph {
			end := i + utf8.RuneLen(r)
			out, start = append(out, text[start:end]), end
		}
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}
