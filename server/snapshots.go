package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments/snapshot"
	"plimsoll/server/store"
	"plimsoll/web"
)

const snapshotsShown = 100

// listSnapshots takes uploads and lists what was uploaded.
func (s *Server) listSnapshots(c echo.Context, v *visit) error {
	return s.snapshotsPage(c, v, http.StatusOK, nil)
}

func (s *Server) snapshotsPage(c echo.Context, v *visit, status int, problem *web.FailurePage) error {
	page := web.SnapshotsPage{MaxBytes: s.Config.UploadBytes, Problem: problem}
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		page.Shell = s.around(c, "Snapshots", web.TabSnapshots, &platform)
		page.Command = s.collectorCommand(platform)
		found, err := tx.Snapshots(ctx, platform.ID, snapshotsShown)
		if err != nil {
			return err
		}
		results, err := tx.AssessmentsBySnapshot(ctx, platform.ID)
		if err != nil {
			return err
		}
		uploaders, err := tx.Uploaders(ctx, platform.ID)
		if err != nil {
			return err
		}
		overlays, err := tx.OverlaysOf(ctx, platform.ID)
		if err != nil {
			return err
		}
		signers, err := tx.TokenNames(ctx)
		if err != nil {
			return err
		}
		for _, n := range found {
			shown := shownSnapshot(n, results[n.ID])
			shown.By, shown.Signature = uploaders[n.ID], shownSignature(n.Signed, signers)
			shown.Nodes = shownReadings(n, overlays[n.ID])
			page.Snapshots = append(page.Snapshots, shown)
		}
		heard, err := tx.NodesHeard(ctx, platform.ID)
		page.Heard = web.NodeReadings{Nodes: heard.Nodes, Oldest: moment(heard.Oldest), Newest: moment(heard.Newest)}
		page.Now = s.now()
		if err != nil {
			return err
		}
		page.Mark, err = tx.Mark(ctx, platform.ID)
		return err
	})
	if err != nil {
		return err
	}
	page.Pages = web.Pages{From: min(1, len(page.Snapshots)), To: len(page.Snapshots), Total: len(page.Snapshots)}
	return render(c, status, web.Snapshots(page))
}

// collectorCommand is what an engineer runs to take a snapshot and bring it here.
func (s *Server) collectorCommand(platform store.Platform) string {
	return fmt.Sprintf("plimsoll-collect cluster --upload %s --platform %s --token-file token.txt", strings.TrimSuffix(s.Config.URL.String(), "/"), platform.ID)
}

func shownSnapshot(n store.Snapshot, result store.AssessmentID) web.Snapshot {
	shown := web.Snapshot{
		Key: n.ID.String(), TakenAt: n.TakenAt, Uploaded: n.ReceivedAt, Source: n.Source, Bytes: n.StoredBytes, Workloads: n.Summary.Workloads,
		Digest: n.Digest, Problem: n.Reason,
	}
	for _, count := range n.Records {
		shown.Records += count
	}
	if !result.IsZero() {
		shown.Result = result.String()
	}
	switch n.State {
	case store.Queued:
		shown.State = web.SnapshotQueued
	case store.Assessed:
		shown.State = web.SnapshotScored
	case store.Failed:
		shown.State = web.SnapshotFailed
	case store.Foreign:
		shown.State = web.SnapshotForeign
	}
	return shown
}

// shownSignature says what the signature of a snapshot was worth.
func shownSignature(of store.Signed, names map[store.TokenID]string) web.Signature {
	shown := web.Signature{State: web.SignatureState(of.Signature)}
	if of.SignedBy != nil {
		shown.By = names[*of.SignedBy]
	}
	return shown
}

// shownReadings says of how many nodes a snapshot was assessed with readings.
func shownReadings(n store.Snapshot, o store.Overlay) web.NodeReadings {
	return web.NodeReadings{Nodes: o.Nodes, Of: n.Records[string(snapshot.KindNode)], Oldest: moment(o.Oldest), Newest: moment(o.Newest)}
}

