package rules_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/rules"
)

func TestDurationsReadWell(t *testing.T) {
	for seconds, want := range map[int64]string{
		0: "0 s", 59: "59 s", 119: "119 s", 120: "120 s (2 min)", 310: "310 s (5.1 min)", 1800: "1800 s (30 min)", 7199: "7199 s (119.9 min)", 7200: "7200 s (2 h)", 9000: "9000 s (2.5 h)",
	} {
		require.Equal(t, want, rules.Seconds(seconds))
	}
	require.Equal(t, "1 pod", assessments.Counted(1, "pod"))
	require.Equal(t, "0 pods", assessments.Counted(0, "pod"))
}
