package inputs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// loaded is what the paths held.
type loaded struct {
	facts   *facts.Facts // nil: no paths
	takenAt time.Time    // zero but for snapshots
	inputs  Inputs
}

var gzipMagic = []byte{0x1f, 0x8b}

// load reads the paths: one snapshot, told by the first bytes of its file, or any number of manifests and repositories as one set.
func load(ctx context.Context, paths []string, stdin io.Reader, keep func(file string) bool, options facts.Options, tick func(int)) (loaded, error) {
	if len(paths) == 0 {
		return loaded{inputs: Inputs{Skipped: []Skipped{}}}, nil
	}
	buffered := bufio.NewReader(stdin)
	if len(paths) == 1 && isPipe(paths[0]) { // as the shell's <(…) gives: it can be opened once, and is read as standard input is
		pipe, err := os.Open(paths[0])
		if err != nil {
			return loaded{}, err
		}
		defer pipe.Close()
		paths, buffered = []string{"-"}, bufio.NewReader(pipe)
	}
	for _, path := range paths {
		found, err := isSnapshot(path, buffered)
		if err != nil {
			return loaded{}, err
		}
		if found && len(paths) > 1 {
			return loaded{}, fmt.Errorf("%s is a snapshot: score it alone", path)
		}
		if found {
			return loadSnapshot(path, buffered, options, tick)
		}
	}
	return loadManifests(ctx, paths, buffered, keep, options, tick)
}

// isPipe reports whether a path leads to what can't be read twice.
func isPipe(path string) bool {
	info, err := os.Stat(path)
	return path != "-" && err == nil && !info.IsDir() && !info.Mode().IsRegular()
}

func isSnapshot(path string, stdin *bufio.Reader) (bool, error) {
	if path == "-" {
		head, err := stdin.Peek(len(gzipMagic))
		if err != nil && !errors.Is(err, io.EOF) {
			return false, fmt.Errorf("read standard input: %w", err)
		}
		return bytes.Equal(head, gzipMagic), nil
	}
	if isPipe(path) { // one of several: manifests
		return false, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.IsDir() {
		return false, err
	}
	head := make([]byte, len(gzipMagic))
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, fmt.Errorf("read %s: %w", path, err)
	}
	return bytes.Equal(head[:n], gzipMagic), nil
}

// How much garbage may stand beside what lives, in percent. A few files take a few megabytes whatever is done, and are read by hooks
// that people wait for. Many manifests trade time for memory: they must fit beside a pipeline's other work. A snapshot trades memory for
// time: it is small, nearly all that is read of it lives until it is judged, and its time is bounded by that of decoding it. One that is
// several times what a platform of ten thousand workloads gives has no such bound.
const (
	fewGCPercent           = 400
	manyGCPercent          = 50
	snapshotGCPercent      = 800
	largeSnapshotGCPercent = 200

	manyRecords          = 1000
	largeSnapshotRecords = 100_000
)

// large is from where on what was read bounds what judging it may take.
const large = 16 << 20

// boundJudging ends the reading of manifests with a soft limit: all memory together at two and a quarter times what lives then. Judging
// needs half as much again as what it judges; the limit keeps garbage from coming on top where it is largest. The runtime stays at
// half of the time at most, however far a result goes beyond it.
func boundJudging() {
	var memory runtime.MemStats
	if runtime.ReadMemStats(&memory); memory.HeapAlloc < large {
		return
	}
	runtime.GC()
	runtime.ReadMemStats(&memory)
	debug.SetMemoryLimit(int64(memory.HeapAlloc) * 9 / 4)
}

func loadSnapshot(path string, stdin io.Reader, options facts.Options, tick func(int)) (loaded, error) {
	source := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return loaded{}, err
		}
		defer file.Close()
		source = file
	}
	debug.SetGCPercent(snapshotGCPercent)
	reader := snapshot.NewReader(source, snapshot.DefaultLimits())
	builder := facts.NewBuilder(options)
	records, workloads := 0, 0
	for record, err := range reader.Pointers() {
		if err != nil {
			return loaded{}, fmt.Errorf("snapshot %s: %w", path, err)
		}
		if records++; records == largeSnapshotRecords {
			debug.SetGCPercent(largeSnapshotGCPercent)
		}
		if record.RecordKind() == snapshot.KindHeader && options.AsOf.IsZero() { // the header stands first, and says the day
			options.AsOf = reader.Header().TakenAt
			builder = facts.NewBuilder(options)
		}
		builder.Add(record)
		if record.RecordKind() == snapshot.KindWorkload {
			workloads++
			tick(workloads)
		}
	}
	l := loaded{facts: builder.Build(), takenAt: reader.Header().TakenAt, inputs: Inputs{Files: 1, Skipped: []Skipped{}, snapshot: true}}
	l.facts.Digest = reader.Digest()
	l.inputs.Workloads = len(l.facts.Workloads)
	return l, nil
}
