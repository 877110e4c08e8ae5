package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"plimsoll/server/auth"
	"plimsoll/server/store"
	"plimsoll/web"
)

func (s *Server) listMembers(c echo.Context, v *visit) error {
	return s.membersPage(c, v, http.StatusOK, web.InviteForm{Role: string(store.Assessor)}, nil)
}

func (s *Server) membersPage(c echo.Context, v *visit, status int, form web.InviteForm, made *web.MadeInvitation) error {
	page := web.MembersPage{Invite: form, Made: made}
	page.Invite.Roles = rolesThatGives(v.membership.Role)
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		members, err := tx.Members(ctx)
		for _, m := range members {
			page.Members = append(page.Members, shownMember(m, v))
		}
		if err != nil || !v.may(auth.ManageMembers) {
			return err
		}
		invitations, err := tx.Invitations(ctx)
		for _, i := range invitations {
			page.Invitations = append(page.Invitations, web.Invitation{ID: i.ID.String(), Role: string(i.Role), Note: i.Note, By: i.InvitedBy, Expires: i.ExpiresAt})
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Shell = s.around(c, "Members", web.TabMembers, nil)
	return render(c, status, web.Members(page))
}

func shownMember(m store.Member, v *visit) web.Member {
	return web.Member{ID: m.PersonID.String(), Name: m.Name, Email: m.Email, Role: string(m.Role), Since: m.CreatedAt,
		Self: m.PersonID == v.person.ID, Fixed: !auth.MayGive(v.membership.Role, m.Role)}
}

// rolesThatGives are the roles that a member of a role may give.
func rolesThatGives(role store.Role) (names []string) {
	for _, other := range store.Roles {
		if auth.MayGive(role, other) {
			names = append(names, string(other))
		}
	}
	return names
}

// inMember runs do with the member that the address names, whom the visitor may change: nobody changes themselves here, and an admin no owner.
func (s *Server) inMember(c echo.Context, v *visit, do func(ctx context.Context, tx *store.Tx, member store.Member) error) error {
	id, err := store.ParseID[store.Person](c.Param("member"))
	if err != nil {
		return err
	}
	return s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		member, err := tx.MemberByID(ctx, id)
		switch {
		case err != nil:
			return err
		case member.PersonID == v.person.ID, !auth.MayGive(v.membership.Role, member.Role):
			return errForbidden
		}
		return do(ctx, tx, member)
	})
}

func (s *Server) showMember(c echo.Context, v *visit) error {
	page := web.MemberPage{Roles: rolesThatGives(v.membership.Role)}
	err := s.inMember(c, v, func(ctx context.Context, tx *store.Tx, member store.Member) (err error) {
		page.Member = shownMember(member, v)
		page.Leaving, err = s.leaving(ctx, tx, v, member.PersonID)
		return err
	})
	if err != nil {
		return err
	}
	page.Shell = s.around(c, page.Member.Name, web.TabMembers, nil)
	return render(c, http.StatusOK, web.OneMember(page))
}

// leaving is what a member leaves behind, and who could take it.
func (s *Server) leaving(ctx context.Context, tx *store.Tx, v *visit, person store.PersonID) (leaving web.Leaving, err error) {
	belongings, err := tx.BelongingsOf(ctx, person)
	if err != nil {
		return leaving, err
	}
	members, err := tx.Members(ctx)
	for _, m := range members {
		if m.PersonID != person {
			leaving.Others = append(leaving.Others, shownMember(m, v))
		}
	}
	leaving.Findings, leaving.Tokens = belongings.Findings, belongings.Tokens
	return leaving, err
}

func (s *Server) setRole(c echo.Context, v *visit) error {
	role := store.Role(c.FormValue("role"))
	switch {
	case !slices.Contains(store.Roles, role):
		return wrong("role", "want owner, admin, assessor or viewer")
	case !auth.MayGive(v.membership.Role, role):
		return errForbidden
	}
	var changed store.PersonID
	err := s.inMember(c, v, func(ctx context.Context, tx *store.Tx, member store.Member) error {
		changed = member.PersonID
		if err := tx.SetRole(ctx, member.PersonID, role); err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "member.role", "person", member.PersonID.String(), map[string]any{"from": member.Role, "to": role}))
	})
	if err != nil {
		return err
	}
	s.tellOf(c, changed)
	return seeOther(c, v.shown().Path("members")+"?done=saved")
}

func (s *Server) removeMember(c echo.Context, v *visit) error {
	var gone store.PersonID
	err := s.inMember(c, v, func(ctx context.Context, tx *store.Tx, member store.Member) error {
		gone = member.PersonID
		return s.letGo(c, v, ctx, tx, member.PersonID, "member.remove")
	})
	if err != nil {
		return err
	}
	s.tellOf(c, gone)
	return seeOther(c, v.shown().Path("members")+"?done=removed")
}

