package lawtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/questionnaire"
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

// TestEachControlHasEvidenceOrAQuestionAndEachQuestionAControlOrTheGate holds that nothing is asked or weighed for its own sake. A
// control without a question is one that evidence alone decides, by a rule of this content version or of a later one.
func TestEachControlHasEvidenceOrAQuestionAndEachQuestionAControlOrTheGate(t *testing.T) {
	declares := map[string]bool{}
	for _, control := range content.V1().Controls {
		require.True(t, control.AlphaPercent == 100 || len(control.Questions) > 0, "%s has a declared half and no question", control.ID)
		require.False(t, control.AlphaPercent == 0 && len(control.Questions) == 0, "%s has neither evidence nor a question", control.ID)
		for _, d := range control.Questions {
			declares[d.Question] = true
		}
	}
	for _, section := range content.V1().Questionnaire.Sections {
		for _, q := range section.Questions {
			bears := declares[q.ID] || section.ID == questionnaire.Gate || section.ID == questionnaire.Context
			require.True(t, bears, "question %s bears on nothing", q.ID)
		}
	}
}

// TestEachPairHasItsQuestionAndItsFacts holds that a pair is found by its id, and says what it holds against what.
func TestEachPairHasItsQuestionAndItsFacts(t *testing.T) {
	const everyQuestion = "K-32" // looks at whatever was answered with "not applicable"
	files, err := filepath.Glob("../../assessments/contradictions/k[0-9]*.go")
	require.NoError(t, err)
	require.Len(t, files, len(content.V1().Pairs), "one file a pair")
	for _, pair := range content.V1().Pairs {
		require.Equal(t, pair.ID == everyQuestion, len(pair.Questions) == 0, "%s: questions", pair.ID)
		require.NotEmpty(t, pair.Observes, "%s does not say what it looks at", pair.ID)
		require.NotEmpty(t, pair.Guard, "%s does not say what keeps it from false alarm", pair.ID)
		require.NotNil(t, pair.Look, pair.ID)
		name := strings.ToLower(strings.ReplaceAll(pair.ID, "-", ""))
		for _, pattern := range []string{name + "-*.go", "testdata/" + name + "-*.yaml"} {
			found, err := filepath.Glob(filepath.Join("../../assessments/contradictions", pattern))
			require.NoError(t, err)
			require.Len(t, found, 1, "%s: want one %s", pair.ID, pattern)
		}
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

// TestEveryReferenceFileHasARecipe holds that a maintainer finds how each file is brought up to date.
func TestEveryReferenceFileHasARecipe(t *testing.T) {
	page := read(t, "docs/reference-data.md")
	for _, file := range reference.Files() {
		require.Contains(t, page, "\n## "+file.Name+"\n", "the page has no recipe for %s", file.Name)
	}
}
