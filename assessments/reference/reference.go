// Package reference owns the dated outside knowledge that rules lean on: releases and their ends, removed APIs, Java's way
// with containers, probe figures, networking formulas, signs of provisioners. Each file is embedded YAML that states its
// sources and the day until which it holds; each row says how sure it is.
//
// A file is read once, when it is first asked for: a command that lives for a moment pays for what it looks up. One that can't be
// read is a programming error and panics there; the tests read them all.
package reference

import (
	"bytes"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed data/*.yaml
var data embed.FS

// staleAfterMonths is the age from which a file is called stale.
const staleAfterMonths = 6

// File describes one file of reference data.
type File struct {
	Name    string // without folder and ending: kubernetes-releases
	AsOf    time.Time
	Sources []string
	Rows    int
}

// about is the head of every file.
type about struct {
	AsOf    Date     `yaml:"asOf"`
	Sources []string `yaml:"sources"`
	Notes   []string `yaml:"notes"`
}

// described is a document that opens with its own description.
type described interface {
	head() about
	rows() int
}

// files reads each file whole, by its name.
var files = map[string]func() File{}

// load gives data/<name>.yaml as a document, read with the first call. It is called from package variables, so that every file
// is listed.
func load[D described](name string, document D) func() D { return prepared(name, document, func(D) {}) }

// prepared is load with something that is made of the document once.
func prepared[D described](name string, document D, prepare func(D)) func() D {
	read := sync.OnceValue(func() D {
		if err := decode(contentOf(name), document); err != nil {
			panic(fmt.Sprintf("reference %s: %v", name, err))
		}
		prepare(document)
		return document
	})
	files[name] = func() File {
		document := read()
		head := document.head()
		return File{Name: name, AsOf: head.AsOf.Time, Sources: head.Sources, Rows: document.rows()}
	}
	return read
}

func contentOf(name string) []byte {
	content, err := data.ReadFile("data/" + name + ".yaml")
	if err != nil {
		panic(fmt.Sprintf("reference %s: %v", name, err))
	}
	return content
}

// days are the as-of days of all files, read from their heads alone.
var days = sync.OnceValue(func() map[string]time.Time {
	all := make(map[string]time.Time, len(files))
	for name := range files {
		var document struct {
			About struct {
				AsOf Date `yaml:"asOf"`
			} `yaml:"about"`
		}
		if err := yaml.Unmarshal(headOf(contentOf(name)), &document); err != nil {
			panic(fmt.Sprintf("reference %s: decode its head: %v", name, err))
		}
		all[name] = document.About.AsOf.Time
	}
	return all
})

// headOf is a file's text up to its second key: about stands first.
func headOf(content []byte) []byte {
	end := 0
	for line := range bytes.Lines(content) {
		if !bytes.ContainsAny(line[:1], " #\n") && !bytes.HasPrefix(line, []byte("about:")) {
			return content[:end]
		}
		end += len(line)
	}
	return content
}

func decode(content []byte, document described) error {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(document); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	head := document.head()
	if head.AsOf.IsZero() {
		return fmt.Errorf("about.asOf is missing")
	}
	if len(head.Sources) == 0 {
		return fmt.Errorf("about.sources is empty")
	}
	if document.rows() == 0 {
		return fmt.Errorf("no rows")
	}
	return nil
}

// Files describes all files, ordered by name.
func Files() []File {
	all := make([]File, 0, len(files))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		all = append(all, files[name]())
	}
	return all
}

// Content is a file's YAML as embedded, for printing. It reports false for a name that Files does not list.
func Content(name string) ([]byte, bool) {
	if strings.ContainsAny(name, "/.") {
		return nil, false
	}
	content, err := data.ReadFile("data/" + name + ".yaml")
	return content, err == nil
}

// StaleAt names the files that are older than six months at a day, ordered.
func StaleAt(asOf time.Time) []string {
	var stale []string
	for name, day := range days() {
		if day.AddDate(0, staleAfterMonths, 0).Before(asOf) {
			stale = append(stale, name)
		}
	}
	slices.Sort(stale)
	return stale
}

// Dates maps each file to its as-of date, as assessments print it.
func Dates() map[string]string {
	dates := make(map[string]string, len(files))
	for name, day := range days() {
		dates[name] = day.Format(time.DateOnly)
	}
	return dates
}
