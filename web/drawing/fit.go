package drawing

import (
	"strconv"
	"unicode/utf8"
)

// widest is how wide a letter is at most on the average of a name, in font sizes; wide scripts take a whole one.
const widest, widestBold = 0.56, 0.6

// textWidth is how wide a line is at most, near enough to place others beside it.
func textWidth(value string, size float64, bold bool) float64 {
	letter := widest
	if bold {
		letter = widestBold
	}
	sum := 0.0
	for _, r := range value {
		switch {
		case r >= 0x1100:
			sum++
		case r == 'W' || r == 'M' || r == 'm' || r == 'w' || r == '%' || r == '@' || r == '—':
			sum += 0.95
		default:
			sum += letter
		}
	}
	return sum * size
}

// fit cuts a line that is longer than the room for it; what is cut stands in full in the table beside the drawing.
func fit(value string, size, room float64, bold bool) string {
	if textWidth(value, size, bold) <= room {
		return value
	}
	for value != "" && textWidth(value+"…", size, bold) > room {
		_, last := utf8.DecodeLastRuneInString(value)
		value = value[:len(value)-last]
	}
	return value + "…"
}

// label is a line of text from the left, cut to its room.
func label(x, y, size, room float64, fill Role, bold bool, value string) Text {
	return Text{At: Point{x, y}, Size: size, Bold: bold, Anchor: Start, Fill: fill, Value: fit(value, size, room, bold)}
}

// beside puts a text next to an upright: to the right of it, or to the left where the right has no room.
func beside(x, y, size, left, right float64, fill Role, bold bool, value string) Text {
	value = fit(value, size, right-left, bold)
	width := textWidth(value, size, bold)
	switch {
	case x+4+width <= right:
		return Text{At: Point{x + 4, y}, Size: size, Bold: bold, Anchor: Start, Fill: fill, Value: value}
	case x-4-width >= left:
		return Text{At: Point{x - 4, y}, Size: size, Bold: bold, Anchor: End, Fill: fill, Value: value}
	}
	return Text{At: Point{right, y}, Size: size, Bold: bold, Anchor: End, Fill: fill, Value: value}
}

// short writes a count in few letters: 940, 12k, 3.4M, 7G.
func short(n int64) string {
	units := []struct {
		size   float64
		letter string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}
	for _, u := range units {
		if value := float64(n) / u.size; value >= 1 {
			if value < 10 {
				return trimmed(value, 1) + u.letter
			}
			return trimmed(value, 0) + u.letter
		}
	}
	return strconv.FormatInt(n, 10)
}

func trimmed(value float64, digits int) string {
	text := strconv.FormatFloat(value, 'f', digits, 64)
	if digits == 1 && text[len(text)-2:] == ".0" {
		return text[:len(text)-2]
	}
	return text
}

// span writes seconds as people say them: 45 s, 9 min, 1 h 20 min.
func span(seconds int64) string {
	switch {
	case seconds < 120:
		return strconv.FormatInt(seconds, 10) + " s"
	case seconds < 7200 && seconds%60 == 0:
		return strconv.FormatInt(seconds/60, 10) + " min"
	case seconds < 7200:
		return strconv.FormatInt(seconds/60, 10) + " min " + strconv.FormatInt(seconds%60, 10) + " s"
	case seconds < 172_800:
		return trimmed(float64(seconds)/3600, 1) + " h"
	}
	return short(seconds/86_400) + " d"
}
