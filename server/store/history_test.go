package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/internal/dbtest"
	"plimsoll/server/store"
)

func found(name string, severity assessments.Severity) assessments.Finding {
	return assessments.Finding{Rule: "probes/readiness", Severity: severity, Subject: assessments.Subject{Kind: "Deployment", Namespace: "shop", Name: name}, Fingerprint: name}
}

// kept stores a result of answers with the findings, made at the time.
func kept(ctx context.Context, t *testing.T, tx *store.Tx, platform store.PlatformID, at time.Time, findings ...assessments.Finding) store.AssessmentRow {
	t.Helper()
	id, err := tx.SaveAssessment(ctx, store.NewAssessment{Platform: platform, Cause: store.CauseAnswers, CreatedAt: at,
		Result: assessments.Assessment{ContentVersion: "1", AsOf: assessments.Day(at), Findings: findings}})
	require.NoError(t, err)
	stored, err := tx.AssessmentByID(ctx, id)
	require.NoError(t, err)
	return stored.AssessmentRow
}

func TestAResultSaysWhatIsNewAndWhatIsMended(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		platform, err := tx.CreatePlatform(ctx, "Fresh", "")
		require.NoError(t, err)
		monday := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
		waived := found("d", assessments.Low)
		waived.Waived = true
		first := kept(ctx, t, tx, platform.ID, monday, found("a", assessments.High), found("b", assessments.Low))
		second := kept(ctx, t, tx, platform.ID, monday.AddDate(0, 0, 7), found("b", assessments.Low), found("c", assessments.Critical), waived)
		for _, want := range []struct {
			row           store.AssessmentRow
			added, mended int
		}{{first, 0, 0}, {second, 1, 1}} {
			added, mended, err := tx.Movement(ctx, want.row.ID)
			require.NoError(t, err)
			require.Equal(t, []int{want.added, want.mended}, []int{added, mended})
		}
		before, ok, err := tx.AssessmentBefore(ctx, second)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, first.ID, before.ID)
		_, ok, err = tx.AssessmentBefore(ctx, first)
		require.NoError(t, err)
		require.False(t, ok)

		top, open, err := tx.TopFindings(ctx, second.ID, 1)
		require.NoError(t, err)
		require.Len(t, top, 1)
		require.Equal(t, "c", top[0].Subject.Name, "the gravest")
		require.Equal(t, map[string]int{"probes/readiness": 2}, open, "waived ones are not open")
		return nil
	})
}

func TestASittingOverTheQuestionnaireIsOneStepInTime(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		platform, err := tx.CreatePlatform(ctx, "Fresh", "")
		require.NoError(t, err)
		morning := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
		for minute := range 5 {
			kept(ctx, t, tx, platform.ID, morning.Add(time.Duration(minute)*time.Minute))
		}
		last := kept(ctx, t, tx, platform.ID, morning.Add(time.Hour))
		next := kept(ctx, t, tx, platform.ID, morning.AddDate(0, 0, 1))
		timeline, _, _, err := tx.Timeline(ctx, platform.ID, store.TimelinePage{Limit: 10})
		require.NoError(t, err)
		require.Len(t, timeline, 2)
		require.Equal(t, []store.AssessmentID{next.ID, last.ID}, []store.AssessmentID{timeline[0].ID, timeline[1].ID})
		trend, err := tx.Trend(ctx, platform.ID, 10)
		require.NoError(t, err)
		require.Len(t, trend, 2)
		return nil
	})
}

