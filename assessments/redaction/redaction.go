// Package redaction replaces the names in the records of a snapshot by pseudonyms, so that whoever reads the snapshot sees how the platform is built and
// not whose it is. Each text of each record has a class, and the class says what becomes of it: a field that nobody thought of
// is replaced, not let through.
package redaction

import (
	"reflect"
	"strconv"
	"time"

	"plimsoll/assessments/pseudonym"
	"plimsoll/assessments/snapshot"
)

// Redactor replaces names with one key. It is not safe for concurrent use.
type Redactor struct {
	key    *pseudonym.Key
	images map[string]string
}

// New makes a Redactor.
func New(key *pseudonym.Key) *Redactor {
	return &Redactor{key: key, images: map[string]string{}}
}

// Record gives a copy of a record with its names replaced; the record itself stays as it was. The header says that it was done, and
// with which key.
func (r *Redactor) Record(record snapshot.Record) snapshot.Record {
	v := reflect.ValueOf(record)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	copied := reflect.New(v.Type()).Elem()
	copied.Set(v)
	planOf(v.Type()).redact(r, copied)
	switch done := copied.Interface().(type) {
	case snapshot.Header:
		done.RedactedNames, done.RedactionKeyID = true, r.key.ID()
		return done
	case snapshot.Workload:
		nameClaims(r, &done, v.Interface().(snapshot.Workload))
		return done
	default:
		return done.(snapshot.Record)
	}
}

// maxClaims bounds the claims of one template that are named.
const maxClaims = 1000

// nameClaims names the claims that a StatefulSet's templates make: out of pseudonyms nobody can put their names together.
func nameClaims(r *Redactor, redacted *snapshot.Workload, plain snapshot.Workload) {
	if plain.Kind != "StatefulSet" || plain.Replicas == nil {
		return
	}
	for i, volume := range plain.Volumes {
		if !volume.Template || volume.Claim == "" {
			continue
		}
		for ordinal := range min(max(*plain.Replicas, 1), maxClaims) {
			name := volume.Claim + "-" + plain.Name + "-" + strconv.Itoa(ordinal)
			redacted.Volumes[i].Claims = append(redacted.Volumes[i].Claims, r.name(Claim, name))
		}
	}
}

// plan is what is to be done to a type: made once for each, and nothing for a type without texts.
type plan struct {
	fields []fieldPlan
	elem   *plan // of a pointer, slice or map
	class  Class // of a text
	empty  bool
}

type fieldPlan struct {
	index int
	plan  *plan
}

var plans = map[reflect.Type]*plan{}

func init() {
	for _, record := range snapshot.RecordTypes() {
		plans[record] = planFor(record, "")
	}
}

func planOf(t reflect.Type) *plan { return plans[t] }

// planFor makes the plan of a type whose field has a class.
func planFor(t reflect.Type, class Class) *plan {
	switch t.Kind() {
	case reflect.String:
		return &plan{class: class, empty: class == Plain}
	case reflect.Pointer, reflect.Slice, reflect.Map:
		elem := planFor(t.Elem(), class)
		return &plan{elem: elem, class: class, empty: elem.empty}
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			break
		}
		p := &plan{empty: true, class: class}
		for i := range t.NumField() {
			field := planFor(t.Field(i).Type, classFor(t, t.Field(i), class))
			if !field.empty {
				p.fields, p.empty = append(p.fields, fieldPlan{i, field}), false
			}
		}
		return p
	}
	return &plan{empty: true}
}

// classFor is the class of a field: its own, or that of the field which holds the struct where it says so.
func classFor(t reflect.Type, field reflect.StructField, outer Class) Class {
	class, known := classOf[t.Name()+"."+field.Name]
	switch {
	case class == ByField:
		return outer
	case !known && holdsText(field.Type):
		return Text
	}
	return class
}

func holdsText(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t.Kind() == reflect.String
}

// redact replaces the texts below a value that may be set. What the value shares with the original is copied first.
func (p *plan) redact(r *Redactor, v reflect.Value) {
	if p.empty || v.IsZero() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(r.text(p.class, v.String()))
	case reflect.Struct:
		if ref, is := v.Interface().(snapshot.Ref); is {
			v.Set(reflect.ValueOf(r.ref(ref)))
			return
		}
		for _, field := range p.fields {
			field.plan.redact(r, v.Field(field.index))
		}
	case reflect.Pointer:
		copied := reflect.New(v.Type().Elem())
		copied.Elem().Set(v.Elem())
		p.elem.redact(r, copied.Elem())
		v.Set(copied)
	case reflect.Slice:
		p.redactSlice(r, v)
	case reflect.Map:
		p.redactMap(r, v)
	}
}

func (p *plan) redactSlice(r *Redactor, v reflect.Value) {
	if names, is := v.Interface().([]string); is && p.class == Variable {
		var known []string
		for _, name := range names {
			if knownVariable(name) {
				known = append(known, name)
			}
		}
		v.Set(reflect.ValueOf(known))
		return
	}
	copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	reflect.Copy(copied, v)
	for i := range copied.Len() {
		p.elem.redact(r, copied.Index(i))
	}
	v.Set(copied)
}

// redactMap replaces values; keys are of documented lists.
func (p *plan) redactMap(r *Redactor, v reflect.Value) {
	copied := reflect.MakeMapWithSize(v.Type(), v.Len())
	for entries := v.MapRange(); entries.Next(); {
		class := p.class
		switch class {
		case Labels:
			class = classOr(classByLabel, entries.Key().String(), Label)
		case Annotation:
			class = classOr(classByAnnotation, entries.Key().String(), Text)
		}
		copied.SetMapIndex(entries.Key(), reflect.ValueOf(r.text(class, entries.Value().String())))
	}
	v.Set(copied)
}

func classOr(classes map[string]Class, key string, otherwise Class) Class {
	if class, known := classes[key]; known {
		return class
	}
	return otherwise
}

// ref replaces a reference by the kind that it names.
func (r *Redactor) ref(ref snapshot.Ref) snapshot.Ref {
	return snapshot.Ref{
		Kind: r.text(KindName, ref.Kind), Namespace: r.text(Namespace, ref.Namespace), Name: r.text(classByObject(ref.Kind), ref.Name),
		Place: snapshot.Place{File: r.text(File, ref.Place.File), Line: ref.Place.Line, Document: ref.Place.Document},
	}
}
