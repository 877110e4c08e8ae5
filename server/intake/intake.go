// Package intake reads an uploaded snapshot to its end and returns what is stored of it beside its bytes. Every way in, a browser, a
// token or the example, goes through it.
package intake

import (
	"errors"
	"fmt"
	"io"

	"plimsoll/assessments/snapshot"
	"plimsoll/server/store"
)

// Read reads a snapshot within the limits, until its digest is proven. The platform, who uploaded it and how many bytes are stored are
// left to the caller. What is wrong with the snapshot is a *snapshot.Error.
func Read(body io.Reader, limits snapshot.Limits) (store.Snapshot, error) {
	reader := snapshot.NewReader(body, limits)
	var found store.Snapshot
	for {
		record, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return found, fmt.Errorf("snapshot: %w", err)
		}
		summarise(record, &found.Summary)
	}
	header := reader.Header()
	found.Digest, found.Source, found.ClusterUID = reader.Digest(), string(header.Source), header.PlatformUID
	found.ExpandedBytes = reader.ExpandedBytes()
	found.CollectorVersion, found.TakenAt = header.CollectorVersion, header.TakenAt
	found.Records = map[string]int{}
	for kind, n := range reader.Counts() {
		found.Records[string(kind)] = n
	}
	return found, nil
}
