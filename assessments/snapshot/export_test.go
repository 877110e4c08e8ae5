package snapshot

import "bytes"

// SlowLine is a record's line as the json package writes it, once the bounds hold.
func SlowLine(record Record) ([]byte, error) {
	var line bytes.Buffer
	if err := appendLine(&line, record); err != nil {
		return nil, err
	}
	if bad := checkRecord(record, DefaultLimits(), nil); bad != nil {
		return nil, bad
	}
	return line.Bytes(), nil
}

// QuickLine is a record's line as the encoder writes it; ok is false where it leaves the record to the json package.
func QuickLine(record Record) (line []byte, ok bool) {
	e := NewEncoder()
	ok = e.Line(record)
	return e.out, ok
}

// Encoder is one for many records.
type Encoder struct{ encoder }

func NewEncoder() *Encoder { return &Encoder{encoder{limits: DefaultLimits()}} }

func (e *Encoder) Line(record Record) bool { return e.record(record) }
