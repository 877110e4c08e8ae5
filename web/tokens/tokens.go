// Package tokens reads the colours of the design from their style sheet and says which of them stand on each other, and how clearly.
package tokens

import (
	"math"
	"regexp"
	"strconv"
)

// Token is one colour by day and by night, each as #rrggbb.
type Token struct {
	Name       string
	Day, Night string
}

// Pair is two tokens of which one stands on the other, with the least contrast that it may have: 4.5 for text, 3 for lines and marks
// that carry meaning (WCAG 2.2, 1.4.3 and 1.4.11).
type Pair struct {
	Front, Back string
	Least       float64
}

// Pairs are those in use.
var Pairs = []Pair{
	{"ink", "ground", 4.5}, {"ink", "surface", 4.5}, {"ink", "sunken", 4.5}, {"ink", "accent-soft", 4.5},
	{"muted", "ground", 4.5}, {"muted", "surface", 4.5}, {"muted", "sunken", 4.5}, {"muted", "accent-soft", 4.5},
	{"accent", "surface", 4.5}, {"accent", "ground", 4.5}, {"accent", "accent-soft", 4.5}, {"accent", "sunken", 4.5}, {"accent-ink", "accent", 4.5},
	{"band-ink", "band", 4.5}, {"band-muted", "band", 4.5}, {"band", "band-ink", 4.5},
	{"edge", "surface", 3}, {"edge", "sunken", 3}, {"accent", "calm-soft", 3},
	{"bad", "surface", 4.5}, {"bad-ink", "bad-soft", 4.5}, {"bad-ink", "surface", 4.5},
	{"poor", "surface", 3}, {"poor-ink", "poor-soft", 4.5},
	{"fair", "surface", 3}, {"fair-ink", "fair-soft", 4.5},
	{"good", "surface", 3}, {"good-ink", "good-soft", 4.5},
	{"calm-ink", "calm-soft", 4.5}, {"ink", "calm-soft", 4.5},
	{"ink", "water", 4.5}, {"ink", "water-maybe", 4.5},
	{"drawn-chalk", "drawn-hull", 4.5}, {"drawn-chalk", "drawn-hull-maybe", 4.5}, {"drawn-chalk", "drawn-hull-deep", 4.5},
	{"drawn-surface", "surface", 3},
	{"drawn-part-1", "surface", 3}, {"drawn-part-2", "surface", 3}, {"drawn-part-3", "surface", 3},
	{"drawn-part-4", "surface", 3}, {"drawn-part-5", "surface", 3}, {"drawn-part-6", "surface", 3},
}

// Decoration lists tokens that carry no meaning by their contrast.
var Decoration = []string{"hair"}

var line = regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`)

// Read lists the colours of a style sheet in their order.
func Read(sheet string) (tokens []Token) {
	for _, m := range line.FindAllStringSubmatch(sheet, -1) {
		tokens = append(tokens, Token{m[1], m[2], m[3]})
	}
	return tokens
}

// Contrast of two colours by WCAG 2.2, from 1 to 21.
func Contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(colour string) float64 {
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
