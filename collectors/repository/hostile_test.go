package repository_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/repository"
)

// expanded is a snapshot's text as it would leave.
func expanded(t *testing.T, compressed []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(text)
}

// refused is why a path could not be read at all.
func refused(t *testing.T, folder string) string {
	t.Helper()
	_, err := repository.Read(t.Context(), []string{folder}, repository.Options{}, func(snapshot.Record) error { return nil })
	require.Error(t, err)
	return strings.ReplaceAll(err.Error(), folder, "REPO")
}

func TestNoSecretLeaves(t *testing.T) {
	secrets := []string{
		"s3nt1nel-values", "s3nt1nel-nested", "s3nt1nel-env", "s3nt1nel-arg", "s3nt1nel-run", "s3nt1nel-trust", "s3nt1nel-jdbc", "s3nt1nel-registry",
		"s3nt1nel-remote", "s3nt1nel-job", "s3nt1nel-notes", "s3nt1nel-annotation", "s3nt1nel-template", "s3nt1nel-label", "s3nt1nel-from", "s3nt1nel-cmd",
		"s3nt1nel-home", "s3nt1nel-maintainer", "s3nt1nel-dependency", "s3nt1nel-broken", "s3nt1nel-tag", "s3nt1nel-jenkins", "s3nt1nel-image",
		"sentinel-message", "sentinel-tag-message", "hunter2", "Sentinel Author", "sentinel-author@example.com", "s3nt1nel-package", "s3nt1nel-deleted",
	}
	r := newRepo(t).remote("https://bot:s3nt1nel-remote@git.example.com/shop.git")
	r.commit(files{"secret.yaml": "password: s3nt1nel-deleted", "charts/web/values.yaml": "password: s3nt1nel-values"}).tag("s3nt1nel-tag")
	r.commit(files{
		"secret.yaml": "",
		"charts/web/Chart.yaml": chartYAML("web", "1.0.0", "1.0.0") + "home: https://x:s3nt1nel-home@example.com\nannotations: {artifacthub.io/changes: s3nt1nel-annotation}\n" +
			"maintainers: [{name: s3nt1nel-maintainer}]\ndependencies: [{name: redis, version: 1.0.0, repository: \"https://x:s3nt1nel-dependency@charts.example.com\"}]\n",
		"charts/web/values.yaml": "password: s3nt1nel-values\ndb: {url: \"jdbc:postgresql://u:s3nt1nel-nested@db/x\"}\nimage:\n  repository: bot:s3nt1nel-registry@registry.example.com/web\n  tag: 1.0.0\n" +
			"backupImage: \"not an image but s3nt1nel-image:/ words\"\n",
		"charts/web/templates/secret.yaml": "stringData: {token: s3nt1nel-template}\nimage: https://u:s3nt1nel-image@registry.example.com/x:1\n",
		"charts/broken/Chart.yaml":         "name: \"s3nt1nel-broken",
		"charts/web/CHANGELOG.md":          "## 1.0.0 s3nt1nel-notes",
		".github/workflows/build.yaml":     "env: {TOKEN: s3nt1nel-job}",
		"Jenkinsfile":                      "withEnv(['T=s3nt1nel-jenkins'])",
		"package.json":                     `{"dependencies": {"x": "git+https://s3nt1nel-package@example.com"}}`,
		"Dockerfile": "ARG TOKEN=s3nt1nel-arg\nFROM https://bot:s3nt1nel-from@registry.example.com/base/jre:21\nENV DB_PASSWORD=s3nt1nel-env\n" +
			"ENV JAVA_OPTS=\"-Xmx1g -Djavax.net.ssl.trustStorePassword=s3nt1nel-trust -Durl=jdbc:postgresql://u:s3nt1nel-jdbc@db/x\"\n" +
			"LABEL token=s3nt1nel-label\nRUN curl -H 'Authorization: s3nt1nel-run' example.com\nCMD [\"java\", \"-Dkey=s3nt1nel-cmd\", \"-XX:MaxRAMPercentage=70\"]\n",
	})
	got := collect(t, r.folder)
	for _, secret := range secrets {
		require.NotContains(t, got.lines, secret)
		require.NotContains(t, got.reasons(), secret)
	}
	require.Contains(t, got.lines, "-Xmx1g")
	require.Contains(t, got.lines, "registry.example.com/base/jre:21")
	require.Contains(t, got.lines, "registry.example.com/web:1.0.0")
}

