package score

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files")

// schemaFile is where the schema is published.
const schemaFile = "../../../docs/schema/score-1.json"

// shop is a small set: one healthy workload, one that fails, one document that is no Kubernetes object.
const shop = `apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec:
      containers:
        - name: cart
          image: registry.example.com/cart:2.4.1
          ports: [{containerPort: 8080}]
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
          resources: {requests: {cpu: 100m, memory: 128Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: mailer, namespace: shop}
spec:
  selector: {matchLabels: {app: mailer}}
  template:
    metadata: {labels: {app: mailer}}
    spec:
      containers: [{name: mailer, image: registry.example.com/mailer:latest}]
---
foo: bar
`

type ran struct {
	stdout, stderr string
	code           int
	err            error
}

func scoreIn(t *testing.T, stdin string, args ...string) ran {
	t.Helper()
	r := ran{code: -1}
	command := Command(func(code int) { r.code = code })
	var stdout, stderr bytes.Buffer
	command.SetArgs(append([]string{}, args...))
	command.SetIn(strings.NewReader(stdin))
	command.SetOut(&stdout)
	command.SetErr(&stderr)
	command.SilenceUsage, command.SilenceErrors = true, true
	r.err = command.ExecuteContext(t.Context())
	r.stdout, r.stderr = stdout.String(), stderr.String()
	return r
}

func requireGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "run with -update if the change is meant")
}

func TestHumanOutput(t *testing.T) {
	r := scoreIn(t, shop, "-", "--as-of", "2026-11-20")
	require.NoError(t, r.err)
	require.Equal(t, ExitFindings, r.code)
	require.NotContains(t, r.stdout, "\x1b", "no colour but on a terminal")
	requireGolden(t, "shop.txt", r.stdout)
}

func TestJSONOutput(t *testing.T) {
	r := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", "json", "--fail-on", "none")
	require.NoError(t, r.err)
	require.Equal(t, ExitFine, r.code)
	requireGolden(t, "shop.json", r.stdout)
	requireValid(t, r.stdout)
}

func TestNoEvidencePrintsWhatWasSkipped(t *testing.T) {
	r := scoreIn(t, "foo: bar\n", "-", "--as-of", "2026-11-20", "--format", "json")
	require.NoError(t, r.err)
	require.Equal(t, ExitNoEvidence, r.code)
	require.Contains(t, r.stdout, `"score": null`)
	require.Contains(t, r.stdout, `"pillars": null`)
	require.Contains(t, r.stdout, `"reason": "no Kubernetes object`)
	requireValid(t, r.stdout)
}

func TestAnswersJoinTheEvidence(t *testing.T) {
	answers := write(t, "answers.yaml", "version: \"1\"\nanswers:\n  C1: {option: C1.c}\n  B2: {option: B2.a}\n")
	r := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", "json", "--answers", answers, "--fail-on", "none")
	require.NoError(t, r.err)
	require.Equal(t, ExitFine, r.code)
	require.Contains(t, r.stdout, `"evidenceOnly": false`)
	require.NotContains(t, r.stdout, `"need": null`)
	requireValid(t, r.stdout)
}

func TestWaiversAreReadFromAFile(t *testing.T) {
	waivers := write(t, "waivers.yaml", "waivers:\n  - {rule: delivery/*, namespace: shop, name: mailer, reason: goes away in spring, until: 2027-03-31}\n")
	r := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--waivers", waivers)
	require.NoError(t, r.err)
	require.Equal(t, ExitFine, r.code)
	require.Contains(t, r.stdout, "Waivers in force")
	expired := scoreIn(t, shop, "-", "--as-of", "2027-04-01", "--waivers", waivers)
	require.Equal(t, ExitFindings, expired.code)
	require.Contains(t, expired.stdout, "Waivers that have expired")
}

// A pipe can be read once: as the shell's <(kustomize build …) gives it.
func TestAPipeIsReadFromItsFirstByte(t *testing.T) {
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	defer reader.Close()
	_, err = writer.WriteString(shop) // less than a pipe holds
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	piped := scoreIn(t, "", fmt.Sprintf("/dev/fd/%d", reader.Fd()), "--format", "json", "--as-of", "2026-11-20")
	require.NoError(t, piped.err)
	require.Equal(t, scoreIn(t, shop, "-", "--format", "json", "--as-of", "2026-11-20").stdout, piped.stdout)
}

