package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/server/jobs"
	"plimsoll/server/store"
)

const conntrackUse = "networking/conntrack-use"

// nodes are the names of the nodes of a generated snapshot.
func nodes(t *testing.T) (names []string) {
	t.Helper()
	for _, record := range snapshottest.Generate(4, 1) {
		if node, ok := record.(snapshot.Node); ok {
			names = append(names, node.Name)
		}
	}
	require.Greater(t, len(names), 1)
	return names
}

// hears keeps a reading of a node whose table is filled to so many percent, as an upload does.
func (y *yard) hears(t *testing.T, node string, percent int64, at time.Time) (stored store.NodeReading) {
	t.Helper()
	y.in(t, func(ctx context.Context, x *store.Tx) (err error) {
		digest := fmt.Sprintf("%064x", at.UnixNano()+int64(len(node))*percent+int64(node[len(node)-1]))
		var fresh bool
		stored, fresh, err = x.PutNodeReading(ctx, store.NodeReading{PlatformID: y.platform, Name: node, ClusterUID: snapshottest.PlatformUID, Digest: digest, TakenAt: at,
			Figures: snapshot.Node{Name: node, Conntrack: &snapshot.Conntrack{Count: percent * 1000, Max: 100_000, Source: "node"}}})
		if err != nil || !fresh {
			return err
		}
		return y.queue.MergeNodes(ctx, x, y.platform)
	})
	return stored
}

// snapshotOf stores a cluster's snapshot, as taken in from an upload.
func (y *yard) snapshotOf(t *testing.T, seed uint64) store.Snapshot {
	t.Helper()
	body, digest := file(t, seed)
	return y.insert(t, body, digest, snapshottest.TakenAt)
}

func (y *yard) assess(t *testing.T, s store.Snapshot) {
	t.Helper()
	require.NoError(t, y.assessor.Snapshot(t.Context(), y.organization, s.ID, nothing))
}

func (y *yard) merge(t *testing.T) {
	t.Helper()
	require.NoError(t, y.assessor.Nodes(t.Context(), y.organization, y.platform, nothing, nothing))
}

func nothing(*store.Tx) error { return nil }

// full names the nodes whose tables the latest result finds too full, with what it says of each.
func (y *yard) full(t *testing.T) (found map[string]assessments.Finding) {
	t.Helper()
	latest, _ := y.latest(t)
	found = map[string]assessments.Finding{}
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		rows, _, _, err := x.Findings(ctx, latest.ID, store.FindingFilter{}, store.FindingCursor{}, store.MaxFindingsPage)
		for _, row := range rows {
			if row.Finding.Rule == conntrackUse {
				found[row.Finding.Subject.Name] = row.Finding
			}
		}
		return err
	})
	return found
}

func (y *yard) causes(t *testing.T) (causes []store.Cause) {
	t.Helper()
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		rows, err := x.Assessments(ctx, y.platform, 100)
		for _, row := range rows {
			causes = append(causes, row.Cause)
		}
		return err
	})
	return causes
}

func TestReadingsAreMergedIntoTheSnapshotThatComes(t *testing.T) {
	y := newYard(t)
	names := nodes(t)
	y.hears(t, names[0], 80, snapshottest.TakenAt.Add(-2*time.Hour))
	y.hears(t, names[1], 10, snapshottest.TakenAt.Add(-time.Hour))
	y.hears(t, "elsewhere", 99, snapshottest.TakenAt)
	of := y.snapshotOf(t, 1)
	y.assess(t, of)
	full := y.full(t)
	require.Len(t, full, 1)
	require.Contains(t, full[names[0]].Evidence, assessments.Evidence{What: "read by", Value: "node, 2026-10-01 04:00 UTC"})
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		overlays, err := x.OverlaysOf(ctx, y.platform)
		require.NoError(t, err)
		o := overlays[of.ID]
		require.Equal(t, 2, o.Nodes, "the cluster's own nodes alone")
		require.True(t, o.Oldest.Equal(snapshottest.TakenAt.Add(-2*time.Hour)))
		require.True(t, o.Newest.Equal(snapshottest.TakenAt.Add(-time.Hour)))
		latest, err := x.LatestSnapshot(ctx, y.platform)
		require.NoError(t, err)
		require.Equal(t, of.ID, latest.ID, "a reading is no snapshot")
		return nil
	})
}

