package catalogue

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/reference"
)

func execute(t *testing.T, command *cobra.Command, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	command.SetArgs(args)
	command.SetOut(&out)
	command.SetErr(new(bytes.Buffer))
	command.SilenceErrors, command.SilenceUsage = true, true
	err := command.ExecuteContext(t.Context())
	return out.String(), err
}

func TestTheListHoldsEveryRuleAndEveryControlThatIsDeclared(t *testing.T) {
	text, err := execute(t, Rules(), "list", "--format", "json")
	require.NoError(t, err)
	var listed []entry
	require.NoError(t, json.Unmarshal([]byte(text), &listed))
	declared := map[string]bool{}
	ids := map[string]bool{}
	for _, e := range listed {
		ids[e.ID] = true
		if e.Declared {
			declared[e.ID] = true
			require.NotEmpty(t, e.Questions, e.ID)
			continue
		}
		require.NotEmpty(t, e.Subject, e.ID)
		require.NotEmpty(t, e.Text.Sources, e.ID)
		require.NotEmpty(t, e.Text.DoesNotCatch, e.ID)
	}
	require.Equal(t, map[string]bool{
		"lifecycle/etcd-backup": true, "lifecycle/upgrade-practice": true, "lifecycle/ownership": true, "delivery/pipeline": true,
		"delivery/registry": true, "probes/recovery-known": true, "networking/capacity-known": true,
	}, declared)
	for _, rule := range content.V1().Rules.All() {
		require.True(t, ids[rule.ID], rule.ID)
	}
	human, err := execute(t, Rules(), "list")
	require.NoError(t, err)
	require.Regexp(t, `delivery/pipeline +high +3 +declared +B1 B6 B7`, human)
	_, err = execute(t, Rules(), "list", "--format", "xml")
	require.ErrorContains(t, err, "want human or json")
}

func TestARuleIsShownWhole(t *testing.T) {
	text, err := execute(t, Rules(), "show", "delivery/image-tag-mutable")
	require.NoError(t, err)
	for _, part := range []string{"What\n", "Why\n", "How it is decided\n", "Mend\n", "What it does not catch\n", "Sources\n", "Severity high, weight 5, judges each container"} {
		require.Contains(t, text, part)
	}
	text, err = execute(t, Rules(), "show", "delivery/pipeline")
	require.NoError(t, err)
	require.Contains(t, text, "Declared: no evidence can show it")
	_, err = execute(t, Rules(), "show", "image-tag-mutable")
	require.ErrorContains(t, err, "did you mean delivery/image-tag-mutable?")
	_, err = execute(t, Rules(), "show", "no/thing-at-all")
	require.ErrorContains(t, err, "plimsoll rules list names all")
}

func TestAFormIsWrittenCheckedAndReadBack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "answers.yaml")
	text, err := execute(t, Questionnaire(), "answer", file)
	require.NoError(t, err)
	require.Contains(t, text, "is an empty form")
	form, err := os.ReadFile(file)
	require.NoError(t, err)
	shown, err := execute(t, Questionnaire(), "show")
	require.NoError(t, err)
	require.Equal(t, shown, string(form))

	require.NoError(t, os.WriteFile(file, []byte("version: \"1\"\nanswers:\n  L1: {option: L1.a}\n  L2: {option: unknown}\n"), 0o600))
	text, err = execute(t, Questionnaire(), "answer", file)
	require.NoError(t, err)
	require.Contains(t, text, "1 answered, 1 unknown, 0 not applicable, 6 open: L3 L4 L5 L6 L7 L8")
	require.Contains(t, text, "plimsoll score PATH --answers "+file)
	require.NoError(t, os.WriteFile(file, []byte("version: \"1\"\nanswers:\n  L1: {option: L1.z}\n"), 0o600))
	_, err = execute(t, Questionnaire(), "answer", file)
	require.ErrorContains(t, err, "line 3")
}

func TestEveryRowOfReferenceDataSaysWhereItIsFromAndWhatItIsWorth(t *testing.T) {
	text, err := execute(t, Reference(), "show", "--format", "json", "--as-of", "2026-11-22")
	require.NoError(t, err)
	var files []referenceFile
	require.NoError(t, json.Unmarshal([]byte(text), &files))
	require.Len(t, files, len(reference.Files()))
	for _, file := range files {
		text, err := execute(t, Reference(), "show", file.Name, "--format", "json", "--as-of", "2026-11-22")
		require.NoError(t, err)
		var shown struct{ Rows []referenceRow }
		require.NoError(t, json.Unmarshal([]byte(text), &shown))
		require.NotEmpty(t, shown.Rows, file.Name)
		for _, r := range shown.Rows {
			require.NotEmpty(t, r.Source, "%s %v", file.Name, r.Values)
			require.Contains(t, []string{"settled", "planned", "estimated"}, r.State)
			require.Contains(t, []string{"high", "medium", "low"}, r.Confidence)
			require.Equal(t, file.AsOf, r.AsOf)
			require.NotEmpty(t, r.Values)
		}
	}
}

func TestARowIsFoundByAnyOfItsValuesAndStaleFilesAreNamed(t *testing.T) {
	text, err := execute(t, Reference(), "show", "1.37", "--as-of", "2027-09-01")
	require.NoError(t, err)
	require.Contains(t, text, "kubernetes-releases rows  minor 1.37")
	require.Contains(t, text, "estimated, high confidence")
	require.Contains(t, text, "no rule takes points on it")
	require.Contains(t, text, ", stale, from")
	text, err = execute(t, Reference(), "show", "--as-of", "2027-09-01")
	require.NoError(t, err)
	require.Equal(t, len(reference.StaleAt(assessments.Day(mustDay(t, "2027-09-01")))), strings.Count(text, "STALE"))
	_, err = execute(t, Reference(), "show", "no-such-thing")
	require.ErrorContains(t, err, "lists the files")
	_, err = execute(t, Reference(), "show", "--as-of", "soon")
	require.ErrorContains(t, err, "want a date")
}

func mustDay(t *testing.T, text string) time.Time {
	t.Helper()
	day, err := time.Parse(time.DateOnly, text)
	require.NoError(t, err)
	return day
}
