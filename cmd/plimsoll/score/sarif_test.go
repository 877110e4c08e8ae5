package score

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
)

// requireSARIF holds a file against the schema that OASIS publishes.
func requireSARIF(t *testing.T, text string) sarifLog {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("testdata/sarif/sarif-schema-2.1.0.json")
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(value))
	var log sarifLog
	require.NoError(t, json.Unmarshal([]byte(text), &log))
	return log
}

func TestSARIFIsValidAndLeadsToTheLine(t *testing.T) {
	r := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", "sarif")
	require.NoError(t, r.err)
	require.Equal(t, ExitFindings, r.code)
	log := requireSARIF(t, r.stdout)
	run := log.Runs[0]
	require.Len(t, run.Tool.Driver.Rules, len(content.V1().Rules.All()))
	require.NotEmpty(t, run.Results)
	for _, result := range run.Results {
		require.Equal(t, result.RuleID, run.Tool.Driver.Rules[result.RuleIndex].ID)
		require.Len(t, result.Fingerprints["plimsollFinding/v1"], 32)
		require.Equal(t, "-", result.Locations[0].Physical.Artifact.URI)
	}
	at := slices.IndexFunc(run.Results, func(r sarifResult) bool { return r.RuleID == "delivery/image-tag-mutable" })
	require.Equal(t, "error", run.Results[at].Level)
	require.Equal(t, 30, run.Results[at].Locations[0].Physical.Region.StartLine)
	require.Equal(t, ExitFindings, run.Invocations[0].ExitCode)
	skipped := run.Invocations[0].Notifications[0]
	require.Contains(t, skipped.Message.Text, "no Kubernetes object")
	require.Equal(t, 32, skipped.Locations[0].Physical.Region.StartLine)
}

func TestSARIFTellsWhereAWaiverStands(t *testing.T) {
	waivers := write(t, "waivers.yaml", "waivers:\n  - {rule: delivery/resources-declared, reason: next quarter, until: 2027-03-31}\n")
	r := byTwo(t, annotated("delivery/image-tag-mutable: rebuilt nightly"), "--format", "sarif", "--waivers", waivers)
	require.Equal(t, ExitFine, r.code)
	kinds := map[string]sarifSuppression{}
	for _, result := range requireSARIF(t, r.stdout).Runs[0].Results {
		for _, suppression := range result.Suppressions {
			kinds[result.RuleID] = suppression
		}
	}
	require.Equal(t, map[string]sarifSuppression{
		"delivery/image-tag-mutable":  {Kind: "inSource", Status: "accepted", Justification: "rebuilt nightly"},
		"delivery/resources-declared": {Kind: "external", Status: "accepted", Justification: "next quarter"},
	}, kinds)
}

func many(n int, bulk string) *result {
	r := &result{Content: content.V1()}
	for i := range n {
		severity := assessments.High
		if i%2 == 1 {
			severity = assessments.Low
		}
		r.Findings = append(r.Findings, Finding{
			Rule: "delivery/image-tag-mutable", Severity: severity, Subject: Subject{Kind: "Deployment", Namespace: "shop", Name: fmt.Sprint("w", i)},
			Message: bulk, Fingerprint: fmt.Sprintf("%032d", i), Source: &Source{File: "a b.yaml", Line: i + 1},
		})
	}
	// the gravest first, as an assessment has them
	var sorted []Finding
	for _, severity := range []assessments.Severity{assessments.High, assessments.Low} {
		for _, f := range r.Findings {
			if f.Severity == severity {
				sorted = append(sorted, f)
			}
		}
	}
	r.Findings = sorted
	return r
}

func TestSARIFIsCutByResultsFromTheMildestEndAndSaysSo(t *testing.T) {
	r := many(maxSARIFResults+500, "x")
	var b strings.Builder
	require.NoError(t, r.writeSARIF(&b))
	log := requireSARIF(t, b.String())
	require.Len(t, log.Runs[0].Results, maxSARIFResults)
	high := 0
	for _, result := range log.Runs[0].Results {
		if result.Level == "error" {
			high++
		}
	}
	require.Equal(t, (maxSARIFResults+500)/2, high, "nothing grave is left out")
	require.Equal(t, "a%20b.yaml", log.Runs[0].Results[0].Locations[0].Physical.Artifact.URI)
	require.Contains(t, log.Runs[0].Invocations[0].Notifications[0].Message.Text, "500 findings of the mildest left out")
	require.Len(t, r.notes, 1)
}

func TestSARIFIsCutBySize(t *testing.T) {
	var noise strings.Builder // hashes do not compress
	for i := range 400 {
		noise.WriteString(assessments.WorkloadKey(fmt.Sprintf("%x", i*7919), fmt.Sprintf("%x", i*104729), fmt.Sprintf("%x", i*i*31)))
	}
	r := many(3000, "")
	for i := range r.Findings {
		r.Findings[i].Message = fmt.Sprintf("%d%s", i, scramble(noise.String(), i))
	}
	var b strings.Builder
	require.NoError(t, r.writeSARIF(&b))
	size, err := gzipped([]byte(b.String()))
	require.NoError(t, err)
	require.LessOrEqual(t, size, maxSARIFBytes)
	require.Greater(t, size, maxSARIFBytes/2, "no more is left out than must be")
	require.NotEmpty(t, r.notes)
}

// scramble is text that gzip can't shorten much, another one for each seed.
func scramble(text string, seed int) string {
	state := uint64(seed)*2862933555777941757 + 3037000493
	out := []byte(text)
	for i := range out {
		state = state*6364136223846793005 + 1442695040888963407
		out[i] = '0' + byte(state>>33)%75
	}
	return string(out)
}
