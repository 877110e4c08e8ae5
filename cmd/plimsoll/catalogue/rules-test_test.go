package catalogue

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const example = "../../../assessments/custom/testdata/example.yaml"

func TestRulesTestRunsTheCases(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, testRules(&out, nil, example))
	require.Contains(t, out.String(), "ok    custom/own-registry: the sandbox\n")
	require.Contains(t, out.String(), "2 rules, 7 cases\n")
}

func TestRulesTestFailsWithTheCase(t *testing.T) {
	data, err := os.ReadFile(example)
	require.NoError(t, err)
	broken := strings.Replace(string(data), "severity: high\n    effort", "severity: low\n    effort", 1)
	var out bytes.Buffer
	require.ErrorContains(t, testRules(&out, strings.NewReader(broken), "-"), "1 failure")
	require.Contains(t, out.String(), "FAIL  custom/own-registry: somebody else's image")
	require.Contains(t, out.String(), "severity: want high, got low")
}

func TestRulesTestNamesThePlaceOfABadRule(t *testing.T) {
	var out bytes.Buffer
	err := testRules(&out, strings.NewReader("rules:\n  - id: jvm/x\n"), "-")
	require.ErrorContains(t, err, "-:2:9: id: want custom/")
	require.ErrorContains(t, testRules(&out, nil, "nowhere.yaml"), "nowhere.yaml")
}
