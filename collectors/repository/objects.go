package repository

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// objects reads git's objects by name, each within bounds, and takes out of them what is needed: of a commit never who made it or what
// was said.
type objects struct {
	files   *readOnly
	storage *filesystem.Storage
	trees   map[plumbing.Hash][]entry
}

// Bounds on objects that are no files.
const (
	maxCommitBytes = 1 << 20
	maxTreeBytes   = 32 << 20
	maxKeptTrees   = 4_000
)

var errDamaged = errors.New("a damaged object")

func newObjects(files *readOnly, storage *filesystem.Storage) *objects {
	return &objects{files: files, storage: storage, trees: map[plumbing.Hash][]entry{}}
}

// read gives an object of one type. plumbing.ErrObjectNotFound where it is not there, errTooLarge beyond the bound.
func (o *objects) read(hash plumbing.Hash, want plumbing.ObjectType, most int64) ([]byte, error) {
	data, err := o.readLoose(hash, want, most)
	if !errors.Is(err, os.ErrNotExist) {
		return data, err
	}
	size, err := o.storage.EncodedObjectSize(hash)
	if err != nil {
		return nil, err
	}
	if size > most {
		return nil, errTooLarge
	}
	object, err := o.storage.EncodedObject(want, hash)
	if err != nil {
		return nil, err
	}
	r, err := object.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readAtMost(r, most)
}

// maxHeaderBytes is more than the type and size before an object's content take.
const maxHeaderBytes = 64

// readLoose reads an object that stands in a file of its own. Its header is believed no further than the bound.
func (o *objects) readLoose(hash plumbing.Hash, want plumbing.ObjectType, most int64) ([]byte, error) {
	name := hash.String()
	file, err := o.files.Open("objects/" + name[:2] + "/" + name[2:])
	if err != nil {
		return nil, err
	}
	defer file.Close()
	inflated, err := zlib.NewReader(file)
	if err != nil {
		return nil, errDamaged
	}
	defer inflated.Close()
	data, err := readAtMost(inflated, most+maxHeaderBytes)
	if err != nil {
		if !errors.Is(err, errTooLarge) {
			err = errDamaged
		}
		return nil, err
	}
	header, content, whole := bytes.Cut(data, []byte{0})
	kind, size, _ := strings.Cut(string(header), " ")
	switch {
	case !whole || size != strconv.Itoa(len(content)):
		return nil, errDamaged
	case kind != want.String():
		return nil, plumbing.ErrObjectNotFound
	case int64(len(content)) > most:
		return nil, errTooLarge
	}
	return content, nil
}

func (o *objects) blob(hash plumbing.Hash, most int64) ([]byte, error) {
	return o.read(hash, plumbing.BlobObject, most)
}

// commit is what is taken of one.
type commit struct {
	tree   plumbing.Hash
	parent plumbing.Hash // the first; zero: none
	at     time.Time     // of committing; zero: unreadable
}

func (o *objects) commit(hash plumbing.Hash) (commit, error) {
	var c commit
	data, err := o.read(hash, plumbing.CommitObject, maxCommitBytes)
	if err != nil {
		return c, err
	}
	header, _, _ := bytes.Cut(data, []byte("\n\n"))
	for line := range strings.SplitSeq(string(header), "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch {
		case key == "tree" && c.tree.IsZero() && hexHash.MatchString(value):
			c.tree = plumbing.NewHash(value)
		case key == "parent" && c.parent.IsZero() && hexHash.MatchString(value):
			c.parent = plumbing.NewHash(value)
		case key == "committer":
			c.at = timeOf(value)
		}
	}
	if c.tree.IsZero() {
		return c, errDamaged
	}
	return c, nil
}

// timeOf reads the seconds that stand before the time zone at the end of the line.
func timeOf(line string) time.Time {
	words := strings.Fields(line)
	if len(words) < 2 {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(words[len(words)-2], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// peel follows an annotated tag to the commit that it names.
func (o *objects) peel(hash plumbing.Hash) (plumbing.Hash, error) {
	for range maxHops {
		data, err := o.read(hash, plumbing.TagObject, maxCommitBytes)
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			return hash, nil // a commit, or nothing that a history will come by
		}
		if err != nil {
			return hash, err
		}
		line, _, _ := strings.Cut(string(data), "\n")
		target, tag := strings.CutPrefix(line, "object ")
		if !tag || !hexHash.MatchString(target) {
			return hash, errDamaged
		}
		hash = plumbing.NewHash(target)
	}
	return hash, fmt.Errorf("a tag of tags deeper than %d", maxHops)
}

// entry is one name in a folder.
type entry struct {
	name string
	mode string
	hash plumbing.Hash
}

func (e entry) isFolder() bool { return e.mode == "40000" }

// isFile tells a file from a link and from a submodule.
func (e entry) isFile() bool { return strings.HasPrefix(e.mode, "100") }

// tree lists a folder.
func (o *objects) tree(hash plumbing.Hash) ([]entry, error) {
	if kept, ok := o.trees[hash]; ok {
		return kept, nil
	}
	data, err := o.read(hash, plumbing.TreeObject, maxTreeBytes)
	if err != nil {
		return nil, err
	}
	entries := []entry{}
	for len(data) > 0 {
		header, rest, whole := bytes.Cut(data, []byte{0})
		mode, name, named := strings.Cut(string(header), " ")
		if !whole || !named || len(rest) < len(plumbing.ZeroHash) {
			return nil, errDamaged
		}
		e := entry{name: name, mode: mode}
		copy(e.hash[:], rest)
		entries, data = append(entries, e), rest[len(e.hash):]
	}
	if len(o.trees) >= maxKeptTrees {
		clear(o.trees)
	}
	o.trees[hash] = entries
	return entries, nil
}

// find looks a folder up below another, by its path; false where it is not there.
func (o *objects) find(root plumbing.Hash, folder string) (plumbing.Hash, bool, error) {
	if folder == "." {
		return root, true, nil
	}
	at := root
	for name := range strings.SplitSeq(folder, "/") {
		entries, err := o.tree(at)
		if err != nil {
			return at, false, err
		}
		next, found := named(entries, name)
		if !found || !next.isFolder() {
			return at, false, nil
		}
		at = next.hash
	}
	return at, true, nil
}

func named(entries []entry, name string) (entry, bool) {
	for _, e := range entries {
		if e.name == name {
			return e, true
		}
	}
	return entry{}, false
}