// evidenceOf says who signed the snapshot of a result, and what else it was assessed with.
func evidenceOf(ctx context.Context, tx *store.Tx, row store.AssessmentRow) (evidence web.Evidence, err error) {
	if row.SnapshotID == nil {
		return evidence, nil
	}
	from, err := tx.ProvenanceOf(ctx, *row.SnapshotID)
	return web.Evidence{
		Signature: web.Signature{State: web.SignatureState(from.Signature), By: from.Signer},
		Nodes:     web.NodeReadings{Nodes: from.Nodes, Of: from.Of, Oldest: moment(from.Oldest), Newest: moment(from.Newest)},
	}, err
}

// uploadFile takes a snapshot from the browser. One of another cluster is kept, and asked about.
func (s *Server) uploadFile(c echo.Context, v *visit) error {
	var platform store.Platform
	err := s.inPlatform(c, v, func(_ context.Context, _ *store.Tx, found store.Platform) error { platform = found; return nil })
	if err != nil {
		return err
	}
	file, err := multipartSnapshot(c.Request())
	if err != nil {
		return s.refuseFile(c, v, err)
	}
	taken, err := s.acceptSnapshot(c, v, platform.ID, file, askAboutOtherClusters)
	if err != nil {
		return s.refuseFile(c, v, err)
	}
	there := web.Platform{Key: platform.Slug}
	next := there.Path(v.shown()) + "?done=accepted"
	switch {
	case taken.node != nil && taken.fresh:
		next = there.Path(v.shown(), "snapshots") + "?done=reading"
	case taken.node != nil:
		next = there.Path(v.shown(), "snapshots") + "?done=older"
	case taken.snapshot.State == store.Foreign:
		next = there.Path(v.shown(), "snapshots", taken.snapshot.ID.String(), "belongs")
	case !taken.fresh:
		next = there.Path(v.shown(), "snapshots") + "?done=present"
	}
	if c.Request().Header.Get("HX-Request") != "" {
		c.Response().Header().Set("HX-Redirect", next)
		return c.NoContent(http.StatusNoContent)
	}
	return seeOther(c, next)
}

// refuseFile says on the page itself why a file was not taken. Faults of ours go the way of all errors.
func (s *Server) refuseFile(c echo.Context, v *visit, err error) error {
	readOut(c, s.Config.UploadBytes, err)
	f := failureOf(err)
	if f.status >= http.StatusInternalServerError || f.status == http.StatusNotFound || c.Request().Header.Get("HX-Request") != "" {
		return err
	}
	problem := web.FailurePage{Shell: s.shell(c, ""), Status: f.status, Text: f.text}
	for _, d := range f.details {
		problem.Details = append(problem.Details, web.FailureDetail{Line: d.Line, Field: d.Field, Reason: d.Reason})
	}
	return s.snapshotsPage(c, v, f.status, &problem)
}

// askBelongs asks what a snapshot of another cluster is.
func (s *Server) askBelongs(c echo.Context, v *visit) error {
	return s.belongsPage(c, v, http.StatusOK, web.NameForm{})
}

func (s *Server) belongsPage(c echo.Context, v *visit, status int, form web.NameForm) error {
	page := web.BelongsPage{Form: form}
	err := s.inForeign(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform, foreign store.Snapshot) error {
		page.Shell = s.around(c, "This snapshot is of another cluster", web.TabSnapshots, &platform)
		page.Snapshot = shownSnapshot(foreign, store.AssessmentID{})
		signers, err := tx.TokenNames(ctx)
		if err != nil {
			return err
		}
		page.Snapshot.Signature = shownSignature(foreign.Signed, signers)
		page.Seen = signsOf(foreign)
		if platform.ClusterUID != nil {
			page.Known.ID = *platform.ClusterUID
		}
		latest, err := tx.LatestSnapshot(ctx, platform.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		page.Known = signsOf(latest)
		return err
	})
	if err != nil {
		return err
	}
	return render(c, status, web.Belongs(page))
}

