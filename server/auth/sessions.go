package auth

import (
	"context"
	"encoding/gob"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/pgxstore"
	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5/pgxpool"

	"plimsoll/server/store"
)

// How long a session lasts: in all, and without being used.
const (
	sessionLifetime = 12 * time.Hour
	sessionIdle     = 2 * time.Hour
	sweepInterval   = 5 * time.Minute
)

// Keys of what a session holds.
const (
	personKey = "person"
	flowKey   = "flow"
	themeKey  = "theme"
)

func init() { gob.Register(Flow{}) }

// Sessions are browsers' sessions, kept in the database by the hash of their token.
type Sessions struct {
	manager *scs.SessionManager
	stop    context.CancelFunc // of the sweeping
	swept   chan struct{}
}

// NewSessions keeps sessions in the database; secure says that the site is served over https, and its cookie only ever sent so.
func NewSessions(pool *pgxpool.Pool, secure bool) *Sessions {
	manager := scs.New()
	// The store's own sweeping can't be stopped safely just after it was started.
	manager.Store, manager.HashTokenInStore = pgxstore.NewWithCleanupInterval(pool, 0), true
	manager.Lifetime, manager.IdleTimeout = sessionLifetime, sessionIdle
	manager.Cookie.Name = "plimsoll"
	if secure {
		manager.Cookie.Name = "__Host-plimsoll" // refused by browsers from another host or without Secure
	}
	manager.Cookie.Secure, manager.Cookie.HttpOnly, manager.Cookie.SameSite, manager.Cookie.Path = secure, true, http.SameSiteLaxMode, "/"
	ctx, stop := context.WithCancel(context.Background())
	s := &Sessions{manager, stop, make(chan struct{})}
	go s.sweep(ctx, pool)
	return s
}

// sweep deletes sessions that expired, until the context ends. One that fails is made up for by the next: nobody is let in by what stays.
func (s *Sessions) sweep(ctx context.Context, pool *pgxpool.Pool) {
	defer close(s.swept)
	tick := time.NewTicker(sweepInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_, _ = pool.Exec(ctx, "delete from sessions where expiry < now()")
		}
	}
}

// Handler loads each request's session and keeps what changed in it. onError writes the answer where sessions can't be read.
func (s *Sessions) Handler(onError func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	s.manager.ErrorFunc = onError
	return s.manager.LoadAndSave
}

// Close ends the sweeping of expired sessions.
func (s *Sessions) Close() {
	s.stop()
	<-s.swept
}

// Leave keeps a sign-in that was begun.
func (s *Sessions) Leave(ctx context.Context, flow Flow) { s.manager.Put(ctx, flowKey, flow) }

// Return takes the sign-in that was begun out: it is good once.
func (s *Sessions) Return(ctx context.Context) Flow {
	flow, _ := s.manager.Pop(ctx, flowKey).(Flow)
	return flow
}

// SignIn makes the session the person's, under a new token, so that one who planted the old token gains nothing.
func (s *Sessions) SignIn(ctx context.Context, person store.PersonID) error {
	if err := s.manager.RenewToken(ctx); err != nil {
		return fmt.Errorf("new session token: %w", err)
	}
	s.manager.Put(ctx, personKey, person.String())
	return nil
}

// SignOut ends the session, here and in the database.
func (s *Sessions) SignOut(ctx context.Context) error {
	if err := s.manager.Destroy(ctx); err != nil {
		return fmt.Errorf("end of session: %w", err)
	}
	return nil
}

// Person is who signed in; false for nobody.
func (s *Sessions) Person(ctx context.Context) (store.PersonID, bool) {
	id, err := store.ParseID[store.Person](s.manager.GetString(ctx, personKey))
	return id, err == nil
}

// Still is who the request's session belongs to now, as the database has it: a long request may outlive its session.
func (s *Sessions) Still(ctx context.Context) (store.PersonID, bool, error) {
	token := s.manager.Token(ctx)
	if token == "" { // never kept
		return store.PersonID{}, false, nil
	}
	fresh, err := s.manager.Load(detached{ctx}, token)
	if err != nil {
		return store.PersonID{}, false, fmt.Errorf("session: %w", err)
	}
	person, signedIn := s.Person(fresh)
	return person, signedIn, nil
}

// detached is a context without its values, and so without the session that the request came with.
type detached struct{ context.Context }

func (detached) Value(any) any { return nil }

// Theme is the look that was chosen, empty where none was.
func (s *Sessions) Theme(ctx context.Context) string { return s.manager.GetString(ctx, themeKey) }

// SetTheme keeps the look that was chosen.
func (s *Sessions) SetTheme(ctx context.Context, theme string) { s.manager.Put(ctx, themeKey, theme) }
