package manifests_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/allow"
	"plimsoll/collectors/allow/allowtest"
	"plimsoll/collectors/manifests"
)

// TestNoSecretOfManifestsLeaves holds what the snapshot would hold, and what is said to the user, against every secret in the input.
func TestNoSecretOfManifestsLeaves(t *testing.T) {
	for name, c := range map[string]struct {
		input   func() (string, []string)
		records int
	}{"in every place": {allowtest.Secrets, 40}, "in places of another type": {allowtest.Misplaced, 10}} {
		t.Run(name, func(t *testing.T) {
			text, secrets := c.input()
			var out strings.Builder
			records := 0
			inputs, err := manifests.Read(t.Context(), []string{"-"}, strings.NewReader(text), func(record snapshot.Record) error {
				records++
				line, err := json.Marshal(record)
				out.Write(append(line, '\n'))
				return err
			})
			require.NoError(t, err)
			require.GreaterOrEqual(t, records, c.records, "it read them")
			said, err := json.Marshal(inputs)
			require.NoError(t, err)
			for _, secret := range secrets {
				require.NotContains(t, out.String(), secret)
				require.NotContains(t, string(said), secret)
			}
		})
	}
}

// TestEveryTextOfManifests fills every text of every kind with a marker. Files do not go through the sieve: the structs alone keep the rest
// behind, and the list holds for them as well.
func TestEveryTextOfManifests(t *testing.T) {
	garden := allowtest.NewGarden()
	var text strings.Builder
	for _, k := range allow.Listed().Lists {
		for _, variant := range []string{"markers", "words"} {
			object := garden.Object(k, variant, nil)
			object["apiVersion"] = strings.TrimPrefix(k.Group+"/"+k.Versions[0], "/")
			document, err := json.Marshal(object)
			require.NoError(t, err)
			text.WriteString("---\n" + string(document) + "\n")
		}
	}
	found := map[string]bool{}
	var wrong []string
	inputs, err := manifests.Read(t.Context(), []string{"-"}, strings.NewReader(text.String()), func(record snapshot.Record) error {
		line, err := json.Marshal(record)
		require.NoError(t, err)
		line = append([]byte(`{"kind":"`+string(record.RecordKind())+`",`), line[1:]...)
		stray, seen, err := garden.Stray(line)
		wrong = append(wrong, stray...)
		maps.Copy(found, seen)
		return err
	})
	require.NoError(t, err)
	require.Empty(t, inputs.Skipped)
	require.Empty(t, strings.Join(wrong, "\n"))
	require.Greater(t, len(found), 400)
	t.Logf("%d markers, %d of them left", len(garden.Planted), len(found))
}
