package patch_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
)

func TestAPatchReachesTheContainerOfEveryKind(t *testing.T) {
	for kind, want := range map[string]string{
		"Deployment": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: nginx:1.27\n",
		"CronJob":    "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - name: app\n              image: nginx:1.27\n",
		"Pod":        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  containers:\n    - name: app\n      image: nginx:1.27\n",
	} {
		w := &facts.Workload{Workload: &snapshot.Workload{Kind: kind, Namespace: "shop", Name: "web"}}
		c := &facts.Container{Container: &snapshot.Container{Name: "app", Role: snapshot.RoleRegular}, Workload: w}
		require.Equal(t, want, patch.Container(c, patch.Field{Key: "image", Value: "nginx:1.27"}), kind)
	}
}

func TestForeignTextStaysText(t *testing.T) {
	for _, hostile := range []string{"a: b", "yes", "12", "x\nspec: {}", "# none", "\u202eweb", "'\"", "*a", "!!int 1"} {
		w := &facts.Workload{Workload: &snapshot.Workload{Kind: "Deployment", APIVersion: "apps/v1", Namespace: "shop", Name: hostile}}
		var decoded struct{ Metadata struct{ Name any } }
		require.NoError(t, yaml.Unmarshal([]byte(patch.Workload(w, patch.Field{Key: "replicas", Value: 2})), &decoded))
		require.Equal(t, hostile, decoded.Metadata.Name)
	}
	w := &facts.Workload{Workload: &snapshot.Workload{Kind: "CronJob", Namespace: "shop", Name: "nightly"}}
	c := &facts.Container{Container: &snapshot.Container{Name: "a\n  b", Role: snapshot.RoleRegular}, Workload: w}
	var deep struct {
		Spec struct {
			JobTemplate struct {
				Spec struct {
					Template struct {
						Spec struct {
							Containers []struct{ Name, Image string }
						}
					}
				}
			} `yaml:"jobTemplate"`
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(patch.Container(c, patch.Field{Key: "image", Value: "a\nb: c"})), &deep))
	require.Equal(t, []struct{ Name, Image string }{{"a\n  b", "a\nb: c"}}, deep.Spec.JobTemplate.Spec.Template.Spec.Containers, "on one line, however deep")
	require.Panics(t, func() { patch.Object("v1", "Service", "shop", "\xff") }, "a snapshot holds no such bytes")
}

func TestLabelsGoOnTheWorkloadItself(t *testing.T) {
	w := &facts.Workload{Workload: &snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web"}}
	label := patch.Field{Key: "app.kubernetes.io/version", Value: "1.2.3"}
	require.Equal(t, "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\n  labels:\n    app.kubernetes.io/version: 1.2.3\n", patch.Labels(w, label))
	w.APIVersion, w.Kind = "example.com/v1", "Rollout"
	require.Contains(t, patch.Labels(w, label), "apiVersion: example.com/v1\nkind: Rollout\n")
}

func TestAHandlerIsRepeatedWholeOrNotAtAll(t *testing.T) {
	for _, c := range []struct {
		probe snapshot.Probe
		whole bool
	}{
		{snapshot.Probe{Handler: "httpGet", Path: "/live", Port: "8080"}, true},
		{snapshot.Probe{Handler: "tcpSocket", Port: "http"}, true},
		{snapshot.Probe{Handler: "grpc", Port: "9000"}, true},
		{snapshot.Probe{Handler: "httpGet", Path: "/live", Port: "8443", CommandDigest: "scheme"}, false},
		{snapshot.Probe{Handler: "exec", CommandDigest: "aaaa"}, false},
		{snapshot.Probe{Handler: "tcpSocket"}, false},
		{snapshot.Probe{Handler: "exec", Port: "8080"}, false},
	} {
		field, whole := patch.Handler(&c.probe)
		require.Equal(t, whole, field.Key != "", "%+v", c.probe)
		require.Equal(t, c.whole, whole, "%+v", c.probe)
	}
	require.Equal(t, 8080, patch.Port("8080"))
	require.Equal(t, "http", patch.Port("http"))
}
