package assessments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

func annotatedFacts(ignore string) *facts.Facts {
	workload := func(name, file string, annotations map[string]string) snapshot.Workload {
		return snapshot.Workload{
			Kind: "Deployment", Namespace: "shop", Name: name, Place: snapshot.Place{File: file, Line: 1, Document: 1}, Annotations: annotations,
			Containers: []snapshot.Container{{Name: "app", Role: snapshot.RoleRegular, Image: "registry.example.com/app:latest"}},
		}
	}
	return facts.FromRecords(facts.Options{}, snapshot.Header{Schema: snapshot.Schema, Source: snapshot.SourceManifests},
		workload("a*", "a.yaml", map[string]string{facts.IgnoreAnnotation: ignore}), workload("ab", "a.yaml", nil), workload("a*", "b.yaml", nil))
}

func waived(in assessments.Input) (names []string, use assessments.WaiverUse) {
	in.Content, in.AsOf = content.V1(), time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	a := assessments.Assess(in)
	for _, f := range a.Findings {
		if f.Rule == "delivery/image-tag-mutable" && f.Waived {
			names = append(names, f.Source.File+" "+f.Subject.Name)
		}
	}
	return names, a.Waivers
}

func TestAnAnnotationNamesItsOwnWorkloadAndNoOther(t *testing.T) {
	names, use := waived(assessments.Input{Facts: annotatedFacts("delivery/image-tag-mutable: rebuilt nightly")})
	require.Equal(t, []string{"a.yaml a*"}, names, "a name is no glob, and a file is its own")
	require.Len(t, use.Used, 1)
	require.Equal(t, "while its annotation stands", use.Used[0].Term())
}

func TestEntriesOfAnAnnotation(t *testing.T) {
	for text, want := range map[string]struct{ used, idle, refused int }{
		"delivery/*: why": {1, 0, 0},
		"delivery/image-tag-mutable: a\ndelivery/resources-declared: b": {2, 0, 0},
		"delivery/image-tag-mutable: a; delivery/resources-declared: b": {2, 0, 0},
		"delivery/image-tag-mutable":                                    {0, 0, 1},
		"delivery/image-tag-mutable:  ":                                 {0, 0, 1},
		": why":                                                         {0, 0, 1},
		"[: why":                                                        {0, 0, 1},
		"no/such-rule: why":                                             {0, 1, 0},
		" ; \n ;":                                                       {0, 0, 0},
	} {
		_, use := waived(assessments.Input{Facts: annotatedFacts(text)})
		require.Len(t, use.Used, want.used, text)
		require.Len(t, use.Unmatched, want.idle, text)
		require.Len(t, use.Refused, want.refused, text)
	}
}

func TestWhereNoWaiverMayCountNoneDoes(t *testing.T) {
	until := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	in := assessments.Input{Facts: annotatedFacts("delivery/*: why"), Waivers: []assessments.Waiver{{Rule: "*", Reason: "all", Until: until}}, NoWaivers: true}
	names, use := waived(in)
	require.Empty(t, names)
	require.Len(t, use.Disallowed, 2)
	require.Empty(t, use.Used)
}

func TestWhyAWaiverDidNothing(t *testing.T) {
	until := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	whys := map[string]string{}
	_, use := waived(assessments.Input{Facts: annotatedFacts(""), Waivers: []assessments.Waiver{
		{Rule: "no/rule", Reason: "rule", Until: until}, {Rule: "delivery/*", Name: "gone", Reason: "subject", Until: until},
		{Rule: "delivery/managed-release", Name: "ab", Reason: "finding", Until: until},
	}})
	for _, w := range use.Unmatched {
		whys[w.Reason] = w.Why
	}
	require.Equal(t, map[string]string{"rule": "no rule has this id", "subject": "nothing that it names was seen", "finding": "what it names does not fail: it can go"}, whys)
}