func TestReadingsThatComeLaterAreMergedOnce(t *testing.T) {
	y := newYard(t)
	names := nodes(t)
	of := y.snapshotOf(t, 1)
	y.assess(t, of)
	require.Empty(t, y.full(t))
	y.merge(t)
	require.Equal(t, []store.Cause{store.CauseSnapshot}, y.causes(t), "without readings there is nothing to assess")

	y.hears(t, names[0], 80, snapshottest.TakenAt.Add(time.Hour))
	y.merge(t)
	require.Contains(t, y.full(t), names[0])
	y.merge(t)
	require.Equal(t, []store.Cause{store.CauseNodes, store.CauseSnapshot}, y.causes(t), "the same readings make no second result")

	y.hears(t, names[0], 90, snapshottest.TakenAt.Add(2*time.Hour))
	y.merge(t)
	require.Contains(t, y.full(t)[names[0]].Message, "90 %", "the newest counts")
	require.Len(t, y.causes(t), 3)
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		rows, _, _, err := x.Timeline(ctx, y.platform, store.TimelinePage{Limit: 10})
		require.Len(t, rows, 2, "the results of a day of readings are one step in time")
		return err
	})
}

// What a snapshot was once scored with stays with it: a result made again later is the same, although the nodes have sent newer readings
// since, which are too far from the snapshot to count for it.
func TestASnapshotKeepsItsReadings(t *testing.T) {
	y := newYard(t)
	names := nodes(t)
	of := y.snapshotOf(t, 1)
	y.hears(t, names[0], 80, snapshottest.TakenAt.Add(23*time.Hour))
	y.assess(t, of)
	y.hears(t, names[0], 20, snapshottest.TakenAt.Add(25*time.Hour))
	y.hears(t, names[1], 99, snapshottest.TakenAt.Add(-25*time.Hour))
	y.merge(t)
	require.Len(t, y.causes(t), 1, "what lies more than a day apart is not merged")
	require.NoError(t, y.assessor.Platform(t.Context(), y.organization, y.platform, store.CauseAnswers, nothing))
	require.Len(t, y.causes(t), 2)
	full := y.full(t)
	require.Len(t, full, 1)
	require.Contains(t, full[names[0]].Message, "80 %")

	made, _ := y.rescore(t, jobs.Rescoring{})
	require.Equal(t, 1, made)
	require.Contains(t, y.full(t)[names[0]].Message, "80 %", "history scored again is made of them too")
}

func TestAReadingOfAnotherClusterIsNotMerged(t *testing.T) {
	y := newYard(t)
	names := nodes(t)
	_, err := y.db.Admin.Exec(t.Context(), "update platforms set cluster_uid = null")
	require.NoError(t, err)
	y.hears(t, names[0], 99, snapshottest.TakenAt)
	_, err = y.db.Admin.Exec(t.Context(), "update node_readings set cluster_uid = 'another'")
	require.NoError(t, err)
	of := y.snapshotOf(t, 1)
	_, err = y.db.Admin.Exec(t.Context(), "update snapshots set cluster_uid = $1", snapshottest.PlatformUID)
	require.NoError(t, err)
	y.assess(t, of)
	require.Empty(t, y.full(t))
}

