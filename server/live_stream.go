package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plimsoll/server/auth"
	"plimsoll/server/store"
)

// How a stream goes on.
const (
	heartbeat      = 15 * time.Second // between signs of life, with each of which rights are looked at again
	streamLifetime = 30 * time.Minute // then the browser asks anew, as for any page
	streamPatience = 10 * time.Second // for one write, and for one look at the database
	streamAgain    = 3 * time.Second  // until the browser asks anew
)

const eventStream = "text/event-stream"

// followPlatform tells a page that there is something new to show: as server-sent events for as long as the page is open, or once, as
// plain text, for a page that asks now and then. It says a mark that changes with what pages show, and nothing of the content.
func (s *Server) followPlatform(c echo.Context, v *visit) error {
	var platform store.Platform
	var mark string
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, found store.Platform) (err error) {
		platform = found
		mark, err = tx.Mark(ctx, found.ID)
		return err
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	if c.Request().Method != http.MethodGet || !strings.Contains(c.Request().Header.Get(echo.HeaderAccept), eventStream) {
		return c.String(http.StatusOK, mark)
	}
	if s.Config.Pooled { // no news come through a pooler; this answer has browsers not ask for events again
		return c.NoContent(http.StatusNoContent)
	}
	entered, leave, ok := s.live.enter(v.person.ID, platform.ID)
	if !ok {
		return errBusy
	}
	defer leave()
	return s.stream(c, v, entered)
}

// stream writes a mark at the beginning and with each change, until the page goes, the server stops, or the viewer may not look any more.
func (s *Server) stream(c echo.Context, v *visit, of *stream) error {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, eventStream)
	header.Set("X-Accel-Buffering", "no") // nginx would hold events back
	control := http.NewResponseController(c.Response())
	_ = control.SetReadDeadline(time.Time{}) // else the server takes the end of its patience with requests for the browser's leaving
	write := func(text string) bool {
		_ = control.SetWriteDeadline(time.Now().Add(streamPatience)) // not every connection has deadlines
		_, err := c.Response().Write([]byte(text))
		return err == nil && control.Flush() == nil
	}
	if !write(fmt.Sprintf("retry: %d\n\n", streamAgain.Milliseconds())) {
		return nil
	}
	beat, end := time.NewTicker(heartbeat), time.NewTimer(streamLifetime)
	defer beat.Stop()
	defer end.Stop()
	said := ""
	for {
		mark, err := s.lookAgain(c, v, of.platform)
		switch {
		case errors.Is(err, errForbidden), errors.Is(err, store.ErrNotFound):
			write("event: end\ndata: \n\n")
			return nil
		case err != nil:
			s.Log.Warn("a stream ends", "error", err, "request_id", requestID(c))
			return nil // the browser asks anew, and is told then
		case mark != said:
			if !write("event: mark\ndata: " + mark + "\n\n") {
				return nil
			}
			said = mark
		case !write(": \n\n"):
			return nil
		}
		select {
		case <-of.news:
		case <-beat.C:
		case <-end.C:
			return nil
		case <-s.live.ctx.Done():
			return nil
		case <-c.Request().Context().Done():
			return nil
		}
	}
}

// lookAgain finds out whether the viewer may still look, and what there is to see: signed in, a member whose role may read, of an
// organization that has the platform.
func (s *Server) lookAgain(c echo.Context, v *visit, platform store.PlatformID) (mark string, err error) {
	ctx, cancel := context.WithTimeout(c.Request().Context(), streamPatience)
	defer cancel()
	person, signedIn, err := s.sessions.Still(ctx)
	if err != nil {
		return "", err
	}
	if !signedIn || person != v.person.ID {
		return "", fmt.Errorf("session ended: %w", errForbidden)
	}
	_, membership, err := s.store.VisitorOf(ctx, person, v.membership.Slug)
	if err != nil {
		return "", err
	}
	if membership.ID != v.organization || !auth.Allows(membership.Role, auth.Read) {
		return "", fmt.Errorf("%s as %s: %w", auth.Read, membership.Role, errForbidden)
	}
	err = s.store.InOrganization(ctx, membership.ID, func(tx *store.Tx) (err error) {
		mark, err = tx.Mark(ctx, platform)
		return err
	})
	return mark, err
}
