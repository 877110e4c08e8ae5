// Package controls owns one table: every control of content version 1 with its weight, severity, evidence share, way of adding
// up, and the questions and pairs that bear on it. A control whose rule comes later stands here too: its evidence is unknown.
package controls

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"plimsoll/assessments"
)

// row is one control as the table writes it.
type row struct {
	id        string
	weight    int
	severity  assessments.Severity
	alpha     int // percent
	adding    assessments.Adding
	questions string // "L7/2 P5": L7 with half its weight, P5 with all of it
	pairs     string
	title     string
}

// All returns the table in the order of the pillars. It panics on a row that contradicts the model: a mistake in the table is
// a mistake in the program.
func All() []assessments.Control { return slices.Clone(parsed()) }

var parsed = sync.OnceValue(func() []assessments.Control {
	all, err := parse(table)
	if err != nil {
		panic("controls: " + err.Error())
	}
	return all
})

var (
	idPattern       = regexp.MustCompile(`^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$`)
	questionPattern = regexp.MustCompile(`^([A-Z]\d{1,2})(?:/([23]))?$`)
	pairPattern     = regexp.MustCompile(`^K-(0[1-9]|[12]\d|3[0-2])$`)
)

func parse(rows []row) ([]assessments.Control, error) {
	all := make([]assessments.Control, 0, len(rows))
	seen := map[string]bool{}
	for _, r := range rows {
		c, err := r.control()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.id, err)
		}
		if seen[c.ID] {
			return nil, fmt.Errorf("%s: stands twice", c.ID)
		}
		seen[c.ID] = true
		all = append(all, c)
	}
	return all, nil
}

func (r row) control() (assessments.Control, error) {
	c := assessments.Control{
		ID: r.id, Title: r.title, Weight: r.weight, Severity: r.severity, AlphaPercent: r.alpha, Adding: r.adding,
		OutBy: takenOutBy[r.id],
	}
	switch {
	case !idPattern.MatchString(r.id) || !slices.Contains(assessments.Pillars, c.Pillar()):
		return c, fmt.Errorf("the id must be pillar/slug of a known pillar")
	case r.title == "":
		return c, fmt.Errorf("the title is missing")
	case !slices.Contains([]int{1, 2, 3, 5}, r.weight):
		return c, fmt.Errorf("weight %d: want 1, 2, 3 or 5", r.weight)
	case r.severity < assessments.Low || r.severity > assessments.Critical:
		return c, fmt.Errorf("severity %d is none", r.severity)
	case r.alpha < 0 || r.alpha > 100:
		return c, fmt.Errorf("evidence share %d %%: want 0 to 100", r.alpha)
	case r.adding != assessments.Share && r.adding != assessments.Any:
		return c, fmt.Errorf("adds up by %q: want share or any", r.adding)
	case r.alpha == 0 && r.questions == "":
		return c, fmt.Errorf("neither evidence nor a question bears on it")
	}
	for _, text := range strings.Fields(r.questions) {
		m := questionPattern.FindStringSubmatch(text)
		if m == nil {
			return c, fmt.Errorf("question %q: want an id, with /2 or /3 for a part of its weight", text)
		}
		parts := 1
		if m[2] != "" {
			parts, _ = strconv.Atoi(m[2])
		}
		c.Questions = append(c.Questions, assessments.Declares{Question: m[1], ShareParts: parts})
	}
	for _, pair := range strings.Fields(r.pairs) {
		if !pairPattern.MatchString(pair) {
			return c, fmt.Errorf("pair %q: want K-01 to K-32", pair)
		}
		c.Pairs = append(c.Pairs, pair)
	}
	return c, nil
}

// takenOutBy names the context options that say a control is somebody else's duty.
var takenOutBy = map[string][]string{
	"lifecycle/control-plane-ha": {"C2.a", "C2.b"}, // the provider or the partner runs the control plane
}