func TestAResultHasAName(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		platform, err := tx.CreatePlatform(ctx, "Fresh", "")
		require.NoError(t, err)
		monday := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
		var all []store.AssessmentRow
		for n := range store.MaxMilestones + 1 {
			all = append(all, kept(ctx, t, tx, platform.ID, monday.Add(time.Duration(n)*time.Minute)))
		}
		require.NoError(t, tx.NameAssessment(ctx, platform.ID, all[0].ID, "first", h.person.ID))
		require.NoError(t, tx.NameAssessment(ctx, platform.ID, all[1].ID, "second", h.person.ID))
		require.NoError(t, tx.NameAssessment(ctx, platform.ID, all[0].ID, "before the migration", h.person.ID))
		named, err := tx.Milestones(ctx, platform.ID)
		require.NoError(t, err)
		require.Len(t, named, 2)
		require.Equal(t, []string{"second", "before the migration"}, []string{named[0].Name, named[1].Name})
		require.Equal(t, "Person mine", named[1].By)
		require.Equal(t, all[0].ID, named[1].ID)

		require.ErrorIs(t, tx.NameAssessment(ctx, h.platform.ID, all[0].ID, "x", h.person.ID), store.ErrNotFound, "of another platform")
		require.ErrorIs(t, tx.UnnameAssessment(ctx, h.platform.ID, all[0].ID), store.ErrNotFound)
		for _, a := range all[2:store.MaxMilestones] {
			require.NoError(t, tx.NameAssessment(ctx, platform.ID, a.ID, "x", h.person.ID))
		}
		last := all[store.MaxMilestones].ID
		require.ErrorIs(t, tx.NameAssessment(ctx, platform.ID, last, "one too many", h.person.ID), store.ErrConflict)
		require.NoError(t, tx.NameAssessment(ctx, platform.ID, all[1].ID, "renamed all the same", h.person.ID))
		require.NoError(t, tx.UnnameAssessment(ctx, platform.ID, all[0].ID))
		require.NoError(t, tx.NameAssessment(ctx, platform.ID, last, "there is room", h.person.ID))
		return nil
	})
}

func TestWhatCameBackIsNotNew(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		platform, err := tx.CreatePlatform(ctx, "Fresh", "")
		require.NoError(t, err)
		day := func(n int) time.Time { return time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC) }
		waived := found("w", assessments.Low)
		waived.Waived = true
		kept(ctx, t, tx, platform.ID, day(1), found("a", assessments.High), found("b", assessments.Low))
		before := kept(ctx, t, tx, platform.ID, day(2), found("b", assessments.Low))
		kept(ctx, t, tx, platform.ID, day(3), found("b", assessments.Low), found("n", assessments.Low))
		after := kept(ctx, t, tx, platform.ID, day(4), found("a", assessments.High), found("b", assessments.Low), found("n", assessments.Low), waived)
		back, err := tx.CameBack(ctx, after.ID, before.ID)
		require.NoError(t, err)
		require.Equal(t, map[string]bool{"a": true}, back, "n is new since, b stood, w is waived")
		back, err = tx.CameBack(ctx, before.ID, after.ID)
		require.NoError(t, err)
		require.Empty(t, back)
		return nil
	})
}

// A walk through a timeline by pages, on and back, meets every result once and knows where it stands.
func TestATimelineIsTurnedPageByPage(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		platform, err := tx.CreatePlatform(ctx, "Fresh", "")
		require.NoError(t, err)
		var want []store.AssessmentID // new to old
		for day := range 7 {
			made := kept(ctx, t, tx, platform.ID, time.Date(2026, 11, 2+day, 9, 0, 0, 0, time.UTC))
			want = append([]store.AssessmentID{made.ID}, want...)
		}
		page := func(asked store.TimelinePage) []store.TimelineRow {
			asked.Limit = 3
			rows, ahead, total, err := tx.Timeline(ctx, platform.ID, asked)
			require.NoError(t, err)
			require.Equal(t, 7, total)
			for k, row := range rows {
				require.Equal(t, want[ahead+k], row.ID)
			}
			return rows
		}
		first := page(store.TimelinePage{})
		require.Equal(t, want[0], first[0].ID)
		second := page(store.TimelinePage{After: &first[2].AssessmentRow})
		require.Equal(t, want[3], second[0].ID)
		third := page(store.TimelinePage{After: &second[2].AssessmentRow})
		require.Equal(t, []store.AssessmentID{want[6]}, []store.AssessmentID{third[0].ID})
		require.Len(t, third, 1)
		require.Equal(t, second, page(store.TimelinePage{Before: &third[0].AssessmentRow}))
		require.Equal(t, first, page(store.TimelinePage{Before: &second[0].AssessmentRow}))
		return nil
	})
}
