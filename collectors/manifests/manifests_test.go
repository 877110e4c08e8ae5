package manifests

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

// read gives the records of manifests on standard input, by kind.
func read(t testing.TB, text string) (Inputs, map[snapshot.Kind][]snapshot.Record) {
	t.Helper()
	return readPaths(t, text, "-")
}

func readPaths(t testing.TB, stdin string, paths ...string) (Inputs, map[snapshot.Kind][]snapshot.Record) {
	t.Helper()
	records := map[snapshot.Kind][]snapshot.Record{}
	inputs, err := Read(context.Background(), paths, strings.NewReader(stdin), func(r snapshot.Record) error {
		records[r.RecordKind()] = append(records[r.RecordKind()], r)
		return nil
	})
	require.NoError(t, err)
	return inputs, records
}

// names are those of the workloads, in the order they came.
func names(records map[snapshot.Kind][]snapshot.Record) []string {
	var out []string
	for _, r := range records[snapshot.KindWorkload] {
		out = append(out, r.(snapshot.Workload).Name)
	}
	return out
}

func deployment(name string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + "}\nspec: {template: {spec: {containers: [{name: a, image: b}]}}}\n"
}

func TestOneBadDocumentNeverCostsAGoodOne(t *testing.T) {
	alias := "x0: &x0 [a,a,a,a,a,a,a,a,a,a]\n"
	for i := 1; i < 9; i++ {
		alias += fmt.Sprintf("x%d: &x%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d,", i-1), 10), ","))
	}
	for name, c := range map[string]struct {
		bad    string
		line   int // within the bad document
		reason string
	}{
		"syntax":              {"a: b: c", 1, "no YAML: mapping values are not allowed in this context"},
		"open bracket":        {"a: [b", 1, "no YAML: did not find expected ',' or ']'"},
		"tab":                 {"a:\n\tb: c", 2, "no YAML: found character that cannot start any token"},
		"no object":           {"foo: bar", 1, "no Kubernetes object: apiVersion and kind missing"},
		"no kind":             {"# c\napiVersion: v1", 2, "no Kubernetes object: kind missing"},
		"a list":              {"- a\n- b", 1, "no Kubernetes object: a list"},
		"a word":              {"hello", 1, "no Kubernetes object: a plain value"},
		"null":                {"null", 1, "no Kubernetes object: null"},
		"kind is a list":      {"apiVersion: v1\nkind: [Pod]", 2, "kind: want a string, got a list"},
		"kind is a number":    {"apiVersion: v1\nkind: 3", 2, "kind: want a string, got 3"},
		"version is a number": {"apiVersion: 1\nkind: Pod", 1, "apiVersion: want a string, got 1"},
		"word for a number":   {deployment("x") + "status: {}\n" + "# c\n", 0, ""},
		"replicas":            {"apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: \"three\"", 4, `spec.replicas: want an integer, got a text`},
		"negative replicas":   {"apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: -3", 4, "spec.replicas: want 0 or more, got -3"},
		"too many replicas":   {"apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: 2147483648", 4, "spec.replicas: want at most 2147483647, got 2147483648"},
		"negative period":     {"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - livenessProbe: {periodSeconds: -1}", 5, "spec.containers[0].livenessProbe.periodSeconds: want 0 or more, got -1"},
		"negative grace":      {strings.Replace(deployment("x"), "{containers", "{terminationGracePeriodSeconds: -1, containers", 1), 0, ""}, // the API takes it as 1
		"binary with braces":  {"apiVersion: v1\nkind: \"{{\xff\"", 2, "bytes that are no UTF-8"},
		"double key":          {"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n  labels: {}\n  name: b", 6, `the key "name" stands there twice`},
		"double key at top":   {"apiVersion: v1\nkind: Pod\nkind: Pod", 3, `the key "kind" stands there twice`},
		"double key, wide":    {"apiVersion: v1\nkind: ConfigMap\ndata:\n" + wide(20) + "  k3: again", 24, `the key "k3" stands there twice`},
		"alias bomb":          {"apiVersion: v1\nkind: ConfigMap\n" + alias, 8, "aliases unfold to 200000 values more than are written, in all inputs together: write out what it repeats"},
		"alias of itself":     {"apiVersion: v1\nkind: ConfigMap\ndata: &a {b: *a}", 3, "the alias *a stands inside of what it repeats"},
		"unknown alias":       {"apiVersion: v1\nkind: ConfigMap\ndata: *nowhere", 0, "no YAML: unknown anchor 'nowhere' referenced"},
		"too deep":            {"apiVersion: v1\nkind: ConfigMap\ndata: " + strings.Repeat("[", 300) + strings.Repeat("]", 300), 3, "nested deeper than 200"},
		"bad UTF-8":           {"apiVersion: v1\nkind: \"\xff\"", 2, "bytes that are no UTF-8"},
		"NUL":                 {"apiVersion: v1\nkind: \"\x00\"", 2, "zero bytes: no text, or UTF-16; save it as UTF-8"},
		"long name":           {"apiVersion: v1\nkind: Pod\nmetadata: {name: " + strings.Repeat("n", 600) + "}", 1, "workload.name: 600 bytes are beyond the bound of 512"},
		"template":            {"apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: {{ .Values.replicas }}", 4, "a template ({{ … }}), no finished manifest: render it first, as with helm template (a key that is no plain value)"},
		"template line":       {"{{- if .Values.on }}\napiVersion: apps/v1\nkind: Deployment\n{{- end }}", 1, "a template ({{ … }}), no finished manifest: render it first, as with helm template (no YAML: did not find expected node content)"},
		"two without a mark":  {"{apiVersion: v1, kind: Pod}\n{apiVersion: v1, kind: Pod}", 2, "no YAML: did not find expected <document start>"},
		"cut JSON":            {`{"apiVersion": "v1", "kind": "Pod"`, 1, "no YAML: did not find expected ',' or '}'"},
		"quantity":            {"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - resources:\n      limits: {memory: 512MB}", 6, `spec.containers[0].resources.limits.memory: want a quantity, got "512MB"`},
		"service of a string": {"apiVersion: v1\nkind: Service\nspec: web", 3, `spec: want an object, got a text`},
	} {
		t.Run(name, func(t *testing.T) {
			text := deployment("first") + "---\n" + c.bad + "\n---\n" + deployment("last")
			inputs, records := read(t, text)
			require.Equal(t, 3, inputs.Documents)
			if c.reason == "" {
				require.Equal(t, []string{"first", "x", "last"}, names(records))
				require.Empty(t, inputs.Skipped)
				return
			}
			require.Equal(t, []string{"first", "last"}, names(records))
			require.Len(t, inputs.Skipped, 1)
			skipped := inputs.Skipped[0]
			require.Equal(t, c.reason, skipped.Reason)
			require.Equal(t, "-", skipped.File)
			require.Equal(t, 2, skipped.Document)
			if c.line > 0 {
				require.Equal(t, 5+c.line, skipped.Line)
			}
			require.GreaterOrEqual(t, skipped.Line, 6)
			require.Equal(t, snapshot.Note{Resource: "manifests", Reason: "skipped", Detail: c.reason, Place: snapshot.Place{File: "-", Line: skipped.Line, Document: 2}},
				records[snapshot.KindNote][0])
		})
	}
}

