package server

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"plimsoll/server/store"
	"plimsoll/web"
)

// maxNameLetters bounds names of organizations, platforms and tokens.
const maxNameLetters = 120

// nameFrom reads a name from a form: one line of text.
func nameFrom(c echo.Context, field string) (web.NameForm, bool) {
	form := web.NameForm{Name: strings.TrimSpace(c.FormValue(field))}
	switch {
	case form.Name == "":
		form.Problem = "Give it a name."
	case utf8.RuneCountInString(form.Name) > maxNameLetters:
		form.Problem = "At most 120 letters."
	case !utf8.ValidString(form.Name) || strings.ContainsFunc(form.Name, unicode.IsControl):
		form.Problem = "Letters, digits and signs only."
	}
	return form, form.Problem == ""
}

// showOrganizations lists a person's organizations.
func (s *Server) showOrganizations(c echo.Context, v *visit) error {
	return s.renderOrganizations(c, v, http.StatusOK, web.NameForm{})
}

func (s *Server) renderOrganizations(c echo.Context, v *visit, status int, form web.NameForm) error {
	memberships, err := s.store.OrganizationsOf(c.Request().Context(), v.person.ID)
	if err != nil {
		return err
	}
	shown := web.OrganizationsPage{Shell: s.shell(c, "Organizations"), Form: form}
	for _, m := range memberships {
		var platforms []store.Platform
		err := s.store.InOrganization(c.Request().Context(), m.ID, func(t *store.Tx) (err error) {
			platforms, err = t.Platforms(c.Request().Context())
			return err
		})
		if err != nil {
			return err
		}
		platforms = slices.DeleteFunc(platforms, func(p store.Platform) bool { return p.Sample })
		shown.Memberships = append(shown.Memberships, web.Membership{
			Organization: web.Organization{Key: m.Slug, Name: m.Name}, Role: string(m.Role), Platforms: len(platforms),
		})
	}
	return render(c, status, web.Organizations(shown))
}

// createOrganization makes an organization, which the person owns.
func (s *Server) createOrganization(c echo.Context, v *visit) error {
	form, ok := nameFrom(c, "name")
	if !ok {
		return s.renderOrganizations(c, v, http.StatusUnprocessableEntity, form)
	}
	organization, err := s.store.CreateOrganization(c.Request().Context(), v.person.ID, form.Name)
	if err != nil {
		return err
	}
	v.organization = organization.ID
	err = s.store.InOrganization(c.Request().Context(), organization.ID, func(t *store.Tx) error {
		return t.Audit(c.Request().Context(), s.event(c, v, "organization.create", "organization", organization.ID.String(), nil))
	})
	if err != nil {
		return err
	}
	return seeOther(c, web.Organization{Key: organization.Slug}.Path())
}
