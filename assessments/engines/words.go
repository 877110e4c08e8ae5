package engines

import (
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

// seconds writes a span of seconds; one figure where both ends are equal.
func seconds(low, high int64) string {
	if low == high {
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
