package manifests

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/allow"
)

// stray is a text that no form of a figure, a word or a range has.
const stray = "«a text that stands astray»"

// narrowForms are those whose texts the sieve of a cluster looks at.
var narrowForms = []string{"word", "version", "id", "range", "figure", "amount", "time", "yes"}

// TestWhatLooksLikeNoFigureStaysBehind puts a sentence in the place of every figure, word, amount and time, one at a time.
func TestWhatLooksLikeNoFigureStaysBehind(t *testing.T) {
	tried := 0
	for _, k := range allow.Listed().Lists {
		for _, leaf := range leaves(k.Fields, nil) {
			if !slices.Contains(narrowForms, leaf[len(leaf)-1].Form) {
				continue
			}
			tried++
			object := map[string]any{"metadata": map[string]any{"name": "web", "namespace": "shop"}}
			leaf.put(object)
			object["apiVersion"], object["kind"] = strings.TrimPrefix(k.Group+"/"+k.Versions[0], "/"), k.Object
			text, err := json.Marshal(object)
			require.NoError(t, err)
			_, err = Read(t.Context(), []string{"-"}, strings.NewReader(string(text)), func(record snapshot.Record) error {
				line, err := json.Marshal(record)
				if strings.Contains(string(line), "astray") {
					t.Errorf("%s of %s: %s", leaf, k.Object, line)
				}
				return err
			})
			require.NoError(t, err)
		}
	}
	require.Greater(t, tried, 200)
}

// TestEachKeyHasOneForm holds the keys against the list: where one of them is a name or a path in some kind, it is cut too short there.
func TestEachKeyHasOneForm(t *testing.T) {
	found := map[string]bool{}
	for _, k := range allow.Listed().Lists {
		for _, leaf := range leaves(k.Fields, nil) {
			last := leaf[len(leaf)-1]
			form, known := narrowed[last.Name]
			if !known {
				continue
			}
			found[last.Name] = true
			require.Contains(t, []string{form, "figure", "read"}, last.Form, "%s of %s", leaf, k.Object)
		}
	}
	require.Len(t, found, len(narrowed), "each is a key of the list")
}

func TestAliasesAndListsAreNarrowedToo(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a text that fits":     {"maxUnavailable: 25%", `"maxUnavailable":"25%"`},
		"a number":             {"maxUnavailable: 2", `"maxUnavailable":"2"`},
		"a text that does not": {"maxUnavailable: ask the «boss»", ""},
		"an alias of one":      {"selector: {matchLabels: {a: &a ask the boss}}\n  maxUnavailable: *a", ""},
		"a key by alias":       {"selector: {matchLabels: {a: &a maxUnavailable}}\n  *a : ask the boss", ""},
		"in a merge":           {"<<: {maxUnavailable: ask the boss}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			_, err := Read(t.Context(), []string{"-"}, strings.NewReader("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec:\n  "+c.text+"\n"), func(record snapshot.Record) error {
				line, err := json.Marshal(record)
				out.Write(line)
				return err
			})
			require.NoError(t, err)
			require.Contains(t, out.String(), c.want)
			require.NotContains(t, out.String(), "boss")
			require.Equal(t, c.want != "", strings.Contains(out.String(), "maxUnavailable"))
		})
	}
}

// leaf is the way to a field.
type leaf []*allow.Field

func leaves(fields []*allow.Field, above leaf) (all []leaf) {
	for _, f := range fields {
		way := append(slices.Clone(above), f)
		if f.Fields != nil {
			all = append(all, leaves(f.Fields, way)...)
		} else if f.Name != "kind" && f.Name != "apiVersion" {
			all = append(all, way)
		}
	}
	return all
}

func (l leaf) String() string {
	var names []string
	for _, f := range l {
		names = append(names, f.Name)
	}
	return strings.Join(names, ".")
}

// put writes the stray text where the way ends.
func (l leaf) put(object map[string]any) {
	f := l[0]
	var value any = stray
	if len(l) > 1 {
		below, _ := object[f.Name].(map[string]any)
		if below == nil {
			below = map[string]any{"name": "x"}
		}
		l[1:].put(below)
		value = below
	}
	switch {
	case f.List:
		value = []any{value}
	case f.Each:
		value = map[string]any{"x": value}
	case f.Holds != "":
		text, _ := json.Marshal(value)
		value = string(text)
	}
	object[f.Name] = value
}
