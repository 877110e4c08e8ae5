package jobs_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments/content"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/internal/dbtest"
	"plimsoll/server/jobs"
	"plimsoll/server/store"
)

var now = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

// yard is an organization with a platform, and a queue.
type yard struct {
	db           *dbtest.DB
	store        *store.Store
	queue        *jobs.Queue
	assessor     *jobs.Assessor
	person       store.Person
	organization store.OrganizationID
	platform     store.PlatformID
}

func newYard(t *testing.T) *yard {
	t.Helper()
	y := &yard{db: dbtest.New(t)}
	y.store = store.New(y.db.App)
	y.assessor = &jobs.Assessor{Store: y.store, Content: content.V1(), Now: func() time.Time { return now }}
	var err error
	y.queue, err = jobs.New(y.db.App, content.V1(), jobs.Options{Now: y.assessor.Now})
	require.NoError(t, err)
	y.person, err = y.store.SignIn(t.Context(), store.Identity{Issuer: "i", Subject: "s"})
	require.NoError(t, err)
	organization, err := y.store.CreateOrganization(t.Context(), y.person.ID, "Yard")
	require.NoError(t, err)
	y.organization = organization.ID
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		platform, err := x.CreatePlatform(ctx, "Production", "")
		y.platform = platform.ID
		return err
	})
	return y
}

func (y *yard) in(t *testing.T, do func(context.Context, *store.Tx) error) {
	t.Helper()
	require.NoError(t, y.store.InOrganization(t.Context(), y.organization, func(x *store.Tx) error { return do(t.Context(), x) }))
}

func (y *yard) work(t *testing.T) {
	t.Helper()
	require.NoError(t, y.queue.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, y.queue.Stop(context.Background())) })
}

// insert stores a snapshot of the given bytes without a job.
func (y *yard) insert(t *testing.T, file []byte, digest string, takenAt time.Time) (stored store.Snapshot) {
	t.Helper()
	y.in(t, func(ctx context.Context, x *store.Tx) (err error) {
		stored, _, err = x.InsertSnapshot(ctx, store.Snapshot{
			PlatformID: y.platform, Digest: digest, Source: "cluster", TakenAt: takenAt, StoredBytes: int64(len(file)), Records: map[string]int{},
		}, bytes.NewReader(file))
		return err
	})
	return stored
}

func file(t *testing.T, seed uint64) ([]byte, string) {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, snapshottest.Write(&file, snapshottest.Generate(4, seed)))
	reader, err := gzip.NewReader(bytes.NewReader(file.Bytes()))
	require.NoError(t, err)
	lines, err := io.ReadAll(reader)
	require.NoError(t, err)
	sum := sha256.Sum256(lines)
	return file.Bytes(), hex.EncodeToString(sum[:])
}

func (y *yard) put(t *testing.T, option string, from int) {
	t.Helper()
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		answer := questionnaire.Answer{Question: "G7", State: questionnaire.Answered, Options: []string{option}, Basis: questionnaire.Believed, AnsweredAt: now}
		if _, err := x.PutAnswer(ctx, y.platform, y.person.ID, answer, from); err != nil {
			return err
		}
		return y.queue.Reassess(ctx, x, y.platform)
	})
}

func (y *yard) latest(t *testing.T) (latest store.StoredAssessment, found bool) {
	t.Helper()
	err := y.store.InOrganization(t.Context(), y.organization, func(x *store.Tx) (err error) {
		latest, err = x.LatestAssessment(t.Context(), y.platform)
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		require.NoError(t, err)
	}
	return latest, err == nil
}

func (y *yard) jobs(t *testing.T, state string) (n int) {
	t.Helper()
	require.NoError(t, y.db.Admin.QueryRow(t.Context(), "select count(*) from river.river_job where state::text = $1", state).Scan(&n))
	return n
}

func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, 30*time.Second, 20*time.Millisecond)
}

func TestAnswersAloneAreAssessed(t *testing.T) {
	y := newYard(t)
	options := gateOptions(t)
	y.put(t, options[0], 0)
	y.put(t, options[1], 1)
	require.Equal(t, 1, y.jobs(t, "available"), "changes that come before it is begun share one job")
	y.work(t)
	eventually(t, func() bool { return y.jobs(t, "completed") == 1 })
	latest, found := y.latest(t)
	require.True(t, found)
	require.Nil(t, latest.SnapshotID)
	require.Equal(t, store.CauseAnswers, latest.Cause)
	require.NotNil(t, latest.Result.Need)
	require.EqualValues(t, 2, latest.InputRevision)
	require.True(t, latest.AsOf.Equal(now.Truncate(24*time.Hour)))

	y.put(t, options[0], 2) // after a job was done, a change gets one of its own
	eventually(t, func() bool { latest, _ := y.latest(t); return latest.InputRevision == 3 })
}

func gateOptions(t *testing.T) []string {
	t.Helper()
	question, ok := questionnaire.Current().Question("G7")
	require.True(t, ok)
	return []string{question.Options[0].ID, question.Options[1].ID}
}

func TestNothingToAssessLeavesNoResult(t *testing.T) {
	y := newYard(t)
	y.in(t, func(ctx context.Context, x *store.Tx) error { return y.queue.Reassess(ctx, x, y.platform) })
	y.work(t)
	eventually(t, func() bool { return y.jobs(t, "completed") == 1 })
	_, found := y.latest(t)
	require.False(t, found)
}

