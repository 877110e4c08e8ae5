package store_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
	"plimsoll/internal/dbtest"
	"plimsoll/migrations"
	"plimsoll/server/store"
)

// randomResult is a result of a platform that moves: most findings of the step before stand, some in other words, some waived.
func randomResult(r *rand.Rand, step int, before []assessments.Finding) assessments.Assessment {
	var findings []assessments.Finding
	for _, f := range before {
		switch r.IntN(8) {
		case 0:
			continue
		case 1:
			f.Message = fmt.Sprintf("%d days are left", step)
		case 2:
			f.Waived = !f.Waived
		}
		findings = append(findings, f)
	}
	for range r.IntN(6) {
		f := assessments.Finding{
			Rule: []string{"probes/kill-loop", "jvm/heap-room", "lifecycle/skew"}[r.IntN(3)], Severity: assessments.Severity(r.IntN(5)),
			Subject:  assessments.Subject{Kind: "Deployment", Namespace: []string{"", "a", "ab", "é"}[r.IntN(4)], Name: fmt.Sprint("n", r.IntN(12)), Container: []string{"", "app"}[r.IntN(2)]},
			Source:   assessments.Place{File: []string{"", "a.yaml"}[r.IntN(2)], Line: r.IntN(120)},
			Message:  []string{"too small", "too large"}[r.IntN(2)] + "\x00",
			Evidence: []assessments.Evidence{{What: "seen", Value: fmt.Sprint(r.IntN(3))}},
		}
		findings = append(findings, f)
		if r.IntN(4) == 0 {
			findings = append(findings, f) // word for word
		}
	}
	assessments.Arrange(findings)
	whole := result(findings...)
	whole.AsOf, whole.SnapshotDigest, whole.TakenAt = taken.AddDate(0, 0, step), digestOf(fmt.Sprint(step)), taken.Add(time.Duration(step)*time.Hour)
	whole.Rules = map[string]assessments.RuleCount{}
	for i := range r.IntN(9) {
		whole.Rules[fmt.Sprint("rule/", i)] = assessments.RuleCount{Pass: r.IntN(2)}
	}
	for i := range r.IntN(5) {
		whole.Pillars = append(whole.Pillars, assessments.PillarScore{ID: assessments.Pillar(fmt.Sprint("pillar", i)), Applies: r.IntN(2) == 0})
	}
	if r.IntN(3) == 0 {
		whole.LeftOut = []assessments.LeftOut{{Rule: "jvm/heap-room", Severity: assessments.Low, Open: r.IntN(9)}}
	}
	return whole
}

// everything is all that can be read of a platform's past.
func everything(t *testing.T, s *store.Store, organization store.OrganizationID, all []store.AssessmentID, snapshots []store.SnapshotID) string {
	t.Helper()
	var read []any
	in(t, s, organization, func(ctx context.Context, tx *store.Tx) error {
		for i, id := range all {
			stored, err := tx.AssessmentByID(ctx, id)
			require.NoError(t, err)
			open, _, _, err := tx.Findings(ctx, id, store.FindingFilter{}, store.FindingCursor{}, store.MaxFindingsPage)
			require.NoError(t, err)
			waived, _, _, err := tx.Findings(ctx, id, store.FindingFilter{Waived: true}, store.FindingCursor{}, store.MaxFindingsPage)
			require.NoError(t, err)
			added, total, err := tx.FindingsOnlyIn(ctx, id, all[max(i-1, 0)], store.MaxFindingsPage)
			require.NoError(t, err)
			left, err := tx.LeftOut(ctx, id)
			require.NoError(t, err)
			read = append(read, stored, plain(open), plain(waived), added, total, left)
		}
		for _, id := range snapshots {
			n, err := tx.SnapshotByID(ctx, id)
			require.NoError(t, err)
			exhibits, err := tx.Exhibits(ctx, id)
			require.NoError(t, err)
			read = append(read, n, exhibits)
		}
		return nil
	})
	text, err := json.MarshalIndent(read, "", " ")
	require.NoError(t, err)
	return string(text)
}

func plain(rows []store.FindingRow) (findings []assessments.Finding) {
	for _, row := range rows {
		findings = append(findings, row.Finding)
	}
	return settled(findings)
}

// settled orders neighbours that no word, subject or place tells apart by their fingerprints: their order means nothing.
func settled(findings []assessments.Finding) []assessments.Finding {
	for first, last := 0, 0; first < len(findings); first = last {
		told := untold(findings[first])
		for last = first + 1; last < len(findings) && untold(findings[last]) == told; last++ {
		}
		slices.SortFunc(findings[first:last], func(a, b assessments.Finding) int { return cmp.Compare(a.Fingerprint, b.Fingerprint) })
	}
	return findings
}

func untold(f assessments.Finding) string {
	return fmt.Sprintf("%d %s %+v %+v %s", f.Severity, f.Rule, f.Subject, f.Source, f.Message)
}

// throughJSON is a value as a document holds it.
func throughJSON[T any](t *testing.T, value T) (back T) {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(string(text), `\u0000`, `\ufffd`)), &back))
	return back
}

