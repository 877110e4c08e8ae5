package cluster

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

// FuzzReadStored gives any text as a release's JSON, and any as its manifest.
func FuzzReadStored(f *testing.F) {
	f.Add(`{"info":{"status":"deployed","last_deployed":"2026-01-01T00:00:00Z"},"chart":{"metadata":{"name":"a","version":"1.0.0"},"templates":[{"name":"x","data":"eA=="}],"values":{"a":1}},"config":null}`,
		"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  template:\n    spec:\n      containers:\n      - image: a:1\n        args:\n        - |\n          image: b\n")
	f.Add(`{"chart":{"metadata":{"name":"a"},"files":[{}],"lock":{"dependencies":[1]}},"manifest":"---\n"}`, "kind: [\n- - a: 'b\n'\n")
	f.Add(`[`, "\x00: |\n  \n")
	f.Fuzz(func(t *testing.T, release, manifest string) {
		var zipped bytes.Buffer
		zip := gzip.NewWriter(&zipped)
		_, err := zip.Write([]byte(release))
		require.NoError(t, err)
		require.NoError(t, zip.Close())
		once := base64.StdEncoding.EncodeToString(zipped.Bytes())
		for _, wrapped := range []string{release, once, base64.StdEncoding.EncodeToString([]byte(once))} {
			raw, err := json.Marshal(map[string]any{
				"metadata": map[string]any{"name": "x", "labels": map[string]string{"owner": "helm", "name": "r", "version": "1", "status": "deployed"}},
				"data":     map[string]string{"release": wrapped},
			})
			require.NoError(t, err)
			s, err := readStored(raw, []byte("key"))
			require.NoError(t, err)
			require.True(t, s.known)
			require.NoError(t, snapshot.Check(s.record))
		}
		s := storedRelease{record: snapshot.Release{Name: "r"}}
		s.readManifest(manifest)
		require.LessOrEqual(t, len(s.record.Images), maxReleaseImages)
		for _, image := range s.record.Images {
			require.Contains(t, manifest, image)
			require.NotContains(t, image, " ")
		}
	})
}

func FuzzConntrackOf(f *testing.F) {
	f.Add("node_nf_conntrack_entries 1\nnode_nf_conntrack_entries_limit 2\n")
	f.Add("node_nf_conntrack_entries -1\nnode_nf_conntrack_entries_limit 1e99 3\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := conntrackOf(strings.NewReader(text))
		if err != nil {
			return
		}
		require.NoError(t, snapshot.Check(snapshot.Node{Name: "n", Conntrack: &table}))
		require.Positive(t, table.Max)
	})
}

// TestImagesOfAManifest finds them where containers are, and nowhere else.
func TestImagesOfAManifest(t *testing.T) {
	head := "apiVersion: apps/v1\nkind: Deployment\n"
	for name, c := range map[string]struct {
		manifest string
		want     []string
	}{
		"indented and not":        {head + "spec:\n  containers:\n  - image: a:1\n  - name: x\n    image: 'b:2'\n  initContainers:\n    -   image: \"c:3\" # c\n", []string{"a:1", "b:2", "c:3"}},
		"each once":               {head + "spec:\n  containers:\n  - image: a:1\n  - image: a:1\n", []string{"a:1"}},
		"credentials":             {head + "spec:\n  containers:\n  - image: u:p@r.example/a:1\n", []string{"r.example/a:1"}},
		"a key of another":        {head + "metadata:\n  annotations:\n    image: x\nspec:\n  image: y\n  containers:\n  - env:\n    - name: image\n      image: z\n", nil},
		"another kind":            {"apiVersion: v1\nkind: ConfigMap\nspec:\n  containers:\n  - image: a\n", nil},
		"another group":           {"apiVersion: acme.example/v1\nkind: Deployment\nspec:\n  containers:\n  - image: a\n", nil},
		"no reference":            {head + "spec:\n  containers:\n  - image: a b\n  - image: \"a$(X)\"\n  - image:\n      x: y\n", nil},
		"a kind after its spec":   {"spec:\n  containers:\n  - image: a\nkind: Pod\napiVersion: v1\n", []string{"a"}},
		"a text in one document":  {head + "metadata: {annotations: {a: \"\nspec:\n  containers:\n  - image: a\n\"}}\n---\n" + head + "spec:\n  containers:\n  - image: b\n", []string{"b"}},
		"quotes that end":         {head + "metadata: {annotations: {a: \"it's\", b: 'it''s \"', c: \"\\\"\"}}\nspec:\n  containers:\n  - image: a\n", []string{"a"}},
		"an apostrophe in a word": {head + "metadata:\n  labels:\n    a: it's\nspec:\n  containers:\n  - image: a\n", []string{"a"}},
		"too many":                {head + "spec:\n  containers:\n" + manyImages(maxReleaseImages+1), nil},
		"just as many":            {head + "spec:\n  containers:\n" + manyImages(1) + strings.Repeat("  - image: i0\n", 99), []string{"i0"}},
	} {
		s := storedRelease{}
		s.readManifest(c.manifest)
		require.Equal(t, c.want, s.record.Images, name)
	}
}

func manyImages(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("  - image: i" + string(rune('0'+i%10)) + strings.Repeat("x", i/10) + "\n")
	}
	return b.String()
}
