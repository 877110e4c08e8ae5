package store_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
	"plimsoll/internal/dbtest"
	"plimsoll/server/store"
)

func TestPlatforms(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	newHouse(t, s, "theirs")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		same, err := tx.CreatePlatform(ctx, "Production", "")
		require.NoError(t, err)
		require.Equal(t, "production-2", same.Slug)
		accented, err := tx.CreatePlatform(ctx, "  Zürich — Größe №1  ", "")
		require.NoError(t, err)
		require.Equal(t, "zurich-groe-no1", accented.Slug)
		foreign, err := tx.CreatePlatform(ctx, "東京", "")
		require.NoError(t, err)
		require.Equal(t, "platform", foreign.Slug)

		require.NoError(t, tx.RenamePlatform(ctx, same.ID, "Staging", "for trying"))
		require.NoError(t, tx.ArchivePlatform(ctx, h.platform.ID))
		all, err := tx.Platforms(ctx)
		require.NoError(t, err)
		require.Len(t, all, 4)
		require.Equal(t, h.platform.ID, all[3].ID)
		require.NotNil(t, all[3].ArchivedAt)
		require.NoError(t, tx.UnarchivePlatform(ctx, h.platform.ID))
		found, err := tx.PlatformBySlug(ctx, "production-2")
		require.NoError(t, err)
		require.Equal(t, "Staging", found.Name)
		_, err = tx.PlatformBySlug(ctx, "nothing\x00")
		require.ErrorIs(t, err, store.ErrNotFound)

		require.NoError(t, tx.BindCluster(ctx, h.platform.ID, "one"))
		require.NoError(t, tx.BindCluster(ctx, h.platform.ID, "one"))
		require.ErrorIs(t, tx.BindCluster(ctx, h.platform.ID, "two"), store.ErrOtherCluster)
		require.NoError(t, tx.RebindCluster(ctx, h.platform.ID, "two"))
		require.NoError(t, tx.BindCluster(ctx, h.platform.ID, "two"))
		return nil
	})
}

func TestDeletingAPlatformErasesAllOfIt(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	theirs := newHouse(t, s, "theirs")
	moveAll(t, db)
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error { return tx.DeletePlatform(ctx, h.platform.ID) })
	for _, table := range tenantTables {
		if slices.Contains([]string{"organizations", "people", "members", "audit_events", "logos", "invitations"}, table) { // the organization's own
			continue
		}
		var mine, others int
		require.NoError(t, db.Admin.QueryRow(t.Context(), "select count(*) filter (where organization_id = $1), count(*) filter (where organization_id = $2) from "+table,
			h.organization.ID, theirs.organization.ID).Scan(&mine, &others))
		require.Zero(t, mine, table)
		require.Positive(t, others, table)
	}
}

func TestAnAnswerNamesTheRevisionItWasMadeFrom(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		changed, err := tx.PutAnswer(ctx, h.platform.ID, h.person.ID, answer("L1.b"), 1)
		require.NoError(t, err)
		require.Equal(t, 2, changed.Revision)

		for _, from := range []int{0, 1, 3} {
			_, err = tx.PutAnswer(ctx, h.platform.ID, h.person.ID, answer("L1.c"), from)
			var conflict *store.AnswerConflict
			require.ErrorAs(t, err, &conflict)
			require.ErrorIs(t, err, store.ErrConflict)
			require.Equal(t, []string{"L1.b"}, conflict.Current.Options)
			require.Equal(t, 2, conflict.Current.Revision)
			require.Equal(t, "Person mine", conflict.Current.Respondent)
		}

		blind := answer("L1.d")
		blind.Seat = questionnaire.Manager
		_, err = tx.PutAnswer(ctx, h.platform.ID, h.person.ID, blind, 1)
		var conflict *store.AnswerConflict
		require.ErrorAs(t, err, &conflict, "a revision that never was")
		require.Equal(t, questionnaire.Unanswered, conflict.Current.State)
		_, err = tx.PutAnswer(ctx, h.platform.ID, h.person.ID, blind, 0)
		require.NoError(t, err)

		answers, err := tx.Answers(ctx, h.platform.ID)
		require.NoError(t, err)
		require.Len(t, answers, 2)
		want := answer("L1.b")
		want.Revision, want.Respondent, want.Note = 2, "Person mine", "zero \ufffd and escaped \\u0000"
		require.Equal(t, want, answers[0])

		revisions, err := tx.AnswerRevisions(ctx, h.platform.ID, "L1", "")
		require.NoError(t, err)
		require.Len(t, revisions, 2)
		require.Equal(t, []string{"L1.b"}, revisions[0].Options)
		require.Equal(t, []string{"L1.a"}, revisions[1].Options)
		return nil
	})
}

