package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// pkg is what go list says of a package.
type pkg struct {
	ImportPath, Dir, Name, Export string
	GoFiles                       []string
	Imports, Deps                 []string
	TestImports, XTestImports     []string
}

// goTool runs the go command in a folder and gives what it prints.
func goTool(ctx context.Context, dir string, arguments ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir = dir
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", arguments[0], err, stderr.String())
	}
	return out, nil
}

func list(ctx context.Context, dir string, arguments ...string) ([]pkg, error) {
	out, err := goTool(ctx, dir, append([]string{"list", "-json"}, arguments...)...)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(out))
	var all []pkg
	for {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		all = append(all, p)
	}
}

// reader finds mutants; it knows the compiled form of whatever the packages import.
type reader struct {
	root  string
	files *token.FileSet
	types types.Importer
}

func newReader(ctx context.Context, root string, patterns []string) (*reader, error) {
	all, err := list(ctx, root, append([]string{"-export", "-deps"}, patterns...)...)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	files := token.NewFileSet()
	return &reader{root: root, files: files, types: importer.ForCompiler(files, "gc", open)}, nil
}

// mutants lists the mutants of a package, in the order of its files and of their text.
func (r *reader) mutants(p pkg) ([]mutant, error) {
	var parsed []*ast.File
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(r.files, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, file)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: r.types}
	checked, err := config.Check(p.ImportPath, r.files, parsed, info)
	if err != nil {
		return nil, fmt.Errorf("types of %s: %w", p.ImportPath, err)
	}
	var all []mutant
	for _, file := range parsed {
		if ast.IsGenerated(file) {
			continue
		}
		found, err := r.mutantsOf(file, checked, info)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			m.Package = p.ImportPath
			all = append(all, m)
		}
	}
	return all, nil
}

func (r *reader) mutantsOf(file *ast.File, in *types.Package, info *types.Info) ([]mutant, error) {
	position := r.files.File(file.Pos())
	source, err := os.ReadFile(position.Name())
	if err != nil {
		return nil, err
	}
	name, err := filepath.Rel(r.root, position.Name())
	if err != nil {
		return nil, err
	}
	f := &finder{source: source, file: position, info: info}
	f.qualifier = func(other *types.Package) string {
		if other == in {
			return ""
		}
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil && path == other.Path() && spec.Name == nil {
				return other.Name()
			}
		}
		f.unnamed = true
		return ""
	}
	found := f.find(file)
	for i := range found {
		found[i].File = filepath.ToSlash(name)
	}
	return found, nil
}
