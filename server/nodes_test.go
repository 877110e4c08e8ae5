package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/server/store"
)

// reading is what a node collector takes.
type reading struct {
	node, another, cluster, token string
	at                            time.Time // zero: an hour before the generated snapshots
	percent                       int64     // of the connection tracking table
}

func ofNode(t *testing.T, r reading) []byte {
	t.Helper()
	if r.at.IsZero() {
		r.at = snapshottest.TakenAt.Add(-time.Hour)
	}
	var file bytes.Buffer
	w, err := snapshot.NewWriter(&file, snapshot.Header{CollectorVersion: "v1.2.3", Source: snapshot.SourceNode, TakenAt: r.at, PlatformUID: r.cluster})
	require.NoError(t, err)
	if r.token != "" {
		w.SignWith(snapshot.SigningKey(r.token))
	}
	require.NoError(t, w.Write(snapshot.Node{Name: r.node, CPUs: 4, Conntrack: &snapshot.Conntrack{Count: r.percent * 1000, Max: 100_000, Source: "node"}}))
	if r.another != "" {
		require.NoError(t, w.Write(snapshot.Node{Name: r.another}))
	}
	require.NoError(t, w.Write(snapshot.Note{Resource: "conntrack", Reason: "skipped", Detail: "what nobody merges"}))
	require.NoError(t, w.Close())
	return file.Bytes()
}

// mergeNow lets the job run that waits for more readings.
func (s *site) mergeNow(t *testing.T) {
	t.Helper()
	_, err := s.db.Admin.Exec(t.Context(), "update river.river_job set scheduled_at = now(), state = 'available' where kind = 'merge_nodes' and state = 'scheduled'")
	require.NoError(t, err)
}

type nodeAnswer struct {
	ID, Source, Node, State, Digest, Signature string
	Assessment                                 *string
}

func (s *site) sends(t *testing.T, h house, r reading) (int, nodeAnswer) {
	t.Helper()
	response := s.upload(t, h, h.token, bytes.NewReader(ofNode(t, r)), gzipType)
	return response.StatusCode, decode[nodeAnswer](t, response)
}

func TestANodesReadingIsKeptAndMerged(t *testing.T) {
	s := newSite(t, true)
	h := s.newHouse(t, "mara")
	text(t, s.upload(t, h, h.token, bytes.NewReader(taken(t, 1, nil)), gzipType))
	first := reading{node: "node-0001", cluster: snapshottest.PlatformUID, percent: 80}
	response := s.upload(t, h, h.token, bytes.NewReader(ofNode(t, first)), gzipType)
	require.Equal(t, http.StatusAccepted, response.StatusCode)
	location := response.Header.Get("Location")
	accepted := decode[nodeAnswer](t, response)
	require.Equal(t, "/api/v1/snapshots/"+accepted.ID, location)
	require.Equal(t, nodeAnswer{ID: accepted.ID, Source: "node", Node: "node-0001", State: "kept", Digest: accepted.Digest, Signature: "none"}, accepted)

	status, again := s.sends(t, h, first)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, accepted, again, "the same twice is one reading")
	status, older := s.sends(t, h, reading{node: "node-0001", percent: 1, at: snapshottest.TakenAt.Add(-2 * time.Hour)})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, accepted.Digest, older.Digest, "a newer one is here")

	var now nodeAnswer
	eventually(t, func() bool {
		s.mergeNow(t)
		now = decode[nodeAnswer](t, s.get(t, http.DefaultClient, location, "Authorization", "Bearer "+h.token))
		return now.State == "assessed"
	})
	require.NotNil(t, now.Assessment)
	require.Equal(t, 1, s.rows(t, "snapshots"), "a reading is no snapshot")
	require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(x *store.Tx) error {
		latest, err := x.LatestAssessment(t.Context(), h.platform.ID)
		require.NoError(t, err)
		require.Equal(t, *now.Assessment, latest.ID.String())
		rows, _, _, err := x.Findings(t.Context(), latest.ID, store.FindingFilter{Rule: "networking/conntrack-use"}, store.FindingCursor{}, 10)
		require.NoError(t, err)
		require.Len(t, rows, 1)
		require.Equal(t, "node-0001", rows[0].Finding.Subject.Name)
		return nil
	}))

	status, newer := s.sends(t, h, reading{node: "node-0001", percent: 2, at: snapshottest.TakenAt})
	require.Equal(t, http.StatusAccepted, status)
	require.Equal(t, accepted.ID, newer.ID, "a node keeps its address")
	require.Equal(t, "kept", newer.State)
}