func TestWorkloadFactsAndWaivers(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		newer := fact("1200")
		newer.ReviewBy = taken.AddDate(0, 3, 0)
		require.NoError(t, tx.PutWorkloadFact(ctx, h.platform.ID, h.person.ID, newer))
		facts, err := tx.WorkloadFacts(ctx, h.platform.ID)
		require.NoError(t, err)
		require.Len(t, facts, 1)
		require.Equal(t, "1200", facts[0].Value)
		require.Equal(t, "Person mine", facts[0].Author)
		require.True(t, facts[0].ReviewBy.Equal(newer.ReviewBy))
		require.NoError(t, tx.DeleteWorkloadFact(ctx, h.platform.ID, newer))

		everywhere, err := tx.CreateWaiver(ctx, nil, h.person.ID, assessments.Waiver{Rule: "jvm/heap-room", Name: "legacy-*", Reason: "going away", Until: taken})
		require.NoError(t, err)
		waivers, err := tx.Waivers(ctx, h.platform.ID)
		require.NoError(t, err)
		require.Len(t, waivers, 2)
		require.Equal(t, everywhere, waivers[0].ID)
		require.Nil(t, waivers[0].PlatformID)
		require.Equal(t, assessments.Waiver{Rule: "jvm/heap-room", Name: "legacy-*", Reason: "going away", Author: "Person mine", Until: assessments.Day(taken)}, waivers[0].Waives())
		return tx.DeleteWaiver(ctx, h.waiver)
	})
}

func TestASnapshotIsStoredOnce(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	mine, theirs := newHouse(t, s, "mine"), newHouse(t, s, "theirs")
	require.Equal(t, mine.snapshot.Digest, theirs.snapshot.Digest, "the same bytes in two organizations are two snapshots")
	require.NotEqual(t, mine.snapshot.ID, theirs.snapshot.ID)
	in(t, s, mine.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		again, fresh, err := tx.InsertSnapshot(ctx, newSnapshot(mine.platform.ID, "first", taken), bytes.NewReader([]byte("not read")))
		require.NoError(t, err)
		require.False(t, fresh)
		require.Equal(t, mine.snapshot.ID, again.ID)
		read, err := io.ReadAll(tx.SnapshotContent(ctx, again.ID))
		require.NoError(t, err)
		require.True(t, bytes.Equal(content, read))

		other, err := tx.CreatePlatform(ctx, "Other", "")
		require.NoError(t, err)
		_, fresh, err = tx.InsertSnapshot(ctx, newSnapshot(other.ID, "first", taken), bytes.NewReader(content))
		require.NoError(t, err)
		require.True(t, fresh, "another platform's copy is its own")
		siblings, err := tx.SiblingSnapshots(ctx, mine.platform.ID)
		require.NoError(t, err)
		require.Equal(t, []store.SiblingSnapshot{{Platform: "Other", Summary: mine.snapshot.Summary}}, siblings)

		later, _, err := tx.InsertSnapshot(ctx, newSnapshot(mine.platform.ID, "second", taken.AddDate(0, 0, 7)), bytes.NewReader(nil))
		require.NoError(t, err)
		latest, err := tx.LatestSnapshot(ctx, mine.platform.ID)
		require.NoError(t, err)
		require.Equal(t, later.ID, latest.ID)
		earlier, err := tx.EarlierSnapshots(ctx, later, 10)
		require.NoError(t, err)
		require.Len(t, earlier, 1)
		require.Equal(t, []string{"1.36"}, earlier[0].Summary.KubeletMinors)

		require.NoError(t, tx.SetSnapshotState(ctx, later.ID, store.Failed, "é"+string(bytes.Repeat([]byte("é"), 2000))))
		list, err := tx.Snapshots(ctx, mine.platform.ID, 10)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, store.Failed, list[0].State)
		require.Equal(t, store.Queued, list[1].State)
		return nil
	})
}