func wide(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  k%d: v\n", i)
	}
	return b.String()
}

func TestPlacesAreThoseOfTheFile(t *testing.T) {
	_, records := read(t, `# a comment

---
# another
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
...
# between
%YAML 1.1
---

apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    template:
      metadata: {labels: {app: web}}
      spec:
        containers:
        - name: a
          image: b
        - image: c
          name: d
- apiVersion: batch/v1
  kind: Job
  metadata: {generateName: run-}
--- {apiVersion: v1, kind: Pod, metadata: {name: naked, namespace: x}}
`)
	workloads := records[snapshot.KindWorkload]
	require.Equal(t, []string{"web", "run-", "naked"}, names(records))
	web := workloads[0].(snapshot.Workload)
	require.Equal(t, snapshot.Place{File: "-", Line: 17, Document: 2}, web.Place)
	require.Equal(t, []int{25, 27}, []int{web.Containers[0].Line, web.Containers[1].Line})
	require.Equal(t, snapshot.Place{File: "-", Line: 29, Document: 2}, workloads[1].(snapshot.Workload).Place)
	require.Equal(t, snapshot.Place{File: "-", Line: 32, Document: 3}, workloads[2].(snapshot.Workload).Place)
	service := records[snapshot.KindService][0].(snapshot.Service)
	require.Equal(t, 5, service.Place.Line)
	require.Equal(t, []snapshot.Ref{{Kind: "Deployment", Namespace: "default", Name: "web", Place: web.Place}}, service.Selects)
	require.Equal(t, []string{"default", "x"}, []string{records[snapshot.KindNamespace][0].(snapshot.Namespace).Name, records[snapshot.KindNamespace][1].(snapshot.Namespace).Name})
}

