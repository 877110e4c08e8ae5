package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// TestMain lets the test's own binary be the command, under the command's name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "plimsoll" {
		os.Exit(execute())
	}
	os.Exit(m.Run())
}

// blocks are the fenced pieces of docs/ci.md below each heading.
func blocks(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/ci.md")
	require.NoError(t, err)
	found := map[string][]string{}
	for section := range strings.SplitSeq(string(text), "\n## ") {
		title, body, _ := strings.Cut(section, "\n")
		for _, block := range regexp.MustCompile("(?s)```(?:sh|yaml)\n(.*?)```").FindAllStringSubmatch(body, -1) {
			found[title] = append(found[title], block[1])
		}
	}
	return found
}

const page = `apiVersion: apps/v1
kind: Deployment
metadata: {name: %s, namespace: shop}
spec:
  selector: {matchLabels: {app: %s}}
  template:
    metadata: {labels: {app: %s}}
    spec:
      containers: [{name: app, image: "registry.example.com/%s:latest"}]
`

// pipeline is a folder as a CI job has it: a checkout with one workload that has findings, and a place where releases are kept.
type pipeline struct {
	t         *testing.T
	dir, home string
	env       []string
}

func newPipeline(t *testing.T) *pipeline {
	t.Helper()
	p := &pipeline{t: t, dir: t.TempDir(), home: t.TempDir()}
	releases := t.TempDir()
	self, err := os.Executable()
	require.NoError(t, err)
	binary := filepath.Join(releases, "plimsoll-linux-amd64")
	copyFile(t, self, binary)
	require.NoError(t, os.WriteFile(filepath.Join(releases, "SHA256SUMS"), []byte(digest(t, binary)+"  plimsoll-linux-amd64\n"+strings.Repeat("0", 64)+"  plimsoll-darwin-arm64\n"), 0o600))
	bin := filepath.Join(p.home, ".local", "bin")
	require.NoError(t, os.MkdirAll(bin, 0o755))
	p.env = append(os.Environ(), "HOME="+p.home, "PLIMSOLL_RELEASES=file://"+releases, "GITHUB_PATH="+filepath.Join(p.home, "path"),
		"GITHUB_STEP_SUMMARY="+filepath.Join(p.home, "summary"), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	p.write("deploy/mailer.yaml", strings.ReplaceAll(page, "%s", "mailer"))
	return p
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	require.NoError(t, err)
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	require.NoError(t, err)
	_, err = io.Copy(out, in)
	require.NoError(t, err)
	require.NoError(t, out.Close())
}

func digest(t *testing.T, file string) string {
	t.Helper()
	in, err := os.Open(file)
	require.NoError(t, err)
	defer in.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, in)
	require.NoError(t, err)
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func (p *pipeline) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	require.NoError(p.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(p.t, os.WriteFile(path, []byte(text), 0o644))
}

// run runs a step as a CI server does, and returns what it printed with its exit code.
func (p *pipeline) run(script string) (string, int) {
	p.t.Helper()
	command := exec.Command("bash", "-eo", "pipefail", "-c", script)
	command.Dir, command.Env = p.dir, append(p.env, "PATH="+filepath.Join(p.home, ".local", "bin")+":"+os.Getenv("PATH"))
	out, err := command.CombinedOutput()
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		require.NoError(p.t, err)
	}
	return string(out), command.ProcessState.ExitCode()
}

func (p *pipeline) succeeds(script string) string {
	p.t.Helper()
	out, code := p.run(script)
	require.Zero(p.t, code, "%s\n%s", script, out)
	return out
}

// installed runs the page's own installation, so that every later step has the command.
func (p *pipeline) installed(blocks map[string][]string) {
	p.t.Helper()
	require.Contains(p.t, p.succeeds(githubSteps(p.t, blocks)["install"]), "plimsoll-linux-amd64: OK")
	path, err := os.ReadFile(filepath.Join(p.home, "path"))
	require.NoError(p.t, err)
	require.Equal(p.t, filepath.Join(p.home, ".local", "bin")+"\n", string(path))
	p.succeeds(blocks["Begin with what you have"][0])
	p.write(".plimsoll/waivers.yaml", blocks["Accept a finding"][0])
}

func (p *pipeline) breaks() {
	p.write("deploy/printer.yaml", strings.ReplaceAll(page, "%s", "printer"))
}

