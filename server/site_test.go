package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/content"
	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/internal/dbtest"
	"plimsoll/server"
	"plimsoll/server/auth"
	"plimsoll/server/auth/devidentity"
	"plimsoll/server/jobs"
	"plimsoll/server/seed"
	"plimsoll/server/store"
)

// site is the whole service on a real database and a real port, with the development identity provider.
type site struct {
	*httptest.Server
	db    *dbtest.DB
	store *store.Store
	queue *jobs.Queue
	log   *bytes.Buffer

	service *server.Server
}

// newSite starts the service. Jobs are worked on only where working says so.
func newSite(t *testing.T, working bool) *site {
	t.Helper()
	return newSiteOver(t, dbtest.New(t), working)
}

// newSiteOver starts the service over a database.
func newSiteOver(t *testing.T, db *dbtest.DB, working bool) *site {
	t.Helper()
	s := &site{db: db, Server: httptest.NewUnstartedServer(nil), log: &bytes.Buffer{}}
	s.store = store.New(s.db.App)
	config, err := server.LocalConfig(s.Listener.Addr().String())
	require.NoError(t, err)
	config.UploadBytes = 1 << 20
	identity, err := config.EmbedIdentity()
	require.NoError(t, err)
	log := slog.New(slog.NewTextHandler(s.log, nil))
	s.queue, err = jobs.New(s.db.App, content.V1(), jobs.Options{Log: log, Sampler: seed.Sample})
	require.NoError(t, err)
	service, err := server.New(server.Parts{Config: config, Pool: s.db.App, Content: content.V1(), Queue: s.queue, Identity: identity, Log: log, Version: "test"})
	require.NoError(t, err)
	s.service, s.Config.Handler = service, service.Handler()
	s.Start()
	t.Cleanup(func() { s.Close(); service.Close() })
	if working {
		require.NoError(t, s.queue.Start(t.Context()))
		t.Cleanup(func() { require.NoError(t, s.queue.Stop(context.Background())) })
	}
	return s
}

// browser is a browser's worth of a client: cookies and redirects.
func (s *site) browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: jar}
}

var formAction = regexp.MustCompile(`name="request" value="([^"]+)"`)

// signIn signs a name in over the whole protocol, as a browser does.
func (s *site) signIn(t *testing.T, browser *http.Client, login string) {
	t.Helper()
	response, err := browser.Get(s.URL + "/sign-in")
	require.NoError(t, err)
	body := text(t, response)
	request := formAction.FindStringSubmatch(body)
	require.NotNil(t, request, "%s: %s", response.Request.URL, body)
	response, err = browser.PostForm(s.URL+"/identity/sign-in", url.Values{"request": {request[1]}, "login": {login}})
	require.NoError(t, err)
	body = text(t, response)
	require.Equal(t, "/organizations", response.Request.URL.Path, "%s\n%s", body, s.log)
	require.Equal(t, http.StatusOK, response.StatusCode)
}

func text(t *testing.T, response *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return string(body)
}

// house is an organization with a platform and a token to upload.
type house struct {
	organization store.Organization
	platform     store.Platform
	person       store.Person
	token        string
	tokenID      store.TokenID
}

func (s *site) newHouse(t *testing.T, owner string) (h house) {
	t.Helper()
	ctx := t.Context()
	var err error
	h.person, err = s.store.SignIn(ctx, store.Identity{Issuer: devidentity.Issuer, Subject: owner, Name: owner})
	require.NoError(t, err)
	h.organization, err = s.store.CreateOrganization(ctx, h.person.ID, "House of "+owner)
	require.NoError(t, err)
	require.NoError(t, s.store.InOrganization(ctx, h.organization.ID, func(x *store.Tx) error {
		if h.platform, err = x.CreatePlatform(ctx, "Production", ""); err != nil {
			return err
		}
		secret, hash, hint := auth.NewToken(h.organization.ID)
		made, err := x.CreateToken(ctx, h.person.ID, store.NewToken{Name: "ci", Scope: store.UploadScope, Hash: hash, Hint: hint,
			SigningKey: snapshot.PublicHalf(snapshot.SigningKey(secret))})
		h.token, h.tokenID = secret, made.ID
		return err
	}))
	return h
}

// member adds a person with a role to the house.
func (s *site) member(t *testing.T, h house, login string, role store.Role) {
	t.Helper()
	person, err := s.store.SignIn(t.Context(), store.Identity{Issuer: devidentity.Issuer, Subject: login, Name: login})
	require.NoError(t, err)
	require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(x *store.Tx) error { return x.AddMember(t.Context(), person.ID, role) }))
}

// taken is a small snapshot of a cluster.
func taken(t *testing.T, seed uint64, change func([]snapshot.Record)) []byte {
	t.Helper()
	records := snapshottest.Generate(3, seed)
	if change != nil {
		change(records)
	}
	var file bytes.Buffer
	require.NoError(t, snapshottest.Write(&file, records))
	return file.Bytes()
}

func (s *site) upload(t *testing.T, h house, token string, body io.Reader, contentType string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/api/v1/platforms/"+h.platform.ID.String()+"/snapshots", body)
	require.NoError(t, err)
	request.Header.Set("Content-Type", contentType)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	return response
}

func (s *site) get(t *testing.T, client *http.Client, path string, header ...string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := client.Do(request)
	require.NoError(t, err)
	return response
}

// eventually waits for what the job queue does beside us.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, 30*time.Second, 25*time.Millisecond)
}

func within(s string, parts ...string) bool {
	for _, part := range parts {
		if !strings.Contains(s, part) {
			return false
		}
	}
	return true
}
