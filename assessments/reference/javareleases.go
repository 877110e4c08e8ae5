package reference

import (
	"maps"
	"slices"
	"time"
)

// JavaLine is a feature release of Java.
type JavaLine struct {
	Line       int             `yaml:"line"`
	LongTerm   bool            `yaml:"longTerm"`
	Released   Date            `yaml:"released"`
	Newest     string          `yaml:"newest"`
	Ends       map[string]Date `yaml:"ends"` // last day of updates by vendor; "any" for feature releases
	Provenance `yaml:",inline"`
}

type javaReleasesDocument struct {
	About about      `yaml:"about"`
	Rows  []JavaLine `yaml:"rows"`
}

func (d *javaReleasesDocument) head() about { return d.About }
func (d *javaReleasesDocument) rows() int   { return len(d.Rows) }

var javaReleases = load("java-releases", &javaReleasesDocument{})

// JavaLineOf returns a feature release.
func JavaLineOf(line int) (JavaLine, bool) {
	for _, row := range javaReleases().Rows {
		if row.Line == line {
			return row, true
		}
	}
	return JavaLine{}, false
}

// oldestJavaLine is the first line of the table; older ones are long over with every vendor.
const oldestJavaLine = 8

// JavaEnd returns the last day of updates of a line by a vendor. A vendor without a date here goes by Temurin's, an empty
// vendor by the latest of all. It reports false for lines whose end nobody has published.
func JavaEnd(vendor string, line int) (end Date, by string, known bool) {
	row, found := JavaLineOf(line)
	if !found || len(row.Ends) == 0 {
		return Date{}, "", false
	}
	for _, name := range []string{"any", vendor} {
		if end, found := row.Ends[name]; found {
			return end, name, true
		}
	}
	if vendor != "" {
		end, found := row.Ends["temurin"]
		return end, "temurin", found
	}
	for _, name := range slices.Sorted(maps.Keys(row.Ends)) {
		if row.Ends[name].After(end.Time) {
			end, by = row.Ends[name], name
		}
	}
	return end, by, true
}

// JavaEnded reports whether a line was past its end at a day.
func JavaEnded(vendor string, line int, asOf time.Time) (ended, known bool) {
	if line > 0 && line < oldestJavaLine {
		return true, true
	}
	end, _, known := JavaEnd(vendor, line)
	return known && asOf.After(end.Time), known
}
