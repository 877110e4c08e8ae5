package main

import (
	"strings"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
	"plimsoll/web"
	"plimsoll/web/drawing"
)

var (
	today        = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	organization = web.Organization{Key: "north-sea", Name: "North Sea Logistics"}
	platform     = web.Platform{Key: "shop-eu", Name: "shop-eu"}

	longName = strings.Repeat("Ünïcode Logistik Søn 日本語株式会社 Ελληνικά ", 2) + "الشحن-without-a-break-xxxxxxxxxxxxxxxxxx"
)

func viewer(role string) *web.Viewer {
	v := &web.Viewer{Name: "Ada Marsh", Email: "ada@example.com", Role: role}
	v.May.Assess = role != "viewer"
	v.May.Manage = role == "owner" || role == "admin"
	return v
}

// shell of a platform's page.
func shell(title string, tab web.Tab) web.Shell {
	o, p := organization, platform
	return web.Shell{Title: title, Viewer: viewer("owner"), Organization: &o, Platform: &p, Tab: tab, Version: "v0.1.0"}
}

// shellOf an organization's page.
func shellOf(title string, tab web.Tab) web.Shell {
	s := shell(title, tab)
	s.Platform = nil
	return s
}

func pt[T any](v T) *T { return &v }

func score(low, value, high, coverage, evidence int64) assessments.Range {
	v := assessments.Micros(value * 10_000)
	return assessments.Range{
		Value: &v, Low: assessments.Micros(low * 10_000), High: assessments.Micros(high * 10_000),
		Coverage: assessments.Micros(coverage * 10_000), EvidenceCoverage: assessments.Micros(evidence * 10_000),
	}
}

type c struct {
	id, title         string
	weight            int
	severity          assessments.Severity
	declared, seen    int64 // percent; −1 not known
	low, value, high  int64 // percent; value −1 not known
	reason            string
	doesNotApplyWords string
}

var controls = []c{
	{"lifecycle/version-supported", "The control plane runs a supported minor version", 5, assessments.Critical, 67, 100, 100, 100, 100, "", ""},
	{"lifecycle/version-skew", "No node is older or newer than the skew policy allows", 5, assessments.Critical, -1, 100, 100, 100, 100, "", ""},
	{"lifecycle/drain-blocked", "Every node can be drained", 5, assessments.High, 90, 0, 0, 0, 0, "", ""},
	{"lifecycle/single-replica", "What serves requests has more than one replica", 3, assessments.Medium, 90, 71, 68, 71, 74, "", ""},
	{"lifecycle/control-plane-ha", "The control plane survives the loss of a machine", 5, assessments.High, -1, -1, 0, -1, 100, "", "the provider runs it"},
	{"lifecycle/etcd-backup", "A restore was practised and timed", 5, assessments.Critical, 67, -1, 67, 67, 67, "", ""},
	{"lifecycle/upgrade-practice", "Upgrades are practised, listed and measured", 5, assessments.High, 58, -1, 42, 58, 75, "", ""},
	{"delivery/image-tag-mutable", "No image tag can change its meaning", 5, assessments.High, 90, 82, 82, 82, 82, "", ""},
	{"delivery/image-drift", "Pods of one template run one image", 5, assessments.High, 90, 100, 100, 100, 100, "", ""},
	{"delivery/managed-release", "Every workload comes from a release", 3, assessments.Medium, 67, 94, 94, 94, 94, "", ""},
	{"delivery/resources-declared", "Requests and limits are declared", 3, assessments.Medium, -1, 77, 77, 77, 77, "", ""},
	{"delivery/pipeline", "Changes go through the pipeline alone", 5, assessments.High, 72, -1, 60, 72, 80, "", ""},
	{"jvm/version", "Java 11 or newer", 5, assessments.High, 67, 80, 60, 77, 92, "", ""},
	{"jvm/container-awareness", "The JVM honours its container's limits", 5, assessments.Critical, 67, 90, 55, 90, 97, "", ""},
	{"jvm/heap-headroom", "The memory limit leaves room beside the heap", 5, assessments.High, 33, 40, 22, 40, 71, "most options come from ConfigMaps that are not read", ""},
	{"jvm/oom-killed", "No container is killed for memory", 3, assessments.High, 67, 88, 88, 88, 88, "", ""},
	{"probes/readiness", "What serves requests has a readiness probe", 5, assessments.High, 90, 74, 74, 74, 74, "", ""},
	{"probes/kill-loop", "No liveness probe kills what is still recovering", 5, assessments.Critical, 67, 31, 24, 31, 52, "", ""},
	{"probes/startup-slow", "Slow starters have a startup probe", 3, assessments.High, 50, 44, 38, 44, 61, "", ""},
	{"probes/liveness-equals-readiness", "Liveness and readiness differ", 3, assessments.Medium, 33, 62, 62, 62, 62, "", ""},
	{"probes/recovery-known", "Recovery times are measured", 3, assessments.High, -1, -1, 0, -1, 100, "P2 is not answered", ""},
	{"networking/ingress-spread", "Outside traffic enters through several nodes", 5, assessments.High, 67, 100, 100, 100, 100, "", ""},
	{"networking/source-nat", "Client addresses are kept where it is decided", 3, assessments.Medium, 33, 50, 50, 50, 50, "", ""},
	{"networking/conntrack-use", "The connection table has room", 5, assessments.Critical, -1, -1, 0, -1, 100, "no node was measured", ""},
	{"networking/proxy-mode", "The service data path is chosen on purpose", 3, assessments.Medium, 67, 100, 100, 100, 100, "", ""},
}