func TestAContentThatBreaksOffStoresNothing(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	broken := errors.New("cut off")
	err := s.InOrganization(t.Context(), h.organization.ID, func(tx *store.Tx) error {
		_, _, err := tx.InsertSnapshot(t.Context(), newSnapshot(h.platform.ID, "broken", taken), io.MultiReader(bytes.NewReader(content), failing{broken}))
		return err
	})
	require.ErrorContains(t, err, "cut off")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.SnapshotByDigest(ctx, h.platform.ID, digestOf("broken"))
		require.ErrorIs(t, err, store.ErrNotFound)
		return nil
	})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestAssessments(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		stored, err := tx.AssessmentByID(ctx, h.assessment)
		require.NoError(t, err)
		want := result()
		require.Equal(t, want.Score, stored.Result.Score)
		require.Equal(t, want.Need.Code, stored.Result.Need.Code)
		require.Empty(t, stored.Result.Findings)
		require.Equal(t, 1, stored.CriticalFindings)
		require.Equal(t, 1, stored.MediumFindings)
		require.Equal(t, string(assessments.LowFreeboard), stored.LoadLineLow)
		require.EqualValues(t, 61_500_000, *stored.ScoreValue)

		save := func(snapshot *store.Snapshot, created time.Time) store.AssessmentID {
			id, err := tx.SaveAssessment(ctx, store.NewAssessment{Platform: h.platform.ID, Snapshot: snapshot, Cause: store.CauseAnswers, CreatedAt: created, Result: result()})
			require.NoError(t, err)
			return id
		}
		now := time.Now()
		late, _, err := tx.InsertSnapshot(ctx, newSnapshot(h.platform.ID, "late", taken.AddDate(0, -1, 0)), bytes.NewReader(nil))
		require.NoError(t, err)
		again := save(&h.snapshot, now.Add(time.Minute))
		old := save(&late, now.Add(2*time.Minute))
		alone := save(nil, taken.AddDate(0, -2, 0))

		latest, err := tx.LatestAssessment(ctx, h.platform.ID)
		require.NoError(t, err)
		require.Equal(t, again, latest.ID, "a snapshot that was brought in late hides nothing")
		list, err := tx.Assessments(ctx, h.platform.ID, 10)
		require.NoError(t, err)
		require.Equal(t, []store.AssessmentID{again, h.assessment, old, alone}, ids(list))
		trend, err := tx.Trend(ctx, h.platform.ID, 10)
		require.NoError(t, err)
		require.Equal(t, []store.AssessmentID{alone, old, again}, ids(trend))
		short, err := tx.Trend(ctx, h.platform.ID, 2)
		require.NoError(t, err)
		require.Equal(t, []store.AssessmentID{old, again}, ids(short))
		of, err := tx.AssessmentOfSnapshot(ctx, late.ID)
		require.NoError(t, err)
		require.Equal(t, old, of.ID)

		nothing, err := tx.SaveAssessment(ctx, store.NewAssessment{Platform: h.platform.ID, Cause: store.CauseContent, Result: assessments.Assessment{AsOf: taken}})
		require.NoError(t, err)
		empty, err := tx.AssessmentByID(ctx, nothing)
		require.NoError(t, err)
		require.Nil(t, empty.ScoreValue)
		require.Nil(t, empty.ScoreLow)
		require.Nil(t, empty.Result.Score)
		left, err := tx.LeftOut(ctx, nothing)
		require.NoError(t, err)
		require.Empty(t, left)
		return nil
	})
}

func ids(rows []store.AssessmentRow) (ids []store.AssessmentID) {
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return ids
}

