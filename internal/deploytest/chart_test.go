package deploytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/manifests"
	"plimsoll/internal/charttool"
	"plimsoll/internal/kubetest"
	"plimsoll/server"
)

const chart = root + "/deploy/charts/plimsoll"

var least = []string{"--set", "url=https://plimsoll.example,oidc.issuer=https://login.example"}

// everything sets what is off or empty by default, but for what needs definitions of others.
var everything = append(slices.Clone(least), "--set", "ingress.enabled=true,ingress.className=nginx,ingress.tlsSecret=tls,autoscaling.enabled=true,caSecret.name=ca,"+
	"database.pooler=transaction,trustedProxies={10.0.0.0/8},maxUploadBytes=1000000,env.HTTPS_PROXY=http://proxy:3128,image.pullSecrets[0].name=pull,"+
	"labels.team=platform,podAnnotations.note=x,nodeSelector.pool=infra,tolerations[0].operator=Exists,priorityClassName=system-cluster-critical,service.annotations.a=b")

// definitions sets what needs the definitions of other software in the cluster.
var definitions = append(slices.Clone(everything), "--set", "gateway.enabled=true,gateway.parentRefs[0].name=edge,metrics.serviceMonitor.enabled=true,metrics.serviceMonitor.labels.release=prometheus")

func rendered(t *testing.T, settings []string) string {
	t.Helper()
	out, complaints, err := charttool.Run(t, "helm", append([]string{"template", "plimsoll", chart, "--namespace", "plimsoll"}, settings...)...)
	require.NoError(t, err, complaints)
	return out
}

type document struct {
	Kind     string
	Metadata struct{ Name string }
	Spec     map[string]any
}

func documents(t *testing.T, text string) map[string]document {
	t.Helper()
	all := map[string]document{}
	for decoder := yaml.NewDecoder(strings.NewReader(text)); ; {
		var found document
		err := decoder.Decode(&found)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		if found.Kind != "" {
			all[found.Kind+" "+found.Metadata.Name] = found
		}
	}
}

// at walks down a document.
func at(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			value = value.(map[string]any)[step]
		case int:
			value = value.([]any)[step]
		}
		require.NotNil(t, value, "%v", path)
	}
	return value
}

func TestTheChartPassesHelmsOwnLint(t *testing.T) {
	for _, settings := range [][]string{least, everything, definitions} {
		out, complaints, err := charttool.Run(t, "helm", append([]string{"lint", "--strict", chart}, settings...)...)
		require.NoError(t, err, out+complaints)
		require.Contains(t, out, "1 chart(s) linted, 0 chart(s) failed")
	}
}

