// Package repository reads git repositories of source and turns each into a record of a snapshot: its charts with what changed in each
// version, its release notes, pipelines and Dockerfiles, and what code lies beside them.
//
// It reads the commit that is checked out and the history behind it, out of git's own files. It never runs git, a hook or a filter,
// never writes, and never uses the network. Links and submodules are not entered. What cannot be read is a note.
package repository

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"plimsoll/assessments/snapshot"
)

// resource is how notes name what this package reads.
const resource = "repository"

// Bounds on what is read.
const (
	maxEntries      = 300_000 // files and folders of one commit
	maxDepth        = 64      // folders within folders
	maxPathBytes    = snapshot.MaxNameBytes
	maxCharts       = 500
	maxListed       = 1_000 // pipelines, Dockerfiles and files of release notes, each
	maxCommits      = 20_000
	maxChanges      = 1_000 // of one chart
	maxTags         = 50_000
	maxRecordBytes  = 3 << 20 // of one repository's record: a line of a snapshot is bounded
	maxChartBytes   = 256 << 10
	maxValuesBytes  = 2 << 20
	maxTextBytes    = 512 << 10 // of templates, pipelines and Dockerfiles
	maxNotesBytes   = 4 << 20
	maxTemplates    = 500 // files of one chart that are looked into
	maxImages       = 20  // of one version of a chart
	maxVersionBytes = 128
)

// Options say how much of a repository is wanted.
type Options struct {
	// Keep reports whether a file is wanted, by the path as it was given and the file's own below it; nil wants all.
	Keep func(file string) bool
	// Located names files by the path as it was given, for a reader on this machine. Else by the repository's own paths alone.
	Located bool
}

// Inputs says what was read.
type Inputs struct {
	Repositories int
	Charts       int
	Changes      int // of charts, in the history
	Skipped      []Skipped
}

// Skipped is what was not read, and why. The path is relative to the repository, or the repository itself as it was given.
type Skipped struct {
	Path   string
	Reason string
}

// Read reads the repositories at paths: each the top folder of a checked-out repository, a worktree or a bare repository.
//
// It calls emit with a header first (without time and collector version, which are the caller's), then for each repository with
// its record and with a note for each thing that was not read. The same repositories give the same records in the same order.
//
// An error means that nothing more could be done: a path that is no repository, an error of emit, an ended context.
func Read(ctx context.Context, paths []string, options Options, emit func(snapshot.Record) error) (Inputs, error) {
	inputs := Inputs{Skipped: []Skipped{}}
	if err := emit(snapshot.Header{Schema: snapshot.Schema, SchemaMinor: snapshot.SchemaMinor, Source: snapshot.SourceRepository}); err != nil {
		return inputs, err
	}
	for _, given := range paths {
		if err := Add(ctx, given, options, &inputs, emit); err != nil {
			return inputs, err
		}
	}
	return inputs, nil
}

// Add reads one more repository, without a header before it.
func Add(ctx context.Context, given string, options Options, inputs *Inputs, emit func(snapshot.Record) error) error {
	r := &reading{ctx: ctx, options: options, given: filepath.ToSlash(given)}
	record, err := r.read(given)
	if err != nil {
		return fmt.Errorf("read repository %s: %w", given, err)
	}
	if err := snapshot.Check(record); err != nil {
		return fmt.Errorf("read repository %s: %w", given, err)
	}
	inputs.Repositories++
	inputs.Charts += len(record.Charts)
	for _, chart := range record.Charts {
		inputs.Changes += len(chart.Versions)
	}
	if err := emit(record); err != nil {
		return err
	}
	for _, skipped := range r.skipped {
		inputs.Skipped = append(inputs.Skipped, skipped)
		note := snapshot.Note{Resource: resource, Reason: "skipped", Detail: skipped.Reason, Place: snapshot.Place{File: skipped.Path}}
		if err := emit(note); err != nil {
			return err
		}
	}
	return nil
}

// reading is one repository on its way through.
type reading struct {
	ctx     context.Context
	options Options
	given   string
	objects *objects
	record  snapshot.Repository
	skipped []Skipped
	charts  []*chart
	notes   *notesReader
	content *contentReader
}

// maxSkipped bounds what is listed as not read, one by one.
const maxSkipped = 200

func (r *reading) skip(where, reason string) {
	switch {
	case len(r.skipped) < maxSkipped:
		r.skipped = append(r.skipped, Skipped{where, reason})
	case len(r.skipped) == maxSkipped:
		r.skipped = append(r.skipped, Skipped{"", "more was passed over than is listed here"})
	}
}

// read gives the repository's record. A fault of git's files that nothing could be read behind is an error, as is a path that is
// no repository; what is merely missing is told by notes.
func (r *reading) read(given string) (record snapshot.Repository, err error) {
	folder, err := filepath.Abs(given)
	if err != nil {
		return record, err
	}
	r.record.Name = nameOf(folder)
	git, err := openGit(folder)
	if err != nil {
		return record, err
	}
	defer git.close()
	r.objects = git.objects
	// The library reads files that anybody may have made, and panics on a few malformed ones.
	defer func() {
		if fault := recover(); fault != nil {
			err = errors.New("its objects are damaged: git fsck says where")
		}
	}()
	head, err := git.head()
	if errors.Is(err, errUnborn) {
		r.skip("", "it has no commit yet: there is nothing to read")
		return r.record, nil
	}
	if err != nil {
		return record, err
	}
	commit, err := r.objects.commit(head)
	if err != nil {
		return record, fmt.Errorf("read commit %s: %w", head, err)
	}
	r.notes, r.content = newNotesReader(r.objects), newContentReader(r.objects)
	if err := r.survey(commit.tree); err != nil {
		return record, err
	}
	if err := r.readHistory(git, head); err != nil {
		return record, err
	}
	r.fit()
	return r.record, nil
}

// nameOf is the repository's name: its folder's, and of a bare one without its ending.
func nameOf(folder string) string {
	name := strings.TrimSuffix(filepath.Base(folder), ".git")
	if name == "" {
		name = filepath.Base(filepath.Dir(folder))
	}
	return cleanText(name, maxVersionBytes)
}

// place names a file as the options ask.
func (r *reading) place(file string) string {
	if r.options.Located {
		return path.Join(r.given, file)
	}
	return file
}

func (r *reading) wants(file string) bool {
	return r.options.Keep == nil || r.options.Keep(path.Join(r.given, file))
}
