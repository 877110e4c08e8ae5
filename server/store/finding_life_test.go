package store_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/internal/dbtest"
	"plimsoll/server/store"
)

func TestTheLifeOfAFinding(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC) }
	waived := found("a", assessments.High)
	waived.Waived = true
	reworded := found("a", assessments.High)
	reworded.Message = "41 days are left"
	here, gone := []assessments.Finding{found("a", assessments.High)}, []assessments.Finding{found("b", assessments.Low)}
	type result struct {
		taken    int // day of the snapshot; 0: of answers alone
		findings []assessments.Finding
	}
	type spell struct{ first, last, gone int } // days; gone 0: it lasts
	for name, c := range map[string]struct {
		stored []result // in the order in which they are stored
		want   []spell
	}{
		"it never stood":              {[]result{{1, gone}}, nil},
		"it stands":                   {[]result{{1, here}}, []spell{{1, 1, 0}}},
		"it came and stayed":          {[]result{{1, gone}, {2, here}, {3, here}}, []spell{{2, 3, 0}}},
		"it was mended":               {[]result{{1, here}, {2, here}, {3, gone}, {4, gone}}, []spell{{1, 2, 3}}},
		"it came back twice":          {[]result{{1, here}, {2, gone}, {3, here}, {4, gone}, {5, here}}, []spell{{1, 1, 2}, {3, 3, 4}, {5, 5, 0}}},
		"waiving mends nothing":       {[]result{{1, here}, {2, []assessments.Finding{waived}}, {3, here}}, []spell{{1, 3, 0}}},
		"other words are no other":    {[]result{{1, here}, {2, []assessments.Finding{reworded}}}, []spell{{1, 2, 0}}},
		"a snapshot that comes late":  {[]result{{3, gone}, {1, here}, {5, gone}}, []spell{{1, 1, 3}}},
		"the last result of each":     {[]result{{1, gone}, {2, gone}, {1, here}, {2, here}}, []spell{{1, 2, 0}}},
		"answers do not mend objects": {[]result{{0, nil}, {1, here}, {0, nil}, {2, here}}, []spell{{1, 2, 0}}},
		"answers alone":               {[]result{{0, here}}, []spell{{20, 20, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := store.New(dbtest.New(t).App)
			h := newHouse(t, s, "mine")
			in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
				platform, err := tx.CreatePlatform(ctx, "Fresh", "")
				require.NoError(t, err)
				for i, r := range c.stored {
					a := store.NewAssessment{Platform: platform.ID, Cause: store.CauseSnapshot, CreatedAt: day(20).Add(time.Duration(i) * time.Minute),
						Result: assessments.Assessment{ContentVersion: "1", AsOf: day(20), Findings: r.findings}}
					if r.taken > 0 {
						n, _, err := tx.InsertSnapshot(ctx, newSnapshot(platform.ID, fmt.Sprint("day ", r.taken), day(r.taken)), bytes.NewReader(nil))
						require.NoError(t, err)
						a.Snapshot = &n
					}
					_, err := tx.SaveAssessment(ctx, a)
					require.NoError(t, err)
				}
				life, err := tx.FindingLife(ctx, platform.ID, "a")
				require.NoError(t, err)
				var got []spell
				for _, s := range life.Spells {
					told := spell{first: s.First.UTC().Day(), last: s.Last.UTC().Day()}
					if s.Gone != nil {
						told.gone = s.Gone.UTC().Day()
					}
					got = append(got, told)
				}
				require.Equal(t, c.want, got)
				require.Equal(t, len(c.want) == 0, life.FirstSeen().IsZero())
				require.Equal(t, len(c.want) == 0, life.LastSeen().IsZero())
				require.Equal(t, max(len(c.want)-1, 0), life.CameBack())
				if len(c.want) > 0 {
					require.Equal(t, c.want[0].first, life.FirstSeen().UTC().Day())
					require.Equal(t, c.want[len(c.want)-1].last, life.LastSeen().UTC().Day())
					require.Equal(t, c.want[len(c.want)-1].gone != 0, life.Mended())
				} else {
					require.False(t, life.Mended())
				}
				return nil
			})
		})
	}
}
