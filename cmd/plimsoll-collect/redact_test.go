package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/internal/kubetest"
)

// newKey makes a key by the command.
func newKey(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "names.key")
	made := start(t, "redact-key", name)
	require.Zero(t, made.code, made.stderr)
	return name
}

func TestAKeyIsMadeOnceAndForItsOwnerAlone(t *testing.T) {
	name := newKey(t)
	info, err := os.Stat(name)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		require.EqualValues(t, 0o600, info.Mode().Perm())
	}
	before, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, name+" is there already: a key that is overwritten maps nothing back", fails(t, "redact-key", name))
	after, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, before, after)
	other, err := os.ReadFile(newKey(t))
	require.NoError(t, err)
	require.NotEqual(t, before, other)
}

func TestRedactionThatCannotBe(t *testing.T) {
	weak := filepath.Join(t.TempDir(), "weak")
	require.NoError(t, os.WriteFile(weak, []byte("secret\n"), 0o600))
	for want, flags := range map[string][]string{
		"--redact-names needs a key: name it with --redact-key-file FILE":                 {"--redact-names"},
		"--redact-key-file does nothing without --redact-names":                           {"--redact-key-file", weak},
		"there is no key at /nowhere: make one with plimsoll-collect redact-key /nowhere": {"--redact-names", "--redact-key-file", "/nowhere"},
		"read the key " + weak + ": a key of 6 bytes is too short: want 32 or more":       {"--redact-names", "--redact-key-file", weak},
		"read the key " + filepath.Dir(weak) + ": is a directory":                         {"--redact-names", "--redact-key-file", filepath.Dir(weak)},
	} {
		for _, command := range [][]string{{"cluster", "--kubeconfig", "/nowhere"}, {"manifests", "testdata"}, {"repository", "."}, {"node"}} {
			require.Equal(t, want, fails(t, slices.Concat(command, []string{"--out", filepath.Join(t.TempDir(), "x")}, flags)...), command[0])
		}
	}
	require.Equal(t, "with which key? Name it with --redact-key-file FILE", fails(t, "reveal"))
}

// expanded are a snapshot's lines but the trailer.
func expanded(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.Open(file)
	require.NoError(t, err)
	defer raw.Close()
	zip, err := gzip.NewReader(raw)
	require.NoError(t, err)
	text, err := io.ReadAll(zip)
	require.NoError(t, err)
	return string(text[:bytes.LastIndexByte(bytes.TrimSpace(text), '\n')])
}

func records(t *testing.T, file string) (all []snapshot.Record) {
	t.Helper()
	raw, err := os.Open(file)
	require.NoError(t, err)
	defer raw.Close()
	for record, err := range snapshot.NewReader(raw, snapshot.DefaultLimits()).Records() {
		require.NoError(t, err)
		all = append(all, record)
	}
	return all
}

func revealed(t *testing.T, key, text string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"reveal", "--redact-key-file", key}, strings.NewReader(text), &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// TestAClusterWithoutItsNames takes the example cluster of a real API server twice: what is judged of it does not change, none of its
// names is left, and the key brings them back.
func TestAClusterWithoutItsNames(t *testing.T) {
	server := harbour(t)
	folder, key := t.TempDir(), newKey(t)
	plain, redacted, again := filepath.Join(folder, "plain"), filepath.Join(folder, "redacted"), filepath.Join(folder, "again")
	for _, out := range []string{plain, redacted, again} {
		arguments := []string{"cluster", "--kubeconfig", server.Kubeconfig, "--limit-qps", "1000", "--out", out}
		if out != plain {
			arguments = append(arguments, "--redact-names", "--redact-key-file", key)
		}
		got := start(t, arguments...)
		require.Zero(t, got.code, got.stderr)
	}
	at := time.Now().UTC()
	assess := func(file string) assessments.Assessment {
		return assessments.Assess(assessments.Input{Content: content.V1(), Facts: facts.FromRecords(facts.Options{AsOf: at}, records(t, file)...), AsOf: at})
	}
	a, b := assess(plain), assess(redacted)
	require.Equal(t, a.Rules, b.Rules)
	require.Equal(t, a.Score, b.Score)
	require.Equal(t, a.Controls, b.Controls)
	require.Len(t, b.Findings, len(a.Findings))
	require.Greater(t, len(a.Findings), 50)

	secret := expanded(t, redacted)
	for _, record := range records(t, redacted) {
		switch w := record.(type) {
		case snapshot.Workload:
			require.Regexp(t, `^workload-[a-z2-7]+$`, w.Name)
		case snapshot.Service:
			require.Regexp(t, `^service-[a-z2-7]+$`, w.Name)
		case snapshot.Node:
			require.Regexp(t, `^node-[a-z2-7]+$`, w.Name)
		case snapshot.Namespace:
			require.True(t, w.System || w.Name == "default" || regexp.MustCompile(`^ns-[a-z2-7]+$`).MatchString(w.Name), w.Name)
		}
	}
	for _, record := range records(t, plain) {
		if n, is := record.(snapshot.Node); is {
			require.NotContains(t, secret, n.Name)
		}
	}
	header := records(t, redacted)[0].(snapshot.Header)
	require.True(t, header.RedactedNames)
	require.Len(t, header.RedactionKeyID, 16)
	names := regexp.MustCompile(`(?:ns|workload)-[a-z2-7]{17,}`)
	require.Equal(t, slices.Compact(slices.Sorted(slices.Values(names.FindAllString(secret, -1)))),
		slices.Compact(slices.Sorted(slices.Values(names.FindAllString(expanded(t, again), -1)))), "the same tomorrow")

	require.Contains(t, start(t, "inspect", redacted).stdout, "\nnames: pseudonyms, made with the key "+header.RedactionKeyID+"\n")

	back := revealed(t, key, secret)
	require.Zero(t, back.code, back.stderr)
	require.Contains(t, back.stderr, " names put back\n")
	var workloads, want []string
	for _, line := range strings.Split(back.stdout, "\n") {
		if record, err := snapshot.DecodeRecord([]byte(line)); err == nil {
			if w, is := record.(snapshot.Workload); is {
				workloads = append(workloads, fmt.Sprint(w.Kind, w.Namespace, w.Name, w.Containers[0].Name, w.Containers[0].Image))
			}
		}
	}
	for _, record := range records(t, plain) {
		if w, is := record.(snapshot.Workload); is {
			want = append(want, fmt.Sprint(w.Kind, w.Namespace, w.Name, w.Containers[0].Name, w.Containers[0].Image))
		}
	}
	require.Greater(t, len(want), 10)
	require.ElementsMatch(t, want, workloads, "each workload came back as it was")

	other := revealed(t, newKey(t), secret)
	require.Equal(t, 1, other.code)
	require.Regexp(t, `^plimsoll-collect: none of \d+ pseudonyms is of this key \(its id is [0-9a-f]{16}; the snapshot's header names the one it was made with\)\n$`, other.stderr)
	compressed, err := os.ReadFile(redacted)
	require.NoError(t, err)
	require.Equal(t, "plimsoll-collect: this is compressed: zcat it first (zcat FILE | plimsoll-collect reveal …)\n", revealed(t, key, string(compressed)).stderr)
	require.Equal(t, "0 names put back\n", revealed(t, key, "nothing to see").stderr)
}

