package server

import (
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
	ID         store.SnapshotID    `json:"id"`
	Platform   store.PlatformID    `json:"platform"`
	Digest     string              `json:"digest"`
	State      store.SnapshotState `json:"state"`
	Reason     string              `json:"reason,omitzero"` // why it failed
	TakenAt    time.Time           `json:"takenAt"`
	ReceivedAt time.Time           `json:"receivedAt"`
	Assessment *store.AssessmentID `json:"assessment,omitzero"` // its last result
}

func stateOf(n store.Snapshot) snapshotState {
	return snapshotState{ID: n.ID, Platform: n.PlatformID, Digest: n.Digest, State: n.State, Reason: n.Reason, TakenAt: n.TakenAt.UTC(), ReceivedAt: n.ReceivedAt.UTC()}
}

// uploadSnapshot takes a snapshot in: 202 for a new one, 200 for one that was there.
func (s *Server) uploadSnapshot(c echo.Context, v *visit) error {
	platform, err := store.ParseID[store.Platform](c.Param("platform"))
	if err != nil {
		return err
	}
	if !snapshotType(c.Request().Header.Get(echo.HeaderContentType)) {
		return errMediaType
	}
	stored, fresh, err := s.acceptSnapshot(c, v, platform, c.Request().Body, refuseOtherClusters)
	if err != nil {
		readOut(c, s.Config.UploadBytes, err)
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/api/v1/snapshots/"+stored.ID.String())
	if fresh {
		return c.JSON(http.StatusAccepted, stateOf(stored))
	}
	return c.JSON(http.StatusOK, stateOf(stored))
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

// showSnapshotState says what became of a snapshot.
func (s *Server) showSnapshotState(c echo.Context, v *visit) error {
	id, err := store.ParseID[store.Snapshot](c.Param("snapshot"))
	if err != nil {
		return err
	}
	var state snapshotState
	ctx := c.Request().Context()
	err = s.store.InOrganization(ctx, v.organization, func(t *store.Tx) error {
		found, err := t.SnapshotByID(ctx, id)
		if err != nil {
			return err
		}
		if err := v.forPlatform(found.PlatformID); err != nil {
			return err
		}
		state = stateOf(found)
		result, err := t.AssessmentOfSnapshot(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil
		case err == nil:
			state.Assessment = &result.ID
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, state)
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