func TestARepositoryInEveryShape(t *testing.T) {
	made := newRepo(t).commit(webChart("1.0.0", "replicas: 1", deployment)).commit(webChart("1.0.1", "replicas: 2", deployment))
	want := collect(t, made.folder).repository(t)
	shape := func(t *testing.T, folder string) snapshot.Repository {
		got := collect(t, folder).repository(t)
		got.Name = want.Name
		return got
	}

	t.Run("bare", func(t *testing.T) {
		bare := filepath.Join(t.TempDir(), "shop.git")
		require.NoError(t, os.CopyFS(bare, os.DirFS(filepath.Join(made.folder, ".git"))))
		require.Equal(t, want, collect(t, bare).repository(t))
	})
	t.Run("a worktree", func(t *testing.T) {
		own := filepath.Join(made.folder, ".git", "worktrees", "side")
		require.NoError(t, os.MkdirAll(own, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(own, "commondir"), []byte("../..\n"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(own, "HEAD"), []byte(made.commits[0].String()+"\n"), 0o600))
		side := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(side, ".git"), []byte("gitdir: "+own+"\n"), 0o600))
		require.Len(t, shape(t, side).Charts[0].Versions, 1, "what this worktree has checked out")
		require.NoError(t, os.WriteFile(filepath.Join(own, "HEAD"), []byte("ref: refs/heads/master\n"), 0o600))
		require.Equal(t, want, shape(t, side))
	})
	t.Run("packed", func(t *testing.T) {
		r := newRepo(t)
		for i := range 30 {
			r.commit(webChart(fmt.Sprintf("1.0.%d", i), "text: "+strings.Repeat("abcdefgh ", 100*i*i)+fmt.Sprint(i), deployment))
		}
		r.tag("web-1.0.29")
		before := collect(t, r.folder)
		require.NoError(t, r.git.RepackObjects(&git.RepackConfig{}))
		require.NoError(t, r.git.Storer.PackRefs())
		loose, err := filepath.Glob(filepath.Join(r.folder, ".git/objects/[0-9a-f][0-9a-f]"))
		require.NoError(t, err)
		for _, folder := range loose {
			require.NoError(t, os.RemoveAll(folder))
		}
		require.Equal(t, before.records[1], collect(t, r.folder).records[1])
		require.Len(t, before.repository(t).Charts[0].Versions, 30)
	})
	t.Run("without a commit", func(t *testing.T) {
		r := newRepo(t)
		got := collect(t, r.folder)
		require.Equal(t, snapshot.Repository{Name: "shop"}, got.repository(t))
		require.Contains(t, got.reasons(), "it has no commit yet")
	})
	t.Run("twice in one snapshot", func(t *testing.T) {
		got := collect(t, made.folder, made.folder)
		require.Equal(t, 2, got.inputs.Repositories)
		require.Equal(t, got.records[1], got.records[2])
	})
}

