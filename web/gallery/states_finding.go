package main

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/whatif"
	"plimsoll/web"
)

// members who can be assigned to.
var members = []web.Choice{{Value: "p1", Words: "Ada Marsh"}, {Value: "p2", Words: "Jo Quay"}, {Value: "p3", Words: longName}}

func findingStates() []state {
	rules := []web.Choice{{Value: "probes/kill-loop", Words: "probes/kill-loop"}, {Value: "jvm/heap-headroom", Words: "jvm/heap-headroom"}}
	page := web.FindingsPage{Shell: shell("Findings", web.TabFindings), HasResult: true, List: findingList(), Rules: rules, Spaces: []string{"events", "payments"}, Members: members,
		Work: map[string]web.Work{findings[0].Fingerprint: {Assignee: "Jo Quay", Due: at(12, 0), Overdue: true}}, Waive: web.WaiveForm{Until: "2027-02-18"}, Waivable: 2000}
	page.Matching = page.List.Counts
	page.List.Pages = web.Pages{From: 1, To: len(page.List.Items), Total: 3214, Next: "#next"}
	further := page
	further.List.Pages = web.Pages{From: 51, To: 50 + len(page.List.Items), Total: 3214, Previous: "#first", Next: "#next"}
	further.Scoring = web.ScoringNow
	done := page
	done.Scoring = web.ScoringDone
	filtered := page
	filtered.Filter = web.FindingFilter{Pillar: assessments.Probes, Severity: assessments.Critical, Text: "nothing like it", Namespace: "payments"}
	filtered.List, filtered.Matching = web.FindingList{Counts: page.List.Counts}, nil
	wrong := page
	wrong.Waive = web.WaiveForm{Until: "2020-01-01", Reason: "Going away with the old shop.", Ticked: map[string]bool{findings[0].Fingerprint: true}, Problem: "The last day is past."}
	waived := page
	waived.Filter.Waived = true
	waived.List.Items = nil
	for _, f := range page.List.Items {
		f.Waived, f.WaivedBy = true, "accepted until the move"
		waived.List.Items = append(waived.List.Items, f)
	}
	looking := page
	looking.Viewer = viewer("viewer")
	overfull := page
	overfull.List.LeftOut = []assessments.LeftOut{{Rule: "probes/readiness", Severity: assessments.Medium, Open: 1204}}
	clean := page
	clean.List, clean.Matching = web.FindingList{}, nil
	long := page
	long.List.Items = nil
	for i := range 3 {
		f := findings[i]
		f.Subject.Namespace, f.Subject.Name = longName, longName
		long.List.Items = append(long.List.Items, f)
	}
	long.Work = map[string]web.Work{findings[0].Fingerprint: {Assignee: longName}}
	many := page
	many.List.Items = nil
	for i := range 50 {
		f := findings[i%len(findings)]
		f.Fingerprint = fmt.Sprintf("%032x", i)
		many.List.Items = append(many.List.Items, f)
	}
	many.List.Pages = web.Pages{From: 1, To: 50, Total: 2000, Next: "#next"}
	grouped := func(by string, groups ...web.FindingGroup) state {
		p := page
		p.Filter.Group, p.Groups, p.AllGroups = by, groups, len(groups)
		return state{"findings-by-" + by, web.Findings(p)}
	}
	counts := func(critical, high, medium, low int) map[assessments.Severity]int {
		return map[assessments.Severity]int{assessments.Critical: critical, assessments.High: high, assessments.Medium: medium, assessments.Low: low}
	}
	all := []state{
		{"findings", web.Findings(page)},
		{"findings-further", web.Findings(further)}, {"findings-done", web.Findings(done)},
		{"findings-none-fits", web.Findings(filtered)},
		{"findings-wrong", web.Findings(wrong)},
		{"findings-waived", web.Findings(waived)},
		{"findings-viewer", web.Findings(looking)},
		{"findings-clean", web.Findings(clean)},
		{"findings-overfull", web.Findings(overfull)},
		{"findings-long-name", web.Findings(long)},
		{"findings-many", web.Findings(many)},
		{"findings-no-result", web.Findings(web.FindingsPage{Shell: shell("Findings", web.TabFindings)})},
		grouped("workload", web.FindingGroup{Title: "events/kafka", About: "StatefulSet", Counts: counts(2, 1, 0, 0)}, web.FindingGroup{Title: longName + "/" + longName, About: "Deployment", Counts: counts(0, 3, 4, 1)}),
		grouped("namespace", web.FindingGroup{Title: "events", Counts: counts(2, 14, 3, 0)}, web.FindingGroup{Title: "In no namespace", Counts: counts(0, 0, 1, 0)}),
		grouped("rule", web.FindingGroup{Title: "probes/kill-loop", About: "No liveness probe kills what is still recovering", Counts: counts(4, 0, 0, 0)},
			web.FindingGroup{Title: "jvm/heap-headroom", About: "The memory limit leaves room beside the heap", Counts: counts(0, 1204, 88, 2)}),
		grouped("owner", web.FindingGroup{Title: "Nobody", Counts: counts(3, 400, 80, 12)}, web.FindingGroup{Title: longName, Counts: counts(1, 2, 0, 0)}),
	}
	all = append(all, oneFindingStates()...)
	all = append(all, whatIfStates()...)
	return append(all, witnessStates()...)
}

