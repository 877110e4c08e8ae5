package report

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
	"plimsoll/web/drawing"
)

var asOf = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func micros(points float64) *assessments.Micros {
	m := assessments.Micros(points * 1e6)
	return &m
}

func scored(value, low, high float64) assessments.Range {
	return assessments.Range{Value: micros(value), Low: *micros(low), High: *micros(high), Coverage: 640_000, EvidenceCoverage: 520_000}
}

func finding(rule string, severity assessments.Severity, name string) assessments.Finding {
	return assessments.Finding{
		Rule: rule, Severity: severity, Subject: assessments.Subject{Kind: "StatefulSet", Namespace: "streaming", Name: name, Container: "broker"},
		Message:  "the liveness probe kills it before it has recovered",
		Evidence: []assessments.Evidence{{What: "time to kill", Value: "40 s"}, {What: "recovery time, declared", Value: "30 min"}},
		Expected: "time to kill ≥ 30 min", Mend: assessments.Mend{Text: "Add a startup probe that allows 60 minutes; keep the liveness probe as it is.", Patch: "spec: {}"},
		Fingerprint: rule + name,
	}
}

func sample(findings int) Input {
	r := scored(39.4, 31, 62)
	hundred := int64(1_000_000)
	a := &assessments.Assessment{
		ContentVersion: "1", ContentHash: strings.Repeat("ab", 32), AsOf: asOf, TakenAt: asOf, SnapshotDigest: strings.Repeat("cd", 32), Workloads: 212,
		Score: &r, RawScore: &r, Mean: micros(61.2),
		LoadLine: &assessments.LoadLine{Low: assessments.Submerged, High: assessments.LowFreeboard,
			NextStep: assessments.NextStep{Text: "Answer P2: how long does your slowest stateful service take to recover? It decides between two bands."}},
		Need: &questionnaire.Verdict{Code: questionnaire.VerdictYesManaged, Headline: "Yes, managed only", Plain: "You need what Kubernetes does. Let a provider run the control plane.",
			Need: questionnaire.AxisScore{Value: int64p(71_000_000), Low: 66_000_000, High: 78_000_000}, Ability: questionnaire.AxisScore{Value: int64p(52_000_000), Low: 48_000_000, High: 60_000_000}, RobustnessMicros: &hundred},
		ReferenceDates: map[string]string{"jvm": "2026-08-22", "kubernetes-releases": "2026-11-22"},
		Waivers:        assessments.WaiverUse{Used: []assessments.Waiver{{Rule: "delivery/*", Namespace: "shop", Reason: "moves to the new pipeline in January", Author: "Ines Falk", Until: asOf.AddDate(0, 2, 0)}}},
		CouldNotSee:    []assessments.Blind{{What: "networking/conntrack-use", Title: "Connection tracking has room", Why: "no node collector and no node-exporter", Subjects: 12}},
		Answers: []questionnaire.Given{
			{Question: "L1", State: questionnaire.Answered, Text: "2 minors behind", Basis: questionnaire.Believed, Respondent: "Jonas Wirth"},
			{Question: "P2", State: questionnaire.Unknown, Respondent: "Jonas Wirth"}, {Question: "J1", State: questionnaire.Unanswered}},
		Contradictions: []assessments.Contradiction{
			{Pair: "K-09", Question: "L1", Decisive: true, Claim: "0 or 1 minor behind", Allows: "no longer supported", Result: assessments.Contradicted, Severity: assessments.Critical,
				Evidence: []assessments.Evidence{{What: "control plane", Value: "v1.33.4, out of support since 2026-06-28"}}},
			{Pair: "K-20", Question: "J1", Claim: "17 or newer", Result: assessments.Confirmed}},
	}
	for k, pillar := range assessments.Pillars {
		p := assessments.PillarScore{ID: pillar, Applies: pillar != assessments.JVM, Reason: "no production load runs on a JVM", Range: scored(85-float64(k)*11.4, 70-float64(k)*10, 90-float64(k)*7)}
		if pillar == assessments.Probes {
			p.Range, p.Caps, p.CapContribution = r, []assessments.Cap{{At: 59, Control: "probes/kill-loop", By: "probes/kill-loop"}}, -4_200_000
		}
		a.Pillars = append(a.Pillars, p)
		for c := range 8 {
			a.Controls = append(a.Controls, assessments.ControlScore{ID: fmt.Sprintf("%s/control-%d", pillar, c), Pillar: pillar, Title: "Every container that takes traffic says when it is ready", Weight: 3, Applies: c != 7,
				Value: micros(0.66), Low: 500_000, High: 800_000, Contribution: 8_250_000})
		}
	}
	for k := range findings {
		rule, severity := "probes/kill-loop", assessments.Critical
		if k%3 == 1 {
			rule, severity = "lifecycle/drain-blocked", assessments.High
		} else if k%3 == 2 {
			rule, severity = "networking/source-nat", assessments.Medium
		}
		a.Findings = append(a.Findings, finding(rule, severity, fmt.Sprintf("kafka-%d", k)))
	}
	before := *a
	before.AsOf, before.Findings = asOf.AddDate(0, 0, -7), a.Findings[:len(a.Findings)/2]
	return Input{Organization: "Nordhafen Logistik", Platform: "Production, Hamburg", Assessment: a, Previous: &before, Trend: []drawing.Moment{
		{Label: "8 Nov", Interval: drawing.Interval{Low: 0, High: 100}}, {Label: "15 Nov", Interval: drawing.Interval{Point: float(31), Low: 20, High: 70}}, {Label: "22 Nov", Interval: drawing.Interval{Point: float(39.4), Low: 31, High: 62}}}}
}

