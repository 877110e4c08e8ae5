package diff

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/score"
)

var update = flag.Bool("update", false, "write the golden files")

func deployment(name, image, resources string) string {
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: %s, namespace: shop}
spec:
  selector: {matchLabels: {app: %s}}
  template:
    metadata: {labels: {app: %s}}
    spec:
      containers: [{name: app, image: "registry.example.com/%s", resources: {%s}}]
---
`, name, name, name, image, resources)
}

const requested = "requests: {cpu: 100m, memory: 64Mi}"

// sides are two folders: cart is mended, mailer breaks, ledger stays bad, legacy goes with its findings and probe comes with one.
func sides(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"old/a.yaml": deployment("cart", "cart:latest", requested) + deployment("mailer", "mailer:1.2.3", requested),
		"old/b.yaml": deployment("ledger", "ledger:main", requested) + deployment("legacy", "legacy:latest", ""),
		"new/a.yaml": "# moved\n---\n" + deployment("cart", "cart:1.0.0", requested) + deployment("mailer", "mailer:latest", requested),
		"new/c.yaml": deployment("ledger", "ledger:main", requested) + deployment("probe", "probe:1.0.0", "") + "foo: bar\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

func diffIn(t *testing.T, dir string, args ...string) (string, int, error) {
	t.Helper()
	t.Chdir(dir)
	code := -1
	command := Command(func(c int) { code = c })
	var out bytes.Buffer
	command.SetArgs(append(args, "--as-of", "2026-11-20", "--include", "delivery/image-tag-mutable", "--include", "delivery/resources-declared"))
	command.SetOut(&out)
	command.SetErr(new(bytes.Buffer))
	command.SilenceErrors, command.SilenceUsage = true, true
	err := command.ExecuteContext(t.Context())
	return out.String(), code, err
}

func TestFindingsAreToldByWhatHappenedToThem(t *testing.T) {
	text, code, err := diffIn(t, sides(t), "old", "new", "--format", "json")
	require.NoError(t, err)
	require.Equal(t, score.ExitFindings, code)
	var d Document
	require.NoError(t, json.Unmarshal([]byte(text), &d))
	names := func(changes []Change) (all []string) {
		for _, c := range changes {
			all = append(all, c.Subject.Name)
		}
		return all
	}
	require.Equal(t, []string{"mailer"}, names(d.Findings.New))
	require.Equal(t, []string{"cart"}, names(d.Findings.Mended))
	require.Equal(t, []string{"probe"}, names(d.Findings.Came))
	require.Equal(t, []string{"legacy", "legacy"}, names(d.Findings.Went))
	require.Equal(t, 1, d.Findings.Stayed, "ledger's file changed and its finding is the same")
	require.Equal(t, []Object{{"Deployment", "shop", "probe"}}, d.Objects.Came)
	require.Equal(t, []Object{{"Deployment", "shop", "legacy"}}, d.Objects.Went)
	require.Len(t, d.New.Inputs.Skipped, 1)
}

func TestPartsSumToTheMovement(t *testing.T) {
	text, _, err := diffIn(t, sides(t), "old", "new", "--format", "json")
	require.NoError(t, err)
	var d Document
	require.NoError(t, json.Unmarshal([]byte(text), &d))
	sum := func(parts []Part) (total assessments.Micros) {
		for _, p := range parts {
			total += p.Moved
		}
		return total
	}
	require.Equal(t, *d.Score.Moved, sum(d.Score.Parts))
	moved := 0
	for _, p := range d.Pillars {
		if p.Moved != nil {
			require.Equal(t, *p.Moved, sum(p.Parts), p.ID)
			moved++
		}
	}
	require.NotZero(t, moved)
}

func TestTheHeadlineMovesByItsPillarAndByTheOneThatTakesItsPlace(t *testing.T) {
	at := func(pillars map[assessments.Pillar]int64) assessments.Assessment {
		var a assessments.Assessment
		for _, id := range assessments.Pillars {
			if points, applies := pillars[id]; applies {
				v := assessments.Micros(points * 1_000_000)
				a.Pillars = append(a.Pillars, assessments.PillarScore{ID: id, Applies: true, Range: assessments.Range{Value: &v}})
				if a.Score == nil || v < *a.Score.Value {
					a.Score = &assessments.Range{Value: &v}
				}
			}
		}
		return a
	}
	s := compareScores(at(map[assessments.Pillar]int64{assessments.Delivery: 58, assessments.Networking: 63}), at(map[assessments.Pillar]int64{assessments.Delivery: 70, assessments.Networking: 63}))
	require.EqualValues(t, 5_000_000, *s.Moved)
	require.Equal(t, []Part{{"delivery", 12_000_000}, {"lowest", -7_000_000}}, s.Parts)
	gone := compareScores(at(map[assessments.Pillar]int64{assessments.JVM: 10, assessments.Probes: 40}), at(map[assessments.Pillar]int64{assessments.Probes: 40}))
	require.Equal(t, []Part{{"lowest", 30_000_000}}, gone.Parts)
	require.Nil(t, compareScores(assessments.Assessment{}, at(map[assessments.Pillar]int64{assessments.Probes: 40})).Moved)
}

func TestASeverityThatMovedIsAChangeAndFailsWhereItRose(t *testing.T) {
	finding := func(s assessments.Severity) side {
		return side{assessment: assessments.Assessment{Evidence: true, Findings: []assessments.Finding{{Rule: "a/b", Severity: s, Subject: assessments.Subject{Kind: "Node", Name: "n"}}}}}
	}
	rose := compareFindings(finding(assessments.Medium), finding(assessments.Critical), nil, nil)
	require.Len(t, rose.Changed, 1)
	require.Equal(t, assessments.Medium, rose.Changed[0].Was)
	require.Equal(t, score.ExitFindings, exitCode(finding(assessments.Critical).assessment, rose, assessments.High))
	fell := compareFindings(finding(assessments.Critical), finding(assessments.High), nil, nil)
	require.Equal(t, score.ExitFine, exitCode(finding(assessments.High).assessment, fell, assessments.High))
}

func TestEveryFormatIsTheSameOnEveryRun(t *testing.T) {
	dir := sides(t)
	for format, golden := range map[string]string{"human": "sides.txt", "json": "", "markdown": "sides.md"} {
		first, _, err := diffIn(t, dir, "old", "new", "--format", format)
		require.NoError(t, err)
		for _, processors := range []int{1, 8} {
			before := runtime.GOMAXPROCS(processors)
			again, _, err := diffIn(t, dir, "old", "new", "--format", format)
			runtime.GOMAXPROCS(before)
			require.NoError(t, err)
			require.Equal(t, first, again, format)
		}
		if golden == "" {
			continue
		}
		path := filepath.Join(home, "testdata", golden)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(first), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), first, "run with -update if the change is meant")
	}
}

var home, _ = os.Getwd()

func TestGatesAndMistakes(t *testing.T) {
	dir := sides(t)
	_, code, err := diffIn(t, dir, "old", "new", "--fail-on", "none")
	require.NoError(t, err)
	require.Equal(t, score.ExitFine, code)
	_, code, err = diffIn(t, dir, "new", "new")
	require.NoError(t, err)
	require.Equal(t, score.ExitFine, code)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "none.yaml"), []byte("foo: bar\n"), 0o600))
	_, code, err = diffIn(t, dir, "old", "none.yaml")
	require.NoError(t, err)
	require.Equal(t, score.ExitNoEvidence, code)
	_, _, err = diffIn(t, dir, "old", "new", "--format", "sarif")
	require.ErrorContains(t, err, "want human, json or markdown")
	_, _, err = diffIn(t, dir, "old", "nowhere")
	require.ErrorContains(t, err, "no such file")
}

func TestWhatHardlyMovedIsNotListed(t *testing.T) {
	parts := []Part{{What: "a", Moved: 99_999}, {What: "b", Moved: -100_000}, {What: "c"}, {What: "d", Moved: 250_000}}
	require.Equal(t, []Part{parts[1], parts[3]}, visible(parts))
	require.Equal(t, "−0.1 `b`, +0.2 `d`", partsText(parts))
	require.Len(t, parts, 4)
}

// What a side does not list can't have been compared: it must not read as mended, and every format says so.
func TestASideSaysWhatItLeftOut(t *testing.T) {
	full := Side{Path: "old.gz", LeftOut: []assessments.LeftOut{{Rule: "jvm/heap-explicit", Severity: assessments.Low, Open: 1200, Waived: 34}}}
	d := Document{Old: full, New: Side{Path: "new.gz"}}
	for _, format := range []string{"human", "markdown"} {
		var out bytes.Buffer
		require.NoError(t, write(&out, d, flags{format: format, noColor: true}))
		text := strings.Join(strings.Fields(out.String()), " ")
		require.Contains(t, text, "1,234 findings more are counted and not listed: a result lists the 40,000 gravest. What changed among them is not seen here.")
		require.Equal(t, 1, strings.Count(text, "not listed"), "of the side that lists all there is nothing to say")
	}
	var out bytes.Buffer
	require.NoError(t, write(&out, d, flags{format: "json"}))
	var back Document
	require.NoError(t, json.Unmarshal(out.Bytes(), &back))
	require.Equal(t, full.LeftOut, back.Old.LeftOut)
	require.Equal(t, 1, strings.Count(out.String(), "findingsLeftOut"))
}