func TestJSONHasLinesToo(t *testing.T) {
	inputs, records := read(t, `{
  "apiVersion": "v1", "kind": "List",
  "items": [
    {
      "apiVersion": "apps/v1",
      "kind": "Deployment",
      "metadata": {"name": "web \ud83d\ude00"},
      "spec": {"replicas": 2, "template": {"spec": {"containers": [
        {
          "name": "a"}
      ]}}}
    },
    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "b",
      "name": "c"}},
    {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 2.5}}
  ]
}`)
	require.Equal(t, []string{"web 😀"}, names(records))
	web := records[snapshot.KindWorkload][0].(snapshot.Workload)
	require.Equal(t, 5, web.Place.Line)
	require.Equal(t, 10, web.Containers[0].Line)
	require.Equal(t, 2, *web.Replicas)
	require.Equal(t, []Skipped{
		{File: "-", Document: 1, Line: 14, Reason: `the key "name" stands there twice`},
		{File: "-", Document: 1, Line: 15, Reason: "spec.replicas: want an integer, got 2.5"},
	}, inputs.Skipped)
}

func TestTypedListsTellTheirItems(t *testing.T) {
	_, records := read(t, "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\n")
	require.Equal(t, []string{"a", "b"}, names(records))
	require.Equal(t, "Deployment", records[snapshot.KindWorkload][1].(snapshot.Workload).Kind)
}

func TestFoldersAreReadInOrderAndHiddenOnesPassedOver(t *testing.T) {
	root := t.TempDir()
	t.Chdir(root)
	for name, text := range map[string]string{
		"m/b.yaml": deployment("b"), "m/a/c.yml": deployment("c"), "m/.git/x.yaml": deployment("hidden"), "m/only-comments.yaml": "# nothing\n---\n# here\n",
		"m/empty.yaml": "", "m/notes.txt": "no manifest", "m/z.json": `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"z"}}`,
		"m/windows.yaml": "\xef\xbb\xbf" + strings.ReplaceAll(deployment("w"), "\n", "\r\n") + "---\r\n" + deployment("w2"),
		"m/utf16.yaml":   "\xff\xfea\x00", "m/b2.yaml": deployment("b"),
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	require.NoError(t, os.Symlink("nowhere", "m/broken.yaml"))
	inputs, records := readPaths(t, deployment("piped"), "./m/", "m/notes.txt", "-", "m/b.yaml")
	require.Equal(t, []string{"c", "b", "b", "w", "w2", "z", "piped"}, names(records))
	require.Equal(t, "m/b2.yaml", records[snapshot.KindWorkload][2].(snapshot.Workload).Place.File)
	require.Equal(t, []Skipped{
		{File: "m/broken.yaml", Reason: "open: no such file or directory"},
		{File: "m/utf16.yaml", Reason: errUTF16.Error()},
		{File: "m/notes.txt", Document: 1, Line: 1, Reason: "no Kubernetes object: a plain value"},
	}, inputs.Skipped)
	require.Equal(t, 10, inputs.Files, "a file that is reached twice is read once")

	_, err := Read(context.Background(), []string{"absent"}, nil, func(snapshot.Record) error { return nil })
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestWhatIsNoWorkloadOfItsOwn(t *testing.T) {
	inputs, records := read(t, strings.Join([]string{
		"{apiVersion: v1, kind: Pod, metadata: {name: owned, ownerReferences: [{kind: X}]}}",
		"{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: owned, ownerReferences: [{kind: Deployment}]}}",
		"{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: knative}}",
		"{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: argo}}",
		"{apiVersion: example.com/v1, kind: Deployment, metadata: {name: foreign}}",
		"{apiVersion: v1, kind: Namespace, metadata: {name: null}, spec: }",
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: empty}, spec: null}",
		"{apiVersion: batch/v1, kind: CronJob, metadata: {name: nightly}, spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a}]}}}}}}",
	}, "\n---\n"))
	require.Equal(t, []string{"empty", "nightly"}, names(records))
	require.Len(t, records[snapshot.KindWorkload][1].(snapshot.Workload).Containers, 1)
	require.Empty(t, inputs.Skipped)
	require.Equal(t, 8, inputs.Documents)
	require.Equal(t, 2, inputs.Workloads)
	require.Empty(t, records[snapshot.KindService])
}

