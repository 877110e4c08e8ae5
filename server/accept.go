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

// acceptSnapshot takes a snapshot in: read to its end and found true, then stored and queued in one transaction. One that the platform
// has already is not fresh, and nothing changes. Whoever is answered without an error can rely on the snapshot being kept.
func (s *Server) acceptSnapshot(c echo.Context, v *visit, platform store.PlatformID, body io.Reader, others otherClusters) (stored store.Snapshot, fresh bool, err error) {
	ctx := c.Request().Context()
	leave, ok := s.uploads.enter(v.organization)
	if !ok {
		return stored, false, errBusy
	}
	defer leave()
	if err := s.requirePlatform(ctx, v, platform); err != nil { // before megabytes are taken from a stranger
		return stored, false, err
	}
	spool, err := os.CreateTemp("", "plimsoll-upload-")
	if err != nil {
		return stored, false, fmt.Errorf("spool: %w", err)
	}
	_ = os.Remove(spool.Name()) // at once where the system allows it: nothing of it stays even if this program is killed
	defer func() { _ = spool.Close(); _ = os.Remove(spool.Name()) }()
	limits := snapshot.DefaultLimits()
	limits.CompressedBytes = s.Config.UploadBytes
	read, err := intake.Read(io.TeeReader(s.paced(c, body), spool), limits)
	if err != nil {
		return stored, false, err
	}
	if read.Source == string(snapshot.SourceNode) { // it would become the platform's latest snapshot, and know nothing of its cluster
		return stored, false, wrong("header.source", "a node's snapshot tells nothing of a cluster: put it into the cluster's by "+
			"plimsoll-collect inspect --merge, and upload what comes out")
	}
	if read.StoredBytes, err = spool.Seek(0, io.SeekEnd); err == nil {
		_, err = spool.Seek(0, io.SeekStart)
	}
	if err != nil {
		return stored, false, fmt.Errorf("spool: %w", err)
	}
	read.PlatformID, read.UploadedBy, read.TokenID = platform, v.personID(), v.tokenID()
	err = s.store.InOrganization(ctx, v.organization, func(t *store.Tx) (err error) {
		if stored, fresh, err = t.InsertSnapshot(ctx, read, spool); err != nil || !fresh {
			return err
		}
		if read.ClusterUID != "" {
			err := t.BindCluster(ctx, platform, read.ClusterUID)
			if errors.Is(err, store.ErrOtherCluster) && others == askAboutOtherClusters {
				stored.State = store.Foreign
				return t.SetSnapshotState(ctx, stored.ID, store.Foreign, "")
			}
			if err != nil {
				return err
			}
		}
		if err := s.Queue.AssessSnapshot(ctx, t, stored.ID); err != nil {
			return err
		}
		return t.Audit(ctx, s.event(c, v, "snapshot.accept", "snapshot", stored.ID.String(), map[string]any{"digest": stored.Digest, "platform": platform.String()}))
	})
	return stored, fresh, err
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
