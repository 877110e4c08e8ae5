package jobs_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/questionnaire"
	"plimsoll/server/jobs"
	"plimsoll/server/store"
)

// nextVersion is the present content with other weights, as a second version.
func nextVersion() *assessments.Content {
	next := *content.V1()
	next.Version, next.Hash = "2", "another"
	next.Controls = slices.Clone(next.Controls)
	for i := range next.Controls {
		if next.Controls[i].Weight == 5 {
			next.Controls[i].Weight = 1
		}
	}
	return &next
}

// assessAt stores a snapshot and scores it by version 1, on a day so many days ago.
func (y *yard) assessAt(t *testing.T, seed uint64, daysAgo int) store.Snapshot {
	t.Helper()
	at := now.AddDate(0, 0, -daysAgo)
	bytes, digest := file(t, seed)
	stored := y.insert(t, bytes, digest, at)
	assessor := y.assessor.At(func() time.Time { return at.Add(time.Hour) })
	require.NoError(t, assessor.Snapshot(t.Context(), y.organization, stored.ID, func(*store.Tx) error { return nil }))
	return stored
}

func (y *yard) rescore(t *testing.T, r jobs.Rescoring) (int, jobs.Rescored) {
	t.Helper()
	var reported jobs.Rescored
	r.Report = func(one jobs.Rescored) { reported = one }
	assessor := &jobs.Assessor{Store: y.store, Content: nextVersion(), Now: func() time.Time { return now }}
	made, err := assessor.Rescore(t.Context(), y.organization, r)
	require.NoError(t, err)
	return made, reported
}

func (y *yard) results(t *testing.T) (all, trend []store.AssessmentRow) {
	t.Helper()
	y.in(t, func(ctx context.Context, x *store.Tx) (err error) {
		if all, err = x.Assessments(ctx, y.platform, 100); err != nil {
			return err
		}
		trend, err = x.Trend(ctx, y.platform, 100)
		return err
	})
	return all, trend
}

func versions(rows []store.AssessmentRow) []string {
	found := make([]string, len(rows))
	for i, row := range rows {
		found[i] = row.ContentVersion
	}
	return found
}

func TestHistoryIsScoredAgainBesideTheOldResults(t *testing.T) {
	y := newYard(t)
	first := y.assessAt(t, 1, 10)
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		_, err := x.PutAnswer(ctx, y.platform, y.person.ID, questionnaire.Answer{Question: "G7", State: questionnaire.Answered,
			Options: []string{gateOptions(t)[0]}, Basis: questionnaire.Believed, AnsweredAt: now.AddDate(0, 0, -5)}, 0)
		return err
	})
	second := y.assessAt(t, 2, 1)
	before, _ := y.results(t)
	require.Equal(t, []string{"1", "1"}, versions(before))

	made, dry := y.rescore(t, jobs.Rescoring{DryRun: true})
	require.Zero(t, made)
	require.Equal(t, jobs.Rescored{Platform: "production", Outdated: 2}, dry)
	require.False(t, dry.Done())
	unchanged, _ := y.results(t)
	require.Equal(t, before, unchanged)

	made, one := y.rescore(t, jobs.Rescoring{Limit: 1})
	require.Equal(t, 1, made)
	require.Equal(t, jobs.Rescored{Platform: "production", Outdated: 2, Made: 1}, one)
	_, trend := y.results(t)
	require.Equal(t, []string{"2", "1"}, versions(trend), "the oldest first; a trend in between shows both yardsticks")

	made, rest := y.rescore(t, jobs.Rescoring{Platform: "production"})
	require.Equal(t, 1, made)
	require.True(t, rest.Done())
	all, trend := y.results(t)
	require.Equal(t, []string{"2", "2"}, versions(trend))
	require.Equal(t, []string{"2", "1", "2", "1"}, versions(all), "the old results stay beside the new ones")
	require.Equal(t, before[0], all[1])
	require.Equal(t, before[1], all[3])
	for i, snapshot := range []store.Snapshot{first, second} {
		require.Equal(t, snapshot.ID, *trend[i].SnapshotID)
		require.Equal(t, store.CauseContent, trend[i].Cause)
		require.True(t, trend[i].AsOf.Equal(before[1-i].AsOf), "judged at the day of the old result")
		require.Equal(t, before[1-i].InputRevision, trend[i].InputRevision)
	}
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		then, err := x.AssessmentOfSnapshot(ctx, first.ID)
		require.NoError(t, err)
		require.Empty(t, answered(then.Result), "what was answered later did not count then")
		latest, err := x.LatestAssessment(ctx, y.platform)
		require.NoError(t, err)
		require.Equal(t, []string{"G7"}, answered(latest.Result))
		require.Equal(t, "2", latest.Result.ContentVersion)
		require.NotEqual(t, before[0].ScoreLow, latest.ScoreLow, "another yardstick")
		return nil
	})

	made, none := y.rescore(t, jobs.Rescoring{})
	require.Zero(t, made)
	require.Equal(t, jobs.Rescored{Platform: "production"}, none)
	again, _ := y.results(t)
	require.Equal(t, all, again, "run twice, the second time does nothing")
}

