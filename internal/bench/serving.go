package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"plimsoll/assessments/content"
	"plimsoll/migrations"
	"plimsoll/server"
	"plimsoll/server/auth"
	"plimsoll/server/auth/devidentity"
	"plimsoll/server/jobs"
	"plimsoll/server/localpg"
	"plimsoll/server/seed"
	"plimsoll/server/store"
)

// service is the whole server in this process on a private database, with a person signed in who owns one platform.
type service struct {
	address  string
	browser  *http.Client
	store    *store.Store
	queue    *jobs.Queue
	counter  *queryCounter
	house    store.Organization
	platform store.Platform
	token    string
	person   store.PersonID
	owner    string // connection string of the schema's owner
	stop     []func()
}

// queryCounter counts what is sent to the database, beginnings and ends of transactions too.
type queryCounter struct{ n atomic.Int64 }

func (c *queryCounter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}

func (c *queryCounter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func startService(ctx context.Context, dir string) (s *service, err error) {
	s = &service{counter: &queryCounter{}}
	database, err := localpg.Start(ctx, localpg.Options{Dir: filepath.Join(dir, "pg")})
	if err != nil {
		return s, err
	}
	s.stop = append(s.stop, func() { _ = database.Stop(context.WithoutCancel(ctx)) })
	if err := database.EnsureDatabase(ctx, "bench"); err != nil {
		return s, err
	}
	owner := database.ConnString(localpg.OwnerRole, "bench")
	s.owner = owner
	if err := migrations.Up(ctx, owner); err != nil {
		return s, err
	}
	config, err := pgxpool.ParseConfig(owner)
	if err != nil {
		return s, err
	}
	config.ConnConfig.RuntimeParams["role"], config.ConnConfig.Tracer = store.AppRole, s.counter
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return s, err
	}
	s.stop = append(s.stop, pool.Close)
	s.store = store.New(pool)
	if err := s.listen(pool); err != nil {
		return s, err
	}
	if err := s.signIn(); err != nil {
		return s, err
	}
	return s, s.settle(ctx)
}

func (s *service) listen(pool *pgxpool.Pool) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	config, err := server.LocalConfig(listener.Addr().String())
	if err != nil {
		return err
	}
	identity, err := config.EmbedIdentity()
	if err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	if s.queue, err = jobs.New(pool, content.V1(), jobs.Options{Log: quiet, Sampler: seed.Sample}); err != nil {
		return err
	}
	parts, err := server.New(server.Parts{Config: config, Pool: pool, Content: content.V1(), Queue: s.queue, Identity: identity, Log: quiet, Version: "bench"})
	if err != nil {
		return err
	}
	web := &http.Server{Handler: parts.Handler()}
	go func() { _ = web.Serve(listener) }()
	s.stop = append(s.stop, func() { _ = web.Close() }, parts.Close)
	s.address = config.URL.String()
	return nil
}

var requestField = regexp.MustCompile(`name="request" value="([^"]+)"`)

func (s *service) signIn() error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	s.browser = &http.Client{Jar: jar}
	page, err := s.get("/sign-in")
	if err != nil {
		return err
	}
	request := requestField.FindSubmatch(page)
	if request == nil {
		return fmt.Errorf("sign in: no form")
	}
	response, err := s.browser.PostForm(s.address+"/identity/sign-in", url.Values{"request": {string(request[1])}, "login": {devidentity.People[0].Login}})
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// settle makes the organization, the platform and a token.
func (s *service) settle(ctx context.Context) error {
	one := devidentity.People[0]
	person, err := s.store.SignIn(ctx, store.Identity{Issuer: devidentity.Issuer, Subject: one.Login, Email: one.Email, Name: one.Name})
	if err != nil {
		return err
	}
	s.person = person.ID
	if s.house, err = s.store.CreateOrganization(ctx, person.ID, "Bench"); err != nil {
		return err
	}
	return s.store.InOrganization(ctx, s.house.ID, func(tx *store.Tx) error {
		if s.platform, err = tx.CreatePlatform(ctx, "Large", ""); err != nil {
			return err
		}
		text, hash, hint := auth.NewToken(s.house.ID)
		s.token = text
		_, err := tx.CreateToken(ctx, person.ID, store.NewToken{Name: "bench", Scope: store.UploadScope, Hash: hash, Hint: hint})
		return err
	})
}

func (s *service) get(path string) ([]byte, error) {
	response, err := s.browser.Get(s.address + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s: %s", path, response.Status, bytes.TrimSpace(body[:min(len(body), 300)]))
	}
	return body, err
}

func (s *service) close() {
	for i := len(s.stop) - 1; i >= 0; i-- {
		s.stop[i]()
	}
}
