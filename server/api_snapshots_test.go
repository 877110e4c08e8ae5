package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/server/auth"
	"plimsoll/server/store"
)

const gzipType = "application/gzip"

type state struct {
	ID, Digest, State, Reason string
	Assessment                *string
}

func decode[T any](t *testing.T, response *http.Response) (into T) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text(t, response)), &into))
	return into
}

func TestASnapshotIsAcceptedAndAssessed(t *testing.T) {
	s := newSite(t, true)
	h := s.newHouse(t, "mara")
	file := taken(t, 1, nil)
	response := s.upload(t, h, h.token, bytes.NewReader(file), gzipType)
	require.Equal(t, http.StatusAccepted, response.StatusCode)
	location := response.Header.Get("Location")
	accepted := decode[state](t, response)
	require.Equal(t, "queued", accepted.State)
	require.Equal(t, "/api/v1/snapshots/"+accepted.ID, location)

	var now state
	eventually(t, func() bool {
		now = decode[state](t, s.get(t, http.DefaultClient, location, "Authorization", "Bearer "+h.token))
		return now.State != "queued"
	})
	require.Equal(t, "assessed", now.State, now.Reason)
	require.NotNil(t, now.Assessment)

	again := s.upload(t, h, h.token, bytes.NewReader(file), "")
	require.Equal(t, http.StatusOK, again.StatusCode)
	require.Equal(t, location, again.Header.Get("Location"))
	require.Equal(t, accepted.ID, decode[state](t, again).ID)

	require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(x *store.Tx) error {
		latest, err := x.LatestAssessment(t.Context(), h.platform.ID)
		require.NoError(t, err)
		require.Equal(t, accepted.Digest, latest.SnapshotDigest)
		require.Equal(t, accepted.Digest, latest.Result.SnapshotDigest)
		require.NotNil(t, latest.Result.Score)
		rows, err := x.Assessments(t.Context(), h.platform.ID, 10)
		require.NoError(t, err)
		require.Len(t, rows, 1, "the same file twice is one snapshot and one result")
		bound, err := x.PlatformByID(t.Context(), h.platform.ID)
		require.NoError(t, err)
		require.NotNil(t, bound.ClusterUID)
		stored, err := x.LatestSnapshot(t.Context(), h.platform.ID)
		require.NoError(t, err)
		require.Equal(t, 3, stored.Summary.Workloads)
		require.NotEmpty(t, stored.Summary.ServerVersion)
		kept, err := io.ReadAll(x.SnapshotContent(t.Context(), stored.ID))
		require.True(t, bytes.Equal(file, kept))
		return err
	}))
}

func TestUploadsAtOnceOfOneFileAreOneSnapshot(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	file := taken(t, 1, nil)
	var mu sync.Mutex
	statuses := map[int]int{}
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			response := s.upload(t, h, h.token, bytes.NewReader(file), gzipType)
			_ = response.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			statuses[response.StatusCode]++
		})
	}
	wait.Wait()
	require.Equal(t, map[int]int{http.StatusAccepted: 1, http.StatusOK: 5}, statuses)
	require.Equal(t, 1, s.rows(t, "river.river_job"))
}

func (s *site) rows(t *testing.T, table string) (n int) {
	t.Helper()
	require.NoError(t, s.db.Admin.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n))
	return n
}