func TestAResultThatAnswersOvertakeIsMadeAgain(t *testing.T) {
	y := newYard(t)
	options := gateOptions(t)
	y.put(t, options[0], 0)
	changed := false
	slow := y.assessor.At(func() time.Time { // is asked for while inputs are read, before the result is stored
		if !changed {
			changed = true
			y.put(t, options[1], 1)
		}
		return now
	})
	require.NoError(t, slow.Platform(t.Context(), y.organization, y.platform, store.CauseAnswers, func(*store.Tx) error { return nil }))
	latest, found := y.latest(t)
	require.True(t, found)
	require.EqualValues(t, 2, latest.InputRevision)
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		rows, err := x.Assessments(ctx, y.platform, 10)
		require.Len(t, rows, 1, "the overtaken one is not kept")
		return err
	})
}

func TestASnapshotThatIsDamagedIsToldAndPassedOver(t *testing.T) {
	y := newYard(t)
	good, digest := file(t, 1)
	first := y.insert(t, good, digest, now.AddDate(0, 0, -2))
	bad := y.insert(t, good[:len(good)/2], hex.EncodeToString(make([]byte, 32)), now.AddDate(0, 0, -1))
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		return errors.Join(y.queue.AssessSnapshot(ctx, x, first.ID), y.queue.AssessSnapshot(ctx, x, bad.ID))
	})
	y.work(t)
	eventually(t, func() bool { return y.jobs(t, "completed") == 1 && y.jobs(t, "cancelled") == 1 })
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		failed, err := x.SnapshotByID(ctx, bad.ID)
		require.NoError(t, err)
		require.Equal(t, store.Failed, failed.State)
		require.Contains(t, failed.Reason, "cut off")
		fine, err := x.SnapshotByID(ctx, first.ID)
		require.Equal(t, store.Assessed, fine.State)
		return err
	})
	y.put(t, gateOptions(t)[0], 0)
	eventually(t, func() bool { latest, _ := y.latest(t); return latest.InputRevision == 1 })
	latest, _ := y.latest(t)
	require.Equal(t, digest, latest.SnapshotDigest, "answers are held against the newest snapshot that can be read")
	require.NotNil(t, latest.Result.Need)
}

func TestAJobOfAnErasedPlatformEnds(t *testing.T) {
	y := newYard(t)
	good, digest := file(t, 1)
	stored := y.insert(t, good, digest, now)
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		return errors.Join(y.queue.AssessSnapshot(ctx, x, stored.ID), y.queue.Reassess(ctx, x, y.platform), x.DeletePlatform(ctx, y.platform))
	})
	y.work(t)
	eventually(t, func() bool { return y.jobs(t, "cancelled") == 2 })
}

func TestAJobFallsWithItsTransaction(t *testing.T) {
	y := newYard(t)
	stop := errors.New("stop")
	err := y.store.InOrganization(t.Context(), y.organization, func(x *store.Tx) error {
		require.NoError(t, y.queue.Reassess(t.Context(), x, y.platform))
		return stop
	})
	require.ErrorIs(t, err, stop)
	require.Zero(t, y.jobs(t, "available"))
}

func TestHistoryAndSiblingsAreLookedAt(t *testing.T) {
	y := newYard(t)
	for week := range 3 {
		bytes, digest := file(t, uint64(week+1))
		stored := y.insert(t, bytes, digest, now.AddDate(0, 0, 7*(week-3)))
		require.NoError(t, y.assessor.Snapshot(t.Context(), y.organization, stored.ID, func(*store.Tx) error { return nil }))
	}
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		trend, err := x.Trend(ctx, y.platform, 10)
		require.Len(t, trend, 3)
		require.True(t, trend[0].Moment().Before(trend[2].Moment()))
		return err
	})
}

// A server that was killed leaves its job behind as running. Nothing but a restart brings it back before the rescue.
func TestAJobOfAKilledServerIsTakenUpAtOnce(t *testing.T) {
	y := newYard(t)
	body, digest := file(t, 1)
	stored := y.insert(t, body, digest, now)
	y.in(t, func(ctx context.Context, x *store.Tx) error { return y.queue.AssessSnapshot(ctx, x, stored.ID) })
	_, err := y.db.Admin.Exec(t.Context(), "update river.river_job set state = 'running', attempt = 1, attempted_at = now(), attempted_by = array['the killed one']")
	require.NoError(t, err)
	require.NoError(t, y.queue.TakeUp(t.Context(), y.db.App))
	y.work(t)
	require.Eventually(t, func() bool {
		_, found := y.latest(t)
		return found
	}, 30*time.Second, 25*time.Millisecond)
}

// Large snapshots wait for each other and all come to their results.
func TestLargeSnapshotsAreAllAssessed(t *testing.T) {
	y := newYard(t)
	for seed := range uint64(3) {
		body, digest := file(t, seed+1)
		y.in(t, func(ctx context.Context, x *store.Tx) error {
			stored, _, err := x.InsertSnapshot(ctx, store.Snapshot{PlatformID: y.platform, Digest: digest, Source: "cluster", TakenAt: now.Add(time.Duration(seed) * time.Hour),
				StoredBytes: int64(len(body)), ExpandedBytes: 9 << 20, Records: map[string]int{}}, bytes.NewReader(body))
			if err != nil {
				return err
			}
			return y.queue.AssessSnapshot(ctx, x, stored.ID)
		})
	}
	y.work(t)
	require.Eventually(t, func() bool {
		var assessed int
		require.NoError(t, y.db.Admin.QueryRow(t.Context(), "select count(*) from snapshot_states where state = 'assessed'").Scan(&assessed))
		return assessed == 3
	}, 60*time.Second, 50*time.Millisecond)
}
