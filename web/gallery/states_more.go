package main

import (
	"fmt"
	"strings"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/web"
	"plimsoll/web/drawing"
)

func frontStates() []state {
	stranger := web.Shell{Title: "Do you absolutely need Kubernetes?", Version: "v0.1.0"}
	teaser := web.Teaser{Platform: "Production", Assessment: assessed()}
	known := stranger
	known.Viewer = viewer("")
	people := []web.SignInPerson{{Login: "ada", Name: "Ada Marsh", About: "owner of North Sea Logistics"}, {Login: "jo", Name: "Jo Quay", About: "assessor"}, {Login: "kim", Name: longName, About: "viewer"}}
	return []state{
		{"front", web.Front(web.FrontPage{Shell: stranger, Example: teaser})},
		{"front-signed-in", web.Front(web.FrontPage{Shell: known, Example: teaser})},
		{"sign-in", web.SignIn(web.SignInPage{Shell: web.Shell{Title: "Sign in"}, Action: "/gallery", People: people})},
		{"sign-in-wrong", web.SignIn(web.SignInPage{Shell: web.Shell{Title: "Sign in"}, Action: "/gallery", People: people, Problem: "There is nobody of this name."})},
	}
}

func at(d, h int) time.Time { return time.Date(2026, 11, d, h, 12, 0, 0, time.UTC) }

// question forms of a section, with some answers.
func forms(section questionnaire.Section) []web.QuestionForm {
	var list []web.QuestionForm
	for i, q := range section.Questions {
		form := web.QuestionForm{Question: q, Text: q.Text, Answer: questionnaire.Answer{Question: q.ID, State: questionnaire.Unanswered}}
		answered := questionnaire.Answer{Question: q.ID, State: questionnaire.Answered, Options: []string{q.Options[len(q.Options)-1].ID}, Basis: questionnaire.Measured,
			Respondent: "Ada Marsh", AnsweredAt: at(12, 9), ReviewBy: at(12, 9).AddDate(0, 3, 0), Revision: 2}
		switch i % 4 {
		case 0:
			form.Answer = answered
			if q.Figure != nil {
				form.Answer.Figure = pt(q.Figure.Min + 300)
			}
		case 1:
			form.Answer = answered
			form.Answer.State, form.Answer.Options = questionnaire.Unknown, nil
			form.SavedAt = at(20, 9)
		}
		list = append(list, form)
	}
	return list
}

func progress(q *questionnaire.Questionnaire) web.Progress {
	p := web.Progress{Range: pt(score(3800, 5200, 6700, 74, 58)), Verdict: "Yes, managed only"}
	for i, s := range q.Sections {
		line := web.SectionProgress{ID: s.ID, Title: s.Title, Intro: s.Intro, Asked: len(s.Questions), Answered: max(2, len(s.Questions)-i), Unknown: i % 3, Minutes: 4}
		if s.ID == questionnaire.JVM {
			line = web.SectionProgress{ID: s.ID, Title: s.Title, Intro: s.Intro, Skipped: len(s.Questions), Because: "no JVM carries production load, by your answer to C3"}
		}
		if s.ID == questionnaire.Networking {
			line.Answered, line.Unknown = 0, 0
		}
		p.Sections = append(p.Sections, line)
	}
	return p
}