func TestWhatIsNoRepositoryIsRefusedInOneSentence(t *testing.T) {
	replace := func(name, text string) func(*testing.T, *repo) {
		return func(t *testing.T, r *repo) {
			require.NoError(t, os.WriteFile(filepath.Join(r.folder, ".git", name), []byte(text), 0o600))
		}
	}
	for name, c := range map[string]struct {
		change func(*testing.T, *repo)
		want   string
	}{
		"no .git":                    {func(t *testing.T, r *repo) { require.NoError(t, os.RemoveAll(filepath.Join(r.folder, ".git"))) }, "no git repository"},
		"no folder":                  {func(t *testing.T, r *repo) { require.NoError(t, os.RemoveAll(r.folder)) }, "no such file"},
		"an empty HEAD":              {replace("HEAD", ""), "its HEAD names no commit"},
		"a HEAD that escapes":        {replace("HEAD", "ref: ../../../../etc/passwd"), "the reference that its HEAD names is damaged"},
		"a huge HEAD":                {replace("HEAD", strings.Repeat("x", 1<<20)), "its HEAD: larger than"},
		"a commit that is not there": {replace("HEAD", strings.Repeat("1", 40)), "object not found"},
		"references that go round":   {replace("refs/heads/master", "ref: refs/heads/master"), "its HEAD names no commit"},
		"objects of SHA-256":         {replace("config", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n"), "SHA-256"},
		"reftables":                  {replace("config", "[extensions]\n\trefStorage = reftable\n"), "reftables"},
		"a pipe for HEAD": {func(t *testing.T, r *repo) {
			require.NoError(t, os.Remove(filepath.Join(r.folder, ".git/HEAD")))
			require.NoError(t, syscall.Mkfifo(filepath.Join(r.folder, ".git/HEAD"), 0o600))
		}, "no regular file"},
		"a link for .git": {func(t *testing.T, r *repo) {
			require.NoError(t, os.Rename(filepath.Join(r.folder, ".git"), filepath.Join(r.folder, "git")))
			require.NoError(t, os.Symlink("git", filepath.Join(r.folder, ".git")))
		}, "its .git is a link"},
		"a .git file that leads nowhere": {func(t *testing.T, r *repo) {
			require.NoError(t, os.RemoveAll(filepath.Join(r.folder, ".git")))
			require.NoError(t, os.WriteFile(filepath.Join(r.folder, ".git"), []byte("gitdir: /nowhere"), 0o600))
		}, "the folder that its .git file names: no such file"},
		"a .git file that leads elsewhere": {func(t *testing.T, r *repo) {
			require.NoError(t, os.RemoveAll(filepath.Join(r.folder, ".git")))
			require.NoError(t, os.WriteFile(filepath.Join(r.folder, ".git"), []byte("gitdir: /etc"), 0o600))
		}, "is none of git's"},
		"objects that lie outside, behind a link": {func(t *testing.T, r *repo) {
			outside := filepath.Join(t.TempDir(), "objects")
			require.NoError(t, os.Rename(filepath.Join(r.folder, ".git/objects"), outside))
			require.NoError(t, os.Symlink(outside, filepath.Join(r.folder, ".git/objects")))
		}, "no git repository"},
		"objects that lie elsewhere": {func(t *testing.T, r *repo) {
			outside := filepath.Join(t.TempDir(), "objects")
			require.NoError(t, os.CopyFS(outside, os.DirFS(filepath.Join(r.folder, ".git/objects"))))
			require.NoError(t, os.RemoveAll(filepath.Join(r.folder, ".git/objects")))
			require.NoError(t, os.MkdirAll(filepath.Join(r.folder, ".git/objects/info"), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(r.folder, ".git/objects/info/alternates"), []byte(outside+"\n"), 0o600))
		}, "object not found"},
		"a damaged commit": {func(t *testing.T, r *repo) { r.overwrite(r.commits[0], []byte("no zlib")) }, "damaged object"},
		"a commit that lies about its size": {func(t *testing.T, r *repo) {
			r.overwrite(r.commits[0], deflated(append([]byte("commit 10\x00"), make([]byte, 64<<20)...)))
		}, "larger than"},
		"a damaged pack": {func(t *testing.T, r *repo) {
			name := strings.Repeat("1", 40)
			require.NoError(t, os.MkdirAll(filepath.Join(r.folder, ".git/objects/pack"), 0o700))
			replace("objects/pack/pack-"+name+".pack", "PACK")(t, r)
			replace("objects/pack/pack-"+name+".idx", "\xfftOc\x00\x00\x00\x02"+strings.Repeat("\xff", 2000))(t, r)
			r.remove(r.commits[0])
		}, "read repository REPO: read commit"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t).commit(webChart("1.0.0", "replicas: 1", deployment))
			c.change(t, r)
			message := refused(t, r.folder)
			require.Contains(t, message, c.want)
			require.NotContains(t, message, "\n")
		})
	}
}

func (r *repo) objectFile(hash plumbing.Hash) string {
	return filepath.Join(r.folder, ".git/objects", hash.String()[:2], hash.String()[2:])
}

func (r *repo) remove(hash plumbing.Hash) { require.NoError(r.t, os.Remove(r.objectFile(hash))) }

func (r *repo) overwrite(hash plumbing.Hash, text []byte) {
	r.remove(hash)
	require.NoError(r.t, os.WriteFile(r.objectFile(hash), text, 0o600))
}

func deflated(text []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	w.Write(text)
	w.Close()
	return out.Bytes()
}

