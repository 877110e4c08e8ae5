package assessments

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Whole is the figure as shown: rounded down to whole points (or, for a share of 1, to whole percent by Percent).
func (m Micros) Whole() int { return int(m / 1_000_000) }

// Percent is a share of 1 as whole percent, rounded down.
func (m Micros) Percent() int { return int(m / 10_000) }

// Hundredths is a control's value as shown, rounded down: 0.66.
func (m Micros) Hundredths() string {
	if m < 0 {
		return "-" + (-m).Hundredths()
	}
	return fmt.Sprintf("%d.%02d", m/1_000_000, m%1_000_000/10_000)
}

// Tenths is a signed contribution in points with one digit, rounded towards zero: −12.5.
func (m Micros) Tenths() string {
	sign := ""
	if m < 0 {
		sign, m = "−", -m
	}
	return fmt.Sprintf("%s%d.%d", sign, m/1_000_000, m%1_000_000/100_000)
}

// SharedTenths rounds parts to tenths of a point by largest remainder, so that what is printed sums to the total's tenths, rounded
// down: rows of a table add up to its last row.
func SharedTenths(parts []Micros, total Micros) []int64 {
	const tenth = 100_000
	printed := make([]int64, len(parts))
	order := make([]int, len(parts))
	missing := floor(int64(total), tenth)
	for i, part := range parts {
		printed[i] = floor(int64(part), tenth)
		missing -= printed[i]
		order[i] = i
	}
	remainder := func(i int) int64 { return int64(parts[i]) - printed[i]*tenth }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainder(b), remainder(a)) })
	for _, i := range order {
		if missing <= 0 {
			break
		}
		printed[i]++
		missing--
	}
	return printed
}

// floor divides towards minus infinity.
func floor(a, b int64) int64 {
	q := a / b
	if a%b != 0 && a < 0 {
		q--
	}
	return q
}

// Words says a range as every page and report does: "58, between 51 and 74".
func (r Range) Words() string {
	switch {
	case r.Value == nil:
		return fmt.Sprintf("not known, between %d and %d", r.Low.Whole(), r.High.Whole())
	case r.Low == r.High:
		return fmt.Sprint(r.Value.Whole())
	default:
		return fmt.Sprintf("%d, between %d and %d", r.Value.Whole(), r.Low.Whole(), r.High.Whole())
	}
}

// Capital begins a text with a capital letter.
func Capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// Grouped writes a count with its thousands set apart: 167,012.
func Grouped(n int64, by string) string {
	digits := strconv.FormatInt(n, 10)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + by + digits[at:]
	}
	return digits
}

// Counted is a number with its noun: 1 pod, 3 pods.
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Title is the band's name on the load line.
func (b Band) Title() string {
	switch b {
	case Submerged:
		return "Submerged"
	case LowFreeboard:
		return "Low freeboard"
	case SeaworthyWithConditions:
		return "Seaworthy with conditions"
	case Seaworthy:
		return "Seaworthy"
	}
	return string(b)
}

// Plain is the band in a plain word.
func (b Band) Plain() string {
	switch b {
	case Submerged:
		return "overloaded"
	case LowFreeboard:
		return "at risk"
	case SeaworthyWithConditions:
		return "ready with conditions"
	case Seaworthy:
		return "ready"
	}
	return string(b)
}

// BandAt is the band that a value in millionths of a point lies in.
func BandAt(value Micros) Band { return bandOf(microsRat(value)) }

// Title is the load line in words: one band, or between two.
func (l LoadLine) Title() string {
	if l.Low == l.High {
		return l.Low.Title() + " (" + l.Low.Plain() + ")"
	}
	return "Between " + l.Low.Title() + " (" + l.Low.Plain() + ") and " + l.High.Title() + " (" + l.High.Plain() + ")"
}

// Title is a pair's result in words.
func (r PairResult) Title() string {
	switch r {
	case Confirmed:
		return "confirmed"
	case PartlyTrue:
		return "partly true"
	case Contradicted:
		return "contradicted"
	case PairCannotSee:
		return "cannot see"
	case Stale:
		return "too old to compare"
	case PairNotChecked:
		return "not checked"
	case BetterThanSaid:
		return "better than you said"
	}
	return string(r)
}

// Listed names the first of many, and counts the others: a, b and 998 more.
func Listed(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
