package kube

import (
	"hash/maphash"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
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
