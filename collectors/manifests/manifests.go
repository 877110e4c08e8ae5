// Package manifests reads Kubernetes manifests, YAML and JSON, from files, folders and standard input, and turns them into the
// records of a snapshot, with the place where each stood. One bad document never costs a good one: what cannot be read is
// listed with file, line and reason.
package manifests

import (
	"context"
	"fmt"
	"io"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

// Inputs says what was read.
type Inputs struct {
	Files     int       `json:"files"`     // that were opened and read
	Documents int       `json:"documents"` // in them, the skipped ones among them; what holds only comments is no document
	Workloads int       `json:"workloads"` // that became records
	Skipped   []Skipped `json:"skipped"`   // never nil
}

// Skipped is a document, an item of a List or a whole file that was not read.
type Skipped struct {
	File     string `json:"file"`
	Document int    `json:"document"` // 1-based within the file; 0: the file itself
	Line     int    `json:"line"`     // 1-based; where the fault is, else where the document starts; 0: the file itself
	Reason   string `json:"reason"`
}

// Bounds on what is read.
const (
	maxTotalBytes    = 300 << 20 // of all inputs together
	maxDocumentBytes = 64 << 20
	maxDepth         = 200     // of nested objects and lists
	maxUnfolded      = 200_000 // values that aliases add to all inputs together, beyond as many as are written out
	maxComparisons   = 100_000_000
	maxReferences    = 250_000 // from the selectors of services and budgets to workloads, all together
)

// Read reads the manifests at paths: files of any name, folders with every .yaml, .yml and .json file below them (hidden folders
// are passed over), and "-" for stdin. All of them are one set, in which selectors are resolved by namespace.
//
// It calls emit with each record: a header first (without time and collector version, which are the caller's), workloads as
// they come, then namespaces, services, disruption budgets, autoscalers, network policies, custom resources, then storage,
// webhooks and ways in as they came, the sums of what saves state, and a note for each skipped document. The same input gives the same records in the same order.
//
// An error means that nothing more could be done: a path that does not exist, an error of emit, an ended context. Inputs then
// tell how far it came.
func Read(ctx context.Context, paths []string, stdin io.Reader, emit func(snapshot.Record) error) (Inputs, error) {
	return ReadWhere(ctx, paths, nil, stdin, emit)
}

// ReadWhere is Read of the files that keep wants, told by the names that records and reports give them; nil wants all. The others are
// not opened.
func ReadWhere(ctx context.Context, paths []string, keep func(file string) bool, stdin io.Reader, emit func(snapshot.Record) error) (Inputs, error) {
	c := &collection{inputs: Inputs{Skipped: []Skipped{}}, emit: emit, left: maxTotalBytes, plain: newPlainReader(), unfold: maxUnfolded}
	c.targets.Bound = &kube.SelectorBound{Comparisons: maxComparisons, References: maxReferences}
	if err := emit(snapshot.Header{Schema: snapshot.Schema, SchemaMinor: snapshot.SchemaMinor, Source: snapshot.SourceManifests}); err != nil {
		return c.inputs, err
	}
	sources, err := findSources(paths)
	if err != nil {
		return c.inputs, err
	}
	for _, source := range sources {
		if keep != nil && !keep(source.name) {
			continue
		}
		if err := c.readSource(ctx, source, stdin); err != nil {
			return c.inputs, err
		}
	}
	return c.inputs, c.finish()
}

// readSource reads one file. Only errors of emit and of the context come back.
func (c *collection) readSource(ctx context.Context, s source, stdin io.Reader) error {
	in, err := s.open(stdin)
	if err != nil {
		c.skip(Skipped{File: s.name, Reason: plainReason(err)})
		return nil
	}
	defer in.Close()
	c.inputs.Files++
	documents := newSplitter(&budgetReader{r: in, left: &c.left})
	for {
		d, err := documents.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			c.skip(Skipped{File: s.name, Line: documents.line, Reason: plainReason(err)})
			return nil
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("read manifests: %w", err)
		}
		c.inputs.Documents++
		if err := c.readDocument(s.name, d); err != nil {
			return err
		}
	}
}
