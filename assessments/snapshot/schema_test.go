package snapshot

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write schema.json anew")

func TestSchemaIsCurrent(t *testing.T) {
	want := buildSchema(t)
	if *update {
		require.NoError(t, os.WriteFile("schema.json", want, 0o644))
		return
	}
	have, err := os.ReadFile("schema.json")
	require.NoError(t, err)
	require.Equal(t, string(want), string(have), "go generate ./assessments/snapshot")
}

// buildSchema makes the schema from the record types, their bounds (shape) and their comments.
func buildSchema(t *testing.T) []byte {
	t.Helper()
	b := &schemaBuilder{comments: comments(t), definitions: map[string]any{}}
	var branches []any
	for _, kind := range slices.Sorted(maps.Keys(codecs)) {
		branches = append(branches, map[string]any{
			"if":   map[string]any{"properties": map[string]any{"kind": map[string]any{"const": kind}}},
			"then": b.of(codecs[kind].shape, plain),
		})
	}
	text, err := json.Marshal(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:plimsoll:snapshot:v1", "title": "A line of a Plimsoll snapshot",
		"description": "A snapshot (" + Schema + ") is gzip over JSON Lines: a header first, a trailer last. Kinds and fields of a newer minor version are valid, and passed over.",
		"type":        "object", "required": []string{"kind"}, "properties": map[string]any{"kind": map[string]any{"type": "string", "maxLength": MaxNameBytes}},
		"allOf": branches, "$defs": b.definitions,
	}, json.Deterministic(true), jsontext.WithIndent("  "))
	require.NoError(t, err)
	return append(text, '\n')
}

type schemaBuilder struct {
	comments    map[string]string // Type and Type.Field
	definitions map[string]any
}

func (b *schemaBuilder) of(s *shape, f *shapeField) map[string]any {
	switch t := s.goType; {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return b.of(s.elem, f)
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": b.of(s.elem, plain)}
	case t.Kind() == reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": b.of(s.elem, plain), "propertyNames": map[string]any{"maxLength": MaxNameBytes}}
	case t.Kind() == reflect.Struct:
		b.define(s)
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case t.Kind() == reflect.String && f.named:
		return map[string]any{"type": "string", "maxLength": MaxNameBytes}
	case t.Kind() == reflect.String:
		return map[string]any{"type": "string", "maxLength": DefaultLimits().StringBytes}
	case f.sign:
		return map[string]any{"type": "integer"}
	}
	return map[string]any{"type": "integer", "minimum": 0, "maximum": int64(MaxInteger)}
}

func (b *schemaBuilder) define(s *shape) {
	name := s.goType.Name()
	if b.definitions[name] != nil {
		return
	}
	definition := map[string]any{"type": "object"}
	b.definitions[name] = definition
	properties, required := map[string]any{}, []string{}
	for _, f := range s.fields {
		goField := s.goType.Field(f.index)
		property := b.of(f.shape, &f)
		if text := b.comments[name+"."+goField.Name]; text != "" {
			property["description"] = text
		}
		if f.enum != nil {
			property["examples"] = slices.DeleteFunc(slices.Clone(f.enum), func(s string) bool { return s == "" })
		}
		properties[f.name] = property
		if !strings.Contains(goField.Tag.Get("json"), "omitzero") {
			required = append(required, f.name)
		}
	}
	definition["properties"], definition["description"] = properties, b.comments[name]
	if len(required) > 0 {
		definition["required"] = required
	}
}

// comments are those of the package's types, by type and by field.
func comments(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, source := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.ParseComments)
		require.NoError(t, err)
		commentsOf(file, out)
	}
	return out
}

func commentsOf(file *ast.File, out map[string]string) {
	line := func(group *ast.CommentGroup) string { return strings.Join(strings.Fields(group.Text()), " ") }
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.TYPE {
			continue
		}
		spec := group.Specs[0].(*ast.TypeSpec)
		out[spec.Name.Name] = line(group.Doc)
		fields, ok := spec.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, field := range fields.Fields.List {
			for _, name := range field.Names {
				out[spec.Name.Name+"."+name.Name] = line(field.Comment)
			}
		}
	}
}

// fill sets every field to something that the format allows, so that no field is left out of a test.
func fill(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 10, 1, 12, 30, 0, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			fill(v.Field(i), v.Type().Name()+"."+tag)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), name)
		fill(v.Index(1), name)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		item := reflect.New(v.Type().Elem()).Elem()
		fill(item, name)
		v.SetMapIndex(reflect.ValueOf("key").Convert(v.Type().Key()), item)
	case reflect.String:
		text := `a <b> "ü" 😀`
		if known := enums[name]; known != nil {
			text = known[len(known)-1]
		}
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	}
}

func TestEveryFieldOfEveryKindGoesThereAndBackAndFitsTheSchema(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(SchemaJSON))
	require.NoError(t, err)
	require.NoError(t, compiler.AddResource("urn:plimsoll:snapshot:v1", document))
	compiler.AssertFormat()
	schema, err := compiler.Compile("urn:plimsoll:snapshot:v1")
	require.NoError(t, err)
	validate := func(line string) error {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		require.NoError(t, err)
		return schema.Validate(value)
	}
	for kind, goType := range RecordTypes() {
		t.Run(string(kind), func(t *testing.T) {
			v := reflect.New(goType).Elem()
			fill(v, "")
			record := v.Interface().(Record)
			var line bytes.Buffer
			require.NoError(t, appendLine(&line, record))
			require.NoError(t, validate(line.String()))
			back, err := DecodeRecord(bytes.TrimSpace(line.Bytes()))
			require.NoError(t, err)
			require.Equal(t, record, back)

			zero := reflect.New(goType).Elem().Interface().(Record)
			line.Reset()
			require.NoError(t, appendLine(&line, zero))
			require.Equal(t, `{"kind":"`+string(kind)+`"`, line.String()[:len(`{"kind":"`+string(kind)+`"`)])
		})
	}
	require.NoError(t, validate(`{"kind":"phaseOfMoon"}`))
	for _, bad := range []string{
		`{}`, `[]`, `{"kind":"workload"}`, `{"kind":"namespace","name":7}`, `{"kind":"namespace","name":"a","networkPolicies":-1}`,
		`{"kind":"workload","workloadKind":"Job","namespace":"a","name":"b","createdAt":"soon"}`,
	} {
		require.Error(t, validate(bad), bad)
	}
}

func TestNamesOfBoundedFieldsExist(t *testing.T) {
	known := map[string]bool{}
	for goType, s := range shapes {
		for _, f := range s.fields {
			known[f.name], known[goType.Name()+"."+f.name] = true, true
		}
	}
	for _, name := range slices.Concat(nameFields, signedFields, slices.Collect(maps.Keys(enums))) {
		require.True(t, known[name], name)
	}
}
