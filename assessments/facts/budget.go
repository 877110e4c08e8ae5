package facts

import (
	"strconv"
	"strings"
)

// Allows is how many of so many pods the budget lets go at once, and what it asks for in words. It reports false where what it
// asks for can't be read. An empty budget allows none.
func (b *Budget) Allows(pods int) (allowed int, asks string, ok bool) {
	switch {
	case b.MaxUnavailable != "":
		allowed, ok = Scaled(b.MaxUnavailable, pods, true)
		return allowed, "maxUnavailable " + b.MaxUnavailable, ok
	case b.MinAvailable != "":
		stay, ok := Scaled(b.MinAvailable, pods, true)
		return pods - stay, "minAvailable " + b.MinAvailable, ok
	}
	return 0, "neither minAvailable nor maxUnavailable", false
}

// Scaled reads a number or a percentage of n. The disruption controller rounds percentages up, updates of StatefulSets and
// Deployments round what may be unavailable down.
func Scaled(text string, n int, up bool) (int, bool) {
	digits, percent := strings.CutSuffix(text, "%")
	value, err := strconv.Atoi(digits)
	if err != nil || value < 0 {
		return 0, false
	}
	if percent {
		if value > 100 {
			return 0, false
		}
		value *= n
		if up {
			value += 99
		}
		value /= 100
	}
	return value, true
}
