package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot"
	"plimsoll/internal/dbtest"
	"plimsoll/server/store"
)

// house is an organization with everything in it.
type house struct {
	store        *store.Store
	person       store.Person
	organization store.Organization
	platform     store.Platform
	snapshot     store.Snapshot
	assessment   store.AssessmentID
	waiver       store.WaiverID
	token        store.Token
	node         store.NodeReading
	comment      store.CommentID
	whatIf       store.WhatIfID
	report       store.ReportID
	invitation   store.InvitationID
}

var content = bytes.Repeat([]byte("a line of a snapshot\n"), 120_000) // over two pieces

func hashOf(text string) [32]byte { return sha256.Sum256([]byte(text)) }

func digestOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

var taken = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newSnapshot(platform store.PlatformID, key string, takenAt time.Time) store.Snapshot {
	return store.Snapshot{
		PlatformID: platform, Digest: digestOf(key), Source: "cluster", ClusterUID: "uid-" + key, CollectorVersion: "1.0", TakenAt: takenAt,
		StoredBytes: int64(len(content)), ExpandedBytes: 9, Records: map[string]int{"header": 1},
		Summary: store.SnapshotSummary{Earlier: assessments.Earlier{ServerVersion: "v1.36.1", KubeletMinors: []string{"1.36"}, Nodes: 3}},
	}
}

func micros(n int64) *assessments.Micros { m := assessments.Micros(n); return &m }

func result(findings ...assessments.Finding) assessments.Assessment {
	return assessments.Assessment{
		ContentVersion: "1", ContentHash: "abc", AsOf: taken,
		Need:     &questionnaire.Verdict{Code: questionnaire.VerdictNotYet},
		LoadLine: &assessments.LoadLine{Low: assessments.LowFreeboard, High: assessments.Seaworthy},
		Score:    &assessments.Range{Value: micros(61_500_000), Low: 50_000_000, High: 80_000_000, Coverage: 700_000, EvidenceCoverage: 300_000},
		Findings: findings,
	}
}

func finding(rule string, severity assessments.Severity, name string) assessments.Finding {
	return assessments.Finding{
		Rule: rule, Severity: severity, Message: "it is 50% too small", Fingerprint: digestOf(rule + name),
		Subject: assessments.Subject{Kind: "Deployment", Namespace: "payments", Name: name, Container: "app"},
	}
}

func in(t *testing.T, s *store.Store, organization store.OrganizationID, do func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	require.NoError(t, s.InOrganization(t.Context(), organization, func(tx *store.Tx) error { return do(t.Context(), tx) }))
}

