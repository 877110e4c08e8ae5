package cluster_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/collectors/allow"
	"plimsoll/collectors/allow/allowtest"
	"plimsoll/internal/kubetest"
)

// planted is a server that speaks the protocol of lists over objects of every kind that the collector asks for, in which every text is a
// marker. No API server's validation stands between them and the collector.
type plantedServer struct {
	garden  *allowtest.Garden
	objects map[string][]map[string]any // path of the collection → its objects
	named   map[string]map[string]any   // path of the object
	served  map[string]bool             // kinds whose objects were asked for
	answers map[string]any
	metrics string
}

// plant makes the objects. Those of Kubernetes' own kinds hold every field that the API server's schemas name.
func plant(t *testing.T, schemas func(k allow.Kind) *allowtest.Schema) *plantedServer {
	t.Helper()
	d := allow.Listed()
	s := &plantedServer{garden: allowtest.NewGarden(), objects: map[string][]map[string]any{}, named: map[string]map[string]any{}, served: map[string]bool{}, answers: map[string]any{}}
	for _, k := range d.Lists {
		for _, variant := range allowtest.Variants {
			s.add(pathOf(k, ""), k, variant, schemas(k))
		}
	}
	for _, k := range d.Metadata {
		for _, variant := range allowtest.Variants {
			s.add(pathOf(k, "")+"?", k, variant, schemas(k))
		}
	}
	for _, k := range d.Objects {
		k.Versions = []string{"v1"}
		for _, name := range k.Names {
			path := pathOf(k, k.Namespace) + "/" + name
			s.named[path] = s.garden.Object(k, "markers", schemas(k))
			set(s.named[path], name, "metadata", "name")
		}
	}
	s.join()
	groups := []any{}
	for group, versions := range groupsOf(d.Lists) {
		served := []any{}
		for _, version := range versions {
			served = append(served, map[string]any{"version": version, "groupVersion": s.garden.Mark("/apis", "groupVersion", nil)})
		}
		groups = append(groups, map[string]any{"name": group, "versions": served, "serverAddress": s.garden.Mark("/apis", "serverAddress", nil)})
	}
	groups = append(groups, map[string]any{"name": s.garden.Mark("/apis", "name", nil), "versions": []any{map[string]any{"version": "v1"}}})
	s.answers["/apis"] = map[string]any{"kind": "APIGroupList", "groups": groups}
	version := allow.Path("/version")
	s.answers["/version"] = map[string]any{"gitVersion": s.garden.Mark("/version", "gitVersion", version.Fields[0]), "buildDate": s.garden.Mark("/version", "buildDate", nil), "gitCommit": s.garden.Mark("/version", "gitCommit", nil)}
	requested := allow.Path("/metrics").Fields[0]
	s.metrics = fmt.Sprintf("apiserver_requested_deprecated_apis{group=%q,version=%q,resource=%q,removed_release=%q} 1\nother{user=%q} 1\nprocess_start_time_seconds 1.7e9\n",
		s.garden.Mark("/metrics", "group", asName(requested)), s.garden.Mark("/metrics", "version", asName(requested)), s.garden.Mark("/metrics", "resource", asName(requested)),
		s.garden.Mark("/metrics", "removed_release", nil), s.garden.Mark("/metrics", "user", nil))
	return s
}

// asName is a field of /metrics, of which the labels are copied.
func asName(f *allow.Field) *allow.Field {
	out := *f
	out.Form = "name"
	return &out
}

func (s *plantedServer) add(path string, k allow.Kind, variant string, schema *allowtest.Schema) {
	s.objects[path] = append(s.objects[path], s.garden.Object(k, variant, schema))
}

// join makes the objects with words find one another: one namespace, one label, one chain of owners.
func (s *plantedServer) join() {
	words := slices.Index(allowtest.Variants, "words")
	namespace := s.garden.Mark("Namespace", "metadata.namespace", &allow.Field{Form: "name"})
	label := s.garden.Mark("Service", "spec.selector{}", nil)
	at := func(path string) map[string]any { return s.objects[path][words] }
	for _, objects := range s.objects {
		if len(objects) > words {
			set(objects[words], namespace, "metadata", "namespace")
			set(objects[words], map[string]any{label: label}, "spec", "template", "metadata", "labels")
		}
	}
	set(at("/apis/apps/v1/deployments"), "deployment", "metadata", "uid")
	set(at("/apis/apps/v1/replicasets"), "replicaset", "metadata", "uid")
	set(at("/apis/apps/v1/replicasets"), []any{map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "uid": "deployment", "controller": true}}, "metadata", "ownerReferences")
	set(at("/api/v1/pods"), []any{map[string]any{"apiVersion": "apps/v1", "kind": "ReplicaSet", "uid": "replicaset", "controller": true}}, "metadata", "ownerReferences")
	set(at("/api/v1/pods"), "pod", "metadata", "uid")
	set(at("/api/v1/events"), "pod", "involvedObject", "uid")
	set(at("/api/v1/services"), map[string]any{label: label}, "spec", "selector")
	set(at("/apis/policy/v1/poddisruptionbudgets"), map[string]any{"matchLabels": map[string]any{label: label}}, "spec", "selector")
	node := at("/api/v1/nodes")["metadata"].(map[string]any)["name"]
	set(at("/api/v1/pods"), node, "spec", "nodeName")
	service := at("/api/v1/services")["metadata"].(map[string]any)["name"]
	set(at("/apis/discovery.k8s.io/v1/endpointslices"), map[string]any{"kubernetes.io/service-name": service}, "metadata", "labels")
}

