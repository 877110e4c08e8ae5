package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// codec decodes and checks the lines of one kind.
type codec struct {
	decode func(line []byte, options ...json.Options) (Record, error) // as a pointer
	value  func(pointer Record) Record
	shape  *shape
}

// kindLine is a record's line: its kind beside its fields.
type kindLine[T Record] struct {
	Kind   Kind `json:"kind"`
	Record T    `json:",embed"`
}

func codecOf[T Record]() codec {
	return codec{
		decode: func(line []byte, options ...json.Options) (Record, error) {
			var v kindLine[T]
			err := json.Unmarshal(line, &v, options...)
			return any(&v.Record).(Record), err
		},
		value: func(pointer Record) Record { return *any(pointer).(*T) },
		shape: shapeOf(reflect.TypeFor[T]()),
	}
}

// codecs is the one list of the kinds of version 1.
var codecs = map[Kind]codec{
	KindHeader:           codecOf[Header](),
	KindCluster:          codecOf[Cluster](),
	KindNode:             codecOf[Node](),
	KindNamespace:        codecOf[Namespace](),
	KindWorkload:         codecOf[Workload](),
	KindWorkloadPods:     codecOf[WorkloadPods](),
	KindService:          codecOf[Service](),
	KindDisruptionBudget: codecOf[DisruptionBudget](),
	KindAutoscaler:       codecOf[Autoscaler](),
	KindNetworkPolicy:    codecOf[NetworkPolicy](),
	KindCustomResource:   codecOf[CustomResource](),
	KindRelease:          codecOf[Release](),
	KindNetwork:          codecOf[Network](),
	KindEndpoints:        codecOf[Endpoints](),
	KindIngress:          codecOf[Ingress](),
	KindWebhook:          codecOf[Webhook](),
	KindCRD:              codecOf[CRD](),
	KindStorageClass:     codecOf[StorageClass](),
	KindPersistentVolume: codecOf[PersistentVolume](),
	KindVolumeClaim:      codecOf[VolumeClaim](),
	KindBackup:           codecOf[Backup](),
	KindRepository:       codecOf[Repository](),
	KindAPIUse:           codecOf[APIUse](),
	KindEventSummary:     codecOf[EventSummary](),
	KindNote:             codecOf[Note](),
	KindTrailer:          codecOf[Trailer](),
}

// RecordTypes gives the Go type of each kind, for what is generated from them.
func RecordTypes() map[Kind]reflect.Type {
	types := make(map[Kind]reflect.Type, len(codecs))
	for kind, c := range codecs {
		types[kind] = c.shape.goType
	}
	return types
}

// DecodeRecord reads one record from a JSON object with its kind, under the default limits. It is strict: an unknown kind or
// field is an *Error, as is everything that a Reader refuses. Records are values, not pointers.
func DecodeRecord(line []byte) (Record, error) {
	limits := DefaultLimits()
	kind, bad := lineKind(line)
	if bad != nil {
		return nil, deepFirst(line, limits.Depth, bad)
	}
	c, known := codecs[kind]
	if !known {
		return nil, &Error{Field: "kind", Reason: "unknown kind " + quote(string(kind)), Kind: ErrUnknown}
	}
	record, failure := c.decode(line, json.RejectUnknownMembers(true))
	if failure != nil {
		return nil, deepFirst(line, limits.Depth, lineError(kind, line, failure))
	}
	if bad := checkRecord(record, limits, nil); bad != nil {
		return nil, bad
	}
	return c.value(record), nil
}

