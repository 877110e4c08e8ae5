// Package localpg runs a private PostgreSQL for one person on one machine. Windows has no such runner: DATABASE_URL is needed.
package localpg

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// Roles of a private cluster.
const (
	AdminRole = "plimsoll_admin"
	OwnerRole = "plimsoll_owner"
)

// ErrInUse says that another living process uses the folder.
var ErrInUse = errors.New("the database folder is in use")

// Options of a private cluster.
type Options struct {
	Dir     string
	Durable bool
}

// Server is a running private cluster; there is none on Windows.
type Server struct{}

// Start always refuses.
func Start(context.Context, Options) (*Server, error) {
	return nil, errors.New("there is no embedded database on Windows: set DATABASE_URL to a PostgreSQL server")
}

// ConnString is never reached.
func (*Server) ConnString(string, string) string { return "" }

// EnsureDatabase is never reached.
func (*Server) EnsureDatabase(context.Context, string) error { return nil }

// Stop is never reached.
func (*Server) Stop(context.Context) error { return nil }

// Done is never reached.
func (*Server) Done() <-chan struct{} { return nil }

// DefaultDir is where data lives when nothing else is said.
func DefaultDir() (string, error) {
	if dir := os.Getenv("PLIMSOLL_DATA"); dir != "" {
		return dir, nil
	}
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "plimsoll"), err
}
