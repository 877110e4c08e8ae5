package snapshottest

import (
	"bytes"
	_ "embed"
	"fmt"

	"plimsoll/assessments/snapshot"
)

var (
	//go:embed whole.jsonl
	whole []byte
	//go:embed harbour.jsonl
	harbour []byte
)

// Whole returns one record of every kind, the header first and the trailer last, in which every field of the format is set
// somewhere. It shows what a collector may fill; no cluster looks like it.
func Whole() ([]snapshot.Record, error) { return decode("whole.jsonl", whole) }

// Harbour returns a platform as the field report tells of one, the header first and no trailer: Kubespray at 1.19 with docker,
// Kafka with local disks and a quick liveness probe, and one node that all traffic from outside enters through.
func Harbour() ([]snapshot.Record, error) { return decode("harbour.jsonl", harbour) }

func decode(name string, lines []byte) ([]snapshot.Record, error) {
	var records []snapshot.Record
	for i, line := range bytes.Split(bytes.TrimSpace(lines), []byte("\n")) {
		record, err := snapshot.DecodeRecord(line)
		if err != nil {
			return nil, fmt.Errorf("%s line %d: %w", name, i+1, err)
		}
		records = append(records, record)
	}
	return records, nil
}