// lineKind reads a line's kind, once the line is seen to be UTF-8.
func lineKind(line []byte) (Kind, *Error) {
	if !utf8.Valid(line) {
		return "", &Error{Reason: "bytes that are no UTF-8", Kind: ErrBadUTF8}
	}
	const first = `{"kind":"`
	if bytes.HasPrefix(line, []byte(first)) {
		rest := line[len(first):]
		if end := bytes.IndexAny(rest, `"\`); end >= 0 && rest[end] == '"' {
			return Kind(rest[:end]), nil
		}
	}
	var peek struct {
		Kind *Kind `json:"kind"`
	}
	if err := json.Unmarshal(line, &peek); err != nil {
		return "", lineError("", line, err)
	}
	if peek.Kind == nil {
		return "", &Error{Field: "kind", Reason: "missing", Kind: ErrWrongType}
	}
	return *peek.Kind, nil
}

// deepFirst puts a line's depth before what else is wrong with it. Lines that decode strictly need no such look: the record
// types are no deeper than a few levels.
func deepFirst(line []byte, limit int, other *Error) *Error {
	if tooDeep(line, limit) {
		return &Error{Reason: fmt.Sprintf("nested deeper than %d", limit), Kind: ErrTooDeep}
	}
	return other
}

// tooDeep counts brackets outside of strings; it says nothing about whether they fit.
func tooDeep(line []byte, limit int) bool {
	depth, inString := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > limit {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// lineError turns the decoder's error into field and reason.
func lineError(kind Kind, line []byte, err error) *Error {
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		out := &Error{Reason: "the key stands there twice", Kind: ErrDoubleKey}
		if errors.As(err, &syntactic) {
			out.Field = fieldPath(kind, syntactic.JSONPointer)
		}
		return out
	case errors.As(err, &semantic) && errors.Is(err, json.ErrUnknownName):
		return &Error{Field: fieldPath(kind, semantic.JSONPointer), Reason: "unknown field", Kind: ErrUnknown}
	case errors.As(err, &semantic):
		value := semantic.JSONValue
		if len(value) == 0 {
			value = valueAt(line, semantic.JSONPointer)
		}
		return &Error{Field: fieldPath(kind, semantic.JSONPointer), Kind: ErrWrongType,
			Reason: "want " + wanted(semantic.GoType) + ", got " + got(semantic.JSONKind, value)}
	case errors.As(err, &syntactic):
		return &Error{Reason: "no JSON object: " + strings.TrimPrefix(syntactic.Err.Error(), "jsontext: "), Kind: ErrBadJSON}
	}
	return &Error{Reason: "no JSON object", Kind: ErrBadJSON}
}

// fieldPath turns /containers/0/image into workload.containers[0].image.
func fieldPath(kind Kind, pointer jsontext.Pointer) string {
	var b strings.Builder
	b.WriteString(string(kind))
	for token := range pointer.Tokens() {
		if _, err := strconv.Atoi(token); err == nil {
			b.WriteString("[" + token + "]")
			continue
		}
		if len(token) > quoteBytes || strings.ContainsFunc(token, func(r rune) bool { return !strconv.IsGraphic(r) }) {
			token = quote(token)
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(token)
	}
	return b.String()
}

// valueAt finds the value that an error speaks of, for the decoder does not always keep it; nil where it is not reached.
func valueAt(line []byte, pointer jsontext.Pointer) jsontext.Value {
	d := jsontext.NewDecoder(bytes.NewReader(line))
	for {
		token, err := d.ReadToken()
		if err != nil {
			return nil
		}
		if d.StackPointer() != pointer {
			continue
		}
		if kind, length := d.StackIndex(d.StackDepth()); kind == '{' && length%2 == 1 {
			if token.Kind() != '"' {
				return nil
			}
			value, err := d.ReadValue()
			if err != nil {
				return nil
			}
			return value
		}
		switch token.Kind() {
		case '"':
			value, _ := jsontext.AppendQuote(nil, token.String())
			return value
		case '{', '[':
			return nil
		}
		return jsontext.Value(token.String())
	}
}

func wanted(t reflect.Type) string {
	if t == nil {
		return "another value"
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[time.Time]() {
		return "a time as in RFC 3339"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	}
	return "an integer"
}

func got(kind jsontext.Kind, value jsontext.Value) string {
	switch kind {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		if text, err := jsontext.AppendUnquote(nil, value); err == nil && len(value) > 0 {
			return quote(string(text))
		}
		return "a string"
	}
	if len(value) == 0 {
		return map[jsontext.Kind]string{'n': "null", 't': "true", 'f': "false", '0': "a number"}[kind]
	}
	return string(value[:min(len(value), quoteBytes)])
}
