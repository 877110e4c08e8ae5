package evidencetest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/repository"
)

// files are contents by path.
type files map[string]string

func repositorySituations(t *testing.T) map[string]situation {
	chart := func(name, version, app string) string {
		return "apiVersion: v2\nname: " + name + "\nversion: " + version + "\nappVersion: \"" + app + "\"\n"
	}
	values := func(image, tag string) string {
		return "image: {repository: " + image + ", tag: \"" + tag + "\"}\nreplicas: 2\n"
	}
	const shop, store = "registry.example.com/shop", "docker.io/library/postgres"
	const template = "kind: ConfigMap\ndata: {greeting: hello}\n"
	return map[string]situation{
		// Each change of a chart has a version of its own, with an entry in its notes.
		kept: {Input: judged(t, repositoryOf(t, []files{
			{
				"shop/Chart.yaml": chart("shop", "1.0.0", "4.0.0"), "shop/values.yaml": values(shop, "4.0.0"), "shop/templates/map.yaml": template,
				"store/Chart.yaml": chart("store", "1.0.0", "17.1"), "store/values.yaml": values(store, "17.1"),
			},
			{
				"shop/Chart.yaml": chart("shop", "1.0.1", "4.0.0"), "shop/values.yaml": values(shop, "4.0.0") + "debug: false\n", "shop/CHANGELOG.md": "# 1.0.1\n\nQuieter.\n",
				"store/Chart.yaml": chart("store", "2.0.0", "17.2"), "store/values.yaml": values(store, "17.2"),
			},
		}), moment, 100)},
		// Neither the shop's templates nor the store's new image moved a version, nothing is noted, and one chart's version has one number.
		broken: {Input: judged(t, repositoryOf(t, []files{
			{
				"shop/Chart.yaml": chart("shop", "1.0.0", "4.0.0"), "shop/values.yaml": values(shop, "4.0.0"), "shop/templates/map.yaml": template,
				"store/Chart.yaml": chart("store", "1.0.0", "17.1"), "store/values.yaml": values(store, "17.1"),
			},
			{"shop/templates/map.yaml": template + "immutable: true\n", "store/values.yaml": values(store, "17.2")},
		}), moment, 100)},
	}
}

// repositoryOf is the snapshot of a repository with these commits, a day after each other, the last a week before the moment.
func repositoryOf(t *testing.T, commits []files) []byte {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "charts")
	made, err := git.PlainInit(folder, false)
	require.NoError(t, err)
	tree, err := made.Worktree()
	require.NoError(t, err)
	for i, changed := range commits {
		for name, text := range changed {
			path := filepath.Join(folder, filepath.FromSlash(name))
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			_, err := tree.Add(name)
			require.NoError(t, err)
		}
		by := object.Signature{Name: "A. Committer", Email: "committer@example.com", When: moment.AddDate(0, 0, i-len(commits)-6)}
		_, err = tree.Commit("change", &git.CommitOptions{Author: &by, Committer: &by})
		require.NoError(t, err)
	}

	var out bytes.Buffer
	var w *snapshot.Writer
	_, err = repository.Read(t.Context(), []string{folder}, repository.Options{}, func(record snapshot.Record) (err error) {
		if header, first := record.(snapshot.Header); first {
			header.CollectorVersion, header.TakenAt = "test", moment.Truncate(time.Second)
			w, err = snapshot.NewWriter(&out, header)
			return err
		}
		return w.Write(record)
	})
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}
