package kube

import (
	"math"
	"reflect"
	"sync"

	"github.com/go-json-experiment/json"
)

// jsonPlan says how a type is decoded.
type jsonPlan struct {
	as      jsonAs
	goType  reflect.Type
	element *jsonPlan     // of pointers, lists and maps
	empty   reflect.Value // of lists
	fields  [][]jsonField // of structs, by the length of their names
}

type jsonAs int

const (
	asText jsonAs = iota
	asBool
	asStruct
	asPointer
	asList
	asTexts // map[string]string
	asMap
	asScalar // what has UnmarshalJSON
)

type jsonField struct {
	name  string
	index []int
	bit   uint64
	plan  *jsonPlan
}

func (p *jsonPlan) field(name []byte) *jsonField {
	if len(name) < len(p.fields) {
		for i := range p.fields[len(name)] {
			if field := &p.fields[len(name)][i]; field.name == string(name) {
				return field
			}
		}
	}
	return nil
}

var jsonPlans sync.Map // reflect.Type → *jsonPlan, nil for what only the json package decodes

func jsonPlanOf(t reflect.Type) *jsonPlan {
	if have, ok := jsonPlans.Load(t); ok {
		return have.(*jsonPlan)
	}
	p := newJSONPlan(t, 0)
	jsonPlans.Store(t, p)
	return p
}

var (
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	unmarshalerFrom = reflect.TypeFor[json.UnmarshalerFrom]()
	textMapType     = reflect.TypeFor[map[string]string]()
)

// newJSONPlan is nil for types that are not read directly.
func newJSONPlan(t reflect.Type, depth int) *jsonPlan {
	p := &jsonPlan{goType: t}
	switch pointer := reflect.PointerTo(t); {
	case pointer.Implements(unmarshalerFrom) || depth > deepestValue:
		return nil
	case pointer.Implements(unmarshaler):
		p.as = asScalar
		return p
	case t == textMapType:
		p.as = asTexts
		return p
	}
	switch t.Kind() {
	case reflect.String:
		p.as = asText
		return p
	case reflect.Bool:
		p.as = asBool
		return p
	case reflect.Struct:
		return p.ofStruct(depth)
	case reflect.Pointer:
		p.as = asPointer
	case reflect.Slice:
		p.as, p.empty = asList, reflect.MakeSlice(t, 0, 0)
	case reflect.Map:
		if p.as = asMap; t.Key().Kind() != reflect.String {
			return nil
		}
	default:
		return nil
	}
	if p.element = newJSONPlan(t.Elem(), depth+1); p.element == nil {
		return nil
	}
	return p
}

func (p *jsonPlan) ofStruct(depth int) *jsonPlan {
	p.as = asStruct
	bit := uint64(1)
	for _, field := range reflect.VisibleFields(p.goType) {
		name := field.Tag.Get("json")
		switch {
		case name == "-", field.Anonymous && name == "" && field.Type.Kind() == reflect.Struct:
			continue
		case name == "" || !field.IsExported() || !plainTag(name) || bit == 0 || p.field([]byte(name)) != nil:
			return nil
		}
		plan := newJSONPlan(field.Type, depth+1)
		if plan == nil {
			return nil
		}
		for len(p.fields) <= len(name) {
			p.fields = append(p.fields, nil)
		}
		p.fields[len(name)] = append(p.fields[len(name)], jsonField{name, field.Index, bit, plan})
		bit <<= 1
	}
	return p
}

// plainTag reports whether a field's tag is a name and nothing else.
func plainTag(tag string) bool {
	for _, r := range tag {
		if r == ',' || r == '\'' || r == '"' {
			return false
		}
	}
	return len(tag) < math.MaxUint8
}