// built scores the fixture's controls as the engine does: weighted means, one cap, contributions that sum.
func built() ([]assessments.PillarScore, []assessments.ControlScore) {
	var pillars []assessments.PillarScore
	var all []assessments.ControlScore
	for _, id := range assessments.Pillars {
		var weights, known, sum, low, high, applies int64
		first := len(all)
		for _, row := range controls {
			pillar, _, _ := strings.Cut(row.id, "/")
			if pillar != string(id) {
				continue
			}
			score := assessments.ControlScore{ID: row.id, Pillar: id, Title: row.title, Weight: row.weight, Severity: row.severity, Alpha: 100,
				Applies: row.doesNotApplyWords == "", Reason: row.reason + row.doesNotApplyWords,
				Low: assessments.Micros(row.low * 10_000), High: assessments.Micros(row.high * 10_000)}
			if row.declared >= 0 {
				score.Declared = pt(assessments.Micros(row.declared * 10_000))
			}
			if row.seen >= 0 {
				score.Observed = pt(assessments.Micros(row.seen * 10_000))
			}
			if score.Applies {
				w := int64(row.weight)
				applies += w
				low, high = low+w*row.low, high+w*row.high
				if row.value >= 0 {
					score.Value = pt(assessments.Micros(row.value * 10_000))
					weights, sum = weights+w, sum+w*row.value
				}
				known += w * (100 - (row.high - row.low))
			}
			all = append(all, score)
		}
		p := assessments.PillarScore{ID: id, Applies: true, Range: assessments.Range{
			Low: assessments.Micros(low * 1_000_000 / applies), High: assessments.Micros(high * 1_000_000 / applies),
			Coverage: assessments.Micros(known * 10_000 / applies), EvidenceCoverage: assessments.Micros(known * 8_000 / applies)}}
		point := assessments.Micros(0)
		for i := first; i < len(all); i++ {
			if all[i].Value != nil {
				all[i].Contribution = assessments.Micros(int64(all[i].Weight)*int64(*all[i].Value)*100) / assessments.Micros(weights)
				point += all[i].Contribution
			}
		}
		if id == assessments.Lifecycle && point > 59*1_000_000 {
			p.Caps = []assessments.Cap{{At: 59, Control: "lifecycle/drain-blocked", By: "the rule lifecycle/drain-blocked"}}
			p.CapContribution = 59*1_000_000 - point
			point, p.High = 59*1_000_000, 59*1_000_000
		}
		p.Low = min(p.Low, point)
		p.High = max(p.High, point)
		p.Value = &point
		pillars = append(pillars, p)
	}
	return pillars, all
}