func oneFindingStates() []state {
	detail := web.FindingPage{Shell: shell("events/kafka", web.TabFindings), Finding: findings[0], Control: "No liveness probe kills what is still recovering",
		Life:    web.FindingLife{FirstSeen: at(1, 0).AddDate(0, -6, 5), LastSeen: at(20, 6), Spans: []web.Span{{From: at(1, 0).AddDate(0, -6, 5), To: at(1, 0).AddDate(0, -2, 0)}, {From: at(9, 0)}}},
		Members: members, Work: web.Work{Assignee: "Jo Quay", Due: at(12, 0), Overdue: true}, Assign: web.AssignForm{Assignee: "p2", Due: "2026-11-12"},
		Address: "https://plimsoll.example.com/o/north-sea/platforms/shop-eu/findings/" + findings[0].Fingerprint, Waive: web.WaiveForm{Until: "2027-02-18"},
		Computed: web.Computed{Engine: "probe", Title: "Probe simulator", Rows: []web.ComputedRow{{Title: "Who is killed, and when", Figures: []assessments.Evidence{
			{What: "Container", Value: "events/kafka · broker"}, {What: "Killed after", Value: "70 s"}, {What: "Recovers in", Value: "540 s, declared"}, {What: "Verdict", Value: "killed over and over"}}}}},
		Comments: []web.Comment{{Author: "Ada Marsh", At: at(13, 9), Key: "c1", Body: "Happened again on Monday after the power test.\nThe broker needs nine minutes to replay."},
			{Author: "Jo Quay", At: at(14, 11), Withdrawn: true}, {Author: "", At: at(15, 8), Body: longName}},
		Text: assessments.Text{Why: "A liveness probe restarts a container that answers too late. A broker that replays its log answers late after every crash, so the probe starts the crash again. The data is not lost; the service is.",
			How:          "The time to kill is the initial delay and the failure threshold times the period, of the startup probe where there is one. It is held against the recovery time that is declared, seen or known.",
			DoesNotCatch: "A recovery that grows with the data after the snapshot.", Sources: []string{"https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/", "field report, lesson on probes"}}}
	fresh := detail
	fresh.Comments, fresh.Work, fresh.Assign, fresh.Computed = nil, web.Work{}, web.AssignForm{}, web.Computed{}
	fresh.Life = web.FindingLife{FirstSeen: at(20, 6), LastSeen: at(20, 6)}
	fresh.Scoring = web.ScoringNow
	long := detail
	long.Finding.Subject = assessments.Subject{Kind: "Deployment", Namespace: longName, Name: longName}
	long.Finding.Mend.Patch = ""
	long.Finding.Waived, long.Finding.WaivedBy = true, longName
	long.Waivers = []web.FindingWaiver{{Key: "w1", Reason: longName, Author: longName, Until: at(28, 0)}, {Key: "w2", Reason: "All old probes, until they are measured.", Until: at(28, 0), Wide: true},
		{Reason: "it stands at the workload"}, {Key: "w3", Reason: "Until the move.", Author: "Jo Quay", Until: at(2, 0), Ended: true}}
	wrong := detail
	wrong.Waive = web.WaiveForm{Until: "2020-01-01", Problem: "The last day is past."}
	wrong.Assign.Problem, wrong.Comment = "Choose a day within the next five years.", web.CommentForm{Problem: "Say something."}
	looking := detail
	looking.Viewer = viewer("viewer")
	mended := fresh
	mended.Scoring, mended.Life = web.ScoringDone, web.FindingLife{FirstSeen: at(1, 0), LastSeen: at(9, 6), Mended: true}
	return []state{
		{"finding", web.Finding(detail)},
		{"finding-fresh", web.Finding(fresh)},
		{"finding-long", web.Finding(long)},
		{"finding-wrong", web.Finding(wrong)},
		{"finding-viewer", web.Finding(looking)},
		{"finding-mended", web.Finding(mended)},
	}
}