// store writes an object as it is, whatever it holds.
func (r *repo) store(kind plumbing.ObjectType, text []byte) plumbing.Hash {
	r.t.Helper()
	o := r.git.Storer.NewEncodedObject()
	o.SetType(kind)
	w, err := o.Writer()
	require.NoError(r.t, err)
	_, err = w.Write(text)
	require.NoError(r.t, err)
	hash, err := r.git.Storer.SetEncodedObject(o)
	require.NoError(r.t, err)
	return hash
}

// commitTree commits a folder whose entries are given, as no git client would make it.
func (r *repo) commitTree(tree plumbing.Hash) {
	r.t.Helper()
	text := fmt.Sprintf("tree %s\nauthor A <a> 1772355600 +0000\ncommitter A <a> 1772355600 +0000\n\nx", tree)
	commit := r.store(plumbing.CommitObject, []byte(text))
	require.NoError(r.t, r.git.Storer.SetReference(plumbing.NewHashReference("refs/heads/master", commit)))
	r.commits = append(r.commits, commit)
}

func (r *repo) tree(entries ...object.TreeEntry) plumbing.Hash {
	var text bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&text, "%o %s\x00%s", uint32(e.Mode), e.Name, e.Hash[:])
	}
	return r.store(plumbing.TreeObject, text.Bytes())
}

func TestHostileTrees(t *testing.T) {
	r := newRepo(t)
	chart := r.store(plumbing.BlobObject, []byte(chartYAML("web", "1.0.0", "1")))
	link := r.store(plumbing.BlobObject, []byte("/etc/passwd"))
	file := func(name string, hash plumbing.Hash) object.TreeEntry {
		return object.TreeEntry{Name: name, Mode: filemode.Regular, Hash: hash}
	}
	folder := func(name string, hash plumbing.Hash) object.TreeEntry {
		return object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: hash}
	}
	symlink := func(name string) object.TreeEntry {
		return object.TreeEntry{Name: name, Mode: filemode.Symlink, Hash: link}
	}
	submodule := object.TreeEntry{Name: "module", Mode: filemode.Submodule, Hash: plumbing.NewHash(strings.Repeat("2", 40))}
	good := folder("good", r.tree(file("Chart.yaml", chart)))

	t.Run("links, submodules, odd names, folders that are not there", func(t *testing.T) {
		r.commitTree(r.tree(good, folder("gone", plumbing.NewHash(strings.Repeat("3", 40))), folder("linked", r.tree(symlink("Chart.yaml"))),
			folder("values", r.tree(file("Chart.yaml", chart), symlink("values.yaml"))), file("a\nDockerfile", chart), file("..", chart), file("x/Dockerfile", chart),
			file("\xff.Dockerfile", chart), file(strings.Repeat("n", 600), chart), symlink("Dockerfile"), symlink("Jenkinsfile"), symlink("CHANGELOG.md"), submodule))
		got := collect(t, r.folder)
		record := got.repository(t)
		require.Len(t, record.Charts, 2)
		require.Equal(t, []string{"good", "values"}, []string{record.Charts[0].Path, record.Charts[1].Path})
		require.Empty(t, record.Dockerfiles)
		require.Empty(t, record.Pipelines)
		require.Empty(t, record.ReleaseNotes)
		require.Contains(t, got.reasons(), "gone: a folder that can't be read: its object is not in this clone")
		require.Contains(t, got.reasons(), "5 files whose paths are no plain text")
		require.NotContains(t, got.lines, "passwd")
		require.NotContains(t, got.lines, "root:")
	})
	t.Run("folders that unfold without end", func(t *testing.T) {
		level := r.tree(file("Dockerfile", chart))
		for range 30 {
			var entries []object.TreeEntry
			for i := range 10 {
				entries = append(entries, folder(fmt.Sprint(i), level))
			}
			level = r.tree(entries...)
		}
		r.commitTree(r.tree(folder("bomb", level), good))
		got := collect(t, r.folder)
		require.Contains(t, got.reasons(), "more than 300000 files and folders")
	})
	t.Run("folders nested without end", func(t *testing.T) {
		level := r.tree(file("Dockerfile", chart))
		for range 200 {
			level = r.tree(folder("d", level))
		}
		r.commitTree(r.tree(folder("deep", level), good))
		got := collect(t, r.folder)
		require.Contains(t, got.reasons(), "folders nested deeper than 64")
		require.Len(t, got.repository(t).Charts, 1)
	})
	t.Run("a folder that is no folder", func(t *testing.T) {
		r.commitTree(r.tree(folder("false", chart), folder("torn", r.store(plumbing.TreeObject, []byte("100644 a\x00short"))), good))
		got := collect(t, r.folder)
		require.Len(t, got.repository(t).Charts, 1)
		require.Contains(t, got.reasons(), "torn: a folder that can't be read: its object is damaged")
	})
}

