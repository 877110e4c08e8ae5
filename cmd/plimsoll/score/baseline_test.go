package score

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

func TestBaselinesAreReadStrictly(t *testing.T) {
	known, err := readBaseline(strings.NewReader(`{"schema":"plimsoll.baseline/v1","contentVersion":"1","asOf":"2026-11-20","findings":[{"fingerprint":"a","severity":"low","rule":"r","subject":"s"},{"fingerprint":"a","severity":"high","rule":"r","subject":"s"}]}`))
	require.NoError(t, err)
	require.Equal(t, baseline{"a": assessments.High}, known)

	for text, want := range map[string]string{
		"":     "it is empty or cut off",
		"{":    "it is empty or cut off",
		"{}":   `its schema is ""`,
		"null": `its schema is ""`,
		"[]":   `at "/", byte 0`,
		`{"schema":"plimsoll.baseline/v2","other":1}`:                               `its schema is "plimsoll.baseline/v2", want plimsoll.baseline/v1`,
		`{"schema":"plimsoll.baseline/v1","schema":"x"}`:                            `duplicate object member name "schema"`,
		`{"schema":"plimsoll.baseline/v1"} x`:                                       "after top-level value",
		`{"schema":"plimsoll.baseline/v1","findings":[{"fingerprint":1e400}]}`:      `at "/findings/0/fingerprint"`,
		`{"schema":"plimsoll.baseline/v1","findings":[{"severity":"grave"}]}`:       `got "grave"`,
		`{"schema":"plimsoll.baseline/v1","findings":[{"severity":NaN}]}`:           "invalid character 'N'",
		`{"schema":"plimsoll.baseline/v1","findings":` + strings.Repeat("[", 20000): "no baseline: ",
	} {
		_, err := readBaseline(strings.NewReader(text))
		require.ErrorContains(t, err, want, text[:min(len(text), 80)])
		require.ErrorContains(t, err, "--write-baseline makes one")
		require.NotContains(t, err.Error(), "Go ")
	}
	_, err = readBaseline(strings.NewReader(strings.Repeat(" ", maxBaselineBytes+2)))
	require.ErrorContains(t, err, "larger than 64 MiB")
}

// What a command line mixes up is not lost.
func TestNothingIsWrittenOverByMistake(t *testing.T) {
	folder := t.TempDir()
	manifest, waivers := filepath.Join(folder, "shop.yaml"), filepath.Join(folder, "waivers.yaml")
	require.NoError(t, os.WriteFile(manifest, []byte(shop), 0o644))
	require.NoError(t, os.WriteFile(waivers, []byte("waivers: []\n"), 0o644))
	t.Chdir(folder)
	for _, c := range []struct {
		want string
		args []string
	}{
		{"--output shop.yaml: is " + manifest, []string{manifest, "--format", "json", "-o", "shop.yaml"}},
		{"--output waivers.yaml: is ./waivers.yaml", []string{manifest, "--waivers", "./waivers.yaml", "--format", "json", "-o", "waivers.yaml"}},
		{"--output b.json: is ./b.json", []string{manifest, "--baseline", "./b.json", "--write-baseline", "--format", "json", "-o", "b.json"}},
		{"--format json and --format sarif both go to ./a", []string{manifest, "--format", "json", "-o", "a", "--format", "sarif", "-o", "./a"}},
		{"is there, and is no baseline", []string{manifest, "--baseline", "shop.yaml", "--write-baseline"}},
	} {
		require.ErrorContains(t, scoreIn(t, "", c.args...).err, c.want)
	}
	text, err := os.ReadFile(manifest)
	require.NoError(t, err)
	require.Equal(t, shop, string(text))

	for range 2 { // a baseline may be written again
		require.NoError(t, scoreIn(t, "", manifest, "--baseline", "known.json", "--write-baseline").err)
	}
}