func answered(result assessments.Assessment) []string {
	var found []string
	for _, g := range result.Answers {
		if g.State == questionnaire.Answered {
			found = append(found, g.Question)
		}
	}
	return found
}

func TestOtherWordingIsScoredAgainOnlyWhereAskedFor(t *testing.T) {
	y := newYard(t)
	y.assessAt(t, 1, 10)
	same := *content.V1()
	same.Hash = "other words"
	assessor := &jobs.Assessor{Store: y.store, Content: &same, Now: func() time.Time { return now }}
	for want, r := range []jobs.Rescoring{{}, {SameVersion: true}} {
		made, err := assessor.Rescore(t.Context(), y.organization, r)
		require.NoError(t, err)
		require.Equal(t, want, made)
	}
	made, err := assessor.Rescore(t.Context(), y.organization, jobs.Rescoring{SameVersion: true})
	require.NoError(t, err)
	require.Zero(t, made)
}

func TestOfAnswersAloneTheLastResultIsScoredAgain(t *testing.T) {
	y := newYard(t)
	for revision, option := range gateOptions(t)[:2] {
		y.in(t, func(ctx context.Context, x *store.Tx) error {
			_, err := x.PutAnswer(ctx, y.platform, y.person.ID, questionnaire.Answer{Question: "G7", State: questionnaire.Answered,
				Options: []string{option}, Basis: questionnaire.Believed, AnsweredAt: now.AddDate(0, 0, revision-9)}, revision)
			return err
		})
		assessor := y.assessor.At(func() time.Time { return now.AddDate(0, 0, revision-9).Add(time.Minute) })
		require.NoError(t, assessor.Platform(t.Context(), y.organization, y.platform, store.CauseAnswers, func(*store.Tx) error { return nil }))
	}
	made, _ := y.rescore(t, jobs.Rescoring{})
	require.Equal(t, 1, made)
	all, _ := y.results(t)
	require.Equal(t, []string{"2", "1", "1"}, versions(all))
	latest, found := y.latest(t)
	require.True(t, found)
	require.Equal(t, []string{gateOptions(t)[1]}, latest.Result.Answers[slices.IndexFunc(latest.Result.Answers, func(g questionnaire.Given) bool { return g.Question == "G7" })].Options)
}

func TestAResultThatCantBeMadeAgainCostsNoOther(t *testing.T) {
	y := newYard(t)
	damaged := y.assessAt(t, 1, 10)
	y.assessAt(t, 2, 1)
	_, err := y.db.Admin.Exec(t.Context(), "update snapshot_blobs set content = '\\x00' where snapshot_id = $1", damaged.ID)
	require.NoError(t, err)
	made, reported := y.rescore(t, jobs.Rescoring{})
	require.Equal(t, 1, made)
	require.Len(t, reported.Failed, 1)
	require.ErrorContains(t, reported.Failed[0], "result of 2026-08-22")
	require.False(t, reported.Done())
}

func TestWhatCameBetweenIsNotScoredOver(t *testing.T) {
	y := newYard(t)
	y.assessAt(t, 1, 10)
	var old []store.AssessmentRow
	y.in(t, func(ctx context.Context, x *store.Tx) (err error) {
		old, err = x.Outdated(ctx, y.platform, "2", "")
		require.NoError(t, err)
		last, err := x.IsLast(ctx, old[0])
		require.True(t, last)
		return err
	})
	made, _ := y.rescore(t, jobs.Rescoring{})
	require.Equal(t, 1, made)
	y.in(t, func(ctx context.Context, x *store.Tx) error {
		last, err := x.IsLast(ctx, old[0])
		require.False(t, last)
		return err
	})
}

func TestAPlatformOfAnotherOrganizationIsNotFound(t *testing.T) {
	y := newYard(t)
	other, err := y.store.CreateOrganization(t.Context(), y.person.ID, "Other yard")
	require.NoError(t, err)
	_, err = y.assessor.Rescore(t.Context(), other.ID, jobs.Rescoring{Platform: "production"})
	require.ErrorIs(t, err, store.ErrNotFound)

	names, err := y.store.Organizations(t.Context())
	require.NoError(t, err)
	require.Equal(t, []store.OrganizationName{{ID: other.ID, Slug: "other-yard"}, {ID: y.organization, Slug: "yard"}}, names)
	var seen int
	require.NoError(t, y.db.App.QueryRow(t.Context(), "select count(*) from organizations").Scan(&seen))
	require.Zero(t, seen, "nothing else sees that there are any")
}