func TestABadUploadStoresNothing(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	whole := taken(t, 1, nil)
	damaged := bytes.Clone(whole)
	damaged[len(damaged)/2] ^= 0xff
	cases := map[string]struct {
		body   io.Reader
		kind   string
		token  string
		status int
		says   string
	}{
		"cut off":                {bytes.NewReader(whole[:len(whole)/2]), gzipType, h.token, 422, `"code":"snapshot-`},
		"damaged":                {bytes.NewReader(damaged), gzipType, h.token, 422, `"code":"snapshot-`},
		"empty":                  {strings.NewReader(""), gzipType, h.token, 422, `snapshot-empty`},
		"no gzip":                {strings.NewReader(strings.Repeat("{}", 100)), gzipType, h.token, 415, `snapshot-not-gzip`},
		"another media type":     {bytes.NewReader(whole), "text/plain", h.token, 415, `media-type`},
		"announced too large":    {bytes.NewReader(make([]byte, 2<<20)), gzipType, h.token, 413, `too-large`},
		"streamed too large":     {io.MultiReader(bytes.NewReader(noise(2 << 20))), gzipType, h.token, 413, `too-large`},
		"no token":               {bytes.NewReader(whole), gzipType, "", 401, `no-token`},
		"a token that never was": {bytes.NewReader(whole), gzipType, neverToken(h), 401, `no-token`},
		"a node without a name":  {bytes.NewReader(ofNode(t, reading{})), gzipType, h.token, 422, `node.name`},
		"two nodes in one":       {bytes.NewReader(ofNode(t, reading{node: "a", another: "b"})), gzipType, h.token, 422, `got a second`},
		"a node of tomorrow":     {bytes.NewReader(ofNode(t, reading{node: "a", at: time.Now().Add(25 * time.Hour)})), gzipType, h.token, 422, `in the future`},
		"not a token":            {bytes.NewReader(whole), gzipType, "plim_x", 401, `no-token`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			response := s.upload(t, h, c.token, c.body, c.kind)
			body := text(t, response)
			require.Equal(t, c.status, response.StatusCode, body)
			require.Equal(t, "application/problem+json", response.Header.Get("Content-Type"))
			require.Contains(t, body, c.says)
		})
	}
	for _, table := range []string{"snapshots", "snapshot_blobs", "snapshot_states", "node_readings", "river.river_job", "audit_events"} {
		require.Zero(t, s.rows(t, table), table)
	}
}

// noise is gzip that does not compress, so that only its size can be held against it.
func noise(n int) []byte {
	var file bytes.Buffer
	writer := newGzip(&file)
	state := uint32(1)
	line := make([]byte, n)
	for i := range line {
		state = state*1664525 + 1013904223
		line[i] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[state>>26]
	}
	_, _ = writer.Write(line)
	_ = writer.Close()
	return file.Bytes()
}

func neverToken(h house) string {
	secret, _, _ := auth.NewToken(h.organization.ID)
	return secret
}

func TestABadLineIsNamed(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	var file bytes.Buffer
	writer := newGzip(&file)
	_, err := io.WriteString(writer, `{"kind":"header","schema":"plimsoll.snapshot/v1","collectorVersion":"1","source":"cluster","takenAt":"2026-03-01T00:00:00Z"}`+"\n"+`{"kind":"node","name":3}`+"\n")
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	response := s.upload(t, h, h.token, &file, gzipType)
	require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode)
	said := decode[struct {
		Errors []struct {
			Line          int
			Field, Reason string
		}
	}](t, response)
	require.Len(t, said.Errors, 1)
	require.Equal(t, 2, said.Errors[0].Line)
	require.Equal(t, "node.name", said.Errors[0].Field)
	require.NotEmpty(t, said.Errors[0].Reason)
}

func TestASnapshotOfAnotherClusterIsNotTakenInSilence(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	text(t, s.upload(t, h, h.token, bytes.NewReader(taken(t, 1, nil)), gzipType))
	other := taken(t, 2, func(records []snapshot.Record) {
		header := records[0].(snapshot.Header)
		header.PlatformUID = "another-cluster"
		records[0] = header
	})
	response := s.upload(t, h, h.token, bytes.NewReader(other), gzipType)
	body := text(t, response)
	require.Equal(t, http.StatusConflict, response.StatusCode, body)
	require.Contains(t, body, "other-cluster")
	require.Equal(t, 1, s.rows(t, "snapshots"))
	require.Equal(t, 1, s.rows(t, "river.river_job"))
}

