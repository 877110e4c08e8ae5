package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/reference"
)

var update = flag.Bool("update", false, "write docs/reference-data.md")

// recorded answers as upstream would; what it does not hold is offline.
type recorded struct {
	pages  map[string]string
	listed []string
	times  map[string]string
	dir    string
}

func (r recorded) get(_ context.Context, url string) ([]byte, error) {
	if text, found := r.pages[url]; found {
		return []byte(text), nil
	}
	return nil, fmt.Errorf("%w: no such host", errOffline)
}

func (r recorded) versions(context.Context, string) ([]string, error) {
	if r.listed == nil {
		return nil, errOffline
	}
	return r.listed, nil
}

func (r recorded) info(_ context.Context, _, version string) (moduleInfo, error) {
	if r.dir == "" && r.times == nil {
		return moduleInfo{}, errors.New("no such version")
	}
	return moduleInfo{Version: version, Time: r.times[version], Dir: r.dir}, nil
}

func runOn(t *testing.T, name string, from upstream) (string, int) {
	t.Helper()
	var b strings.Builder
	code := run(t.Context(), &b, name, from)
	return b.String(), code
}

func TestEveryFileHasARecipeAndThePageIsCurrent(t *testing.T) {
	require.Len(t, recipes, len(reference.Files()))
	for _, file := range reference.Files() {
		require.NotEmpty(t, recipes[file.Name].reads, file.Name)
		require.NotEmpty(t, recipes[file.Name].row, file.Name)
	}
	const where = "../../../docs/reference-data.md"
	if *update {
		require.NoError(t, os.WriteFile(where, []byte(page()), 0o644))
	}
	text, err := os.ReadFile(where)
	require.NoError(t, err)
	require.Equal(t, page(), string(text), "run with -update if the change is meant")
}

func TestOfflineItSaysSoAndWhatItCouldNotRead(t *testing.T) {
	for _, file := range reference.Files() {
		text, code := runOn(t, file.Name, recorded{})
		if len(recipes[file.Name].steps) == 0 {
			require.Equal(t, current, code, file.Name)
			require.Contains(t, text, "A person reads")
			continue
		}
		require.Equal(t, failed, code, file.Name)
		require.Contains(t, text, "not read: ")
	}
	text, _ := runOn(t, "managed-lifecycles", recorded{})
	require.Equal(t, 3, strings.Count(text, "not read: no network, or the host does not answer"))
	_, code := runOn(t, "nothing", recorded{})
	require.Equal(t, failed, code)
}

func TestAPageIsHeldAgainstTheRows(t *testing.T) {
	page := func(end string) string {
		return `{"result":{"releases":[{"name":"1.33","releaseDate":"2025-05-28","eolFrom":"2026-07-29","eoesFrom":"` + end + `"},{"name":"1.99","releaseDate":"2031-01-01"}]}}`
	}
	empty := `{"result":{"releases":[]}}`
	from := recorded{pages: map[string]string{productURL("amazon-eks"): page("2028-01-01"), productURL("google-kubernetes-engine"): empty, productURL("azure-kubernetes-service"): "<html>"}}
	text, code := runOn(t, "managed-lifecycles", from)
	require.Equal(t, failed, code)
	require.Contains(t, text, `~ eks 1.33: extendedEnd is "2027-07-29" in the file, "2028-01-01" at the source`)
	require.Contains(t, text, `+ {provider: eks, minor: "1.99", available: 2031-01-01}`)
	require.Contains(t, text, "no releases in the answer")
	require.Contains(t, text, "invalid character")
}

func TestTheNewestPatchComesFromTheModulesTags(t *testing.T) {
	from := recorded{
		listed: []string{"v0.37.0-rc.1", "v0.37.0", "v0.37.10", "v0.37.9", "v0.38.0-alpha.1", "v1.5.2"},
		times:  map[string]string{"v0.37.10": "2027-01-13T23:30:00-05:00"},
		pages:  map[string]string{productURL("kubernetes"): `{"result":{"releases":[{"name":"1.37","releaseDate":"2026-08-26"}]}}`},
	}
	text, code := runOn(t, "kubernetes-releases", from)
	require.Equal(t, differs, code)
	require.Contains(t, text, `~ 1.37: latestPatch is "2" in the file, "10" at the source`)
	require.Contains(t, text, `latestPatchDate is "2026-10-28" in the file, "2027-01-14" at the source`)
	require.NotContains(t, text, "1.38", "a pre-release is no release")
}

func TestLifecycleTagsBecomeRows(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "sea", "v1beta1")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "register.go"), []byte("package v1beta1\nconst GroupName = \"sea.example.com\"\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "zz_generated.prerelease-lifecycle.go"), []byte(`package v1beta1
func (in *Anchor) APILifecycleIntroduced() (major, minor int) { return 1, 30 }
func (in *Anchor) APILifecycleDeprecated() (major, minor int) { return 1, 34 }
func (in *Anchor) APILifecycleReplacement() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: "sea.example.com", Version: "v1", Kind: "Anchor"}
}
func (in *Anchor) APILifecycleRemoved() (major, minor int) { return 1, 37 }
func (in *AnchorList) APILifecycleRemoved() (major, minor int) { return 1, 37 }
func (in *Buoy) APILifecycleIntroduced() (major, minor int) { return 1, 30 }
`), 0o600))
	text, code := runOn(t, "removed-apis", recorded{dir: dir})
	require.Equal(t, differs, code)
	require.Contains(t, text, `+ {group: sea.example.com, version: v1beta1, kind: Anchor, introducedIn: "1.30", deprecatedIn: "1.34", removedIn: "1.37", replacement: sea.example.com/v1}`)
	require.NotContains(t, text, "AnchorList")
	require.NotContains(t, text, "Buoy")
	text, code = runOn(t, "removed-apis", recorded{dir: t.TempDir()})
	require.Equal(t, failed, code)
	require.Contains(t, text, "holds no lifecycle tags")
}
