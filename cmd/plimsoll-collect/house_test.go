package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
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
	"plimsoll/server/store"
)

// house is the real service over TLS on a real database, with an organization, and a platform and a token to upload.
type house struct {
	*httptest.Server
	store        *store.Store
	organization store.OrganizationID
	platform     store.PlatformID
	token, ca    string       // files
	came         atomic.Int64 // bytes of bodies that the service read
	asked        atomic.Int64 // requests

	person store.PersonID
}

// newHouse starts the service. It assesses what comes only where working says so.
func newHouse(t *testing.T, working bool) *house {
	t.Helper()
	h := &house{}
	db := dbtest.New(t)
	h.store, h.Server = store.New(db.App), httptest.NewUnstartedServer(nil)
	config, err := server.LocalConfig(h.Listener.Addr().String())
	require.NoError(t, err)
	identity, err := config.EmbedIdentity()
	require.NoError(t, err)
	quiet := slog.New(slog.DiscardHandler)
	queue, err := jobs.New(db.App, content.V1(), jobs.Options{Log: quiet})
	require.NoError(t, err)
	service, err := server.New(server.Parts{Config: config, Pool: db.App, Content: content.V1(), Queue: queue, Identity: identity, Log: quiet, Version: "test"})
	require.NoError(t, err)
	handler := service.Handler()
	h.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.asked.Add(1)
		r.Body = &countedBody{r.Body, &h.came}
		r.Host = h.Listener.Addr().String() // the service answers to no other, and relays have addresses of their own
		handler.ServeHTTP(w, r)
	})
	h.Config.ErrorLog = discarded
	h.StartTLS()
	t.Cleanup(func() { h.Close(); service.Close() })
	if working {
		require.NoError(t, queue.Start(t.Context()))
		t.Cleanup(func() { require.NoError(t, queue.Stop(context.Background())) })
	}
	h.ca = caOf(t, h.Server)
	h.furnish(t)
	return h
}

func (h *house) furnish(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	person, err := h.store.SignIn(ctx, store.Identity{Issuer: devidentity.Issuer, Subject: "mara", Name: "mara"})
	require.NoError(t, err)
	organization, err := h.store.CreateOrganization(ctx, person.ID, "House of Mara")
	require.NoError(t, err)
	h.organization, h.person = organization.ID, person.ID
	h.platform = h.newPlatform(t, "Production")
	require.NoError(t, h.store.InOrganization(ctx, h.organization, func(x *store.Tx) error {
		secret, hash, hint := auth.NewToken(h.organization)
		h.token = filepath.Join(t.TempDir(), "token")
		require.NoError(t, os.WriteFile(h.token, []byte(secret+"\n"), 0o600))
		_, err := x.CreateToken(ctx, h.person, store.NewToken{Name: "nightly", Scope: store.UploadScope, Hash: hash, Hint: hint})
		return err
	}))
}

func (h *house) newPlatform(t *testing.T, name string) (id store.PlatformID) {
	t.Helper()
	require.NoError(t, h.store.InOrganization(t.Context(), h.organization, func(x *store.Tx) error {
		made, err := x.CreatePlatform(t.Context(), name, "")
		id = made.ID
		return err
	}))
	return id
}

// flags say where to send, by --upload or --url.
func (h *house) flags(urlFlag string) []string {
	return []string{urlFlag, h.URL, "--platform", h.platform.String(), "--token-file", h.token, "--ca-file", h.ca}
}

// target is where to send, by another address where a relay stands between.
func (h *house) target(t *testing.T, address string) *upload {
	t.Helper()
	f := uploadFlags{url: address, platform: h.platform.String(), tokenFile: h.token, caFile: h.ca}
	target, err := f.target()
	require.NoError(t, err)
	return target
}

// snapshots are what the platform has.
func (h *house) snapshots(t *testing.T) (found []store.Snapshot) {
	t.Helper()
	require.NoError(t, h.store.InOrganization(t.Context(), h.organization, func(x *store.Tx) (err error) {
		found, err = x.Snapshots(t.Context(), h.platform, 1000)
		return err
	}))
	return found
}

// content is the file of a snapshot as it is stored.
func (h *house) content(t *testing.T, id store.SnapshotID) (file []byte) {
	t.Helper()
	require.NoError(t, h.store.InOrganization(t.Context(), h.organization, func(x *store.Tx) (err error) {
		file, err = io.ReadAll(x.SnapshotContent(t.Context(), id))
		return err
	}))
	return file
}

type countedBody struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c *countedBody) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// caOf is a file with the certificate of a test's server.
func caOf(t *testing.T, server *httptest.Server) string {
	t.Helper()
	return pemFile(t, "ca.pem", "CERTIFICATE", server.Certificate().Raw)
}

func pemFile(t *testing.T, name, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	return path
}

// large is a snapshot whose file has some hundred thousand bytes.
func large(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, snapshottest.Write(&file, snapshottest.Generate(3000, 7)))
	require.Greater(t, file.Len(), 8*streamFrom)
	return file.Bytes()
}

// requireWhole holds that bytes are a snapshot to its end.
func requireWhole(t *testing.T, file []byte) {
	t.Helper()
	for _, err := range snapshot.NewReader(bytes.NewReader(file), snapshot.DefaultLimits()).Records() {
		require.NoError(t, err)
	}
}

// program is the built collector, as releases are built.
func program(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		var folder string
		if folder, built.err = os.MkdirTemp("", "plimsoll-collect-test-"); built.err != nil {
			return
		}
		built.path = filepath.Join(folder, "plimsoll-collect")
		build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", built.path, ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		built.out, built.err = build.CombinedOutput()
	})
	require.NoError(t, built.err, string(built.out))
	return built.path
}

var built struct {
	once sync.Once
	path string
	out  []byte
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.path != "" {
		_ = os.RemoveAll(filepath.Dir(built.path))
	}
	os.Exit(code)
}

// started is a run of the built program.
type started struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
}

func startProgram(t *testing.T, environment []string, arguments ...string) *started {
	t.Helper()
	run := &started{Cmd: exec.CommandContext(t.Context(), program(t), arguments...)}
	run.Env = append(os.Environ(), environment...)
	run.Stdout, run.Stderr = &run.stdout, &run.stderr
	require.NoError(t, run.Start())
	return run
}

// end waits for the program, and gives its code and what it said.
func (s *started) end() result {
	_ = s.Wait()
	return result{s.ProcessState.ExitCode(), s.stdout.String(), s.stderr.String()}
}

// discarded is the log of servers that tests make complain.
var discarded = log.New(io.Discard, "", 0)

// patience bounds each wait; nothing waits it out where all is well.
const patience = time.Minute