// newHouse fills an organization through the store's own methods.
func newHouse(t *testing.T, s *store.Store, name string) house {
	t.Helper()
	h := house{store: s}
	ctx := t.Context()
	var err error
	h.person, err = s.SignIn(ctx, store.Identity{Issuer: "https://id.example", Subject: name, Email: name + "@example.com", Name: "Person " + name})
	require.NoError(t, err)
	h.organization, err = s.CreateOrganization(ctx, h.person.ID, "House "+name)
	require.NoError(t, err)
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) (err error) {
		must := func(err error) { t.Helper(); require.NoError(t, err) }
		h.platform, err = tx.CreatePlatform(ctx, "Production", "where the money is made")
		must(err)
		_, err = tx.PutAnswer(ctx, h.platform.ID, h.person.ID, answer("L1.a"), 0)
		must(err)
		must(tx.PutWorkloadFact(ctx, h.platform.ID, h.person.ID, fact("900")))
		h.waiver, err = tx.CreateWaiver(ctx, &h.platform.ID, h.person.ID, assessments.Waiver{Rule: "probes/*", Reason: "accepted", Until: taken})
		must(err)
		var fresh bool
		h.snapshot, fresh, err = tx.InsertSnapshot(ctx, newSnapshot(h.platform.ID, "first", taken), bytes.NewReader(content))
		must(err)
		require.True(t, fresh)
		must(tx.SaveExhibits(ctx, h.snapshot.ID, store.StoredExhibits{ContentVersion: "1", ComputedAt: taken,
			Exhibits: []engines.Exhibit{{ID: "probe", Title: engines.Title("probe"), Lead: "Nothing is killed too early."}}}))
		h.assessment, err = tx.SaveAssessment(ctx, store.NewAssessment{
			Platform: h.platform.ID, Snapshot: &h.snapshot, Cause: store.CauseSnapshot,
			Result: result(finding("probes/kill-loop", assessments.Critical, "ledger"), finding("jvm/heap-room", assessments.Medium, "ledger")),
		})
		must(err)
		h.token, err = tx.CreateToken(ctx, h.person.ID, store.NewToken{Platform: &h.platform.ID, Name: "ci", Scope: store.UploadScope, Hash: hashOf(name), Hint: "abcd",
			SigningKey: signingKey})
		must(err)
		h.node, fresh, err = tx.PutNodeReading(ctx, readingOf(h.platform.ID, "worker-1", "uid-1", taken))
		must(err)
		require.True(t, fresh)
		must(tx.SaveOverlay(ctx, h.snapshot.ID, []snapshot.NodeReading{h.node.Reading()}, taken))
		must(tx.NameAssessment(ctx, h.platform.ID, h.assessment, "Before the migration", h.person.ID))
		must(tx.AssignFinding(ctx, h.platform.ID, killLoop, &h.person.ID, &taken, h.person.ID))
		h.comment, err = tx.AddComment(ctx, h.platform.ID, killLoop, h.person.ID, "seen on Monday")
		must(err)
		h.whatIf, err = tx.CreateWhatIf(ctx, h.platform.ID, h.person.ID, []string{"jvm/heap-room"}, []string{killLoop})
		must(err)
		_, err = tx.PutLogo(ctx, h.person.ID, store.Logo{Width: 2, Height: 1, Alt: "A crane of " + name}, []byte("a picture of "+name))
		must(err)
		h.report, _, err = tx.AskReport(ctx, h.platform.ID, h.assessment, "full", h.person.ID)
		must(err)
		must(tx.FinishReport(ctx, h.report, []byte("%PDF"), ""))
		h.invitation, err = tx.Invite(ctx, h.person.ID, store.Viewer, "somebody", h.invitationHash(), time.Now().Add(time.Hour))
		must(err)
		must(tx.Audit(ctx, store.Event{PersonID: &h.person.ID, Action: "platform.create", SubjectKind: "platform", SubjectID: h.platform.ID.String()}))
		return nil
	})
	return h
}

// invitationHash is what the house's invitation is kept by.
func (h *house) invitationHash() [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "invitation %s", h.organization.ID))
}

// killLoop is the fingerprint of the gravest finding of a house.
var killLoop = digestOf("probes/kill-loopledger")

func answer(option string) questionnaire.Answer {
	return questionnaire.Answer{
		Question: "L1", State: questionnaire.Answered, Options: []string{option}, Basis: questionnaire.Documented,
		Note: "zero \x00 and escaped \\u0000", AnsweredAt: taken,
	}
}

func fact(value string) facts.WorkloadFact {
	return facts.WorkloadFact{Namespace: "payments", Kind: "StatefulSet", Name: "kafka", Key: facts.RecoverySecondsKey, Value: value, Basis: "measured", At: taken}
}

