package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// builder writes the overlay and builds the test programs from it.
type builder struct {
	root, dir string            // the module, and a folder of the run's own
	packages  []pkg             // that are mutated
	written   map[string]string // rewritten text by the path in the run's folder
}

// programs builds one test program for each package of judges. Mutants that don't compile are dropped, and the build tried anew.
func (b *builder) programs(ctx context.Context, mutants []mutant, judges []pkg) ([]mutant, map[string]string, error) {
	for {
		overlay, err := b.overlay(mutants)
		if err != nil {
			return nil, nil, err
		}
		out, err := b.compile(ctx, overlay)
		if err != nil {
			return nil, nil, err
		}
		bad := b.blamed(out)
		if len(bad) == 0 {
			if out != "" {
				return nil, nil, fmt.Errorf("the mutated packages do not build:\n%s", out)
			}
			programs, err := b.link(ctx, overlay, judges)
			return mutants, programs, err
		}
		mutants = without(mutants, bad)
	}
}

func without(mutants []mutant, bad map[int]bool) []mutant {
	var left []mutant
	for _, m := range mutants {
		if !bad[m.ID] {
			left = append(left, m)
		}
	}
	return left
}

// overlay writes the mutated sources and the file that tells the go command of them.
func (b *builder) overlay(mutants []mutant) (string, error) {
	byFile := map[string][]mutant{}
	for _, m := range mutants {
		byFile[m.File] = append(byFile[m.File], m)
	}
	replace := map[string]string{}
	b.written = map[string]string{}
	put := func(path, text string) error {
		at := filepath.Join(b.dir, fmt.Sprintf("%d.go", len(replace)))
		replace[path] = at
		b.written[filepath.Join(filepath.Base(b.dir), filepath.Base(at))] = text // the go command names it relative to some folder
		return os.WriteFile(at, []byte(text), 0o600)
	}
	for name, some := range byFile {
		source, err := os.ReadFile(filepath.Join(b.root, name))
		if err != nil {
			return "", err
		}
		if err := put(filepath.Join(b.root, name), rewrite(source, some)); err != nil {
			return "", err
		}
	}
	for _, p := range b.packages {
		if err := put(filepath.Join(p.Dir, "mutant-switches.go"), fmt.Sprintf(switches, p.Name)); err != nil {
			return "", err
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(b.dir, "overlay.json")
	return path, os.WriteFile(path, data, 0o600)
}

// compile gives what the compiler says against the mutated packages; nothing if they build.
func (b *builder) compile(ctx context.Context, overlay string) (string, error) {
	arguments := []string{"build", "-overlay", overlay, "-gcflags=-e"}
	for _, p := range b.packages {
		arguments = append(arguments, p.ImportPath)
	}
	_, err := goTool(ctx, b.root, arguments...)
	if err == nil || ctx.Err() != nil {
		return "", ctx.Err()
	}
	return err.Error(), nil
}

var (
	complaint = regexp.MustCompile(`(?m)^(\S+\.go):(\d+):(?:(\d+):)? `)
	switched  = regexp.MustCompile(`mutantIs\((\d+)\)`)
)

// blamed are the mutants that the compiler's complaints stand in or behind. A complaint about the original's half of one blames
// the nearest one before it: a few mutants too many are left out, none that doesn't compile is kept.
func (b *builder) blamed(out string) map[int]bool {
	bad := map[int]bool{}
	for _, at := range complaint.FindAllStringSubmatch(out, -1) {
		text, is := b.written[filepath.Join(filepath.Base(filepath.Dir(at[1])), filepath.Base(at[1]))]
		if !is {
			continue
		}
		line, _ := strconv.Atoi(at[2])
		for _, id := range behind(text, line, at[3]) {
			bad[id] = true
		}
	}
	return bad
}

// behind are the mutants that a position stands in or behind: the nearest, or, where the compiler names no column, all of the line.
func behind(text string, line int, column string) []int {
	lines := strings.SplitAfter(text, "\n")
	if line < 1 || line > len(lines) {
		return nil
	}
	at, err := strconv.Atoi(column)
	if err != nil {
		return numbers(lines[line-1])
	}
	last := lines[line-1]
	end := min(len(last), at-1)
	if found := switched.FindStringIndex(last[end:]); found != nil && found[0] <= 2 { // it may point at the switch itself
		end += found[1]
	}
	all := numbers(strings.Join(lines[:line-1], "") + last[:end])
	return all[max(0, len(all)-1):]
}

// numbers are those of the switches in a text.
func numbers(text string) []int {
	var all []int
	for _, found := range switched.FindAllStringSubmatch(text, -1) {
		id, _ := strconv.Atoi(found[1])
		all = append(all, id)
	}
	return all
}

// link builds the test programs, by import path.
func (b *builder) link(ctx context.Context, overlay string, judges []pkg) (map[string]string, error) {
	programs := map[string]string{}
	for i, p := range judges {
		path := filepath.Join(b.dir, fmt.Sprintf("%d.test", i))
		if _, err := goTool(ctx, b.root, "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", path, p.ImportPath); err != nil {
			return nil, err
		}
		programs[p.ImportPath] = path
	}
	return programs, nil
}
