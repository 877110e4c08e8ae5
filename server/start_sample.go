package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"plimsoll/server/seed"
	"plimsoll/server/store"
	"plimsoll/web"
)

// makeSample makes the organization's sample platform, has a job fill it, and shows it. Where there is one, that is shown.
func (s *Server) makeSample(c echo.Context, v *visit) error {
	var sample store.Platform
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) (err error) {
		if sample, err = tx.CreateSample(ctx, seed.SampleName, seed.SampleAbout); err != nil {
			return err
		}
		if err := s.Queue.MakeSample(ctx, tx, sample.ID, v.person.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "sample.create", "platform", sample.ID.String(), nil))
	})
	if errors.Is(err, store.ErrExists) {
		err = s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) (err error) {
			sample, err = tx.Sample(ctx)
			return err
		})
	}
	if err != nil {
		return err
	}
	return seeOther(c, shownPlatform(sample, false).Path(v.shown()))
}

// sampleMaking is the part of a sample's page that is asked for again until the sample is whole.
const sampleMaking = "making"

// showSampleMaking stands in the place of a sample's result until it is whole. Then the page that waits for that is shown anew.
func (s *Server) showSampleMaking(c echo.Context, platform store.Platform, mark string) error {
	if platform.Making == "" {
		c.Response().Header().Set("HX-Refresh", "true")
		return c.NoContent(http.StatusOK)
	}
	page := web.SamplePage{Shell: s.around(c, platform.Name, web.TabResult, &platform), Failed: platform.Making == store.MakingFailed, Mark: mark}
	return render(c, http.StatusOK, web.Sample(page))
}

// discardSample throws a sample platform away. Of any other platform there is no such page.
func (s *Server) discardSample(c echo.Context, v *visit) error {
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		if err := tx.DiscardSample(ctx, platform.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "sample.discard", "platform", platform.ID.String(), nil))
	})
	if err != nil {
		return err
	}
	return seeOther(c, v.shown().Path()+"?done=thrown")
}

// errSample says that a sample can't become something else.
var errSample = wrong("platform", "a sample keeps its name: throw it away, and make a platform of your own")