// The past is derived from intervals and parts; each result comes back as it was stored, also through the migration down and up again.
func TestThePastComesBackAsItWas(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	r := rand.New(rand.NewPCG(1, 2))
	var all []store.AssessmentID
	var snapshots []store.SnapshotID
	var results []assessments.Assessment
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		other, err := tx.CreatePlatform(ctx, "Other", "")
		require.NoError(t, err)
		before := map[store.PlatformID][]assessments.Finding{}
		for step := range 40 {
			platform := []store.PlatformID{h.platform.ID, other.ID}[step%2]
			whole := randomResult(r, step, before[platform])
			before[platform] = slices.Clone(whole.Findings)
			n, _, err := tx.InsertSnapshot(ctx, newSnapshot(platform, fmt.Sprint("step ", step), taken.AddDate(0, 0, r.IntN(60))), bytes.NewReader(nil))
			require.NoError(t, err)
			require.NoError(t, tx.SaveExhibits(ctx, n.ID, store.StoredExhibits{ContentVersion: "1", ComputedAt: taken, Exhibits: []engines.Exhibit{
				{ID: "upgrade", Lead: fmt.Sprint(r.IntN(3))}, {ID: "probe", Lead: "as ever"}, {ID: "upgrade", Lead: fmt.Sprint(r.IntN(3))}}[:r.IntN(4)]}))
			id, err := tx.SaveAssessment(ctx, store.NewAssessment{Platform: platform, Snapshot: &n, Cause: store.CauseSnapshot, Result: whole,
				CreatedAt: time.Now().Truncate(time.Millisecond).Add(time.Duration(step) * time.Second)})
			require.NoError(t, err)
			all, snapshots, results = append(all, id), append(snapshots, n.ID), append(results, whole)
		}
		for i, id := range all {
			stored, err := tx.AssessmentByID(ctx, id)
			require.NoError(t, err)
			want := throughJSON(t, results[i])
			var open, waived []assessments.Finding
			for _, f := range want.Findings {
				if f.Waived {
					waived = append(waived, f)
				} else {
					open = append(open, f)
				}
			}
			want.Findings = nil
			require.Equal(t, want, stored.Result, "result %d", i)
			rows, _, _, err := tx.Findings(ctx, id, store.FindingFilter{}, store.FindingCursor{}, store.MaxFindingsPage)
			require.NoError(t, err)
			require.Equal(t, settled(open), plain(rows), "result %d", i)
			rows, _, _, err = tx.Findings(ctx, id, store.FindingFilter{Waived: true}, store.FindingCursor{}, store.MaxFindingsPage)
			require.NoError(t, err)
			require.Equal(t, settled(waived), plain(rows), "result %d", i)
			var paged []assessments.Finding
			var cursor store.FindingCursor
			for more := true; more; {
				var page []store.FindingRow
				page, cursor, more, err = tx.Findings(ctx, id, store.FindingFilter{}, cursor, 3)
				require.NoError(t, err)
				paged = append(paged, plain(page)...)
			}
			require.Equal(t, settled(open), settled(paged), "result %d", i)
		}
		return nil
	})

	was := everything(t, s, h.organization.ID, all, snapshots)
	intervals := count(t, db, "finding_intervals")
	down := int(migrations.Latest()) - 13 // to before findings were intervals
	for range down {
		require.NoError(t, migrations.Down(t.Context(), db.OwnerURL))
	}
	copies := 2 // of the house's own
	for _, whole := range results {
		copies += len(whole.Findings)
	}
	require.Equal(t, copies, count(t, db, "findings"), "each result has its copy again")
	require.NoError(t, migrations.Up(t.Context(), db.OwnerURL))
	db.App.Reset() // it knows statements of other tables
	require.Equal(t, was, everything(t, s, h.organization.ID, all, snapshots))
	require.Equal(t, intervals, count(t, db, "finding_intervals"))
}

func count(t *testing.T, db *dbtest.DB, table string) (n int) {
	t.Helper()
	require.NoError(t, db.Admin.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n))
	return n
}

// Two results of one platform at once are stored one after the other.
func TestResultsOfAPlatformAreStoredOneAfterTheOther(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	const each = 8
	errs := make(chan error)
	for writer := range each {
		go func() {
			errs <- s.InOrganization(context.Background(), h.organization.ID, func(tx *store.Tx) error {
				_, err := tx.SaveAssessment(context.Background(), store.NewAssessment{Platform: h.platform.ID, Cause: store.CauseAnswers,
					Result: result(finding("jvm/heap-room", assessments.Low, "always"), finding("jvm/heap-room", assessments.Low, fmt.Sprint(writer)))})
				return err
			})
		}()
	}
	for range each {
		require.NoError(t, <-errs)
	}
	var sequences []int32
	require.NoError(t, db.Admin.QueryRow(t.Context(), "select array_agg(sequence order by sequence) from assessments where platform_id = $1", h.platform.ID).Scan(&sequences))
	require.Equal(t, []int32{1, 2, 3, 4, 5, 6, 7, 8, 9}, sequences)
	require.Equal(t, 2+1+each, count(t, db, "finding_intervals"), "what always stood is kept once")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Assessments(ctx, h.platform.ID, 100)
		require.NoError(t, err)
		for _, a := range all {
			counts, err := tx.CountFindings(ctx, a.ID, store.FindingFilter{})
			require.NoError(t, err)
			total := 0
			for n := range maps.Values(counts) {
				total += n
			}
			require.Equal(t, 2, total)
		}
		return nil
	})
}
