package score

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const ownRules = "../../../assessments/custom/testdata/example.yaml"

func TestOwnRulesStandBesideTheScoreInEveryFormat(t *testing.T) {
	without := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", "json")
	with := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", "json", "--rules", ownRules)
	require.NoError(t, with.err)
	requireValid(t, with.stdout)
	require.Equal(t, document(t, without).Findings, document(t, with).Findings)
	require.Contains(t, with.stdout, `"custom": {`)
	for _, format := range formats {
		r := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", format, "--rules", ownRules)
		require.NoError(t, r.err)
		if format == "sarif" {
			requireSARIF(t, r.stdout)
		}
		require.Contains(t, r.stdout, "custom/", format)
		require.Equal(t, r.stdout, scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", format, "--rules", ownRules).stdout)
	}
	require.ErrorContains(t, scoreIn(t, shop, "-", "--rules", write(t, "r.yaml", "rules: [{}]")).err, "--rules: ")
}
