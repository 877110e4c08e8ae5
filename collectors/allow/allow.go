// Package allow holds the list of what the collectors may read of a cluster, and in which form it may leave: allow.yaml. Everything that
// says so is made from it: the sieve that an answer of the API server goes through before any other code sees it, the roles, the
// reason that stands beside a field of a snapshot, and the page for whoever must approve it.
package allow

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed allow.yaml
var text []byte

// Document is the whole list.
type Document struct {
	Forms    []Form
	Sets     map[string][]string // keys, variables, flags and words by what they are
	Shapes   []Shape
	Answers  []Answer
	Objects  []Kind // read one by one, by their names
	Lists    []Kind // in the order in which they are asked for
	Metadata []Kind // lists of metadata alone
	Flagged  []Kind // lists of whole objects that are asked for with a flag alone
	Made     []Made
}

// Form is a way in which a field leaves.
type Form struct{ Name, Meaning string }

// Shape is a part that several kinds share.
type Shape struct {
	Name   string
	Fields []*Field
}

// Made is a field of the snapshot that comes from no single field of an object.
type Made struct{ Field, From string }

// Answer is an answer of the API server that is no list of objects.
type Answer struct {
	Path   string
	For    string
	Flag   string // on which it hangs
	Fields []*Field
	Sieve  *Sieve
}

// Kind is a kind of objects, with what is read of each.
type Kind struct {
	Object      string // Kind of one object
	Resource    string // plural, as in roles and paths
	Group       string
	Versions    []string // that are read alike, newest first
	ClusterWide bool
	Optional    bool     // of an extension that most clusters do not have
	Silent      bool     // tells nothing of API versions in use
	Page        int      // objects a request at most; 0: as usual
	Part        string   // the part of a snapshot's scope that it belongs to; empty: its own resource
	Names       []string // only these
	Namespace   string   // of Names
	Label       string   // only objects with it
	Flag        string   // on which it hangs
	For         string
	Fields      []*Field
	Sieve       *Sieve
}

// Field is one place in an object. A field with Fields is an object, or a list or map of objects.
type Field struct {
	Name    string // of the key; of a pattern as it is written: *version
	List    bool   // each element
	Each    bool   // every key of a map
	Holds   string // json, yaml, helm: a text that holds it
	Shape   string // whose fields these are
	Set     string // that the name is of
	Form    string
	To      []string // fields of the snapshot
	Remark  string
	Fields  []*Field
	Key     *Field // of a map whose keys leave
	pattern bool
}

// Listed is the whole list. It panics where the file that is built in is broken, which a test finds.
var Listed = sync.OnceValue(func() *Document {
	document, err := parse(text)
	if err != nil {
		panic(fmt.Sprintf("allow.yaml: %v", err))
	}
	return document
})

// sets are read apart from the rest: manifests need no more of the file, and wait a tenth of the time for it.
var sets = sync.OnceValue(func() map[string][]string {
	begin, end := bytes.Index(text, []byte("\nsets:\n")), bytes.Index(text, []byte("\nshapes:\n"))
	var only struct{ Sets map[string][]string }
	if err := yaml.Unmarshal(text[begin:end], &only); err != nil {
		panic(fmt.Sprintf("allow.yaml: %v", err))
	}
	return only.Sets
})

// Names gives one of the sets, in the order in which it is written. It panics for one that there is not, when it is asked for.
func Names(set string) func() []string {
	return sync.OnceValue(func() []string {
		found := sets()[set]
		if found == nil {
			panic("allow.yaml: no set " + set)
		}
		return found
	})
}

// Words is Names to look a word up in.
func Words(set string) func() map[string]bool {
	names := Names(set)
	return sync.OnceValue(func() map[string]bool {
		words := map[string]bool{}
		for _, name := range names() {
			words[name] = true
		}
		return words
	})
}

// List is the kind of a list of whole objects. It panics for one that there is not.
func List(group, object string) Kind { return find(Listed().Lists, group, object) }

// Metadata is the kind of a list of metadata alone.
func Metadata(group, object string) Kind { return find(Listed().Metadata, group, object) }

// Flagged is the kind of a list of whole objects that is asked for with a flag alone.
func Flagged(group, object string) Kind { return find(Listed().Flagged, group, object) }

// Named is the kind of objects that are read by their names.
func Named(group, object string) Kind { return find(Listed().Objects, group, object) }

func find(kinds []Kind, group, object string) Kind {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Group == group && k.Object == object })
	if i < 0 {
		panic("allow.yaml: no kind " + object + " of " + group)
	}
	return kinds[i]
}

// Path is the path of an answer's list, by its path on the server. It panics for one that there is not.
func Path(path string) Answer {
	for _, answer := range Listed().Answers {
		if answer.Path == path {
			return answer
		}
	}
	panic("allow.yaml: no answer " + path)
}
