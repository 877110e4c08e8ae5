package redaction

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// TestEveryPairSeesTheSameInPseudonyms holds the records of every case of every pair of answer and evidence against the same without names.
func TestEveryPairSeesTheSameInPseudonyms(t *testing.T) {
	paths, err := filepath.Glob("../contradictions/testdata/*.yaml")
	require.NoError(t, err)
	require.Len(t, paths, len(content.V1().Pairs))
	seen := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		var file struct {
			Pair  string `yaml:"pair"`
			Cases []struct {
				Name     string          `yaml:"name"`
				Source   snapshot.Source `yaml:"source"`
				Managers []string        `yaml:"pipelineManagers"`
				Records  []any           `yaml:"records"`
				Many     []struct {
					Times  int            `yaml:"times"`
					Record map[string]any `yaml:"record"`
				} `yaml:"many"`
			} `yaml:"cases"`
		}
		require.NoError(t, yaml.Unmarshal(data, &file))
		at := slices.IndexFunc(content.V1().Pairs, func(p assessments.Pair) bool { return p.ID == file.Pair })
		require.GreaterOrEqual(t, at, 0)
		for _, c := range file.Cases {
			records := []any{}
			records = append(records, c.Records...)
			for _, many := range c.Many {
				for i := range min(many.Times, 50) {
					one := map[string]any{}
					for key, value := range many.Record {
						one[key] = value
					}
					one["name"] = fmt.Sprintf("%v-%d", one["name"], i)
					records = append(records, one)
				}
			}
			if c.Source == "" {
				c.Source = snapshot.SourceCluster
			}
			plain := []snapshot.Record{snapshot.Header{Source: c.Source, TakenAt: day, Scope: snapshot.Scope{Collected: snapshot.Resources}}}
			for _, value := range records {
				line, err := json.Marshal(value)
				require.NoError(t, err)
				record, err := snapshot.DecodeRecord(line)
				require.NoError(t, err, "%s", line)
				plain = append(plain, record)
			}
			r := redactor(t)
			var redacted []snapshot.Record
			for _, record := range plain {
				redacted = append(redacted, r.Record(record))
			}
			managers := slices.Clone(c.Managers)
			for i := range managers {
				managers[i] = r.name(Manager, managers[i])
			}
			pair := content.V1().Pairs[at]
			want := sights(pair, plain, c.Managers)
			require.Equal(t, want, sights(pair, redacted, managers), "%s: %s", file.Pair, c.Name)
			seen += len(want)
		}
	}
	require.Greater(t, seen, 200)
}

var day = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

// sights are what a pair sees, without names.
func sights(pair assessments.Pair, records []snapshot.Record, managers []string) []string {
	view := assessments.PairView{View: assessments.View{
		Facts: facts.FromRecords(facts.Options{AsOf: day}, records...), AsOf: day, Settings: assessments.Settings{PipelineManagers: managers},
	}}
	view.Outcomes = map[string][]assessments.Outcome{}
	for _, id := range pair.Reads {
		if rule, known := content.V1().Rules.ByID(id); known {
			view.Outcomes[id] = rule.Judge(view.View)
		}
	}
	var all []string
	for _, s := range pair.Look(view) {
		all = append(all, fmt.Sprintf("%s %s %s %t %d %d", s.Question, s.Looked, s.Allows, s.Partly, len(s.Subjects), len(s.Evidence)))
	}
	slices.Sort(all)
	return all
}