func githubSteps(t *testing.T, blocks map[string][]string) map[string]string {
	t.Helper()
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Name, Run string }
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(blocks["GitHub Actions"][0]), &workflow))
	steps := map[string]string{}
	for _, step := range workflow.Jobs["readiness"].Steps {
		if step.Run != "" {
			steps[step.Name] = step.Run
		}
	}
	require.Len(t, steps, 3)
	return steps
}

func TestTheGitHubWorkflowOfThePageRuns(t *testing.T) {
	page, p := blocks(t), newPipeline(t)
	p.installed(page)
	steps := githubSteps(t, page)
	p.succeeds(steps["score"])
	p.breaks()
	out, code := p.run(steps["score"])
	require.Equal(t, 2, code, out)
	require.Contains(t, out, "printer")
	require.NotContains(t, out, "shop/mailer", "the baseline knows it")
	p.succeeds(steps["summary"])
	summary, err := os.ReadFile(filepath.Join(p.home, "summary"))
	require.NoError(t, err)
	require.Contains(t, string(summary), "New findings")
	sarif, err := os.ReadFile(filepath.Join(p.dir, "plimsoll.sarif"))
	require.NoError(t, err)
	require.Contains(t, string(sarif), `"baselineState": "new"`)
}

func TestTheGitLabJobOfThePageRuns(t *testing.T) {
	page, p := blocks(t), newPipeline(t)
	p.installed(page)
	var jobs map[string]struct {
		BeforeScript []string `yaml:"before_script"`
		Script       []string
	}
	require.NoError(t, yaml.Unmarshal([]byte(page["GitLab CI"][0]), &jobs))
	job := strings.Join(append(jobs["plimsoll"].BeforeScript, jobs["plimsoll"].Script...), "\n")
	p.succeeds(job)
	p.breaks()
	out, code := p.run(job)
	require.Equal(t, 2, code, out)
	junit, err := os.ReadFile(filepath.Join(p.dir, "plimsoll.xml"))
	require.NoError(t, err)
	require.Contains(t, string(junit), "<failure")
}

func TestThePreCommitHooksOfThePageRun(t *testing.T) {
	page, p := blocks(t), newPipeline(t)
	p.installed(page)
	var config struct {
		Repos []struct{ Hooks []struct{ Entry string } }
	}
	require.NoError(t, yaml.Unmarshal([]byte(page["pre-commit"][0]), &config))
	p.write("hook", page["pre-commit"][1])
	for _, hook := range []string{config.Repos[0].Hooks[0].Entry, "sh hook"} {
		p.succeeds(hook)
	}
	p.breaks()
	for _, hook := range []string{config.Repos[0].Hooks[0].Entry, "sh hook"} {
		out, code := p.run(hook)
		require.Equal(t, 2, code, out)
	}
}

func TestTheDiffOfThePageRuns(t *testing.T) {
	page, p := blocks(t), newPipeline(t)
	p.installed(page)
	p.succeeds("git init -q && git add deploy && git commit -qm first")
	p.breaks()
	out, code := p.run(page["What a change does to the score"][0])
	require.Equal(t, 2, code, out)
	require.Contains(t, out, "Came with a new object")
}

func TestTheWaiversOfThePageAreRead(t *testing.T) {
	page, p := blocks(t), newPipeline(t)
	p.installed(page)
	var fragment struct {
		Metadata struct{ Annotations map[string]string }
	}
	require.NoError(t, yaml.Unmarshal([]byte(page["Accept a finding"][1]), &fragment))
	annotated := strings.Replace(strings.ReplaceAll(`apiVersion: apps/v1
kind: Deployment
metadata: {name: %s, namespace: shop, annotations: {plimsoll.dev/ignore: "IGNORE"}}
spec:
  selector: {matchLabels: {app: %s}}
  template:
    metadata: {labels: {app: %s}}
    spec:
      containers: [{name: app, image: "registry.example.com/%s:latest"}]
`, "%s", "nightly"), "IGNORE", fragment.Metadata.Annotations["plimsoll.dev/ignore"], 1)
	p.write("deploy/mailer.yaml", annotated)
	out := p.succeeds("plimsoll score deploy --waivers .plimsoll/waivers.yaml --as-of 2026-11-20")
	require.Contains(t, out, "while its annotation stands: rebuilt nightly, by decision of the team")
	require.Contains(t, out, "moves to the new platform in spring  (nothing that it names was seen)")
}
