package store_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/internal/dbtest"
	"plimsoll/server/store"
)

func TestAPersonIsIssuerAndSubject(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	ctx := t.Context()
	first, err := s.SignIn(ctx, store.Identity{Issuer: "https://a.example", Subject: "7", Email: "ada@example.com", Name: "Ada"})
	require.NoError(t, err)
	again, err := s.SignIn(ctx, store.Identity{Issuer: "https://a.example", Subject: "7", Email: "ada@new.example", Name: "Ada L."})
	require.NoError(t, err)
	require.Equal(t, first.ID, again.ID)
	require.Equal(t, "ada@new.example", again.Email)
	other, err := s.SignIn(ctx, store.Identity{Issuer: "https://b.example", Subject: "7", Email: "ada@new.example", Name: "Ada L."})
	require.NoError(t, err)
	require.NotEqual(t, first.ID, other.ID, "the same address at another provider is another person")

	found, err := s.PersonByID(ctx, first.ID)
	require.NoError(t, err)
	require.Equal(t, "Ada L.", found.Name)
	_, err = s.PersonByID(ctx, store.NewID[store.Person]())
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestTwoFirstSignInsAtOnceAreOnePerson(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	ids := make([]store.PersonID, 6)
	var wait sync.WaitGroup
	for i := range ids {
		wait.Go(func() {
			person, err := s.SignIn(t.Context(), store.Identity{Issuer: "i", Subject: "s"})
			if err == nil {
				ids[i] = person.ID
			}
		})
	}
	wait.Wait()
	for _, id := range ids {
		require.False(t, id.IsZero())
		require.Equal(t, ids[0], id)
	}
}

func TestOrganizationsOfAPerson(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	ctx := t.Context()
	mine, theirs := newHouse(t, s, "mine"), newHouse(t, s, "theirs")
	second, err := s.CreateOrganization(ctx, mine.person.ID, "House mine")
	require.NoError(t, err)
	require.Equal(t, "house-mine-2", second.Slug)

	memberships, err := s.OrganizationsOf(ctx, mine.person.ID)
	require.NoError(t, err)
	require.Len(t, memberships, 2)
	require.Equal(t, store.Owner, memberships[0].Role)

	who, found, err := s.VisitorOf(ctx, mine.person.ID, mine.organization.Slug)
	require.NoError(t, err)
	require.Equal(t, mine.person.ID, who.ID)
	require.Equal(t, mine.organization.ID, found.ID)
	for _, slug := range []string{theirs.organization.Slug, "never-was", "\x00"} {
		_, _, err = s.VisitorOf(ctx, mine.person.ID, slug)
		require.ErrorIs(t, err, store.ErrNotFound)
	}

	in(t, s, mine.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		require.NoError(t, tx.RenameOrganization(ctx, "Renamed"))
		require.NoError(t, tx.SetSettings(ctx, assessments.Settings{FlatHeadroom: true}))
		current, err := tx.CurrentOrganization(ctx)
		require.Equal(t, "Renamed", current.Name)
		require.Equal(t, mine.organization.Slug, current.Slug)
		require.True(t, current.Settings.FlatHeadroom)
		return err
	})
}

func TestMembers(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	second, err := s.SignIn(t.Context(), store.Identity{Issuer: "i", Subject: "second", Name: "Second"})
	require.NoError(t, err)
	run := func(do func(ctx context.Context, tx *store.Tx) error) error {
		return s.InOrganization(t.Context(), h.organization.ID, func(tx *store.Tx) error { return do(t.Context(), tx) })
	}
	add := func(ctx context.Context, tx *store.Tx) error { return tx.AddMember(ctx, second.ID, store.Viewer) }
	require.NoError(t, run(add))
	require.ErrorIs(t, run(add), store.ErrExists)
	require.ErrorIs(t, run(func(ctx context.Context, tx *store.Tx) error { return tx.SetRole(ctx, h.person.ID, store.Admin) }), store.ErrLastOwner)
	require.ErrorIs(t, run(func(ctx context.Context, tx *store.Tx) error { return tx.RemoveMember(ctx, h.person.ID) }), store.ErrLastOwner)
	require.NoError(t, run(func(ctx context.Context, tx *store.Tx) error { return tx.SetRole(ctx, second.ID, store.Owner) }))
	require.NoError(t, run(func(ctx context.Context, tx *store.Tx) error { return tx.RemoveMember(ctx, h.person.ID) }))
	require.NoError(t, run(func(ctx context.Context, tx *store.Tx) error {
		members, err := tx.Members(ctx)
		require.Len(t, members, 1)
		require.Equal(t, "Second", members[0].Name)
		answers, err2 := tx.Answers(ctx, h.platform.ID)
		require.NoError(t, err2)
		require.Len(t, answers, 1)
		require.Empty(t, answers[0].Respondent, "who left is no longer named")
		return err
	}))
}
