package repository

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

func TestDockerfiles(t *testing.T) {
	option := func(source string, flags ...string) snapshot.RuntimeOption {
		return snapshot.RuntimeOption{Source: source, Flags: flags}
	}
	java := func(options ...snapshot.RuntimeOption) *snapshot.Runtime {
		return &snapshot.Runtime{Entry: "java", Options: options}
	}
	for name, c := range map[string]struct {
		text    string
		bases   []string
		runtime *snapshot.Runtime
	}{
		"one stage": {"FROM eclipse-temurin:21-jre\nENTRYPOINT [\"java\", \"-Xmx1g\", \"-jar\", \"/app.jar\"]", []string{"eclipse-temurin:21-jre"}, java(option("command", "-Xmx1g"))},
		"stages": {"FROM maven:3.9 AS build\nENV JAVA_OPTS=-Xmx9g\nFROM --platform=linux/amd64 eclipse-temurin:21@sha256:" + strings.Repeat("a", 64) + "\nCOPY --from=build /a /a\nCMD [\"java\"]",
			[]string{"maven:3.9", "eclipse-temurin:21@sha256:" + strings.Repeat("a", 64)}, java()},
		"a stage on a stage has what it has": {"FROM eclipse-temurin:21 as base\nENV JAVA_TOOL_OPTIONS=\"-XX:MaxRAMPercentage=70 -Dkey=word\"\nENTRYPOINT [\"java\"]\nFROM base\nUSER 1000",
			[]string{"eclipse-temurin:21"}, java(option("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=70"))},
		"what one stage sets stays out of the one that it builds on": {"FROM a:1 AS x\nENV JAVA_OPTS=-Xmx1g\nFROM x AS y\nENV JAVA_OPTS=-Xmx2g\nFROM x", []string{"a:1"},
			&snapshot.Runtime{Options: []snapshot.RuntimeOption{option("JAVA_OPTS", "-Xmx1g")}}},
		"arguments have defaults":                    {"ARG TAG=21-jre\nARG REGISTRY\nFROM ${REGISTRY:-docker.io}/temurin:$TAG\nFROM $BASE", []string{"docker.io/temurin:21-jre", "$BASE"}, nil},
		"an argument of a stage is none of the file": {"FROM a:1\nARG TAG=2\nFROM b:${TAG}", []string{"a:1", "b:${TAG}"}, nil},
		"the old form of ENV":                        {"FROM a:1\nENV JAVA_OPTS -Xmx1g -Xms1g", []string{"a:1"}, &snapshot.Runtime{Options: []snapshot.RuntimeOption{option("JAVA_OPTS", "-Xmx1g", "-Xms1g")}}},
		"several in one ENV": {"FROM a:1\nENV JAVA_VERSION=21.0.4 \\\n  # a comment\n  SECRET='two words' \\\n  JAVA_OPTS='-Xmx1g'", []string{"a:1"},
			&snapshot.Runtime{Options: []snapshot.RuntimeOption{option("JAVA_OPTS", "-Xmx1g")}, Versions: []snapshot.RuntimeOption{option("JAVA_VERSION", "21.0.4")}}},
		"a shell's start":                    {"FROM a:1\nENTRYPOINT exec java $JAVA_OPTS -Xss1m -jar app.jar", []string{"a:1"}, &snapshot.Runtime{Entry: "java", EntryNames: []string{"JAVA_OPTS"}, Options: []snapshot.RuntimeOption{option("command", "-Xss1m")}}},
		"a script":                           {"FROM a:1\nENTRYPOINT [\"/entrypoint.sh\"]", []string{"a:1"}, &snapshot.Runtime{Entry: "script"}},
		"CMD alone":                          {"FROM a:1\nCMD java -Xmx1g -jar app.jar", []string{"a:1"}, java(option("args", "-Xmx1g"))},
		"a new start forgets its arguments":  {"FROM a:1\nCMD [\"-Xmx1g\"]\nENTRYPOINT [\"java\"]", []string{"a:1"}, java()},
		"here-documents are no instructions": {"FROM a:1\nRUN <<EOF cat <<'END'\nFROM b:1\nEOF\nENV JAVA_OPTS=-Xmx1g\nEND\nFROM c:1", []string{"a:1", "c:1"}, nil},
		"another sign of continuation":       {"# escape=`\nFROM a:1\nENV JAVA_OPTS=-Xmx1g `\n  X=C:\\\nFROM b:1", []string{"a:1", "b:1"}, nil},
		"lines as Windows ends them":         {"FROM a:1\r\nENV JAVA_OPTS=-Xmx1g \\\r\n  X=1\r\n", []string{"a:1"}, &snapshot.Runtime{Options: []snapshot.RuntimeOption{option("JAVA_OPTS", "-Xmx1g")}}},
		"scratch":                            {"from scratch\ncopy a /a", []string{"scratch"}, nil},
		"credentials":                        {"FROM https://bot:secret@registry.example.com/a:1\nFROM bot:secret@registry.example.com/b:1", []string{"registry.example.com/a:1", "registry.example.com/b:1"}, nil},
		"what is no reference":               {"FROM\nFROM a b c\nFROM not;a;reference\nFROM x:$(cat secret)", []string{"a"}, nil},
		"nothing":                            {"", nil, nil},
		"the end is missing":                 {"FROM a:1 \\", []string{"a:1"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, snapshot.Dockerfile{Bases: c.bases, Runtime: c.runtime}, readDockerfile([]byte(c.text)))
		})
	}
}