func float(f float64) *float64 { return &f }
func int64p(v int64) *int64    { return &v }

func written(t *testing.T, in Input) (file string, pdf []byte) {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, in))
	file = filepath.Join(t.TempDir(), "report.pdf")
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o644))
	return file, b.Bytes()
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s: %s", name, out)
	return string(out)
}

func TestReportIsASoundAndTaggedFile(t *testing.T) {
	file, _ := written(t, sample(40))
	require.Contains(t, output(t, "qpdf", "--check", file), "No syntax or stream encoding errors found")
	info := output(t, "pdfinfo", file)
	require.Regexp(t, `Tagged:\s+yes`, info)
	require.Regexp(t, `Title:\s+Nordhafen Logistik · Production, Hamburg`, info)
	structure := output(t, "pdfinfo", "-struct-text", file)
	for _, want := range []string{"H1 (block)", "Table", "Figure", `"Contradictions"`, "Probes: 39, between 31 and 62"} {
		require.Contains(t, structure, want)
	}
}

func TestReportHasItsChaptersInOrder(t *testing.T) {
	file, _ := written(t, sample(10))
	text := output(t, "pdftotext", "-layout", file, "-")
	last := -1
	for _, chapter := range []string{"Yes, managed only", "Contradictions", "What we could not see", "Lifecycle and upgrades: 85", "Build and delivery:", "Does not apply: no production load runs on a JVM",
		"Change since last time", "Action plan", "Waivers", "Method"} {
		at := strings.LastIndex(text, chapter)
		if chapter == "Yes, managed only" {
			at = strings.Index(text, chapter)
		}
		require.Greater(t, at, last, chapter)
		last = at
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	_, first := written(t, sample(40))
	_, second := written(t, sample(40))
	require.True(t, bytes.Equal(first, second))
}

func TestNamesOfEveryKindArePrintedInert(t *testing.T) {
	for name, text := range map[string]string{
		"emoji": "Ship 🚢 works", "ideographs beyond the plane": "𠮷野家", "ideographs": "日本語株式会社", "right to left": "שלום عربي", "marks": "a\u202Egnp.exe\u200f", "controls": "a\x00b\x1b[31m\nline", "operators": ") Tj (\\ BT <<",
		"broken": "a\xff\xfe", "empty": "", "one long word": strings.Repeat("Donaudampfschiff", 40), "markup": "<script>alert(1)</script>",
	} {
		t.Run(name, func(t *testing.T) {
			in := sample(3)
			in.Organization, in.Platform = text, text
			in.Assessment.Findings[0].Subject.Name, in.Assessment.Findings[0].Message = text, text
			in.Assessment.Contradictions[0].Claim = text
			file, _ := written(t, in)
			require.Contains(t, output(t, "qpdf", "--check", file), "No syntax or stream encoding errors found")
		})
	}
}

func TestTheEmptiestAssessmentIsAReport(t *testing.T) {
	file, _ := written(t, Input{Organization: "A", Platform: "B", Assessment: &assessments.Assessment{AsOf: asOf}})
	require.Contains(t, strings.Join(strings.Fields(output(t, "pdftotext", file, "-")), " "), "No score: nothing that was seen or answered applies.")
}

func TestTwoThousandFindingsStayAReportForAMeeting(t *testing.T) {
	file, pdf := written(t, sample(2000))
	require.Less(t, len(pdf), 2<<20)
	text := output(t, "pdftotext", "-layout", file, "-")
	require.Contains(t, text, "667 findings")
	require.Contains(t, text, "and 663 more in the app")
}

// A report that a command made points to no app, and to no result before it.
func TestAReportMadeOfflinePointsNowhere(t *testing.T) {
	in := sample(2000)
	in.Offline, in.Previous, in.Change, in.Trend = true, nil, nil, nil
	file, _ := written(t, in)
	text := output(t, "pdftotext", "-layout", file, "-")
	require.Contains(t, text, "and 663 more\n")
	require.NotContains(t, text, "in the app")
	require.NotContains(t, text, "Change since last time")
}

func TestWithoutAnswersThereIsNothingToContradict(t *testing.T) {
	in := sample(2)
	in.Assessment.Answers, in.Assessment.Contradictions = nil, nil
	file, _ := written(t, in)
	text := output(t, "pdftotext", "-layout", "-f", "2", "-l", "2", file, "-")
	require.Contains(t, text, "No question was answered")
	require.Contains(t, text, "What we could not see", "a part of two lines has no page of its own")
}

func FuzzTextOfTenants(f *testing.F) {
	f.Add("Ship 🚢", "a\u202Eb")
	f.Fuzz(func(t *testing.T, name, message string) {
		in := sample(2)
		in.Platform = name
		in.Assessment.Findings[0].Message = message
		require.NoError(t, Write(&bytes.Buffer{}, in))
	})
}

func BenchmarkReport(b *testing.B) {
	in := sample(2000)
	for b.Loop() {
		if err := Write(&bytes.Buffer{}, in); err != nil {
			b.Fatal(err)
		}
	}
}

// Rounded one by one, six sixths of a hundred would print as 99.6.
func TestPrintedPointsSumToThePillarsScore(t *testing.T) {
	in := Input{Assessment: &assessments.Assessment{}}
	for range 6 {
		in.Assessment.Controls = append(in.Assessment.Controls, assessments.ControlScore{Pillar: assessments.JVM, Applies: true, Value: micros(1), Contribution: 16_666_667})
	}
	rows, totals, out := controlRows(in, assessments.PillarScore{ID: assessments.JVM, Applies: true, Range: scored(95.8, 95.8, 95.8),
		Caps: []assessments.Cap{{At: 84, By: "jvm/version"}}, CapContribution: -4_200_002})
	require.Equal(t, 2, totals)
	require.Zero(t, out)
	require.Len(t, rows, 8)
	sum := 0.0
	for _, row := range rows[:7] {
		points, err := strconv.ParseFloat(strings.Replace(row[4], "−", "-", 1), 64)
		require.NoError(t, err)
		sum += points
	}
	require.Equal(t, "95.8", rows[7][4])
	require.InDelta(t, 95.8, sum, 1e-9)
}

func TestTheMethodSaysWhoSigned(t *testing.T) {
	in := sample(3)
	in.Signature, in.Readings = "signed by token nightly", "13 of 14 nodes, 20 November 2026, 03:12 UTC to 06:12 UTC"
	file, _ := written(t, in)
	text := output(t, "pdftotext", "-layout", file, "-")
	require.Regexp(t, `Snapshot signature\s+signed by token nightly\n`, text)
	require.Regexp(t, `Readings of nodes\s+13 of 14 nodes, 20 November 2026`, text)
	in.Signature, in.Readings = "", ""
	file, _ = written(t, in)
	text = output(t, "pdftotext", "-layout", file, "-")
	require.NotContains(t, text, "signature")
	require.NotContains(t, text, "Readings of nodes")
}
