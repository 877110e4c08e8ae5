// Package allowtest makes objects in which every text is a marker of its own, so that a test can tell of each text that leaves where it stood, and
// whether the allow-list lets it leave.
package allowtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"plimsoll/collectors/allow"
)

// Planted says where a marker stands.
type Planted struct {
	Kind  string
	Path  string       // as the list writes it
	Field *allow.Field // nil: it is not in the list, or it is a part of a field that never leaves
}

// Garden makes objects and remembers what it planted in them.
type Garden struct {
	Planted map[string]Planted // marker → place
	words   bool               // plausible words stand where the list says word or read, so that code goes on behind them
	wrong   any                // stands in the place of every figure, time and yes; nil: values of their types
	kind    string
	within  map[string]int // schemas that are being filled
}

// Markers are found by their form.
var Markers = regexp.MustCompile(`zq\d{6}qz`)

// NewGarden is an empty one.
func NewGarden() *Garden { return &Garden{Planted: map[string]Planted{}, within: map[string]int{}} }

// Variants of an object: markers for words too; words that code knows; texts, objects and lists in the place of figures, times and yes.
var Variants = []string{"markers", "words", "texts", "objects", "lists"}

// Object makes an object of a kind. Schema is that of the API server, nil for a custom resource: then each level holds, beside what the list
// names, what custom resources keep secrets in, and what nobody knows.
func (g *Garden) Object(k allow.Kind, variant string, schema *Schema) map[string]any {
	g.kind = strings.TrimSuffix(k.Object+"."+k.Group, ".")
	g.words, g.wrong = variant == "words", nil
	switch variant {
	case "texts":
		g.wrong = func(path string, f *allow.Field) any { return g.mark(path, f) }
	case "objects":
		g.wrong = func(path string, f *allow.Field) any { return map[string]any{"a": g.mark(path, nil)} }
	case "lists":
		g.wrong = func(path string, f *allow.Field) any { return []any{g.mark(path, nil)} }
	}
	object := g.object("", k.Fields, schema)
	object["kind"] = k.Object
	return object
}

// mark plants a marker.
func (g *Garden) mark(path string, f *allow.Field) string {
	marker := fmt.Sprintf("zq%06dqz", len(g.Planted))
	g.Planted[marker] = Planted{g.kind, path, f}
	return marker
}

// Mark plants a marker in what is no object.
func (g *Garden) Mark(kind, path string, f *allow.Field) string {
	g.kind = kind
	return g.mark(path, f)
}

func (g *Garden) object(path string, fields []*allow.Field, schema *Schema) map[string]any {
	out := map[string]any{}
	if name := schema.name(); name != "" {
		if g.within[name] == 2 { // schemas that hold themselves end here
			return map[string]any{g.mark(path, nil): g.mark(path, nil)}
		}
		g.within[name]++
		defer func() { g.within[name]-- }()
	}
	for name, below := range schema.properties() {
		if !slices.ContainsFunc(fields, func(f *allow.Field) bool { return f.Name == name }) {
			out[name] = g.fill(join(path, name), below)
		}
	}
	for _, f := range fields {
		g.plant(out, path, f, schema)
	}
	if schema == nil {
		for name, value := range g.noise(path) {
			if _, taken := out[name]; !taken {
				out[name] = value
			}
		}
	}
	return out
}

// plant puts a field of the list into an object.
func (g *Garden) plant(out map[string]any, above string, f *allow.Field, schema *Schema) {
	path := join(above, f.Name)
	if begin, end, isPattern := strings.Cut(f.Name, "*"); isPattern {
		out[begin+g.mark(path+" (key)", f)+end] = g.mark(path, f)
		return
	}
	below := schema.property(f.Name)
	switch {
	case f.List:
		out[f.Name] = []any{g.value(path+"[]", f, below.items()), g.value(path+"[]", f, below.items())}
	case f.Each:
		out[f.Name] = map[string]any{g.mark(path+" (key)", f.Key): g.value(path+"{}", f, below)}
	case f.Holds == "json":
		out[f.Name] = toJSON(g.object(path, f.Fields, nil))
	case f.Holds == "yaml":
		out[f.Name] = toJSON(g.object(path, f.Fields, nil)) // which is YAML too
	default:
		out[f.Name] = g.value(path, f, below)
	}
}

