package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/internal/charttool"
	"plimsoll/internal/kubetest"
)

const chart = "../../deploy/charts/plimsoll-collector"

// rendered is what helm makes of our chart.
func rendered(t *testing.T, more ...string) string {
	t.Helper()
	arguments := append([]string{"template", "nightly", chart, "--namespace", "plimsoll", "--set", "upload.url=https://plimsoll.example,upload.platform=0000-1"}, more...)
	out, complaints, err := charttool.Run(t, "helm", arguments...)
	require.NoError(t, err, complaints)
	return out
}

// document is what a test looks at of an object.
type document struct {
	Kind     string
	Metadata struct{ Name, Namespace string }
	Rules    []ruleOfRole
	Spec     map[string]any
}

type ruleOfRole struct {
	APIGroups       []string `yaml:"apiGroups,flow"`
	Resources       []string `yaml:"resources,flow,omitempty"`
	ResourceNames   []string `yaml:"resourceNames,flow,omitempty"`
	NonResourceURLs []string `yaml:"nonResourceURLs,flow,omitempty"`
	Verbs           []string `yaml:"verbs,flow"`
}

func documents(t *testing.T, text string) (all []document) {
	t.Helper()
	for decoder := yaml.NewDecoder(strings.NewReader(text)); ; {
		var found document
		err := decoder.Decode(&found)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		if found.Kind != "" {
			all = append(all, found)
		}
	}
}

