package kube

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// DecodeError says which field of a manifest has the wrong type, and where.
type DecodeError struct {
	Line   int    // 1-based, in the text that was parsed
	Field  string // spec.template.spec.containers[0].image
	Reason string
}

// Error prints field and reason; the line is the caller's, who knows where the text began.
func (e *DecodeError) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	return e.Field + ": " + e.Reason
}

// maxVisits bounds how many nodes one object may unfold to through aliases. The largest real manifests stay far below.
const maxVisits = 2_000_000

// DecodeNode reads a YAML node into one of this package's structs, with the types that the API server asks for. Fields that the
// struct does not have are passed over; aliases and merge keys are followed. An int field named Line without a JSON name
// receives the line of its mapping's first key. Errors are *DecodeError.
//
// It walks the node itself, for the YAML library would build every field that nobody reads.
func DecodeNode(node *yaml.Node, into any) error {
	w := walker{}
	if bad := w.walk(node, reflect.ValueOf(into).Elem()); bad != nil {
		return bad
	}
	return nil
}

type walker struct{ visits int }

// structPlan says which key goes to which field.
type structPlan struct {
	fields map[string][]int
	line   []int // of the field Line, nil without
}

var plans sync.Map // reflect.Type → *structPlan

func planOf(t reflect.Type) *structPlan {
	if p, ok := plans.Load(t); ok {
		return p.(*structPlan)
	}
	p := &structPlan{fields: map[string][]int{}}
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-" && field.Name == "Line":
			p.line = field.Index
		case name != "" && name != "-":
			p.fields[name] = field.Index
		}
	}
	plans.Store(t, p)
	return p
}

func (w *walker) walk(node *yaml.Node, v reflect.Value) *DecodeError {
	if w.visits++; w.visits > maxVisits {
		return &DecodeError{Line: node.Line, Reason: "aliases unfold to too much"}
	}
	if node.Kind == yaml.AliasNode {
		return w.walk(node.Alias, v)
	}
	if s, ok := v.Addr().Interface().(scalar); ok {
		return setScalar(node, s)
	}
	if node.Kind == yaml.ScalarNode && kindOf(node) == scalarNull {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return w.walk(node, v.Elem())
	case reflect.Struct:
		return w.walkStruct(node, v, planOf(v.Type()))
	case reflect.Slice:
		return w.walkSlice(node, v)
	case reflect.Map:
		return w.walkMap(node, v)
	case reflect.String:
		return setString(node, v)
	case reflect.Bool:
		return setBool(node, v)
	}
	return &DecodeError{Line: node.Line, Reason: "no such type: " + v.Type().String()}
}

func (w *walker) walkStruct(node *yaml.Node, v reflect.Value, p *structPlan) *DecodeError {
	if node.Kind != yaml.MappingNode {
		return wrong(node, "an object")
	}
	if p.line != nil {
		v.FieldByIndex(p.line).SetInt(int64(node.Line))
	}
	return w.pairs(node, func(key, value *yaml.Node) *DecodeError {
		i, known := p.fields[key.Value]
		if !known {
			return nil
		}
		return w.walk(value, v.FieldByIndex(i))
	})
}