// Every method that is given an id of another organization finds nothing, changes nothing, and can't be told from one with an id that
// never was.
func TestAnotherOrganizationsRowsDoNotExist(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	mine, theirs := newHouse(t, s, "mine"), newHouse(t, s, "theirs")
	var sample store.Platform
	in(t, s, theirs.organization.ID, func(ctx context.Context, tx *store.Tx) (err error) {
		sample, err = tx.CreateSample(ctx, "Theirs alone", "")
		return err
	})
	moveAll(t, db)
	before := dumpTables(t, db)
	h := theirs
	kept := theirs.snapshot
	type tx = store.Tx
	calls := map[string]func(ctx context.Context, x *tx) error{
		"PlatformByID":      func(ctx context.Context, x *tx) error { _, err := x.PlatformByID(ctx, h.platform.ID); return err },
		"RenamePlatform":    func(ctx context.Context, x *tx) error { return x.RenamePlatform(ctx, h.platform.ID, "stolen", "") },
		"ArchivePlatform":   func(ctx context.Context, x *tx) error { return x.ArchivePlatform(ctx, h.platform.ID) },
		"UnarchivePlatform": func(ctx context.Context, x *tx) error { return x.UnarchivePlatform(ctx, h.platform.ID) },
		"DiscardSample":     func(ctx context.Context, x *tx) error { return x.DiscardSample(ctx, sample.ID) },
		"Sample":            func(ctx context.Context, x *tx) error { _, err := x.Sample(ctx); return err },
		"Mark":              func(ctx context.Context, x *tx) error { _, err := x.Mark(ctx, h.platform.ID); return err },
		"LatestArrival":     func(ctx context.Context, x *tx) error { _, err := x.LatestArrival(ctx, h.platform.ID); return err },
		"DeletePlatform":    func(ctx context.Context, x *tx) error { return x.DeletePlatform(ctx, h.platform.ID) },
		"BindCluster":       func(ctx context.Context, x *tx) error { return x.BindCluster(ctx, h.platform.ID, "uid") },
		"RebindCluster":     func(ctx context.Context, x *tx) error { return x.RebindCluster(ctx, h.platform.ID, "uid") },
		"SetRole":           func(ctx context.Context, x *tx) error { return x.SetRole(ctx, h.person.ID, store.Viewer) },
		"RemoveMember":      func(ctx context.Context, x *tx) error { return x.RemoveMember(ctx, h.person.ID) },
		"PutAnswer first": func(ctx context.Context, x *tx) error {
			_, err := x.PutAnswer(ctx, h.platform.ID, mine.person.ID, answer("L1.b"), 0)
			return err
		},
		"PutAnswer again": func(ctx context.Context, x *tx) error {
			_, err := x.PutAnswer(ctx, h.platform.ID, mine.person.ID, answer("L1.b"), 1)
			return err
		},
		"PutWorkloadFact": func(ctx context.Context, x *tx) error {
			return x.PutWorkloadFact(ctx, h.platform.ID, mine.person.ID, fact("1"))
		},
		"DeleteWorkloadFact": func(ctx context.Context, x *tx) error { return x.DeleteWorkloadFact(ctx, h.platform.ID, fact("900")) },
		"CreateWaiver": func(ctx context.Context, x *tx) error {
			_, err := x.CreateWaiver(ctx, &h.platform.ID, mine.person.ID, assessments.Waiver{Rule: "x/y", Reason: "r", Until: taken})
			return err
		},
		"DeleteWaiver": func(ctx context.Context, x *tx) error { return x.DeleteWaiver(ctx, h.waiver) },
		"InsertSnapshot": func(ctx context.Context, x *tx) error {
			_, _, err := x.InsertSnapshot(ctx, newSnapshot(h.platform.ID, "first", taken), bytes.NewReader(content))
			return err
		},
		"SnapshotByID": func(ctx context.Context, x *tx) error { _, err := x.SnapshotByID(ctx, h.snapshot.ID); return err },
		"SnapshotByDigest": func(ctx context.Context, x *tx) error {
			_, err := x.SnapshotByDigest(ctx, h.platform.ID, kept.Digest)
			return err
		},
		"SnapshotContent": func(ctx context.Context, x *tx) error {
			_, err := io.ReadAll(x.SnapshotContent(ctx, h.snapshot.ID))
			return err
		},
		"SetSnapshotState": func(ctx context.Context, x *tx) error {
			return x.SetSnapshotState(ctx, h.snapshot.ID, store.Failed, "")
		},
		"LatestSnapshot": func(ctx context.Context, x *tx) error { _, err := x.LatestSnapshot(ctx, h.platform.ID); return err },
		"SaveAssessment": func(ctx context.Context, x *tx) error {
			_, err := x.SaveAssessment(ctx, store.NewAssessment{Platform: h.platform.ID, Cause: store.CauseAnswers, Result: result()})
			return err
		},
		"SaveAssessment mixed": func(ctx context.Context, x *tx) error {
			mixed := kept
			mixed.PlatformID = mine.platform.ID
			_, err := x.SaveAssessment(ctx, store.NewAssessment{Platform: mine.platform.ID, Snapshot: &mixed, Cause: store.CauseSnapshot, Result: result()})
			return err
		},
		"AssessmentByID":   func(ctx context.Context, x *tx) error { _, err := x.AssessmentByID(ctx, h.assessment); return err },
		"LeftOut":          func(ctx context.Context, x *tx) error { _, err := x.LeftOut(ctx, h.assessment); return err },
		"LatestAssessment": func(ctx context.Context, x *tx) error { _, err := x.LatestAssessment(ctx, h.platform.ID); return err },
		"AssessmentOfSnapshot": func(ctx context.Context, x *tx) error {
			_, err := x.AssessmentOfSnapshot(ctx, h.snapshot.ID)
			return err
		},
		"FindingByFingerprint": func(ctx context.Context, x *tx) error {
			_, err := x.FindingByFingerprint(ctx, h.assessment, digestOf("probes/kill-loopledger"))
			return err
		},
		"CreateToken": func(ctx context.Context, x *tx) error {
			_, err := x.CreateToken(ctx, mine.person.ID, store.NewToken{Platform: &h.platform.ID, Name: "n", Scope: store.UploadScope, Hash: hashOf("n")})
			return err
		},
		"RevokeToken": func(ctx context.Context, x *tx) error { return x.RevokeToken(ctx, h.token.ID) },
		"UseToken":    func(ctx context.Context, x *tx) error { _, err := x.UseToken(ctx, hashOf("theirs")); return err },
	}
	calls["LatestAssessmentRow"] = func(ctx context.Context, x *tx) error {
		_, err := x.LatestAssessmentRow(ctx, h.platform.ID)
		return err
	}
	calls["PlatformBySlug"] = func(ctx context.Context, x *tx) error { _, err := x.PlatformBySlug(ctx, "theirs-alone"); return err }
	calls["SaveExhibits"] = func(ctx context.Context, x *tx) error {
		return x.SaveExhibits(ctx, h.snapshot.ID, store.StoredExhibits{ContentVersion: "1", Exhibits: []engines.Exhibit{}, ComputedAt: taken})
	}
	calls["NameAssessment"] = func(ctx context.Context, x *tx) error {
		return x.NameAssessment(ctx, h.platform.ID, h.assessment, "mine", mine.person.ID)
	}
	calls["UnnameAssessment"] = func(ctx context.Context, x *tx) error { return x.UnnameAssessment(ctx, h.platform.ID, h.assessment) }
	calls["Exhibits"] = func(ctx context.Context, x *tx) error { _, err := x.Exhibits(ctx, h.snapshot.ID); return err }
	calls["DiscardForeign"] = func(ctx context.Context, x *tx) error { return x.DiscardForeign(ctx, h.snapshot.ID) }
	calls["LockInputs"] = func(ctx context.Context, x *tx) error { _, err := x.LockInputs(ctx, h.platform.ID); return err }
	calls["PutNodeReading"] = func(ctx context.Context, x *tx) error {
		_, _, err := x.PutNodeReading(ctx, readingOf(h.platform.ID, "worker-1", "uid-1", taken.AddDate(0, 0, 1)))
		return err
	}
	calls["NodeReadingByID"] = func(ctx context.Context, x *tx) error { _, err := x.NodeReadingByID(ctx, h.node.ID); return err }
	calls["SaveOverlay"] = func(ctx context.Context, x *tx) error { return x.SaveOverlay(ctx, h.snapshot.ID, nil, taken) }
	calls["ProvenanceOf"] = func(ctx context.Context, x *tx) error { _, err := x.ProvenanceOf(ctx, h.snapshot.ID); return err }
	calls["MergeTarget"] = func(ctx context.Context, x *tx) error { _, err := x.MergeTarget(ctx, h.platform.ID); return err }
	calls["SigningTokenOf"] = func(ctx context.Context, x *tx) error {
		_, err := x.SigningTokenOf(ctx, h.platform.ID, snapshot.KeyID(signingKey), taken)
		return err
	}
	calls["SetSigningKey"] = func(ctx context.Context, x *tx) error { return x.SetSigningKey(ctx, h.token.ID, signingKey) }
	calls["SetMaking"] = func(ctx context.Context, x *tx) error { return x.SetMaking(ctx, sample.ID, store.MakingFailed) }
	calls["EmptySample"] = func(ctx context.Context, x *tx) error { return x.EmptySample(ctx, sample.ID) }
	calls["PlatformState"] = func(ctx context.Context, x *tx) error { _, err := x.PlatformState(ctx, h.platform.ID); return err }
	calls["AssignFinding"] = func(ctx context.Context, x *tx) error {
		return x.AssignFinding(ctx, h.platform.ID, killLoop, &mine.person.ID, nil, mine.person.ID)
	}
	calls["AssignFinding to a stranger"] = func(ctx context.Context, x *tx) error {
		return x.AssignFinding(ctx, mine.platform.ID, "other", &h.person.ID, nil, mine.person.ID)
	}
	calls["AddComment"] = func(ctx context.Context, x *tx) error {
		_, err := x.AddComment(ctx, h.platform.ID, killLoop, mine.person.ID, "stolen")
		return err
	}
	calls["WithdrawComment"] = func(ctx context.Context, x *tx) error {
		return x.WithdrawComment(ctx, h.platform.ID, killLoop, h.comment, h.person.ID)
	}
	calls["WaiveFindings"] = func(ctx context.Context, x *tx) error {
		return x.WaiveFindings(ctx, h.platform.ID, mine.person.ID, []assessments.Finding{finding("x/y", assessments.Low, "n")}, "r", taken)
	}
	calls["CreateWhatIf"] = func(ctx context.Context, x *tx) error {
		_, err := x.CreateWhatIf(ctx, h.platform.ID, mine.person.ID, []string{"x/y"}, nil)
		return err
	}
	calls["WhatIfByID"] = func(ctx context.Context, x *tx) error {
		_, err := x.WhatIfByID(ctx, h.platform.ID, h.whatIf)
		return err
	}
	calls["AnswerWhatIf"] = func(ctx context.Context, x *tx) error { return x.AnswerWhatIf(ctx, h.whatIf, nil, "stolen") }
	calls["AskReport"] = func(ctx context.Context, x *tx) error {
		_, _, err := x.AskReport(ctx, h.platform.ID, h.assessment, "full", mine.person.ID)
		return err
	}
	calls["AskReport of a platform of mine"] = func(ctx context.Context, x *tx) error {
		_, _, err := x.AskReport(ctx, mine.platform.ID, h.assessment, "full", mine.person.ID)
		return err
	}
	calls["ReportByID"] = func(ctx context.Context, x *tx) error {
		_, err := x.ReportByID(ctx, h.platform.ID, h.report)
		return err
	}
	calls["ReportContent"] = func(ctx context.Context, x *tx) error {
		_, err := x.ReportContent(ctx, h.platform.ID, h.report)
		return err
	}
	calls["FinishReport"] = func(ctx context.Context, x *tx) error { return x.FinishReport(ctx, h.report, nil, "stolen") }
	calls["MemberByID"] = func(ctx context.Context, x *tx) error { _, err := x.MemberByID(ctx, h.person.ID); return err }
	calls["HandOver to one of theirs"] = func(ctx context.Context, x *tx) error {
		return x.HandOver(ctx, mine.person.ID, &h.person.ID, false)
	}
	calls["InvitationByID"] = func(ctx context.Context, x *tx) error { _, err := x.InvitationByID(ctx, h.invitation); return err }
	calls["InvitationByHash"] = func(ctx context.Context, x *tx) error {
		_, err := x.InvitationByHash(ctx, h.invitationHash())
		return err
	}
	calls["AcceptInvitation"] = func(ctx context.Context, x *tx) error {
		_, err := x.AcceptInvitation(ctx, h.invitationHash(), mine.person.ID)
		return err
	}
	calls["EndInvitation"] = func(ctx context.Context, x *tx) error { return x.EndInvitation(ctx, h.invitation) }
	covered := map[string]bool{ // by other tests, as they take nothing of another organization's
		"Organization": true, "Queue": true, "CurrentOrganization": true, "RenameOrganization": true, "SetSettings": true,
		"AddMember": true, "Invite": true, "CreatePlatform": true, "CreateSample": true, "Audit": true,
		"PutLogo": true, "DescribeLogo": true, "RemoveLogo": true,
	}
	for name, call := range calls {
		method, _, _ := strings.Cut(name, " ")
		covered[method] = true
		t.Run(name, func(t *testing.T) {
			err := s.InOrganization(t.Context(), mine.organization.ID, func(x *store.Tx) error { return call(t.Context(), x) })
			require.ErrorIs(t, err, store.ErrNotFound)
		})
	}
	lists := map[string]func(ctx context.Context, x *tx) (int, error){
		"Answers": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.Answers(ctx, h.platform.ID)
			return len(l), err
		},
		"AnswerRevisions": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.AnswerRevisions(ctx, h.platform.ID, "L1", "")
			return len(l), err
		},
		"WorkloadFacts": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.WorkloadFacts(ctx, h.platform.ID)
			return len(l), err
		},
		"Waivers": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.Waivers(ctx, h.platform.ID)
			return len(l), err
		},
		"Snapshots": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.Snapshots(ctx, h.platform.ID, 10)
			return len(l), err
		},
		"EarlierSnapshots": func(ctx context.Context, x *tx) (int, error) {
			later := kept
			later.TakenAt = taken.AddDate(1, 0, 0)
			l, err := x.EarlierSnapshots(ctx, later, 10)
			return len(l), err
		},
		"SiblingSnapshotsAt": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.SiblingSnapshotsAt(ctx, mine.platform.ID, time.Now().AddDate(1, 0, 0))
			return len(l), err
		},
		"AnswersAt": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.AnswersAt(ctx, h.platform.ID, time.Now().AddDate(1, 0, 0))
			return len(l), err
		},
		"Outdated": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.Outdated(ctx, h.platform.ID, "999", "")
			return len(l), err
		},
		"IsLast": func(ctx context.Context, x *tx) (int, error) {
			last, err := x.IsLast(ctx, store.AssessmentRow{ID: h.assessment, PlatformID: h.platform.ID})
			if last {
				return 1, err
			}
			return 0, err
		},
		"SiblingSnapshots": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.SiblingSnapshots(ctx, mine.platform.ID)
			return len(l), err
		},
		"Assessments": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.Assessments(ctx, h.platform.ID, 10)
			return len(l), err
		},
		"Trend": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.Trend(ctx, h.platform.ID, 10)
			return len(l), err
		},
		"Findings": func(ctx context.Context, x *tx) (int, error) {
			l, _, _, err := x.Findings(ctx, h.assessment, store.FindingFilter{}, store.FindingCursor{}, 10)
			return len(l), err
		},
		"CountFindings": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.CountFindings(ctx, h.assessment, store.FindingFilter{})
			return len(l), err
		},
		"FindingsOnlyIn": func(ctx context.Context, x *tx) (int, error) {
			l, _, err := x.FindingsOnlyIn(ctx, h.assessment, mine.assessment, 10)
			return len(l), err
		},
	}
	lists["FindingWork"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.FindingWork(ctx, h.platform.ID, []string{killLoop})
		return len(l), err
	}
	lists["Comments"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.Comments(ctx, h.platform.ID, killLoop)
		return len(l), err
	}
	lists["FindingGroups"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.FindingGroups(ctx, h.assessment, store.FindingFilter{Platform: h.platform.ID}, store.ByOwner, 10)
		return len(l), err
	}
	lists["FindingNamespaces"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.FindingNamespaces(ctx, h.assessment, 10)
		return len(l), err
	}
	lists["UnwaiveFindings"] = func(ctx context.Context, x *tx) (int, error) {
		return x.UnwaiveFindings(ctx, h.platform.ID, []assessments.Finding{{Rule: "probes/*"}})
	}
	lists["Timeline"] = func(ctx context.Context, x *tx) (int, error) {
		l, _, _, err := x.Timeline(ctx, h.platform.ID, store.TimelinePage{Limit: 10})
		return len(l), err
	}
	lists["AssessmentBefore"] = func(ctx context.Context, x *tx) (int, error) {
		var row store.AssessmentRow
		row.PlatformID, row.CreatedAt = h.platform.ID, time.Now().AddDate(1, 0, 0)
		_, found, err := x.AssessmentBefore(ctx, row)
		return map[bool]int{true: 1}[found], err
	}
	lists["NodeReadings"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.NodeReadings(ctx, h.platform.ID)
		return len(l), err
	}
	lists["NodeReadingsMark"] = func(ctx context.Context, x *tx) (int, error) {
		mark, err := x.NodeReadingsMark(ctx, h.platform.ID)
		return len(mark), err
	}
	lists["NodesHeard"] = func(ctx context.Context, x *tx) (int, error) {
		heard, err := x.NodesHeard(ctx, h.platform.ID)
		return heard.Nodes, err
	}
	lists["OverlayReadings"] = func(ctx context.Context, x *tx) (int, error) {
		l, version, err := x.OverlayReadings(ctx, h.snapshot.ID)
		return len(l) + len(version), err
	}
	lists["OverlayVersion"] = func(ctx context.Context, x *tx) (int, error) {
		version, err := x.OverlayVersion(ctx, h.snapshot.ID)
		return len(version), err
	}
	lists["OverlaysOf"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.OverlaysOf(ctx, h.platform.ID)
		return len(l), err
	}
	lists["IsMerged"] = func(ctx context.Context, x *tx) (int, error) {
		merged, err := x.IsMerged(ctx, h.snapshot.ID, h.node.Digest)
		return map[bool]int{true: 1}[merged], err
	}
	lists["Milestones"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.Milestones(ctx, h.platform.ID)
		return len(l), err
	}
	lists["CameBack"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.CameBack(ctx, h.assessment, mine.assessment)
		return len(l), err
	}
	lists["FindingLife"] = func(ctx context.Context, x *tx) (int, error) {
		life, err := x.FindingLife(ctx, h.platform.ID, killLoop)
		return len(life.Spells), err
	}
	lists["TopFindings"] = func(ctx context.Context, x *tx) (int, error) {
		l, open, err := x.TopFindings(ctx, h.assessment, 5)
		return len(l) + len(open), err
	}
	lists["Movement"] = func(ctx context.Context, x *tx) (int, error) {
		added, mended, err := x.Movement(ctx, h.assessment)
		return added + mended, err
	}
	lists["WorkloadsWithFindings"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.WorkloadsWithFindings(ctx, h.assessment, 10)
		return len(l), err
	}
	lists["AssessmentsBySnapshot"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.AssessmentsBySnapshot(ctx, h.platform.ID)
		return len(l), err
	}
	lists["Uploaders"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.Uploaders(ctx, h.platform.ID)
		return len(l), err
	}
	lists["CountHistory"] = func(ctx context.Context, x *tx) (int, error) {
		snapshots, results, err := x.CountHistory(ctx, h.platform.ID)
		return snapshots + results, err
	}
	lists["Reports"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.Reports(ctx, h.platform.ID)
		return len(l), err
	}
	lists["BelongingsOf"] = func(ctx context.Context, x *tx) (int, error) {
		b, err := x.BelongingsOf(ctx, h.person.ID)
		return b.Findings + b.Tokens, err
	}
	for name, list := range lists {
		covered[name] = true
		t.Run(name, func(t *testing.T) {
			require.NoError(t, s.InOrganization(t.Context(), mine.organization.ID, func(x *store.Tx) error {
				n, err := list(t.Context(), x)
				require.Zero(t, n)
				return err
			}))
		})
	}
	own := map[string]func(ctx context.Context, x *tx) (int, error){ // what takes no id holds one's own alone
		"Members":   func(ctx context.Context, x *tx) (int, error) { l, err := x.Members(ctx); return len(l), err },
		"Platforms": func(ctx context.Context, x *tx) (int, error) { l, err := x.Platforms(ctx); return len(l), err },
		"Tokens":    func(ctx context.Context, x *tx) (int, error) { l, err := x.Tokens(ctx); return len(l), err },
		"AuditEvents": func(ctx context.Context, x *tx) (int, error) {
			l, err := x.AuditEvents(ctx, store.EventID{}, 10)
			return len(l), err
		},
	}
	own["Invitations"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.Invitations(ctx)
		return len(l), err
	}
	own["TokenNames"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.TokenNames(ctx)
		return len(l), err
	}
	own["PlatformOverviews"] = func(ctx context.Context, x *tx) (int, error) {
		l, err := x.PlatformOverviews(ctx)
		return len(l), err
	}
	own["Logo"] = func(ctx context.Context, x *tx) (int, error) {
		logo, err := x.Logo(ctx)
		return strings.Count(logo.Alt, "mine"), err
	}
	own["LogoPNG"] = func(ctx context.Context, x *tx) (int, error) {
		_, png, err := x.LogoPNG(ctx)
		return strings.Count(string(png), "mine"), err
	}
	for name, list := range own {
		covered[name] = true
		t.Run(name, func(t *testing.T) {
			require.NoError(t, s.InOrganization(t.Context(), mine.organization.ID, func(x *store.Tx) error {
				n, err := list(t.Context(), x)
				require.Equal(t, 1, n)
				return err
			}))
		})
	}
	require.Equal(t, before, dumpTables(t, db), "nothing changed anywhere")
	for method := range reflect.TypeFor[*store.Tx]().Methods() {
		require.True(t, covered[method.Name], "Tx.%s is not tried as another organization", method.Name)
	}
}

