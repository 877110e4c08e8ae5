package lawtest

import (
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tracked lists the files under version control, relative to the top.
func tracked(t *testing.T) []string {
	t.Helper()
	command := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	command.Dir = "../.."
	out, err := command.Output()
	require.NoError(t, err, "git ls-files")
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func TestTopLevelHoldsTheHouseAlone(t *testing.T) {
	house := []string{"cmd", "server", "assessments", "web", "migrations", "collectors", "deploy", "docs", "internal", ".ci",
		"docker-compose.yml", "go.mod", "go.sum", "Makefile", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore", ".gitattributes"}
	for _, file := range tracked(t) {
		top, _, _ := strings.Cut(file, "/")
		require.Contains(t, house, top, "%s stands at the top", file)
	}
}

func TestNoPackageIsADrawer(t *testing.T) {
	drawers := []string{"util", "utils", "common", "helpers", "helper", "models", "types", "manager", "misc", "shared", "base"}
	require.NoError(t, filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == ".git" {
			return filepath.SkipDir
		}
		if entry.IsDir() {
			require.False(t, slices.Contains(drawers, entry.Name()), "%s: name it after what it owns", path)
		}
		return nil
	}))
}

// ignoredEndings are file endings that the Go tool reads as build constraints.
var ignoredEndings = []string{"linux", "darwin", "windows", "freebsd", "netbsd", "openbsd", "plan9", "solaris", "js", "wasm", "android", "ios", "unix", "amd64", "arm64", "arm", "386", "riscv64", "s390x"}

func TestNoRuleIsAFileThatTheGoToolPassesOver(t *testing.T) {
	for _, file := range tracked(t) {
		if !strings.HasPrefix(file, "assessments/") || !strings.HasSuffix(file, ".go") {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(file), ".go")
		require.False(t, strings.HasPrefix(name, "_") || strings.HasPrefix(name, "."), file)
		if i := strings.LastIndexByte(name, '_'); i >= 0 {
			require.NotContains(t, ignoredEndings, name[i+1:], "%s is built on some systems only", file)
		}
	}
}

func TestNoTestSkips(t *testing.T) {
	skip := []string{".Skip(", ".Skipf(", ".SkipNow("}
	for _, file := range tracked(t) {
		if !strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "tree_test.go") {
			continue
		}
		text := read(t, file)
		for _, word := range skip {
			require.False(t, strings.Contains(text, word), "%s skips: a missing dependency fails the test", file)
		}
	}
}

// TestDecisionsAreNumberedWithoutGapsOrDoubles holds that a number names one decision, and that each page says why and what follows.
func TestDecisionsAreNumberedWithoutGapsOrDoubles(t *testing.T) {
	pages, err := filepath.Glob("../../docs/decisions/*.md")
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for i, page := range pages {
		number := fmt.Sprintf("%04d", i+1)
		require.True(t, strings.HasPrefix(filepath.Base(page), number+"-"), "%s: want number %s", page, number)
		text := read(t, strings.TrimPrefix(page, "../../"))
		require.True(t, strings.HasPrefix(text, "# "+number+" "), "%s: its title has another number", page)
		for _, section := range []string{"## Context", "## Decision", "## Consequence"} {
			require.Contains(t, text, "\n"+section+"\n", page)
		}
	}
}