func FuzzDockerfile(f *testing.F) {
	for _, seed := range []string{"FROM a:1\nENV A=b\nCMD [\"x\"]", "ARG A=${B:-c}\nFROM $A AS x\nFROM x", "# escape=`\nFROM a `\n:1", "FROM a\nRUN <<E\nx\nE\n", "FROM a\nENV \"a\\ b='c", "FROM a\nENV JAVA_OPTS=\"-Xmx1g secret-word\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		record := readDockerfile(text)
		record.File = "Dockerfile"
		require.NoError(t, snapshot.Check(snapshot.Repository{Name: "x", Dockerfiles: []snapshot.Dockerfile{record}}))
		for _, base := range record.Bases {
			require.NotContains(t, base, "@registry")
			require.LessOrEqual(t, len(base), maxReference)
		}
		if record.Runtime != nil {
			for _, option := range record.Runtime.Options {
				for _, flag := range option.Flags {
					require.True(t, strings.HasPrefix(flag, "-X"), flag)
				}
			}
		}
	})
}

func FuzzValues(f *testing.F) {
	for _, seed := range []string{"a: 1", "image: {repository: a, tag: b}", "a: &a [*a]", "a: &a {b: 1}\nc: *a\n<<: *a", "- image: x/y:1", "? {a: b} : c"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		root, err := parseYAML(text)
		if err != nil {
			return
		}
		whole, fine := digestOf(root, false)
		again, _ := digestOf(root, false)
		require.Equal(t, whole, again)
		_, alsoFine := digestOf(root, true)
		require.Equal(t, fine, alsoFine)
		for _, image := range imagesIn(root, "1", []string{"a"}) {
			require.Regexp(t, literalReference, image)
		}
	})
}

func TestTagsThatNameAVersion(t *testing.T) {
	for tag, want := range map[string]bool{
		"1.4.2": true, "v1.4.2": true, "web-1.4.2": true, "web-v1.4.2": true, "charts/web/1.4.2": true, "web/v1.4.2": true, "chart-1.4.2": true, "helm-v1.4.2": true,
		"my-web@1.4.2": true, "release-1.4.2": true, "api-1.4.2": false, "11.4.2": false, "1.4.2-rc.1": false, "1.4": false, "latest": false,
	} {
		require.Equal(t, want, tagNames(tag, "web", "1.4.2"), tag)
	}
	require.False(t, tagNames("v", "web", ""))
	require.True(t, tagNames("v1.4.2", "", "v1.4.2"))
}

func TestNotesThatNameAVersion(t *testing.T) {
	for text, want := range map[string]bool{
		"## 1.4.2": true, "v1.4.2": true, "[1.4.2] - 2026-03-01": true, "1.4.2.": true, "1.4.2: words": true, "1.4.2.md": true, "web-1.4.2": true, "11.4.2, then 1.4.2": true,
		"11.4.2": false, "1.4.20": false, "1.4.2.1": false, "1.4.2-rc.1": false, "0.1.4.2": false, "1.4.2+build": false, "": false, "1.4": false,
	} {
		require.Equal(t, want, holdsVersion([]byte(text), "1.4.2"), text)
		require.Equal(t, want, holdsVersion([]byte(text), "v1.4.2"), text)
	}
}

func TestNamesOfReleaseNotes(t *testing.T) {
	for name, want := range map[string]bool{
		"RELEASE.txt": true, "CHANGELOG.md": true, "CHANGELOG": true, "ChangeLog.rst": true, "CHANGES.txt": true, "HISTORY.md": true, "NEWS": true, "RELEASE_NOTES.md": true,
		"release-notes": true, "Releases.adoc": true, "release.sh": false, "release.yaml": false, "news.html": false, "NOTES.txt": false, "CHANGELOG.md.tpl": false,
	} {
		require.Equal(t, want, isNotesName(name), name)
	}
}

