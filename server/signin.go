package server

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"plimsoll/server/auth"
	"plimsoll/server/auth/devidentity"
	"plimsoll/web"
)

// beginSignIn sends the browser to the identity provider.
func (s *Server) beginSignIn(c echo.Context, _ *visit) error {
	ctx := c.Request().Context()
	address, flow, err := s.provider.Begin(ctx, c.QueryParam("return"))
	if err != nil {
		return err
	}
	s.sessions.Leave(ctx, flow)
	return c.Redirect(http.StatusFound, address)
}

// finishSignIn takes the browser back from the identity provider.
func (s *Server) finishSignIn(c echo.Context, _ *visit) error {
	ctx := c.Request().Context()
	flow := s.sessions.Return(ctx)
	identity, err := s.provider.Finish(ctx, flow, c.QueryParams())
	if err != nil {
		return err
	}
	person, err := s.store.SignIn(ctx, identity)
	if err != nil {
		return err
	}
	if err := s.sessions.SignIn(ctx, person.ID); err != nil {
		return err
	}
	if flow.ReturnTo == web.FrontPath {
		return seeOther(c, web.OrganizationsPath)
	}
	return seeOther(c, flow.ReturnTo)
}

// signOut ends the session.
func (s *Server) signOut(c echo.Context, _ *visit) error {
	ctx := c.Request().Context()
	person, signedIn := s.sessions.Person(ctx)
	if err := s.sessions.SignOut(ctx); err != nil {
		return err
	}
	if signedIn { // pages that are still open follow nothing any more
		if err := s.store.TellOfPerson(ctx, person); err != nil {
			s.Log.Warn("open pages are told late that a session ended", "error", err)
		}
	}
	return seeOther(c, web.FrontPath)
}

// setTheme keeps the look that was chosen, and goes back to the page it was chosen on.
func (s *Server) setTheme(c echo.Context, _ *visit) error {
	switch theme := web.Theme(c.FormValue("theme")); theme {
	case web.ThemeSystem, web.ThemeLight, web.ThemeDark:
		s.sessions.SetTheme(c.Request().Context(), string(theme))
	default:
		return wrong("theme", "want light, dark or nothing")
	}
	return seeOther(c, refererPath(c))
}

func (s *Server) theme(c echo.Context) string { return s.sessions.Theme(c.Request().Context()) }

// refererPath is the page of ours that a form was sent from.
func refererPath(c echo.Context) string {
	from, err := url.Parse(c.Request().Referer())
	if err != nil || from.Host != c.Request().Host {
		return web.FrontPath
	}
	return auth.SafePath(from.RequestURI())
}

// showNames is the development identity provider's page to pick a name.
func (s *Server) showNames(c echo.Context, _ *visit) error {
	asked, known := s.Identity.Page(c.QueryParam("request"))
	if !known {
		return auth.ErrSignIn
	}
	shown := web.SignInPage{Shell: s.shell(c, "Sign in"), Action: asked.Action, Hidden: []web.HiddenField{{Name: "request", Value: asked.Request}}}
	for _, p := range asked.People {
		shown.People = append(shown.People, web.SignInPerson{Login: p.Login, Name: p.Name, About: p.About})
	}
	return show(c, web.SignIn(shown))
}

// pickName signs the picked name in at the development identity provider.
func (s *Server) pickName(c echo.Context, _ *visit) error {
	next, known := s.Identity.Pick(c.FormValue("request"), c.FormValue("login"))
	if !known {
		return auth.ErrSignIn
	}
	return seeOther(c, next)
}

// identity is the development identity provider's protocol.
func (s *Server) identity(c echo.Context, _ *visit) error {
	s.Identity.Handler().ServeHTTP(c.Response(), c.Request())
	return nil
}

// SignInNames are the names that can sign in where the development identity provider is embedded.
func SignInNames() []string {
	names := make([]string, len(devidentity.People))
	for i, p := range devidentity.People {
		names[i] = p.Name
	}
	return names
}