// set replaces what stands at a path, where its parents are there.
func set(object map[string]any, value any, path ...string) {
	for _, name := range path[:len(path)-1] {
		below, ok := object[name].(map[string]any)
		if !ok {
			return
		}
		object = below
	}
	object[path[len(path)-1]] = value
}

func pathOf(k allow.Kind, namespace string) string {
	path := "/api/" + k.Versions[0]
	if k.Group != "" {
		path = "/apis/" + k.Group + "/" + k.Versions[0]
	}
	if namespace != "" {
		path += "/namespaces/" + namespace
	}
	return path + "/" + k.Resource
}

func groupsOf(kinds []allow.Kind) map[string][]string {
	groups := map[string][]string{}
	for _, k := range kinds {
		if k.Group != "" && !slices.Contains(groups[k.Group], k.Versions[0]) {
			groups[k.Group] = append(groups[k.Group], k.Versions[0])
		}
	}
	return groups
}

func (s *plantedServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	w.Header().Set("Content-Type", "application/json")
	if answer, known := s.answers[path]; known {
		_ = json.NewEncoder(w).Encode(answer)
		return
	}
	if path == "/metrics" {
		_, _ = io.WriteString(w, s.metrics)
		return
	}
	if one, known := s.named[path]; known {
		_ = json.NewEncoder(w).Encode(one)
		return
	}
	if r.URL.Query().Has("labelSelector") {
		path += "?"
	}
	objects, known := s.objects[path]
	if !known {
		status(w, http.StatusNotFound, "NotFound", "")
		return
	}
	s.served[path] = true
	_ = json.NewEncoder(w).Encode(map[string]any{"kind": "List", "apiVersion": "v1", "metadata": map[string]any{"resourceVersion": "1"}, "items": objects})
}

// serverSchemas reads what the real API server says of its own kinds.
func serverSchemas(t *testing.T) func(k allow.Kind) *allowtest.Schema {
	t.Helper()
	server := kubetest.Shared(t)
	bundle, err := os.ReadFile(server.CA)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(bundle))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	t.Cleanup(client.CloseIdleConnections)
	documents := map[string]allowtest.Schemas{}
	return func(k allow.Kind) *allowtest.Schema {
		if k.Optional && k.Group != "networking.k8s.io" {
			return nil
		}
		version := "v1"
		if len(k.Versions) > 0 {
			version = k.Versions[0]
		}
		path := "/openapi/v3/api/" + version
		if k.Group != "" {
			path = "/openapi/v3/apis/" + k.Group + "/" + version
		}
		if documents[path] == nil {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
			require.NoError(t, err)
			request.Header.Set("Authorization", "Bearer "+server.Token)
			answer, err := client.Do(request)
			require.NoError(t, err)
			defer answer.Body.Close()
			require.Equal(t, http.StatusOK, answer.StatusCode, path)
			document, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			documents[path], err = allowtest.ReadSchemas(document)
			require.NoError(t, err)
		}
		schema := documents[path].Of(k.Group, version, k.Object)
		require.NotNil(t, schema, k)
		return schema
	}
}

// TestEveryTextOfEveryKind fills every text of every kind with a marker, takes a snapshot, and finds in it those alone that the allow-list
// lets leave, each where it says.
func TestEveryTextOfEveryKind(t *testing.T) {
	s := plant(t, serverSchemas(t))
	front := httptest.NewServer(s)
	t.Cleanup(front.Close)
	o := options()
	o.APIMetrics = true
	var steps []string
	o.Progress = func(step string) { steps = append(steps, step) }
	raw, summary := collectBytes(t, kubetest.WriteKubeconfig(t, front.URL, "", "token"), o)
	require.GreaterOrEqual(t, len(s.served), 60, "kinds that were asked for")
	require.Len(t, s.served, len(allow.Listed().Lists)+len(allow.Listed().Metadata))
	require.Greater(t, len(s.garden.Planted), 20_000)

	for _, said := range []any{summary, steps} {
		for marker := range markersIn(t, said) {
			p := s.garden.Planted[marker]
			require.True(t, p.Path == "metadata.name" || p.Path == "metadata.namespace", "%v is said to the user", p)
		}
	}
	left := left(t, s.garden, raw)
	t.Logf("%d markers in %d kinds of objects, %d of them left", len(s.garden.Planted), len(s.served), len(left))
	reached := map[string]bool{}
	for marker := range left {
		reached[s.garden.Planted[marker].Kind] = true
	}
	require.GreaterOrEqual(t, len(reached), 60, "kinds of which something left: %v", slices.Sorted(maps.Keys(reached)))
	require.Greater(t, len(left), 500, "it looks at a snapshot of these very objects")
	for _, note := range summary.Refused {
		require.Contains(t, note.Detail, "objects could not be decoded", note)
	}
}

func markersIn(t *testing.T, value any) map[string]bool {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	found := map[string]bool{}
	for _, marker := range allowtest.Markers.FindAllString(string(text), -1) {
		found[marker] = true
	}
	return found
}

// left holds the markers of a snapshot against the list, each at its place.
func left(t *testing.T, garden *allowtest.Garden, raw []byte) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	var wrong []string
	for line := range strings.Lines(expand(t, raw)) {
		stray, seen, err := garden.Stray([]byte(line))
		require.NoError(t, err)
		require.Len(t, seen, len(distinct(allowtest.Markers.FindAllString(line, -1))), "the walk saw every marker")
		wrong = append(wrong, stray...)
		maps.Copy(found, seen)
	}
	slices.Sort(wrong)
	require.Empty(t, strings.Join(slices.Compact(wrong), "\n"))
	return found
}

func distinct(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}
