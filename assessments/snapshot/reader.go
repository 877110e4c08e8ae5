package snapshot

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/klauspost/compress/gzip"
)

// Reader reads a snapshot as a stream, holding one record at a time. It is not safe for concurrent use.
//
// The first record that it gives is the header. It keeps the trailer to itself: reaching the end without an error means that
// counts and digest were held against it. What it gave before an error came must not be used as a snapshot.
type Reader struct {
	source *meter
	input  *bufio.Reader // below gzip: what stands after the gzip stream can be told from it
	zip    *gzip.Reader
	lines  *bufio.Reader
	buffer []byte // of a line that is longer than the buffer of lines

	limits     Limits
	line       int
	expanded   int64
	sum        hash.Hash // of the lines before the one at hand
	containers int       // so far, of all workloads
	counts     map[Kind]int
	header     Header
	notes      []string
	noted      map[string]bool
	digest     string
	signature  *Signature
	err        error
}

// NewReader reads from r, which it does not close. Everything that can be wrong is told by Next.
func NewReader(r io.Reader, limits Limits) *Reader {
	limits = limits.orDefault()
	source := &meter{r: r, limit: limits.CompressedBytes}
	return &Reader{source: source, input: bufio.NewReader(source), limits: limits, sum: sha256.New(),
		counts: map[Kind]int{}, noted: map[string]bool{}}
}