func TestWhatTheChartDoesNotTake(t *testing.T) {
	for name, c := range map[string]struct{ set, says string }{
		"no address":          {"url=", "url: by which address do browsers reach it?"},
		"a plain address":     {"url=http://plimsoll.example", "/url"},
		"an address's path":   {"url=https://plimsoll.example/tools", "/url"},
		"no provider":         {"oidc.issuer=", "oidc.issuer: who signs people in?"},
		"a secret as a value": {"oidc.clientSecret.value=x", "additional properties 'value' not allowed"},
		"a misspelt setting":  {"replica=3", "additional properties 'replica' not allowed"},
		"too few connections": {"database.connections=1", "/database/connections"},
		"a route to nowhere":  {"gateway.enabled=true", "/gateway/parentRefs"},
		"another pooler":      {"database.pooler=session", "/database/pooler"},
	} {
		t.Run(name, func(t *testing.T) {
			arguments := append([]string{"template", "plimsoll", chart}, least...)
			_, complaints, err := charttool.Run(t, "helm", append(arguments, "--set", c.set)...)
			require.Error(t, err)
			require.Contains(t, complaints, c.says)
		})
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

// TestTheChartOnARealAPIServer: each object is decoded strictly, and its pods are let into a namespace that is restricted.
func TestTheChartOnARealAPIServer(t *testing.T) {
	t.Parallel()
	api := kubetest.Start(t)
	for namespace, settings := range map[string][]string{"least": least, "everything": everything} {
		api.Apply(t, fmt.Appendf(nil, "{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {pod-security.kubernetes.io/enforce: restricted}}}", namespace))
		text := rendered(t, append(slices.Clone(settings), "--namespace", namespace))
		api.Apply(t, []byte(text))
		all := documents(t, text)
		for _, workload := range []string{"Deployment plimsoll", "Job plimsoll-migrate"} {
			spec := at(t, all[workload].Spec, "template", "spec").(map[string]any)
			delete(spec, "serviceAccountName") // another controller makes accounts usable
			name, _, _ := strings.Cut(strings.ToLower(workload), " ")
			pod, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": name, "namespace": namespace}, "spec": spec})
			require.NoError(t, err)
			api.Apply(t, pod)
		}
	}
}

// TestTheChartsSettingsAreOnesThatWeTake: our own reading of what the chart gives the program finds nothing wrong.
func TestTheChartsSettingsAreOnesThatWeTake(t *testing.T) {
	for _, settings := range [][]string{least, everything} {
		container := at(t, documents(t, rendered(t, settings))["Deployment plimsoll"].Spec, "template", "spec", "containers", 0)
		require.Equal(t, []any{"plimsoll"}, at(t, container, "command"))
		require.Equal(t, []any{"serve"}, at(t, container, "args"))
		environment := map[string]string{}
		for _, one := range at(t, container, "env").([]any) {
			name, value := at(t, one, "name").(string), at(t, one, "value").(string)
			require.NotContains(t, environment, name)
			require.True(t, known()[name] || name == "HTTPS_PROXY", "%s is no setting of ours", name)
			if path, isFile := strings.CutPrefix(value, "/secrets/"); isFile { // as the pod's volumes bring it
				value = filepath.Join(t.TempDir(), filepath.Base(path))
				require.NoError(t, os.WriteFile(value, []byte("secret\n"), 0o600))
			}
			environment[name] = value
		}
		config, err := server.ConfigFromEnvironment(func(name string) (string, bool) { value, set := environment[name]; return value, set })
		require.NoError(t, err)
		require.Equal(t, "secret", config.Provider.ClientSecret)
		require.Equal(t, "secret", config.DatabaseURL)
		require.Equal(t, ":9090", config.MetricsAddress)
	}
}

// TestStoppingTakesNoLongerThanItIsGiven: let go of by Services, then what is under way, all before the kill.
func TestStoppingTakesNoLongerThanItIsGiven(t *testing.T) {
	spec := at(t, documents(t, rendered(t, least))["Deployment plimsoll"].Spec, "template", "spec")
	sleep := at(t, spec, "containers", 0, "lifecycle", "preStop", "sleep", "seconds").(int)
	all := at(t, spec, "terminationGracePeriodSeconds").(int)
	require.Positive(t, sleep)
	require.Greater(t, time.Duration(all-sleep)*time.Second, server.StopPatience)
}

// onlyElsewhere is what files can't tell of anybody's manifests.
var onlyElsewhere = []string{
	"only a running cluster can tell; files were given",
	"the organization has not listed its own registries",
	"no source repository was read",
	"only the labels of its workloads tell of it: how its last deployment ended was not seen",
	"no workload that serves the cluster's names was seen; something outside of the cluster's own workloads may",
}

func TestOurOwnRulesFindNothingInTheChart(t *testing.T) {
	for _, settings := range [][]string{least, definitions} {
		file := filepath.Join(t.TempDir(), "rendered.yaml")
		require.NoError(t, os.WriteFile(file, []byte(rendered(t, settings)), 0o600))
		builder := facts.NewBuilder(facts.Options{})
		inputs, err := manifests.Read(t.Context(), []string{file}, nil, func(record snapshot.Record) error { builder.Add(record); return nil })
		require.NoError(t, err)
		require.Empty(t, inputs.Skipped)
		require.Equal(t, 2, inputs.Workloads)
		result := assessments.Assess(assessments.Input{Content: content.V1(), Facts: builder.Build(), AsOf: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)})
		require.Empty(t, result.Findings)
		points := 0
		for _, pillar := range result.Pillars {
			if pillar.Applies && pillar.Value != nil {
				points++
				require.GreaterOrEqual(t, *pillar.Value, 95*assessments.Micros(1e6), pillar.ID)
			}
		}
		require.Equal(t, 4, points, "all but the JVM, of which there is none")
		for _, unseen := range result.CouldNotSee {
			require.Contains(t, onlyElsewhere, unseen.Why, unseen.What)
		}
	}
}
