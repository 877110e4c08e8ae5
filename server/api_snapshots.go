package server

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments/snapshot"
	"plimsoll/server/store"
)

// snapshotState is a snapshot as the API tells of it.
type snapshotState struct {
	ID         string              `json:"id"`
	Platform   store.PlatformID    `json:"platform"`
	Source     string              `json:"source"`
	Node       string              `json:"node,omitzero"` // name of the one that was read; its id stays, whatever its newest reading
	Digest     string              `json:"digest"`
	State      store.SnapshotState `json:"state"`
	Reason     string              `json:"reason,omitzero"` // why it failed
	Signature  store.Signature     `json:"signature"`
	TakenAt    time.Time           `json:"takenAt"`
	ReceivedAt time.Time           `json:"receivedAt"`
	Assessment *store.AssessmentID `json:"assessment,omitzero"` // its last result
}

func stateOf(n store.Snapshot) snapshotState {
	return snapshotState{ID: n.ID.String(), Platform: n.PlatformID, Source: n.Source, Digest: n.Digest, State: n.State, Reason: n.Reason,
		Signature: n.Signature, TakenAt: n.TakenAt.UTC(), ReceivedAt: n.ReceivedAt.UTC()}
}

// kept is the state of a node's reading until the platform's latest result is made with it.
const kept store.SnapshotState = "kept"

func stateOfNode(n store.NodeReading) snapshotState {
	return snapshotState{ID: n.ID.String(), Platform: n.PlatformID, Source: string(snapshot.SourceNode), Node: n.Name, Digest: n.Digest, State: kept,
		Signature: n.Signature, TakenAt: n.TakenAt.UTC(), ReceivedAt: n.ReceivedAt.UTC()}
}

// uploadSnapshot takes a snapshot in: 202 for a new one, 200 for one that was there, or for a node's where a newer reading of it was.
func (s *Server) uploadSnapshot(c echo.Context, v *visit) error {
	platform, err := store.ParseID[store.Platform](c.Param("platform"))
	if err != nil {
		return err
	}
	if !snapshotType(c.Request().Header.Get(echo.HeaderContentType)) {
		return errMediaType
	}
	taken, err := s.acceptSnapshot(c, v, platform, c.Request().Body, refuseOtherClusters)
	if err != nil {
		readOut(c, s.Config.UploadBytes, err)
		return err
	}
	state := stateOf(taken.snapshot)
	if taken.node != nil {
		state = stateOfNode(*taken.node)
	}
	c.Response().Header().Set(echo.HeaderLocation, "/api/v1/snapshots/"+state.ID)
	if taken.fresh {
		return c.JSON(http.StatusAccepted, state)
	}
	return c.JSON(http.StatusOK, state)
}

// snapshotType takes the media types that snapshots are sent as; what is in the body is told by the body.
func snapshotType(contentType string) bool {
	if contentType == "" {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	switch media {
	case "application/gzip", "application/x-gzip", "application/octet-stream":
		return err == nil
	}
	return false
}

// showSnapshotState says what became of a snapshot, or of a node's newest reading.
func (s *Server) showSnapshotState(c echo.Context, v *visit) error {
	id, err := store.ParseID[store.Snapshot](c.Param("snapshot"))
	if err != nil {
		return err
	}
	var state snapshotState
	ctx := c.Request().Context()
	err = s.store.InOrganization(ctx, v.organization, func(t *store.Tx) (err error) {
		found, err := t.SnapshotByID(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			state, err = nodeState(ctx, t, v, store.IDFromBytes[store.NodeReading](id.Bytes()))
			return err
		}
		if err == nil {
			err = v.forPlatform(found.PlatformID)
		}
		if err != nil {
			return err
		}
		state = stateOf(found)
		state.Assessment, err = resultOf(ctx, t, id)
		return err
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, state)
}

// resultOf is the last result of a snapshot; nil where there is none.
func resultOf(ctx context.Context, t *store.Tx, id store.SnapshotID) (*store.AssessmentID, error) {
	result, err := t.AssessmentOfSnapshot(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &result.ID, nil
}

func nodeState(ctx context.Context, t *store.Tx, v *visit, id store.NodeID) (state snapshotState, err error) {
	found, err := t.NodeReadingByID(ctx, id)
	if err == nil {
		err = v.forPlatform(found.PlatformID)
	}
	if err != nil {
		return state, err
	}
	state = stateOfNode(found)
	latest, err := t.LatestSnapshot(ctx, found.PlatformID)
	if errors.Is(err, store.ErrNotFound) {
		return state, nil
	}
	if err != nil {
		return state, err
	}
	if merged, err := t.IsMerged(ctx, latest.ID, found.Digest); err != nil || !merged {
		return state, err
	}
	state.State = store.Assessed
	state.Assessment, err = resultOf(ctx, t, latest.ID)
	return state, err
}

// showSnapshotSchema is the JSON Schema of a snapshot's lines, for whoever writes or checks one.
func showSnapshotSchema(c echo.Context, _ *visit) error {
	return c.Blob(http.StatusOK, "application/schema+json", snapshot.SchemaJSON)
}

// multipartSnapshot is the file of an upload form, as a stream.
func multipartSnapshot(r *http.Request) (io.Reader, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, errMediaType
	}
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, wrong("snapshot", "choose a file")
		case err != nil:
			return nil, err
		case part.FormName() == "snapshot" && part.FileName() == "":
			return nil, wrong("snapshot", "choose a file")
		case part.FormName() == "snapshot":
			return part, nil
		}
	}
}
