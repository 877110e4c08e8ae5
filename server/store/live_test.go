package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/internal/dbtest"
	"plimsoll/server/store"
)

// Whoever waits for a sample is told when it is whole, with nothing else happening at that moment.
func TestTheMakingOfASampleIsToldOf(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	var sample store.Platform
	in(t, s, h.organization.ID, func(ctx context.Context, x *store.Tx) (err error) {
		sample, err = x.CreateSample(ctx, "Sample", "")
		return err
	})
	ctx, leave := context.WithCancel(t.Context())
	begun, told, ended := make(chan struct{}), make(chan store.News, 10), make(chan error)
	go func() {
		ended <- s.Listen(ctx, func() { close(begun) }, func(news store.News) { told <- news })
	}()
	<-begun
	mark := func() (mark string) {
		in(t, s, h.organization.ID, func(ctx context.Context, x *store.Tx) (err error) {
			mark, err = x.Mark(ctx, sample.ID)
			return err
		})
		return mark
	}
	before := mark()
	in(t, s, h.organization.ID, func(ctx context.Context, x *store.Tx) error { return x.SetMaking(ctx, sample.ID, "") })
	select {
	case news := <-told:
		require.Equal(t, store.News{Platform: sample.ID}, news)
	case <-time.After(30 * time.Second):
		require.Fail(t, "nothing was told")
	}
	require.NotEqual(t, before, mark())

	err := s.InOrganization(t.Context(), h.organization.ID, func(x *store.Tx) error { return x.SetMaking(t.Context(), h.platform.ID, store.MakingFailed) })
	require.ErrorIs(t, err, store.ErrNotFound, "a platform of one's own is not made")
	err = s.InOrganization(t.Context(), h.organization.ID, func(x *store.Tx) error { return x.EmptySample(t.Context(), sample.ID) })
	require.ErrorIs(t, err, store.ErrNotFound, "what is whole is not emptied")
	leave()
	require.Error(t, <-ended)
}
