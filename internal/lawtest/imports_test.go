package lawtest

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pkg is what go list says of a package of ours.
type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	Deps       []string
}

func list(t *testing.T, patterns ...string) []pkg {
	t.Helper()
	command := exec.Command("go", append([]string{"list", "-deps=false", "-json=ImportPath,Dir,Imports,Deps"}, patterns...)...)
	command.Dir = "../.."
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	require.NoError(t, err, stderr.String())
	var all []pkg
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		err := decoder.Decode(&p)
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		all = append(all, p)
	}
}

// within reports whether path is one of the given packages or lies under it.
func within(path string, roots ...string) bool {
	for _, root := range roots {
		if path == root || strings.HasPrefix(path, root+"/") {
			return true
		}
	}
	return false
}

// judges are the packages that come to a judgement, or hold it.
var judges = []string{"plimsoll/assessments/rules", "plimsoll/assessments/contradictions", "plimsoll/assessments/controls", "plimsoll/assessments/content", "plimsoll/assessments/questionnaire", "plimsoll/assessments/whatif", "plimsoll/assessments/custom"}

// importLaws says what packages under a root never import, directly.
var importLaws = []struct {
	root   string
	except []string
	never  []string
	why    string
}{
	{"plimsoll/assessments", []string{"plimsoll/assessments/rules/gen", "plimsoll/assessments/snapshot/gen", "plimsoll/assessments/reference/update"}, []string{"net/http", "database/sql", "os/exec", "log/slog", "k8s.io", "plimsoll/server", "plimsoll/web", "plimsoll/collectors", "plimsoll/migrations", "plimsoll/cmd", "github.com/jackc/pgx/v5"}, "the domain is pure"},
	{"plimsoll/assessments/reference", nil, []string{"plimsoll"}, "outside knowledge knows nobody"},
	{"plimsoll/assessments/snapshot", nil, []string{"plimsoll/assessments/facts", "plimsoll/assessments/rules", "plimsoll/assessments/questionnaire"}, "the format knows nobody"},
	{"plimsoll/assessments/facts", nil, []string{"plimsoll/assessments/rules", "plimsoll/assessments/questionnaire", "plimsoll/assessments/controls", "plimsoll/assessments/contradictions", "plimsoll/assessments/content"}, "facts don't judge"},
	{"plimsoll/assessments/engines/heap", nil, judges, "a calculator works figures out; rules judge them"},
	{"plimsoll/assessments/engines/network", nil, judges, "a calculator works figures out; rules judge them"},
	{"plimsoll/assessments/engines/probe", nil, judges, "a calculator works figures out; rules judge them"},
	{"plimsoll/assessments/engines/upgrade", nil, judges, "a calculator works figures out; rules judge them"},
	{"plimsoll/assessments/rules", []string{"plimsoll/assessments/rules/gen", "plimsoll/assessments/rules/rulestest"}, []string{"plimsoll/assessments/contradictions", "plimsoll/assessments/controls", "plimsoll/assessments/content", "plimsoll/assessments/whatif", "plimsoll/assessments/custom"}, "a rule knows its subjects alone"},
	{"plimsoll/assessments/contradictions", nil, []string{"plimsoll/assessments/controls", "plimsoll/assessments/content", "plimsoll/assessments/whatif", "plimsoll/assessments/custom"}, "a pair only looks"},
	{"plimsoll/assessments/whatif", nil, []string{"plimsoll/assessments/rules", "plimsoll/assessments/contradictions", "plimsoll/assessments/controls", "plimsoll/assessments/content", "plimsoll/assessments/custom", "plimsoll/assessments/engines"}, "what if evaluates whatever content it is given"},
	{"plimsoll/assessments/custom", nil, []string{"plimsoll/assessments/contradictions", "plimsoll/assessments/controls", "plimsoll/assessments/content", "plimsoll/assessments/whatif", "plimsoll/assessments/engines"}, "custom rules never touch the built-in score"},
	{"plimsoll/collectors", nil, []string{"plimsoll/server", "plimsoll/web", "plimsoll/migrations", "plimsoll/cmd", "plimsoll/assessments/rules", "plimsoll/assessments/questionnaire", "plimsoll/assessments/controls", "github.com/jackc/pgx/v5"}, "collectors know the snapshot alone"},
	{"plimsoll/web", nil, []string{"plimsoll/server", "plimsoll/migrations", "plimsoll/cmd", "plimsoll/collectors", "github.com/jackc/pgx/v5", "database/sql"}, "pages are filled by handlers"},
	{"plimsoll/server/store", nil, []string{"plimsoll/web", "plimsoll/server/auth", "plimsoll/server/jobs", "plimsoll/server/report", "github.com/labstack/echo/v4", "net/http"}, "the store knows no page"},
	{"plimsoll/server/auth", nil, []string{"plimsoll/web", "plimsoll/server/jobs", "plimsoll/server/report", "plimsoll/assessments"}, "who may do what knows no result"},
	{"plimsoll/server/jobs", nil, []string{"plimsoll/web", "plimsoll/server/auth", "plimsoll/server/report", "github.com/labstack/echo/v4", "net/http"}, "background work knows no visitor"},
	{"plimsoll/server/localpg", nil, []string{"plimsoll"}, "the private Postgres knows no schema"},
	{"plimsoll/server/report", nil, []string{"plimsoll/server/store", "github.com/jackc/pgx/v5", "github.com/labstack/echo/v4"}, "a report is made from an assessment alone"},
	{"plimsoll/server", nil, []string{"plimsoll/cmd", "k8s.io"}, "imports run down"},
}

