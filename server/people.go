package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"plimsoll/server/auth"
	"plimsoll/server/store"
	"plimsoll/web"
)

func (s *Server) listMembers(c echo.Context, v *visit) error {
	page := web.MembersPage{}
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		members, err := tx.Members(ctx)
		for _, m := range members {
			page.Members = append(page.Members, web.Member{Name: m.Name, Email: m.Email, Role: string(m.Role), Since: m.CreatedAt})
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Shell = s.around(c, "Members", web.TabMembers, nil)
	return render(c, http.StatusOK, web.Members(page))
}

func (s *Server) listTokens(c echo.Context, v *visit) error {
	return s.tokensPage(c, v, http.StatusOK, web.TokenForm{Days: 90}, nil)
}

func (s *Server) tokensPage(c echo.Context, v *visit, status int, form web.TokenForm, made *web.MadeToken) error {
	page := web.TokensPage{Form: form, Made: made}
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		tokens, err := tx.Tokens(ctx)
		for _, t := range tokens {
			page.Tokens = append(page.Tokens, web.Token{ID: t.ID.String(), Name: t.Name, Prefix: auth.TokenPrefix + "…" + t.Hint, MadeAt: t.CreatedAt,
				Expires: moment(t.ExpiresAt), LastUsed: moment(t.UsedAt), Revoked: t.RevokedAt != nil})
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Shell = s.around(c, "Tokens", web.TabTokens, nil)
	return render(c, status, web.Tokens(page))
}

// longestTokenDays bounds how long a token lives.
const longestTokenDays = 366

// createToken makes a token that uploads snapshots. Its text is on this one page and nowhere else.
func (s *Server) createToken(c echo.Context, v *visit) error {
	name, _ := nameFrom(c, "name")
	form := web.TokenForm{NameForm: name}
	days, err := strconv.Atoi(c.FormValue("days"))
	form.Days = days
	if err != nil || days < 1 || days > longestTokenDays {
		form.Days, form.Problem = 90, "A token lives 1 to 366 days."
	}
	if form.Problem != "" {
		return s.tokensPage(c, v, http.StatusUnprocessableEntity, form, nil)
	}
	text, hash, hint := auth.NewToken(v.membership.ID)
	expires := s.now().UTC().Add(time.Duration(days) * 24 * time.Hour)
	err = s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.CreateToken(ctx, v.person.ID, store.NewToken{Name: form.Name, Scope: store.UploadScope, Hash: hash, Hint: hint, SigningKey: auth.SigningKey(text), ExpiresAt: &expires})
		return err
	})
	if err != nil {
		return err
	}
	return s.tokensPage(c, v, http.StatusCreated, web.TokenForm{Days: 90}, &web.MadeToken{Name: form.Name, Secret: text})
}

func (s *Server) revokeToken(c echo.Context, v *visit) error {
	id, err := store.ParseID[store.Token](c.Param("token"))
	if err != nil {
		return err
	}
	err = s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error { return tx.RevokeToken(ctx, id) })
	if err != nil {
		return err
	}
	return seeOther(c, v.shown().Path("tokens")+"?done=revoked")
}