var tenantTables = []string{
	"organizations", "people", "members", "platforms", "answers", "answer_revisions", "workload_facts", "waivers", "snapshots", "snapshot_states",
	"snapshot_blobs", "snapshot_exhibits", "snapshot_overlays", "node_readings", "assessments", "assessment_movements", "findings", "finding_intervals", "contents", "tokens", "audit_events",
	"finding_assignments", "finding_comments", "what_ifs", "milestones", "reports", "logos", "invitations",
}

// moveAll gives each assessment a movement, which only a second one of a platform has by itself.
func moveAll(t *testing.T, db *dbtest.DB) {
	t.Helper()
	_, err := db.Admin.Exec(t.Context(), "insert into assessment_movements (organization_id, assessment_id, added, mended) select organization_id, id, 1, 0 from assessments")
	require.NoError(t, err)
}

// dumpTables is every tenant row there is, as the superuser sees them.
func dumpTables(t *testing.T, db *dbtest.DB) map[string]string {
	t.Helper()
	dump := map[string]string{}
	for _, table := range tenantTables {
		var rows string
		err := db.Admin.QueryRow(t.Context(), "select count(*) || ' ' || coalesce(md5(string_agg(x::text, '|' order by x::text)), '') from "+table+" x").Scan(&rows)
		require.NoError(t, err)
		require.False(t, strings.HasPrefix(rows, "0 "), "%s is empty: the fixture proves nothing about it", table)
		dump[table] = rows
	}
	return dump
}

