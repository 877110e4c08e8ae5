package kube

import (
	"hash/maphash"
	"reflect"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// DecodeJSON decodes one JSON object into one of this package's structs, which holds nothing but perhaps lists and maps with room.
//
// What API servers write without white space is read directly, in a fifth of the time that the json package takes. All else goes to that
// package, whose word is final: values of another type than their field's, keys that stand twice, numbers in unusual forms, broken text.
func DecodeJSON(text []byte, into any) error {
	v := reflect.ValueOf(into).Elem()
	if plan := jsonPlanOf(v.Type()); plan != nil {
		d := decoders.Get().(*decoder)
		d.text, d.at = text, 0
		read := d.value(plan, v) && d.at == len(text)
		d.text = nil
		decoders.Put(d)
		if read {
			return nil
		}
		v.SetZero()
	}
	return json.Unmarshal(text, into, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// decoder reads one text. Each of its methods reports false where the json package must decide; at is then anywhere.
type decoder struct {
	text []byte
	at   int

	// What was read lately, by a few bits of its hash: names and amounts repeat.
	names   [1 << 10]string
	amounts [1 << 6]Quantity
}

var (
	decoders = sync.Pool{New: func() any { return new(decoder) }}
	hashSeed = maphash.MakeSeed()
)

func (d *decoder) value(p *jsonPlan, v reflect.Value) bool {
	if d.next() == 'n' && p.as != asScalar {
		v.SetZero()
		return d.word("null")
	}
	switch p.as {
	case asText:
		text, ok := d.name()
		v.SetString(text)
		return ok
	case asBool:
		yes := d.next() == 't'
		v.SetBool(yes)
		return yes && d.word("true") || d.word("false")
	case asStruct:
		return d.object(p, v)
	case asPointer:
		v.Set(reflect.New(p.element.goType))
		return d.value(p.element, v.Elem())
	case asList:
		return d.list(p, v)
	case asTexts:
		return d.textMap(v.Addr().Interface().(*map[string]string))
	case asMap:
		return d.anyMap(p, v)
	}
	return d.scalar(v)
}

func (d *decoder) object(p *jsonPlan, v reflect.Value) bool {
	var seen uint64
	if !d.take('{') {
		return false
	}
	if d.take('}') {
		return true
	}
	for {
		name, ok := d.quoted()
		if !ok || !d.take(':') {
			return false
		}
		field := p.field(name)
		switch {
		case field == nil:
			ok = d.pass(0)
		case seen&field.bit != 0:
			return false
		case len(field.index) == 1:
			ok = d.value(field.plan, v.Field(field.index[0]))
		default:
			ok = d.value(field.plan, v.FieldByIndex(field.index))
		}
		if !ok {
			return false
		}
		if field != nil {
			seen |= field.bit
		}
		if !d.take(',') {
			return d.take('}')
		}
	}
}

func (d *decoder) list(p *jsonPlan, v reflect.Value) bool {
	if v.IsNil() {
		v.Set(p.empty)
	}
	v.SetLen(0)
	return d.elements(func() bool {
		n := v.Len()
		if n == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(n + 1)
		element := v.Index(n)
		element.SetZero()
		return d.value(p.element, element)
	})
}

func (d *decoder) textMap(into *map[string]string) bool {
	if *into == nil {
		*into = map[string]string{}
	}
	if !d.take('{') {
		return false
	}
	if d.take('}') {
		return true
	}
	for {
		key, ok := d.name()
		if !ok || !d.take(':') {
			return false
		}
		value, ok := d.name()
		if !ok {
			return false
		}
		(*into)[key] = value
		if !d.take(',') {
			return d.take('}')
		}
	}
}

func (d *decoder) anyMap(p *jsonPlan, v reflect.Value) bool {
	if v.IsNil() {
		v.Set(reflect.MakeMap(p.goType))
	}
	return d.members(func(name []byte) bool {
		key := reflect.ValueOf(string(name)).Convert(p.goType.Key())
		element := reflect.New(p.element.goType).Elem()
		if v.MapIndex(key).IsValid() || !d.value(p.element, element) {
			return false
		}
		v.SetMapIndex(key, element)
		return true
	})
}

// scalar decodes a type that takes its JSON itself.
func (d *decoder) scalar(v reflect.Value) bool {
	into := v.Addr().Interface()
	switch into := into.(type) {
	case *Int:
		if b := d.next(); b == '-' || b >= '0' && b <= '9' {
			n, ok := d.whole()
			*into = Int{Value: n, Set: true}
			return ok
		}
	case *Time:
		if d.next() == '"' {
			return d.time(into)
		}
	case *Quantity:
		if d.next() == '"' {
			return d.amount(into)
		}
	}
	text, ok := d.scalarText()
	return ok && into.(json.Unmarshaler).UnmarshalJSON(text) == nil
}

func (d *decoder) time(into *Time) bool {
	inner, ok := d.quoted()
	if !ok {
		return false
	}
	if into.Time, ok = secondOf(inner); ok {
		return true
	}
	parsed, err := time.Parse(time.RFC3339, string(inner))
	into.Time = parsed.UTC()
	return err == nil
}

// secondOf reads a time as API servers write most of them: 2006-01-02T15:04:05Z.
func secondOf(text []byte) (time.Time, bool) {
	const form = "0000-00-00T00:00:00Z"
	if len(text) != len(form) {
		return time.Time{}, false
	}
	var figures [6]int // from the year to the second
	at := 0
	for i := range len(form) {
		digit := text[i] - '0'
		switch {
		case form[i] != '0' && text[i] == form[i]:
			at++
		case form[i] == '0' && digit <= 9:
			figures[at] = 10*figures[at] + int(digit)
		default:
			return time.Time{}, false
		}
	}
	year, month, day, hour, minute, second := figures[0], time.Month(figures[1]), figures[2], figures[3], figures[4], figures[5]
	t := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	return t, t.Month() == month && t.Day() == day && hour < 24 && minute < 60 && second < 60 // nothing that spills over
}

func (d *decoder) amount(into *Quantity) bool {
	inner, ok := d.quoted()
	if !ok {
		return false
	}
	have := &d.amounts[maphash.Bytes(hashSeed, inner)%uint64(len(d.amounts))]
	if have.text != string(inner) || have.text == "" {
		var parsed Quantity
		if parsed.setScalar(string(inner), scalarString) != "" || parsed.text != string(inner) {
			return false
		}
		*have = parsed
	}
	*into = *have
	return true
}
