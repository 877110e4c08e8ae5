package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments/questionnaire"
	"plimsoll/server/auth"
	"plimsoll/server/store"
	"plimsoll/web"
)

// firstTokenDays is how long the token of the first steps lives: over a weekend, and over who is on holiday.
const firstTokenDays = 14

// showStart is the way from a platform's name to its first result.
func (s *Server) showStart(c echo.Context, v *visit) error {
	return s.startPage(c, v, http.StatusOK, nil)
}

func (s *Server) startPage(c echo.Context, v *visit, status int, token *web.FirstToken) error {
	page := web.StartPage{Token: token, TokenDays: firstTokenDays}
	var shown store.Platform
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		shown = platform
		page.Shell = s.around(c, "First steps", web.TabResult, &platform)
		page.MayToken = v.may(auth.MakeFirstToken) && platform.ArchivedAt == nil
		i, err := s.interview(ctx, tx, platform)
		if err != nil {
			return err
		}
		page.Platform.Plan = i.sheet.Plan()
		progress := s.progress(i)
		page.Gate = progress.Sections[slices.IndexFunc(progress.Sections, func(p web.SectionProgress) bool { return p.ID == questionnaire.Gate })]
		page.Axes = progress.Gate
		if i.latest != nil {
			page.Score, page.LoadLine = rangeOf(*i.latest), loadLineOf(*i.latest)
		}
		page.Arrival, err = newest(ctx, tx, platform)
		page.Mark = i.mark
		return err
	})
	if err != nil {
		return err
	}
	if shown.Making != "" {
		return s.showSampleMaking(c, shown, page.Mark)
	}
	return render(c, status, web.Start(page))
}

// newest is the platform's newest snapshot, nil where it has none.
func newest(ctx context.Context, tx *store.Tx, platform store.Platform) (*web.Snapshot, error) {
	found, err := tx.LatestArrival(ctx, platform.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	shown := shownSnapshot(found, store.AssessmentID{})
	return &shown, nil
}

// makeFirstToken makes the token of the first steps, and shows it this once in the command that uses it. It is for this platform alone.
func (s *Server) makeFirstToken(c echo.Context, v *visit) error {
	text, hash, hint := auth.NewToken(v.membership.ID)
	made := &web.FirstToken{Ends: s.now().AddDate(0, 0, firstTokenDays)}
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		if platform.ArchivedAt != nil {
			return wrong("platform", "it is archived: bring it back first")
		}
		made.Command = s.firstCommand(platform, text)
		stored, err := tx.CreateToken(ctx, v.person.ID, store.NewToken{
			Platform: &platform.ID, Name: "First snapshot, " + s.now().Format("2 January 15:04"), Scope: store.UploadScope,
			Hash: hash, Hint: hint, SigningKey: signingKey(text), ExpiresAt: new(made.Ends),
		})
		if err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "token.create", "token", stored.ID.String(),
			map[string]any{"scope": store.UploadScope, "platform": platform.ID.String(), "expires": made.Ends.Format(time.RFC3339)}))
	})
	if err != nil {
		return err
	}
	return s.startPage(c, v, http.StatusCreated, made)
}

// firstCommand takes a snapshot and brings it here at once. The token is in the environment: everybody on a machine can read a
// program's arguments.
func (s *Server) firstCommand(platform store.Platform, token string) string {
	return fmt.Sprintf(" PLIMSOLL_TOKEN=%s %s cluster --upload %s --platform %s --sign", token, cmp.Or(s.Config.Collector, "plimsoll-collect"), strings.TrimSuffix(s.Config.URL.String(), "/"), platform.ID)
}

// showCollect tells of the ways to collect.
func (s *Server) showCollect(c echo.Context, v *visit) error {
	page := web.CollectPage{URL: strings.TrimSuffix(s.Config.URL.String(), "/"), Local: s.Config.Local}
	err := s.inPlatform(c, v, func(_ context.Context, _ *store.Tx, platform store.Platform) error {
		page.Shell, page.ID = s.around(c, "Ways to collect", web.TabSnapshots, &platform), platform.ID.String()
		return nil
	})
	if err != nil {
		return err
	}
	return show(c, web.Collect(page))
}