func TestPipelines(t *testing.T) {
	for where, want := range map[string]string{
		"Jenkinsfile": "jenkins", "ci/Jenkinsfile.release": "jenkins", "deploy.jenkinsfile": "jenkins", ".github/workflows/a.yml": "github", ".github/workflows/a/b.yml": "",
		".github/dependabot.yml": "", ".gitlab-ci.yml": "gitlab", ".gitlab/ci/build.yml": "gitlab", ".tekton/push.yaml": "tekton", "deploy/pipeline.yaml": "",
	} {
		require.Equal(t, want, pipelineByName(where), where)
	}
	for text, want := range map[string]string{
		"apiVersion: tekton.dev/v1\nkind: Pipeline\n": "tekton", "kind: ClusterTask\napiVersion: 'tekton.dev/v1beta1'\n": "tekton",
		"apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\n": "argo", "apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate": "argo",
		"apiVersion: argoproj.io/v1alpha1\nkind: Application\n": "", "apiVersion: tekton.dev/v1\nkind: Condition\n": "", "apiVersion: v1\nkind: Pod\n": "",
	} {
		require.Equal(t, want, pipelineByContent([]byte(text)), text)
	}
	require.True(t, setsVersion.MatchString("- run: helm package chart --version ${{ x }}"))
	require.False(t, setsVersion.MatchString("helm package chart\nhelm upgrade --version 1"))
}

func TestImagesOfValues(t *testing.T) {
	for name, c := range map[string]struct {
		values string
		want   []string
	}{
		"a reference":                {"image: redis:7.2", []string{"redis:7.2"}},
		"a name alone is none":       {"image: redis", nil},
		"parts":                      {"image: {registry: quay.io, repository: a/b, tag: \"1\"}", []string{"quay.io/a/b:1"}},
		"a digest":                   {"image: {repository: a, digest: \"sha256:" + strings.Repeat("a", 64) + "\"}", []string{"a:app@sha256:" + strings.Repeat("a", 64)}},
		"no tag: the application's":  {"image: {repository: a/b, tag: }", []string{"a/b:app"}},
		"a chart within has its own": {"redis: {image: {repository: a/b, tag: }}\nimage: {repository: c/d}", []string{"a/b", "c/d:app"}},
		"by another key":             {"sidecarImage: a/b:1\nrunner: {repository: c/d, tag: 2}", []string{"a/b:1", "c/d:2"}},
		"a repository of something":  {"git: {repository: https://u:p@example.com/x.git}", nil},
		"a list":                     {"images: []\nextra: [{image: a/b:1}, {image: a/b:1}]", []string{"a/b:1"}},
		"a placeholder":              {"image: a/b:${TAG}", nil},
		"an alias":                   {"x: &x {repository: a/b, tag: 1}\nimage: *x", []string{"a/b:1"}},
	} {
		root, err := parseYAML([]byte(c.values))
		require.NoError(t, err, name)
		require.Equal(t, c.want, imagesIn(root, "app", []string{"redis"}), name)
	}
}

func TestWhatCountsAsAChangeOfValues(t *testing.T) {
	for name, c := range map[string]struct {
		before, after string
		same, tags    bool // tags: alike but for the tags of images
	}{
		"order, comments and quotes":   {"a: 1\nb: two", "b: 'two' # words\na: 1", true, true},
		"a number and a text":          {"a: 1", "a: '1'", false, false},
		"a list's order":               {"a: [1, 2]", "a: [2, 1]", false, false},
		"a tag":                        {"image: {repository: a, tag: 1}", "image: {repository: a, tag: 2}", false, true},
		"a repository":                 {"image: {repository: a, tag: 1}", "image: {repository: b, tag: 1}", false, false},
		"a tag and more":               {"image: a:1\nx: 1", "image: a:2\nx: 2", false, false},
		"a reference's tag":            {"image: h:5000/a:1", "image: h:5000/a:2", false, true},
		"a key of a tag's own":         {"imageTag: 1", "imageTag: 2", false, true},
		"another thing's version":      {"schema: {version: 1}", "schema: {version: 2}", false, false},
		"an alias and what it repeats": {"a: &a {b: 1}\nc: *a", "a: {b: 1}\nc: {b: 1}", true, true},
	} {
		before, err := parseYAML([]byte(c.before))
		require.NoError(t, err, name)
		after, err := parseYAML([]byte(c.after))
		require.NoError(t, err, name)
		for _, withoutTags := range []bool{false, true} {
			one, _ := digestOf(before, withoutTags)
			other, _ := digestOf(after, withoutTags)
			require.Equal(t, withoutTags && c.tags || !withoutTags && c.same, one == other, name)
		}
	}
}
