package repository

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-git/go-git/v5/plumbing"

	"plimsoll/assessments/snapshot"
)

// file is a file of the commit that is checked out.
type file struct {
	path string
	hash plumbing.Hash
}

// passedOver are folders that hold what others wrote.
var passedOver = []string{"node_modules", "vendor", "third_party", "testdata"}

// survey lists the files of a commit and reads what they are.
func (r *reading) survey(root plumbing.Hash) error {
	w := &walk{r: r}
	if err := w.folder(root, "", 0); err != nil {
		return fmt.Errorf("list its files: %w", err)
	}
	if w.cut != "" {
		r.skip("", w.cut)
	}
	if w.odd > 0 {
		r.skip("", fmt.Sprintf("%d files whose paths are no plain text or longer than %d bytes", w.odd, maxPathBytes))
	}
	r.findCharts(w.files)
	r.findPipelines(w.files)
	r.findDockerfiles(w.files)
	r.findNotes(w.files)
	r.record.CodeLanguage = r.languages(w.files)
	return r.ctx.Err()
}

// walk goes through the folders of a commit, within bounds.
type walk struct {
	r     *reading
	files []file
	seen  int
	odd   int
	cut   string // why something was left out
}

func (w *walk) folder(hash plumbing.Hash, at string, depth int) error {
	if err := w.r.ctx.Err(); err != nil {
		return err
	}
	entries, err := w.r.objects.tree(hash)
	if err != nil && at == "" {
		return err
	}
	if err != nil {
		w.r.skip(at, "a folder that can't be read: "+reasonOf(err))
		return nil
	}
	for _, e := range entries {
		if w.seen++; w.seen > maxEntries {
			w.cut = fmt.Sprintf("more than %d files and folders: what lies behind them was not looked at", maxEntries)
			return nil
		}
		where := path.Join(at, e.name)
		switch {
		case !plainPath(where) || e.name == "" || e.name == "." || e.name == ".." || strings.Contains(e.name, "/"):
			w.odd++
		case e.isFile():
			w.files = append(w.files, file{where, e.hash})
		case !e.isFolder() || slices.Contains(passedOver, e.name):
		case depth >= maxDepth:
			w.cut = fmt.Sprintf("folders nested deeper than %d", maxDepth)
		default:
			if err := w.folder(e.hash, where, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func plainPath(text string) bool {
	return len(text) <= maxPathBytes && utf8.ValidString(text) && strings.IndexFunc(text, unicode.IsControl) < 0
}

// cleanText takes what steers a terminal out of a short text, and cuts it off.
func cleanText(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, strings.TrimSpace(text))
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	return text
}

// blob reads a file; what can't be read is told.
func (r *reading) blob(f file, most int64) ([]byte, bool) {
	data, err := r.objects.blob(f.hash, most)
	if err != nil {
		r.skip(r.place(f.path), reasonOf(err))
		return nil, false
	}
	return data, true
}

func (r *reading) findNotes(files []file) {
	for _, f := range files {
		if isNotesName(path.Base(f.path)) && r.wants(f.path) && len(r.record.ReleaseNotes) < maxListed {
			r.record.ReleaseNotes = append(r.record.ReleaseNotes, f.path)
		}
	}
}

func (r *reading) findDockerfiles(files []file) {
	for _, f := range files {
		if !isDockerfile(path.Base(f.path)) || !r.wants(f.path) || len(r.record.Dockerfiles) >= maxListed {
			continue
		}
		if text, ok := r.blob(f, maxTextBytes); ok && fromLine.Match(text) { // dockerfile.go has the name, and builds nothing
			record := readDockerfile(text)
			record.File = f.path
			r.record.Dockerfiles = append(r.record.Dockerfiles, record)
		}
	}
}

// fromLine is what no file that an image is built from lacks.
var fromLine = regexp.MustCompile(`(?mi)^[ \t]*FROM[ \t]`)

// isDockerfile goes by the names that builders and editors know: Dockerfile, Dockerfile.web, web.Dockerfile, Containerfile.
func isDockerfile(name string) bool {
	lower := strings.ToLower(name)
	first, _, _ := strings.Cut(lower, ".")
	switch {
	case first == "dockerfile" || first == "containerfile":
		return !strings.HasSuffix(lower, ".dockerignore")
	}
	return strings.HasSuffix(lower, ".dockerfile") || strings.HasSuffix(lower, ".containerfile")
}

// maxLooked bounds the YAML files that are looked into for pipelines.
const maxLooked = 5_000

func (r *reading) findPipelines(files []file) {
	looked := 0
	for _, f := range files {
		tool := pipelineByName(f.path)
		isYAML := strings.HasSuffix(f.path, ".yaml") || strings.HasSuffix(f.path, ".yml")
		if tool == "" && (!isYAML || strings.Contains("/"+f.path, "/templates/")) || !r.wants(f.path) {
			continue
		}
		if looked++; looked > maxLooked {
			r.skip("", fmt.Sprintf("more than %d YAML files: no pipelines are looked for in the rest", maxLooked))
			return
		}
		text, err := r.objects.blob(f.hash, maxTextBytes)
		if err == nil && tool == "" {
			tool = pipelineByContent(text)
		}
		if tool != "" && len(r.record.Pipelines) < maxListed {
			r.record.Pipelines = append(r.record.Pipelines, snapshot.Pipeline{Tool: tool, File: f.path, SetsChartVersion: setsVersion.Match(text)})
		}
	}
}

// pipelineByName tells a pipeline's tool by where its file stands.
func pipelineByName(where string) string {
	base := path.Base(where)
	isYAML := strings.HasSuffix(base, ".yaml") || strings.HasSuffix(base, ".yml")
	switch {
	case strings.HasPrefix(base, "Jenkinsfile"), strings.HasSuffix(strings.ToLower(base), ".jenkinsfile"):
		return "jenkins"
	case isYAML && path.Dir(where) == ".github/workflows":
		return "github"
	case base == ".gitlab-ci.yml", base == ".gitlab-ci.yaml", isYAML && strings.HasPrefix(where, ".gitlab/ci/"):
		return "gitlab"
	case isYAML && strings.HasPrefix(where, ".tekton/"):
		return "tekton"
	}
	return ""
}

var (
	tektonVersion = regexp.MustCompile(`(?m)^apiVersion:\s*["']?tekton\.dev/`)
	tektonKind    = regexp.MustCompile(`(?m)^kind:\s*["']?(?:Cluster)?(?:Pipeline|Task)(?:Run)?["']?\s*$`)
	argoVersion   = regexp.MustCompile(`(?m)^apiVersion:\s*["']?argoproj\.io/`)
	argoKind      = regexp.MustCompile(`(?m)^kind:\s*["']?(?:Cluster|Cron)?Workflow(?:Template)?["']?\s*$`)
	// setsVersion finds a chart that gets its version only when it is packaged.
	setsVersion = regexp.MustCompile(`helm\s+package\b[^\n]*(?:\\\n[^\n]*)*--version\b`)
)

// pipelineByContent tells it by the lines that name a kind. Nothing is parsed.
func pipelineByContent(text []byte) string {
	switch {
	case tektonVersion.Match(text) && tektonKind.Match(text):
		return "tekton"
	case argoVersion.Match(text) && argoKind.Match(text):
		return "argo"
	}
	return ""
}

// buildFiles tell that application code lies there, by the tool that builds it.
var buildFiles = map[string]string{
	"pom.xml": "maven", "build.gradle": "gradle", "build.gradle.kts": "gradle", "build.sbt": "sbt", "go.mod": "go", "Cargo.toml": "cargo",
	"package.json": "npm", "composer.json": "composer", "Gemfile": "bundler", "mix.exs": "mix", "setup.py": "python", "pyproject.toml": "python",
	"requirements.txt": "python", "CMakeLists.txt": "cmake",
}

// besideCode are folders in which a build file tells nothing of the application.
var besideCode = []string{"docs", "doc", "test", "tests", "e2e", "hack", "tools", "examples", "example", "website", "scripts"}

// languages are the tools that build application code beside the charts.
func (r *reading) languages(files []file) []string {
	found := map[string]bool{}
	for _, f := range files {
		tool := buildFiles[path.Base(f.path)]
		if strings.HasSuffix(f.path, ".csproj") || strings.HasSuffix(f.path, ".fsproj") {
			tool = "dotnet"
		}
		if tool == "" || found[tool] || r.inChart(f.path) || inFolders(f.path, besideCode) {
			continue
		}
		found[tool] = r.buildsCode(tool, f, files)
	}
	var all []string
	for tool, is := range found {
		if is {
			all = append(all, tool)
		}
	}
	slices.Sort(all)
	return all
}

func inFolders(where string, folders []string) bool {
	for folder := range strings.SplitSeq(path.Dir(where), "/") {
		if slices.Contains(folders, folder) || len(folder) > 1 && folder[0] == '.' {
			return true
		}
	}
	return false
}

// buildsCode tells an application from tools that a repository of charts has too: a release script's package.json, requirements of the
// documentation.
func (r *reading) buildsCode(tool string, f file, files []file) bool {
	switch tool {
	case "npm":
		text, err := r.objects.blob(f.hash, maxTextBytes)
		var keys map[string]json.RawMessage
		if err != nil || json.Unmarshal(text, &keys) != nil {
			return false
		}
		for _, key := range []string{"dependencies", "main", "bin", "exports", "workspaces"} {
			if value := bytes.TrimSpace(keys[key]); len(value) > 0 && !bytes.Equal(value, []byte("{}")) && !bytes.Equal(value, []byte("null")) {
				return true
			}
		}
		return false
	case "python":
		below := strings.TrimPrefix(path.Dir(f.path)+"/", "./")
		return slices.ContainsFunc(files, func(other file) bool {
			return strings.HasSuffix(other.path, ".py") && strings.HasPrefix(other.path, below) && !inFolders(other.path, besideCode)
		})
	}
	return true
}

func (r *reading) inChart(where string) bool {
	return slices.ContainsFunc(r.charts, func(c *chart) bool { return c.path != "." && strings.HasPrefix(where, c.path+"/") })
}
