package server

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"plimsoll/server/auth"
	"plimsoll/server/store"
	"plimsoll/web"
)

// showInvitation asks who followed a link whether they want in. The organization is named to nobody else from outside.
func (s *Server) showInvitation(c echo.Context, v *visit) error {
	organization, hash, err := auth.ReadInvitation(c.Param("secret"))
	if err != nil {
		return s.invitationOver(c)
	}
	ctx := c.Request().Context()
	page := web.InvitationPage{As: v.person.Name, Action: web.InvitationsPath + "/" + c.Param("secret")}
	err = s.store.InOrganization(ctx, organization, func(tx *store.Tx) error {
		found, err := tx.InvitationByHash(ctx, hash)
		if err != nil {
			return err
		}
		page.Role, page.By = string(found.Role), found.InvitedBy
		of, err := tx.CurrentOrganization(ctx)
		page.Organization = of.Name
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return s.invitationOver(c)
	case err != nil:
		return err
	}
	page.Shell = s.shell(c, "You are invited")
	return render(c, http.StatusOK, web.AcceptInvitation(page))
}

// acceptInvitation lets the person in. A member already keeps the role that they have, and the link stays good for whom it is for.
func (s *Server) acceptInvitation(c echo.Context, v *visit) error {
	organization, hash, err := auth.ReadInvitation(c.Param("secret"))
	if err != nil {
		return s.invitationOver(c)
	}
	ctx := c.Request().Context()
	var joined store.Organization
	err = s.store.InOrganization(ctx, organization, func(tx *store.Tx) (err error) {
		if joined, err = tx.CurrentOrganization(ctx); err != nil {
			return err
		}
		invitation, err := tx.AcceptInvitation(ctx, hash, v.person.ID)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "invitation.accept", "invitation", invitation.ID.String(), map[string]any{"role": invitation.Role}))
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return s.invitationOver(c)
	case err != nil && !errors.Is(err, store.ErrExists):
		return err
	}
	return seeOther(c, web.Organization{Key: joined.Slug}.Path())
}

func (s *Server) invitationOver(c echo.Context) error {
	return render(c, http.StatusNotFound, web.InvitationOver(web.InvitationOverPage{Shell: s.shell(c, "This invitation is over")}))
}
