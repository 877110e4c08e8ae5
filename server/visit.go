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
	session      bool          // there is one: the route is a page
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
	v := &visit{session: r.kind == page}
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
	switch {
	case signedIn && auth.InOrganization(r.action):
		return s.admitMember(c, r, v, id)
	case signedIn:
		person, err := s.store.PersonByID(ctx, id)
		if err == nil {
			v.person = &person
		} else if !errors.Is(err, store.ErrNotFound) { // erased since
			return err
		}
	}
	if r.action != auth.Public && v.person == nil {
		return errNotSignedIn
	}
	return nil
}

// admitMember finds person and organization in one go: it is asked on every page.
func (s *Server) admitMember(c echo.Context, r route, v *visit, id store.PersonID) error {
	ctx := c.Request().Context()
	person, membership, err := s.store.VisitorOf(ctx, id, c.Param("organization"))
	if errors.Is(err, store.ErrNotFound) { // no member, or erased since
		if known, gone := s.store.PersonByID(ctx, id); gone == nil {
			v.person = &known
			return err
		} else if errors.Is(gone, store.ErrNotFound) {
			return errNotSignedIn
		}
	}
	if err != nil {
		return err
	}
	v.person, v.organization, v.membership = &person, membership.ID, &membership
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
		if err != nil || token.Signs {
			return err
		}
		return t.SetSigningKey(ctx, token.ID, signingKey(strings.TrimSpace(text))) // one from before tokens had keys
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
