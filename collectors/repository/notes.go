package repository

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// notesName are the usual names of release notes, of a file or of a folder of them.
var notesName = regexp.MustCompile(`(?i)^(?:change[-_ ]?logs?|changes|history|news|release[-_ ]?notes?|releases?)(?:\.(?:md|markdown|txt|rst|adoc|asciidoc))?$`)

func isNotesName(name string) bool { return notesName.MatchString(name) }

// notesReader tells whether release notes name a version.
type notesReader struct {
	objects *objects
	texts   map[plumbing.Hash][]byte
	bytes   int
}

// maxKeptNotes bounds what is remembered of notes: versions are looked for in the same file again and again.
const maxKeptNotes = 16 << 20

func newNotesReader(o *objects) *notesReader {
	return &notesReader{objects: o, texts: map[plumbing.Hash][]byte{}}
}

// name reports whether the notes of a commit, in a chart's folder or in one above it, have an entry for a version.
func (n *notesReader) name(root plumbing.Hash, chart, version string) bool {
	if version == "" {
		return false
	}
	for folder := chart; ; folder = path.Dir(folder) {
		if hash, found, err := n.objects.find(root, folder); err == nil && found && n.inFolder(hash, version) {
			return true
		}
		if folder == "." {
			return false
		}
	}
}

func (n *notesReader) inFolder(folder plumbing.Hash, version string) bool {
	entries, err := n.objects.tree(folder)
	if err != nil {
		return false
	}
	for _, e := range entries {
		switch {
		case !isNotesName(e.name):
		case e.isFile() && holdsVersion(n.text(e.hash), version):
			return true
		case e.isFolder() && n.fileNamed(e.hash, version):
			return true
		}
	}
	return false
}

// fileNamed looks for a file of its own for the version: release-notes/1.4.2.md.
func (n *notesReader) fileNamed(folder plumbing.Hash, version string) bool {
	entries, err := n.objects.tree(folder)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if e.isFile() && holdsVersion([]byte(e.name), version) {
			return true
		}
	}
	return false
}

func (n *notesReader) text(hash plumbing.Hash) []byte {
	if known, ok := n.texts[hash]; ok {
		return known
	}
	text, err := n.objects.blob(hash, maxNotesBytes)
	if err != nil {
		return nil
	}
	if n.bytes += len(text); n.bytes > maxKeptNotes {
		clear(n.texts)
		n.bytes = len(text)
	}
	n.texts[hash] = text
	return text
}

// holdsVersion looks for a version that is no part of another: 1.4.2 is not in 11.4.2, 1.4.20 or 1.4.2-rc.1.
func holdsVersion(text []byte, version string) bool {
	want := []byte(strings.TrimPrefix(version, "v"))
	for from := 0; ; {
		at := bytes.Index(text[from:], want)
		if at < 0 {
			return false
		}
		start := from + at
		end := start + len(want)
		if !continues(text[:start], true) && !continues(text[end:], false) {
			return true
		}
		from = start + 1
	}
}

// continues reports whether a version goes on beyond where it was found.
func continues(rest []byte, before bool) bool {
	if len(rest) == 0 {
		return false
	}
	if before {
		last := rest[len(rest)-1]
		return isDigit(last) || last == '.' && len(rest) > 1 && isDigit(rest[len(rest)-2])
	}
	switch {
	case isDigit(rest[0]):
		return true
	case rest[0] == '.' || rest[0] == '-' || rest[0] == '+':
		ending := bytes.HasPrefix(rest, []byte(".md")) || bytes.HasPrefix(rest, []byte(".txt"))
		return len(rest) > 1 && !ending && (isDigit(rest[1]) || rest[0] != '.' && isLetter(rest[1]))
	}
	return false
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