func TestHostileFiles(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 'b'; i <= 'k'; i++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", i, i, strings.TrimSuffix(strings.Repeat("*"+string(i-1)+", ", 10), ", "))
	}
	for name, c := range map[string]struct {
		values string
		want   string
	}{
		"aliases that unfold without end":    {bomb, ""},
		"an alias inside of what it repeats": {"a: &a\n  b: *a\n", "can't be read"},
		"nested without end":                 {strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "can't be read"},
		"larger than what is read":           {"a: " + strings.Repeat("x", 3<<20), "can't be read"},
		"no YAML":                            {"a: [", "can't be read"},
		"bytes":                              {"\x00\xff\xfe", "can't be read"},
		"a list":                             {"- a\n- b\n", ""},
		"nothing":                            {"# nothing\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t).commit(webChart("1.0.0", "replicas: 1", deployment)).commit(webChart("1.0.1", c.values, deployment))
			got := collect(t, r.folder)
			last := got.repository(t).Charts[0].Versions[1]
			require.Equal(t, c.want != "", last.Unread)
			require.Equal(t, c.want == "", last.Values)
			require.Contains(t, got.reasons(), c.want)
		})
	}
	t.Run("a huge Dockerfile and a huge Chart.yaml cost themselves alone", func(t *testing.T) {
		r := newRepo(t).commit(webChart("1.0.0", "replicas: 1", deployment)).commit(files{
			"Dockerfile": "FROM a:1\n" + strings.Repeat("RUN x\n", 200_000), "big/Chart.yaml": "name: x # " + strings.Repeat("x", 1<<20), "web.Dockerfile": "FROM b:1"})
		got := collect(t, r.folder)
		require.Len(t, got.repository(t).Dockerfiles, 1)
		require.Len(t, got.repository(t).Charts, 2)
		require.Contains(t, got.reasons(), "Dockerfile: larger than what is read of such a file")
		require.Contains(t, got.reasons(), "big/Chart.yaml: Chart.yaml: larger than what is read of such a file")
	})
	t.Run("a file that has the name alone builds nothing", func(t *testing.T) {
		r := newRepo(t).commit(files{"parse/dockerfile.go": "package parse\n", "Dockerfile.empty": "# from nothing\n", "Dockerfile": "# syntax\n from a:1\n"})
		found := collect(t, r.folder).repository(t).Dockerfiles
		require.Len(t, found, 1)
		require.Equal(t, "Dockerfile", found[0].File)
	})
	t.Run("objects that are missing, as in a partial clone", func(t *testing.T) {
		r := newRepo(t).commit(webChart("1.0.0", "replicas: 1", deployment)).commit(webChart("1.0.1", "replicas: 2", deployment))
		r.remove(plumbing.ComputeHash(plumbing.BlobObject, []byte("replicas: 1")))
		require.True(t, collect(t, r.folder).repository(t).Charts[0].Versions[1].Unread)
		r.remove(r.commits[0])
		got := collect(t, r.folder)
		require.True(t, got.repository(t).HistoryCut)
		require.Contains(t, got.reasons(), "a commit that can't be read (its object is not in this clone)")
	})
}

func TestAnEndedContextEndsTheReading(t *testing.T) {
	r := newRepo(t).commit(webChart("1.0.0", "replicas: 1", deployment))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := repository.Read(ctx, []string{r.folder}, repository.Options{}, func(snapshot.Record) error { return nil })
	require.ErrorIs(t, err, context.Canceled)
}

func TestNothingIsWritten(t *testing.T) {
	r := newRepo(t).commit(webChart("1.0.0", "replicas: 1", deployment)).tag("v1.0.0")
	before := r.state()
	collect(t, r.folder)
	require.Equal(t, before, r.state())
}

// state is every file of the repository with its size and time.
func (r *repo) state() map[string]string {
	all := map[string]string{}
	require.NoError(r.t, filepath.Walk(r.folder, func(where string, info os.FileInfo, err error) error {
		all[where] = fmt.Sprint(info.Size(), info.ModTime(), info.Mode())
		return err
	}))
	return all
}
