// Package server answers requests: one table of routes, each with the action it needs; handlers by noun; one mapping of errors to
// answers.
package server

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/server/auth"
	"plimsoll/server/auth/devidentity"
	"plimsoll/server/jobs"
	"plimsoll/server/seed"
	"plimsoll/server/store"
)

// Parts are what a server is put together from.
type Parts struct {
	Config   Config
	Pool     *pgxpool.Pool // as the app's role
	Content  *assessments.Content
	Queue    *jobs.Queue
	Identity *devidentity.Provider // nil but for one person on one machine
	Log      *slog.Logger
	Version  string           // of the program
	Now      func() time.Time // nil: the clock
}

// Server answers requests.
type Server struct {
	Parts
	store    *store.Store
	sessions *auth.Sessions
	provider *auth.Provider
	uploads  uploadGate
	live     *live
	example  func() (*seed.Showcase, error) // computed when it is first asked for; it stands on the day of the start
	echo     *echo.Echo
}

// New puts a server together. A route that names no known action is refused.
func New(parts Parts) (*Server, error) {
	s := &Server{
		Parts: parts, store: store.New(parts.Pool), provider: auth.NewProvider(parts.Config.Provider),
		sessions: auth.NewSessions(parts.Pool, parts.Config.URL.Scheme == "https"), echo: echo.New(),
	}
	s.example = sync.OnceValues(func() (*seed.Showcase, error) { return seed.Show(parts.Content, s.now()) })
	s.live = newLive(s.store, parts.Log)
	if s.Now == nil {
		s.Now = time.Now
	}
	parts.Queue.ReportBy(s.reportOf)
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = s.answerError
	s.echo.IPExtractor = extractor(parts.Config)
	s.middleware()
	for _, r := range s.routes() {
		if err := s.add(r); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// now is the time, in UTC.
func (s *Server) now() time.Time { return s.Now().UTC() }

// Handler is the whole service as one handler.
func (s *Server) Handler() http.Handler { return s.echo }

// Close ends what the server started by itself.
func (s *Server) Close() {
	s.live.close()
	s.sessions.Close()
}

// kind is how a route knows who is asking, and how it tells errors.
type kind int

const (
	page kind = iota // by a session's cookie; errors as pages
	api              // by a bearer token; errors as problems
	bare             // by nobody; for probes
)

// handler answers one request. What it returns is answered by errors.go.
type handler func(c echo.Context, v *visit) error

// route is one row of the table.
type route struct {
	method string
	path   string
	action auth.Action
	kind   kind
	body   int64 // most bytes of the request's body; 0: formBytes
	handle handler
}

func (s *Server) add(r route) error {
	if !auth.Known(r.action) {
		return fmt.Errorf("route %s %s has no action", r.method, r.path)
	}
	limit := r.body
	if limit == 0 {
		limit = formBytes
	}
	answer := func(c echo.Context) error {
		v, err := s.admit(c, r)
		if err == nil && r.method == http.MethodPost && limit <= questionsBytes {
			err = readForm(c, limit)
		}
		if err != nil {
			return err
		}
		return r.handle(c, v)
	}
	stack := []echo.MiddlewareFunc{bounded(limit)}
	if r.kind == page {
		stack = append(stack, echo.WrapMiddleware(s.sessions.Handler(s.answerSessionError)))
	}
	s.echo.Add(r.method, r.path, answer, stack...)
	if r.method == http.MethodGet { // the same without its body, as monitors ask
		s.echo.Add(http.MethodHead, r.path, answer, stack...)
	}
	return nil
}
