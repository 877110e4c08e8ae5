package store_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
	"plimsoll/internal/dbtest"
	"plimsoll/server/store"
)

// growth is how many bytes the tenants' tables, but for the blobs, take with their indexes and long values.
const growth = `
	select sum(pg_total_relation_size(c.oid)) from pg_class c
	where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'snapshot_blobs'`

// A cluster that stands as it stood is uploaded over and over: what is added is what differs, which is when.
func TestAnUnchangedSnapshotAddsFourKilobytesAtMost(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	var findings []assessments.Finding
	for i := range 2000 {
		f := finding("probes/kill-loop", assessments.High, fmt.Sprintf("app-%04d", i))
		f.Evidence = []assessments.Evidence{{What: "initialDelaySeconds", Value: fmt.Sprint(i)}}
		findings = append(findings, f)
	}
	assessments.Arrange(findings)
	whole := result(findings...)
	for i := range 100 {
		whole.Controls = append(whole.Controls, assessments.ControlScore{ID: fmt.Sprint("PRB-", i), Title: "A control", Pillar: assessments.Probes})
		whole.CouldNotSee = append(whole.CouldNotSee, assessments.Blind{What: fmt.Sprint("rule/", i), Title: "A rule", Why: "No collector looks there."})
	}
	upload := func(n int) {
		in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
			at := taken.Add(time.Duration(n) * time.Hour)
			read := newSnapshot(h.platform.ID, fmt.Sprint("upload ", n), at)
			read.Records = map[string]int{"workload": 2000, "node": 40, "service": 700, "namespace": 30}
			read.Summary = store.SnapshotSummary{Workloads: 2000, Earlier: assessments.Earlier{Restarts: map[string]int64{}}}
			for i := range 500 {
				read.Summary.Restarts[assessments.WorkloadKey("Deployment", "payments", fmt.Sprint("app-", i))] = int64(i)
			}
			stored, _, err := tx.InsertSnapshot(ctx, read, bytes.NewReader(content))
			require.NoError(t, err)
			whole.AsOf, whole.TakenAt, whole.SnapshotDigest = assessments.Day(at), at, stored.Digest
			_, err = tx.SaveAssessment(ctx, store.NewAssessment{Platform: h.platform.ID, Snapshot: &stored, Cause: store.CauseSnapshot, CreatedAt: at, Result: whole})
			require.NoError(t, err)
			var exhibits []engines.Exhibit
			for _, id := range []string{"upgrade", "probe", "heap", "network"} {
				exhibits = append(exhibits, engines.Exhibit{ID: id, Title: engines.Title(id), Lead: "As it was."})
			}
			require.NoError(t, tx.SaveExhibits(ctx, stored.ID, store.StoredExhibits{ContentVersion: "1", Exhibits: exhibits, ComputedAt: at}))
			require.NoError(t, tx.Audit(ctx, store.Event{PersonID: &h.person.ID, Action: "snapshot.upload", SubjectKind: "snapshot", SubjectID: stored.ID.String()}))
			return tx.SetSnapshotState(ctx, stored.ID, store.Assessed, "")
		})
	}
	size := func() (bytes int64) {
		require.NoError(t, db.Admin.QueryRow(t.Context(), growth).Scan(&bytes))
		return bytes
	}
	const uploads = 300
	for n := range 20 {
		upload(n)
	}
	before, intervals := size(), count(t, db, "finding_intervals")
	for n := range uploads {
		upload(20 + n)
	}
	each := (size() - before) / uploads
	t.Logf("an unchanged snapshot adds %d bytes beside its blob", each)
	require.LessOrEqual(t, each, int64(4<<10))
	require.Equal(t, intervals, count(t, db, "finding_intervals"))
}
