package kube

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Placeholder reports whether a value holds a sign of a template or a variable ($ { < %), so that it is no literal.
func Placeholder(text string) bool { return strings.ContainsAny(text, "${<%") }

// scalarKind is the type of a scalar in JSON's terms.
type scalarKind int

const (
	scalarString scalarKind = iota
	scalarInteger
	scalarFloat
	scalarBool
	scalarNull
)

// scalar is a field that takes more than one JSON type. setScalar answers with what it wants instead, or nothing.
type scalar interface {
	setScalar(text string, kind scalarKind) (want string)
}

var errScalar = errors.New("want a scalar")

func scalarJSON(data []byte, into scalar) error {
	value := jsontext.Value(data)
	text, kind := string(data), scalarInteger
	switch value.Kind() {
	case 'n':
		kind = scalarNull
	case 't', 'f':
		kind = scalarBool
	case '"':
		unquoted, err := jsontext.AppendUnquote(nil, data)
		if err != nil {
			return err
		}
		text, kind = string(unquoted), scalarString
	case '0':
		if strings.ContainsAny(text, ".eE") {
			kind = scalarFloat
		}
	default:
		return errScalar
	}
	if want := into.setScalar(text, kind); want != "" {
		return errors.New("want " + want)
	}
	return nil
}

// Int is an integer that may be absent or a placeholder. The zero value is "not set".
type Int struct {
	Value      int64
	Set        bool
	Unreadable bool // a placeholder stands where the figure should
}

// Or is the figure, or the default where it is not set. An unreadable figure is 0.
func (i Int) Or(def int64) int64 {
	if i.Set || i.Unreadable {
		return i.Value
	}
	return def
}

// Pointer is the figure, or nil where it is not set or unreadable.
func (i Int) Pointer() *int {
	if !i.Set {
		return nil
	}
	return new(int(i.Value))
}

// PointerOr is Pointer with a default for what is not set; still nil for the unreadable.
func (i Int) PointerOr(def int) *int {
	if !i.Set && !i.Unreadable {
		return &def
	}
	return i.Pointer()
}

// UnmarshalJSON takes a number; a string only as a placeholder.
func (i *Int) UnmarshalJSON(data []byte) error { return scalarJSON(data, i) }

func (i *Int) setScalar(text string, kind scalarKind) string {
	switch {
	case kind == scalarNull:
		return ""
	case kind == scalarString && Placeholder(text):
		i.Unreadable = true
		return ""
	case kind != scalarInteger:
		return "an integer"
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 0, 64)
	if err != nil || n > maxInt || n < -maxInt {
		return "an integer"
	}
	*i = Int{Value: n, Set: true}
	return ""
}

// Long is an integer that the API takes in 64 bits, and below zero: for a few fields.
type Long struct{ Int }

// refused is what an API server would have instead of a figure in a file; empty: it takes it. What a cluster says of itself is as it is.
func (i *Int) refused() string {
	switch {
	case i.Value < 0:
		return "0 or more"
	case i.Value > math.MaxInt32:
		return fmt.Sprintf("at most %d", math.MaxInt32)
	}
	return ""
}

// maxInt bounds figures as the snapshot does.
const maxInt = 1<<53 - 1

// IntOrString is a number or a text, kept as written: 1, 25%, http. A text of digits counts as the number.
type IntOrString struct {
	Text string
	Set  bool
}

// UnmarshalJSON takes a number or a string.
func (v *IntOrString) UnmarshalJSON(data []byte) error { return scalarJSON(data, v) }

func (v *IntOrString) setScalar(text string, kind scalarKind) string {
	switch kind {
	case scalarNull:
		return ""
	case scalarInteger, scalarString:
		*v = IntOrString{Text: text, Set: true}
		return ""
	}
	return "an integer or a string"
}

// Number is the value as a number, where it is one.
func (v IntOrString) Number() (int, bool) {
	n, err := strconv.Atoi(v.Text)
	return n, err == nil
}

// Loose is any scalar as text. What is no scalar stays empty: custom resources leave some fields open.
type Loose struct{ Text string }

// UnmarshalJSON takes anything.
func (l *Loose) UnmarshalJSON(data []byte) error {
	if err := scalarJSON(data, l); !errors.Is(err, errScalar) {
		return err
	}
	return nil
}

func (l *Loose) setScalar(text string, kind scalarKind) string {
	if kind != scalarNull {
		l.Text = text
	}
	return ""
}

// Present says that a field is there, whatever it holds.
type Present bool

// UnmarshalJSON takes anything but null.
func (p *Present) UnmarshalJSON(data []byte) error {
	*p = jsontext.Value(data).Kind() != 'n'
	return nil
}

func (p *Present) setScalar(_ string, kind scalarKind) string {
	*p = kind != scalarNull
	return ""
}

// Time is a time as the API writes it. The zero value is "not set".
type Time struct{ time.Time }

// UnmarshalJSON takes an RFC 3339 string or null.
func (t *Time) UnmarshalJSON(data []byte) error { return scalarJSON(data, t) }

func (t *Time) setScalar(text string, kind scalarKind) string {
	if kind == scalarNull || kind == scalarString && (text == "" || Placeholder(text)) {
		return ""
	}
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil || kind != scalarString {
		return "a time as in RFC 3339"
	}
	t.Time = parsed.UTC()
	return ""
}

// Pointer is the time, or nil where it is not set or outside what a snapshot takes.
func (t Time) Pointer() *time.Time {
	if t.IsZero() || t.Year() < 2000 || t.Year() > 2100 {
		return nil
	}
	return new(t.Time)
}