func TestNamespacesGatherTheirPoliciesAndDefaults(t *testing.T) {
	_, records := read(t, strings.Join([]string{
		"{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a, namespace: x}}",
		"{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: b, namespace: y}}",
		"{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {name: c}}",
		"{apiVersion: v1, kind: LimitRange, metadata: {namespace: y}, spec: {limits: [{type: Container, default: {memory: 1Gi}}, {type: Pod, default: {cpu: 1}}]}}",
		"{apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}",
	}, "\n---\n"))
	require.Equal(t, []snapshot.Record{
		snapshot.Namespace{Name: "kube-system", System: true, NetworkPolicies: new(0), LimitRangeHasCPU: new(false), LimitRangeHasMemory: new(false)},
		snapshot.Namespace{Name: "x", NetworkPolicies: new(1), LimitRangeHasCPU: new(false), LimitRangeHasMemory: new(false)},
		snapshot.Namespace{Name: "y", NetworkPolicies: new(0), LimitRangeHasCPU: new(false), LimitRangeHasMemory: new(true), PolicyKindsOfCNI: true},
	}, records[snapshot.KindNamespace])
	require.Equal(t, snapshot.NetworkPolicy{Name: "c", ObjectKind: "CiliumClusterwideNetworkPolicy.cilium.io", Place: snapshot.Place{File: "-", Line: 5, Document: 3}},
		records[snapshot.KindNetworkPolicy][2])
}

func TestSelectorsStayWithinTheirNamespaceAndReachTheWholeSet(t *testing.T) {
	_, records := read(t, strings.Join([]string{
		"{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b, namespace: x}, spec: {maxUnavailable: 0, selector: {matchLabels: {app: a}}}}",
		"{apiVersion: v1, kind: Service, metadata: {name: lost, namespace: y}, spec: {selector: {app: nowhere}}}",
		"{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h, namespace: x}, spec: {scaleTargetRef: {kind: Deployment, name: a}, maxReplicas: 9}}",
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: x}, spec: {template: {metadata: {labels: {app: a}}}}}",
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: y}, spec: {template: {metadata: {labels: {app: a}}}}}",
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: x}, spec: {template: {metadata: {labels: {app: a}}}}}",
	}, "\n---\n"))
	b := records[snapshot.KindDisruptionBudget][0].(snapshot.DisruptionBudget)
	require.Equal(t, "0", b.MaxUnavailable)
	require.Equal(t, []snapshot.Ref{
		{Kind: "Deployment", Namespace: "x", Name: "a", Place: snapshot.Place{File: "-", Line: 7, Document: 4}},
		{Kind: "Deployment", Namespace: "x", Name: "a", Place: snapshot.Place{File: "-", Line: 11, Document: 6}},
	}, b.Selects)
	require.True(t, records[snapshot.KindService][0].(snapshot.Service).SelectorUnresolved)
	h := records[snapshot.KindAutoscaler][0].(snapshot.Autoscaler)
	require.Equal(t, snapshot.Ref{Kind: "Deployment", Namespace: "x", Name: "a"}, h.Target)
	require.Equal(t, []int{1, 9}, []int{h.MinReplicas, h.MaxReplicas})
}

func TestErrorsOfTheCallerComeBack(t *testing.T) {
	full := errors.New("disk full")
	_, err := Read(context.Background(), []string{"-"}, strings.NewReader(deployment("a")), func(r snapshot.Record) error {
		if r.RecordKind() == snapshot.KindWorkload {
			return full
		}
		return nil
	})
	require.ErrorIs(t, err, full)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Read(ended, []string{"-"}, strings.NewReader(deployment("a")), func(snapshot.Record) error { return nil })
	require.ErrorIs(t, err, context.Canceled)
}

