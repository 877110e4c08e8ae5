// Package reference owns the dated outside knowledge that rules lean on: releases and their ends, removed APIs, Java's way
// with containers, probe figures, networking formulas, signs of provisioners. Each file is embedded YAML that states its
// sources and the day until which it holds; each row says how sure it is.
//
// The data is read once at start. A file that can't be read is a programming error and panics there.
package reference

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
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

var files []File

// load reads data/<name>.yaml into a document. It is called from package variables, so that every file is read at start.
func load[D described](name string, document D) D {
	content, err := data.ReadFile("data/" + name + ".yaml")
	if err != nil {
		panic(fmt.Sprintf("reference %s: %v", name, err))
	}
	if err := decode(content, document); err != nil {
		panic(fmt.Sprintf("reference %s: %v", name, err))
	}
	head := document.head()
	files = append(files, File{Name: name, AsOf: head.AsOf.Time, Sources: head.Sources, Rows: document.rows()})
	return document
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
	all := slices.Clone(files)
	slices.SortFunc(all, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
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
	for _, file := range Files() {
		if file.AsOf.AddDate(0, staleAfterMonths, 0).Before(asOf) {
			stale = append(stale, file.Name)
		}
	}
	return stale
}

// Dates maps each file to its as-of date, as assessments print it.
func Dates() map[string]string {
	dates := make(map[string]string, len(files))
	for _, file := range files {
		dates[file.Name] = file.AsOf.Format(time.DateOnly)
	}
	return dates
}
