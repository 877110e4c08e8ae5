package engines_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/engines"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
)

var update = flag.Bool("update", false, "rewrite the golden file")

func harbour(t *testing.T) []snapshot.Record {
	t.Helper()
	records, err := snapshottest.Harbour()
	require.NoError(t, err)
	return records
}

func input(records []snapshot.Record) assessments.Input {
	return assessments.Input{Content: content.V1(), AsOf: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Facts: facts.FromRecords(facts.Options{}, records...)}
}

func TestTheFieldReportsPlatformInWords(t *testing.T) {
	got := markdown(engines.Run(input(harbour(t))))
	if *update {
		require.NoError(t, os.WriteFile("testdata/harbour.golden.md", []byte(got), 0o644))
	}
	want, err := os.ReadFile("testdata/harbour.golden.md")
	require.NoError(t, err)
	require.Equal(t, string(want), got, "run with -update if the change is meant")
}

func TestExhibitsAreWholeWhateverTheSnapshotHolds(t *testing.T) {
	whole, err := snapshottest.Whole()
	require.NoError(t, err)
	manifests := slices.Clone(harbour(t))
	manifests[0] = snapshot.Header{Schema: snapshot.Schema, Source: snapshot.SourceManifests}
	for name, records := range map[string][]snapshot.Record{
		"every field": whole, "generated": snapshottest.Generate(300, 1), "nothing": {snapshot.Header{Source: snapshot.SourceCluster}}, "files": manifests,
	} {
		exhibits := engines.Run(input(records))
		var ids []string
		for _, e := range exhibits {
			ids = append(ids, e.ID)
			require.NotEmpty(t, e.Lead, "%s: %s", name, e.ID)
			require.NotContains(t, markdown(exhibits), "%!", "%s: %s", name, e.ID)
			for _, part := range e.Parts {
				require.NotEmpty(t, part.Title)
				require.True(t, len(part.Text) > 0 || part.Table != nil, "%s: %s: %s says nothing", name, e.ID, part.Title)
				if part.Table == nil {
					continue
				}
				require.LessOrEqual(t, len(part.Table.Rows), engines.MaxRows)
				for _, row := range part.Table.Rows {
					require.Len(t, row, len(part.Table.Columns), "%s: %s: %s: %v", name, e.ID, part.Title, row)
					require.NotEmpty(t, row[0], "%s: %s: %s: %v", name, e.ID, part.Title, row)
				}
			}
		}
		require.Equal(t, engines.IDs, ids, name)
	}
	require.Empty(t, engines.Run(assessments.Input{Content: content.V1()}), "answers alone")
}

// markdown writes exhibits as people read them.
func markdown(all []engines.Exhibit) string {
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "# %s\n\n%s\n", e.Title, e.Lead)
		for _, part := range e.Parts {
			fmt.Fprintf(&b, "\n## %s\n\n", part.Title)
			for _, text := range part.Text {
				fmt.Fprintf(&b, "%s\n\n", text)
			}
			if part.Table == nil {
				continue
			}
			var heads, rules []string
			for _, c := range part.Table.Columns {
				rule := "---"
				if c.Number {
					rule = "---:"
				}
				heads, rules = append(heads, c.Title), append(rules, rule)
			}
			fmt.Fprintf(&b, "| %s |\n| %s |\n", strings.Join(heads, " | "), strings.Join(rules, " | "))
			for _, row := range part.Table.Rows {
				fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
			}
			if part.Table.More > 0 {
				fmt.Fprintf(&b, "\nand %d more\n", part.Table.More)
			}
		}
		for _, source := range e.Sources {
			fmt.Fprintf(&b, "\nSource: %s\n", source)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestOneProbeIsSpokenOfAsOne(t *testing.T) {
	exhibit := engines.Run(input([]snapshot.Record{snapshot.Header{Source: snapshot.SourceManifests}, snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "front",
		Containers: []snapshot.Container{{Name: "app", Role: snapshot.RoleRegular, Liveness: &snapshot.Probe{Handler: "exec", PeriodSeconds: 10, TimeoutSeconds: 1, FailureThreshold: 3}}}}}))[1]
	require.Equal(t, "The recovery time of 1 container with such a probe is not known. Say it per workload, and each is simulated.", exhibit.Lead)
}

func TestAPlanGoesWhereItIsToldElseWhereTheViewPoints(t *testing.T) {
	view := assessments.ViewOf(input(harbour(t)))
	require.Equal(t, "1.37", engines.PlanOf(view, 0, 0).To, "the newest that was released")
	view.Target = &facts.Version{Major: 1, Minor: 24}
	require.Equal(t, "1.24", engines.PlanOf(view, 0, 0).To)
	told := engines.PlanOf(view, 20, 21)
	require.Equal(t, []string{"1.20", "1.21"}, []string{told.From, told.To})
}
