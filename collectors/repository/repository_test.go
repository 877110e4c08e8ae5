package repository_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/repository"
)

// began is when the first commit of a test's repository was made; each further one is a day later.
var began = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// author is who makes the commits of tests. Nothing of it may leave.
const (
	authorName  = "Sentinel Author"
	authorEmail = "sentinel-author@example.com"
)

// repo is a repository that a test makes.
type repo struct {
	t       *testing.T
	folder  string
	git     *git.Repository
	commits []plumbing.Hash
}

func newRepo(t *testing.T) *repo {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "shop")
	made, err := git.PlainInit(folder, false)
	require.NoError(t, err)
	return &repo{t: t, folder: folder, git: made}
}

// files are contents by path. An empty content removes the file.
type files map[string]string

// commit writes files and commits them.
func (r *repo) commit(changed files) *repo {
	r.t.Helper()
	tree, err := r.git.Worktree()
	require.NoError(r.t, err)
	for name, text := range changed {
		where := filepath.Join(r.folder, name)
		if text == "" {
			_, err := tree.Remove(name)
			require.NoError(r.t, err)
			continue
		}
		require.NoError(r.t, os.MkdirAll(filepath.Dir(where), 0o700))
		require.NoError(r.t, os.WriteFile(where, []byte(text), 0o600))
		_, err := tree.Add(name)
		require.NoError(r.t, err)
	}
	r.seal(tree)
	return r
}

func (r *repo) seal(tree *git.Worktree) {
	by := object.Signature{Name: authorName, Email: authorEmail, When: began.AddDate(0, 0, len(r.commits))}
	hash, err := tree.Commit("sentinel-message password=hunter2", &git.CommitOptions{Author: &by, Committer: &by, AllowEmptyCommits: true})
	require.NoError(r.t, err)
	r.commits = append(r.commits, hash)
}

// tag names the newest commit, by an annotated tag.
func (r *repo) tag(name string) *repo {
	r.t.Helper()
	_, err := r.git.CreateTag(name, r.commits[len(r.commits)-1], &git.CreateTagOptions{
		Tagger: &object.Signature{Name: authorName, Email: authorEmail, When: began}, Message: "sentinel-tag-message",
	})
	require.NoError(r.t, err)
	return r
}

// cut makes the clone a shallow one that ends at a commit, as the file by which git knows it says.
func (r *repo) cut(commit int) *repo {
	r.t.Helper()
	require.NoError(r.t, r.git.Storer.SetShallow([]plumbing.Hash{r.commits[commit]}))
	return r
}

func (r *repo) remote(address string) *repo {
	r.t.Helper()
	_, err := r.git.CreateRemote(&config.RemoteConfig{Name: "origin", URLs: []string{address}})
	require.NoError(r.t, err)
	return r
}

// collected is what a collection gave: the whole snapshot as it would leave.
type collected struct {
	inputs  repository.Inputs
	lines   string
	records []snapshot.Record
}

func collect(t *testing.T, paths ...string) collected {
	t.Helper()
	var out bytes.Buffer
	var w *snapshot.Writer
	inputs, err := repository.Read(t.Context(), paths, repository.Options{}, func(record snapshot.Record) (err error) {
		if header, first := record.(snapshot.Header); first {
			header.CollectorVersion, header.TakenAt = "v1.0.0", began.AddDate(0, 6, 0)
			w, err = snapshot.NewWriter(&out, header)
			return err
		}
		return w.Write(record)
	})
	require.NoError(t, err)
	require.NoError(t, w.Close())
	got := collected{inputs: inputs}
	reader := snapshot.NewReader(bytes.NewReader(out.Bytes()), snapshot.DefaultLimits())
	for record, err := range reader.Records() {
		require.NoError(t, err)
		got.records = append(got.records, record)
		got.lines += fmt.Sprintf("%+v\n", record)
	}
	got.lines += expanded(t, out.Bytes())
	return got
}

func (c collected) repository(t *testing.T) snapshot.Repository {
	t.Helper()
	for _, record := range c.records {
		if found, is := record.(snapshot.Repository); is {
			return found
		}
	}
	require.Fail(t, "no repository was recorded")
	return snapshot.Repository{}
}

func (c collected) reasons() string {
	var all string
	for _, skipped := range c.inputs.Skipped {
		all += skipped.Path + ": " + skipped.Reason + "\n"
	}
	return all
}

