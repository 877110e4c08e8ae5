package assessments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

func TestAWaiverCoversWhatAllOfItsPatternsName(t *testing.T) {
	web := assessments.Subject{Kind: "Deployment", Namespace: "shop", Name: "web", Container: "app"}
	for _, c := range []struct {
		waiver assessments.Waiver
		covers bool
	}{
		{assessments.Waiver{Rule: "probes/readiness"}, true},
		{assessments.Waiver{Rule: "probes/*"}, true},
		{assessments.Waiver{Rule: "*"}, true},
		{assessments.Waiver{}, true},
		{assessments.Waiver{Rule: "jvm/*"}, false},
		{assessments.Waiver{Rule: "probes/*", Kind: "Deployment", Namespace: "shop", Name: "w?b", Container: "a*"}, true},
		{assessments.Waiver{Rule: "probes/*", Kind: "StatefulSet"}, false},
		{assessments.Waiver{Rule: "probes/*", Namespace: "bank"}, false},
		{assessments.Waiver{Rule: "probes/*", Name: "api"}, false},
		{assessments.Waiver{Rule: "probes/*", Container: "proxy"}, false},
		{assessments.Waiver{Rule: "["}, false},
	} {
		require.Equal(t, c.covers, c.waiver.Covers("probes/readiness", web), "%+v", c.waiver)
	}
	bracket := assessments.Waiver{Name: "["}
	require.True(t, bracket.Covers("probes/readiness", assessments.Subject{Name: "["}), "what is no glob names itself")
}

func TestAWaiverHoldsToTheEndOfItsDay(t *testing.T) {
	day := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	w := assessments.Waiver{Until: day.Add(5 * time.Hour)}
	require.True(t, w.Holds(day.Add(23*time.Hour)))
	require.True(t, w.Holds(day.AddDate(0, 0, -1)))
	require.False(t, w.Holds(day.AddDate(0, 0, 1)))
	require.Equal(t, "until 2027-03-31", w.Term())
	require.False(t, assessments.Waiver{}.Holds(day), "without a day it never held")
	require.True(t, assessments.Waiver{Annotated: true}.Holds(day))
}
