package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/manifests"
	"plimsoll/internal/charttool"
)

// shop is a chart with what charts have: loops, hooks, notes, a document that comes out empty, a List, JSON, and a part of its own.
var shop = map[string]string{
	"Chart.yaml":  "{apiVersion: v2, name: shop, version: 1.4.2, appVersion: 2.0.1}\n",
	"values.yaml": "apps: [web, api]\nnever: false\n",
	"templates/apps.yaml": `{{- range .Values.apps }}
---
# the {{ . }} of the shop
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ . }}, labels: {helm.sh/chart: shop-1.4.2}}
spec:
  selector: {matchLabels: {app: {{ . }}}}
  template:
    metadata: {labels: {app: {{ . }}}}
    spec:
      containers:
        - name: {{ . }}
          image: shop/{{ . }}:latest
{{- end }}
`,
	"templates/never.yaml": "{{- if .Values.never }}\napiVersion: v1\nkind: Secret\nmetadata: {name: never}\n{{- end }}\n---\n# only a comment\n",
	"templates/migrate.yaml": `apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {helm.sh/hook: pre-install}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: migrate, image: "shop/migrate:2"}]}}}
`,
	"templates/list.yaml": `apiVersion: v1
kind: List
items:
  - {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: queue}, spec: {serviceName: queue, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: queue, image: "shop/queue:3"}]}}}}
`,
	"templates/json.yaml":             `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}` + "\n",
	"templates/NOTES.txt":             "Not a document: {{ .Release.Name }}\n",
	"charts/cache/Chart.yaml":         "{apiVersion: v2, name: cache, version: 0.3.0}\n",
	"charts/cache/templates/all.yaml": "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: cache}\nspec: {selector: {matchLabels: {c: d}}, template: {metadata: {labels: {c: d}}, spec: {containers: [{name: cache, image: shop/cache}]}}}\n",
}

// overlay is a base and what a place changes of it.
var overlay = map[string]string{
	"base/kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\n",
	"base/web.yaml": `# the shop's front
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: shop/web, envFrom: [{configMapRef: {name: settings}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`,
	"production/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-\nnamespace: shop\nreplicas: [{name: web, count: 3}]\nimages: [{name: shop/web, newTag: '2'}]\n",
}

func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	return folder
}

// judged is the assessment of records, as JSON.
func judged(t *testing.T, give func(emit func(snapshot.Record) error)) string {
	t.Helper()
	builder := facts.NewBuilder(facts.Options{})
	give(func(record snapshot.Record) error { builder.Add(record); return nil })
	result := assessments.Assess(assessments.Input{Content: content.V1(), Facts: builder.Build(), AsOf: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)})
	require.NotEmpty(t, result.Findings)
	text, err := json.Marshal([]any{result.Score, result.Findings, result.Rules})
	require.NoError(t, err)
	return string(text)
}

func TestWhatHelmAndKustomizeWrite(t *testing.T) {
	for name, c := range map[string]struct {
		tool      string
		arguments []string
		workloads []string // kind, namespace and name
		services  int
	}{
		"helm template": {"helm", []string{"template", "live", lay(t, shop)},
			[]string{"DaemonSet cache", "Deployment api", "Deployment web", "Job migrate", "StatefulSet queue"}, 1},
		"helm template without hooks": {"helm", []string{"template", "live", lay(t, shop), "--no-hooks"},
			[]string{"DaemonSet cache", "Deployment api", "Deployment web", "StatefulSet queue"}, 1},
		"kustomize build": {"kustomize", []string{"build", filepath.Join(lay(t, overlay), "production")},
			[]string{"Deployment prod-web"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			text, complaints, err := charttool.Run(t, c.tool, c.arguments...)
			require.NoError(t, err, complaints)
			var stdout, stderr bytes.Buffer
			require.Zero(t, run(t.Context(), []string{"manifests", "-"}, strings.NewReader(text), &stdout, &stderr), stderr.String())
			require.NotContains(t, stderr.String(), "passed over")

			lines := strings.Split(text, "\n")
			var workloads []string
			services := 0
			fromFile := judged(t, func(emit func(snapshot.Record) error) {
				for record, err := range snapshot.NewReader(bytes.NewReader(stdout.Bytes()), snapshot.DefaultLimits()).Records() {
					require.NoError(t, err)
					switch r := record.(type) {
					case snapshot.Workload:
						workloads = append(workloads, r.Kind+" "+r.Name)
						require.Contains(t, lines[r.Place.Line-1], "apiVersion", "%s begins there, in what was piped", r.Name)
						require.Contains(t, strings.Join(lines[r.Place.Line-1:min(r.Place.Line+16, len(lines))], "\n"), r.Name)
						require.Regexp(t, `- |containers: \[`, lines[r.Containers[0].Line-1], "its container begins there")
						require.Equal(t, "-", r.Place.File)
					case snapshot.Service:
						services++
					}
					require.NoError(t, emit(record))
				}
			})
			slices.Sort(workloads)
			require.Equal(t, c.workloads, workloads)
			require.Equal(t, c.services, services)

			var inputs manifests.Inputs
			straight := judged(t, func(emit func(snapshot.Record) error) {
				inputs, err = manifests.Read(t.Context(), []string{"-"}, strings.NewReader(text), emit)
				require.NoError(t, err)
			})
			require.Equal(t, straight, fromFile, "plimsoll score reads the same")
			require.Empty(t, inputs.Skipped)
		})
	}
}
