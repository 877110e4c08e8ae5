package redaction

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/pseudonym"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/snapshot"
)

func redactor(t *testing.T) *Redactor {
	t.Helper()
	key, err := pseudonym.NewKey([]byte("9f2c1b7d4e6a8053c1d2e3f4a5b69788 for tests"))
	require.NoError(t, err)
	return New(key)
}

// differs are the cases of rules whose outcome hangs on what a name says, and why it does: all that redaction costs.
var differs = map[string]string{
	"delivery/release-map: the tag is the application version, with a v, a suffix or build data, or finer than it": "the image's name ends in the chart's name, which pseudonyms do not show",
}

// TestEveryRuleSaysTheSameOfPseudonyms holds every case of every rule against the same case with its names replaced.
func TestEveryRuleSaysTheSameOfPseudonyms(t *testing.T) {
	paths, err := filepath.Glob("../rules/*/testdata/*.yaml")
	require.NoError(t, err)
	require.Greater(t, len(paths), 50)
	seen := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		file, err := rules.ReadCases(path, data)
		require.NoError(t, err)
		rule, known := content.V1().Rules.ByID(file.Rule)
		require.True(t, known, file.Rule)
		for i := range file.Cases {
			c := &file.Cases[i]
			name := file.Rule + ": " + c.Name
			plain, redacted := judged(t, rule, c, nil), judged(t, rule, c, redactor(t))
			if why, differ := differs[name]; differ {
				require.NotEqual(t, plain, redacted, "%s does not differ: %s", name, why)
				seen++
				continue
			}
			require.Equal(t, plain, redacted, name)
		}
	}
	require.Equal(t, len(differs), seen)
}

// judged are the outcomes of a case without their subjects.
func judged(t *testing.T, rule assessments.Rule, plain *rules.Case, r *Redactor) []string {
	t.Helper()
	c := *plain
	if r != nil {
		redactCase(t, r, &c)
	}
	view, err := c.View(false)
	require.NoError(t, err, c.Name)
	if r != nil {
		for i := range view.History {
			redactEarlier(r, &view.History[i])
		}
		for i, manager := range view.Settings.PipelineManagers {
			view.Settings.PipelineManagers[i] = r.name(Manager, manager)
		}
		for i, registry := range view.Settings.OwnRegistries {
			if strings.Trim(registry, " /") == "" {
				continue
			}
			view.Settings.OwnRegistries[i] = strings.TrimSuffix(pathOf(r.image(strings.Trim(registry, "/")+"/x")), "/"+r.name(App, "x"))
		}
	}
	var all []string
	for _, o := range rule.Judge(view) {
		all = append(all, fmt.Sprintf("%s %v line %v", o.Result, o.Failure().Severity, o.Place().Line))
	}
	slices.Sort(all)
	return all
}

func redactCase(t *testing.T, r *Redactor, c *rules.Case) {
	t.Helper()
	var records []snapshot.Record
	for i := range c.Records {
		var value any
		require.NoError(t, c.Records[i].Decode(&value))
		line, err := json.Marshal(value)
		require.NoError(t, err)
		record, err := snapshot.DecodeRecord(line)
		require.NoError(t, err, "%s", line)
		records = append(records, record)
	}
	c.Records = nil
	for _, line := range lines(t, records, r)[1:] {
		var node yaml.Node
		require.NoError(t, yaml.Unmarshal([]byte(line), &node))
		c.Records = append(c.Records, *node.Content[0])
	}
	c.Scope = slices.Clone(c.Scope)
	for i := range c.Scope {
		c.Scope[i] = r.name(Namespace, c.Scope[i])
	}
	c.Declared = slices.Clone(c.Declared)
	for i := range c.Declared {
		c.Declared[i].Namespace, c.Declared[i].Name = r.text(Namespace, c.Declared[i].Namespace), r.name(Workload, c.Declared[i].Name)
	}
}

// redactEarlier is what the summary of an earlier snapshot with the same key would have been.
func redactEarlier(r *Redactor, e *assessments.Earlier) {
	for i := range e.Namespaces {
		e.Namespaces[i] = r.name(Namespace, e.Namespaces[i])
	}
	restarts := map[string]int64{}
	for key, n := range e.Restarts {
		parts := strings.Split(key, "/")
		restarts[assessments.WorkloadKey(parts[0], r.name(Namespace, parts[1]), r.name(Workload, parts[2]))] = n
	}
	releases := map[string]assessments.EarlierRelease{}
	for key, release := range e.Releases {
		parts := strings.Split(key, "/")
		release.Images = slices.Clone(release.Images)
		for i := range release.Images {
			release.Images[i] = r.image(release.Images[i])
		}
		slices.Sort(release.Images)
		releases[assessments.ReleaseKey(parts[0], r.name(Namespace, parts[1]), r.name(Release, parts[2]))] = release
	}
	e.Restarts, e.Releases = restarts, releases
}

// lines writes a snapshot and gives its lines without the trailer.
func lines(t *testing.T, records []snapshot.Record, r *Redactor) []string {
	t.Helper()
	var options []snapshot.WriterOption
	if r != nil {
		options = append(options, snapshot.Through(r.Record))
	}
	var out bytes.Buffer
	w, err := snapshot.NewWriter(&out, snapshot.Header{Source: snapshot.SourceCluster, CollectorVersion: "test", TakenAt: time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)}, options...)
	require.NoError(t, err)
	for _, record := range records {
		require.NoError(t, w.Write(record))
	}
	require.NoError(t, w.Close())
	zip, err := gzip.NewReader(&out)
	require.NoError(t, err)
	text, err := io.ReadAll(zip)
	require.NoError(t, err)
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	return all[:len(all)-1]
}