// rights takes roles apart: one line for each thing that is allowed, and where.
func rights(t *testing.T, text string) []string {
	t.Helper()
	all := map[string]bool{}
	for _, found := range documents(t, text) {
		for _, rule := range found.Rules {
			for _, verb := range rule.Verbs {
				for _, url := range rule.NonResourceURLs {
					all[verb+" "+url] = true
				}
				for _, group := range rule.APIGroups {
					for _, resource := range rule.Resources {
						for _, name := range append(rule.ResourceNames, "")[:max(1, len(rule.ResourceNames))] {
							all[strings.Join([]string{found.Metadata.Namespace, verb, group, resource, name}, " ")] = true
						}
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// variants are the settings that change the rights, beside the flags of rbac that mean the same.
var variants = map[string]struct{ values, flags []string }{
	"all":              {nil, nil},
	"with metrics":     {[]string{"--set", "cluster.apiMetrics=true"}, []string{"--api-metrics"}},
	"with history":     {[]string{"--set", "cluster.helmHistory=true"}, []string{"--helm-history"}},
	"without releases": {[]string{"--set", "cluster.releases=false"}, []string{"--no-releases"}},
	"two namespaces":   {[]string{"--set", "cluster.namespaces={payments,kube-system}"}, []string{"-n", "payments", "-n", "kube-system"}},
	"one, and little":  {[]string{"--set", "cluster.namespaces={shop},cluster.releases=false,cluster.apiMetrics=true"}, []string{"-n", "shop", "--no-releases", "--api-metrics"}},
}

func TestTheChartHoldsTheRightsThatRBACPrints(t *testing.T) {
	for name, variant := range variants {
		t.Run(name, func(t *testing.T) {
			printed := start(t, append([]string{"rbac"}, variant.flags...)...)
			require.Zero(t, printed.code, printed.stderr)
			want := rights(t, printed.stdout)
			require.NotEmpty(t, want)
			require.Equal(t, want, rights(t, rendered(t, variant.values...)))
		})
	}
}

// TestTheChartsRulesAreCurrent holds the files of rules to what rbac prints; -update renews them.
func TestTheChartsRulesAreCurrent(t *testing.T) {
	for file, flags := range map[string][]string{
		"cluster.yaml":   {"--no-releases"},
		"identity.yaml":  {"--no-releases", "-n", "x"},
		"namespace.yaml": {"--no-releases", "-n", "x"},
		"system.yaml":    {"--no-releases", "-n", "kube-system"},
	} {
		kind := map[bool]string{true: "ClusterRole", false: "Role"}[file == "cluster.yaml" || file == "identity.yaml"]
		var text bytes.Buffer
		text.WriteString("# Written from what plimsoll-collect rbac prints, by its test with -update.\n")
		for _, found := range documents(t, start(t, append([]string{"rbac"}, flags...)...).stdout) {
			if found.Kind != kind {
				continue
			}
			encoder := yaml.NewEncoder(&text)
			encoder.SetIndent(2)
			require.NoError(t, encoder.Encode(found.Rules))
		}
		golden(t, filepath.Join("..", chart, "files", file), strings.ReplaceAll(text.String(), "apiGroups: []\n  nonResource", "nonResource"))
	}
}

var everything = []string{"--set", "node.enabled=true,upload.caSecret.name=ca,upload.clientCertSecret.name=pair,env.HTTPS_PROXY=http://proxy:3128,image.pullSecrets[0].name=pull,labels.team=platform,nodeSelector.pool=infra,tolerations[0].operator=Exists"}

func TestTheChartPassesHelmsOwnLint(t *testing.T) {
	for _, more := range [][]string{nil, everything} {
		out, complaints, err := charttool.Run(t, "helm", append([]string{"lint", "--strict", chart, "--set", "upload.url=https://plimsoll.example,upload.platform=0000-1"}, more...)...)
		require.NoError(t, err, out+complaints)
		require.Contains(t, out, "1 chart(s) linted, 0 chart(s) failed")
	}
}

func TestWhatTheChartDoesNotTake(t *testing.T) {
	for name, c := range map[string]struct{ set, says string }{
		"no address":         {"upload.url=", "upload.url: where do snapshots go?"},
		"no platform":        {"upload.platform=", "upload.platform: which platform"},
		"a plain address":    {"upload.url=http://plimsoll.example", "/upload/url"},
		"a token as a value": {"upload.token=plim_x", "additional properties 'token' not allowed"},
		"a misspelt setting": {"cluster.schedul=x", "additional properties 'schedul' not allowed"},
		"a namespace":        {"cluster.namespaces={UPPER}", "/cluster/namespaces/0"},
	} {
		t.Run(name, func(t *testing.T) {
			_, complaints, err := charttool.Run(t, "helm", "template", "nightly", chart, "--set", "upload.url=https://plimsoll.example,upload.platform=0000-1", "--set", c.set)
			require.Error(t, err)
			require.Contains(t, complaints, c.says)
		})
	}
}

// TestTheChartOnARealAPIServer: each object is decoded strictly; the cluster's pod is let into a namespace that is restricted, the
// node's one only where hostNetwork is allowed.
func TestTheChartOnARealAPIServer(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	server.Apply(t, []byte(`
{apiVersion: v1, kind: Namespace, metadata: {name: plimsoll, labels: {pod-security.kubernetes.io/enforce: restricted}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: nodes, labels: {pod-security.kubernetes.io/enforce: privileged}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: payments}}
`))
	text := rendered(t, append(everything, "--set", "node.enabled=false,cluster.namespaces={payments}")...)
	server.Apply(t, []byte(text))
	server.Apply(t, []byte(rendered(t)))
	nodes := rendered(t, append(everything, "--set", "cluster.enabled=false", "--namespace", "nodes")...)
	server.Apply(t, []byte(nodes))

	for _, found := range documents(t, text) {
		if found.Kind == "CronJob" {
			template := found.Spec["jobTemplate"].(map[string]any)["spec"].(map[string]any)["template"].(map[string]any)
			server.Apply(t, podOf(t, "plimsoll", template["spec"]))
		}
	}
	for _, found := range documents(t, nodes) {
		require.NotContains(t, []string{"ClusterRole", "Role", "CronJob"}, found.Kind)
		if found.Kind == "DaemonSet" {
			server.Apply(t, podOf(t, "nodes", found.Spec["template"].(map[string]any)["spec"]))
		}
	}
}

func podOf(t *testing.T, namespace string, spec any) []byte {
	t.Helper()
	out, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "try", "namespace": namespace}, "spec": spec})
	require.NoError(t, err)
	return out
}

func TestTheChartsCommandsAreOnesThatWeTake(t *testing.T) {
	ran := 0
	for _, found := range documents(t, rendered(t, append(everything, "--set", "cluster.apiMetrics=true,cluster.releases=false,cluster.namespaces={shop}")...)) {
		spec := found.Spec
		switch found.Kind {
		case "CronJob":
			spec = spec["jobTemplate"].(map[string]any)["spec"].(map[string]any)
		case "DaemonSet":
		default:
			continue
		}
		container := spec["template"].(map[string]any)["spec"].(map[string]any)["containers"].([]any)[0].(map[string]any)
		var arguments []string
		for _, argument := range container["args"].([]any) {
			arguments = append(arguments, argument.(string))
		}
		require.NoError(t, refuseSecrets(arguments))
		command, rest, err := newRoot().Find(arguments)
		require.NoError(t, err)
		require.NoError(t, command.ParseFlags(rest))
		require.Empty(t, command.Flags().Args())
		ran++
	}
	require.Equal(t, 2, ran)
}

func TestOurOwnRulesFindNothingInTheChart(t *testing.T) {
	folder := t.TempDir()
	for name, more := range map[string][]string{"cluster": nil, "nodes": {"--set", "cluster.enabled=false,node.enabled=true"}} {
		file := filepath.Join(folder, name+".yaml")
		require.NoError(t, os.WriteFile(file, []byte(rendered(t, more...)), 0o600))
		requireNoFindings(t, file)
	}
}

// TestTheChartsSchemaIsOne: JSON Schema 2020-12, and every default is what it asks for.
func TestTheChartsSchemaIsOne(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(chart + "/values.schema.json")
	require.NoError(t, err)
	text, err := os.ReadFile(chart + "/values.yaml")
	require.NoError(t, err)
	var values any
	require.NoError(t, yaml.Unmarshal(text, &values))
	require.NoError(t, schema.Validate(values))
	for name := range values.(map[string]any) {
		require.Contains(t, schema.Properties, name)
	}
}

// TestTheChartAsAPartOfAnother: a chart that stands on it gives its values under its name.
func TestTheChartAsAPartOfAnother(t *testing.T) {
	whole := t.TempDir()
	require.NoError(t, os.WriteFile(whole+"/Chart.yaml", []byte("{apiVersion: v2, name: whole, version: 1.0.0, dependencies: [{name: plimsoll-collector, version: 0.1.0}]}"), 0o600))
	require.NoError(t, os.WriteFile(whole+"/values.yaml", []byte("global: {team: x}\nplimsoll-collector: {upload: {url: 'https://plimsoll.example', platform: p1}}\n"), 0o600))
	require.NoError(t, os.CopyFS(whole+"/charts/plimsoll-collector", os.DirFS(chart)))
	out, complaints, err := charttool.Run(t, "helm", "template", "app", whole)
	require.NoError(t, err, complaints)
	require.Contains(t, out, "# Source: whole/charts/plimsoll-collector/templates/cronjob.yaml")
	require.Contains(t, out, "--platform=p1")
}
