package snapshottest

import (
	"bytes"
	_ "embed"
	"fmt"

	"plimsoll/assessments/snapshot"
)

//go:embed whole.jsonl
var whole []byte

// Whole returns one record of every kind, the header first and the trailer last, in which every field of the format is set
// somewhere. It shows what a collector may fill; no cluster looks like it.
func Whole() ([]snapshot.Record, error) {
	var records []snapshot.Record
	for i, line := range bytes.Split(bytes.TrimSpace(whole), []byte("\n")) {
		record, err := snapshot.DecodeRecord(line)
		if err != nil {
			return nil, fmt.Errorf("whole.jsonl line %d: %w", i+1, err)
		}
		records = append(records, record)
	}
	return records, nil
}
