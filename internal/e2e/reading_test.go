package e2e

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// reading is what a page, a report or the command line says of a platform.
type reading struct {
	Value, Low, High           int
	Coverage, EvidenceCoverage int // whole percent
	Verdict                    string
	ContentVersion             string
	AsOf                       string // as 22 November 2026
}

// readPage reads a result page as a person would, by what stands there.
func (p *person) readPage() reading {
	p.t.Helper()
	var seen struct {
		Big, Sentence, Verdict string
		Method                 map[string]string
	}
	require.NoError(p.t, json.Unmarshal(look[json.RawMessage](p, `(() => {
		const hero = document.getElementById("load-line").parentElement;
		const terms = [...document.getElementById("method").closest("section").querySelectorAll("dt")];
		return {
			big: hero.querySelector(".big").textContent,
			sentence: [...hero.querySelectorAll("p")].find(p => p.textContent.includes("Of 100 points"))?.textContent ?? "",
			verdict: document.getElementById("need")?.closest("section").querySelector(".verdict").textContent ?? "",
			method: Object.fromEntries(terms.map(t => [t.textContent.trim(), t.nextElementSibling.textContent.trim()])),
		};
	})()`), &seen))
	sentence := strings.Join(strings.Fields(seen.Sentence), " ")
	bounds := find(p.t, `between (\d+) and (\d+)\. (\d+) % of what counts is known, (\d+) % from evidence`, sentence)
	return reading{
		Value: number(p.t, seen.Big), Low: number(p.t, bounds[1]), High: number(p.t, bounds[2]),
		Coverage: number(p.t, bounds[3]), EvidenceCoverage: number(p.t, bounds[4]),
		Verdict: strings.TrimSpace(seen.Verdict), ContentVersion: seen.Method["Content version"], AsOf: seen.Method["As of"],
	}
}

// readReport reads a PDF.
func readReport(t *testing.T, path string) reading {
	t.Helper()
	out, err := exec.Command("pdftotext", path, "-").Output()
	require.NoError(t, err)
	text := strings.Join(strings.Fields(string(out)), " ")
	score := find(t, `Score of the lowest pillar: (\d+), between (\d+) and (\d+)\.`, text)
	known := find(t, `Known: (\d+) % of what counts \(evidence (\d+) %\)`, text)
	cover := find(t, `Readiness report · as of (\d+ \w+ \d+) · content version (\S+)`, text)
	return reading{
		Value: number(t, score[1]), Low: number(t, score[2]), High: number(t, score[3]),
		Coverage: number(t, known[1]), EvidenceCoverage: number(t, known[2]),
		Verdict: text, ContentVersion: cover[2], AsOf: cover[1],
	}
}

// readCommand reads what `plimsoll score --format json` prints.
func readCommand(t *testing.T, printed string) reading {
	t.Helper()
	var document struct {
		ContentVersion, AsOf string
		Need                 struct{ Headline string }
		Score                struct{ Value, Low, High, Coverage, EvidenceCoverage *int } // null is no number
	}
	require.NoError(t, json.Unmarshal([]byte(printed), &document))
	s := document.Score
	for _, figure := range []*int{s.Value, s.Low, s.High, s.Coverage, s.EvidenceCoverage} {
		require.NotNil(t, figure, "%.300s", printed)
	}
	return reading{
		Value: *s.Value, Low: *s.Low, High: *s.High, Coverage: *s.Coverage, EvidenceCoverage: *s.EvidenceCoverage,
		Verdict: document.Need.Headline, ContentVersion: document.ContentVersion, AsOf: document.AsOf,
	}
}

func find(t *testing.T, pattern, text string) []string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	require.NotNil(t, found, "%s in %.3000s", pattern, text)
	return found
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(text))
	require.NoError(t, err, fmt.Sprintf("%q", text))
	return n
}
