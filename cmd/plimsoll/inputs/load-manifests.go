package inputs

import (
	"context"
	"io"
	"runtime/debug"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/manifests"
)

// loadManifests reads all paths as one set: what selects what is resolved over the whole of it.
func loadManifests(ctx context.Context, paths []string, stdin io.Reader, keep func(file string) bool, options facts.Options, tick func(int)) (loaded, error) {
	builder := facts.NewBuilder(options)
	records, workloads := 0, 0
	read, err := manifests.ReadWhere(ctx, paths, keep, stdin, func(record snapshot.Record) error {
		if records++; records == manyRecords {
			debug.SetGCPercent(manyGCPercent)
		}
		if record.RecordKind() == snapshot.KindWorkload {
			workloads++
			tick(workloads)
		}
		builder.Add(record)
		return nil
	})
	if err != nil {
		return loaded{}, err
	}
	inputs := Inputs{Files: read.Files, Documents: read.Documents, Workloads: read.Workloads, Skipped: make([]Skipped, len(read.Skipped))}
	for i, s := range read.Skipped {
		inputs.Skipped[i] = Skipped(s)
	}
	l := loaded{facts: builder.Build(), inputs: inputs}
	builder = nil
	boundJudging()
	return l, nil
}
