// Command publish holds the content of this source against the record of its version (assessments/content/published). Run it in
// its own folder:
//
//	go run .                     write the record of a version that is not released; of a released one, refuse a changed meaning
//	go run . -check              the same, and write nothing: what a release must pass
//	go run . -release 2027-01-31 date the record: from then on the meaning stands
//
// A meaning that must change takes a new content version, with a record of its own. Reference data has dates of its own and is no
// part of it.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"plimsoll/assessments/content"
	"plimsoll/assessments/content/published"
)

//go:generate go run .

const (
	assessmentsFolder = "../.."
	recordsFolder     = "../published"
)

func main() {
	check := flag.Bool("check", false, "write nothing")
	release := flag.String("release", "", "the day of the release, 2006-01-02")
	flag.Parse()
	if err := run(os.Stdout, *check, *release); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out io.Writer, check bool, release string) error {
	now, err := published.Take(content.V1(), os.DirFS(assessmentsFolder))
	if err != nil {
		return fmt.Errorf("content version %s: %w", content.Version, err)
	}
	path := filepath.Join(recordsFolder, "v"+content.Version+".json")
	written, record, err := read(path)
	if err != nil {
		return err
	}
	next, err := advance(out, record, now, release)
	if err != nil {
		return err
	}
	data, err := next.Encode()
	if err != nil {
		return err
	}
	switch {
	case bytes.Equal(data, written):
		return nil
	case check:
		return fmt.Errorf("%s is not current: run go generate ./assessments/content/publish", path)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("record of content version %s: %w", content.Version, err)
	}
	return nil
}

// read returns the record on file; a version's first one is empty.
func read(path string) ([]byte, published.Record, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, published.Record{}, nil
	}
	if err != nil {
		return nil, published.Record{}, fmt.Errorf("record of content version %s: %w", content.Version, err)
	}
	record, err := published.Decode(data)
	return data, record, err
}

// advance is the record that should stand. A released record stands as it is, and a changed meaning is refused, id and field named.
func advance(out io.Writer, record, now published.Record, release string) (published.Record, error) {
	if !record.IsReleased() {
		now, err := now.Release(release)
		fmt.Fprintf(out, "content version %s: %s\n", now.Version, state(now))
		return now, err
	}
	if release != "" {
		return record, fmt.Errorf("content version %s was released on %s: it can't be released again", record.Version, record.Released)
	}
	fmt.Fprintf(out, "content version %s: %s\n", record.Version, state(record))
	changes := published.Compare(record, now)
	for _, c := range changes {
		if c.Allowed {
			fmt.Fprintln(out, "  "+c.String())
		}
	}
	var refused []error
	for _, c := range published.Refused(changes) {
		refused = append(refused, errors.New("  "+c.String()))
	}
	if len(refused) > 0 {
		return record, fmt.Errorf("content version %s is released, and its meaning stands; these need a new version:\n%w", record.Version, errors.Join(refused...))
	}
	return record, nil
}

func state(r published.Record) string {
	if r.IsReleased() {
		return "released on " + r.Released
	}
	return "not released yet: its meaning may still change"
}
