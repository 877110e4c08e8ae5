package main

import (
	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
	"plimsoll/web"
)

// startStates are the first steps, from a platform's name to its first result.
func startStates() []state {
	gate := web.SectionProgress{ID: questionnaire.Gate, Title: "Need gate", Asked: 13, Minutes: 12}
	begun := gate
	begun.Answered, begun.Unknown, begun.Minutes = 5, 1, 8
	done := gate
	done.Answered, done.Minutes = 13, 0
	fresh := web.StartPage{Shell: shell("First steps", web.TabResult), Gate: gate, MayToken: true, TokenDays: 14, Mark: "shown"}

	token := fresh
	token.Token = &web.FirstToken{Ends: at(20, 9).AddDate(0, 0, 14), Command: " PLIMSOLL_TOKEN=plim_01J9X5T0R3W8Y2M4N6P7Q9S1V5.c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0 plimsoll-collect cluster" +
		" --upload https://plimsoll.example.com --platform 0193a6f2-7c11-7d3e-9a57-2f6b8c0e41d3 --sign"}

	arrived := func(state web.SnapshotState, problem string) web.StartPage {
		p := token
		p.Token = nil
		p.Arrival = &web.Snapshot{Key: "s1", Uploaded: at(20, 9), Workloads: 147, State: state, Problem: problem}
		return p
	}
	scored := arrived(web.SnapshotScored, "")
	wide := score(2200, 4100, 7900, 62, 62)
	scored.Score, scored.LoadLine = &wide, &assessments.LoadLine{Low: assessments.Submerged, High: assessments.LowFreeboard}

	answering := fresh
	wider := score(0, 3800, 9400, 21, 0)
	answering.Gate, answering.Score = begun, &wider
	answered := answering
	answering.Axes = &questionnaire.Verdict{Headline: "It depends on the answers that are missing", Need: questionnaire.AxisScore{Low: 22_000_000, High: 81_000_000}, Ability: questionnaire.AxisScore{Low: 10_000_000, High: 74_000_000}}
	answered.Axes = assessed().Need
	answered.Gate = done

	planned := fresh
	aPlan := platform
	aPlan.Plan = true
	planned.Platform = &aPlan
	plannedDone := answered
	plannedDone.Platform = &aPlan

	archived := fresh
	archived.MayToken = false
	put := *archived.Platform
	put.Archived, archived.Platform = true, &put
	sample := web.SamplePage{Shell: shell("Sample: Production, Hamburg", web.TabResult), Mark: "shown"}
	invented := *sample.Platform
	invented.Name, invented.Sample, sample.Platform = "Sample: Production, Hamburg", true, &invented
	broken := sample
	broken.Failed = true
	looking := fresh
	looking.Viewer, looking.MayToken = viewer("viewer"), false
	long := arrived(web.SnapshotFailed, "line 2,114: its record type is not known: "+longName)
	o, p := web.Organization{Key: "l", Name: longName}, web.Platform{Key: "l", Name: longName}
	long.Organization, long.Platform = &o, &p

	collect := web.CollectPage{Shell: shell("Ways to collect", web.TabSnapshots), URL: "https://plimsoll.example.com", ID: "0193a6f2-7c11-7d3e-9a57-2f6b8c0e41d3"}
	return []state{
		{"start", web.Start(fresh)},
		{"start-token", web.Start(token)},
		{"start-scoring", web.Start(arrived(web.SnapshotQueued, ""))},
		{"start-scored", web.Start(scored)},
		{"start-answering", web.Start(answering)},
		{"start-answered", web.Start(answered)},
		{"start-other-cluster", web.Start(arrived(web.SnapshotForeign, ""))},
		{"start-failed-long", web.Start(long)},
		{"start-plan", web.Start(planned)},
		{"start-plan-answered", web.Start(plannedDone)},
		{"start-archived", web.Start(archived)},
		{"sample-making", web.Sample(sample)},
		{"sample-failed", web.Sample(broken)},
		{"start-viewer", web.Start(looking)},
		{"collect", web.Collect(collect)},
	}
}