// Records gives each record, the header first, as values (Workload, not *Workload). After an error it ends.
func (r *Reader) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for {
			record, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// Pointers is Records for who keeps them: each record is a pointer (*Workload) to memory of its own, which is the caller's.
func (r *Reader) Pointers() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for {
			record, err := r.nextPointer()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// Next gives the next record; io.EOF after the last, once the trailer was found true. Faults of the snapshot are *Error; other
// errors are those of the reader below.
func (r *Reader) Next() (Record, error) {
	pointer, err := r.nextPointer()
	if err != nil {
		return nil, err
	}
	return codecs[pointer.RecordKind()].value(pointer), nil
}

func (r *Reader) nextPointer() (Record, error) {
	if r.err != nil {
		return nil, r.err
	}
	record, err := r.next()
	if err != nil {
		r.err = err
		return nil, err
	}
	return record, nil
}

// Header is the snapshot's header, once the first record was given.
func (r *Reader) Header() Header { return r.header }

// Digest is the SHA-256 of all expanded lines in hex, as `zcat FILE | sha256sum` prints it. It is empty before the end.
func (r *Reader) Digest() string { return r.digest }

// Signature is what the trailer says of who signed; nil where nobody did, and before the end. That it is well-formed proves nothing:
// see Signature.Proves.
func (r *Reader) Signature() *Signature { return r.signature }

// ExpandedBytes is how much was expanded so far: once the end is reached, the size of all lines together.
func (r *Reader) ExpandedBytes() int64 { return r.expanded }

// Counts are the records by kind so far, the header's among them.
func (r *Reader) Counts() map[Kind]int { return maps.Clone(r.counts) }

// Notes are remarks about kinds, fields and values that this version does not know and passed over; at most a hundred.
func (r *Reader) Notes() []string { return slices.Clone(r.notes) }

func (r *Reader) next() (Record, error) {
	for {
		line, err := r.readLine()
		if err != nil {
			return nil, err
		}
		record, kind, err := r.decode(line)
		if err != nil {
			var bad *Error
			if errors.As(err, &bad) {
				bad.Line = r.line
			}
			return nil, err
		}
		if trailer, ok := record.(*Trailer); ok {
			return nil, r.finish(*trailer, line)
		}
		if r.counts[kind]++; r.line > r.limits.Records {
			return nil, r.fault(ErrTooLarge, "more than %d records", r.limits.Records)
		} else if r.counts[kind] > r.limits.RecordsOfKind {
			return nil, r.fieldFault("kind", ErrTooLarge, "more than %d records of kind %s", r.limits.RecordsOfKind, quote(string(kind)))
		}
		if w, ok := record.(*Workload); ok {
			if r.containers += len(w.Containers); r.containers > r.limits.Containers {
				return nil, r.fieldFault("containers", ErrTooLarge, "more than %d containers in all", r.limits.Containers)
			}
		}
		r.sum.Write(line)
		if record != nil {
			return record, nil
		}
	}
}

// decode gives a nil record for a kind of a newer minor.
func (r *Reader) decode(line []byte) (Record, Kind, error) {
	text := bytes.TrimSuffix(line, []byte("\n"))
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, "", &Error{Reason: "an empty line", Kind: ErrBadJSON}
	}
	kind, bad := lineKind(text)
	if bad != nil {
		return nil, "", deepFirst(text, r.limits.Depth, bad)
	}
	if err := r.checkOrder(kind, text); err != nil {
		return nil, "", err
	}
	c, known := codecs[kind]
	if !known {
		return nil, kind, r.passOver(kind, text)
	}
	record, err := c.decode(text, json.RejectUnknownMembers(true))
	if errors.Is(err, json.ErrUnknownName) && !tooDeep(text, r.limits.Depth) {
		r.noteUnknown(kind, text)
		record, err = c.decode(text)
	}
	if err != nil {
		return nil, "", deepFirst(text, r.limits.Depth, lineError(kind, text, err))
	}
	if bad := checkRecord(record, r.limits, r.note); bad != nil {
		return nil, "", bad
	}
	if header, ok := record.(*Header); ok {
		r.header = *header
	}
	return record, kind, nil
}

func (r *Reader) checkOrder(kind Kind, line []byte) error {
	switch {
	case r.line == 1 && kind != KindHeader:
		return &Error{Field: "kind", Reason: "want header as the first record, got " + quote(string(kind)), Kind: ErrWrongOrder}
	case r.line == 1:
		return checkSchema(line)
	case kind == KindHeader:
		return &Error{Field: "kind", Reason: "a second header", Kind: ErrWrongOrder}
	}
	return nil
}

// checkSchema looks at the version before anything else of the header, whose other fields may mean something else in it.
func checkSchema(line []byte) error {
	var header struct {
		Schema string `json:"schema"`
		Source Source `json:"source"`
	}
	if err := json.Unmarshal(line, &header); err != nil {
		return lineError(KindHeader, line, err)
	}
	if header.Schema != Schema {
		return &Error{Field: "header.schema", Reason: "want " + Schema + ", got " + quote(header.Schema), Kind: ErrWrongVersion}
	}
	switch header.Source {
	case SourceCluster, SourceManifests, SourceRepository, SourceNode:
		return nil
	}
	return &Error{Field: "header.source", Reason: "want cluster, manifests, repository or node, got " + quote(string(header.Source)), Kind: ErrOutOfBounds}
}

// passOver takes a line of an unknown kind as long as it is JSON.
func (r *Reader) passOver(kind Kind, line []byte) error {
	if len(kind) > MaxNameBytes {
		return &Error{Field: "kind", Reason: fmt.Sprintf("%d bytes are beyond the bound of %d", len(kind), MaxNameBytes), Kind: ErrOutOfBounds}
	}
	if tooDeep(line, r.limits.Depth) {
		return deepFirst(line, r.limits.Depth, nil)
	}
	var ignored struct{}
	if err := json.Unmarshal(line, &ignored); err != nil {
		return lineError(kind, line, err)
	}
	if _, seen := r.counts[kind]; !seen && len(r.counts) > maxNotes {
		return &Error{Field: "kind", Reason: fmt.Sprintf("more than %d unknown kinds", maxNotes), Kind: ErrTooLarge}
	}
	r.note(quote(string(kind)), "unknown kind, passed over")
	return nil
}

// note keeps each remark once.
func (r *Reader) note(field, remark string) {
	text := field + ": " + remark
	if r.noted[text] || len(r.notes) >= maxNotes {
		return
	}
	r.noted[text] = true
	r.notes = append(r.notes, text)
}

// finish holds the trailer against what was read, and looks that nothing follows it.
func (r *Reader) finish(trailer Trailer, line []byte) error {
	if !maps.Equal(trailer.Counts, r.counts) {
		return r.fieldFault("trailer.counts", ErrDamaged, "do not fit the records: %s", countsDifference(trailer.Counts, r.counts))
	}
	if sum := hex.EncodeToString(r.sum.Sum(nil)); trailer.SHA256 != sum {
		return r.fieldFault("trailer.sha256", ErrDamaged, "want %s, got %s", sum, quote(trailer.SHA256))
	}
	signature, bad := signatureOf(trailer)
	if bad != nil {
		bad.Line = r.line
		return bad
	}
	r.sum.Write(line)
	if _, err := r.lines.ReadByte(); err == nil {
		return r.fault(ErrDamaged, "data after the trailer")
	} else if !errors.Is(err, io.EOF) {
		return r.readFault(err)
	}
	if _, err := r.input.ReadByte(); err == nil {
		return r.fault(ErrDamaged, "data after the end of the gzip stream")
	} else if !errors.Is(err, io.EOF) {
		return r.readFault(err)
	}
	r.digest, r.signature = hex.EncodeToString(r.sum.Sum(nil)), signature
	return io.EOF
}

func countsDifference(said, seen map[Kind]int) string {
	kinds := slices.Collect(maps.Keys(said))
	kinds = slices.AppendSeq(kinds, maps.Keys(seen))
	slices.Sort(kinds)
	for _, kind := range kinds {
		if said[kind] != seen[kind] {
			return fmt.Sprintf("%s said %d, seen %d", quote(string(kind)), said[kind], seen[kind])
		}
	}
	return "a kind is counted as 0"
}

func (r *Reader) fault(kind ErrorKind, format string, values ...any) *Error {
	return r.fieldFault("", kind, format, values...)
}

func (r *Reader) fieldFault(field string, kind ErrorKind, format string, values ...any) *Error {
	return &Error{Line: r.line, Field: field, Kind: kind, Reason: fmt.Sprintf(format, values...)}
}
