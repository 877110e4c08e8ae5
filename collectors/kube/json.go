package kube

import (
	"hash/maphash"
	"math"
	"reflect"
	"sync"
	"time"
	"unicode/utf8"

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

	// What was read lately, by a few bits of its hash: names, times and amounts repeat.
	names [1 << 10]string
	times [1 << 6]struct {
		text string
		time Time
	}
	amounts [1 << 6]Quantity
}

var (
	decoders = sync.Pool{New: func() any { return new(decoder) }}
	hashSeed = maphash.MakeSeed()
)

const (
	longestName  = 128 // that is looked for among those read lately
	deepestValue = 64  // that is passed over
)

func (d *decoder) next() byte {
	if d.at < len(d.text) {
		return d.text[d.at]
	}
	return 0
}

func (d *decoder) take(b byte) bool {
	if d.next() != b {
		return false
	}
	d.at++
	return true
}

func (d *decoder) word(word string) bool {
	if len(d.text)-d.at < len(word) || string(d.text[d.at:d.at+len(word)]) != word {
		return false
	}
	d.at += len(word)
	return true
}

// quoted reads a string and gives what stands between the quotation marks, without escapes.
func (d *decoder) quoted() ([]byte, bool) {
	if !d.take('"') {
		return nil, false
	}
	plain := true
	for i := d.at; i < len(d.text); i++ {
		switch b := d.text[i]; {
		case b == '"':
			inner := d.text[d.at:i]
			d.at = i + 1
			return inner, plain || utf8.Valid(inner)
		case b == '\\':
			return d.escaped()
		case b < ' ':
			return nil, false
		case b >= utf8.RuneSelf:
			plain = false
		}
	}
	return nil, false
}

// escaped is quoted of a string that holds a backslash.
func (d *decoder) escaped() ([]byte, bool) {
	for i := d.at; i < len(d.text); i++ {
		switch d.text[i] {
		case '\\':
			i++
		case '"':
			inner, err := jsontext.AppendUnquote(nil, d.text[d.at-1:i+1])
			d.at = i + 1
			return inner, err == nil
		}
	}
	return nil, false
}

// name is a string that is likely to come again.
func (d *decoder) name() (string, bool) {
	inner, ok := d.quoted()
	if !ok {
		return "", false
	}
	if len(inner) == 0 || len(inner) > longestName {
		return string(inner), true
	}
	have := &d.names[maphash.Bytes(hashSeed, inner)%uint64(len(d.names))]
	if *have != string(inner) {
		*have = string(inner)
	}
	return *have, true
}

// whole reads a whole number that every JSON reader holds exactly.
func (d *decoder) whole() (int64, bool) {
	negative := d.take('-')
	start, n := d.at, int64(0)
	for ; d.at < len(d.text) && d.text[d.at] >= '0' && d.text[d.at] <= '9'; d.at++ {
		if n = n*10 + int64(d.text[d.at]-'0'); n > maxInt {
			return 0, false
		}
	}
	digits := d.at - start
	if next := d.next(); digits == 0 || digits > 1 && d.text[start] == '0' || next == '.' || next == 'e' || next == 'E' {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}

// scalarText reads any value but an object or a list, and gives it as it is written.
func (d *decoder) scalarText() ([]byte, bool) {
	start := d.at
	var ok bool
	switch b := d.next(); {
	case b == '"':
		_, ok = d.quoted()
	case b == 't':
		ok = d.word("true")
	case b == 'f':
		ok = d.word("false")
	case b == 'n':
		ok = d.word("null")
	default:
		_, ok = d.whole()
	}
	return d.text[start:d.at], ok
}

// pass passes over a value that has no field.
func (d *decoder) pass(depth int) bool {
	switch d.next() {
	case '{':
		return depth < deepestValue && d.members(func([]byte) bool { return d.pass(depth + 1) })
	case '[':
		return depth < deepestValue && d.elements(func() bool { return d.pass(depth + 1) })
	}
	_, ok := d.scalarText()
	return ok
}

func (d *decoder) members(visit func(name []byte) bool) bool {
	if !d.take('{') {
		return false
	}
	if d.take('}') {
		return true
	}
	for {
		name, ok := d.quoted()
		if !ok || !d.take(':') || !visit(name) {
			return false
		}
		if !d.take(',') {
			return d.take('}')
		}
	}
}

func (d *decoder) elements(visit func() bool) bool {
	if !d.take('[') {
		return false
	}
	if d.take(']') {
		return true
	}
	for visit() {
		if !d.take(',') {
			return d.take(']')
		}
	}
	return false
}

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
	have := &d.times[maphash.Bytes(hashSeed, inner)%uint64(len(d.times))]
	if have.text != string(inner) || have.text == "" {
		parsed, err := time.Parse(time.RFC3339, string(inner))
		if err != nil {
			return false
		}
		have.text, have.time = string(inner), Time{parsed.UTC()}
	}
	*into = have.time
	return true
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
