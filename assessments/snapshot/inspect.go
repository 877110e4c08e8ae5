package snapshot

import (
	"cmp"
	"io"
	"maps"
	"reflect"
	"slices"
)

// Inspection says what is in a snapshot, for the person who must approve that it leaves the house.
type Inspection struct {
	Header  Header         `json:"header"`
	Digest  string         `json:"digest"`         // SHA-256 of the expanded lines
	KeyID   string         `json:"keyId,omitzero"` // of the key that is said to have signed it; whose it is, the server knows
	Records map[Kind]int   `json:"records"`
	Fields  []FieldSummary `json:"fields"` // every field that is set anywhere, in the order of their names
	Notes   []string       `json:"notes,omitzero"`
}

// FieldSummary says how often a field is set, and with what.
type FieldSummary struct {
	Field  string       `json:"field"` // workload.containers[].image; the keys of maps stand as field.key
	Set    int          `json:"set"`
	Values []ValueCount `json:"values,omitzero"` // of strings: the distinct ones, in the order of their text
	More   int          `json:"more,omitzero"`   // occurrences of further distinct values beyond the bound
}

// ValueCount is a distinct value with how often it occurs.
type ValueCount struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// InspectDistinct bounds the distinct values that are kept of one field where the caller gives no other bound.
const InspectDistinct = 10_000

// Inspect reads a whole snapshot. Of each field at most distinct different strings are kept; 0 stands for InspectDistinct. What a
// Reader refuses is an error here too.
func Inspect(r io.Reader, limits Limits, distinct int) (Inspection, error) {
	reader := NewReader(r, limits)
	c := &fieldCounter{distinct: cmp.Or(distinct, InspectDistinct), fields: map[string]*fieldCount{}}
	for record, err := range reader.Records() {
		if err != nil {
			return Inspection{}, err
		}
		c.count(reflect.ValueOf(record), codecs[record.RecordKind()].shape, string(record.RecordKind()))
	}
	found := Inspection{Header: reader.Header(), Digest: reader.Digest(), Records: reader.Counts(), Fields: c.summaries(), Notes: reader.Notes()}
	if signature := reader.Signature(); signature != nil {
		found.KeyID = signature.KeyID
	}
	return found, nil
}

type fieldCounter struct {
	distinct int
	fields   map[string]*fieldCount
}

type fieldCount struct {
	set, more int
	values    map[string]int
}

// maxInspectFields bounds the field names: the keys of maps come from outside.
const maxInspectFields = 10_000

func (c *fieldCounter) field(path string) *fieldCount {
	f := c.fields[path]
	if f == nil && len(c.fields) >= maxInspectFields {
		path = "(further fields)"
		f = c.fields[path]
	}
	if f == nil {
		f = &fieldCount{values: map[string]int{}}
		c.fields[path] = f
	}
	return f
}

// count goes through what is set below a value.
func (c *fieldCounter) count(v reflect.Value, s *shape, path string) {
	if v.IsZero() {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if s.fields == nil {
			c.field(path).set++
			return
		}
		for _, f := range s.fields {
			c.count(v.Field(f.index), f.shape, path+"."+f.name)
		}
	case reflect.Pointer:
		if c.count(v.Elem(), s.elem, path); v.Elem().IsZero() {
			c.field(path).set++
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.count(v.Index(i), s.elem, path+"[]")
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			c.count(entries.Value(), s.elem, path+"."+entries.Key().String())
		}
	case reflect.String:
		c.countString(path, v.String())
	default:
		c.field(path).set++
	}
}

func (c *fieldCounter) countString(path, text string) {
	f := c.field(path)
	f.set++
	if _, seen := f.values[text]; !seen && len(f.values) >= c.distinct {
		f.more++
		return
	}
	f.values[text]++
}

func (c *fieldCounter) summaries() []FieldSummary {
	out := make([]FieldSummary, 0, len(c.fields))
	for _, path := range slices.Sorted(maps.Keys(c.fields)) {
		f := c.fields[path]
		summary := FieldSummary{Field: path, Set: f.set, More: f.more}
		for _, value := range slices.Sorted(maps.Keys(f.values)) {
			summary.Values = append(summary.Values, ValueCount{Value: value, Count: f.values[value]})
		}
		out = append(out, summary)
	}
	return out
}
