package node_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/internal/kubetest"
)

const daemonSet = "../../deploy/collector/node-daemonset.yaml"

// outcry takes what a helper of tests fails with.
type outcry struct {
	testing.TB
	text string
}

func (o *outcry) Helper() {}

func (o *outcry) Fatalf(format string, values ...any) {
	o.text = fmt.Sprintf(format, values...)
	runtime.Goexit()
}

// refused applies a manifest, and gives what the API server says against it; "" where it takes it.
func refused(t *testing.T, server *kubetest.Server, manifest []byte) string {
	t.Helper()
	o := &outcry{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Apply(o, manifest)
	}()
	<-done
	return o.text
}

// pod is what the DaemonSet's controller makes of its template in a namespace.
func pod(t *testing.T, namespace string, hostNetwork bool) []byte {
	t.Helper()
	file, err := os.ReadFile(daemonSet)
	require.NoError(t, err)
	for decoder := yaml.NewDecoder(bytes.NewReader(file)); ; {
		var found struct {
			Kind string
			Spec struct{ Template struct{ Spec map[string]any } }
		}
		err := decoder.Decode(&found)
		require.False(t, errors.Is(err, io.EOF), "no DaemonSet")
		require.NoError(t, err)
		if found.Kind != "DaemonSet" {
			continue
		}
		spec := found.Spec.Template.Spec
		spec["hostNetwork"] = hostNetwork
		delete(spec, "serviceAccountName") // its name's own namespace is another
		out, err := yaml.Marshal(map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "node", "namespace": namespace}, "spec": spec})
		require.NoError(t, err)
		return out
	}
}

// TestTheDaemonSetOnARealAPIServer: strictly decoded, with Pod Security as every cluster has it.
func TestTheDaemonSetOnARealAPIServer(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	manifest, err := os.ReadFile(daemonSet)
	require.NoError(t, err)
	require.Empty(t, refused(t, server, manifest))
	require.Contains(t, refused(t, server, []byte(strings.Replace(string(manifest), "hostNetwork:", "hostNetwrk:", 1))), "hostNetwrk", "a misspelt field is found")

	for _, level := range []string{"baseline", "restricted"} {
		server.Apply(t, []byte(fmt.Sprintf("{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {pod-security.kubernetes.io/enforce: %s}}}", level, level)))
		got := refused(t, server, pod(t, level, true))
		require.Contains(t, got, fmt.Sprintf(`violates PodSecurity "%s:latest": host namespaces (hostNetwork=true)`, level))
		require.Equal(t, 1, strings.Count(got, "=true)"), got)
		require.True(t, strings.HasSuffix(got, "(hostNetwork=true)"), "hostNetwork is all that stands in the way: %s", got)
	}
	require.Empty(t, refused(t, server, pod(t, "restricted", false)), "all else is as restricted asks")
	require.Empty(t, refused(t, server, pod(t, "plimsoll-node", true)), "its own namespace takes it")
}
