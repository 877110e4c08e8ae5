package jobs_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/server/store"
)

// The same cluster is read every three hours for two weeks. What the real rules and engines say of it may name days; it must stay small.
func TestAClusterThatStandsStillAddsLittle(t *testing.T) {
	y := newYard(t)
	bytes, _ := file(t, 1)
	score := func(step int) {
		sum := sha256.Sum256([]byte(fmt.Sprint("step ", step)))
		stored := y.insert(t, bytes, hex.EncodeToString(sum[:]), now.AddDate(0, 0, -14).Add(time.Duration(3*step)*time.Hour))
		require.NoError(t, y.assessor.Snapshot(t.Context(), y.organization, stored.ID, func(x *store.Tx) error {
			return x.SetSnapshotState(t.Context(), stored.ID, store.Assessed, "")
		}))
	}
	size := func() (n int64) {
		require.NoError(t, y.db.Admin.QueryRow(context.Background(), `
			select sum(pg_total_relation_size(c.oid)) from pg_class c
			where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'snapshot_blobs'`).Scan(&n))
		return n
	}
	for step := range 10 {
		score(step)
	}
	before := size()
	const uploads = 110
	for step := range uploads {
		score(10 + step)
	}
	each := (size() - before) / uploads
	t.Logf("a cluster that stands still adds %d bytes with each snapshot, beside its blob", each)
	require.LessOrEqual(t, each, int64(4<<10))
}
