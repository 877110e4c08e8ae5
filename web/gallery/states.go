package main

import (
	"strings"

	"github.com/a-h/templ"

	"plimsoll/assessments"
	"plimsoll/web"
)

// state is one page in one state.
type state struct {
	name string
	page templ.Component
}

// states of every page, in the order of a first visit.
func states() []state {
	var all []state
	for _, group := range [][]state{frontStates(), organizationStates(), startStates(), resultStates(), findingStates(), questionStates(), snapshotStates(), historyStates(), settingsStates(), reportStates(), peopleStates(), logoStates(), ruleStates(), exhibitStates(), failureStates(), componentStates()} {
		all = append(all, group...)
	}
	return all
}

func organizationStates() []state {
	outside := web.Shell{Title: "Organizations", Viewer: viewer("")}
	wrong := web.NameForm{Name: "North Sea Logistics", Problem: "You already have an organization of this name."}
	looking := shellOf("North Sea Logistics", web.TabPlatforms)
	looking.Viewer = viewer("viewer")
	return []state{
		{"organizations", web.Organizations(web.OrganizationsPage{Shell: outside, Memberships: []web.Membership{
			{Organization: organization, Role: "owner", Platforms: 4}, {Organization: web.Organization{Key: "l", Name: longName}, Role: "viewer", Platforms: 1}}})},
		{"organizations-first", web.Organizations(web.OrganizationsPage{Shell: outside})},
		{"organizations-wrong", web.Organizations(web.OrganizationsPage{Shell: outside, Form: wrong})},
		{"organization", web.OrganizationHome(web.OrganizationPage{Shell: shellOf("North Sea Logistics", web.TabPlatforms), Platforms: platformCards(), Archived: 2})},
		{"organization-long-name", web.OrganizationHome(web.OrganizationPage{Shell: ofLongName(shellOf("Platforms", web.TabPlatforms)), Platforms: platformCards()})},
		{"organization-empty", web.OrganizationHome(web.OrganizationPage{Shell: shellOf("North Sea Logistics", web.TabPlatforms)})},
		{"organization-viewer", web.OrganizationHome(web.OrganizationPage{Shell: looking})},
		{"platform-new", web.NewPlatform(web.NewPlatformPage{Shell: shellOf("A new platform", "")})},
		{"platform-new-wrong", web.NewPlatform(web.NewPlatformPage{Shell: shellOf("A new platform", ""), Form: web.NameForm{Name: "shop-eu", Problem: "There is a platform of this name already."}})},
	}
}

// ofLongName gives everything in a shell that people name the longest name.
func ofLongName(s web.Shell) web.Shell {
	s.Organization = &web.Organization{Key: "l", Name: longName}
	if s.Platform != nil {
		s.Platform = &web.Platform{Key: "l", Name: longName}
	}
	s.Viewer = &web.Viewer{Name: longName, Email: strings.Repeat("long.", 12) + "address@example.com", Role: s.Viewer.Role, May: s.Viewer.May}
	return s
}

// platformCards are a platform in each state: scored, being scored, only planned, and of a long name.
func platformCards() []web.PlatformCard {
	a := assessed()
	card := web.PlatformCard{Platform: platform, LoadLine: a.LoadLine, Score: a.Score, Pillars: a.Pillars, LastSnapshot: a.TakenAt, Verdict: "yes, managed only", Answered: 41, Asked: 53}
	scoring := card
	scoring.Platform = web.Platform{Key: "shop-us", Name: "shop-us"}
	scoring.Scoring = true
	plan := web.PlatformCard{Platform: web.Platform{Key: "next", Name: "The new cluster", Plan: true}, Asked: 48}
	long := card
	long.Platform = web.Platform{Key: "long", Name: longName}
	return []web.PlatformCard{card, scoring, plan, long}
}

func resultStates() []state {
	full := web.ResultPage{Shell: shell("Result", web.TabResult), Assessment: assessed(), Questions: questionTexts, Findings: findingList(), Moments: moments(),
		Report:   &web.ReportForm{Assessment: "a1"},
		Evidence: web.Evidence{Signature: web.Signature{State: web.SignatureProven, By: "nightly"}, Nodes: web.NodeReadings{Nodes: 13, Of: 14, Oldest: at(20, 3), Newest: at(20, 6)}}}
	scoring := full
	scoring.Scoring, scoring.Mark = true, "shown"
	none := full
	none.Assessment = assessed()
	none.Assessment.Score, none.Assessment.LoadLine = nil, nil

	unknown := full
	unknown.Assessment = assessed()
	unknown.Assessment.Need, unknown.Moments, unknown.Findings = nil, nil, web.FindingList{}
	unknown.Assessment.Score = &assessments.Range{High: 100_000_000}
	unknown.Assessment.LoadLine = &assessments.LoadLine{Low: assessments.Submerged, High: assessments.Seaworthy, NextStep: assessments.NextStep{Text: "Answer the 13 questions of the gate, or take a snapshot: either gives a first range."}}
	unknown.Assessment.Pillars = nil
	for _, id := range assessments.Pillars {
		unknown.Assessment.Pillars = append(unknown.Assessment.Pillars, assessments.PillarScore{ID: id, Applies: id != assessments.JVM, Reason: "no JVM runs here", Range: assessments.Range{High: 100_000_000}})
	}
	unknown.Assessment.Contradictions, unknown.Assessment.CouldNotSee, unknown.Assessment.Waivers = nil, nil, assessments.WaiverUse{}

	ready := full
	ready.Assessment = assessed()
	high := score(9100, 9100, 9100, 100, 88)
	ready.Assessment.Score, ready.Assessment.LoadLine = &high, &assessments.LoadLine{Low: assessments.Seaworthy, High: assessments.Seaworthy}
	ready.Assessment.Contradictions, ready.Assessment.CouldNotSee = nil, nil
	ready.Findings = web.FindingList{}

	long := full
	long.Shell = ofLongName(full.Shell)

	looking := full
	looking.Viewer = viewer("viewer")
	archived := full
	gone := platform
	gone.Archived = true
	archived.Platform, archived.Earlier = &gone, true
	return []state{
		{"result", web.Result(full)},
		{"result-no-range", web.Result(none)},
		{"result-scoring", web.Result(scoring)},
		{"result-nothing-known", web.Result(unknown)},
		{"result-ready", web.Result(ready)},
		{"result-long-name", web.Result(long)},
		{"result-viewer", web.Result(looking)},
		{"result-archived", web.Result(archived)},
	}
}