func difference(before, after assessments.Range) whatif.Difference {
	moved := *after.Value - *before.Value
	return whatif.Difference{Before: before, After: after, Value: &moved, Low: after.Low - before.Low, High: after.High - before.High}
}

// inPoints is a range of a score, in hundredths of a point.
func inPoints(low, value, high int64) assessments.Range { return score(low, value, high, 80, 70) }

func whatIfStates() []state {
	headline := difference(inPoints(3800, 5800, 6700), inPoints(5100, 7400, 7900))
	summary := whatif.Summary{AsOf: today, GoneCount: 5, NewCount: 1, New: findings[1:2], Milder: 2,
		Scores: whatif.Differences{Score: &headline,
			LoadLine: [2]*assessments.LoadLine{{Low: assessments.LowFreeboard, High: assessments.LowFreeboard}, {Low: assessments.SeaworthyWithConditions, High: assessments.SeaworthyWithConditions}},
			Controls: []whatif.ControlDifference{{ID: "probes/kill-loop", Pillar: assessments.Probes, Difference: difference(assessments.Range{Value: pt(assessments.Micros(310_000))}, assessments.Range{Value: pt(assessments.Micros(920_000))})}}},
		Mends: []whatif.MendsOf{{Rule: "probes/kill-loop", Findings: 4}, {Rule: "lifecycle/version-supported", Findings: 1, Assumed: 1, Why: []string{"its mend is no patch of an object"}}}}
	for i, pillar := range assessments.Pillars {
		before, after := inPoints(5000, 5900, 7000), inPoints(5000, 5900, 7000)
		if i == 3 {
			before, after = inPoints(3800, 5800, 6700), inPoints(6100, 7400, 8100)
		}
		summary.Scores.Pillars = append(summary.Scores.Pillars, whatif.PillarDifference{ID: pillar, Difference: difference(before, after)})
	}
	counts := map[assessments.Severity]int{assessments.Critical: 4, assessments.High: 12}
	page := web.WhatIfPage{Shell: shell("What if", web.TabFindings), HasResult: true, Findings: findings[:2], Titles: map[string]string{
		"probes/kill-loop": "No liveness probe kills what is still recovering", "lifecycle/version-supported": "The control plane runs a supported minor version"},
		Rules: []web.WhatIfRule{{ID: "probes/kill-loop", Title: "No liveness probe kills what is still recovering", Counts: counts, Chosen: true},
			{ID: "jvm/heap-headroom", Title: "The memory limit leaves room beside the heap", Counts: map[assessments.Severity]int{assessments.High: 1204, assessments.Low: 3}}}}
	asking := page
	asking.Findings = nil
	page.Asked = &web.WhatIfAsked{Key: "q1", At: today, Summary: &summary}
	waiting := page
	waiting.Asked = &web.WhatIfAsked{Key: "q1", At: today, Waiting: true}
	failed := page
	failed.Asked = &web.WhatIfAsked{Key: "q1", At: today, Problem: "None of these findings is there any more: they were mended or waived since."}
	still := summary
	same := difference(inPoints(3800, 5800, 6700), inPoints(3800, 5800, 6700))
	still.Scores.Score, still.Missing, still.Graver = &same, 2, 1
	held := page
	held.Asked = &web.WhatIfAsked{Key: "q1", At: today, Summary: &still}
	wrong := asking
	wrong.Problem = "Tick at least one rule or finding."
	long := asking
	f := findings[0]
	f.Subject.Namespace, f.Subject.Name = longName, longName
	long.Findings = []assessments.Finding{f}
	return []state{
		{"what-if", web.WhatIf(page)},
		{"what-if-first", web.WhatIf(asking)},
		{"what-if-waiting", web.WhatIf(waiting)},
		{"what-if-failed", web.WhatIf(failed)},
		{"what-if-held", web.WhatIf(held)},
		{"what-if-wrong", web.WhatIf(wrong)},
		{"what-if-long-name", web.WhatIf(long)},
		{"what-if-no-result", web.WhatIf(web.WhatIfPage{Shell: shell("What if", web.TabFindings)})},
	}
}

