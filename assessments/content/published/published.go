// Package published owns what a content version means, id by id, as it is on record: what a published result was weighed by. The record
// of a released version is never edited, so that an id means for ever what it meant when somebody was judged by it.
//
// A version is not released as long as its record has no date; until then the record follows the content and go generate writes it.
package published

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

//go:embed v*.json
var files embed.FS

// Record is what one content version means.
type Record struct {
	Version   string           `json:"version"`
	Released  string           `json:"released"`       // the day, 2006-01-02; empty: not released yet
	Seal      string           `json:"seal,omitempty"` // of a released record: digest of all else in it, so that an edit of the file shows
	Controls  map[string]Entry `json:"controls"`
	Rules     map[string]Entry `json:"rules"`
	Pairs     map[string]Entry `json:"pairs"`
	Questions map[string]Entry `json:"questions"`
}

// Entry is what one id means.
type Entry struct {
	// Means holds what a result is weighed by: weight, severity, evidence share, the value of each option and so on.
	Means map[string]string `json:"means"`
	// Cases are how it is decided: the digest of each situation with what comes of it. A case more decides something that was open; one that
	// changed or went decides otherwise.
	Cases map[string]string `json:"cases,omitempty"`
	// Wording is the digest of its texts. They may be bettered at any time.
	Wording string `json:"wording"`
}

// maxRecordBytes bounds a record.
const maxRecordBytes = 8 << 20

// Of returns the record of a version. One that is not on record is an error.
func Of(version string) (Record, error) {
	data, err := files.ReadFile("v" + version + ".json")
	if err != nil {
		return Record{}, fmt.Errorf("content version %s is not on record: %w", version, err)
	}
	return Decode(data)
}

// Decode reads a record strictly.
func Decode(data []byte) (Record, error) {
	if len(data) > maxRecordBytes {
		return Record{}, fmt.Errorf("record of a content version: %d bytes are more than %d", len(data), maxRecordBytes)
	}
	var record Record
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&record); err != nil {
		return Record{}, fmt.Errorf("record of a content version: %w", err)
	}
	if _, err := record.ReleasedOn(); err != nil {
		return Record{}, err
	}
	if seal, err := record.seal(); err != nil || seal != record.Seal {
		return Record{}, errors.Join(err, fmt.Errorf("record of content version %s: it was edited after its release (seal %q, want %q)", record.Version, record.Seal, seal))
	}
	return record, nil
}

// Release dates a record, and seals it. A day that is none is an error.
func (r Record) Release(day string) (Record, error) {
	r.Released = day
	if _, err := r.ReleasedOn(); err != nil {
		return r, err
	}
	seal, err := r.seal()
	r.Seal = seal
	return r, err
}

// seal is empty as long as the record is not released.
func (r Record) seal() (string, error) {
	if !r.IsReleased() {
		return "", nil
	}
	r.Seal = ""
	return digest(r)
}

// Encode writes the record as it stands in its file: ordered, so that a change reads as a change.
func (r Record) Encode() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(r); err != nil {
		return nil, fmt.Errorf("record of content version %s: %w", r.Version, err)
	}
	return b.Bytes(), nil
}

// IsReleased reports whether the version is out: its meaning stands.
func (r Record) IsReleased() bool { return r.Released != "" }

// ReleasedOn is the day of the release; the zero time where there was none yet.
func (r Record) ReleasedOn() (time.Time, error) {
	if r.Released == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, r.Released)
	if err != nil {
		return time.Time{}, fmt.Errorf("record of content version %s: released: want a day such as 2027-01-31, got %q", r.Version, r.Released)
	}
	return day, nil
}

// digest names a value by its JSON, in 64 bits: enough to tell a change from none among hundreds.
func digest(value any) (string, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8]), nil
}
