package main

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/server/store"
)

// result waits for what the service makes of a platform's snapshot, with the rows of its findings as they are stored.
func (h *house) result(t *testing.T) (digest, judged string, rows []store.FindingRow) {
	t.Helper()
	var found store.StoredAssessment
	require.Eventually(t, func() bool {
		return h.store.InOrganization(t.Context(), h.organization, func(x *store.Tx) (err error) {
			if found, err = x.LatestAssessment(t.Context(), h.platform); err != nil {
				return err
			}
			rows, _, _, err = x.Findings(t.Context(), found.ID, store.FindingFilter{}, store.FindingCursor{}, store.MaxFindingsPage)
			return err
		}) == nil
	}, patience, 25*time.Millisecond)
	text, err := json.Marshal(found.Result)
	require.NoError(t, err)
	require.NotNil(t, found.Result.Score)
	return found.SnapshotDigest, string(text), rows
}

// TestAFileCarriedByHandIsJudgedTheSame: one service is sent the snapshot while it is taken, the other its file, from a machine
// that sees no cluster.
func TestAFileCarriedByHandIsJudgedTheSame(t *testing.T) {
	near, far := newHouse(t, true), newHouse(t, true)
	out := filepath.Join(t.TempDir(), "harbour.plimsoll.gz")
	got := start(t, append([]string{"cluster", "--kubeconfig", harbour(t).Kubeconfig, "--limit-qps", "1000", "--out", out}, near.flags("--upload")...)...)
	require.Zero(t, got.code, got.stderr)
	t.Setenv("KUBECONFIG", "/nowhere")
	got = start(t, append([]string{"upload", out}, far.flags("--url")...)...)
	require.Zero(t, got.code, got.stderr)
	wantDigest, want, wantRows := near.result(t)
	digest, judged, rows := far.result(t)
	require.Equal(t, wantDigest, digest)
	require.JSONEq(t, want, judged)
	require.Greater(t, len(rows), 20)
	require.Equal(t, wantRows, rows, "row by row")
}