// Thousands of nodes send one reading after the other: the first wait a minute for each other, and the next result waits an hour.
func TestReadingsShareOneAssessment(t *testing.T) {
	y := newYard(t)
	names := nodes(t)
	y.assess(t, y.snapshotOf(t, 1))
	scheduled := func() (at []time.Time) {
		rows, err := y.db.Admin.Query(t.Context(), "select scheduled_at from river.river_job where kind = 'merge_nodes' and state = 'scheduled'")
		require.NoError(t, err)
		for rows.Next() {
			var one time.Time
			require.NoError(t, rows.Scan(&one))
			at = append(at, one.UTC())
		}
		return at
	}
	for i := range 500 {
		y.hears(t, names[i%len(names)], int64(i%100), snapshottest.TakenAt.Add(time.Duration(i)*time.Second))
	}
	require.Equal(t, []time.Time{now.Add(time.Minute)}, scheduled())
	y.merge(t)
	require.Equal(t, []store.Cause{store.CauseNodes, store.CauseSnapshot}, y.causes(t))
	_, err := y.db.Admin.Exec(t.Context(), "delete from river.river_job")
	require.NoError(t, err)
	y.hears(t, names[0], 50, snapshottest.TakenAt.Add(time.Hour))
	require.Equal(t, []time.Time{now.Add(time.Hour)}, scheduled(), "an hour after the last result")

	_, err = y.db.Admin.Exec(t.Context(), "delete from river.river_job; delete from snapshot_overlays; delete from node_readings")
	require.NoError(t, err)
	y.hears(t, "elsewhere", 50, snapshottest.TakenAt)
	y.merge(t)
	_, err = y.db.Admin.Exec(t.Context(), "delete from river.river_job")
	require.NoError(t, err)
	y.hears(t, "elsewhere too", 50, snapshottest.TakenAt)
	require.Equal(t, []time.Time{now.Add(time.Hour)}, scheduled(), "what fits no node is not tried again at once either")
}

// The job itself, on the queue: it is done in the transaction of its result, and asks for another where readings came meanwhile.
func TestAReadingThatComesWhileOthersAreMergedIsNotLost(t *testing.T) {
	y := newYard(t)
	names := nodes(t)
	y.assess(t, y.snapshotOf(t, 1))
	y.hears(t, names[0], 80, snapshottest.TakenAt)
	var steps []string
	end := func(*store.Tx) error {
		y.hears(t, names[1], 90, snapshottest.TakenAt)
		steps = append(steps, "ended")
		return nil
	}
	again := func(*store.Tx) error { steps = append(steps, "again"); return nil }
	require.NoError(t, y.assessor.Nodes(t.Context(), y.organization, y.platform, end, again))
	require.Equal(t, []string{"ended", "again"}, steps)
	require.Len(t, y.full(t), 1)
	y.merge(t)
	require.Len(t, y.full(t), 2)

	_, err := y.db.Admin.Exec(t.Context(), "update river.river_job set scheduled_at = now(), state = 'available'; delete from snapshot_overlays")
	require.NoError(t, err)
	y.work(t)
	eventually(t, func() bool { return y.jobs(t, "completed") == 1 })
	require.Len(t, y.full(t), 2)
}

// Two results of one snapshot at once: the one that is stored second was made of older readings, and is made again.
func TestAResultDoesNotForgetReadingsThatAnotherMerged(t *testing.T) {
	y := newYard(t)
	names := nodes(t)
	of := y.snapshotOf(t, 1)
	y.hears(t, names[0], 80, snapshottest.TakenAt)
	merged := false
	slow := y.assessor.At(func() time.Time {
		if !merged {
			merged = true
			y.hears(t, names[1], 90, snapshottest.TakenAt)
			y.merge(t)
		}
		return now
	})
	require.NoError(t, slow.Snapshot(t.Context(), y.organization, of.ID, nothing))
	require.ElementsMatch(t, names[:2], slices.Collect(maps.Keys(y.full(t))))
}

// A server that dies between two steps of a merge leaves what there was: the result, what it was made of and the job's end are one step.
func TestAMergeThatBreaksOffLeavesNothing(t *testing.T) {
	y := newYard(t)
	names := nodes(t)
	of := y.snapshotOf(t, 1)
	y.assess(t, of)
	y.hears(t, names[0], 80, snapshottest.TakenAt)
	died := errors.New("died")
	require.ErrorIs(t, y.assessor.Nodes(t.Context(), y.organization, y.platform, func(*store.Tx) error { return died }, nothing), died)
	require.Equal(t, []store.Cause{store.CauseSnapshot}, y.causes(t))
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		overlays, err := x.OverlaysOf(ctx, y.platform)
		require.NoError(t, err)
		require.NotContains(t, overlays, of.ID)
		return nil
	})
	y.merge(t)
	require.Contains(t, y.full(t)[names[0]].Message, "80 %")
}
