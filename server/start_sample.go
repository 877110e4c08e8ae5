package server

import (
	"context"
	"errors"

	"github.com/labstack/echo/v4"

	"plimsoll/server/jobs"
	"plimsoll/server/seed"
	"plimsoll/server/store"
)

// makeSample makes the organization's sample platform, and shows it. Where there is one, that is shown.
func (s *Server) makeSample(c echo.Context, v *visit) error {
	ctx := c.Request().Context()
	assessor := &jobs.Assessor{Store: s.store, Content: s.Content, Now: s.now}
	made, err := seed.Sample(ctx, s.store, assessor, v.organization, v.person.ID)
	if err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	there := err != nil
	err = s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) (err error) {
		if there {
			made, err = tx.Sample(ctx)
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "sample.create", "platform", made.ID.String(), nil))
	})
	if err != nil {
		return err
	}
	return seeOther(c, shownPlatform(made, false).Path(v.shown()))
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
