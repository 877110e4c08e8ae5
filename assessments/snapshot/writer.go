package snapshot

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"
)

// Writer writes a snapshot: the same records give the same bytes. It is not safe for concurrent use.
type Writer struct {
	zip    *gzip.Writer
	sum    hash.Hash
	counts map[Kind]int
	lines  encoder
	key    ed25519.PrivateKey // that signs; nil: nobody does
	change func(Record) Record
	err    error
}

// WriterOption sets how a Writer writes.
type WriterOption func(*Writer)

// Through has every record, the header among them, pass a function before it is written and held against the format's bounds. The
// trailer is the Writer's own. A nil function changes nothing.
func Through(change func(Record) Record) WriterOption {
	return func(w *Writer) { w.change = change }
}

// SignedBy has the snapshot signed by a key; nil signs nothing, and changes no byte.
func SignedBy(key ed25519.PrivateKey) WriterOption { return func(w *Writer) { w.key = key } }

// writeOptions make the bytes a function of the record alone: maps sorted, times in UTC.
var writeOptions = json.JoinOptions(
	json.Deterministic(true),
	json.WithMarshalers(json.MarshalToFunc(func(e *jsontext.Encoder, t time.Time) error {
		return e.WriteToken(jsontext.String(t.UTC().Format(time.RFC3339Nano)))
	})),
)

// NewWriter writes the header's line and returns a Writer for the records. Schema and minor version are set here.
func NewWriter(w io.Writer, header Header, options ...WriterOption) (*Writer, error) {
	zip, err := gzip.NewWriterLevel(w, gzip.DefaultCompression)
	if err != nil {
		return nil, fmt.Errorf("start gzip: %w", err)
	}
	header.Schema, header.SchemaMinor = Schema, SchemaMinor
	out := &Writer{zip: zip, sum: sha256.New(), counts: map[Kind]int{}, lines: encoder{limits: DefaultLimits()}}
	for _, option := range options {
		option(out)
	}
	if err := out.write(out.changed(header)); err != nil {
		return nil, err
	}
	return out, nil
}

// Write appends a record, which must not be a header or trailer. What a Reader with default limits would refuse is refused
// here with an *Error, and nothing is written of it. After any other error the Writer is spent.
func (w *Writer) Write(record Record) error {
	switch record.RecordKind() {
	case KindHeader, KindTrailer:
		return fmt.Errorf("write snapshot: a %s is written by the Writer itself", record.RecordKind())
	}
	return w.write(w.changed(record))
}

func (w *Writer) changed(record Record) Record {
	if w.change == nil {
		return record
	}
	return w.change(record)
}

// Close writes the trailer and ends the gzip stream. It does not close the writer below.
func (w *Writer) Close() error {
	trailer := Trailer{Counts: w.counts, SHA256: hex.EncodeToString(w.sum.Sum(nil))}
	if w.key != nil {
		trailer.sign(w.key)
	}
	if err := w.write(trailer); err != nil {
		return err
	}
	if err := w.zip.Close(); err != nil {
		return fmt.Errorf("end gzip: %w", err)
	}
	return nil
}

func (w *Writer) write(record Record) error {
	if w.err != nil {
		return w.err
	}
	line, err := w.lineOf(record)
	if err != nil {
		return err
	}
	if limit := w.lines.limits.LineBytes; len(line) > limit {
		return &Error{Field: string(record.RecordKind()), Kind: ErrTooLarge,
			Reason: fmt.Sprintf("its line of %d bytes is beyond the bound of %d", len(line), limit)}
	}
	w.counts[record.RecordKind()]++
	w.sum.Write(line)
	if _, err := w.zip.Write(line); err != nil {
		w.err = fmt.Errorf("write snapshot: %w", err)
	}
	return w.err
}

// lineOf is a record's line, good until the next one.
func (w *Writer) lineOf(record Record) ([]byte, error) {
	if w.lines.record(record) {
		return w.lines.out, nil
	}
	var line bytes.Buffer
	if err := appendLine(&line, record); err != nil {
		return nil, err
	}
	if bad := checkRecord(record, w.lines.limits, nil); bad != nil {
		return nil, bad
	}
	return line.Bytes(), nil
}

// appendLine writes {"kind":"…", fields…} and a newline.
func appendLine(line *bytes.Buffer, record Record) error {
	kind := record.RecordKind()
	line.WriteString(`{"kind":` + strconv.Quote(string(kind)))
	start := line.Len()
	if err := json.MarshalWrite(line, record, writeOptions); err != nil {
		return fmt.Errorf("encode %s: %w", kind, err)
	}
	if line.Bytes()[start+1] == '}' {
		line.Truncate(start)
		line.WriteString("}\n")
		return nil
	}
	line.Bytes()[start] = ','
	line.WriteByte('\n')
	return nil
}
