package cluster_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

// revision is a release as Helm stores it, with a secret wherever Helm keeps texts of people.
type revision struct {
	name             string
	number           int
	status           string
	version, app     string // of the chart
	template, values string
	user             string
	image            string
	kind             string // of what it is stored in; empty: Secret
	manifest         string // instead of the usual one
	raw              string // instead of all of it
}

func (r revision) object(t *testing.T) string {
	t.Helper()
	manifest := r.manifest
	if manifest == "" {
		manifest = fmt.Sprintf(`---
# Source: leak-comment
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  image: leak-configmap-image
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: %[1]s-budget
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: %[1]s
  annotations:
    image: leak-annotation-image
spec:
  template:
    spec:
      initContainers:
      - name: wait
        image: "busybox:1.36" # leak-comment
        args:
        - |
          containers:
          - image: leak-block
        - "a
            containers:
            - image: leak-quoted \" leak
            "
        - &a >-
            containers:
            - image: leak-folded
        - 'it''s
          containers:
          - image: leak-single'
      containers:
        - env:
            - {name: P, value: leak-environment}
          image: %[2]s
          name: app
`, r.name, r.image)
	}
	text, err := json.Marshal(map[string]any{
		"name": r.name, "namespace": "shop", "version": r.number,
		"info": map[string]any{"first_deployed": "2026-01-01T00:00:00Z", "last_deployed": "2026-02-01T10:00:00.123456+01:00", "description": "leak-description", "status": r.status, "notes": "leak-notes"},
		"chart": map[string]any{
			"metadata":  map[string]any{"name": r.name, "version": r.version, "appVersion": r.app, "description": "leak-chart", "maintainers": []any{map[string]any{"email": "leak-mail"}}},
			"lock":      map[string]any{"generated": time.Now().Format(time.RFC3339Nano), "dependencies": []any{}},
			"templates": []any{map[string]any{"name": "templates/a.yaml", "data": r.template}, map[string]any{"name": "templates/b.yaml", "data": "bGVhaw=="}},
			"values":    map[string]any{"password": "leak-values", "x": r.values},
			"files":     []any{map[string]any{"name": "README.md", "data": "leak-readme" + fmt.Sprint(r.number)}},
		},
		"config": map[string]any{"password": "leak-user-values", "x": r.user}, "manifest": manifest,
		"hooks": []any{map[string]any{"manifest": "leak-hook"}},
	})
	require.NoError(t, err)
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	_, err = zip.Write(text)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	stored := base64.StdEncoding.EncodeToString(zipped.Bytes())
	if r.raw != "" {
		stored = r.raw
	}
	where, field := "Secret", "stringData"
	if r.kind != "" {
		where, field = r.kind, "data"
	}
	return fmt.Sprintf("---\napiVersion: v1\nkind: %s\nmetadata: {name: sh.helm.release.v1.%s.v%d, namespace: shop, labels: {owner: helm, name: %s, version: %q, status: %s}}\n%s: {release: %q}\n",
		where, r.name, r.number, r.name, fmt.Sprint(r.number), r.status, field, stored)
}

// bomb is a gigabyte of blanks in a megabyte.
func bomb(t *testing.T) string {
	t.Helper()
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	blanks := bytes.Repeat([]byte(" "), 1<<20)
	for range 64 {
		_, err := zip.Write(blanks)
		require.NoError(t, err)
	}
	require.NoError(t, zip.Close())
	return base64.StdEncoding.EncodeToString(zipped.Bytes())
}

