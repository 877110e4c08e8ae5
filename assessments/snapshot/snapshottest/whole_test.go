package snapshottest

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

func TestTheFixtureSetsEveryFieldOfEveryKind(t *testing.T) {
	records, err := Whole()
	require.NoError(t, err)
	kinds, set, all := map[snapshot.Kind]bool{}, map[string]bool{}, map[string]bool{}
	for _, record := range records {
		kinds[record.RecordKind()] = true
		mark(reflect.ValueOf(record), set)
	}
	for kind, goType := range snapshot.RecordTypes() {
		require.True(t, kinds[kind], "no %s in the fixture", kind)
		list(goType, all)
	}
	for field := range all {
		require.True(t, set[field], "no record of the fixture sets %s", field)
	}
}

func TestTheFixtureSurvivesWritingAndReading(t *testing.T) {
	records, err := Whole()
	require.NoError(t, err)
	records = records[:len(records)-1] // the writer makes the trailer
	var file bytes.Buffer
	require.NoError(t, Write(&file, records))
	reader := snapshot.NewReader(&file, snapshot.DefaultLimits())
	var read []snapshot.Record
	for record, err := range reader.Records() {
		require.NoError(t, err)
		read = append(read, record)
	}
	header := records[0].(snapshot.Header)
	header.SchemaMinor = snapshot.SchemaMinor // the writer states its own; the fixture's is a newer one, so that it is set
	records[0] = header
	require.Equal(t, records, read[:len(records)])
	require.Empty(t, reader.Notes(), "a value of a closed field is unknown to the reader")
}

// list names every field below a record type, as Type.field.
func list(t reflect.Type, into map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		list(t.Elem(), into)
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range t.NumField() {
			name := fieldName(t, i)
			if !into[name] {
				into[name] = true
				list(t.Field(i).Type, into)
			}
		}
	}
}

// mark names the fields of a value that are set.
func mark(v reflect.Value, into map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		mark(v.Elem(), into)
	case reflect.Slice:
		for i := range v.Len() {
			mark(v.Index(i), into)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				into[fieldName(v.Type(), i)] = true
				mark(v.Field(i), into)
			}
		}
	}
}

func fieldName(t reflect.Type, i int) string {
	name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
	return t.Name() + "." + name
}
