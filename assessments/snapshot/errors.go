package snapshot

import (
	"fmt"
	"strconv"
	"strings"
)

// ErrorKind sorts what can be wrong with a snapshot, so that a server can choose its answer by it.
type ErrorKind string

// What can be wrong with a snapshot.
const (
	ErrEmpty        ErrorKind = "empty"         // no byte, or no record
	ErrNotGzip      ErrorKind = "not-gzip"      // does not begin as gzip
	ErrCutOff       ErrorKind = "cut-off"       // ends before its trailer
	ErrDamaged      ErrorKind = "damaged"       // checksum, digest or counts do not fit, or data follows the end
	ErrTooLarge     ErrorKind = "too-large"     // beyond a bound of Limits
	ErrTooDeep      ErrorKind = "too-deep"      // nested beyond Limits.Depth
	ErrBomb         ErrorKind = "bomb"          // expands beyond Limits.Ratio
	ErrWrongVersion ErrorKind = "wrong-version" // another major version, or another format
	ErrWrongType    ErrorKind = "wrong-type"    // a value of another JSON type than the field's
	ErrOutOfBounds  ErrorKind = "out-of-bounds" // a figure, time or name outside what the format allows
	ErrDoubleKey    ErrorKind = "double-key"    // one object holds a key twice
	ErrBadUTF8      ErrorKind = "bad-utf8"      // bytes that are no UTF-8
	ErrBadJSON      ErrorKind = "bad-json"      // a line that is no JSON object
	ErrWrongOrder   ErrorKind = "wrong-order"   // header or trailer not where it belongs
	ErrUnknown      ErrorKind = "unknown"       // an unknown kind or field where only known ones are taken (DecodeRecord)
)

// Error says what is wrong with a snapshot, and where.
type Error struct {
	Line   int    // 1-based; 0: the file as a whole
	Field  string // dotted, beginning with the record's kind: workload.containers[0].image; empty: the line as a whole
	Reason string
	Kind   ErrorKind
}

// Error prints line, field and reason: `line 812: workload.replicas: want an integer, got "three"`.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", e.Line)
	}
	if e.Field != "" {
		b.WriteString(e.Field + ": ")
	}
	b.WriteString(e.Reason)
	return b.String()
}

// within puts a field's error below the name of what holds it.
func (e *Error) within(name string) *Error {
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

// quoteBytes bounds how much of a foreign value an error repeats.
const quoteBytes = 60

// quote prints foreign text in one line, shortened and without anything that could steer a terminal.
func quote(text string) string {
	if len(text) > quoteBytes {
		return strconv.QuoteToGraphic(strings.ToValidUTF8(text[:quoteBytes], "")) + " …"
	}
	return strconv.QuoteToGraphic(text)
}