func witnessStates() []state {
	pairs := map[string]web.Pair{"K-25": {Observes: "Recovery times that are declared or seen, against what probes allow.", Guard: "A figure of yours goes before a known one.", Rules: []string{"probes/kill-loop"}}}
	page := web.ContradictionsPage{Shell: shell("Say against do", web.TabResult), HasResult: true, Seen: true, Contradictions: contradictions, Questions: questionTexts, Pairs: pairs}
	long := page
	odd := contradictions[0]
	odd.Claim, odd.Allows = longName, longName
	odd.Evidence = []assessments.Evidence{{What: longName, Value: longName}}
	odd.Subjects = nil
	for i := range 60 {
		odd.Subjects = append(odd.Subjects, assessments.Subject{Kind: "Deployment", Namespace: longName, Name: fmt.Sprint("till-", i)})
	}
	long.Contradictions = []assessments.Contradiction{odd}
	a := assessments.Assessment{CouldNotSee: append([]assessments.Blind{
		{What: "networking/endpoints", Title: "Endpoints that are ready", Why: "the collector could not read services (forbidden)", Subjects: 4},
		{What: "lifecycle/version-supported", Title: "End of support", Why: "the end of support is in doubt: " + strings.ToLower(longName)},
		{What: "jvm/version", Title: longName, Why: "no image of a JVM tells its version", Subjects: 3},
		{What: "delivery/chart", Title: "Chart versions", Why: "no source repository was read"},
	}, blinds...)}
	return []state{
		{"contradictions", web.Contradictions(page)},
		{"contradictions-long", web.Contradictions(long)},
		{"contradictions-none", web.Contradictions(web.ContradictionsPage{Shell: page.Shell, HasResult: true})},
		{"unseen", web.Unseen(web.UnseenPage{Shell: shell("What we could not see", web.TabResult), HasResult: true, Groups: a.Unseen()})},
		{"unseen-none", web.Unseen(web.UnseenPage{Shell: shell("What we could not see", web.TabResult), HasResult: true})},
		{"unseen-no-result", web.Unseen(web.UnseenPage{Shell: shell("What we could not see", web.TabResult)})},
	}
}
