package printing

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/cmd/plimsoll/score"
	"plimsoll/server/report"
)

func printed(t *testing.T, args ...string) (string, string, int, error) {
	t.Helper()
	code := -1
	command := Command(func(c int) { code = c })
	var out, messages bytes.Buffer
	command.SetArgs(args)
	command.SetOut(&out)
	command.SetErr(&messages)
	command.SilenceErrors, command.SilenceUsage = true, true
	err := command.ExecuteContext(t.Context())
	return out.String(), messages.String(), code, err
}

func TestTheReportIsAPDFAndTheSameEachTime(t *testing.T) {
	records, err := snapshottest.Harbour()
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, snapshottest.Write(&b, records))
	dir := t.TempDir()
	snapshot, answers := filepath.Join(dir, "harbour.plimsoll"), filepath.Join(dir, "answers.yaml")
	require.NoError(t, os.WriteFile(snapshot, b.Bytes(), 0o600))
	require.NoError(t, os.WriteFile(answers, []byte("version: \"1\"\nanswers:\n  C1: {option: C1.c}\n  B2: {option: B2.a}\n"), 0o600))
	file := filepath.Join(dir, "out.pdf")
	_, messages, code, err := printed(t, snapshot, "--answers", answers, "-o", file, "--as-of", "2026-11-20")
	require.NoError(t, err)
	require.Equal(t, score.ExitFine, code)
	require.Contains(t, messages, "written")
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(written, []byte("%PDF-")))
	again, _, _, err := printed(t, snapshot, "--answers", answers, "-o", "-", "--as-of", "2026-11-20", "--quiet")
	require.NoError(t, err)
	require.Equal(t, string(written), again)

	for _, format := range report.Formats() {
		first, _, code, err := printed(t, snapshot, "--answers", answers, "-o", "-", "--as-of", "2026-11-20", "--quiet", "--format", string(format))
		require.NoError(t, err)
		require.Equal(t, score.ExitFine, code)
		require.NotEmpty(t, first)
		second, _, _, err := printed(t, snapshot, "--answers", answers, "-o", "-", "--as-of", "2026-11-20", "--quiet", "--format", string(format))
		require.NoError(t, err)
		require.Equal(t, first, second, format)
	}
}

func TestWithoutEvidenceNothingIsWritten(t *testing.T) {
	dir := t.TempDir()
	source, file := filepath.Join(dir, "none.yaml"), filepath.Join(dir, "out.pdf")
	require.NoError(t, os.WriteFile(source, []byte("foo: bar\n"), 0o600))
	_, messages, code, err := printed(t, source, "-o", file)
	require.NoError(t, err)
	require.Equal(t, score.ExitNoEvidence, code)
	require.Contains(t, messages, "none.yaml:1: no Kubernetes object")
	require.NoFileExists(t, file)
}

func TestMistakesAreNamed(t *testing.T) {
	_, _, _, err := printed(t, "x.yaml")
	require.ErrorContains(t, err, "-o: name the file")
	_, _, _, err = printed(t, "-o", "x.pdf")
	require.ErrorContains(t, err, "name a file, a folder")
	_, _, _, err = printed(t, "nowhere.yaml", "-o", filepath.Join(t.TempDir(), "x.pdf"))
	require.ErrorContains(t, err, "no such file")
	_, _, _, err = printed(t, "x.yaml", "-o", "x.docx", "--format", "docx")
	require.ErrorContains(t, err, `--format: want one of full, short, markdown, csv, json, xlsx, got "docx"`)
	_, _, _, err = printed(t, "x.yaml", "-o", "x.csv", "--format", "csv", "--short")
	require.ErrorContains(t, err, "--short is a PDF")
}
