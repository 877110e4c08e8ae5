package server

import "plimsoll/server/auth"

// TestedRoute is a row of the route table, as tests walk it.
type TestedRoute struct {
	Method, Path string
	Action       auth.Action
	Page, API    bool
}

// TestedRoutes is the whole route table.
func (s *Server) TestedRoutes() []TestedRoute {
	var rows []TestedRoute
	for _, r := range s.routes() {
		rows = append(rows, TestedRoute{r.method, r.path, r.action, r.kind == page, r.kind == api})
	}
	return rows
}