func TestATokenReachesItsOwnOrganizationAndPlatformAlone(t *testing.T) {
	s := newSite(t, false)
	mine, theirs := s.newHouse(t, "mara"), s.newHouse(t, "tomas")
	file := taken(t, 1, nil)
	theirState := decode[state](t, s.upload(t, theirs, theirs.token, bytes.NewReader(file), gzipType))

	response := s.upload(t, theirs, mine.token, bytes.NewReader(file), gzipType)
	require.Equal(t, http.StatusNotFound, response.StatusCode)
	foreign := text(t, response)
	never := theirs
	never.platform.ID = store.NewID[store.Platform]()
	response = s.upload(t, never, mine.token, bytes.NewReader(file), gzipType)
	require.Equal(t, http.StatusNotFound, response.StatusCode)
	require.Equal(t, withoutRequest(t, foreign), withoutRequest(t, text(t, response)), "what is not ours can't be told from what never was")
	for _, id := range []string{theirState.ID, "x", store.NewID[store.Snapshot]().String()} {
		response := s.get(t, http.DefaultClient, "/api/v1/snapshots/"+id, "Authorization", "Bearer "+mine.token)
		require.Equal(t, http.StatusNotFound, response.StatusCode)
		text(t, response)
	}

	ctx := t.Context()
	var narrow string
	var other store.Platform
	require.NoError(t, s.store.InOrganization(ctx, mine.organization.ID, func(x *store.Tx) (err error) {
		if other, err = x.CreatePlatform(ctx, "Other", ""); err != nil {
			return err
		}
		secret, hash, hint := auth.NewToken(mine.organization.ID)
		narrow = secret
		_, err = x.CreateToken(ctx, mine.person.ID, store.NewToken{Platform: &other.ID, Name: "narrow", Scope: store.UploadScope, Hash: hash, Hint: hint})
		return err
	}))
	response = s.upload(t, mine, narrow, bytes.NewReader(file), gzipType)
	require.Equal(t, http.StatusNotFound, response.StatusCode, text(t, response))
	mineState := decode[state](t, s.upload(t, mine, mine.token, bytes.NewReader(file), gzipType))
	response = s.get(t, http.DefaultClient, "/api/v1/snapshots/"+mineState.ID, "Authorization", "Bearer "+narrow)
	require.Equal(t, http.StatusNotFound, response.StatusCode, text(t, response))

	require.NoError(t, s.store.InOrganization(ctx, mine.organization.ID, func(x *store.Tx) error { return x.RevokeToken(ctx, mine.tokenID) }))
	response = s.upload(t, mine, mine.token, bytes.NewReader(file), gzipType)
	require.Equal(t, http.StatusUnauthorized, response.StatusCode, text(t, response))
}

func withoutRequest(t *testing.T, body string) string {
	t.Helper()
	var fields map[string]any
	require.NoError(t, json.Unmarshal([]byte(body), &fields))
	delete(fields, "requestId")
	rest, err := json.Marshal(fields)
	require.NoError(t, err)
	return string(rest)
}

func TestAnUploadThatBreaksOffStoresNothing(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	file := taken(t, 1, nil)
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	go func() {
		_, _ = writer.Write(file[:len(file)/2])
		cancel()
		_ = writer.CloseWithError(errors.New("the line went dead"))
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/api/v1/platforms/"+h.platform.ID.String()+"/snapshots", reader)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+h.token)
	request.Header.Set("Content-Type", gzipType)
	_, err = http.DefaultClient.Do(request)
	require.Error(t, err)
	require.Zero(t, s.rows(t, "snapshots"))
	require.Zero(t, s.rows(t, "river.river_job"))
}

func TestTheSchemaIsServed(t *testing.T) {
	s := newSite(t, false)
	response := s.get(t, http.DefaultClient, "/api/schema/snapshot.json")
	require.Equal(t, "application/schema+json", response.Header.Get("Content-Type"))
	require.Equal(t, string(snapshot.SchemaJSON), text(t, response))
}