var verdict = &questionnaire.Verdict{
	Code:     questionnaire.VerdictYesManaged,
	Headline: "Yes, managed only",
	Plain:    "You have the problem that Kubernetes solves. Let a provider carry the control plane.",
	Need:     questionnaire.AxisScore{Value: pt(int64(71_000_000)), Low: 71_000_000, High: 71_000_000},
	Sentences: []questionnaire.Sentence{
		{Part: questionnaire.InPlain, Text: "Six teams deliver every day, and load moves by more than double within it.", Questions: []string{"G3", "G4"}},
		{Part: questionnaire.InCeilings, Text: "Two people run the platform: a provider should carry the control plane.", Questions: []string{"G7"}},
	},
	Ability: questionnaire.AxisScore{Value: pt(int64(52_000_000)), Low: 46_000_000, High: 61_000_000},
	For: []questionnaire.GateReason{
		{Question: "G5", Text: "Longest loss of service you may show", Answer: "Less than 1 minute", Points: 15_384_615},
		{Question: "G1", Text: "The problem you want solved", Answer: "A dated commitment to a customer or in a contract", Points: 12_820_000},
		{Question: "G13", Text: "Machines within 12 months", Answer: "More than 100", Points: 11_538_461},
	},
	Against: []questionnaire.GateReason{
		{Question: "G7", Text: "People whose main job is the platform", Answer: "1 or 2", Points: -15_950_000},
		{Question: "G4", Text: "Peak to trough within 15 minutes", Answer: "Less than 2 times", Points: -7_692_307},
	},
	Ceilings: []questionnaire.Ceiling{{ID: "H2", Question: "G8", AtMost: questionnaire.VerdictNotYet, Text: "Nobody is named who is woken at night: at most “not yet”."}},
	Alternatives: []questionnaire.Alternative{
		{ID: "managed-kubernetes", Title: "Managed Kubernetes", Fit: 78_400_000, Because: []string{"many services, several teams", "the provider answers for the control plane", "it is bought, not built", "it runs in both places"}},
		{ID: "container-service", Title: "Managed container service", Fit: 64_100_000, Because: []string{"fewer people", "no upgrades of your own"}},
		{ID: "nomad", Title: "Nomad-class orchestrator", Fit: 51_900_000, Because: []string{"less to learn", "fewer parts"}},
		{ID: "compose", Title: "One machine with Compose", Excluded: "less than one minute of loss is allowed"},
	},
	RobustnessMicros: pt(int64(962_000)),
}

var contradictions = []assessments.Contradiction{
	{Pair: "K-25", Question: "P2", Decisive: true, Result: assessments.Contradicted, Severity: assessments.High,
		Claim: "Measured, and probes allow at least twice as long", Allows: "Guessed",
		Evidence: []assessments.Evidence{{What: "longest recovery, by your figure", Value: "540 s"}, {What: "shortest time to kill", Value: "70 s (10 + 3 × 20)"}},
		Subjects: []assessments.Subject{{Kind: "StatefulSet", Namespace: "events", Name: "kafka", Container: "broker"}, {Kind: "StatefulSet", Namespace: "search", Name: "elastic", Container: "node"}}},
	{Pair: "K-15", Question: "L7", Decisive: true, Result: assessments.PartlyTrue, Severity: assessments.Medium,
		Claim: "Nearly all (95 % or more)", Allows: "Most (50 % or more)",
		Evidence: []assessments.Evidence{{What: "workloads that survive a drain", Value: "104 of 147"}},
		Subjects: []assessments.Subject{{Kind: "Deployment", Namespace: "payments", Name: "ledger"}}},
	{Pair: "K-02", Question: "G3", Result: assessments.Contradicted, Severity: assessments.Low,
		Claim: "6 or more", Allows: "2", Evidence: []assessments.Evidence{{What: "namespaces of your own", Value: "1"}}, Asks: "Do several teams share one namespace by design?"},
	{Pair: "K-17", Question: "B2", Decisive: true, Result: assessments.Confirmed, Claim: "Most (50 % or more)"},
	{Pair: "K-09", Question: "L1", Decisive: true, Result: assessments.Confirmed, Claim: "0 or 1"},
	{Pair: "K-24", Question: "P1", Decisive: true, Result: assessments.BetterThanSaid, Claim: "Few or none", Allows: "Most (50 % or more)",
		Evidence: []assessments.Evidence{{What: "containers behind a Service with a readiness probe", Value: "74 %"}}},
	{Pair: "K-27", Question: "N1", Result: assessments.PairCannotSee, Claim: "60 % or less", Reason: "no node was measured"},
}

