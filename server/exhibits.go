package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments/engines"
	"plimsoll/server/store"
	"plimsoll/web"
)

// showExhibit is the page of one engine, over the platform's latest result.
func (s *Server) showExhibit(id string) handler {
	return func(c echo.Context, v *visit) error {
		page := web.ExhibitPage{ID: id}
		if id == "probe" {
			tryRecovery(c, &page)
		}
		err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
			page.Shell = s.around(c, engines.Title(id), web.TabEngines, &platform)
			latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			page.TakenAt = moment(latest.TakenAt)
			all, err := exhibitsOf(ctx, tx, latest)
			if at := slices.IndexFunc(all, func(e engines.Exhibit) bool { return e.ID == id }); at >= 0 {
				page.Exhibit = &all[at]
			}
			return err
		})
		if err != nil {
			return err
		}
		return show(c, web.Exhibit(page))
	}
}

// tryRecovery takes the container and the recovery time that a visitor tries. A time that can't be tried is said, and the known one
// is shown.
func tryRecovery(c echo.Context, page *web.ExhibitPage) {
	page.Chosen = c.QueryParam("container")
	written := c.QueryParam("recovery")
	if written == "" {
		return
	}
	seconds, err := strconv.ParseInt(written, 10, 64)
	if err != nil || seconds < 1 || seconds > web.MostRecoverySeconds {
		page.Problem = fmt.Sprintf("Give a recovery time from 1 to %d seconds.", web.MostRecoverySeconds)
		return
	}
	page.Seconds = seconds
}

// exhibitsOf are what the engines computed of the snapshot behind a result; none for answers alone.
func exhibitsOf(ctx context.Context, tx *store.Tx, row store.AssessmentRow) ([]engines.Exhibit, error) {
	if row.SnapshotID == nil {
		return nil, nil
	}
	stored, err := tx.Exhibits(ctx, *row.SnapshotID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return stored.Exhibits, err
}
