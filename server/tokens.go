package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"plimsoll/server/auth"
	"plimsoll/server/store"
	"plimsoll/web"
)

// listTokens lists tokens, and makes them; a link may choose the platform.
func (s *Server) listTokens(c echo.Context, v *visit) error {
	return s.tokensPage(c, v, http.StatusOK, web.TokenForm{Days: usualTokenDays, Platform: c.QueryParam("platform")}, nil)
}

func (s *Server) tokensPage(c echo.Context, v *visit, status int, form web.TokenForm, made *web.MadeToken) error {
	page := web.TokensPage{Form: form, Made: made, Now: s.now()}
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		platforms, err := tx.Platforms(ctx)
		if err != nil {
			return err
		}
		names := map[store.PlatformID]string{}
		for _, p := range platforms {
			if names[p.ID] = p.Name; p.ArchivedAt == nil {
				page.Platforms = append(page.Platforms, *shownPlatform(p, false))
			}
		}
		tokens, err := tx.Tokens(ctx)
		for _, t := range tokens {
			shown := web.Token{ID: t.ID.String(), Name: t.Name, Prefix: auth.TokenPrefix + "…" + t.Hint, MadeAt: t.CreatedAt,
				Expires: moment(t.ExpiresAt), LastUsed: moment(t.UsedAt), Revoked: t.RevokedAt != nil}
			if t.PlatformID != nil {
				shown.Platform = names[*t.PlatformID]
			}
			page.Tokens = append(page.Tokens, shown)
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Shell = s.around(c, "Tokens", web.TabTokens, nil)
	return render(c, status, web.Tokens(page))
}

const (
	usualTokenDays   = 90
	longestTokenDays = 366 // that a token lives
)

// createToken makes a token that uploads snapshots. Its text is on this one page and nowhere else.
func (s *Server) createToken(c echo.Context, v *visit) error {
	name, ok := nameFrom(c, "name")
	form := web.TokenForm{NameForm: name, Platform: c.FormValue("platform")}
	days, err := strconv.Atoi(c.FormValue("days"))
	if form.Days = days; err != nil || days < 1 || days > longestTokenDays {
		form.Days, form.DaysProblem, ok = usualTokenDays, "A token lives 1 to 366 days.", false
	}
	var platform *store.Platform
	if form.Platform != web.EveryPlatform {
		if platform, err = s.platformOfToken(c, v, form.Platform); err != nil {
			return err
		}
		if platform == nil {
			form.PlatformProblem, ok = "Choose one of the platforms.", false
		}
	}
	if !ok {
		return s.tokensPage(c, v, http.StatusUnprocessableEntity, form, nil)
	}
	text, hash, hint := auth.NewToken(v.membership.ID)
	expires := s.now().Add(time.Duration(days) * 24 * time.Hour)
	token := store.NewToken{Name: form.Name, Scope: store.UploadScope, Hash: hash, Hint: hint, SigningKey: signingKey(text), ExpiresAt: &expires}
	made := &web.MadeToken{Name: form.Name, Secret: text}
	reach := map[string]any{"scope": token.Scope}
	if platform != nil {
		token.Platform, made.Command, reach["platform"] = &platform.ID, s.collectorCommand(*platform)+" --sign", platform.ID.String()
	}
	err = s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		stored, err := tx.CreateToken(ctx, v.person.ID, token)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "token.create", "token", stored.ID.String(), reach))
	})
	if err != nil {
		return err
	}
	return s.tokensPage(c, v, http.StatusCreated, web.TokenForm{Days: usualTokenDays, Platform: form.Platform}, made)
}

// platformOfToken finds the platform that a form names; nil where there is none that takes snapshots.
func (s *Server) platformOfToken(c echo.Context, v *visit, slug string) (*store.Platform, error) {
	var found *store.Platform
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		platform, err := tx.PlatformBySlug(ctx, slug)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil
		case err == nil && platform.ArchivedAt == nil:
			found = &platform
		}
		return err
	})
	return found, err
}

// revokeToken ends a token at once. What it signed before stays signed.
func (s *Server) revokeToken(c echo.Context, v *visit) error {
	id, err := store.ParseID[store.Token](c.Param("token"))
	if err != nil {
		return err
	}
	err = s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.RevokeToken(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "token.revoke", "token", id.String(), nil))
	})
	if err != nil {
		return err
	}
	return seeOther(c, v.shown().Path("tokens")+"?done=revoked")
}
