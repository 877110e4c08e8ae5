package server

import (
	"errors"
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"plimsoll/server/auth"
	"plimsoll/server/store"
)

// visit is who is asking, and as a member of which organization.
type visit struct {
	person       *store.Person // nil: nobody signed in, or a token
	token        *store.Token  // nil: a person, or nobody
	organization store.OrganizationID
	membership   *store.Membership // nil outside any organization, or for a token
}

// personID is the person as the store names them; nil for a token.
func (v *visit) personID() *store.PersonID {
	if v.person == nil {
		return nil
	}
	return &v.person.ID
}

func (v *visit) tokenID() *store.TokenID {
	if v.token == nil {
		return nil
	}
	return &v.token.ID
}

// may reports whether a member may do something, for what a page offers.
func (v *visit) may(action auth.Action) bool {
	return v.membership != nil && auth.Allows(v.membership.Role, action)
}

const visitKey = "visit"

// admit finds out who is asking, and refuses whoever may not do the route's action. An organization that the asker is no member of does
// not exist for them.
func (s *Server) admit(c echo.Context, r route) (*visit, error) {
	v := &visit{}
	c.Set(visitKey, v)
	var err error
	switch r.kind {
	case api:
		err = s.admitToken(c, r, v)
	case page:
		err = s.admitPerson(c, r, v)
	default:
		if r.action != auth.Public {
			err = fmt.Errorf("route %s: nobody is asked who they are", r.path)
		}
	}
	return v, err
}

func (s *Server) admitPerson(c echo.Context, r route, v *visit) error {
	ctx := c.Request().Context()
	id, signedIn := s.sessions.Person(ctx)
	if signedIn {
		person, err := s.store.PersonByID(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound): // erased since
			signedIn = false
		case err != nil:
			return err
		default:
			v.person = &person
		}
	}
	if r.action == auth.Public {
		return nil
	}
	if !signedIn {
		return errNotSignedIn
	}
	if !auth.InOrganization(r.action) {
		return nil
	}
	membership, err := s.store.MembershipBySlug(ctx, v.person.ID, c.Param("organization"))
	if err != nil {
		return err
	}
	v.organization, v.membership = membership.ID, &membership
	if !auth.Allows(membership.Role, r.action) {
		return fmt.Errorf("%s as %s: %w", r.action, membership.Role, errForbidden)
	}
	return nil
}

func (s *Server) admitToken(c echo.Context, r route, v *visit) error {
	if r.action == auth.Public {
		return nil
	}
	scheme, text, _ := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return errNoToken
	}
	organization, hash, err := auth.ReadToken(strings.TrimSpace(text))
	if err != nil {
		return errNoToken
	}
	ctx := c.Request().Context()
	err = s.store.InOrganization(ctx, organization, func(t *store.Tx) error {
		token, err := t.UseToken(ctx, hash)
		v.token, v.organization = &token, organization
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		v.token = nil
		return errNoToken
	case err != nil:
		return err
	case !auth.ScopeAllows(v.token.Scope, r.action):
		return fmt.Errorf("%s by a token for %s: %w", r.action, v.token.Scope, errForbidden)
	}
	return nil
}

// forPlatform refuses a token that is for another platform: to it, this one does not exist.
func (v *visit) forPlatform(id store.PlatformID) error {
	if v.token != nil && v.token.PlatformID != nil && *v.token.PlatformID != id {
		return fmt.Errorf("platform %s: %w", id, store.ErrNotFound)
	}
	return nil
}