func TestMistakesAreNamed(t *testing.T) {
	file := func(text string) string { return write(t, "file.yaml", text) }
	for _, c := range []struct {
		want string
		args []string
	}{
		{"name a file, a folder or -", nil},
		{"want human, json, sarif, junit or markdown", []string{"-", "--format", "xml"}},
		{"--fail-on: want critical", []string{"-", "--fail-on", "grave"}},
		{"--fail-under: want 0 to 100", []string{"-", "--fail-under", "101"}},
		{"--as-of: want a date", []string{"-", "--as-of", "yesterday"}},
		{"--as-of: want a date from 2000 to 2100", []string{"-", "--as-of", "0001-01-01"}},
		{"no such file", []string{"nowhere.yaml"}},
		{"until: a last day must be there", []string{"-", "--waivers", file("waivers: [{rule: a, reason: b}]")}},
		{"reason: say why", []string{"-", "--waivers", file("waivers: [{rule: a, until: 2027-01-01}]")}},
		{"unknown key subject", []string{"-", "--waivers", file("waivers: [{subject: a}]")}},
		{"syntax error in pattern", []string{"-", "--waivers", file("waivers: [{rule: '[', reason: b, until: 2027-01-01}]")}},
		{"answers file", []string{"-", "--answers", file("answers: {Z9: {option: Z9.a}}")}},
	} {
		r := scoreIn(t, shop, c.args...)
		require.ErrorContains(t, r.err, c.want)
		require.Equal(t, -1, r.code)
		require.Empty(t, r.stdout)
	}
}

func TestHundredthsAreRoundedDown(t *testing.T) {
	for micros, want := range map[int64]string{0: "0", 1_000_000: "1", 666_667: "0.66", 500_000: "0.5", 9_999: "0", 50_000: "0.05", 12_500_000: "12.5"} {
		text, err := Hundredths(micros).MarshalJSON()
		require.NoError(t, err)
		require.Equal(t, want, string(text))
	}
}

func TestPublishedSchemaIsCurrent(t *testing.T) {
	schema, err := Schema()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(schemaFile, schema, 0o644))
	}
	published, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	require.Equal(t, string(published), string(schema))
}

func requireValid(t *testing.T, document string) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(value))
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// BenchmarkThousandWorkloads reads, judges and prints 1,000 workloads of one YAML file.
func BenchmarkThousandWorkloads(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, `apiVersion: apps/v1
kind: Deployment
metadata: {name: app-%d, namespace: ns-%d}
spec:
  replicas: 2
  selector: {matchLabels: {app: app-%d}}
  template:
    metadata: {labels: {app: app-%d}}
    spec:
      containers:
        - name: app
          image: registry.example.com/app-%d:1.2.%d
          ports: [{containerPort: 8080}]
          livenessProbe: {httpGet: {path: /live, port: 8080}}
          resources: {requests: {cpu: 100m, memory: 128Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: app-%d, namespace: ns-%d}
spec: {selector: {app: app-%d}, ports: [{port: 80, targetPort: 8080}]}
---
`, i, i%20, i, i, i, i, i, i%20, i)
	}
	path := filepath.Join(b.TempDir(), "all.yaml")
	require.NoError(b, os.WriteFile(path, []byte(text.String()), 0o600))
	b.ReportAllocs()
	for b.Loop() {
		command := Command(func(int) {})
		command.SetArgs([]string{path, "--format", "json", "--as-of", "2026-11-20"})
		command.SetOut(new(bytes.Buffer))
		require.NoError(b, command.ExecuteContext(b.Context()))
	}
}

// Where nothing was given that could be scored, the next step is to give something, not a report of nothing.
func TestNothingToScoreAsksForInput(t *testing.T) {
	r := scoreIn(t, "# nothing\n", "-")
	require.Equal(t, ExitNoEvidence, r.code)
	require.Contains(t, r.stdout, "Next: name files or folders with Kubernetes manifests")
	require.NotContains(t, r.stdout, "plimsoll report")
}
