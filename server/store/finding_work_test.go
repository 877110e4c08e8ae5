package store_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/whatif"
	"plimsoll/internal/dbtest"
	"plimsoll/server/store"
)

// listed are the names of the subjects that pass a filter.
func listed(ctx context.Context, t *testing.T, tx *store.Tx, assessment store.AssessmentID, filter store.FindingFilter) []string {
	t.Helper()
	rows, _, _, err := tx.Findings(ctx, assessment, filter, store.FindingCursor{}, 100)
	require.NoError(t, err)
	counts, err := tx.CountFindings(ctx, assessment, filter)
	require.NoError(t, err)
	names, sum := []string{}, 0
	for _, row := range rows {
		names = append(names, row.Finding.Subject.Name)
	}
	for _, n := range counts {
		sum += n
	}
	require.Equal(t, len(names), sum, "the count agrees with the list")
	return names
}

func elsewhere(rule string, severity assessments.Severity, kind, namespace, name string) assessments.Finding {
	f := finding(rule, severity, name)
	f.Subject = assessments.Subject{Kind: kind, Namespace: namespace, Name: name}
	return f
}

func TestWorkOnFindingsOutlivesResults(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	second, err := s.SignIn(t.Context(), store.Identity{Issuer: "https://id.example", Subject: "second", Name: "Second"})
	require.NoError(t, err)
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		require.NoError(t, tx.AddMember(ctx, second.ID, store.Assessor))
		require.NoError(t, tx.AssignFinding(ctx, h.platform.ID, killLoop, &second.ID, nil, h.person.ID))
		again, err := tx.SaveAssessment(ctx, store.NewAssessment{Platform: h.platform.ID, Snapshot: &h.snapshot, Cause: store.CauseSnapshot,
			Result: result(finding("probes/kill-loop", assessments.Critical, "ledger"), elsewhere("jvm/heap-room", assessments.Low, "Deployment", "shop", "till"),
				elsewhere("lifecycle/skew", assessments.High, "Node", "", "worker-1"), elsewhere("jvm/heap-room", assessments.High, "StatefulSet", "shop", "till"))})
		require.NoError(t, err)
		work, err := tx.FindingWork(ctx, h.platform.ID, []string{killLoop, "never"})
		require.NoError(t, err)
		require.Len(t, work, 1)
		require.Equal(t, "Second", work[killLoop].Assignee)
		require.Equal(t, "Person mine", work[killLoop].By)
		require.Nil(t, work[killLoop].Due, "what was said last stands whole")

		none, shop, nobody := "", "shop", store.PersonID{}
		for want, filter := range map[string]store.FindingFilter{
			"worker-1": {Namespace: &none}, "till,till": {Namespace: &shop}, "till": {Namespace: &shop, Kind: "StatefulSet", Name: "till"},
			"ledger": {Assignee: &second.ID}, "till,worker-1,till": {Assignee: &nobody}, "": {Assignee: &h.person.ID},
		} {
			filter.Platform = h.platform.ID
			got := ""
			for i, name := range listed(ctx, t, tx, again, filter) {
				if i > 0 {
					got += ","
				}
				got += name
			}
			require.Equal(t, want, got)
		}
		require.Equal(t, []string{"ledger"}, listed(ctx, t, tx, again, store.FindingFilter{Fingerprints: []string{killLoop, "never"}}))
		require.Empty(t, listed(ctx, t, tx, again, store.FindingFilter{Fingerprints: []string{}}))

		for by, want := range map[store.Grouping][]store.FindingGroup{
			store.ByNamespace: {{Namespace: "payments", Gravest: 4, Critical: 1, Groups: 3}, {Namespace: "shop", Gravest: 3, High: 1, Low: 1, Groups: 3}, {Gravest: 3, High: 1, Groups: 3}},
			store.ByRule: {{Rule: "probes/kill-loop", Gravest: 4, Critical: 1, Groups: 3}, {Rule: "jvm/heap-room", Gravest: 3, High: 1, Low: 1, Groups: 3},
				{Rule: "lifecycle/skew", Gravest: 3, High: 1, Groups: 3}},
			store.ByOwner: {{AssigneeID: &second.ID, Assignee: "Second", Gravest: 4, Critical: 1, Groups: 2}, {Gravest: 3, High: 2, Low: 1, Groups: 2}},
			store.ByWorkload: {{Kind: "Deployment", Namespace: "payments", Name: "ledger", Gravest: 4, Critical: 1, Groups: 4}, {Kind: "Node", Name: "worker-1", Gravest: 3, High: 1, Groups: 4},
				{Kind: "StatefulSet", Namespace: "shop", Name: "till", Gravest: 3, High: 1, Groups: 4}, {Kind: "Deployment", Namespace: "shop", Name: "till", Gravest: 1, Low: 1, Groups: 4}},
		} {
			groups, err := tx.FindingGroups(ctx, again, store.FindingFilter{Platform: h.platform.ID}, by, 10)
			require.NoError(t, err)
			require.Equal(t, want, groups, by)
		}
		few, err := tx.FindingGroups(ctx, again, store.FindingFilter{Platform: h.platform.ID}, store.ByRule, 1)
		require.NoError(t, err)
		require.Len(t, few, 1)
		require.Equal(t, 3, few[0].Groups, "how many there are is told even where few are shown")
		spaces, err := tx.FindingNamespaces(ctx, again, 10)
		require.NoError(t, err)
		require.Equal(t, []string{"payments", "shop"}, spaces)

		require.NoError(t, tx.RemoveMember(ctx, second.ID))
		work, err = tx.FindingWork(ctx, h.platform.ID, []string{killLoop})
		require.NoError(t, err)
		require.Nil(t, work[killLoop].AssigneeID, "who left answers for nothing")
		require.NoError(t, tx.AssignFinding(ctx, h.platform.ID, killLoop, nil, nil, h.person.ID))
		work, err = tx.FindingWork(ctx, h.platform.ID, []string{killLoop})
		require.NoError(t, err)
		require.Empty(t, work)
		return nil
	})
}