func questionStates() []state {
	q := questionnaire.Current()
	overview := web.QuestionsPage{Shell: shell("Questions", web.TabQuestions), Progress: progress(q), Facts: 3}
	fresh := overview
	fresh.Progress = web.Progress{}
	for _, s := range q.Sections {
		fresh.Progress.Sections = append(fresh.Progress.Sections, web.SectionProgress{ID: s.ID, Title: s.Title, Intro: s.Intro, Asked: len(s.Questions), Minutes: len(s.Questions)})
	}
	var all []state
	all = append(all, state{"questions", web.Questions(overview)}, state{"questions-fresh", web.Questions(fresh)})
	for _, section := range q.Sections {
		page := web.SectionPage{Shell: shell(section.Title, web.TabQuestions), ID: section.ID, Heading: section.Title, Intro: section.Intro, Questions: forms(section), Progress: progress(q), Previous: questionnaire.Context, Next: questionnaire.Lifecycle}
		all = append(all, state{"section-" + string(section.ID), web.SectionQuestions(page)})
		if section.ID != questionnaire.Probes {
			continue
		}
		odd := page
		odd.Questions = forms(section)
		odd.Questions[0].Conflict = &web.AnswerConflict{By: "Jo Quay", At: at(20, 9), Theirs: questionnaire.Answer{State: questionnaire.Answered, Options: []string{section.Questions[0].Options[1].ID}, Note: "Counted over the three shops."}}
		odd.Questions[1].Problem = "The figure must lie between 1 and 86,400 seconds."
		odd.Questions[2].Answer = questionnaire.Answer{State: questionnaire.NotApplicable, Reason: questionnaire.ProviderDoesIt, Sentence: longName, Note: longName, Links: []string{"https://wiki.example.com/" + longName}, Revision: 1, Respondent: longName}
		odd.Questions[3].SkippedBy, odd.Questions[3].SkippedID = "“Which runtimes carry production load?” says: no databases or queues", "C3"
		looking := page
		looking.Viewer = viewer("viewer")
		all = append(all, state{"section-conflict", web.SectionQuestions(odd)}, state{"section-viewer", web.SectionQuestions(looking)})
	}
	declared := []web.WorkloadFact{
		{WorkloadFact: facts.WorkloadFact{Namespace: "events", Kind: "StatefulSet", Name: "kafka", Key: facts.RecoverySecondsKey, Value: "540", Basis: "measured", Author: "Jo Quay", At: at(3, 9)}, Seen: "17 restarts in 9 days"},
		{WorkloadFact: facts.WorkloadFact{Namespace: "payments", Kind: "Deployment", Name: longName, Key: facts.JavaVersionKey, Value: "17.0.12", Basis: "documented", Author: longName, At: at(3, 9)}, Stale: true},
	}
	page := web.FactsPage{Shell: shell("Facts", web.TabQuestions), Facts: declared, Workloads: []string{"events/kafka", "payments/ledger"},
		Questions: []assessments.WorkloadQuestion{
			{Kind: "Deployment", Namespace: "payments", Name: "ledger", Key: facts.JavaVersionKey, Text: "Which Java runs in payments/ledger?", Hint: "The version that java -version prints in its container."},
			{Kind: "Deployment", Namespace: longName, Name: longName, Key: facts.JavaVersionKey, Text: "Which Java runs in " + longName + "/" + longName + "?", Hint: "The version that java -version prints in its container."},
		}}
	wrong := web.FactsPage{Shell: page.Shell, Form: web.FactForm{Workload: "events/kafka", Key: facts.RecoverySecondsKey, Value: "nine minutes", Problem: "Recovery time is a whole number of seconds, such as 540."}}
	looking := page
	looking.Viewer = viewer("viewer")
	none := page
	none.Facts = nil
	return append(all, state{"facts", web.Facts(page)}, state{"facts-empty", web.Facts(none)}, state{"facts-wrong", web.Facts(wrong)}, state{"facts-viewer", web.Facts(looking)})
}

