package server

import (
	"net/http"

	"plimsoll/server/auth"
	"plimsoll/server/auth/devidentity"
	"plimsoll/web"
)

// CallbackPath is where the identity provider sends browsers back to.
const CallbackPath = "/sign-in/callback"

// IdentityPath is where the development identity provider is mounted.
const IdentityPath = "/identity"

// routes is the one table of routes.
func (s *Server) routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	routes := []route{
		{get, "/healthz", auth.Public, bare, 0, s.showLife},
		{get, "/readyz", auth.Public, bare, 0, s.showReadiness},
		{get, web.StaticPath + "*", auth.Public, bare, 0, showStatic},

		{post, "/api/v1/platforms/:platform/snapshots", auth.UploadSnapshot, api, s.Config.UploadBytes, s.uploadSnapshot},
		{get, "/api/schema/snapshot.json", auth.Public, bare, 0, showSnapshotSchema},
		{get, "/api/v1/snapshots/:snapshot", auth.ReadSnapshotState, api, 0, s.showSnapshotState},

		{get, web.SignInPath, auth.Public, page, 0, s.beginSignIn},
		{get, CallbackPath, auth.Public, page, 0, s.finishSignIn},
		{post, web.SignOutPath, auth.Public, page, 0, s.signOut},
		{post, web.ThemePath, auth.Public, page, 0, s.setTheme},
	}
	routes = append(routes, s.pageRoutes()...)
	if s.Identity != nil {
		routes = append(routes,
			route{get, IdentityPath + devidentity.SignInPath, auth.Public, page, 0, s.showNames},
			route{post, IdentityPath + devidentity.SignInPath, auth.Public, page, 0, s.pickName},
			route{get, IdentityPath + "/*", auth.Public, bare, 0, s.identity},
			route{post, IdentityPath + "/*", auth.Public, bare, 0, s.identity},
		)
	}
	return routes
}
