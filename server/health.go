package server

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"plimsoll/migrations"
)

// probePatience bounds what a probe waits for.
const probePatience = 2 * time.Second

// showLife says that the process answers.
func (s *Server) showLife(c echo.Context, _ *visit) error { return c.String(http.StatusOK, "ok\n") }

// showReadiness says that requests can be served: the database answers, with the schema that this program needs.
func (s *Server) showReadiness(c echo.Context, _ *visit) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), probePatience)
	defer cancel()
	if err := migrations.Current(ctx, s.Pool); err != nil {
		s.logError(c, fmt.Errorf("readiness: %w", err), "not ready")
		return c.String(http.StatusServiceUnavailable, "not ready\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