func snapshotStates() []state {
	one := web.Snapshot{Key: "s1", TakenAt: at(20, 6), Uploaded: at(20, 7), By: "ci of shop", Source: "cluster", Bytes: 1_482_113, Records: 2210, Workloads: 147,
		Digest: "4be1d09a77c35f2861a9d3e0b1c24f8867e59ab03d71c6f2e84905ab1cd37f60", State: web.SnapshotScored, Result: "a1",
		Signature: web.Signature{State: web.SignatureProven, By: "nightly"}, Nodes: web.NodeReadings{Nodes: 13, Of: 14, Oldest: at(20, 3), Newest: at(20, 6)}}
	with := func(state web.SnapshotState, problem string, day int) web.Snapshot {
		s := one
		s.State, s.Problem, s.TakenAt, s.Uploaded, s.Result = state, problem, at(day, 6), at(day, 7), ""
		s.Signature, s.Nodes = web.Signature{State: web.SignatureNone}, web.NodeReadings{}
		return s
	}
	long := with(web.SnapshotScored, "", 2)
	long.By, long.Result, long.Signature = longName, "a0", web.Signature{State: web.SignatureEnded, By: longName}
	strange := with(web.SnapshotScored, "", 9)
	strange.Signature = web.Signature{State: web.SignatureUnknown}
	page := web.SnapshotsPage{Shell: shell("Snapshots", web.TabSnapshots), MaxBytes: 64 << 20, Pages: web.Pages{From: 1, To: 6, Total: 6},
		Command:   "plimsoll-collect cluster --upload https://plimsoll.example.com/o/north-sea/platforms/shop-eu --token-file token",
		Snapshots: []web.Snapshot{with(web.SnapshotScoring, "", 21), one, with(web.SnapshotForeign, "", 17), with(web.SnapshotFailed, "line 2,114: its record type is not known", 12), strange, long}, Now: at(20, 12),
		Heard: web.NodeReadings{Nodes: 14, Oldest: at(12, 3), Newest: at(20, 11)}}
	done := page
	done.Snapshots = page.Snapshots[1:]
	first := page
	first.Snapshots, first.Pages, first.Heard = nil, web.Pages{}, web.NodeReadings{}
	refused := first
	refused.Problem = &web.FailurePage{Status: 422, Heading: "This is no snapshot", Details: []web.FailureDetail{{Line: 17, Field: "workload.containers[2].memoryLimitBytes", Reason: "must be a whole number, got “lots”"}}}
	looking := page
	looking.Viewer = viewer("viewer")
	looking.Snapshots = page.Snapshots[1:]
	belongs := web.BelongsPage{Shell: shell("Another cluster", web.TabSnapshots), Snapshot: one, Known: web.ClusterSigns{ID: "1f0ae7c2-77aa", Version: "1.33.4", Nodes: 14, Since: at(1, 0).AddDate(-3, 0, 0)},
		Seen: web.ClusterSigns{ID: "c94410bb-0e21", Version: "1.35.1", Nodes: 16, Since: at(2, 0)}}
	unnamed := belongs
	unnamed.Form = web.NameForm{Name: "shop-eu", Problem: "There is a platform of this name already."}
	return []state{
		{"snapshots", web.Snapshots(done)},
		{"snapshots-under-way", web.Snapshots(page)},
		{"snapshots-first", web.Snapshots(first)},
		{"snapshots-refused", web.Snapshots(refused)},
		{"snapshots-viewer", web.Snapshots(looking)},
		{"belongs", web.Belongs(belongs)},
		{"belongs-wrong", web.Belongs(unnamed)},
	}
}

// explanation has every kind of part.
func explanation() web.Explanation {
	points := func(millis int64) *assessments.Micros { return pt(assessments.Micros(millis * 1000)) }
	part := func(id, what, note string, millis int64) web.MovedPart {
		return web.MovedPart{ID: id, What: what, Note: note, Moved: *points(millis)}
	}
	return web.Explanation{
		Score: web.Movement{Title: "Score", From: points(36_640), To: points(52_310), Parts: []web.MovedPart{
			part("", "Probes", "the lowest pillar before", 22_360), part("", "Lifecycle is the lowest now", "in the place of Probes", -6_690)}},
		Pillars: []web.Movement{
			{Title: "Probes", Decides: true, From: points(36_640), To: points(59_000), Parts: []web.MovedPart{
				part("PRB-1", "Readiness says when traffic may come", "0.31 before, 0.92 now", 18_447), part("PRB-4", "Slow starts have time", "new in content version 2", 9_120),
				part("PRB-7", "Probes of "+longName, "stands as it stood; the weights of the pillar are shared anew", -1_207),
				part("", "What holds the pillar down", "at 59 by probes/kill-loop now", -4_000)}},
			{Title: "Lifecycle", Decides: true, From: points(52_310), To: points(52_310)},
			{Title: "JVM", To: points(71_000), Unknown: "It applies only now."},
		},
		Waivers: []string{"The waiver of probes/* ran out on 31 October 2026: the vendor mends it", "All waivers together were worth 3.1 points of the score before, 0.0 now."},
	}
}

