package web

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"plimsoll/assessments"
)

const million = 1_000_000

// points shows millionths of a point as whole points, rounded down.
func points(m assessments.Micros) string { return strconv.Itoa(m.Whole()) }

// percent shows a share of 1 as whole percent, rounded down.
func percent(m assessments.Micros) string {
	return strconv.Itoa(m.Percent()) + " %"
}

// share shows a control's value as points of 100, or a dash where nothing is known.
func share(m *assessments.Micros) string {
	if m == nil {
		return "–"
	}
	return points(*m * 100)
}

// shipBand is a band in the ship's words, as they stand inside a sentence.
func shipBand(b assessments.Band) string { return strings.ToLower(b.Title()) }

func pointsOr(m *assessments.Micros, otherwise string) string {
	if m == nil {
		return otherwise
	}
	return points(*m)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// rangeWords says low and high in words; one figure where they are equal as shown.
func rangeWords(low, high assessments.Micros) string {
	if points(low) == points(high) {
		return points(low)
	}
	return points(low) + " to " + points(high)
}

// inTenths shows tenths of a point with one decimal and, where asked, its sign.
func inTenths(n int64, signed bool) string {
	sign := ""
	switch {
	case n < 0:
		sign, n = "−", -n
	case signed && n > 0:
		sign = "+"
	}
	return fmt.Sprintf("%s%d.%d", sign, n/10, n%10)
}

// signedPoints shows a movement in whole points: +3, −2, 0.
func signedPoints(n int) string {
	switch {
	case n > 0:
		return "+" + strconv.Itoa(n)
	case n < 0:
		return "−" + strconv.Itoa(-n)
	}
	return "0"
}

// day shows a date as people write it: 22 November 2026.
func day(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2 January 2006")
}

// moment shows a date and time in UTC.
func moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

// count shows a number with thousands set apart: 12 480.
func count(n int) string { return assessments.Grouped(int64(n), "\u202f") }

// counted is a number with its noun: 1 finding, 3 findings.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// bytesWords shows a size in the unit that fits.
func bytesWords(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB"}
	size, unit := float64(n), 0
	for size >= 1024 && unit < len(units)-1 {
		size, unit = size/1024, unit+1
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", size), ".0") + " " + units[unit]
}

// short cuts a hash or id for show; the whole stands in the element's title.
func short(hash string) string {
	if len(hash) > 12 {
		return hash[:12]
	}
	return hash
}

// sortedKeys of a map, so that pages don't change from one rendering to the next.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	text = assessments.Capital(text)
	if !strings.ContainsAny(text[len(text)-1:], ".?!") {
		text += "."
	}
	return text
}
