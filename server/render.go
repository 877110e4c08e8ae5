package server

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"plimsoll/server/auth"
	"plimsoll/web"
)

// render writes a page that is whole: one that breaks half-way becomes an error, not half a page.
func render(c echo.Context, status int, component templ.Component) error {
	var buffer bytes.Buffer
	if err := component.Render(c.Request().Context(), &buffer); err != nil {
		return fmt.Errorf("render %s: %w", c.Path(), err)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.HTMLBlob(status, buffer.Bytes())
}

func show(c echo.Context, component templ.Component) error {
	return render(c, http.StatusOK, component)
}

// seeOther sends a browser on after a form.
func seeOther(c echo.Context, path string) error { return c.Redirect(http.StatusSeeOther, path) }

// shell is what a page has around its content. It also serves pages of errors, from before anything is known of who asks.
func (s *Server) shell(c echo.Context, title string) web.Shell {
	shell := web.Shell{Title: title, Version: s.Version}
	v, _ := c.Get(visitKey).(*visit)
	if v == nil {
		return shell
	}
	if v.session {
		shell.Theme = web.Theme(s.theme(c))
	}
	if v.person != nil {
		shell.Viewer = &web.Viewer{Name: v.person.Name, Email: v.person.Email}
	}
	if v.membership != nil {
		shell.Viewer.Role = string(v.membership.Role)
		shell.Viewer.May = web.Rights{Assess: v.may(auth.Assess), Manage: v.may(auth.ManagePlatforms)}
		shell.Organization = &web.Organization{Key: v.membership.Slug, Name: v.membership.Name}
	}
	return shell
}