func (g *Garden) value(path string, f *allow.Field, schema *Schema) any {
	if f.Fields != nil {
		return g.object(path, f.Fields, schema)
	}
	switch f.Form {
	case "figure", "amount", "time", "yes":
		if wrong, ok := g.wrong.(func(string, *allow.Field) any); ok {
			return wrong(path, f)
		}
		return typed(path, f, schema)
	case "present", "count":
		return map[string]any{g.mark(path, nil): g.mark(path, nil), "password": g.mark(path, nil), "items": []any{g.mark(path, nil)}}
	case "image":
		return g.mark(path+" (user)", nil) + ":" + g.mark(path+" (password)", nil) + "@registry.example/" + g.mark(path, f) + ":1.0"
	case "path":
		return "/" + g.mark(path, f) + "?token=" + g.mark(path+" (query)", nil)
	case "scheme":
		return g.mark(path, f) + ":///" + g.mark(path+" (rest)", nil)
	case "flags":
		return "-Xmx64m -Dpassword=" + g.mark(path, f) + " -XX:OnOutOfMemoryError=" + g.mark(path, f) + " --token " + g.mark(path, f) + " https://u:" + g.mark(path, f) + "@h/"
	}
	switch schema.kind() {
	case "integer", "number":
		return 7
	case "boolean":
		return true
	}
	if word := wordAt(g.kind, path); g.words && word != "" {
		return word
	}
	switch { // what code makes numbers or truth of
	case slices.Contains([]string{"generation", "observedGeneration", "replicas", "updatedReplicas", "desiredNumberScheduled", "updatedNumberScheduled"}, f.Name) && f.Form == "read":
		return 7
	case f.Name == "controller":
		return true
	}
	return g.mark(path, f)
}

// fill makes a value of what the list does not name.
func (g *Garden) fill(path string, schema *Schema) any {
	switch schema.kind() {
	case "integer", "number":
		return 7
	case "boolean":
		return true
	case "array":
		return []any{g.fill(path+"[]", schema.items())}
	case "object":
		if len(schema.properties()) > 0 {
			return g.object(path, nil, schema)
		}
		return map[string]any{g.mark(path+" (key)", nil): g.fill(path+"{}", schema.each())}
	}
	return g.mark(path, nil)
}

// noise is what people keep secrets in, whatever the kind, and what no documentation names.
func (g *Garden) noise(path string) map[string]any {
	texts := map[string]any{g.mark(path+" (key)", nil): g.mark(path+" (beside)", nil), "text": g.mark(join(path, "text"), nil)}
	for _, ofTexts := range []string{"annotations", "labels", "data"} {
		if path == ofTexts || strings.HasSuffix(path, "."+ofTexts) {
			return texts
		}
	}
	out := texts
	for _, name := range []string{"annotations", "labels"} {
		out[name] = map[string]any{g.mark(join(path, name)+" (key)", nil): g.mark(join(path, name), nil)}
	}
	for _, name := range []string{"password", "token", "secretName", "url", "valuesContent", "parameters", "repoURL", "authorization", "config", "data", "template", "status", "message", "description", "address", "credentials", "url:port"} {
		out[name] = map[string]any{name: g.mark(join(path, name), nil), "list": []any{g.mark(join(path, name), nil)}, g.mark(join(path, name), nil): "x"}
	}
	out["env"] = []any{map[string]any{"name": g.mark(join(path, "env"), nil), "value": g.mark(join(path, "env"), nil)}}
	return out
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// typed is a value that every decoder takes.
func typed(path string, f *allow.Field, schema *Schema) any {
	switch isText := schema.kind() == "string" || f.Name == "message" || strings.Contains(path, ".annotations."); f.Form {
	case "figure":
		if isText {
			return "7"
		}
		return 7
	case "yes":
		if isText {
			return "true"
		}
	case "amount":
		return "7Gi"
	case "time":
		return "2026-03-02T08:30:00Z"
	}
	return true
}

// neverText are the forms in which no text leaves as it is.
var neverText = []string{"read", "hash", "digest", "class", "present", "count", "flags", "figure", "amount", "time", "yes"}

// Leaves reports whether what was planted may stand in a field of a snapshot, written as in snapshot.Inspect.
func (p Planted) Leaves(field string) bool {
	if p.Field == nil || slices.Contains(neverText, p.Field.Form) {
		return false
	}
	if slices.Contains([]string{"metadata.name", "metadata.namespace", "metadata.generateName"}, p.Path) {
		return true // an object's name stands wherever something is said of it
	}
	return slices.ContainsFunc(p.Field.To, func(to string) bool {
		rest, ok := strings.CutPrefix(field, to)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// Stray finds the markers in a line of a snapshot that may not stand where they do, and all those that stand there.
func (g *Garden) Stray(line []byte) (stray []string, found map[string]bool, err error) {
	var record map[string]any
	if err := json.Unmarshal(line, &record); err != nil {
		return nil, nil, err
	}
	found = map[string]bool{}
	kind, _ := record["kind"].(string)
	eachText(kind, record, func(field, text string) {
		for _, marker := range Markers.FindAllString(text, -1) {
			found[marker] = true
			if p := g.Planted[marker]; !p.Leaves(field) {
				stray = append(stray, fmt.Sprintf("%s: %s of %s, in %q", field, p.Path, p.Kind, text))
			}
		}
	})
	return stray, found, nil
}

// eachText goes through the texts below a value, keys of maps among them.
func eachText(field string, value any, see func(field, text string)) {
	switch value := value.(type) {
	case string:
		see(field, value)
	case []any:
		for _, element := range value {
			eachText(field+"[]", element, see)
		}
	case map[string]any:
		for name, below := range value {
			see(field, name)
			eachText(field+"."+name, below, see)
		}
	}
}
