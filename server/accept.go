package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments/snapshot"
	"plimsoll/server/intake"
	"plimsoll/server/store"
)

// otherClusters says what becomes of a snapshot that is not of the platform's cluster.
type otherClusters bool

// A program is told; a person is asked, and the snapshot is kept until they say what it is.
const (
	refuseOtherClusters   otherClusters = false
	askAboutOtherClusters otherClusters = true
)

// accepted is what became of an upload.
type accepted struct {
	snapshot store.Snapshot
	node     *store.NodeReading // nil unless it was a node's: then there is no snapshot
	fresh    bool               // false where it was there already
}

// acceptSnapshot takes a snapshot in: read to its end and found true, then stored and queued in one transaction. One that the platform
// has already is not fresh, and nothing changes. Whoever is answered without an error can rely on the snapshot being kept.
func (s *Server) acceptSnapshot(c echo.Context, v *visit, platform store.PlatformID, body io.Reader, others otherClusters) (accepted, error) {
	var taken accepted
	ctx := c.Request().Context()
	leave, ok := s.uploads.enter(v.organization)
	if !ok {
		return taken, errBusy
	}
	defer leave()
	if err := s.requirePlatform(ctx, v, platform); err != nil { // before megabytes are taken from a stranger
		return taken, err
	}
	spool, err := os.CreateTemp("", "plimsoll-upload-")
	if err != nil {
		return taken, fmt.Errorf("spool: %w", err)
	}
	_ = os.Remove(spool.Name()) // at once where the system allows it: nothing of it stays even if this program is killed
	defer func() { _ = spool.Close(); _ = os.Remove(spool.Name()) }()
	limits := snapshot.DefaultLimits()
	limits.CompressedBytes = s.Config.UploadBytes
	read, err := intake.Read(io.TeeReader(s.paced(c, body), spool), limits)
	if err != nil {
		return taken, err
	}
	if read.StoredBytes, err = spool.Seek(0, io.SeekEnd); err == nil {
		_, err = spool.Seek(0, io.SeekStart)
	}
	if err != nil {
		return taken, fmt.Errorf("spool: %w", err)
	}
	read.PlatformID, read.UploadedBy, read.TokenID = platform, v.personID(), v.tokenID()
	err = s.store.InOrganization(ctx, v.organization, func(t *store.Tx) (err error) {
		if read.Signed, err = s.proven(ctx, t, platform, read.Signature); err != nil {
			return err
		}
		if read.Node != nil {
			taken, err = s.keepReading(ctx, t, read)
			return err
		}
		taken, err = s.keepSnapshot(ctx, c, v, t, read, spool, others)
		return err
	})
	return taken, err
}

// signingKey is the public half of the key that a token signs snapshots with, by which its signatures are proven when its text is forgotten.
func signingKey(token string) []byte { return snapshot.PublicHalf(snapshot.SigningKey(token)) }

// errSignature says that a signature is not that of the key which it names. Whoever wants to pass off lines as somebody's could leave the
// signature out as well, so refusing it costs no honest file, and tells at once that this one was changed on its way.
var errSignature = errors.New("the signature does not verify")

// proven says what a snapshot's signature is worth for a platform. A known key that did not make it is an error.
func (s *Server) proven(ctx context.Context, t *store.Tx, platform store.PlatformID, signature *snapshot.Signature) (store.Signed, error) {
	if signature == nil {
		return store.Signed{Signature: store.Unsigned}, nil
	}
	by, err := t.SigningTokenOf(ctx, platform, signature.KeyID, s.now())
	switch {
	case errors.Is(err, store.ErrNotFound):
		return store.Signed{Signature: store.UnknownKey, SigningKeyID: signature.KeyID}, nil
	case err != nil:
		return store.Signed{}, err
	case !signature.Proves(by.SigningKey):
		return store.Signed{}, errSignature
	}
	signed := store.Signed{Signature: store.Proven, SigningKeyID: signature.KeyID, SignedBy: &by.ID}
	if by.Ended {
		signed.Signature = store.ProvenLate
	}
	return signed, nil
}