func historyStates() []state {
	entry := func(key string, day int, cause string, low, value, high int64, open, added, mended int) web.HistoryEntry {
		return web.HistoryEntry{Key: key, At: at(day, 7), AsOf: at(day, 0), TakenAt: at(day, 6), Cause: cause, ContentVersion: "1", Score: pt(score(low, value, high, 74, 58)),
			LoadLine: &assessments.LoadLine{Low: assessments.LowFreeboard, High: assessments.LowFreeboard}, Open: open, New: added, Mended: mended}
	}
	entries := []web.HistoryEntry{
		entry("a5", 20, "snapshot", 4100, 5200, 5900, 137, 4, 21), entry("a4", 17, "answers", 3500, 4700, 6300, 154, 0, 0),
		entry("a3", 12, "snapshot", 3100, 4400, 6600, 154, 12, 3), entry("a2", 2, "waiver ended", 2600, 3600, 6400, 145, 0, 0),
	}
	entries[2].NewYardstick, entries[2].ContentVersion = true, "2"
	entries[3].LoadLine = &assessments.LoadLine{Low: assessments.Submerged, High: assessments.LowFreeboard}
	page := web.HistoryPage{Shell: shell("History", web.TabHistory), Moments: moments(), Entries: entries, Pages: web.Pages{From: 1, To: 4, Total: 4}}
	named := page
	named.Entries = append([]web.HistoryEntry(nil), entries...)
	named.Entries[2].Name = "Before the migration"
	long := strings.Repeat("Vor der Umstellung der Zahlungsplattform ", 3)
	named.Entries[3].Name = long[:120]
	named.Milestones = []web.Milestone{
		{HistoryEntry: named.Entries[2], Name: named.Entries[2].Name, By: "Mara Lind", NamedAt: at(13, 9)},
		{HistoryEntry: named.Entries[3], Name: named.Entries[3].Name, NamedAt: at(3, 9)},
	}
	naming := web.MilestonePage{Shell: page.Shell, Milestone: web.Milestone{HistoryEntry: entries[1]}}
	renaming := web.MilestonePage{Shell: page.Shell, Milestone: named.Milestones[0], Form: web.NameForm{Name: "", Problem: "Give it a name."}}
	named.Moments = append([]drawing.Moment(nil), moments()...)
	named.Moments[1].Name, named.Moments[5].Name = named.Entries[3].Name, named.Entries[2].Name
	named.Newest = entries[0].Key
	many := page
	many.Entries, many.Pages = nil, web.Pages{From: 51, To: 100, Total: 300}
	for i := range 50 {
		e := entries[i%len(entries)]
		e.Key = fmt.Sprint("m", i)
		many.Entries = append(many.Entries, e)
	}
	many.Chosen, many.From, many.To = entries[:1], "m3", entries[0].Key
	unscored := page
	unscored.Moments = nil
	single := page
	single.Moments, single.Entries = moments()[:1], entries[:1]
	a := assessed()
	movements := make([]web.PillarMovement, 0, len(a.Pillars))
	for i, p := range a.Pillars {
		before := score(3000, 4000+int64(i)*700, 7000, 60, 50)
		movements = append(movements, web.PillarMovement{Pillar: p.ID, From: &before, To: &p.Range})
	}
	movements[2].From = nil
	compare := web.ComparePage{Shell: shell("What changed", web.TabHistory), From: entries[3], To: entries[0], Pillars: movements, Open: 112,
		New: web.FindingList{Items: findings[:2], Pages: web.Pages{Total: 4}}, Mended: web.FindingList{Items: findings[2:4], Pages: web.Pages{Total: 21}},
		Answers: []web.AnswerMovement{{Question: "L6", Text: "When did you last restore a production-like cluster from backup, timed?", From: "Never", To: "Within 12 months"}}}
	compare.From.Name = "Before the migration"
	compare.Explained = explanation()
	compare.CameBack = web.FindingList{Items: findings[4:5], Pages: web.Pages{Total: 1}}
	compare.Facts = []web.FactMovement{{What: "Kubernetes", From: "v1.31.4", To: "v1.32.1"}, {What: "Nodes", From: "9", To: "12"}, {What: "coredns", To: "1.11.3"}}
	still := web.ComparePage{Shell: compare.Shell, From: entries[1], To: entries[0], Pillars: movements, Open: 137}
	still.From.ContentVersion = "0"
	return []state{
		{"history", web.History(page)},
		{"history-milestones", web.History(named)},
		{"history-name", web.NameResult(naming)},
		{"history-rename-wrong", web.NameResult(renaming)},
		{"history-one", web.History(single)},
		{"history-many", web.History(many)},
		{"history-unscored", web.History(unscored)},
		{"history-empty", web.History(web.HistoryPage{Shell: shell("History", web.TabHistory)})},
		{"compare", web.Compare(compare)},
		{"compare-nothing", web.Compare(still)},
	}
}

