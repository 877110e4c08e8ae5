package questionnaire

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestContentHoldsTheWholeQuestionnaire(t *testing.T) {
	q, err := Load()
	require.NoError(t, err)
	require.Equal(t, ContentVersion, q.Version)
	require.Len(t, q.Hash, 64)

	scored, jvm, verifiable, findOut := 0, 0, 0, map[string]string{}
	for _, question := range q.Questions() {
		if question.Section != Context {
			scored++
			if question.Verifiable {
				verifiable++
			}
		}
		if question.Section == JVM {
			jvm++
		}
		require.Empty(t, findOut[question.FindOut], "%s and %s share a way to find out", question.ID, findOut[question.FindOut])
		findOut[question.FindOut] = question.ID
	}
	require.Len(t, q.Questions(), 53)
	require.Equal(t, 48, scored)
	require.Equal(t, 42, scored-jvm)
	require.Equal(t, 39, verifiable)
}

func TestContentHasTheWeightsAndValuesOfTheDesign(t *testing.T) {
	q := Current()
	weights := map[string]int{
		"G1": 5, "G2": 4, "G3": 3, "G4": 3, "G5": 4, "G6": 4, "G7": 5, "G8": 4, "G9": 4, "G10": 3, "G11": 3, "G12": 5, "G13": 3,
		"L1": 4, "L2": 5, "L3": 3, "L4": 4, "L5": 3, "L6": 5, "L7": 4, "L8": 4,
		"B1": 4, "B2": 3, "B3": 3, "B4": 4, "B5": 3, "B6": 4, "B7": 3, "B8": 2,
		"J1": 4, "J2": 2, "J3": 2, "J4": 3, "J5": 2, "J6": 1,
		"P1": 2, "P2": 4, "P3": 2, "P4": 3, "P5": 4, "P6": 2,
		"N1": 3, "N2": 5, "N3": 3, "N4": 4, "N5": 5, "N6": 4, "N7": 3,
	}
	caps := map[string]int{"L1.d": 39, "L6.d": 59, "J1.d": 49, "P2.d": 59}
	shares := map[string]bool{"L5": true, "L7": true, "B1": true, "B2": true, "J2": true, "P1": true, "P3": true}
	for _, question := range q.Questions() {
		require.Equal(t, weights[question.ID], question.Weight, question.ID)
		for _, o := range question.Options {
			require.Equal(t, caps[o.ID], o.Cap, o.ID)
			if strings.HasSuffix(o.ID, ".b") && question.Section != Context {
				want := int64(666_667)
				if shares[question.ID] {
					want = 900_000
				}
				require.Equal(t, want, o.ValueMicros, o.ID)
			}
		}
	}
}

// Content that breaks a rule must be refused with the question's name: each case damages the real files in one place.
func TestContentIsRefused(t *testing.T) {
	cases := map[string]struct{ file, old, new, message string }{
		"an unknown key":             {"gate.yaml", "intro: >-", "color: red\nintro: >-", "field color not found"},
		"a double key":               {"gate.yaml", "    who: manager\n", "    who: manager\n    who: manager\n", "already defined"},
		"a second document":          {"jvm.yaml", "section: jvm", "---\nsection: jvm\n---\nsection: jvm", "more than one document"},
		"a missing question":         {"context.yaml", "  - id: C5\n", "  - id: C6\n", "C6.a"},
		"a value off the scale":      {"gate.yaml", "{id: G2.b, value: 666667", "{id: G2.b, value: 660000", "question G2"},
		"options best first":         {"gate.yaml", "{id: G2.d, value: 0,", "{id: G2.a, value: 0,", "want G2.d at this place"},
		"a cap of its own":           {"lifecycle.yaml", "cap: 39", "cap: 45", "question L1"},
		"a cap in the gate":          {"gate.yaml", "{id: G2.d, value: 0,", "{id: G2.d, value: 0, cap: 39,", "question G2"},
		"a blind option too many":    {"gate.yaml", "{id: G2.d, value: 0,", "{id: G2.d, blind: true,", "question G2"},
		"a blind option with value":  {"jvm.yaml", "{id: J6.d, blind: true,", "{id: J6.d, blind: true, value: 0,", "question J6"},
		"a figure out of the bounds": {"probes.yaml", "max: 86400", "max: 86401", "question P2"},
		"no wording for a plan":      {"probes.yaml", "    planText: \"What will the liveness", "    help: \"What will the liveness", "already defined"},
		"too heavy":                  {"lifecycle.yaml", "impact: 3", "impact: 4", "question L1"},
		"an axis that is none":       {"gate.yaml", "axis: need", "axis: nought", "question G1"},
		"no word on verifiability":   {"jvm.yaml", "    verifiable: true\n", "", "question J1"},
		"a wrong review":             {"jvm.yaml", "reviewDays: 90", "reviewDays: 180", "question J1"},
		"an alternative too few":     {"advice.yaml", "  - id: nomad\n", "  - id: vms\n", "alternative \"vms\""},
		"a fit that is no percent":   {"advice.yaml", "fit: [100, 60, 15, 0]", "fit: [100, 60, 150, 0]", "fit of G2"},
		"an exclusion by nothing":    {"advice.yaml", "options: [G5.a, G5.b]", "options: [G5.x]", "G5.x"},
		"a step of no effort":        {"advice.yaml", "effort: year", "effort: ages", "step of \"G7\""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := load(ContentVersion, damaged(t, c.file, c.old, c.new))
			require.ErrorContains(t, err, c.message)
		})
	}
}

func TestHashMovesWithAnyWord(t *testing.T) {
	other, err := load(ContentVersion, damaged(t, "probes.yaml", "Nothing shows them", "Nothing shows it"))
	require.NoError(t, err)
	require.NotEqual(t, Current().Hash, other.Hash)
}

// damaged copies the embedded content with one text replaced once.
func damaged(t *testing.T, file, old, replacement string) fs.FS {
	t.Helper()
	copied := fstest.MapFS{}
	names, err := fs.Glob(content, "content/v1/*.yaml")
	require.NoError(t, err)
	for _, name := range names {
		data, err := content.ReadFile(name)
		require.NoError(t, err)
		base := name[strings.LastIndexByte(name, '/')+1:]
		if base == file {
			require.Contains(t, string(data), old)
			data = []byte(strings.Replace(string(data), old, replacement, 1))
		}
		copied[base] = &fstest.MapFile{Data: data}
	}
	return copied
}