var questionTexts = map[string]string{
	"P2": "Longest measured recovery start of any stateful service, against what its probes allow?",
	"L7": "Share of production workloads that survive a node drain with no error that a user sees?",
	"G3": "How many teams will deploy on it without asking another team?",
	"P1": "Share of request-serving containers with a readiness probe that tests this container only?",
}

var blinds = []assessments.Blind{
	{What: "networking/conntrack-use", Title: "How full the connection tables are", Why: "no node was measured; run plimsoll-collect node on the nodes that take outside traffic", Subjects: 12},
	{What: "jvm/heap-headroom", Title: "Heap sizes of 31 JVM containers", Why: "their options come from ConfigMaps, which the collector does not read; declare them under Questions", Subjects: 31},
	{What: "lifecycle/control-plane-ha", Title: "Control-plane members", Why: "the provider hides them"},
	{What: "lifecycle/certificate-expiry", Title: "When certificates end", Why: "the provider hides them"},
	{What: "K-14", Title: "Backups of the cluster", Why: "signs of Velero or a snapshot job were not found, which proves nothing; L6 counts as you said"},
}

var findings = []assessments.Finding{
	{Rule: "probes/kill-loop", Severity: assessments.Critical, Fingerprint: "a1f0c2d34be5", Subject: assessments.Subject{Kind: "StatefulSet", Namespace: "events", Name: "kafka", Container: "broker"},
		Message:  "The liveness probe kills the broker while it still recovers.",
		Evidence: []assessments.Evidence{{What: "time to kill", Value: "70 s"}, {What: "recovery", Value: "540 s, declared"}, {What: "restarts", Value: "17"}},
		Expected: "A time to kill of at least 540 s, by a startup probe.",
		Mend:     assessments.Mend{Text: "Add a startup probe that allows 600 s, and leave the liveness probe short.", Patch: "spec:\n  template:\n    spec:\n      containers:\n        - name: broker\n          startupProbe:\n            tcpSocket:\n              port: 9092\n            periodSeconds: 10\n            failureThreshold: 60\n"}},
	{Rule: "lifecycle/drain-blocked", Severity: assessments.High, Fingerprint: "b2", Subject: assessments.Subject{Kind: "Deployment", Namespace: "payments", Name: "ledger"},
		Message:  "Its disruption budget never allows a pod to go, so its node can't be drained.",
		Evidence: []assessments.Evidence{{What: "minAvailable", Value: "3"}, {What: "replicas", Value: "3"}},
		Expected: "A budget that allows one pod to go.", Mend: assessments.Mend{Text: "Set maxUnavailable: 1 instead of minAvailable: 3."}},
	{Rule: "jvm/heap-headroom", Severity: assessments.High, Fingerprint: "c3", Subject: assessments.Subject{Kind: "Deployment", Namespace: "payments", Name: "risk-engine", Container: "app"},
		Message:  "The heap takes the whole memory limit; the JVM's other memory has no room.",
		Evidence: []assessments.Evidence{{What: "-Xmx", Value: "2 GiB"}, {What: "limit", Value: "2 GiB"}, {What: "room", Value: "0, expected 512 MiB"}},
		Expected: "A limit of at least 2.5 GiB.", Mend: assessments.Mend{Text: "Raise the limit to 2560Mi, or lower -Xmx to 1536m."}},
	{Rule: "delivery/image-tag-mutable", Severity: assessments.Medium, Fingerprint: "d4", Subject: assessments.Subject{Kind: "CronJob", Namespace: "reports", Name: "nightly-export", Container: "main"}, Waived: true, WaivedBy: "rebuilt from its own branch each night, by decision of the team",
		Message:  "The tag can change its meaning.",
		Evidence: []assessments.Evidence{{What: "image", Value: "registry.example.com/reports/export:stable"}},
		Expected: "A digest, or a tag that is never used again.", Mend: assessments.Mend{Text: "Pin the digest, or name the release."}},
	{Rule: "probes/liveness-equals-readiness", Severity: assessments.Low, Fingerprint: "e5", Subject: assessments.Subject{Kind: "Deployment", Namespace: "web", Name: "storefront", Container: "nginx"},
		Message:  "Liveness and readiness ask the same: a slow moment restarts what should only be left alone.",
		Evidence: []assessments.Evidence{{What: "both", Value: "GET /health on 8080, every 10 s, 3 times"}},
		Expected: "A liveness probe that asks less.", Mend: assessments.Mend{Text: "Let liveness ask only whether the process can answer."}},
}