func settingsStates() []state {
	page := web.SettingsPage{Shell: shell("Settings", web.TabSettings), ID: "0f7c2c1e-6d0f-4f0a-9a53-6f1a2b3c4d5e", Rename: web.NameForm{Name: platform.Name}, Snapshots: 12, Assessments: 31}
	wrong := page
	wrong.Rename = web.NameForm{Name: "", Problem: "A name has 1 to 120 characters."}
	wrong.DeleteProblem = "That is not the platform's name."
	archived := page
	gone := platform
	gone.Archived = true
	archived.Platform = &gone
	looking := page
	looking.Viewer = viewer("viewer")
	long := page
	p := web.Platform{Key: "l", Name: longName}
	long.Platform, long.Rename.Name = &p, longName
	return []state{
		{"settings", web.Settings(page)}, {"settings-wrong", web.Settings(wrong)}, {"settings-archived", web.Settings(archived)},
		{"settings-viewer", web.Settings(looking)}, {"settings-long-name", web.Settings(long)},
	}
}

func reportStates() []state {
	made := web.Report{Key: "1", Assessment: "a1", AsOf: at(12, 9), At: at(13, 9), By: "Ada Marsh", Bytes: 412_334, Format: "full", Name: "The whole report, PDF"}
	waiting, failed := made, made
	waiting.Key, waiting.Waiting, waiting.Name = "2", true, "Workbook, for a spreadsheet (xlsx)"
	failed.Key, failed.Problem, failed.By = "3", "The report could not be made. The operator finds the reason in the log.", longName
	shell := shellOf("Reports", web.TabResult)
	shell.Platform = &web.Platform{Key: "shop-eu", Name: "shop-eu"}
	form := &web.ReportForm{Assessment: "a1", Formats: []web.ReportFormat{{Key: "full", Words: made.Name}, {Key: "xlsx", Words: waiting.Name}}}
	one := func(r web.Report) web.ReportPage { return web.ReportPage{Shell: shell, Report: r} }
	return []state{
		{"report", web.OneReport(one(made))}, {"report-waiting", web.OneReport(one(waiting))}, {"report-failed", web.OneReport(one(failed))},
		{"reports", web.Reports(web.ReportsPage{Shell: shell, Form: form, Reports: []web.Report{waiting, made, failed}})},
		{"reports-busy", web.Reports(web.ReportsPage{Shell: shell, Form: form, Problem: "Several reports are being made already. Ask again in a minute."})},
		{"reports-empty", web.Reports(web.ReportsPage{Shell: shell})},
	}
}

