package inputs

import (
	"cmp"
	"context"
	"io"
	"runtime/debug"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/manifests"
	"plimsoll/collectors/repository"
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
	if err := addRepositories(ctx, paths, keep, builder, &inputs); err != nil {
		return loaded{}, err
	}
	l := loaded{facts: builder.Build(), inputs: inputs}
	builder = nil
	boundJudging()
	return l, nil
}

// addRepositories reads what the paths that are git repositories tell beside their manifests: charts, and how they changed. One that
// can't be read is listed, and costs nothing else.
func addRepositories(ctx context.Context, paths []string, keep func(file string) bool, builder *facts.Builder, inputs *Inputs) error {
	for _, given := range paths {
		if given == "-" || !repository.Is(given) {
			continue
		}
		var read repository.Inputs
		err := repository.Add(ctx, given, repository.Options{Keep: keep, Located: true}, &read, func(record snapshot.Record) error {
			builder.Add(record)
			return nil
		})
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			inputs.Skipped = append(inputs.Skipped, Skipped{File: given, Reason: err.Error()})
		}
		inputs.Files += read.Repositories
		for _, skipped := range read.Skipped {
			inputs.Skipped = append(inputs.Skipped, Skipped{File: cmp.Or(skipped.Path, given), Reason: skipped.Reason})
		}
	}
	return nil
}
