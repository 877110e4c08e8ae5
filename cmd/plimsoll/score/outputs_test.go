package score

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// annotated is one workload without requests and with a moving tag, with a waiver of its own.
func annotated(ignore string) string {
	return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: mailer
  namespace: shop
  annotations: {plimsoll.dev/ignore: ` + "\"" + ignore + "\"" + `}
spec:
  selector: {matchLabels: {app: mailer}}
  template:
    metadata: {labels: {app: mailer}}
    spec:
      containers: [{name: mailer, image: registry.example.com/mailer:latest}]
`
}

// twoRules keep a test's findings its own, whatever rules come: a moving tag and missing requests.
var twoRules = []string{"--as-of", "2026-11-20", "--include", "delivery/image-tag-mutable", "--include", "delivery/resources-declared"}

// byTwo scores standard input by the two rules.
func byTwo(t *testing.T, stdin string, args ...string) ran {
	t.Helper()
	return scoreIn(t, stdin, slices.Concat([]string{"-"}, twoRules, args)...)
}

func document(t *testing.T, r ran) Document {
	t.Helper()
	require.NoError(t, r.err)
	requireValid(t, r.stdout)
	var d struct {
		Findings []Finding
		Waivers  json.RawMessage
		Baseline *Baseline
		Gate     Gate
		Rules    map[string]struct{ Unknown, Fail int }
	}
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &d))
	return Document{Findings: d.Findings, Baseline: d.Baseline, Gate: d.Gate}
}

func TestEveryFormatIsTheSameOnEveryRun(t *testing.T) {
	for _, format := range formats {
		first := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", format)
		require.NoError(t, first.err)
		for _, processors := range []int{1, 8} {
			before := runtime.GOMAXPROCS(processors)
			again := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", format)
			runtime.GOMAXPROCS(before)
			require.Equal(t, first.stdout, again.stdout, "%s with %d processors", format, processors)
			require.Equal(t, first.code, again.code)
		}
	}
}

func TestEveryFormatListsWhatWasSkippedAndEndsAlike(t *testing.T) {
	goldens := map[string]string{"junit": "shop.xml", "markdown": "shop.md"}
	for _, format := range formats {
		r := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", format)
		require.NoError(t, r.err, format)
		require.Equal(t, ExitFindings, r.code, format)
		require.Contains(t, r.stdout, "no Kubernetes object", format)
		require.Regexp(t, `-:32|"line": 32|"startLine": 32`, r.stdout, format)
		if golden := goldens[format]; golden != "" {
			requireGolden(t, golden, r.stdout)
		}
		nothing := scoreIn(t, "foo: bar\n", "-", "--as-of", "2026-11-20", "--format", format)
		require.NoError(t, nothing.err, format)
		require.Equal(t, ExitNoEvidence, nothing.code, format)
		require.Contains(t, nothing.stdout, "no Kubernetes object", format)
	}
}

func TestSeveralFormatsAreWrittenInOneRun(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	r := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", "human", "--format", "sarif", "--output", at("a.sarif"),
		"--format", "junit", "-o", at("a.xml"), "--format", "json", "-o", at("a.json"), "--format", "markdown", "-o", at("a.md"))
	require.NoError(t, r.err)
	require.Equal(t, scoreIn(t, shop, "-", "--as-of", "2026-11-20").stdout, r.stdout)
	for format, name := range map[string]string{"sarif": "a.sarif", "junit": "a.xml", "json": "a.json", "markdown": "a.md"} {
		got, err := os.ReadFile(at(name))
		require.NoError(t, err)
		require.Equal(t, scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--format", format).stdout, string(got), format)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 4, "no temporary file is left")
}

func TestOutputsThatCollideAreRefused(t *testing.T) {
	for want, args := range map[string][]string{
		"both go to standard output": {"-", "--format", "json", "--format", "human"},
		"both go to same":            {"-", "--format", "json", "-o", "same", "--format", "human", "-o", "same"},
		"wants its own --format":     {"-", "--format", "json", "-o", "a", "-o", "b"},
		"--output nowhere/a.json":    {"-", "--format", "json", "-o", "nowhere/a.json"},
	} {
		require.ErrorContains(t, scoreIn(t, shop, args...).err, want)
	}
}

func TestJUnitFailsExactlyWhatTheGateFails(t *testing.T) {
	count := func(args ...string) (junitReport, ran) {
		r := byTwo(t, shop, append([]string{"--format", "junit"}, args...)...)
		require.NoError(t, r.err)
		var report junitReport
		require.NoError(t, xml.Unmarshal([]byte(r.stdout), &report))
		return report, r
	}
	report, r := count()
	require.Equal(t, ExitFindings, r.code)
	require.Equal(t, 1, report.Failures)
	report, r = count("--fail-on", "medium")
	require.Equal(t, 2, report.Failures)
	require.Equal(t, ExitFindings, r.code)
	report, r = count("--fail-on", "none")
	require.Zero(t, report.Failures)
	require.Equal(t, ExitFine, r.code)
	report, r = count("--fail-on", "none", "--fail-under", "64", "--fail-coverage-under", "99")
	require.Equal(t, 2, report.Failures)
	require.Equal(t, ExitUnder, r.code)
	tests := 0
	for _, suite := range report.Suites {
		require.Len(t, suite.Cases, suite.Tests)
		tests += suite.Tests
	}
	require.Equal(t, tests, report.Tests)
}

func TestABaselineLetsOnlyWhatIsNewFail(t *testing.T) {
	file := filepath.Join(t.TempDir(), "baseline.json")
	missing := scoreIn(t, shop, "-", "--baseline", file)
	require.ErrorContains(t, missing.err, "--write-baseline makes one")
	written := byTwo(t, shop, "--baseline", file, "--write-baseline")
	require.NoError(t, written.err)
	require.Equal(t, ExitFine, written.code, "all that is written down is known")
	require.Contains(t, written.stderr, "2 findings known from now on")
	moved := "# a line\n# and another\n---\n" + shop
	r := byTwo(t, moved, "--baseline", file, "--format", "json")
	require.Equal(t, ExitFine, r.code, "a finding is known wherever its lines went")
	d := document(t, r)
	require.Equal(t, Baseline{Known: 2}, *d.Baseline)
	require.True(t, d.Findings[0].Known)

	more := shop + "---\n" + strings.ReplaceAll(annotated(""), "mailer", "printer")
	r = byTwo(t, more, "--baseline", file, "--format", "json")
	require.Equal(t, ExitFindings, r.code)
	require.Equal(t, Baseline{New: 2, Known: 2}, *document(t, r).Baseline)
	human := byTwo(t, more, "--baseline", file).stdout
	require.Contains(t, human, "New findings: 1 high, 1 medium; the baseline knows 2 more")
	require.NotContains(t, human, "shop/mailer")

	mended := strings.ReplaceAll(shop, "mailer:latest", "mailer:1.0.3")
	require.Equal(t, Baseline{Known: 1, Gone: 1}, *document(t, byTwo(t, mended, "--baseline", file, "--format", "json")).Baseline)
}

func TestWhatBecameGraverIsNewAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "baseline.json")
	require.NoError(t, byTwo(t, shop, "--baseline", file, "--write-baseline").err)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(text), `"high"`, `"medium"`)), 0o600))
	r := byTwo(t, shop, "--baseline", file)
	require.Equal(t, ExitFindings, r.code)
	require.Contains(t, r.stdout, "graver than in the baseline")
}

func TestABaselineThatIsNoneIsRefused(t *testing.T) {
	for want, text := range map[string]string{"its schema is": `{"schema":"x"}`, "unknown object member name": `{"runs":[]}`, "empty or cut off": `{`} {
		require.ErrorContains(t, scoreIn(t, shop, "-", "--baseline", write(t, "b.json", text)).err, want)
	}
	require.ErrorContains(t, scoreIn(t, shop, "-", "--write-baseline").err, "name the file with --baseline")
}

func TestAnAnnotationWaivesAtTheSource(t *testing.T) {
	both := annotated(`delivery/image-tag-mutable: rebuilt nightly; delivery/resources-declared: measured in spring`)
	r := byTwo(t, both, "--fail-on", "low")
	require.Equal(t, ExitFine, r.code)
	require.Contains(t, r.stdout, "No findings")
	require.Contains(t, r.stdout, "delivery/image-tag-mutable of Deployment shop/mailer while its annotation stands: rebuilt nightly")
	shown := byTwo(t, both, "--show-waived")
	require.Contains(t, shown.stdout, "waived: rebuilt nightly")

	bad := byTwo(t, annotated(`delivery/image-tag-mutable; : why; nothing/here: because; probes/*: fine`))
	require.Equal(t, ExitFindings, bad.code)
	for _, want := range []string{
		`Deployment shop/mailer: "delivery/image-tag-mutable"  (want rule: reason)`, `": why"  (want rule: reason)`,
		"because  (no rule has this id)", "fine  (what it names does not fail: it can go)",
	} {
		require.Contains(t, bad.stdout, want)
	}
	disallowed := byTwo(t, both, "--disallow-waivers")
	require.Equal(t, ExitFindings, disallowed.code)
	require.Contains(t, disallowed.stdout, "Waivers that may not count")
}

func TestAnAnnotationWaivesItsOwnFileAlone(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(annotated("delivery/*: accepted")), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.yaml"), []byte(annotated("")), 0o600))
	d := document(t, scoreIn(t, "", append([]string{dir, "--format", "json"}, twoRules...)...))
	require.Len(t, d.Findings, 4)
	for _, f := range d.Findings {
		require.Equal(t, strings.HasSuffix(f.Source.File, "a.yaml"), f.Waived, f.Source.File)
	}
}

func TestIncludeAndExcludeNameRulesAndFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"charts/web/a.yaml": annotated(""), "vendor/deep/b.yaml": strings.ReplaceAll(annotated(""), "mailer", "vendored")} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	found := func(args ...string) (rules, names []string) {
		r := scoreIn(t, "", append([]string{dir, "--as-of", "2026-11-20", "--format", "json"}, args...)...)
		for _, f := range document(t, r).Findings {
			if f.Rule != "delivery/image-tag-mutable" && f.Rule != "delivery/resources-declared" {
				require.NotContains(t, args, "delivery/image-*", "left out: %s", f.Rule)
				continue
			}
			rules, names = append(rules, f.Rule), append(names, f.Subject.Name)
		}
		return rules, names
	}
	rules, _ := found()
	require.Len(t, rules, 4)
	_, names := found("--exclude", "vendor/**")
	require.Equal(t, []string{"mailer", "mailer"}, names)
	_, names = found("--include", "charts")
	require.Equal(t, []string{"mailer", "mailer"}, names)
	_, names = found("--exclude", "**/b.yaml", "--exclude", "delivery/resources-declared")
	require.Equal(t, []string{"mailer"}, names)
	rules, _ = found("--include", "delivery/image-*")
	require.Equal(t, []string{"delivery/image-tag-mutable", "delivery/image-tag-mutable"}, rules)

	left := scoreIn(t, "", dir, "--as-of", "2026-11-20", "--exclude", "delivery/*", "--exclude", "nothing-of-it")
	require.Contains(t, left.stdout, "left out by --include or --exclude", "what nobody looked at is unknown")
	require.Contains(t, left.stderr, "--exclude nothing-of-it: names no rule and no file")
	require.ErrorContains(t, scoreIn(t, "", dir, "--exclude", "a[").err, `glob "a["`)
}

func TestExplainSaysWhatTheRuleSaidOfEachSubject(t *testing.T) {
	r := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--explain", "delivery/image-tag-mutable")
	require.NoError(t, r.err)
	require.Equal(t, ExitFindings, r.code, "one gate in every mode")
	requireGolden(t, "explain.txt", r.stdout)
	requireValid(t, scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--explain", "delivery/image-tag-mutable", "--format", "json").stdout)
	require.ErrorContains(t, scoreIn(t, shop, "-", "--explain", "delivery/none").err, `no rule "delivery/none"`)
}

func TestTheTargetVersionIsTakenAndNamed(t *testing.T) {
	r := scoreIn(t, shop, "-", "--as-of", "2026-11-20", "--target-version", "v1.38.0")
	require.NoError(t, r.err)
	require.Contains(t, r.stdout, "towards Kubernetes 1.38")
	require.ErrorContains(t, scoreIn(t, shop, "-", "--target-version", "next").err, "want a Kubernetes minor")
}

func TestMarkdownCallsNobodyAndBreaksNoTable(t *testing.T) {
	require.Equal(t, `a\|b @<!-- -->you &lt;img&gt; \[x\](y)`, MarkdownText("a|b @you <img> [x](y)"))
	require.Equal(t, "`a\\|b'c`", MarkdownCode("a|b`c"))
}

func TestConfigDumpPrintsWhatIsInEffect(t *testing.T) {
	r := scoreIn(t, "", "--config-dump", "--fail-on", "low", "--format", "json", "-o", "x.json")
	require.NoError(t, r.err)
	require.Contains(t, r.stdout, "--fail-on=low\n")
	require.Contains(t, r.stdout, "--format=json\n--include=[]\n")
	require.Contains(t, r.stdout, "--output=x.json\n")
}
