package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/term"

	"plimsoll/assessments/snapshot"
)

// isTerminal reports whether somebody looks at it.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// unfinished is what files are called while they are written.
const unfinished = ".plimsoll-*.part"

// sweep removes what killed runs left in a folder. What a living run writes is held by it.
func sweep(folder string) {
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		ours, _ := filepath.Match(unfinished, entry.Name())
		if name := filepath.Join(folder, entry.Name()); ours && entry.Type().IsRegular() && abandoned(name) {
			_ = os.Remove(name)
		}
	}
}

// createUnfinished makes a file of our own, anew where another run's sweep took it before it was held.
func createUnfinished(folder string) (*os.File, error) {
	for {
		file, err := os.CreateTemp(folder, unfinished)
		if err != nil {
			return nil, err
		}
		hold(file)
		if _, err := os.Lstat(file.Name()); !errors.Is(err, os.ErrNotExist) {
			return file, nil
		}
		file.Close()
	}
}

// writeTo gives fill a writer for the file, or for standard output where the name is empty or "-". A file is there whole or
// not at all: it is written beside its place, flushed to the disk, and moved.
func writeTo(name string, stdout io.Writer, fill func(io.Writer) error) error {
	if name == "" || name == "-" {
		if isTerminal(stdout) {
			return errors.New("a snapshot is no text for a terminal: name a file with --out FILE, or send it on with | or >")
		}
		return named("standard output", fill(stdout))
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return writeDirectly(name, fill)
	}
	return replaceFile(name, fill)
}

// writeDirectly is for pipes and devices, which cannot be moved into place.
func writeDirectly(name string, fill func(io.Writer) error) error {
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", name, cause(err))
	}
	if err := fill(file); err != nil {
		file.Close()
		return named(name, err)
	}
	return named(name, file.Close())
}

func replaceFile(name string, fill func(io.Writer) error) (err error) {
	sweep(filepath.Dir(name))
	file, err := createUnfinished(filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("write %s: %w", name, cause(err))
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(file.Name())
		}
	}()
	if err := fill(file); err != nil {
		return named(name, err)
	}
	for _, step := range []func() error{
		file.Sync,
		file.Close,
		func() error { return os.Rename(file.Name(), name) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("write %s: %w", name, cause(err))
		}
	}
	return nil
}

// named says which file could not be written, where that is what went wrong.
func named(name string, err error) error {
	if inner := (*os.PathError)(nil); errors.As(err, &inner) && inner.Op == "write" {
		return fmt.Errorf("write %s: %w", name, inner.Err)
	}
	return err
}

// cause takes operation and path off an error of the file system, which the message names already.
func cause(err error) error {
	if inner := (*os.PathError)(nil); errors.As(err, &inner) {
		return inner.Err
	}
	if inner := (*os.LinkError)(nil); errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

// writeSnapshot writes what a collector emits, its header first, which is completed by who took it and when. It counts the other
// records by kind, where somebody wants to know.
func writeSnapshot(w io.Writer, records map[snapshot.Kind]int, options []snapshot.WriterOption, collect func(emit func(snapshot.Record) error) error) error {
	var out *snapshot.Writer
	err := collect(func(record snapshot.Record) (err error) {
		if header, first := record.(snapshot.Header); first {
			header.CollectorVersion, header.CollectorBuild, header.TakenAt = version, buildDigest(), time.Now().UTC().Truncate(time.Second)
			out, err = snapshot.NewWriter(w, header, options...)
			return err
		}
		if records != nil {
			records[record.RecordKind()]++
		}
		return out.Write(record)
	})
	if err != nil {
		return err
	}
	if out == nil {
		return errors.New("nothing was read")
	}
	return out.Close()
}