func TestFindingsArePaged(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	var findings []assessments.Finding
	for i := range 25 {
		f := finding("jvm/heap-room", assessments.Severity(i%4+1), "app-"+string(rune('a'+i)))
		f.Waived = i == 24
		findings = append(findings, f)
	}
	findings = append(findings, finding("probes/kill-loop", assessments.High, "100%_sure"))
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		overfull := result(findings...)
		overfull.LeftOut = []assessments.LeftOut{{Rule: "jvm/heap-room", Severity: assessments.Low, Open: 3}}
		id, err := tx.SaveAssessment(ctx, store.NewAssessment{Platform: h.platform.ID, Cause: store.CauseAnswers, Result: overfull})
		require.NoError(t, err)
		left, err := tx.LeftOut(ctx, id)
		require.NoError(t, err)
		require.Equal(t, overfull.LeftOut, left)
		var seen []store.FindingRow
		var cursor store.FindingCursor
		for more := true; more; {
			var page []store.FindingRow
			page, cursor, more, err = tx.Findings(ctx, id, store.FindingFilter{}, cursor, 4)
			require.NoError(t, err)
			seen = append(seen, page...)
		}
		require.Len(t, seen, 25)
		for i := 1; i < len(seen); i++ {
			a, b := seen[i-1], seen[i]
			require.Equal(t, -1, cmp.Or(cmp.Compare(b.Finding.Severity, a.Finding.Severity), cmp.Compare(a.Finding.Rule, b.Finding.Rule),
				cmp.Compare(a.Finding.Subject.Name, b.Finding.Subject.Name)), "severity, then rule, then name")
		}
		require.Equal(t, findings[3], seen[0].Finding, "the gravest, by its name")

		filters := map[string]struct {
			filter store.FindingFilter
			want   int
		}{
			"pillar":             {store.FindingFilter{Pillar: assessments.Probes}, 1},
			"severity":           {store.FindingFilter{Severity: assessments.High}, 7},
			"rule":               {store.FindingFilter{Rule: "jvm/heap-room"}, 24},
			"waived":             {store.FindingFilter{Waived: true}, 1},
			"text in subject":    {store.FindingFilter{Text: "PAYMENTS/app-c"}, 1},
			"text in message":    {store.FindingFilter{Text: "too small"}, 25},
			"wildcards are text": {store.FindingFilter{Text: "%_s"}, 1},
			"nothing":            {store.FindingFilter{Text: `\`}, 0},
		}
		for name, c := range filters {
			page, _, _, err := tx.Findings(ctx, id, c.filter, store.FindingCursor{}, 100)
			require.NoError(t, err, name)
			require.Len(t, page, c.want, name)
			counts, err := tx.CountFindings(ctx, id, c.filter)
			require.NoError(t, err, name)
			total := 0
			for _, n := range counts {
				total += n
			}
			require.Equal(t, c.want, total, name)
		}

		gone, total, err := tx.FindingsOnlyIn(ctx, h.assessment, id, 10)
		require.NoError(t, err)
		require.Equal(t, 2, total)
		require.Equal(t, "probes/kill-loop", gone[0].Rule)
		come, total, err := tx.FindingsOnlyIn(ctx, id, h.assessment, 3)
		require.NoError(t, err)
		require.Equal(t, 25, total)
		require.Len(t, come, 3)

		row, err := tx.FindingByFingerprint(ctx, id, findings[5].Fingerprint)
		require.NoError(t, err)
		require.Equal(t, findings[5], row.Finding)
		return nil
	})
}

func TestTokens(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		used, err := tx.UseToken(ctx, hashOf("mine"))
		require.NoError(t, err)
		require.Equal(t, h.token.ID, used.ID)
		past := time.Now().Add(-time.Minute)
		_, err = tx.CreateToken(ctx, h.person.ID, store.NewToken{Name: "old", Scope: store.UploadScope, Hash: hashOf("old"), ExpiresAt: &past})
		require.NoError(t, err)
		_, err = tx.UseToken(ctx, hashOf("old"))
		require.ErrorIs(t, err, store.ErrNotFound)
		require.NoError(t, tx.RevokeToken(ctx, h.token.ID))
		_, err = tx.UseToken(ctx, hashOf("mine"))
		require.ErrorIs(t, err, store.ErrNotFound)
		tokens, err := tx.Tokens(ctx)
		require.NoError(t, err)
		require.Len(t, tokens, 2)
		require.NotNil(t, tokens[1].UsedAt)
		require.NotNil(t, tokens[1].RevokedAt)
		return nil
	})
}

func TestAuditEvents(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		require.NoError(t, tx.Audit(ctx, store.Event{TokenID: &h.token.ID, Action: "snapshot.accept", Details: map[string]any{"bytes": 7}, RequestID: "r", Address: "127.0.0.1"}))
		events, err := tx.AuditEvents(ctx, store.EventID{}, 10)
		require.NoError(t, err)
		require.Len(t, events, 2)
		require.Equal(t, "snapshot.accept", events[0].Action)
		require.Equal(t, map[string]any{"bytes": 7.0}, events[0].Details)
		older, err := tx.AuditEvents(ctx, events[0].ID, 10)
		require.NoError(t, err)
		require.Len(t, older, 1)
		require.Equal(t, "platform.create", older[0].Action)
		return nil
	})
}

func TestIDsHaveOneForm(t *testing.T) {
	id := store.NewID[store.Platform]()
	back, err := store.ParseID[store.Platform](id.String())
	require.NoError(t, err)
	require.Equal(t, id, back)
	for _, text := range []string{"", "x", "{" + id.String() + "}", "urn:uuid:" + id.String(), id.String() + " "} {
		_, err := store.ParseID[store.Platform](text)
		require.ErrorIs(t, err, store.ErrNotFound, text)
	}
}