// outcome is what one rule says of one chart of the repository: "pass", "fail: message", or the result with its reason.
func (c collected) outcome(t *testing.T, rule, chart string, settings assessments.Settings) string {
	t.Helper()
	in := assessments.Input{Content: content.V1(), Facts: facts.FromRecords(facts.Options{}, c.records...), AsOf: began.AddDate(0, 6, 0), Settings: settings}
	view := assessments.ViewOf(in)
	for _, r := range content.V1().Rules.All() {
		if r.ID != rule {
			continue
		}
		for _, o := range r.Judge(view) {
			if o.Subject().Kind == "Repository" && o.Subject().Container == chart {
				return string(o.Result) + ": " + o.Failure().Message + o.Reason
			}
		}
	}
	require.Fail(t, "no outcome", "%s of %s", rule, chart)
	return ""
}

const (
	deployment = "kind: Deployment\nspec: {replicas: {{ .Values.replicas }}}\n"
	other      = "kind: Deployment\nspec: {replicas: {{ .Values.replicas }}, paused: true}\n"
)

func chartYAML(name, version, app string) string {
	return fmt.Sprintf("apiVersion: v2\nname: %s\nversion: %s\nappVersion: %q\n", name, version, app)
}

// webChart is a chart of an application that the organization builds.
func webChart(version, values, template string) files {
	return files{
		"charts/web/Chart.yaml": chartYAML("web", version, "7.0.1"), "charts/web/values.yaml": values,
		"charts/web/templates/deployment.yaml": template,
	}
}

