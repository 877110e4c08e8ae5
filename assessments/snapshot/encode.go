package snapshot

import (
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// encoder writes records and holds them against the format's bounds in one walk along their shape, in a sixth of the time that the json
// package and checkRecord take one after the other. Those two have the last word: what this one has doubts about it leaves to them.
type encoder struct {
	out    []byte
	limits Limits
	names  []string // of a map's keys
}

// record appends a record's line, or reports false where it is not for this encoder: out is then without meaning.
func (e *encoder) record(record Record) bool {
	kind := record.RecordKind()
	v := reflect.ValueOf(record)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	s := codecs[kind].shape
	if s == nil || v.Type() != s.goType {
		return false
	}
	e.out = append(append(append(e.out[:0], `{"kind":"`...), kind...), '"')
	if !e.fields(v, s) {
		return false
	}
	e.out = append(e.out, '}', '\n')
	return true
}

func (e *encoder) fields(v reflect.Value, s *shape) bool {
	for i := range s.fields {
		f := &s.fields[i]
		field := v.Field(f.index)
		if f.omitted && field.IsZero() {
			continue
		}
		if e.out[len(e.out)-1] != '{' {
			e.out = append(e.out, ',')
		}
		e.out = append(e.out, f.key...)
		if !e.value(field, f.shape, f) {
			return false
		}
	}
	return true
}

func (e *encoder) value(v reflect.Value, s *shape, f *shapeField) bool {
	switch v.Kind() {
	case reflect.String:
		return e.text(v.String(), f.named)
	case reflect.Int, reflect.Int32, reflect.Int64:
		e.out = strconv.AppendInt(e.out, v.Int(), 10)
		return checkInteger(v.Int(), f) == nil
	case reflect.Bool:
		e.out = strconv.AppendBool(e.out, v.Bool())
		return true
	case reflect.Pointer:
		return e.pointer(v, s, f)
	case reflect.Slice:
		return e.list(v, s, f)
	case reflect.Map:
		return e.members(v, s)
	case reflect.Struct:
		if s.fields == nil { // a time
			return e.time(v.Interface())
		}
		e.out = append(e.out, '{')
		ok := e.fields(v, s)
		e.out = append(e.out, '}')
		return ok
	}
	return false
}

func (e *encoder) pointer(v reflect.Value, s *shape, f *shapeField) bool {
	if v.IsNil() {
		e.out = append(e.out, "null"...)
		return true
	}
	if s.elem.goType == timeType {
		return e.time(*v.Interface().(*time.Time))
	}
	return e.value(v.Elem(), s.elem, f)
}

func (e *encoder) list(v reflect.Value, s *shape, f *shapeField) bool {
	if v.Len() > f.most {
		return false
	}
	e.out = append(e.out, '[')
	for i := range v.Len() {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		if !e.value(v.Index(i), s.elem, plain) {
			return false
		}
	}
	e.out = append(e.out, ']')
	return true
}

// members writes a map in the order of its keys.
func (e *encoder) members(v reflect.Value, s *shape) bool {
	from := len(e.names)
	texts, _ := v.Interface().(map[string]string) // most maps
	if texts != nil {
		for name := range texts {
			e.names = append(e.names, name)
		}
	} else {
		for entries := v.MapRange(); entries.Next(); {
			e.names = append(e.names, entries.Key().String())
		}
	}
	names := e.names[from:]
	slices.Sort(names)
	e.out = append(e.out, '{')
	ok := true
	for i, name := range names {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		ok = ok && e.text(name, true)
		e.out = append(e.out, ':')
		if texts != nil {
			ok = ok && e.text(texts[name], false)
		} else {
			ok = ok && e.value(v.MapIndex(reflect.ValueOf(name).Convert(s.goType.Key())), s.elem, plain)
		}
	}
	e.out = append(e.out, '}')
	clear(names)
	e.names = e.names[:from]
	return ok
}

func (e *encoder) text(text string, named bool) bool {
	bound := e.limits.StringBytes
	if named {
		bound = MaxNameBytes
	}
	if len(text) > bound {
		return false
	}
	for i := range len(text) {
		if b := text[i]; b < ' ' || b == '"' || b == '\\' || b >= 0x7f {
			var err error
			e.out, err = jsontext.AppendQuote(e.out, text)
			return err == nil
		}
	}
	e.out = append(append(append(e.out, '"'), text...), '"')
	return true
}

func (e *encoder) time(value any) bool {
	t, ok := value.(time.Time)
	if !ok || t.Year() < MinYear || t.Year() > MaxYear {
		return false
	}
	e.out = append(t.UTC().AppendFormat(append(e.out, '"'), time.RFC3339Nano), '"')
	return true
}
