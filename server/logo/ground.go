package logo

import (
	"image"
	"image/color"
	"math"
)

// Dark is the ground of logos that would not be seen on white: the colour of the report's cover.
var Dark = color.RGBA{14, 41, 62, 255}

// leastContrast is how a logo stands out from white at least, on the mean of what is seen of it, as WCAG 2.2 counts contrast.
const leastContrast = 1.5

// ground says whether the picture needs the dark ground, and whether anything is seen of it at all. One without transparency
// brings its own ground.
func ground(picture *image.RGBA) (dark, seen bool) {
	var light, weight float64
	opaque := true
	for i := 0; i < len(picture.Pix); i += 4 {
		p := picture.Pix[i : i+4 : i+4]
		opaque = opaque && p[3] == 255
		if p[3] == 0 {
			continue
		}
		alpha := float64(p[3])
		light += alpha * luminance(float64(p[0])/alpha, float64(p[1])/alpha, float64(p[2])/alpha)
		weight += alpha
	}
	if weight == 0 {
		return false, false
	}
	return !opaque && 1.05/(light/weight+0.05) < leastContrast, true
}

// luminance of a colour of sRGB whose channels run from 0 to 1 (WCAG 2.2, relative luminance).
func luminance(r, g, b float64) float64 {
	linear := func(c float64) float64 {
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