// Row security fails closed: without an organization there are no rows, and none can be written for another one.
func TestRowSecurityFailsClosed(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	mine, theirs := newHouse(t, s, "mine"), newHouse(t, s, "theirs")
	for _, table := range tenantTables {
		var n int
		require.NoError(t, db.App.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n))
		require.Zero(t, n, "%s as the app", table)
		require.NoError(t, db.Owner.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n))
		require.Zero(t, n, "%s as the owner", table)
	}
	err := s.InOrganization(t.Context(), mine.organization.ID, func(tx *store.Tx) error {
		_, err := tx.Queue().Exec(t.Context(), "insert into platforms (organization_id, id, slug, name) values ($1, $2, 'x', 'x')", theirs.organization.ID, store.NewID[store.Platform]())
		return err
	})
	require.ErrorContains(t, err, "row-level security")
	err = s.InOrganization(t.Context(), mine.organization.ID, func(tx *store.Tx) error {
		_, err := tx.Queue().Exec(t.Context(), "update platforms set organization_id = $1", theirs.organization.ID)
		return err
	})
	require.ErrorContains(t, err, "row-level security")
	var left string // the choice of organization ends with its transaction
	require.NoError(t, db.App.QueryRow(t.Context(), "select coalesce(current_setting('app.organization_id', true), '')").Scan(&left))
	require.Empty(t, left)
	for _, immutable := range []string{"snapshots", "snapshot_blobs", "assessments", "contents", "audit_events", "answer_revisions"} {
		for _, sql := range []string{"update " + immutable + " set organization_id = organization_id", "delete from " + immutable} {
			err := s.InOrganization(t.Context(), mine.organization.ID, func(tx *store.Tx) error {
				_, err := tx.Queue().Exec(t.Context(), sql)
				return err
			})
			require.ErrorContains(t, err, "permission denied", sql)
		}
	}
	for _, sql := range []string{"update finding_intervals set finding = '{}'", "update finding_intervals set first_sequence = 1", "delete from finding_intervals"} {
		err := s.InOrganization(t.Context(), mine.organization.ID, func(tx *store.Tx) error {
			_, err := tx.Queue().Exec(t.Context(), sql)
			return err
		})
		require.ErrorContains(t, err, "permission denied", sql)
	}
}

func TestOpenRefusesARoleThatSeesThroughRowSecurity(t *testing.T) {
	db := dbtest.New(t)
	ctx := t.Context()
	pool, err := store.Open(ctx, db.OwnerURL, store.Options{})
	require.NoError(t, err, "the owner takes the app's role on")
	pool.Close()
	_, err = store.Open(ctx, db.OwnerURL, store.Options{Pooled: true})
	require.ErrorContains(t, err, "plimsoll_owner is a superuser, exempt from row security or owns tables")
	_, err = store.Open(ctx, db.Admin.Config().ConnString(), store.Options{Pooled: true})
	require.ErrorContains(t, err, "plimsoll_admin")
}

func TestAFailedTransactionLeavesNothing(t *testing.T) {
	db := dbtest.New(t)
	s := store.New(db.App)
	h := newHouse(t, s, "mine")
	stop := errors.New("stop")
	err := s.InOrganization(t.Context(), h.organization.ID, func(tx *store.Tx) error {
		require.NoError(t, tx.DeletePlatform(t.Context(), h.platform.ID))
		return stop
	})
	require.ErrorIs(t, err, stop)
	in(t, s, h.organization.ID, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.PlatformByID(ctx, h.platform.ID)
		return err
	})
}
