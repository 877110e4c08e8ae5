package allow

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// snapshotFields are all fields that a snapshot can hold, as its schema has them.
func snapshotFields(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../assessments/snapshot/schema.json")
	require.NoError(t, err)
	var schema struct {
		Defs  map[string]definition `json:"$defs"`
		AllOf []struct {
			If struct {
				Properties struct {
					Kind struct{ Const string } `json:"kind"`
				} `json:"properties"`
			} `json:"if"`
			Then definition `json:"then"`
		} `json:"allOf"`
	}
	require.NoError(t, json.Unmarshal(text, &schema))
	var fields []string
	var walk func(path string, d definition)
	walk = func(path string, d definition) {
		if d.Ref != "" {
			d = schema.Defs[d.Ref[strings.LastIndex(d.Ref, "/")+1:]]
		}
		switch {
		case d.Items != nil:
			walk(path+"[]", *d.Items)
		case len(d.Properties) > 0:
			for name, below := range d.Properties {
				walk(path+"."+name, below)
			}
		default:
			fields = append(fields, path)
		}
	}
	for _, record := range schema.AllOf {
		kind := record.If.Properties.Kind.Const
		for name, below := range schema.Defs[record.Then.Ref[strings.LastIndex(record.Then.Ref, "/")+1:]].Properties {
			if name != "kind" {
				walk(kind+"."+name, below)
			}
		}
	}
	slices.Sort(fields)
	require.Greater(t, len(fields), 400)
	return fields
}

type definition struct {
	Ref        string                `json:"$ref"`
	Properties map[string]definition `json:"properties"`
	Items      *definition           `json:"items"`
}

func TestEveryFieldOfASnapshotHasItsReason(t *testing.T) {
	var without []string
	for _, field := range snapshotFields(t) {
		if len(Reasons(field)) == 0 {
			without = append(without, field)
		}
	}
	require.Empty(t, without, "say in allow.yaml where it comes from")
}

func TestTheListLeadsToFieldsThatThereAre(t *testing.T) {
	fields := snapshotFields(t)
	for to := range reasons() {
		name, isAny := strings.CutPrefix(to, "*")
		require.True(t, slices.ContainsFunc(fields, func(field string) bool {
			if isAny {
				return strings.Contains(field, name)
			}
			rest, ok := strings.CutPrefix(field, name)
			return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
		}), to)
	}
}

func TestReasonsAsSentences(t *testing.T) {
	var got []string
	for _, reason := range slices.Concat(Reasons("service.sourceRanges"), Reasons("workload.labels.helm.sh/chart"), Reasons("workload.pods.total"), Reasons("ingress.name")) {
		got = append(got, reason.String())
	}
	require.Equal(t, []string{
		"from spec.loadBalancerSourceRanges[] of Service: how many there are, never what they hold",
	}, got[:1])
	require.Contains(t, got[1], "metadata.labels.(workload-labels) of ReplicaSet and 7 other kinds: copied as it is where it has at most 256 bytes")
	require.Equal(t, []string{"counted, or added up, over the workload's pods", "the object's name"}, got[len(got)-2:])
	require.Empty(t, Reasons("nothing.of"))
}

func TestThePageIsCurrent(t *testing.T) {
	page, err := os.ReadFile("../../docs/collector-fields.md")
	require.NoError(t, err)
	require.Equal(t, string(page), Listed().Page(), "go generate ./collectors/allow")
	guide, err := os.ReadFile("../../docs/collector-in-detail.md")
	require.NoError(t, err)
	require.Contains(t, string(guide), "-->\n"+Listed().Summary()+"<!-- end -->", "go generate ./collectors/allow")
}

func TestWhatIsWrongWithAFile(t *testing.T) {
	const head = "forms: {name: copied}\nsets: {a: [b]}\nshapes: {}\nlists:\n- "
	for name, c := range map[string]struct{ file, want string }{
		"a form that there is not":    {head + "{kind: K, resource: ks, for: x, fields: {a: copied}}", "no such form: copied"},
		"a set that there is not":     {head + "{kind: K, resource: ks, for: x, fields: {(c): name}}", "no such set: (c)"},
		"a kind without its fields":   {head + "{kind: K, resource: ks, for: x}", "want fields"},
		"a kind without its purpose":  {head + "{kind: K, resource: ks, fields: {a: name}}", "want kind, resource, what for"},
		"a scope that there is not":   {head + "{kind: K, resource: ks, for: x, scope: world, fields: {a: name}}", "want kind, resource, what for, and no scope but cluster"},
		"a key that nobody knows":     {head + "{kind: K, resource: ks, for: x, feilds: {a: name}}", "field feilds not found"},
		"a list in place of a field":  {head + "{kind: K, resource: ks, for: x, fields: {a: [name]}}", "want fields"},
		"a merge of what is no field": {head + "{kind: K, resource: ks, for: x, fields: {<<: [name]}}", "want fields"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse([]byte(c.file))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestWhatIsAskedForAndIsNotThere(t *testing.T) {
	require.Panics(t, func() { List("", "Secret") }, "no Secret is listed whole unless a flag asks for it")
	require.Panics(t, func() { Path("/logs") })
	require.Panics(t, func() { Names("nothing")() })
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		_, err := parse(text)
		require.NoError(b, err)
	}
}
