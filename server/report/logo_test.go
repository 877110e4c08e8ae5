package report

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// logoOf is a picture of one colour.
func logoOf(t *testing.T, w, h int, c color.Color) *Logo {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return &Logo{PNG: b.Bytes(), Width: w, Height: h, Alt: "A crane over the water"}
}

func TestTheCoverCarriesTheLogo(t *testing.T) {
	plain := sample(3)
	_, without := written(t, plain)
	for name, logo := range map[string]*Logo{
		"wide": logoOf(t, 480, 48, color.RGBA{15, 118, 110, 255}), "tall": logoOf(t, 120, 240, color.RGBA{15, 118, 110, 255}),
		"a pixel": logoOf(t, 1, 1, color.RGBA{15, 118, 110, 255}), "the largest": logoOf(t, 480, 240, color.RGBA{15, 118, 110, 255}),
	} {
		t.Run(name, func(t *testing.T) {
			in := sample(3)
			in.Logo = logo
			in.Platform, in.Organization = strings.Repeat("Production ", 12), strings.Repeat("Nordhafen ", 12)
			file, pdf := written(t, in)
			_, again := written(t, in)
			require.Equal(t, pdf, again, "the same bytes for the same input")
			require.Contains(t, output(t, "qpdf", "--check", file), "No syntax or stream encoding errors found")
			require.Contains(t, output(t, "pdfinfo", "-struct-text", file), "Figure")
			images := strings.Split(strings.TrimSpace(output(t, "pdfimages", "-list", file)), "\n")[2:]
			require.Len(t, images, 1, "on the cover alone")
			var short bytes.Buffer
			require.NoError(t, WriteShort(&short, in))
			require.Contains(t, short.String(), "/Subtype /Image")
		})
	}
	require.NotContains(t, string(without), "/Subtype /Image")
}

// The words of the cover end before the logo begins, however long they are.
func TestTheCoversWordsKeepClearOfTheLogo(t *testing.T) {
	in := sample(3)
	in.Platform, in.Organization = strings.Repeat("Production ", 12), strings.Repeat("Nordhafen ", 12)
	in.Logo = logoOf(t, 480, 205, color.RGBA{255, 0, 255, 255})
	file, _ := written(t, in)
	base := filepath.Join(t.TempDir(), "page")
	output(t, "pdftoppm", "-png", "-r", "72", "-f", "1", "-l", "1", "-singlefile", file, base)
	f, err := os.Open(base + ".png")
	require.NoError(t, err)
	defer f.Close()
	page, err := png.Decode(f)
	require.NoError(t, err)
	painted := image.Rectangle{}
	other := 0
	for y := range 148 {
		for x := range page.Bounds().Dx() {
			r, g, b, _ := page.At(x, y).RGBA()
			if r > 0xf000 && g < 0x1000 && b > 0xf000 {
				painted = painted.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	for y := painted.Min.Y + 1; y < painted.Max.Y-1; y++ {
		for x := painted.Min.X + 1; x < painted.Max.X-1; x++ {
			if _, g, _, _ := page.At(x, y).RGBA(); g > 0x1000 {
				other++
			}
		}
	}
	require.InDelta(t, 150, painted.Dx(), 2)
	require.InDelta(t, 64, painted.Dy(), 2)
	require.Zero(t, other, "something is written over the logo")
}