// letGo ends a membership; what the member answered for goes to whom the form names.
func (s *Server) letGo(c echo.Context, v *visit, ctx context.Context, tx *store.Tx, person store.PersonID, action string) error {
	var to *store.PersonID
	if chosen := c.FormValue("to"); chosen != "" {
		id, err := store.ParseID[store.Person](chosen)
		if err == nil {
			_, err = tx.MemberByID(ctx, id)
		}
		if err != nil || id == person {
			return wrong("to", "want another member")
		}
		to = &id
	}
	endTokens := c.FormValue("end-tokens") == "1"
	details := map[string]any{"tokensEnded": endTokens}
	if to != nil {
		details["handedTo"] = to.String()
	}
	if err := tx.HandOver(ctx, person, to, endTokens); err != nil {
		return err
	}
	if err := tx.Audit(ctx, s.event(c, v, action, "person", person.String(), details)); err != nil {
		return err
	}
	return tx.RemoveMember(ctx, person)
}

// tellOf has pages that a person has open look again whether they may be followed.
func (s *Server) tellOf(c echo.Context, person store.PersonID) {
	if err := s.store.TellOfPerson(c.Request().Context(), person); err != nil {
		s.Log.Warn("open pages are told late that rights changed", "error", err)
	}
}

func (s *Server) showLeave(c echo.Context, v *visit) error {
	return s.leavePage(c, v, http.StatusOK, "")
}

func (s *Server) leavePage(c echo.Context, v *visit, status int, problem string) error {
	page := web.LeavePage{Problem: problem}
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) (err error) {
		page.Leaving, err = s.leaving(ctx, tx, v, v.person.ID)
		return err
	})
	if err != nil {
		return err
	}
	page.Shell = s.around(c, "Leave", web.TabMembers, nil)
	return render(c, status, web.Leave(page))
}

// leave ends one's own membership. The last owner can't.
func (s *Server) leave(c echo.Context, v *visit) error {
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		return s.letGo(c, v, ctx, tx, v.person.ID, "member.leave")
	})
	switch {
	case errors.Is(err, store.ErrLastOwner):
		return s.leavePage(c, v, http.StatusConflict, "You are the only owner. Make somebody else one first.")
	case err != nil:
		return err
	}
	s.tellOf(c, v.person.ID)
	return seeOther(c, web.OrganizationsPath)
}

const (
	invitationDays = 7
	maxNoteLetters = 320
)

// invite makes the link of an invitation. It is on this one page and nowhere else.
func (s *Server) invite(c echo.Context, v *visit) error {
	role := store.Role(c.FormValue("role"))
	form := web.InviteForm{Role: string(role), Note: c.FormValue("note")}
	switch {
	case !slices.Contains(store.Roles, role):
		return wrong("role", "want owner, admin, assessor or viewer")
	case !auth.MayGive(v.membership.Role, role):
		return errForbidden
	case utf8.RuneCountInString(form.Note) > maxNoteLetters:
		form.NoteProblem = "At most 320 letters."
		return s.membersPage(c, v, http.StatusUnprocessableEntity, form, nil)
	}
	secret, hash := auth.NewInvitation(v.organization)
	err := s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		id, err := tx.Invite(ctx, v.person.ID, role, form.Note, hash, s.now().Add(invitationDays*24*time.Hour))
		if err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "invitation.create", "invitation", id.String(), map[string]any{"role": role}))
	})
	if errors.Is(err, store.ErrConflict) {
		form.NoteProblem = "So many invitations are open that there can be no more. Take some back first."
		return s.membersPage(c, v, http.StatusConflict, form, nil)
	}
	if err != nil {
		return err
	}
	made := &web.MadeInvitation{Role: string(role), Link: s.Config.URL.JoinPath(web.InvitationsPath, secret).String()}
	return s.membersPage(c, v, http.StatusCreated, web.InviteForm{Role: string(role)}, made)
}

func (s *Server) endInvitation(c echo.Context, v *visit) error {
	id, err := store.ParseID[store.Invitation](c.Param("invitation"))
	if err != nil {
		return err
	}
	err = s.inOrganization(c, v, func(ctx context.Context, tx *store.Tx) error {
		invitation, err := tx.InvitationByID(ctx, id)
		switch {
		case err != nil:
			return err
		case !auth.MayGive(v.membership.Role, invitation.Role):
			return errForbidden
		}
		if err := tx.EndInvitation(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(c, v, "invitation.end", "invitation", id.String(), nil))
	})
	if err != nil {
		return err
	}
	return seeOther(c, v.shown().Path("members")+"?done=taken-back")
}