func TestTheSameInputGivesTheSameRecords(t *testing.T) {
	text := manyWorkloads(50)
	_, first := read(t, text)
	_, second := read(t, text)
	require.Equal(t, first, second)
	require.Len(t, first[snapshot.KindWorkload], 50)
}

// What a cluster tells of its network by these objects, files tell too; only nodes, which no file holds as they run, select nothing.
func TestTheNetworksOwnObjectsInFiles(t *testing.T) {
	inputs, records := read(t, `
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data:
  config.conf: "{mode: iptables, conntrack: {maxPerCore: 65536}}"
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: other}
data: {config.conf: "{mode: ipvs}"}
---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: further}
spec: {cidrs: [10.200.0.0/24]}
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: default}
spec: {cidr: 10.1.0.0/16, blockSize: 26, ipipMode: Always}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: public, namespace: metallb-system}
spec: {addresses: [198.51.100.0/28]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: l2, namespace: metallb-system}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: broken, namespace: metallb-system}
spec: {addresses: nothing}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
endpoints: [{addresses: [192.0.2.7]}]
`)
	require.Len(t, inputs.Skipped, 1)
	require.Contains(t, inputs.Skipped[0].Reason, "spec.addresses")
	require.Equal(t, []snapshot.Record{
		snapshot.Network{Component: "cni", Name: "calico", Pools: []snapshot.AddressPool{{Name: "default", CIDRs: []string{"10.1.0.0/16"}, Addresses: new(int64(65536)), BlockBits: 26}}, BGP: &snapshot.BGP{FullMesh: new(true)}},
		snapshot.Network{Component: "kube-proxy", Name: "kube-proxy", Mode: "iptables", ModeKnown: true, Conntrack: &snapshot.ConntrackSettings{MaxPerCore: new(int64(65536))}},
		snapshot.Network{Component: "load-balancer", Name: "metallb", Pools: []snapshot.AddressPool{{Name: "public", CIDRs: []string{"198.51.100.0/28"}, Addresses: new(int64(16))}}, Announcements: []snapshot.Announcement{{Name: "l2", Mode: "layer2"}}},
		snapshot.Network{Component: "service-cidr", Name: "kubernetes", ServiceCIDRs: []string{"10.200.0.0/24"}},
	}, records[snapshot.KindNetwork])
	require.Equal(t, []snapshot.Record{snapshot.Endpoints{Namespace: "shop", Service: "db", Slices: 1, Ready: 1, Nodes: []snapshot.Share{{Pods: 1}}}}, records[snapshot.KindEndpoints])
}

func TestReleasesOfArgoCDAndFluxAreReadFromFiles(t *testing.T) {
	inputs, records := read(t, `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec: {destination: {namespace: shop}, source: {chart: web, targetRevision: 1.4.2, helm: {values: "password: leak"}}}
---
apiVersion: helm.toolkit.fluxcd.io/v2beta1
kind: HelmRelease
metadata: {name: db}
spec: {releaseName: main, chart: {spec: {chart: postgres, version: 15.x}}}
---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [web.yaml]
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec: {suspend: "yes"}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
`)
	require.Equal(t, []snapshot.Record{
		snapshot.Release{ObjectKind: "Application", APIVersion: "argoproj.io/v1alpha1", Namespace: "argocd", Name: "web", Tool: "argocd", Chart: "web",
			ChartVersion: "1.4.2", TargetNamespace: "shop", Place: snapshot.Place{File: "-", Line: 2, Document: 1}},
		snapshot.Release{ObjectKind: "HelmRelease", APIVersion: "helm.toolkit.fluxcd.io/v2beta1", Namespace: "default", Name: "db", Tool: "flux", Chart: "postgres",
			ChartVersion: "15.x", TargetNamespace: "default", HelmRelease: "default/main", Place: snapshot.Place{File: "-", Line: 7, Document: 2}},
		snapshot.Release{ObjectKind: "Kustomization", APIVersion: "kustomize.toolkit.fluxcd.io/v1", Namespace: "flux-system", Name: "shop", Tool: "flux",
			Place: snapshot.Place{File: "-", Line: 21, Document: 5}},
	}, records[snapshot.KindRelease])
	require.Len(t, inputs.Skipped, 1)
	require.Contains(t, inputs.Skipped[0].Reason, "spec.suspend: want true or false")
}
