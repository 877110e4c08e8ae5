package engines

import (
	"fmt"
	"strconv"
	"strings"

	"plimsoll/assessments/snapshot"
)

// notKnown stands where a figure is missing.
const notKnown = "not known"

// number writes a whole number with thousands set apart: 167,012.
func number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

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
	names := make([]string, 0, most)
	for _, r := range all[:min(len(all), most)] {
		name := r.Name
		if r.Namespace != "" {
			name = r.Namespace + "/" + r.Name
		}
		names = append(names, name)
	}
	if more := max(count, len(all)) - len(names); more > 0 && len(names) > 0 {
		names = append(names, fmt.Sprintf("%s more", number(int64(more))))
	}
	return strings.Join(names, ", ")
}

// are agrees the verb with a count.
func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
