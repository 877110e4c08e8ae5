package score

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/invopop/jsonschema"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

// Schema is the JSON Schema of the JSON output, made from the types that print it.
func Schema() ([]byte, error) {
	reflector := jsonschema.Reflector{
		Anonymous: true,
		Namer: func(t reflect.Type) string {
			if t == reflect.TypeFor[assessments.Pillar]() {
				return "PillarID" // else it would share a name with the row of a pillar
			}
			return t.Name()
		},
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			switch t {
			case reflect.TypeFor[questionnaire.Amount]():
				return &jsonschema.Schema{Type: "number"}
			case reflect.TypeFor[Hundredths]():
				return &jsonschema.Schema{Type: "number", Minimum: "0"}
			case reflect.TypeFor[assessments.Pillar]():
				return &jsonschema.Schema{Type: "string", Enum: []any{"lifecycle", "delivery", "jvm", "probes", "networking"}}
			case reflect.TypeFor[assessments.Severity]():
				return &jsonschema.Schema{Type: "string", Enum: []any{"", "low", "medium", "high", "critical"}}
			}
			return nil
		},
	}
	schema := reflector.Reflect(&Document{})
	schema.ID = "https://plimsoll.dev/schema/score-1.json"
	schema.Title = "plimsoll score"
	nullable(schema)
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("score schema: %w", err)
	}
	return append(text, '\n'), nil
}

// nullableFields are null where there is nothing: no answers, no score, no point, no file.
var nullableFields = map[string]bool{
	"need": true, "loadLine": true, "score": true, "rawScore": true, "mean": true, "meanMicros": true, "pillars": true, "value": true,
	"valueMicros": true, "declared": true, "observed": true, "robustness": true, "robustnessMicros": true, "source": true, "baseline": true, "cost": true,
}

func nullable(schema *jsonschema.Schema) {
	for _, definition := range schema.Definitions {
		if definition.Properties == nil {
			continue
		}
		for pair := definition.Properties.Oldest(); pair != nil; pair = pair.Next() {
			if field := pair.Value; nullableFields[pair.Key] && field.Type != "string" {
				pair.Value = &jsonschema.Schema{OneOf: []*jsonschema.Schema{field, {Type: "null"}}}
			}
		}
	}
}
