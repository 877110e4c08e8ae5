package server

import "plimsoll/server/auth"

// Route is a row of the table, for tests.
type Route struct {
	Method, Path string
	Action       auth.Action
	API          bool
}

// Routes is the table.
func (s *Server) Routes() (routes []Route) {
	for _, r := range s.routes() {
		routes = append(routes, Route{r.method, r.path, r.action, r.kind == api})
	}
	return routes
}

// AddWithoutAction tries to add a route that names no action.
func (s *Server) AddWithoutAction() error { return s.add(route{method: "GET", path: "/x"}) }
