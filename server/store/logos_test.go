package store_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/internal/dbtest"
	"plimsoll/server/store"
)

func TestLogo(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	mine, theirs := newHouse(t, s, "mine"), newHouse(t, s, "theirs")
	put := func(picture string, logo store.Logo) (digest string) {
		in(t, s, mine.organization.ID, func(ctx context.Context, tx *store.Tx) (err error) {
			digest, err = tx.PutLogo(ctx, mine.person.ID, logo, []byte(picture))
			return err
		})
		return digest
	}
	put("the first", store.Logo{Width: 30, Height: 20, Alt: "A crane"})
	digest := put("the second", store.Logo{Width: 480, Height: 240, Dark: true, Alt: "A zero \x00 in it"})
	require.Equal(t, digestOf("the second"), digest)
	in(t, s, mine.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		logo, err := tx.Logo(ctx)
		require.NoError(t, err)
		require.False(t, logo.UploadedAt.IsZero())
		logo.UploadedAt = taken
		require.Equal(t, store.Logo{Digest: digest, Width: 480, Height: 240, Bytes: len("the second"), Dark: true, Alt: "A zero \ufffd in it", By: "Person mine", UploadedAt: taken}, logo)
		require.NoError(t, tx.DescribeLogo(ctx, "A crane over the water"))
		logo, err = tx.Logo(ctx)
		require.Equal(t, "A crane over the water", logo.Alt)
		return err
	})
	in(t, s, mine.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		require.NoError(t, tx.RemoveLogo(ctx))
		_, err := tx.Logo(ctx)
		require.ErrorIs(t, err, store.ErrNotFound)
		_, _, err = tx.LogoPNG(ctx)
		require.ErrorIs(t, err, store.ErrNotFound)
		require.ErrorIs(t, tx.DescribeLogo(ctx, "nothing"), store.ErrNotFound)
		require.ErrorIs(t, tx.RemoveLogo(ctx), store.ErrNotFound)
		return nil
	})
	in(t, s, theirs.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		logo, png, err := tx.LogoPNG(ctx)
		require.Equal(t, "a picture of theirs", string(png))
		require.Equal(t, digestOf("a picture of theirs"), logo.Digest)
		return err
	})
}

// What the package that draws logos never hands over, the database would not take either.
func TestALogoHasBounds(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	for name, c := range map[string]struct {
		logo store.Logo
		png  []byte
	}{
		"no picture":     {store.Logo{Width: 1, Height: 1, Alt: "x"}, []byte{}},
		"too many bytes": {store.Logo{Width: 1, Height: 1, Alt: "x"}, bytes.Repeat([]byte("x"), 1<<20+1)},
		"too wide":       {store.Logo{Width: 481, Height: 1, Alt: "x"}, []byte("x")},
		"too high":       {store.Logo{Width: 1, Height: 241, Alt: "x"}, []byte("x")},
		"flat":           {store.Logo{Width: 1, Height: 0, Alt: "x"}, []byte("x")},
		"without words":  {store.Logo{Width: 1, Height: 1}, []byte("x")},
		"too many words": {store.Logo{Width: 1, Height: 1, Alt: strings.Repeat("ä", 161)}, []byte("x")},
	} {
		t.Run(name, func(t *testing.T) {
			err := s.InOrganization(t.Context(), h.organization.ID, func(tx *store.Tx) error {
				_, err := tx.PutLogo(t.Context(), h.person.ID, c.logo, c.png)
				return err
			})
			require.ErrorIs(t, err, store.ErrUnfit)
		})
	}
}
