package calculate

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/engines"
	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/cmd/plimsoll/score"
)

var update = flag.Bool("update", false, "write the golden files")

// harbour is a platform as three years of production leave it, as a snapshot file.
func harbour(t *testing.T) string {
	t.Helper()
	records, err := snapshottest.Harbour()
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, snapshottest.Write(&b, records))
	path := filepath.Join(t.TempDir(), "harbour.plimsoll")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

func compute1(t *testing.T, id string, args ...string) (string, int, error) {
	t.Helper()
	code := -1
	for _, command := range Commands(func(c int) { code = c }) {
		if command.Name() != id {
			continue
		}
		var out bytes.Buffer
		command.SetArgs(args)
		command.SetOut(&out)
		command.SetErr(new(bytes.Buffer))
		command.SilenceErrors, command.SilenceUsage = true, true
		err := command.ExecuteContext(t.Context())
		return out.String(), code, err
	}
	require.Fail(t, "no command "+id)
	return "", 0, nil
}

func TestEveryEngineHasItsCommandAndTheSameBytes(t *testing.T) {
	file := harbour(t)
	for _, id := range engines.IDs {
		for _, format := range []string{"human", "json"} {
			args := []string{file, "--format", format, "--as-of", "2026-11-20"}
			first, code, err := compute1(t, id, args...)
			require.NoError(t, err)
			require.Equal(t, score.ExitFine, code)
			for _, processors := range []int{1, 8} {
				before := runtime.GOMAXPROCS(processors)
				again, _, err := compute1(t, id, args...)
				runtime.GOMAXPROCS(before)
				require.NoError(t, err)
				require.Equal(t, first, again, "%s as %s", id, format)
			}
			if format == "json" {
				var d Document
				require.NoError(t, json.Unmarshal([]byte(first), &d))
				require.Equal(t, id, d.Result.ID)
				require.NotNil(t, d.Data)
				continue
			}
			path := filepath.Join("testdata", id+".txt")
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(first), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), first, "run with -update if the change is meant")
		}
	}
}

func TestTheUpgradeGoesWhereItIsTold(t *testing.T) {
	file := harbour(t)
	near, _, err := compute1(t, "upgrade", file, "--as-of", "2026-11-20", "--to", "1.30", "--format", "json")
	require.NoError(t, err)
	far, _, err := compute1(t, "upgrade", file, "--as-of", "2026-11-20", "--to", "1.37", "--format", "json")
	require.NoError(t, err)
	require.Less(t, len(near), len(far))
	require.Contains(t, near, `"targetVersion": "1.30"`)
	_, _, err = compute1(t, "upgrade", file, "--to", "soon")
	require.ErrorContains(t, err, "--to: want a Kubernetes minor")
	_, _, err = compute1(t, "heap", file, "--format", "sarif")
	require.ErrorContains(t, err, "want human or json")
}

func TestFilesAreUpgradedFromTheVersionThatIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "books.yaml")
	require.NoError(t, os.WriteFile(path, []byte("apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: books}\nspec: {schedule: '@daily', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: 'a:1.0'}]}}}}}\n"), 0o644))
	told, _, err := compute1(t, "upgrade", path, "--as-of", "2026-11-20", "--from", "1.24", "--to", "1.26")
	require.NoError(t, err)
	require.Contains(t, told, "From 1.24 to 1.26 in 2 hops")
	require.Contains(t, told, "batch/v1beta1 CronJob")
	untold, _, err := compute1(t, "upgrade", path, "--as-of", "2026-11-20")
	require.NoError(t, err)
	require.Contains(t, untold, "--from")
	_, _, err = compute1(t, "upgrade", path, "--from", "old")
	require.ErrorContains(t, err, "--from: want a Kubernetes minor")
}

func TestWhatCantBeReadIsListedAndIsNoEvidence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.yaml")
	require.NoError(t, os.WriteFile(path, []byte("foo: bar\n"), 0o600))
	out, code, err := compute1(t, "probe", path)
	require.NoError(t, err)
	require.Equal(t, score.ExitNoEvidence, code)
	require.Contains(t, out, "none.yaml:1  no Kubernetes object")
}