func moments() []drawing.Moment {
	all := []struct {
		label           string
		low, point, top float64
		new             bool
	}{
		{"6 May", 12, 31, 74, false}, {"3 Jun", 19, 34, 70, false}, {"1 Jul", 24, 38, 68, false}, {"5 Aug", 26, 36, 64, false},
		{"2 Sep", 31, 44, 66, true}, {"7 Oct", 35, 47, 63, false}, {"20 Nov", 38, 49, 67, false},
	}
	var list []drawing.Moment
	for _, m := range all {
		list = append(list, drawing.Moment{Label: m.label, Yardstick: "2", NewYardstick: m.new, Interval: drawing.Interval{Point: pt(m.point), Low: m.low, High: m.top}})
	}
	return list
}

// assessed is a whole, lively result.
func assessed() *assessments.Assessment {
	pillars, scores := built()
	lowest := assessments.Range{Low: 100_000_000, High: 100_000_000, Coverage: 742_000, EvidenceCoverage: 581_000}
	for _, p := range pillars {
		lowest.Low, lowest.High = min(lowest.Low, p.Low), min(lowest.High, p.High)
		if lowest.Value == nil || *p.Value < *lowest.Value {
			lowest.Value = pt(*p.Value)
		}
	}
	return &assessments.Assessment{
		ContentVersion: "1", ContentHash: "9f2c47be01d3a5527c1e3bd8f4a96075d2e81c3409b7fa665120cd8e4b93aa17",
		AsOf: today, TakenAt: time.Date(2026, 11, 20, 6, 12, 0, 0, time.UTC), SnapshotDigest: "4be1d09a77c35f2861a9d3e0b1c24f8867e59ab03d71c6f2e84905ab1cd37f60",
		Need: verdict,
		LoadLine: &assessments.LoadLine{Low: assessments.Submerged, High: assessments.LowFreeboard, NextStep: assessments.NextStep{
			Text:      "Say how long Kafka takes to recover. That alone decides whether you are overloaded or at risk.",
			Questions: []string{"P2"}, Evidence: []string{"probes/kill-loop"}}},
		Score: &lowest, RawScore: &assessments.Range{Value: pt(*lowest.Value - 1_400_000), Low: lowest.Low - 1_400_000, High: lowest.High, Coverage: lowest.Coverage},
		Mean: pt(assessments.Micros(68_300_000)), Pillars: pillars, Controls: scores,
		Contradictions: contradictions, CouldNotSee: blinds, Findings: findings, Workloads: 147,
		Waivers: assessments.WaiverUse{Used: []assessments.Waiver{{Rule: "delivery/image-tag-mutable", Namespace: "reports", Name: "nightly-*", Reason: "rebuilt from its own branch each night, by decision of the team", Author: "Ada Marsh", Until: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)}},
			Expired: []assessments.Waiver{{Rule: "lifecycle/single-replica", Namespace: "web", Name: "legacy-*", Reason: "to be switched off in autumn", Author: "Jo Quay", Until: time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)}}},
		ReferenceDates: map[string]string{"kubernetes-releases": "2026-09-30", "java-builds": "2026-08-12", "cni-compatibility": "2026-02-01"},
		ReferenceStale: []string{"cni-compatibility"},
		Remarks: []questionnaire.Remark{{Kind: questionnaire.AllBest, Respondent: "Jo Quay", Questions: []string{"P1", "P2", "P4"},
			Text: "Jo Quay gave the best answer to every question on probes, each by belief: one measured figure would say more."}},
	}
}

func findingList() web.FindingList {
	return web.FindingList{Items: findings, Counts: map[assessments.Severity]int{assessments.Critical: 3, assessments.High: 41, assessments.Medium: 82, assessments.Low: 11},
		Pages: web.Pages{From: 1, To: 5, Total: 137, Next: "?page=2"}}
}