// TestTheRulesOfTheFieldKeptAndBroken holds the field report's rules against repositories that keep and that break them: with values
// alone the patch moves and no more, a system application's new image moves the major, notes stand beside each version.
func TestTheRulesOfTheFieldKeptAndBroken(t *testing.T) {
	own := assessments.Settings{OwnRegistries: []string{"registry.example.com"}}
	strict := assessments.Settings{OwnRegistries: own.OwnRegistries, SystemAppMajor: true}
	queue := func(version, tag string) files {
		return files{"Chart.yaml": chartYAML("queue", version, "x"), "values.yaml": "image:\n  repository: bitnami/kafka\n  tag: " + tag + "\n",
			"templates/set.yaml": deployment}
	}
	for name, c := range map[string]struct {
		made     func(*repo)
		rule     string
		chart    string
		settings assessments.Settings
		want     string
	}{
		"values move the patch": {func(r *repo) {
			r.commit(webChart("1.1.0", "replicas: 1", deployment)).commit(webChart("1.1.1", "replicas: 2", deployment))
		}, "delivery/chart-bump", "web", own, "pass: "},
		"values move the minor": {func(r *repo) {
			r.commit(webChart("1.1.0", "replicas: 1", deployment)).commit(webChart("1.2.0", "replicas: 2", deployment))
		}, "delivery/chart-bump", "web", own, "fail: Only the chart's values changed, and more than its patch version moved."},
		"a comment in the values is no change": {func(r *repo) {
			r.commit(webChart("1.1.0", "replicas: 1", deployment)).commit(webChart("1.1.0", "# how many\nreplicas: 1 # one", deployment)).
				commit(webChart("1.1.1", "replicas: 2", deployment))
		}, "delivery/chart-bump", "web", own, "pass: "},
		"templates move the minor": {func(r *repo) {
			r.commit(webChart("1.1.0", "replicas: 1", deployment)).commit(webChart("1.2.0", "replicas: 2", other))
		}, "delivery/chart-bump", "web", own, "pass: "},
		"templates move nothing": {func(r *repo) {
			r.commit(webChart("1.1.0", "replicas: 1", deployment)).commit(webChart("1.1.0", "replicas: 1", other))
		}, "delivery/chart-bump", "web", own, "fail: The chart changed and its version did not."},
		"a dependency moves nothing": {func(r *repo) {
			r.commit(webChart("1.1.0", "replicas: 1", deployment)).
				commit(files{"charts/web/Chart.yaml": chartYAML("web", "1.1.0", "7.0.1") + "dependencies: [{name: redis, version: 1.0.0}]\n"})
		}, "delivery/chart-bump", "web", own, "fail: The chart changed and its version did not."},
		"templates move nothing between tagged versions": {func(r *repo) {
			r.commit(webChart("1.1.0", "replicas: 1", deployment)).tag("web-1.1.0").commit(webChart("1.1.0", "replicas: 1", other)).
				commit(webChart("1.2.0", "replicas: 1", other)).tag("web-1.2.0")
		}, "delivery/chart-bump", "web", own, "pass: "},
		"the application's image is no change of the chart": {func(r *repo) {
			r.commit(webChart("1.1.0", "image: registry.example.com/web:1", deployment)).commit(webChart("1.1.0", "image: registry.example.com/web:2", deployment))
		}, "delivery/chart-bump", "web", own, "pass: "},
		"a chart that never changed": {func(r *repo) {
			r.commit(webChart("1.1.0", "replicas: 1", deployment)).commit(files{"README.md": "hello"})
		},
			"delivery/chart-bump", "web", own, "notApplicable: the chart has not been changed since it was first there or first tagged"},
		"a version that the pipeline sets": {func(r *repo) {
			r.commit(webChart("1.1.0", "replicas: 1", deployment)).commit(webChart("1.1.0", "replicas: 1", other)).
				commit(files{"Jenkinsfile": "sh '''\nhelm package charts/web \\\n  --version $V\n'''"})
		}, "delivery/chart-bump", "web", own, "unknown: a pipeline sets the chart's version when it packages it"},

		"a system application's image moves the major": {func(r *repo) { r.commit(queue("1.0.0", "3.7")).commit(queue("2.0.0", "3.8")) },
			"delivery/system-app-bump", "queue", strict, "pass: "},
		"a system application's image moves the minor": {func(r *repo) { r.commit(queue("1.0.0", "3.7")).commit(queue("1.1.0", "3.8")) },
			"delivery/system-app-bump", "queue", strict, "fail: Its image changed and its chart's major version did not."},
		"a system application's image moves nothing": {func(r *repo) { r.commit(queue("1.0.0", "3.7")).commit(queue("1.0.0", "3.8")) },
			"delivery/system-app-bump", "queue", own, "fail: Its image changed and its chart's version did not."},
		"and the minor is enough where no major is asked for": {func(r *repo) { r.commit(queue("1.0.0", "3.7")).commit(queue("1.1.0", "3.8")) },
			"delivery/system-app-bump", "queue", own, "pass: "},
		"nobody said which registries are the organization's": {func(r *repo) { r.commit(queue("1.0.0", "3.7")).commit(queue("1.1.0", "3.8")) },
			"delivery/system-app-bump", "queue", assessments.Settings{}, "unknown: the organization has not listed its own registries"},
		"an image that a template names, of the application's version": {func(r *repo) {
			template := "spec:\n  - image: \"redis:7.2\"\n    tag: {{ .Chart.AppVersion }}\n"
			r.commit(files{"Chart.yaml": chartYAML("cache", "1.0.0", "7.2"), "values.yaml": "image: {repository: redis, tag: \"\"}", "templates/a.yaml": template}).
				commit(files{"Chart.yaml": chartYAML("cache", "1.0.0", "7.4")})
		}, "delivery/system-app-bump", "cache", own, "fail: Its image changed and its chart's version did not."},

		"chart and code apart, with notes": {func(r *repo) {
			r.commit(webChart("1.1.0", "replicas: 1", deployment)).commit(files{"RELEASE.txt": "1.1.0: the first"})
		}, "delivery/chart-repository", "web", own, "pass: "},
		"notes of another version": {func(r *repo) {
			r.commit(webChart("1.1.0", "replicas: 1", deployment)).commit(files{"RELEASE.txt": "11.1.0, 1.1.0-rc.1 and 1.1.01"})
		}, "delivery/chart-repository", "web", own, "fail: The chart's version has no release notes."},
		"chart and code under one version": {func(r *repo) {
			for _, v := range []string{"1.0.0", "1.1.0"} {
				r.commit(files{"pom.xml": "<project/>", "CHANGELOG.md": "## " + v, "deploy/Chart.yaml": chartYAML("web", v, v)})
			}
		}, "delivery/chart-repository", "web", own, "fail: Chart and application lie in one repository under one version."},
		"a version that is no semantic one": {func(r *repo) { r.commit(files{"Chart.yaml": chartYAML("web", "1.1", "1")}) },
			"delivery/chart-semver", "web", own, "fail: The chart's version is no semantic version."},
		"a version that is a semantic one": {func(r *repo) { r.commit(files{"Chart.yaml": chartYAML("web", "1.1.0", "1")}) },
			"delivery/chart-semver", "web", own, "pass: "},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			c.made(r)
			require.Equal(t, c.want, collect(t, r.folder).outcome(t, c.rule, c.chart, c.settings))
		})
	}
}