func TestAReadingOfAnotherClusterIsRefused(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	status, _ := s.sends(t, h, reading{node: "early", cluster: "another"})
	require.Equal(t, http.StatusAccepted, status, "before there is a snapshot nobody knows which cluster it is")
	require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(x *store.Tx) error {
		platform, err := x.PlatformByID(t.Context(), h.platform.ID)
		require.Nil(t, platform.ClusterUID, "and a node is not believed")
		return err
	}))
	text(t, s.upload(t, h, h.token, bytes.NewReader(taken(t, 1, nil)), gzipType))
	response := s.upload(t, h, h.token, bytes.NewReader(ofNode(t, reading{node: "node-0001", cluster: "another"})), gzipType)
	body := text(t, response)
	require.Equal(t, http.StatusConflict, response.StatusCode, body)
	require.Contains(t, body, "other-cluster")
	status, _ = s.sends(t, h, reading{node: "node-0001"})
	require.Equal(t, http.StatusAccepted, status, "one that does not know its cluster is taken")
	require.Equal(t, 2, s.rows(t, "node_readings"))
}

func TestReadingsOfOthersDoNotExist(t *testing.T) {
	s := newSite(t, false)
	mine, theirs := s.newHouse(t, "mara"), s.newHouse(t, "tomas")
	_, kept := s.sends(t, theirs, reading{node: "node-0001"})
	require.NotEmpty(t, kept.ID)
	response := s.upload(t, theirs, mine.token, bytes.NewReader(ofNode(t, reading{node: "node-0001"})), gzipType)
	require.Equal(t, http.StatusNotFound, response.StatusCode, text(t, response))
	response = s.get(t, http.DefaultClient, "/api/v1/snapshots/"+kept.ID, "Authorization", "Bearer "+mine.token)
	require.Equal(t, http.StatusNotFound, response.StatusCode, text(t, response))
	require.Equal(t, 1, s.rows(t, "node_readings"))
	other := s.tokenFor(t, theirs, s.platform(t, theirs, "Other"), "other")
	response = s.get(t, http.DefaultClient, "/api/v1/snapshots/"+kept.ID, "Authorization", "Bearer "+other)
	require.Equal(t, http.StatusNotFound, response.StatusCode, text(t, response))
}

func TestManyNodesAreOneJob(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	text(t, s.upload(t, h, h.token, bytes.NewReader(taken(t, 1, nil)), gzipType))
	for i := range 40 {
		status, _ := s.sends(t, h, reading{node: fmt.Sprintf("node-%04d", i), percent: int64(i)})
		require.Equal(t, http.StatusAccepted, status)
	}
	require.Equal(t, 40, s.rows(t, "node_readings"))
	require.Equal(t, 1, s.rows(t, "river.river_job where kind = 'merge_nodes'"))
	require.Equal(t, 1, s.rows(t, "audit_events where action = 'snapshot.accept'"), "nodes write no book of their own")
}

// A connection that breaks off, or a server that dies, in the middle of a node's upload leaves nothing.
func TestANodesUploadThatBreaksOffStoresNothing(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	file := ofNode(t, reading{node: "node-0001"})
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	go func() {
		_, _ = writer.Write(file[:len(file)/2])
		cancel()
		_ = writer.CloseWithError(io.ErrClosedPipe)
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/api/v1/platforms/"+h.platform.ID.String()+"/snapshots", reader)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+h.token)
	request.Header.Set("Content-Type", gzipType)
	_, err = http.DefaultClient.Do(request)
	require.Error(t, err)
	for cut := 1; cut < len(file); cut += 11 {
		response := s.upload(t, h, h.token, bytes.NewReader(file[:cut]), gzipType)
		require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode, text(t, response))
	}
	require.Zero(t, s.rows(t, "node_readings"))
	require.Zero(t, s.rows(t, "river.river_job"))
}

func TestANodeByHand(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	page, _, status := d.uploadForm(t, platform, ofNode(t, reading{node: "node-0001", at: time.Now().Add(-3 * time.Hour)}))
	require.Equal(t, 200, status)
	require.Contains(t, page, "The reading of the node is kept.")
	require.Contains(t, page, "1 node has sent readings")
	require.Contains(t, page, "Taken 3 hours ago.")
	page, _, _ = d.uploadForm(t, platform, ofNode(t, reading{node: "node-0001", at: time.Now().Add(-5 * time.Hour)}))
	require.Contains(t, page, "was here already")
	require.NotContains(t, d.open(t, platform, 200), "being scored")

	_, _, status = d.uploadForm(t, platform, taken(t, 1, nil))
	require.Equal(t, 200, status)
	page, _, status = d.uploadForm(t, platform, ofNode(t, reading{node: "node-0001", cluster: "another", at: time.Now()}))
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, page, "another cluster than this platform")
}
