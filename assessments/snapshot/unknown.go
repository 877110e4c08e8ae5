package snapshot

import (
	"bytes"
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"
)

// noteUnknown names the fields of a line that its kind does not know. It runs only for lines that have some.
func (r *Reader) noteUnknown(kind Kind, line []byte) {
	d := jsontext.NewDecoder(bytes.NewReader(line))
	// A fault in the JSON ends the walk: the decoding that follows tells of it.
	_ = r.walkUnknown(d, codecs[kind].shape, string(kind), true)
}

func (r *Reader) walkUnknown(d *jsontext.Decoder, s *shape, path string, top bool) error {
	for s != nil && s.goType.Kind() == reflect.Pointer {
		s = s.elem
	}
	switch d.PeekKind() {
	case '{':
		return r.walkObject(d, s, path, top)
	case '[':
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		for d.PeekKind() != ']' {
			if s == nil || s.elem == nil {
				if err := d.SkipValue(); err != nil {
					return err
				}
				continue
			}
			if err := r.walkUnknown(d, s.elem, path+"[]", false); err != nil {
				return err
			}
		}
		_, err := d.ReadToken()
		return err
	}
	return d.SkipValue()
}

func (r *Reader) walkObject(d *jsontext.Decoder, s *shape, path string, top bool) error {
	if s == nil || s.byName == nil {
		return d.SkipValue()
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		field, known := s.byName[name]
		switch {
		case known:
			err = r.walkUnknown(d, field, path+"."+name, false)
		case top && name == "kind":
			err = d.SkipValue()
		default:
			r.note(fmt.Sprintf("%s.%s", path, trimQuote(name)), "unknown field, passed over")
			err = d.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// trimQuote prints a foreign field name safely, without the quotation marks.
func trimQuote(name string) string {
	q := quote(name)
	if q == `"`+name+`"` {
		return name
	}
	return q
}
