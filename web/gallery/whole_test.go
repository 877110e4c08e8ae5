package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryComponentIsInTheGallery reads the sources: what the gallery calls, what that calls, and so on, are all the components that there are.
func TestEveryComponentIsInTheGallery(t *testing.T) {
	calls := map[string][]string{} // by component or function of the package of the pages
	components := map[string]bool{}
	for _, path := range sources(t, "..", "*.go") {
		for _, f := range functions(t, path) {
			calls[f.Name.Name] = append(calls[f.Name.Name], names(f)...)
			components[f.Name.Name] = components[f.Name.Name] || strings.HasSuffix(path, "_templ.go") && rendersAs(f)
		}
	}
	reached, next := map[string]bool{}, []string{}
	for _, path := range sources(t, ".", "*.go") {
		for _, f := range functions(t, path) {
			next = append(next, namesOf(f, "web")...)
		}
	}
	for len(next) > 0 {
		name := next[len(next)-1]
		next = next[:len(next)-1]
		if _, known := calls[name]; known && !reached[name] {
			reached[name] = true
			next = append(next, calls[name]...)
		}
	}
	var leftOut []string
	for name, is := range components {
		if is && !reached[name] {
			leftOut = append(leftOut, name)
		}
	}
	slices.Sort(leftOut)
	require.Empty(t, leftOut, "components that no state of the gallery shows")
	require.Greater(t, len(components), 100)
}

// TestEveryPageHasItsStates holds the pages that people are sent to: each with what it shows where there is nothing, where names are long,
// where something is wrong and where somebody may not.
func TestEveryPageHasItsStates(t *testing.T) {
	have := map[string]bool{}
	for _, s := range states() {
		require.False(t, have[s.name], "%s stands twice", s.name)
		have[s.name] = true
	}
	for page, needed := range map[string][]string{
		"organizations": {"first", "wrong"},
		"organization":  {"empty", "viewer", "long-name"},
		"platform-new":  {"wrong"},
		"start":         {"viewer", "failed-long", "plan"},
		"result":        {"nothing-known", "long-name", "viewer", "scoring"},
		"findings":      {"clean", "no-result", "none-fits", "long-name", "many", "viewer", "wrong"},
		"finding":       {"long", "viewer", "wrong"},
		"what-if":       {"no-result", "long-name", "failed", "wrong", "waiting"},
		"questions":     {"fresh"},
		"section":       {"conflict", "viewer"},
		"facts":         {"viewer", "wrong", "empty"},
		"snapshots":     {"first", "refused", "under-way", "viewer"},
		"belongs":       {"wrong"},
		"history":       {"empty", "one"},
		"compare":       {"nothing"},
		"reports":       {"empty", "busy"},
		"report":        {"waiting", "failed"},
		"settings":      {"long-name", "viewer", "wrong", "archived"},
		"tokens":        {"viewer", "wrong", "made", "empty"},
		"exhibit":       {"none", "unknown", "long-name", "refused"},
		"failure":       {"403", "404", "409", "422", "500"},
	} {
		for _, state := range needed {
			require.True(t, have[page+"-"+state], "%s-%s is not in the gallery", page, state)
		}
	}
}

func sources(t *testing.T, folder, pattern string) (paths []string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(folder, pattern))
	require.NoError(t, err)
	for _, path := range all {
		if !strings.HasSuffix(path, "_test.go") {
			paths = append(paths, path)
		}
	}
	require.NotEmpty(t, paths)
	return paths
}

func functions(t *testing.T, path string) (all []*ast.FuncDecl) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	for _, declaration := range file.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok && f.Body != nil {
			all = append(all, f)
		}
	}
	return all
}

// rendersAs tells whether a function gives a component.
func rendersAs(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	result, ok := f.Type.Results.List[0].Type.(*ast.SelectorExpr)
	return ok && result.Sel.Name == "Component"
}

func names(f *ast.FuncDecl) (all []string) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			all = append(all, id.Name)
		}
		return true
	})
	return all
}

// namesOf another package that a function uses.
func namesOf(f *ast.FuncDecl, of string) (all []string) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if p, ok := s.X.(*ast.Ident); ok && p.Name == of {
				all = append(all, s.Sel.Name)
			}
		}
		return true
	})
	return all
}
