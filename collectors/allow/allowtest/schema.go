package allowtest

import (
	"encoding/json"
	"strings"
)

// Schema is one of an API server's own, by OpenAPI v3. The nil Schema knows nothing.
type Schema struct {
	raw rawSchema
	all Schemas
}

type rawSchema struct {
	Ref        string               `json:"$ref"`
	Type       string               `json:"type"`
	Format     string               `json:"format"`
	AllOf      []rawSchema          `json:"allOf"`
	Properties map[string]rawSchema `json:"properties"`
	Items      *rawSchema           `json:"items"`
	Each       *rawSchema           `json:"additionalProperties"`
	Kinds      []struct {
		Group, Version, Kind string
	} `json:"x-kubernetes-group-version-kind"`
}

// Schemas are those of one document of /openapi/v3/….
type Schemas map[string]rawSchema

// ReadSchemas reads a document.
func ReadSchemas(document []byte) (Schemas, error) {
	var read struct {
		Components struct {
			Schemas Schemas `json:"schemas"`
		} `json:"components"`
	}
	err := json.Unmarshal(document, &read)
	return read.Components.Schemas, err
}

// Of is the schema of a kind, nil where the document has none.
func (s Schemas) Of(group, version, kind string) *Schema {
	for _, schema := range s {
		for _, of := range schema.Kinds {
			if of.Group == group && of.Version == version && of.Kind == kind {
				return &Schema{schema, s}
			}
		}
	}
	return nil
}

func (s *Schema) resolve() rawSchema {
	if s == nil {
		return rawSchema{}
	}
	raw := s.raw
	for raw.Ref != "" || len(raw.AllOf) == 1 {
		if len(raw.AllOf) == 1 {
			raw = raw.AllOf[0]
			continue
		}
		raw = s.all[raw.Ref[strings.LastIndex(raw.Ref, "/")+1:]]
	}
	return raw
}

// name is that of a schema that others refer to.
func (s *Schema) name() string {
	if s == nil {
		return ""
	}
	if len(s.raw.AllOf) == 1 {
		return s.raw.AllOf[0].Ref
	}
	return s.raw.Ref
}

func (s *Schema) below(raw *rawSchema) *Schema {
	if raw == nil {
		return nil
	}
	return &Schema{*raw, s.all}
}

func (s *Schema) kind() string {
	raw := s.resolve()
	if raw.Type == "" && len(raw.Properties) > 0 {
		return "object"
	}
	return raw.Type
}

func (s *Schema) properties() map[string]*Schema {
	out := map[string]*Schema{}
	for name, raw := range s.resolve().Properties {
		out[name] = s.below(&raw)
	}
	return out
}

// property is that of a key, which may be any key of a map.
func (s *Schema) property(name string) *Schema {
	raw := s.resolve()
	if known, ok := raw.Properties[name]; ok {
		return s.below(&known)
	}
	return s.below(raw.Each)
}

func (s *Schema) items() *Schema { return s.below(s.resolve().Items) }
func (s *Schema) each() *Schema  { return s.below(s.resolve().Each) }

func toJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
