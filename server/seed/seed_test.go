package seed_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/content"
	"plimsoll/internal/dbtest"
	"plimsoll/server/auth/devidentity"
	"plimsoll/server/jobs"
	"plimsoll/server/seed"
	"plimsoll/server/store"
)

// today is the day on which the example is made in these tests.
var today = time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC)

func seeded(t *testing.T) (*store.Store, func()) {
	t.Helper()
	s := store.New(dbtest.New(t).App)
	again := func() {
		t.Helper()
		assessor := &jobs.Assessor{Store: s, Content: content.V1(), Now: func() time.Time { return today }}
		require.NoError(t, seed.Example(t.Context(), s, assessor))
	}
	again()
	return s, again
}

func person(t *testing.T, s *store.Store, login string) store.Person {
	t.Helper()
	found, err := s.SignIn(t.Context(), store.Identity{Issuer: devidentity.Issuer, Subject: login, Name: login})
	require.NoError(t, err)
	return found
}

func example(t *testing.T, s *store.Store) store.Membership {
	t.Helper()
	memberships, err := s.OrganizationsOf(t.Context(), person(t, s, "mara").ID)
	require.NoError(t, err)
	require.Len(t, memberships, 1)
	return memberships[0]
}

// counted is what an organization holds.
type counted struct{ platforms, snapshots, assessments, answers, waivers, members int }

func count(t *testing.T, s *store.Store, organization store.OrganizationID) (c counted) {
	t.Helper()
	require.NoError(t, s.InOrganization(t.Context(), organization, func(tx *store.Tx) error {
		platforms, err := tx.Platforms(t.Context())
		require.NoError(t, err)
		members, err := tx.Members(t.Context())
		require.NoError(t, err)
		c.platforms, c.members = len(platforms), len(members)
		for _, p := range platforms {
			snapshots, err := tx.Snapshots(t.Context(), p.ID, 100)
			require.NoError(t, err)
			history, err := tx.Assessments(t.Context(), p.ID, 100)
			require.NoError(t, err)
			answers, err := tx.Answers(t.Context(), p.ID)
			require.NoError(t, err)
			waivers, err := tx.Waivers(t.Context(), p.ID)
			require.NoError(t, err)
			c.snapshots, c.assessments = c.snapshots+len(snapshots), c.assessments+len(history)
			c.answers, c.waivers = c.answers+len(answers), c.waivers+len(waivers)
		}
		return nil
	}))
	return c
}

func TestTheExampleIsMadeOnce(t *testing.T) {
	s, again := seeded(t)
	organization := example(t, s)
	before := count(t, s, organization.ID)
	require.Equal(t, counted{platforms: 4, snapshots: 8, assessments: 11, answers: 70, waivers: 1, members: 3}, before)
	again()
	require.Equal(t, before, count(t, s, example(t, s).ID))
}

func TestAnOrganizationThatIsThereIsLeftAlone(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	own, err := s.CreateOrganization(t.Context(), person(t, s, "ines").ID, "My own")
	require.NoError(t, err)
	assessor := &jobs.Assessor{Store: s, Content: content.V1(), Now: func() time.Time { return today }}
	require.NoError(t, seed.Example(t.Context(), s, assessor))
	require.Equal(t, counted{members: 1}, count(t, s, own.ID))
	for _, login := range []string{"mara", "tomas", "yuki"} {
		memberships, err := s.OrganizationsOf(t.Context(), person(t, s, login).ID)
		require.NoError(t, err)
		require.Empty(t, memberships, login)
	}
}

func platform(t *testing.T, s *store.Store, name string, look func(*store.Tx, store.Platform)) {
	t.Helper()
	require.NoError(t, s.InOrganization(t.Context(), example(t, s).ID, func(tx *store.Tx) error {
		platforms, err := tx.Platforms(t.Context())
		require.NoError(t, err)
		for _, p := range platforms {
			if p.Name == name {
				look(tx, p)
				return nil
			}
		}
		require.Fail(t, "no platform "+name)
		return nil
	}))
}

func TestProductionHasAHistoryWorthLookingAt(t *testing.T) {
	s, _ := seeded(t)
	platform(t, s, "Production, Hamburg", func(tx *store.Tx, p store.Platform) {
		ctx := context.Background()
		history, err := tx.Assessments(ctx, p.ID, 100)
		require.NoError(t, err)
		moments := map[time.Time]bool{}
		for _, row := range history {
			moments[row.Moment()] = true
			require.True(t, row.CreatedAt.Before(today), "nothing lies in the future")
		}
		require.GreaterOrEqual(t, len(moments), 5)
		latest, err := tx.LatestAssessment(ctx, p.ID)
		require.NoError(t, err)
		require.Equal(t, "2026-11-19", latest.AsOf.Format(time.DateOnly))
		require.NotEmpty(t, latest.Verdict)
		require.NotEmpty(t, latest.Result.Contradictions)
		require.Positive(t, latest.CriticalFindings)
		require.Equal(t, 1, latest.WaivedFindings)
		for _, blind := range latest.Result.CouldNotSee {
			require.NotEqual(t, "K-03", blind.What, "six snapshots are history enough: %s", blind.Why)
		}
		oldest := history[len(history)-1]
		require.Less(t, latest.CriticalFindings+latest.HighFindings+latest.MediumFindings, oldest.CriticalFindings+oldest.HighFindings+oldest.MediumFindings, "it improves")
	})
}

func TestEveryPlatformShowsAStateOfItsOwn(t *testing.T) {
	s, _ := seeded(t)
	platform(t, s, "Warehouse (planned)", func(tx *store.Tx, p store.Platform) {
		latest, err := tx.LatestAssessment(t.Context(), p.ID)
		require.NoError(t, err)
		require.True(t, latest.Result.Plan)
		require.Nil(t, latest.SnapshotID)
		require.NotNil(t, latest.Result.Need)
	})
	platform(t, s, "Shop, staging", func(tx *store.Tx, p store.Platform) {
		latest, err := tx.LatestAssessment(t.Context(), p.ID)
		require.NoError(t, err)
		require.NotNil(t, latest.SnapshotID)
		answers, err := tx.Answers(t.Context(), p.ID)
		require.NoError(t, err)
		require.Empty(t, answers)
	})
	platform(t, s, "Old cluster", func(_ *store.Tx, p store.Platform) { require.NotNil(t, p.ArchivedAt) })
}
