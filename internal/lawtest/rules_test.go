package lawtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

// TestEachRuleIsOneFileWithItsCasesAndItsPage holds that a rule is found by its id: its file, its cases, its page.
func TestEachRuleIsOneFileWithItsCasesAndItsPage(t *testing.T) {
	files := map[string]bool{}
	for _, rule := range content.V1().Rules.All() {
		pillar, slug, _ := strings.Cut(rule.ID, "/")
		folder := filepath.Join("../../assessments/rules", pillar)
		source := filepath.Join(folder, slug+".go")
		text, err := os.ReadFile(source)
		require.NoError(t, err, rule.ID)
		require.Contains(t, string(text), `"`+rule.ID+`"`, "%s does not hold its rule", source)
		files[source] = true
		cases := filepath.Join(folder, "testdata", slug+".yaml")
		data, err := os.ReadFile(cases)
		require.NoError(t, err, rule.ID)
		file, err := rules.ReadCases(cases, data)
		require.NoError(t, err, rule.ID)
		require.Equal(t, rule.ID, file.Rule)
		require.NoError(t, file.Complete(), "%s has no case of every outcome", rule.ID)
		_, err = os.Stat(filepath.Join("../../docs/rules", pillar, slug+".md"))
		require.NoError(t, err, "%s has no page", rule.ID)
	}
	for _, pillar := range assessments.Pillars {
		found, err := filepath.Glob(filepath.Join("../../assessments/rules", string(pillar), "*.go"))
		require.NoError(t, err)
		for _, file := range found {
			own := filepath.Base(file) == string(pillar)+".go" || strings.HasSuffix(file, "_test.go")
			require.True(t, own || files[file], "%s is no rule: what rules share stands in %s.go", file, pillar)
		}
	}
}

func TestEveryRuleObservesAControl(t *testing.T) {
	controls := map[string]assessments.Control{}
	for _, control := range content.V1().Controls {
		controls[control.ID] = control
	}
	for _, rule := range content.V1().Rules.All() {
		require.Contains(t, controls, rule.Control, rule.ID)
		require.NotZero(t, controls[rule.Control].AlphaPercent, "%s observes a control that is declared alone", rule.ID)
	}
}

func TestEveryReferenceFileSaysItsSourceAndItsDate(t *testing.T) {
	files := reference.Files()
	require.NotEmpty(t, files)
	for _, file := range files {
		require.NotEmpty(t, file.Sources, file.Name)
		require.False(t, file.AsOf.IsZero(), file.Name)
	}
}
