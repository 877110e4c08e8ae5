package engines

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/snapshot"
)

const (
	notKnown = "not known" // where a figure is missing
	none     = "–"         // where there is none to show
)

// number writes a count with its thousands set apart: 167,012.
func number(n int64) string { return assessments.Grouped(n, ",") }

func numberOr(n *int64, otherwise string) string {
	if n == nil {
		return otherwise
	}
	return number(*n)
}

// longest is beyond what a figure says more than words: ten years.
const longest = 10 * 365 * 24 * 3600

// seconds writes a span of seconds; one figure where both ends are equal.
func seconds(low, high int64) string {
	switch {
	case low > longest:
		return "over 10 years"
	case high > longest:
		return number(low) + " s–over 10 years"
	case low == high:
		return number(low) + " s"
	}
	return number(low) + "–" + number(high) + " s"
}

func percentOr(p *int64, otherwise string) string {
	if p == nil {
		return otherwise
	}
	return number(*p) + " %"
}

// place is a container as people say it: payments/ledger · app.
func place(namespace, name, container string) string {
	if container == "" {
		return namespace + "/" + name
	}
	return namespace + "/" + name + " · " + container
}

// spot is a container and where it stands; a file is given over manifests alone.
type spot struct {
	namespace, name, container string
	file                       string
	line                       int
}

// apart names containers as people say them, those of one name with the file and line that tell them apart.
func apart(spots []spot) func(spot) string {
	count := map[string]int{}
	for _, s := range spots {
		count[place(s.namespace, s.name, s.container)]++
	}
	return func(s spot) string {
		name := place(s.namespace, s.name, s.container)
		if count[name] > 1 && s.file != "" {
			return fmt.Sprintf("%s (%s:%d)", name, s.file, s.line)
		}
		return name
	}
}

// refs names the first of some objects and counts the rest.
func refs(all []snapshot.Ref, count int) string {
	const most = 3
	var named []string
	for _, r := range all[:min(len(all), most)] {
		name := r.Name
		if r.Namespace != "" {
			name = r.Namespace + "/" + r.Name
		}
		named = append(named, name)
	}
	if more := max(count, len(all)) - len(named); more != 0 && named != nil {
		named = append(named, number(int64(more))+" more")
	}
	return strings.Join(named, ", ")
}

// agreed is the form of a verb that goes with a count.
func agreed(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
