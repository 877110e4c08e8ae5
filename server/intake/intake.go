// Package intake reads an uploaded snapshot to its end and returns what is stored of it, beside its bytes or, of a node, in their place.
// Every way in, a browser, a token or the example, goes through it.
package intake

import (
	"errors"
	"fmt"
	"io"

	"plimsoll/assessments/snapshot"
	"plimsoll/server/store"
)

// Uploaded is what was read of an upload.
type Uploaded struct {
	store.Snapshot
	Node      *snapshot.Node      // of a node's snapshot: what is merged of it; nil for every other
	Signature *snapshot.Signature // as the trailer has it, unproven; nil where nobody signed
}

// Read reads a snapshot within the limits, until its digest is proven. The platform, who uploaded it, what its signature is worth and how
// many bytes are stored are left to the caller. What is wrong with the snapshot is a *snapshot.Error.
func Read(body io.Reader, limits snapshot.Limits) (Uploaded, error) {
	reader := snapshot.NewReader(body, limits)
	var found Uploaded
	for {
		record, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return found, fmt.Errorf("snapshot: %w", err)
		}
		summarise(record, &found.Summary)
		if node, ok := record.(snapshot.Node); ok && reader.Header().Source == snapshot.SourceNode {
			if found.Node != nil {
				return found, &snapshot.Error{Field: "node", Kind: snapshot.ErrOutOfBounds, Reason: "want the one node that was read, got a second"}
			}
			figures := node.Figures()
			found.Node = &figures
		}
	}
	header := reader.Header()
	if header.Source == snapshot.SourceNode && (found.Node == nil || found.Node.Name == "") {
		return found, &snapshot.Error{Field: "node.name", Kind: snapshot.ErrOutOfBounds, Reason: "want the node that was read, and its name"}
	}
	found.Signature = reader.Signature()
	found.Digest, found.Source, found.ClusterUID = reader.Digest(), string(header.Source), header.PlatformUID
	found.ExpandedBytes = reader.ExpandedBytes()
	found.CollectorVersion, found.TakenAt = header.CollectorVersion, header.TakenAt
	found.Records = map[string]int{}
	for kind, n := range reader.Counts() {
		found.Records[string(kind)] = n
	}
	return found, nil
}