func (w *walker) walkSlice(node *yaml.Node, v reflect.Value) *DecodeError {
	if node.Kind != yaml.SequenceNode {
		return wrong(node, "a list")
	}
	if w.visits += len(node.Content); w.visits > maxVisits {
		return &DecodeError{Line: node.Line, Reason: "aliases unfold to too much"}
	}
	v.Set(reflect.MakeSlice(v.Type(), len(node.Content), len(node.Content)))
	for i, item := range node.Content {
		if bad := w.walk(item, v.Index(i)); bad != nil {
			return bad.within(fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

func (w *walker) walkMap(node *yaml.Node, v reflect.Value) *DecodeError {
	if node.Kind != yaml.MappingNode {
		return wrong(node, "an object")
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(node.Content)/2))
	return w.pairs(node, func(key, value *yaml.Node) *DecodeError {
		item := reflect.New(v.Type().Elem()).Elem()
		if bad := w.walk(value, item); bad != nil {
			return bad
		}
		v.SetMapIndex(reflect.ValueOf(key.Value), item)
		return nil
	})
}

// pairs goes through a mapping: what it merges in first, so that its own keys win.
func (w *walker) pairs(node *yaml.Node, visit func(key, value *yaml.Node) *DecodeError) *DecodeError {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Tag == "!!merge" {
			if bad := w.merge(node.Content[i+1], visit); bad != nil {
				return bad
			}
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			continue
		}
		if bad := visit(key, value); bad != nil {
			return bad.within(key.Value)
		}
	}
	return nil
}

// merge takes a mapping or a list of mappings, of which the first wins.
func (w *walker) merge(node *yaml.Node, visit func(key, value *yaml.Node) *DecodeError) *DecodeError {
	if w.visits++; w.visits > maxVisits {
		return &DecodeError{Line: node.Line, Reason: "aliases unfold to too much"}
	}
	switch node.Kind {
	case yaml.AliasNode:
		return w.merge(node.Alias, visit)
	case yaml.MappingNode:
		return w.pairs(node, visit)
	case yaml.SequenceNode:
		for i := len(node.Content) - 1; i >= 0; i-- {
			if bad := w.merge(node.Content[i], visit); bad != nil {
				return bad
			}
		}
		return nil
	}
	return wrong(node, "an object to merge")
}

func setScalar(node *yaml.Node, into scalar) *DecodeError {
	if node.Kind != yaml.ScalarNode {
		switch into := into.(type) {
		case *Loose:
			return nil
		case *Present:
			*into = true
			return nil
		}
		return wrong(node, "a plain value")
	}
	if want := into.setScalar(node.Value, kindOf(node)); want != "" {
		return wrong(node, want)
	}
	if figure, isInt := into.(*Int); isInt {
		if want := figure.refused(); want != "" {
			return wrong(node, want)
		}
	}
	return nil
}

func setString(node *yaml.Node, v reflect.Value) *DecodeError {
	if node.Kind != yaml.ScalarNode || kindOf(node) != scalarString {
		return wrong(node, "a string")
	}
	v.SetString(node.Value)
	return nil
}

// setBool takes YAML 1.1's other words for it too, as kubectl does.
func setBool(node *yaml.Node, v reflect.Value) *DecodeError {
	if node.Kind == yaml.ScalarNode {
		switch strings.ToLower(node.Value) {
		case "true", "yes", "on", "y":
			if node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 {
				v.SetBool(true)
				return nil
			}
		case "false", "no", "off", "n":
			if node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 {
				return nil
			}
		}
		if Placeholder(node.Value) {
			return nil
		}
	}
	return wrong(node, "true or false")
}

func kindOf(node *yaml.Node) scalarKind {
	switch node.ShortTag() {
	case "!!int":
		return scalarInteger
	case "!!float":
		return scalarFloat
	case "!!bool":
		return scalarBool
	case "!!null":
		return scalarNull
	}
	return scalarString
}

func wrong(node *yaml.Node, want string) *DecodeError {
	return &DecodeError{Line: node.Line, Reason: "want " + want + ", got " + describe(node)}
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "an object"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch text := node.Value; {
	case kindOf(node) != scalarString && len(text) <= 60:
		return text
	case figureLike.MatchString(text):
		return strconv.Quote(text)
	}
	return "a text"
}

// figureLike is a text that may be told: who wrote 512MB wants to read it. Any other may be a secret in the wrong place, and what is said here
// is printed, and stands in a note of the snapshot.
var figureLike = regexp.MustCompile(`^-?\d{1,9}(?:[.,]\d{1,4})? ?[A-Za-z%]{0,3}$|^(?i:true|false|yes|no|on|off)$`)

// within puts a field's error below the name of what holds it.
func (e *DecodeError) within(name string) *DecodeError {
	switch {
	case e.Field == "":
		e.Field = name
	case e.Field[0] == '[':
		e.Field = name + e.Field
	default:
		e.Field = name + "." + e.Field
	}
	return e
}