func TestManifestsRepositoriesAndNodesWithoutTheirNames(t *testing.T) {
	key, folder := newKey(t), t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "acme-shop"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "acme-shop", "acme.yaml"), []byte("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: acme-web, namespace: acme}\nspec: {template: {spec: {containers: [{name: acme, image: acme/web:1}]}}}\n---\nfoo: acme\n"), 0o600))
	for name, arguments := range map[string][]string{
		"manifests": {"manifests", filepath.Join(folder, "acme-shop")}, "node": {"node", "--node-name", "acme-node-1"},
	} {
		out := filepath.Join(t.TempDir(), "out")
		got := start(t, append(arguments, "--out", out, "--redact-names", "--redact-key-file", key)...)
		require.Zero(t, got.code, got.stderr)
		text := expanded(t, out)
		require.NotContains(t, text, "acme", name)
		require.Contains(t, revealed(t, key, text).stdout, "acme", name)
	}
}

// TestEveryContextOfAKubeconfig has a cluster that is there, one that is not, and one that speaks to nobody.
func TestEveryContextOfAKubeconfig(t *testing.T) {
	server := kubetest.Shared(t)
	raw, err := os.ReadFile(server.Kubeconfig)
	require.NoError(t, err)
	var config struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string `yaml:"kind"`
		Clusters   []any  `yaml:"clusters"`
		Users      []any  `yaml:"users"`
		Contexts   []struct {
			Name    string            `yaml:"name"`
			Context map[string]string `yaml:"context"`
		} `yaml:"contexts"`
	}
	require.NoError(t, yaml.Unmarshal(raw, &config))
	there := config.Contexts[0]
	config.Contexts = nil
	for _, name := range []string{"harbour", "Team A/prod", "..", "gone"} {
		more := there
		if more.Name = name; name == "gone" {
			more.Context = map[string]string{"cluster": "nowhere", "user": there.Context["user"]}
		}
		config.Contexts = append(config.Contexts, more)
	}
	raw, err = yaml.Marshal(config)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(file, raw, 0o600))

	out := filepath.Join(t.TempDir(), "all")
	got := start(t, "cluster", "--kubeconfig", file, "--all-contexts", "--out", out, "--limit-qps", "1000")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.stderr, "plimsoll-collect: 1 of 4 contexts could not be read; 3 snapshots are in "+out+"\n")
	require.Contains(t, got.stderr, "context gone → "+filepath.Join(out, "gone.plimsoll.gz")+"\n  not read: ")
	var names []string
	entries, err := os.ReadDir(out)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
		require.NoError(t, checkWhole(filepath.Join(out, e.Name())))
	}
	require.Len(t, names, 3)
	require.Contains(t, names, "harbour.plimsoll.gz")
	require.Regexp(t, `Team-A-prod-[0-9a-f]{8}\.plimsoll\.gz`, strings.Join(names, " "))

	hidden := filepath.Join(t.TempDir(), "hidden")
	key := newKey(t)
	start(t, "cluster", "--kubeconfig", file, "--all-contexts", "--out", hidden, "--limit-qps", "1000", "--redact-names", "--redact-key-file", key)
	entries, err = os.ReadDir(hidden)
	require.NoError(t, err)
	require.Len(t, entries, 3)
	names = nil
	for _, e := range entries {
		require.NotContains(t, e.Name(), "arbour")
		names = append(names, e.Name())
	}
	require.Contains(t, revealed(t, key, strings.Join(names, "\n")).stdout, "harbour.plimsoll.gz")

	for want, flags := range map[string][]string{
		"--context and --all-contexts exclude each other":                                    {"--context", "x", "--out", out},
		"--cluster-id names one cluster: it can't be said with --all-contexts":               {"--cluster-id", "x", "--out", out},
		"--all-contexts writes a file for each context: name their folder with --out FOLDER": {},
		"the kubeconfig holds no contexts (--kubeconfig FILE, or KUBECONFIG)":                {"--kubeconfig", os.DevNull, "--out", out},
		"make the folder /dev/null: not a directory":                                         {"--out", "/dev/null"},
	} {
		require.Equal(t, want, fails(t, append([]string{"cluster", "--kubeconfig", file, "--all-contexts"}, flags...)...))
	}
}