func (s *Server) keepSnapshot(ctx context.Context, c echo.Context, v *visit, t *store.Tx, read intake.Uploaded, content io.Reader, others otherClusters) (taken accepted, err error) {
	if taken.snapshot, taken.fresh, err = t.InsertSnapshot(ctx, read.Snapshot, content); err != nil || !taken.fresh {
		return taken, err
	}
	stored := &taken.snapshot
	if read.ClusterUID != "" {
		err := t.BindCluster(ctx, read.PlatformID, read.ClusterUID)
		if errors.Is(err, store.ErrOtherCluster) && others == askAboutOtherClusters {
			stored.State = store.Foreign
			return taken, t.SetSnapshotState(ctx, stored.ID, store.Foreign, "")
		}
		if err != nil {
			return taken, err
		}
	}
	if err := s.Queue.AssessSnapshot(ctx, t, stored.ID); err != nil {
		return taken, err
	}
	return taken, t.Audit(ctx, s.event(c, v, "snapshot.accept", "snapshot", stored.ID.String(),
		map[string]any{"digest": stored.Digest, "platform": read.PlatformID.String(), "signature": stored.Signature}))
}

// keepReading keeps what was read on a node, where it is the newest of its node, and has it merged. A reading of another cluster is refused,
// by hand too: there is nothing to ask, as no cluster was rebuilt for a node. It binds the platform to no cluster either, since what a machine
// was told to be of is not what a cluster says of itself. There is no entry in the audit log: thousands of nodes may send one every hour.
func (s *Server) keepReading(ctx context.Context, t *store.Tx, read intake.Uploaded) (taken accepted, err error) {
	if ahead := read.TakenAt.Sub(s.now()); ahead > snapshot.NodeReadingBound { // it would count as the newest until then
		return taken, wrong("header.takenAt", "it lies in the future: is the node's clock right?")
	}
	platform, err := t.PlatformByID(ctx, read.PlatformID)
	if err != nil {
		return taken, err
	}
	if platform.ClusterUID != nil && read.ClusterUID != "" && read.ClusterUID != *platform.ClusterUID {
		return taken, fmt.Errorf("node %s: %w", read.Node.Name, store.ErrOtherCluster)
	}
	stored, fresh, err := t.PutNodeReading(ctx, store.NodeReading{
		PlatformID: read.PlatformID, Name: read.Node.Name, UID: read.Node.UID, ClusterUID: read.ClusterUID, Digest: read.Digest,
		CollectorVersion: read.CollectorVersion, TakenAt: read.TakenAt, Figures: *read.Node, Signed: read.Signed,
		UploadedBy: read.UploadedBy, TokenID: read.TokenID,
	})
	if err != nil || !fresh {
		return accepted{node: &stored}, err
	}
	return accepted{node: &stored, fresh: true}, s.Queue.MergeNodes(ctx, t, read.PlatformID)
}

func (s *Server) requirePlatform(ctx context.Context, v *visit, id store.PlatformID) error {
	if err := v.forPlatform(id); err != nil {
		return err
	}
	return s.store.InOrganization(ctx, v.organization, func(t *store.Tx) error {
		platform, err := t.PlatformByID(ctx, id)
		if err == nil && platform.ArchivedAt != nil {
			return wrong("platform", "it is archived: bring it back first")
		}
		return err
	})
}

// event is something that the visitor did, as the audit log keeps it.
func (s *Server) event(c echo.Context, v *visit, action, kind, id string, details map[string]any) store.Event {
	return store.Event{
		PersonID: v.personID(), TokenID: v.tokenID(), Action: action, SubjectKind: kind, SubjectID: id, Details: details,
		RequestID: requestID(c), Address: c.RealIP(),
	}
}
