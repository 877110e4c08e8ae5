package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/internal/dbtest"
	"plimsoll/server/store"
)

var signingKey = snapshot.PublicHalf(snapshot.SigningKey("plim_a"))

func readingOf(platform store.PlatformID, name, uid string, at time.Time) store.NodeReading {
	return store.NodeReading{PlatformID: platform, Name: name, UID: uid, ClusterUID: "5a1f", Digest: digestOf(name + uid + at.String()), CollectorVersion: "v1.2.3", TakenAt: at,
		Figures: snapshot.Node{Name: name, UID: uid, CPUs: 4, KernelVersion: "6.1\x00", Conntrack: &snapshot.Conntrack{Count: 7, Max: 262144, Source: "node", ReadAt: &at}}}
}

func TestOfEachNodeTheNewestReadingIsKept(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	for _, step := range []struct {
		name, uid string
		after     time.Duration
		fresh     bool
		kept      []string
	}{
		{"worker-2", "uid-2", 0, true, []string{"worker-1", "worker-2"}},
		{"worker-2", "uid-2", 0, false, []string{"worker-1", "worker-2"}},
		{"worker-2", "uid-2", -time.Minute, false, []string{"worker-1", "worker-2"}},
		{"worker-2", "uid-2", time.Minute, true, []string{"worker-1", "worker-2"}},
		{"renamed", "uid-2", 2 * time.Minute, true, []string{"renamed", "worker-1"}},
		{"without", "", 0, true, []string{"renamed", "without", "worker-1"}},
		{"without too", "", 0, true, []string{"renamed", "without", "without too", "worker-1"}},
	} {
		in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
			before, err := tx.NodeReadingsMark(ctx, h.platform.ID)
			require.NoError(t, err)
			want := readingOf(h.platform.ID, step.name, step.uid, taken.Add(step.after))
			stored, fresh, err := tx.PutNodeReading(ctx, want)
			require.NoError(t, err)
			require.Equal(t, step.fresh, fresh, "%+v", step)
			require.Equal(t, step.fresh || step.after == 0, stored.Digest == want.Digest, "what is there is returned")
			after, err := tx.NodeReadingsMark(ctx, h.platform.ID)
			require.Equal(t, step.fresh, before != after, "the mark tells")
			require.NoError(t, err)
			readings, err := tx.NodeReadings(ctx, h.platform.ID)
			require.NoError(t, err)
			var names []string
			for _, r := range readings {
				names = append(names, r.Name)
			}
			require.Equal(t, step.kept, names)
			return nil
		})
	}
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		found, err := tx.NodeReadingByID(ctx, h.node.ID)
		require.NoError(t, err)
		require.Equal(t, "worker-1", found.Name)
		require.Equal(t, store.Unsigned, found.Signature)
		require.Equal(t, "6.1\ufffd", found.Figures.KernelVersion, "what the database can't hold is replaced")
		require.Equal(t, snapshot.NodeReading{From: found.Digest, Cluster: "5a1f", At: taken, Node: found.Figures}, found.Reading())
		require.True(t, found.Figures.Conntrack.ReadAt.Equal(taken))
		heard, err := tx.NodesHeard(ctx, h.platform.ID)
		require.NoError(t, err)
		require.Equal(t, 4, heard.Nodes)
		require.True(t, heard.Oldest.Equal(taken))
		require.True(t, heard.Newest.Equal(taken.Add(2*time.Minute)))
		return nil
	})
	require.ErrorIs(t, s.InOrganization(t.Context(), h.organization.ID, func(tx *store.Tx) error {
		_, _, err := tx.PutNodeReading(t.Context(), readingOf(h.platform.ID, "", "", taken))
		return err
	}), store.ErrUnfit)
}

func TestReadingsThatNobodySentForAWeekAreForgotten(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	_, err := db.Admin.Exec(t.Context(), "update node_readings set received_at = now() - interval '8 days'")
	require.NoError(t, err)
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.PutNodeReading(ctx, readingOf(h.platform.ID, "worker-2", "", taken))
		require.NoError(t, err)
		heard, err := tx.NodesHeard(ctx, h.platform.ID)
		require.Equal(t, 1, heard.Nodes)
		return err
	})
}

func TestNoMoreNodesThanAClusterHasAreKept(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	_, err := db.Admin.Exec(t.Context(), `
		insert into node_readings (organization_id, platform_id, name, id, digest, taken_at, figures, received_at)
		select organization_id, platform_id, 'n' || n, gen_random_uuid(), digest, taken_at, '{}', now() - make_interval(secs => n)
		from node_readings, generate_series(1, $1) n`, snapshot.MaxElements)
	require.NoError(t, err)
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.PutNodeReading(ctx, readingOf(h.platform.ID, "worker-2", "", taken))
		require.NoError(t, err)
		heard, err := tx.NodesHeard(ctx, h.platform.ID)
		require.NoError(t, err)
		require.Equal(t, snapshot.MaxElements, heard.Nodes)
		_, fresh, err := tx.PutNodeReading(ctx, readingOf(h.platform.ID, fmt.Sprint("n", snapshot.MaxElements), "", taken.AddDate(-1, 0, 0)))
		require.True(t, fresh, "the one that was heard of longest ago was forgotten")
		return err
	})
}