func TestWhatEachVersionChanged(t *testing.T) {
	r := newRepo(t)
	image := func(tag string) string {
		return "replicas: 1\nimage:\n  repository: registry.example.com/web\n  tag: " + tag + "\n"
	}
	r.commit(webChart("1.0.0", image("a1"), deployment)).
		commit(webChart("1.0.1", image("a2"), deployment)).
		commit(files{"charts/web/README.md": "words"}).tag("charts/web/v1.0.1").
		commit(files{"CHANGELOG.md": "## 1.0.1\nwords"}).
		commit(webChart("1.1.0", image("a2")+"more: true\n", other)).
		commit(webChart("1.1.0", image("a2"), other)).
		commit(files{"charts/web/Chart.yaml": "name: [broken"}).
		commit(files{"charts/web/Chart.yaml": chartYAML("web", "2.0.0", "8")}).
		commit(files{"other.txt": "words"})
	got := collect(t, r.folder)
	require.Len(t, got.repository(t).Charts, 1)
	day := func(n int) *time.Time { return new(began.AddDate(0, 0, n)) }
	images := func(tag string) []string { return []string{"registry.example.com/web:" + tag} }
	require.Equal(t, snapshot.Chart{
		Name: "web", Path: "charts/web", Place: snapshot.Place{File: "charts/web/Chart.yaml", Line: 3}, Version: "2.0.0", AppVersion: "8",
		Versions: []snapshot.ChartVersion{
			{Version: "1.0.0", AppVersion: "7.0.1", At: day(0), Images: images("a1")},
			{Version: "1.0.1", AppVersion: "7.0.1", At: day(1), Values: true, ImageTags: true, NotesAdded: true, Tagged: true, Images: images("a2")},
			{Version: "1.1.0", AppVersion: "7.0.1", At: day(4), Values: true, Templates: true, Images: images("a2")},
			{Version: "1.1.0", AppVersion: "7.0.1", At: day(5), Values: true, Images: images("a2")},
			{Version: "2.0.0", AppVersion: "8", At: day(7), Images: images("a2")},
		},
	}, got.repository(t).Charts[0])
	require.True(t, got.repository(t).History)
	require.False(t, got.repository(t).HistoryCut)
	require.Equal(t, repository.Inputs{Repositories: 1, Charts: 1, Changes: 5, Skipped: []repository.Skipped{}}, got.inputs)
}

func TestAShallowCloneIsNoYoungChart(t *testing.T) {
	r := newRepo(t)
	r.commit(webChart("1.0.0", "replicas: 1", deployment)).commit(webChart("1.0.0", "replicas: 1", other)).commit(webChart("1.0.1", "replicas: 2", other)).cut(2)
	got := collect(t, r.folder)
	record := got.repository(t)
	require.True(t, record.HistoryCut)
	require.Len(t, record.Charts[0].Versions, 1)
	require.Nil(t, record.Charts[0].Versions[0].At, "when it came to be is not known")
	require.Contains(t, got.reasons(), "the history is cut at commit "+r.commits[2].String()[:12]+": a shallow clone")
	require.Equal(t, "unknown: the history is cut before any change of the chart, as in a shallow clone", got.outcome(t, "delivery/chart-bump", "web", assessments.Settings{}))

	r.cut(1)
	require.Equal(t, "pass: ", collect(t, r.folder).outcome(t, "delivery/chart-bump", "web", assessments.Settings{}), "what was read kept the rule")
	r.cut(0)
	require.Contains(t, collect(t, r.folder).outcome(t, "delivery/chart-bump", "web", assessments.Settings{}), "fail: ")
}

func TestMergedBranchesCountAsOneChange(t *testing.T) {
	r := newRepo(t).commit(webChart("1.0.0", "replicas: 1", deployment))
	tree, err := r.git.Worktree()
	require.NoError(t, err)
	main, err := r.git.Head()
	require.NoError(t, err)
	require.NoError(t, tree.Checkout(&git.CheckoutOptions{Branch: "refs/heads/side", Create: true}))
	r.commit(webChart("1.0.0", "replicas: 9", other))
	branch := r.commits[1]
	require.NoError(t, tree.Checkout(&git.CheckoutOptions{Branch: main.Name()}))
	for name, text := range webChart("1.1.0", "replicas: 9", other) {
		require.NoError(t, os.WriteFile(filepath.Join(r.folder, name), []byte(text), 0o600))
		_, err := tree.Add(name)
		require.NoError(t, err)
	}
	by := object.Signature{Name: authorName, Email: authorEmail, When: began.AddDate(0, 0, 2)}
	_, err = tree.Commit("merge", &git.CommitOptions{Author: &by, Parents: []plumbing.Hash{main.Hash(), branch}})
	require.NoError(t, err)
	require.Equal(t, "pass: ", collect(t, r.folder).outcome(t, "delivery/chart-bump", "web", assessments.Settings{}))
}
