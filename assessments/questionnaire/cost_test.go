package questionnaire

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const costsOfAFirm = `
version: "1"
costs:
  currency: EUR
  personYear: 96000
  ways:
    today: {people: 1.5, machines: 40, machineYear: 1200, otherYear: 30000}
    managed-kubernetes: {people: 1, machines: 24, machineYear: 1200, otherYear: 9000.50, migrationMonths: 6, migrationPeople: 2, trainingOnce: 8000}
`

func costsOf(t *testing.T, text string) CostFigures {
	t.Helper()
	file, err := Current().ReadAnswers(strings.NewReader(text))
	require.NoError(t, err)
	return file.Costs
}

func way(t *testing.T, c *Cost, id string) WayCost {
	t.Helper()
	for _, w := range c.Ways {
		if w.ID == id {
			return w
		}
	}
	require.Fail(t, "no way "+id)
	return WayCost{}
}

func TestCostsByTheUsersFigures(t *testing.T) {
	c := Current().Costs(costsOf(t, costsOfAFirm), Verdict{})
	want := map[string]map[string]string{
		Today:                {"people": "144000", "machines": "48000", "other": "30000", "year": "222000"},
		"managed-kubernetes": {"people": "96000", "machines": "28800", "other": "9000.5", "year": "133800.5", "migration": "96000", "doubleRunning": "24000", "training": "8000", "once": "128000", "differenceYear": "-88199.5", "paysBackMonths": "17.41"},
	}
	for id, rows := range want {
		w := way(t, c, id)
		require.Len(t, w.Rows, len(rows))
		for _, row := range w.Rows {
			require.NotNil(t, row.Value, "%s: %s", id, row.ID)
			require.Equal(t, rows[row.ID], row.Value.String(), "%s: %s = %s", id, row.ID, row.Formula)
			require.NotContains(t, row.Formula, "?")
		}
	}
	require.Empty(t, c.Missing)
	people, _ := way(t, c, Today).Row("people")
	require.Equal(t, "1.5 people × 96000 a person and year", people.Formula)
}

// No figure is invented: each row that lacks one says which, has no value, and every sum over it neither.
func TestAMissingFigureIsUnknownAndNamed(t *testing.T) {
	lines := []string{"personYear: 96000", "machines: 40, ", "otherYear: 9000.50, ", "migrationMonths: 6, "}
	hits := map[string][2]string{
		"personYear: 96000":    {"people", "costs.personYear"},
		"machines: 40, ":       {"year", "costs.ways.today.machines"},
		"otherYear: 9000.50, ": {"year", "costs.ways.managed-kubernetes.otherYear"},
		"migrationMonths: 6, ": {"once", "costs.ways.managed-kubernetes.migrationMonths"},
	}
	for _, line := range lines {
		text := strings.Replace(costsOfAFirm, line, "", 1)
		require.NotEqual(t, costsOfAFirm, text)
		c := Current().Costs(costsOf(t, text), Verdict{})
		require.Contains(t, c.Missing, hits[line][1])
		found := false
		for _, w := range c.Ways {
			for _, row := range w.Rows {
				require.Equal(t, len(row.Missing) > 0, row.Value == nil && row.Note == "", "%s: %s", w.ID, row.ID)
				found = found || row.ID == hits[line][0] && row.Value == nil
			}
		}
		require.True(t, found, line)
	}
}

// Without any figure the formulas stand, for today, the best simpler way and the best Kubernetes.
func TestCostsWithoutFiguresShowWhatToFillIn(t *testing.T) {
	v := Current().Gate(mustSheet(t, answered("G1.a", "G2.a", "G3.a", "G4.a", "G5.a", "G6.a", "G13.a", "G7.a", "G8.a", "G9.a", "G10.a", "G12.a")))
	c := Current().Costs(CostFigures{}, v)
	require.Len(t, c.Ways, 3)
	require.Equal(t, Today, c.Ways[0].ID)
	for _, w := range c.Ways {
		for _, row := range w.Rows {
			require.Nil(t, row.Value)
			require.NotEmpty(t, row.Formula)
		}
	}
	require.NotEmpty(t, c.Missing)
}

func TestACostlierWayNeverPaysBack(t *testing.T) {
	text := strings.Replace(costsOfAFirm, "people: 1,", "people: 3,", 1)
	w := way(t, Current().Costs(costsOf(t, text), Verdict{}), "managed-kubernetes")
	row, _ := w.Row("paysBackMonths")
	require.Nil(t, row.Value)
	require.Contains(t, row.Note, "never by cost alone")
	difference, _ := w.Row("differenceYear")
	require.Contains(t, difference.Note, "more each year")
}

func TestFiguresOutOfBoundsAreRefused(t *testing.T) {
	for _, line := range []string{"personYear: -1", "personYear: 1e9", "personYear: 1.234", "personYear: ten", "personYear: 10000000001", "people: 3", "ways: {elsewhere: {people: 1}}", "ways: {today: {migrationMonths: 1}}", "currency: " + strings.Repeat("E", 40)} {
		_, err := Current().ReadAnswers(strings.NewReader("version: \"1\"\ncosts:\n  " + line + "\n"))
		var fault *FileError
		require.ErrorAs(t, err, &fault, line)
		require.Equal(t, 3, fault.Line, line)
	}
}

func TestCostsAreReadBackFromTheForm(t *testing.T) {
	figures := costsOf(t, costsOfAFirm)
	var form bytes.Buffer
	require.NoError(t, Current().WriteAnswers(&form, AnswersFile{Costs: figures}))
	require.Equal(t, figures, costsOf(t, form.String()))
}

func TestAmountsAreWrittenAsNumbers(t *testing.T) {
	for amount, want := range map[Amount]string{0: "0", 250: "2.5", 205: "2.05", -50: "-0.5", -25000: "-250", 100: "1"} {
		data, err := json.Marshal(amount)
		require.NoError(t, err)
		require.Equal(t, want, string(data))
	}
}