func TestImportsRunDown(t *testing.T) {
	packages := list(t, "./...")
	for _, law := range importLaws {
		seen := 0
		for _, p := range packages {
			if !within(p.ImportPath, law.root) || within(p.ImportPath, law.except...) {
				continue
			}
			seen++
			for _, imported := range p.Imports {
				if within(imported, law.root) { // a law may bar a root that holds its own
					continue
				}
				require.False(t, within(imported, law.never...), "%s imports %s: %s", p.ImportPath, imported, law.why)
			}
		}
		require.NotZero(t, seen, "no package under %s: the law holds nothing", law.root)
	}
}

// TestNobodyUnderTheServerImportsIt holds what the table can't: the server's own folders lie below its root.
func TestNobodyUnderTheServerImportsIt(t *testing.T) {
	seen := 0
	for _, p := range list(t, "./server/...") {
		if p.ImportPath == "plimsoll/server" {
			continue
		}
		seen++
		require.NotContains(t, p.Imports, "plimsoll/server", "%s imports what stands above it", p.ImportPath)
	}
	require.NotZero(t, seen)
}

func TestOnlyTheClusterCollectorKnowsKubernetesLibraries(t *testing.T) {
	for _, p := range list(t, "./...") {
		if within(p.ImportPath, "plimsoll/collectors/cluster") {
			continue
		}
		for _, imported := range p.Imports {
			require.False(t, within(imported, "k8s.io", "sigs.k8s.io"), "%s imports %s", p.ImportPath, imported)
		}
	}
}

func TestWhatTheBinariesLink(t *testing.T) {
	for _, law := range []struct {
		binary string
		never  []string
	}{
		{"./cmd/plimsoll", []string{"k8s.io"}},
		{"./cmd/plimsoll-collect", []string{"github.com/jackc/pgx/v5", "github.com/labstack/echo/v4", "github.com/a-h/templ", "plimsoll/server", "plimsoll/web"}},
	} {
		for _, p := range list(t, law.binary) {
			for _, dependency := range p.Deps {
				require.False(t, within(dependency, law.never...), "%s links %s", law.binary, dependency)
			}
		}
	}
}

func TestTestSupportStaysOutOfTheBinaries(t *testing.T) {
	for _, binary := range []string{"./cmd/plimsoll", "./cmd/plimsoll-collect"} {
		for _, p := range list(t, binary) {
			for _, dependency := range p.Deps {
				require.False(t, within(dependency, "testing", "plimsoll/internal/dbtest", "plimsoll/internal/kubetest", "github.com/stretchr/testify"), "%s links %s", binary, dependency)
			}
		}
	}
}