// TestHelmsHistoryIsDecodedInHere keeps releases as Helm does on a real API server: rules on how charts are versioned reach a
// pass and a fail by them, and nothing that people wrote leaves.
func TestHelmsHistoryIsDecodedInHere(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	const own = "registry.example.com/"
	var manifests strings.Builder
	manifests.WriteString("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")
	for _, name := range []string{"kept", "broken"} {
		fmt.Fprintf(&manifests, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %[1]s, namespace: shop, annotations: {meta.helm.sh/release-name: %[1]s}}\nspec: {selector: {matchLabels: {a: %[1]s}}, template: {metadata: {labels: {a: %[1]s}}, spec: {containers: [{name: app, image: \"%[2]s%[1]s:2.0.0\"}]}}}\n", name, own)
	}
	for _, r := range []revision{
		{name: "kept", number: 9, status: "superseded", version: "1.4.1", app: "1.9.0", template: "YQ==", values: "1", user: "u", image: own + "kept:1.9.0"},
		{name: "kept", number: 10, status: "deployed", version: "1.5.0", app: "2.0.0", template: "Yg==", values: "1", user: "v", image: "user:leak-password@" + own + "kept:2.0.0"},
		{name: "broken", number: 1, status: "superseded", version: "1.4", app: "1.0.0", template: "YQ==", values: "1", user: "u", image: own + "broken:1.9.0"},
		{name: "broken", number: 2, status: "deployed", version: "1.4", app: "1.0.0", template: "Yg==", values: "1", user: "u", image: own + "broken:2.0.0", kind: "ConfigMap"},
		{name: "bump", number: 1, status: "superseded", version: "1.0.0", app: "1", image: "rabbitmq:4.0.1"},
		{name: "bump", number: 2, status: "deployed", version: "1.0.0", app: "1", image: "rabbitmq:4.1.0"},
		{name: "moved", number: 1, status: "superseded", version: "1.0.0", app: "1", image: "valkey:8.0.1"},
		{name: "moved", number: 2, status: "deployed", version: "1.0.1", app: "1", image: "valkey:8.1.0"},
		{name: "odd", number: 1, status: "deployed", raw: "leak, no base64"},
		{name: "bomb", number: 1, status: "failed", raw: bomb(t)},
		{name: "cut", number: 1, status: "deployed", raw: "H4sIAAAAAAAAA6tWyslPTlSyUlDKT1KqBQB"},
	} {
		manifests.WriteString(r.object(t))
	}
	server.Apply(t, []byte(manifests.String()))

	o := options()
	o.HelmHistory = true
	raw, summary := collectBytes(t, server.Kubeconfig, o)
	for line := range strings.Lines(expand(t, raw)) {
		require.NotContains(t, line, "leak", "nothing but names, versions, images and hashes")
	}
	require.Contains(t, summary.Refused, snapshot.Note{Resource: "releases", Reason: "skipped", Detail: "3 releases could not be decoded"})
	var records []snapshot.Record
	for record, err := range snapshot.NewReader(bytes.NewReader(raw), snapshot.DefaultLimits()).Records() {
		require.NoError(t, err)
		records = append(records, record)
	}
	release := func(name string, number int) snapshot.Release {
		return one(t, records, func(r snapshot.Release) bool { return r.Name == name && r.Revision == number })
	}
	kept9, kept10, broken1, broken2 := release("kept", 9), release("kept", 10), release("broken", 1), release("broken", 2)
	require.Equal(t, []string{"kept", "1.5.0", "2.0.0", "deployed"}, []string{kept10.Chart, kept10.ChartVersion, kept10.AppVersion, kept10.Status})
	require.Equal(t, []string{"busybox:1.36", own + "kept:2.0.0"}, kept10.Images)
	require.Equal(t, "2026-02-01T09:00:00Z", kept10.UpdatedAt.UTC().Truncate(time.Second).Format(time.RFC3339))
	require.NotEqual(t, kept9.TemplatesHash, kept10.TemplatesHash)
	require.Equal(t, kept9.ChartValuesHash, kept10.ChartValuesHash)
	require.NotEqual(t, kept9.UserValuesHash, kept10.UserValuesHash)
	require.Equal(t, broken1.UserValuesHash, broken2.UserValuesHash, "in a Secret and in a ConfigMap")
	require.NotEqual(t, kept9.TemplatesHash, broken1.TemplatesHash, "two releases have nothing in common")
	require.Equal(t, "deployed", release("odd", 1).Status, "what can't be decoded is told by its labels")
	require.Empty(t, release("bomb", 1).Chart)

	use := one(t, records, func(u snapshot.APIUse) bool { return u.Group == "policy" && u.Version == "v1beta1" })
	require.Equal(t, 4, *use.HelmManifest, "of releases that are deployed")
	require.Contains(t, use.Objects, snapshot.Ref{Kind: "PodDisruptionBudget", Namespace: "shop", Name: "kept-budget"})

	require.Equal(t, map[string]string{
		"delivery/chart-bump shop/kept": "pass", "delivery/chart-bump shop/broken": "fail",
		"delivery/chart-semver shop/kept": "pass", "delivery/chart-semver shop/broken": "fail",
		"delivery/release-map shop/kept": "pass", "delivery/release-map shop/broken": "fail",
		"delivery/system-app-bump shop/moved": "pass", "delivery/system-app-bump shop/bump": "fail",
	}, judgedReleases(t, records, "kept", "broken", "moved", "bump"))

	o.HashKey = []byte("another key")
	again, _ := collect(t, server.Kubeconfig, o)
	other := one(t, again, func(r snapshot.Release) bool { return r.Name == "kept" && r.Revision == 9 })
	require.NotEqual(t, kept9.ChartValuesHash, other.ChartValuesHash, "nobody without the key can try values")

	o.HelmHistory = false
	without, _ := collect(t, server.Kubeconfig, o)
	plain := one(t, without, func(r snapshot.Release) bool { return r.Name == "kept" && r.Revision == 10 })
	require.Empty(t, plain.Chart+plain.TemplatesHash, "only where it is asked for")
}

// judgedReleases are the passes and fails that the rules on charts come to, of the named releases.
func judgedReleases(t *testing.T, records []snapshot.Record, names ...string) map[string]string {
	t.Helper()
	view := assessments.View{Facts: facts.FromRecords(facts.Options{}, records...), AsOf: moment, Settings: assessments.Settings{OwnRegistries: []string{"registry.example.com"}}}
	found := map[string]string{}
	for _, id := range []string{"delivery/chart-bump", "delivery/chart-semver", "delivery/release-map", "delivery/system-app-bump"} {
		rule, known := content.V1().Rules.ByID(id)
		require.True(t, known)
		for _, o := range rule.Judge(view) {
			of := slices.Contains([]string{"kept", "broken"}, o.Subject().Name)
			if (o.Result == assessments.Pass || o.Result == assessments.Fail) && slices.Contains(names, o.Subject().Name) && of == (id != "delivery/system-app-bump") {
				found[id+" "+o.Subject().String()] = string(o.Result)
			}
		}
	}
	return found
}

// TestTheRightThatHelmHistoryTakes collects with exactly the role that rbac prints for the flag.
func TestTheRightThatHelmHistoryTakes(t *testing.T) {
	with, without := cluster.Rights(cluster.Options{HelmHistory: true})[0].Rules, cluster.Rights(cluster.Options{})[0].Rules
	last, plain := with[len(with)-1], without[len(without)-1]
	require.Equal(t, []string{"secrets", "configmaps"}, last.Resources)
	require.Equal(t, []string{"list"}, last.Verbs)
	require.Contains(t, last.Why, "--helm-history")
	require.NotEqual(t, plain.Why, last.Why, "who approves the role reads what it is for")
}

func expand(t *testing.T, raw []byte) string {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(raw))
	require.NoError(t, err)
	text, err := io.ReadAll(zip)
	require.NoError(t, err)
	return string(text)
}
