package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const apiModule = "k8s.io/api"

// removedAPIs reads the lifecycle tags of the newest k8s.io/api: which version of which kind is introduced, deprecated and removed when.
func removedAPIs(ctx context.Context, from upstream) ([]row, error) {
	info, err := from.info(ctx, apiModule, "latest")
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(info.Dir, "*", "*", "zz_generated.prerelease-lifecycle.go"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("%s %s holds no lifecycle tags (%v)", apiModule, info.Version, err)
	}
	var rows []row
	for _, file := range files {
		found, err := lifecycleRows(file)
		if err != nil {
			return nil, err
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

func lifecycleRows(file string) ([]row, error) {
	folder := filepath.Dir(file)
	group, err := groupName(filepath.Join(folder, "register.go"))
	if err != nil {
		return nil, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("lifecycle tags: %w", err)
	}
	said := map[string]map[string]string{} // kind → what its method returns
	for _, declaration := range parsed.Decls {
		method, ok := declaration.(*ast.FuncDecl)
		if !ok || method.Recv == nil || len(method.Body.List) != 1 {
			continue
		}
		kind := receiver(method)
		if said[kind] == nil {
			said[kind] = map[string]string{}
		}
		said[kind][strings.TrimPrefix(method.Name.Name, "APILifecycle")] = returned(method)
	}
	var rows []row
	for kind, says := range said {
		if says["Removed"] == "" || strings.HasSuffix(kind, "List") {
			continue
		}
		rows = append(rows, row{{"group", group}, {"version", filepath.Base(folder)}, {"kind", kind}, {"introducedIn", says["Introduced"]},
			{"deprecatedIn", says["Deprecated"]}, {"removedIn", says["Removed"]}, {"replacement", says["Replacement"]}})
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.get("kind"), b.get("kind")) })
	return rows, nil
}

// groupName is the constant GroupName of a package.
func groupName(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("lifecycle tags: %w", err)
	}
	_, after, found := strings.Cut(string(text), `GroupName = "`)
	name, _, closed := strings.Cut(after, `"`)
	if !found || !closed {
		return "", fmt.Errorf("lifecycle tags: %s names no group", file)
	}
	return name, nil
}

func receiver(method *ast.FuncDecl) string {
	if star, ok := method.Recv.List[0].Type.(*ast.StarExpr); ok {
		if name, ok := star.X.(*ast.Ident); ok {
			return name.Name
		}
	}
	return ""
}

// returned is 1, 22 as 1.22, and a GroupVersionKind as group/version.
func returned(method *ast.FuncDecl) string {
	result, ok := method.Body.List[0].(*ast.ReturnStmt)
	if !ok {
		return ""
	}
	var parts []string
	for _, expression := range result.Results {
		switch e := expression.(type) {
		case *ast.BasicLit:
			parts = append(parts, e.Value)
		case *ast.CompositeLit:
			values := map[string]string{}
			for _, element := range e.Elts {
				if pair, ok := element.(*ast.KeyValueExpr); ok {
					if literal, ok := pair.Value.(*ast.BasicLit); ok {
						values[fmt.Sprint(pair.Key)], _ = strconv.Unquote(literal.Value)
					}
				}
			}
			return path.Join(values["Group"], values["Version"])
		}
	}
	return strings.Join(parts, ".")
}