func signsOf(n store.Snapshot) web.ClusterSigns {
	return web.ClusterSigns{ID: n.ClusterUID, Version: n.Summary.ServerVersion, Nodes: n.Summary.Nodes, Since: moment(n.Summary.ClusterCreatedAt)}
}

// inForeign runs do with the platform and the waiting snapshot that the address names.
func (s *Server) inForeign(c echo.Context, v *visit, do func(context.Context, *store.Tx, store.Platform, store.Snapshot) error) error {
	id, err := store.ParseID[store.Snapshot](c.Param("snapshot"))
	if err != nil {
		return err
	}
	return s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		found, err := tx.SnapshotByID(ctx, id)
		if err == nil && (found.PlatformID != platform.ID || found.State != store.Foreign) {
			err = fmt.Errorf("waiting snapshot %s: %w", id, store.ErrNotFound)
		}
		if err != nil {
			return err
		}
		return do(ctx, tx, platform, found)
	})
}

// sayBelongs does with a snapshot of another cluster what the person says it is.
func (s *Server) sayBelongs(c echo.Context, v *visit) error {
	choice := c.FormValue("choice")
	var form web.NameForm
	if choice == "other" {
		var ok bool
		if form, ok = nameFrom(c, "name"); !ok {
			return s.belongsPage(c, v, http.StatusUnprocessableEntity, form)
		}
	}
	var next string
	err := s.inForeign(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform, foreign store.Snapshot) (err error) {
		switch choice {
		case "rebuilt":
			next = shownPlatform(platform, false).Path(v.shown()) + "?done=accepted"
			err = s.takeOver(ctx, tx, platform, foreign)
		case "other":
			next, err = s.moveAway(ctx, tx, v, form.Name, foreign)
		case "discard":
			next = shownPlatform(platform, false).Path(v.shown(), "snapshots") + "?done=discarded"
			err = tx.DiscardForeign(ctx, foreign.ID)
		default:
			err = wrong("choice", "say what the snapshot is")
		}
		if err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "snapshot."+choice, "snapshot", foreign.ID.String(), map[string]any{"platform": platform.ID.String(), "cluster": foreign.ClusterUID}))
	})
	if err != nil {
		return err
	}
	return seeOther(c, next)
}

// takeOver makes the waiting snapshot's cluster the platform's: it was rebuilt.
func (s *Server) takeOver(ctx context.Context, tx *store.Tx, platform store.Platform, foreign store.Snapshot) error {
	if err := tx.RebindCluster(ctx, platform.ID, foreign.ClusterUID); err != nil {
		return err
	}
	if err := tx.SetSnapshotState(ctx, foreign.ID, store.Queued, ""); err != nil {
		return err
	}
	return s.Queue.AssessSnapshot(ctx, tx, foreign.ID)
}

// moveAway makes a platform for the waiting snapshot, and takes it there.
func (s *Server) moveAway(ctx context.Context, tx *store.Tx, v *visit, name string, foreign store.Snapshot) (next string, err error) {
	other, err := tx.CreatePlatform(ctx, name, "")
	if err != nil {
		return "", err
	}
	moved := foreign
	moved.PlatformID, moved.UploadedBy = other.ID, v.personID()
	stored, _, err := tx.InsertSnapshot(ctx, moved, tx.SnapshotContent(ctx, foreign.ID))
	if err != nil {
		return "", err
	}
	if err := tx.BindCluster(ctx, other.ID, foreign.ClusterUID); err != nil {
		return "", err
	}
	if err := s.Queue.AssessSnapshot(ctx, tx, stored.ID); err != nil {
		return "", err
	}
	return shownPlatform(other, false).Path(v.shown()) + "?done=accepted", tx.DiscardForeign(ctx, foreign.ID)
}
