package server

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"plimsoll/server/auth"
	"plimsoll/web"
)

var static = web.StaticHandler()

// showStatic serves scripts, styles and fonts.
func showStatic(c echo.Context, _ *visit) error {
	static.ServeHTTP(c.Response(), c.Request())
	return nil
}

// showFront explains the product and signs in.
func (s *Server) showFront(c echo.Context, _ *visit) error {
	return show(c, web.Front(web.FrontPage{Shell: s.shell(c, "Plimsoll")}))
}

// pageRoutes are the pages.
func (s *Server) pageRoutes() []route {
	const get, post = http.MethodGet, http.MethodPost
	return []route{
		{get, web.FrontPath, auth.Public, page, 0, s.showFront},
		{get, web.OrganizationsPath, auth.SignedIn, page, 0, s.showOrganizations},
		{post, web.OrganizationsPath, auth.SignedIn, page, 0, s.createOrganization},
	}
}