func peopleStates() []state {
	members := web.MembersPage{Shell: shellOf("Members", web.TabMembers), Members: []web.Member{
		{Name: "Ada Marsh", Email: "ada@example.com", Role: "owner", Since: at(1, 0)},
		{Name: longName, Email: "a-very-long-address-that-does-not-end-soon@department.of.something.example.com", Role: "viewer", Since: at(1, 0)}}}
	members.Members[0].Self, members.Members[1].ID = true, "2"
	members.Invite = web.InviteForm{Role: "assessor", Roles: []string{"owner", "admin", "assessor", "viewer"}}
	inviting := members
	inviting.Made = &web.MadeInvitation{Role: "assessor", Link: "https://plimsoll.example/invitations/plimin_7qj2kw7cvb5s2dyp6nrt3mhx2glz4afe5ueq7qj2kw7cvb5s2dyp6nrt3mhx2glz"}
	inviting.Invitations = []web.Invitation{{ID: "1", Role: "assessor", Note: "Jo Quay <jo@example.com>", By: "Ada Marsh", Expires: at(27, 9)}, {ID: "2", Role: "viewer", Note: longName, By: longName, Expires: at(22, 9)}}
	inviting.Invite.NoteProblem = "At most 320 letters."
	watching := members
	watching.Viewer = viewer("viewer")
	one := web.MemberPage{Shell: shellOf("Jo Quay", web.TabMembers), Member: web.Member{ID: "2", Name: "Jo Quay", Role: "assessor"}, Roles: members.Invite.Roles}
	one.Leaving = web.Leaving{Findings: 12, Tokens: 1, Others: []web.Member{{ID: "1", Name: "Ada Marsh"}, {ID: "3", Name: longName}}}
	leaving := web.LeavePage{Shell: shellOf("Leave", web.TabMembers), Leaving: one.Leaving}
	last := web.LeavePage{Shell: leaving.Shell, Problem: "You are the only owner. Make somebody else one first."}
	outside := web.Shell{Title: "You are invited", Viewer: viewer("")}
	invitation := web.InvitationPage{Shell: outside, Organization: "Harbour Logistics", Role: "assessor", By: "Ada Marsh", As: "Jo Quay", Action: "/invitations/x"}
	longInvitation := invitation
	longInvitation.Organization, longInvitation.By, longInvitation.As = longName, "", longName
	tokens := web.TokensPage{Shell: shellOf("Tokens", web.TabTokens), Tokens: []web.Token{
		{ID: "1", Name: "ci of shop", Prefix: "plim_…5uEq", MadeAt: at(1, 9), Expires: at(1, 9).AddDate(0, 3, 0), LastUsed: at(20, 6), Platform: "shop-eu"},
		{ID: "3", Name: "every collector", Prefix: "plim_…77aa", MadeAt: at(1, 9), Expires: at(10, 9), LastUsed: at(9, 6)},
		{ID: "2", Name: longName, Prefix: "plim_…09XA", MadeAt: at(1, 9), Revoked: true, Platform: longName}},
		Platforms: []web.Platform{{Key: "shop-eu", Name: "shop-eu"}, {Key: "long", Name: longName}}, Now: at(20, 12)}
	made := tokens
	made.Made = &web.MadeToken{Name: "ci of shop", Secret: "plim_7QJ2kW8cVb0s1dYp6nRt3mHx9gLz4aFe5uEq",
		Command: "plimsoll-collect cluster --upload https://plimsoll.example --platform 0192f0c5-7d3a-7c11-9e0b-1f2a3b4c5d6e --token-file token.txt --sign"}
	wrong := web.TokensPage{Shell: tokens.Shell, Form: web.TokenForm{NameForm: web.NameForm{Problem: "A name has 1 to 120 characters."}, PlatformProblem: "Choose one of the platforms."}, Platforms: tokens.Platforms}
	none := tokens
	none.Tokens = nil
	looking := tokens
	looking.Viewer = viewer("viewer")
	return []state{
		{"members", web.Members(members)}, {"members-inviting", web.Members(inviting)}, {"members-viewer", web.Members(watching)},
		{"member", web.OneMember(one)}, {"leave", web.Leave(leaving)}, {"leave-last", web.Leave(last)},
		{"invitation", web.AcceptInvitation(invitation)}, {"invitation-long", web.AcceptInvitation(longInvitation)},
		{"invitation-over", web.InvitationOver(web.InvitationOverPage{Shell: outside})},
		{"tokens", web.Tokens(tokens)}, {"tokens-empty", web.Tokens(none)}, {"tokens-made", web.Tokens(made)}, {"tokens-wrong", web.Tokens(wrong)}, {"tokens-viewer", web.Tokens(looking)},
	}
}

func failureStates() []state {
	var all []state
	for _, f := range []web.FailurePage{{Status: 403}, {Status: 404}, {Status: 409}, {Status: 500, RequestID: "01JD8Z4Q6M"},
		{Status: 422, Details: []web.FailureDetail{{Line: 2114, Field: "node.capacity", Reason: "stands twice"}}, BackPath: "/", BackWords: "Back to the snapshots"}} {
		f.Shell = web.Shell{Title: "Sorry", Viewer: viewer("")}
		all = append(all, state{"failure-" + map[int]string{403: "403", 404: "404", 409: "409", 422: "422", 500: "500"}[f.Status], web.Failure(f)})
	}
	return all
}