func TestACommentIsTakenBackByWhoSaidItAlone(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		require.ErrorIs(t, tx.WithdrawComment(ctx, h.platform.ID, killLoop, h.comment, store.NewID[store.Person]()), store.ErrNotFound)
		require.ErrorIs(t, tx.WithdrawComment(ctx, h.platform.ID, "another finding", h.comment, h.person.ID), store.ErrNotFound)
		require.NoError(t, tx.WithdrawComment(ctx, h.platform.ID, killLoop, h.comment, h.person.ID))
		require.ErrorIs(t, tx.WithdrawComment(ctx, h.platform.ID, killLoop, h.comment, h.person.ID), store.ErrNotFound, "once")
		for range store.MaxComments - 1 {
			_, err := tx.AddComment(ctx, h.platform.ID, killLoop, h.person.ID, "again")
			require.NoError(t, err)
		}
		_, err := tx.AddComment(ctx, h.platform.ID, killLoop, h.person.ID, "one too many")
		require.ErrorIs(t, err, store.ErrConflict)
		all, err := tx.Comments(ctx, h.platform.ID, killLoop)
		require.NoError(t, err)
		require.Len(t, all, store.MaxComments)
		require.Empty(t, all[0].Body, "the words are gone")
		require.NotNil(t, all[0].WithdrawnAt)
		require.Equal(t, "Person mine", all[1].Author)
		return nil
	})
}

func TestFindingsAreWaivedOneByOne(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		before, err := tx.PlatformByID(ctx, h.platform.ID)
		require.NoError(t, err)
		odd := elsewhere("delivery/tag", assessments.Low, "ClusterRole", "", `system:*[x]?\`)
		found := []assessments.Finding{finding("probes/kill-loop", assessments.Critical, "ledger"), odd}
		require.NoError(t, tx.WaiveFindings(ctx, h.platform.ID, h.person.ID, found, "going away", taken))
		after, err := tx.PlatformByID(ctx, h.platform.ID)
		require.NoError(t, err)
		require.Equal(t, before.InputRevision+1, after.InputRevision, "one change, however many findings")
		waivers, err := tx.Waivers(ctx, h.platform.ID)
		require.NoError(t, err)
		require.Len(t, waivers, 3)
		other := odd.Subject
		other.Name = `system:anything[x]y\`
		covered := 0
		for _, w := range waivers {
			require.False(t, w.Waives().Covers(odd.Rule, other), "a star in a name is no pattern")
			if w.Waives().Covers(odd.Rule, odd.Subject) {
				covered++
				require.Equal(t, "going away", w.Reason)
				require.Equal(t, "Person mine", w.Author)
			}
		}
		require.Equal(t, 1, covered)
		ended, err := tx.UnwaiveFindings(ctx, h.platform.ID, []assessments.Finding{odd, finding("probes/readiness", assessments.Low, "ledger")})
		require.NoError(t, err)
		require.Equal(t, 1, ended, "a waiver that covers more stays")
		many := make([]assessments.Finding, store.MaxWaivers)
		for i := range many {
			many[i] = odd
		}
		require.ErrorIs(t, tx.WaiveFindings(ctx, h.platform.ID, h.person.ID, many, "too many", taken), store.ErrConflict)
		return nil
	})
}

func TestAWhatIfIsKeptWithItsAnswer(t *testing.T) {
	s := store.New(dbtest.New(t).App)
	h := newHouse(t, s, "mine")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		asked, err := tx.WhatIfByID(ctx, h.platform.ID, h.whatIf)
		require.NoError(t, err)
		require.Equal(t, store.WhatIfQueued, asked.State)
		require.Equal(t, []string{"jvm/heap-room"}, asked.Rules)
		require.Equal(t, []string{killLoop}, asked.Fingerprints)
		require.Equal(t, "Person mine", asked.By)
		require.Nil(t, asked.Summary)
		summary := whatif.Summary{AsOf: taken, GoneCount: 3, Mends: []whatif.MendsOf{{Rule: "jvm/heap-room", Findings: 3}}}
		require.NoError(t, tx.AnswerWhatIf(ctx, h.whatIf, &summary, ""))
		asked, err = tx.WhatIfByID(ctx, h.platform.ID, h.whatIf)
		require.NoError(t, err)
		require.Equal(t, store.WhatIfDone, asked.State)
		require.Equal(t, &summary, asked.Summary)
		return nil
	})
	err := s.InOrganization(t.Context(), h.organization.ID, func(tx *store.Tx) error {
		_, err := tx.CreateWhatIf(t.Context(), h.platform.ID, h.person.ID, nil, nil)
		return err
	})
	require.ErrorIs(t, err, store.ErrUnfit, "about nothing")
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		var err error
		for range 60 {
			var id store.WhatIfID
			id, err = tx.CreateWhatIf(ctx, h.platform.ID, h.person.ID, []string{"a/b"}, nil)
			require.NoError(t, err)
			require.NoError(t, tx.AnswerWhatIf(ctx, id, nil, "it can't be told"))
		}
		_, err = tx.WhatIfByID(ctx, h.platform.ID, h.whatIf)
		require.ErrorIs(t, err, store.ErrNotFound, "the newest are kept")
		for waiting := 0; waiting <= 20; waiting++ {
			if _, err = tx.CreateWhatIf(ctx, h.platform.ID, h.person.ID, []string{"a/b"}, nil); err != nil {
				break
			}
		}
		require.ErrorIs(t, err, store.ErrConflict, "some wait already")
		return nil
	})
}
