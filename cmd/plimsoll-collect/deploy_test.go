package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/manifests"
	"plimsoll/internal/kubetest"
)

const cronJob = "../../deploy/collector/cluster-cronjob.yaml"

func TestTheCronJobHoldsTheRightsThatRBACPrints(t *testing.T) {
	file, err := os.ReadFile(cronJob)
	require.NoError(t, err)
	printed := start(t, "rbac")
	require.Zero(t, printed.code, printed.stderr)
	require.Contains(t, string(file), printed.stdout, "paste what plimsoll-collect rbac prints")
}

func TestOurOwnRulesFindNothingInWhatWeDeploy(t *testing.T) {
	files, err := filepath.Glob("../../deploy/collector/*.yaml")
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { requireNoFindings(t, file) })
	}
}

// requireNoFindings holds our own rules against a file with one workload.
func requireNoFindings(t *testing.T, file string) {
	t.Helper()
	builder := facts.NewBuilder(facts.Options{})
	inputs, err := manifests.Read(t.Context(), []string{file}, nil, func(record snapshot.Record) error {
		builder.Add(record)
		return nil
	})
	require.NoError(t, err)
	require.Empty(t, inputs.Skipped)
	require.Equal(t, 1, inputs.Workloads)
	result := assessments.Assess(assessments.Input{Content: content.V1(), Facts: builder.Build(), AsOf: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)})
	require.Empty(t, result.Findings)
	require.Equal(t, 1, result.Rules["delivery/resources-declared"].Pass, "it was judged at all")
	require.NotZero(t, result.Rules["delivery/image-version"].Pass+result.Rules["delivery/image-version"].Unknown, "it was judged at all")
}

func TestTheCronJobsCommandIsOneThatWeTake(t *testing.T) {
	spec := podOfCronJob(t)
	container := spec["containers"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"plimsoll-collect"}, container["command"])
	var arguments []string
	for _, argument := range container["args"].([]any) {
		arguments = append(arguments, argument.(string))
	}
	command, rest, err := newRoot().Find(arguments)
	require.NoError(t, err)
	require.Equal(t, "cluster", command.Name())
	require.NoError(t, command.ParseFlags(rest))
	require.Empty(t, command.Flags().Args())
}

// TestTheCronJobOnARealAPIServer: strictly decoded, and the pod that its controller would make is let into its namespace, which
// enforces restricted.
func TestTheCronJobOnARealAPIServer(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	file, err := os.ReadFile(cronJob)
	require.NoError(t, err)
	server.Apply(t, file)
	pod, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "try", "namespace": "plimsoll"}, "spec": podOfCronJob(t),
	})
	require.NoError(t, err)
	server.Apply(t, pod)
}

// podOfCronJob is the specification in its template.
func podOfCronJob(t *testing.T) map[string]any {
	t.Helper()
	file, err := os.ReadFile(cronJob)
	require.NoError(t, err)
	for decoder := yaml.NewDecoder(bytes.NewReader(file)); ; {
		var found struct {
			Kind string
			Spec struct {
				JobTemplate struct {
					Spec struct{ Template struct{ Spec map[string]any } }
				} `yaml:"jobTemplate"`
			}
		}
		err := decoder.Decode(&found)
		require.False(t, errors.Is(err, io.EOF), "no CronJob")
		require.NoError(t, err)
		if found.Kind == "CronJob" {
			return found.Spec.JobTemplate.Spec.Template.Spec
		}
	}
}
