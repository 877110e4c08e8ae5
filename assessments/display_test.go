package assessments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

func TestFiguresAreShownRoundedDown(t *testing.T) {
	for m, want := range map[assessments.Micros]struct {
		whole, percent int
		hundredths     string
		tenths         string
	}{
		0:           {0, 0, "0.00", "0.0"},
		1:           {0, 0, "0.00", "0.0"},
		666_667:     {0, 66, "0.66", "0.6"},
		999_999:     {0, 99, "0.99", "0.9"},
		1_000_000:   {1, 100, "1.00", "1.0"},
		58_099_999:  {58, 5809, "58.09", "58.0"},
		99_999_999:  {99, 9999, "99.99", "99.9"},
		100_000_000: {100, 10_000, "100.00", "100.0"},
	} {
		require.Equal(t, want.whole, m.Whole(), "%d", m)
		require.Equal(t, want.percent, m.Percent(), "%d", m)
		require.Equal(t, want.hundredths, m.Hundredths(), "%d", m)
		require.Equal(t, want.tenths, m.Tenths(), "%d", m)
	}
	require.Equal(t, "−12.5", assessments.Micros(-12_599_999).Tenths(), "towards zero, with a minus sign of its own")
	require.Equal(t, "-9.61", assessments.Micros(-9_617_000).Hundredths())
	require.Equal(t, "-0.25", assessments.Micros(-250_000).Hundredths())
	require.Equal(t, "−0.0", assessments.Micros(-1).Tenths())
}

func TestTenthsAreSharedByLargestRemainder(t *testing.T) {
	require.Equal(t, []int64{334, 333, 333}, assessments.SharedTenths([]assessments.Micros{33_333_334, 33_333_333, 33_333_333}, 100_000_000))
	require.Equal(t, []int64{2, 2}, assessments.SharedTenths([]assessments.Micros{160_000, 250_000}, 410_000), "0.1 and 0.2, and of 0.06 and 0.05 the first is more")
}

func TestARangeInWords(t *testing.T) {
	for want, r := range map[string]assessments.Range{
		"58, between 51 and 74":        {Value: new(assessments.Micros(58_900_000)), Low: 51_200_000, High: 74_999_999},
		"58":                           {Value: new(assessments.Micros(58_900_000)), Low: 58_900_000, High: 58_900_000},
		"not known, between 0 and 100": {High: 100_000_000},
		"58, between 58 and 58":        {Value: new(assessments.Micros(58_100_000)), Low: 58_000_000, High: 58_200_000},
		"not known, between 40 and 40": {Low: 40_000_000, High: 40_000_000},
		"100, between 99 and 100":      {Value: new(assessments.Micros(100_000_000)), Low: 99_999_999, High: 100_000_000},
	} {
		require.Equal(t, want, r.Words())
	}
}

func TestBandsByValueAndInWords(t *testing.T) {
	for value, want := range map[assessments.Micros]string{
		0: "Submerged (overloaded)", 39_999_999: "Submerged (overloaded)",
		40_000_000: "Low freeboard (at risk)", 69_999_999: "Low freeboard (at risk)",
		70_000_000: "Seaworthy with conditions (ready with conditions)", 84_999_999: "Seaworthy with conditions (ready with conditions)",
		85_000_000: "Seaworthy (ready)", 100_000_000: "Seaworthy (ready)",
	} {
		band := assessments.BandAt(value)
		require.Equal(t, want, assessments.LoadLine{Low: band, High: band}.Title(), "%d", value)
	}
	require.Equal(t, "Between Submerged (overloaded) and Seaworthy (ready)", assessments.LoadLine{Low: assessments.Submerged, High: assessments.Seaworthy}.Title())
	for band, floor := range map[assessments.Band]int64{assessments.Submerged: 0, assessments.LowFreeboard: 40, assessments.SeaworthyWithConditions: 70, assessments.Seaworthy: 85} {
		points, known := band.Floor()
		require.True(t, known)
		require.Equal(t, floor, points)
	}
	_, known := assessments.Band("afloat").Floor()
	require.False(t, known)
}

func TestSmallWords(t *testing.T) {
	require.Equal(t, "Ärger", assessments.Capital("ärger"))
	require.Equal(t, "1 pod", assessments.Counted(1, "pod"))
	require.Equal(t, "0 pods", assessments.Counted(0, "pod"))
	require.Equal(t, "2 pods", assessments.Counted(2, "pod"))
	require.Empty(t, assessments.Capital(""))
	require.Equal(t, "shop/web · app", assessments.Subject{Kind: "Deployment", Namespace: "shop", Name: "web", Container: "app"}.String())
	require.Equal(t, "n1", assessments.Subject{Kind: "Node", Name: "n1"}.String())
}

func TestSeveritiesAreWords(t *testing.T) {
	for s, word := range map[assessments.Severity]string{0: "", assessments.Low: "low", assessments.Critical: "critical", -1: "Severity(-1)", 5: "Severity(5)"} {
		require.Equal(t, word, s.String())
	}
	var s assessments.Severity
	require.NoError(t, s.UnmarshalText([]byte("high")))
	require.Equal(t, assessments.High, s)
	require.ErrorContains(t, s.UnmarshalText([]byte("severe")), `got "severe"`)
}