func TestOverlays(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	var first string
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		readings, version, err := tx.OverlayReadings(ctx, h.snapshot.ID)
		require.NoError(t, err)
		first = version
		require.Equal(t, []snapshot.NodeReading{h.node.Reading()}, readings)
		merged, err := tx.IsMerged(ctx, h.snapshot.ID, h.node.Digest)
		require.NoError(t, err)
		require.True(t, merged)
		merged, err = tx.IsMerged(ctx, h.snapshot.ID, digestOf("another"))
		require.NoError(t, err)
		require.False(t, merged)
		target, err := tx.MergeTarget(ctx, h.platform.ID)
		require.NoError(t, err)
		require.Equal(t, h.snapshot.ID, target.ID)
		require.True(t, target.MergedAt.Equal(taken))
		return nil
	})
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		older := readingOf(h.platform.ID, "worker-2", "", taken.Add(-time.Hour)).Reading()
		require.NoError(t, tx.SaveOverlay(ctx, h.snapshot.ID, []snapshot.NodeReading{h.node.Reading(), older}, taken.Add(time.Hour)))
		return nil
	})
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		version, err := tx.OverlayVersion(ctx, h.snapshot.ID)
		require.NoError(t, err)
		require.NotEqual(t, first, version)
		all, err := tx.OverlaysOf(ctx, h.platform.ID)
		require.NoError(t, err)
		one := all[h.snapshot.ID]
		require.Equal(t, 2, one.Nodes)
		require.True(t, one.Oldest.Equal(taken.Add(-time.Hour)))
		require.True(t, one.Newest.Equal(taken))
		require.Equal(t, map[store.SnapshotID]store.Overlay{h.snapshot.ID: one}, all)
		from, err := tx.ProvenanceOf(ctx, h.snapshot.ID)
		require.NoError(t, err)
		require.Equal(t, store.Provenance{Signature: store.Unsigned, Nodes: 2, Of: h.snapshot.Records["node"], Oldest: one.Oldest, Newest: one.Newest}, from)

		require.NoError(t, tx.SaveOverlay(ctx, h.snapshot.ID, nil, taken))
		all, err = tx.OverlaysOf(ctx, h.platform.ID)
		require.NoError(t, err)
		none := all[h.snapshot.ID]
		require.Equal(t, store.Overlay{SnapshotID: h.snapshot.ID, ComputedAt: none.ComputedAt}, none)

		require.NoError(t, tx.SetSnapshotState(ctx, h.snapshot.ID, store.Foreign, ""))
		_, err = tx.MergeTarget(ctx, h.platform.ID)
		require.ErrorIs(t, err, store.ErrNotFound, "what nobody is assessed by takes no readings")
		return nil
	})
}

// A key speaks for the platforms that its token may upload to, and for no other; when it ended is told.
func TestWhoseASigningKeyIs(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		other, err := tx.CreatePlatform(ctx, "Other", "")
		require.NoError(t, err)
		id := snapshot.KeyID(signingKey)
		by, err := tx.SigningTokenOf(ctx, h.platform.ID, id, taken)
		require.NoError(t, err)
		require.Equal(t, store.SigningToken{ID: h.token.ID, SigningKey: signingKey}, by)
		_, err = tx.SigningTokenOf(ctx, other.ID, id, taken)
		require.ErrorIs(t, err, store.ErrNotFound, "a token of another platform")
		_, err = tx.SigningTokenOf(ctx, h.platform.ID, snapshot.KeyID(snapshot.PublicHalf(snapshot.SigningKey("plim_b"))), taken)
		require.ErrorIs(t, err, store.ErrNotFound)

		wide, end := snapshot.PublicHalf(snapshot.SigningKey("plim_wide")), taken.Add(time.Hour)
		of, err := tx.CreateToken(ctx, h.person.ID, store.NewToken{Name: "wide", Scope: store.UploadScope, Hash: hashOf("wide"), ExpiresAt: &end})
		require.NoError(t, err)
		require.False(t, of.Signs)
		require.NoError(t, tx.SetSigningKey(ctx, of.ID, wide))
		require.NoError(t, tx.SetSigningKey(ctx, of.ID, signingKey), "the first stays")
		for _, platform := range []store.PlatformID{h.platform.ID, other.ID} {
			by, err = tx.SigningTokenOf(ctx, platform, snapshot.KeyID(wide), end.Add(-time.Second))
			require.NoError(t, err)
			require.Equal(t, store.SigningToken{ID: of.ID, SigningKey: wide}, by)
		}
		by, err = tx.SigningTokenOf(ctx, other.ID, snapshot.KeyID(wide), end)
		require.NoError(t, err)
		require.True(t, by.Ended)
		require.NoError(t, tx.RevokeToken(ctx, h.token.ID))
		by, err = tx.SigningTokenOf(ctx, h.platform.ID, id, taken)
		require.NoError(t, err)
		require.True(t, by.Ended)
		names, err := tx.TokenNames(ctx)
		require.Equal(t, map[store.TokenID]string{h.token.ID: "ci", of.ID: "wide"}, names)
		return err
	})
}