func TestAFileIsCalledByItsContextOnAnySystem(t *testing.T) {
	for name, want := range map[string]string{
		"prod": "prod", "a.b-c_1": "a.b-c_1", "kind-kind": "kind-kind", "arn:aws:eks:eu-west-1:1:cluster/x": "arn-aws-eks-eu-west-1-1-cluster-x-",
		"../../etc/passwd": "etc-passwd-", "Prod": "Prod-", "con": "con-", "nul.x": "nul.x-", "..": "", "größe": "gr-e-", "": "", strings.Repeat("a", 300): strings.Repeat("a", 100) + "-", "a.": "a-",
	} {
		got := safeName(name)
		if strings.HasSuffix(want, "-") || want == "" {
			require.Regexp(t, "^"+regexp.QuoteMeta(want)+"[0-9a-f]{8}$", got, name)
			continue
		}
		require.Equal(t, want, got)
	}
	require.NotEqual(t, safeName("a/b"), safeName("a:b"))
}

func TestWhatDoesNotGoTogether(t *testing.T) {
	for want, flags := range map[string][]string{
		"--helm-history and --no-releases exclude each other":                      {"--helm-history", "--no-releases"},
		"--node-metrics and -n exclude each other: with -n the nodes are not read": {"--node-metrics", "monitoring", "-n", "shop"},
		`--node-metrics: want the name of a namespace, got "../x"`:                 {"--node-metrics", "../x"},
	} {
		require.Equal(t, want, fails(t, append([]string{"rbac"}, flags...)...))
		require.Equal(t, want, fails(t, append([]string{"cluster", "--kubeconfig", "/nowhere"}, flags...)...))
	}
	require.Contains(t, start(t, "rbac", "--node-metrics", "monitoring").stdout, "namespace: monitoring\nrules:\n  # connection tracking of the nodes")
	require.Contains(t, start(t, "rbac", "--helm-history").stdout, "(--helm-history), by the label owner=helm")
}

// TestTheClusterIsCalledAsItIsTold is for whoever may not read kube-system, or does not want its uid to leave.
func TestTheClusterIsCalledAsItIsTold(t *testing.T) {
	server := kubetest.Shared(t)
	nobody := server.KubeconfigFor(t, "stranger-to-kube-system", kubetest.Rule{NonResourceURLs: []string{"/version", "/apis"}, Verbs: []string{"get"}})
	for kubeconfig, noted := range map[string]bool{server.Kubeconfig: false, nobody: true} {
		out := filepath.Join(t.TempDir(), "out")
		got := start(t, "cluster", "--kubeconfig", kubeconfig, "--cluster-id", "harbour-1", "--out", out, "--limit-qps", "1000", "-n", "shop")
		require.Zero(t, got.code, got.stderr)
		all := records(t, out)
		require.Equal(t, "harbour-1", all[0].(snapshot.Header).PlatformUID)
		said := false
		for _, record := range all {
			switch r := record.(type) {
			case snapshot.Cluster:
				require.Equal(t, "harbour-1", r.UID)
			case snapshot.Note:
				said = said || r.Detail == "no right to get the namespace kube-system: which cluster this is was said by --cluster-id"
			}
		}
		require.Equal(t, noted, said)
	}
	require.Equal(t, "--cluster-id: want at most 512 bytes that show, got 600", fails(t, "cluster", "--kubeconfig", server.Kubeconfig, "--cluster-id", strings.Repeat("x", 600), "--out", filepath.Join(t.TempDir(), "x")))
	require.Equal(t, "--cluster-id: want at most 512 bytes that show, got 3", fails(t, "cluster", "--kubeconfig", server.Kubeconfig, "--cluster-id", "a\nb", "--out", filepath.Join(t.TempDir(), "x")))
}
