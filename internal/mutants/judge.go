package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// memoryKiB bounds the address space of a test program: a mutant may make a loop that fills memory.
const memoryKiB = 6 << 20

// judge is the test program of one package, or a part of it.
type judge struct {
	path    string // import path
	program string
	dir     string
	tests   string // the -test.run pattern of its part; empty: all of it
	rapid   bool   // has property tests
	takes   time.Duration
	reaches map[int]bool
}

// meet runs the program without a mutant and gives its parts, each of them met: itself, if it is quick.
func (j *judge) meet(ctx context.Context, dir string) ([]*judge, error) {
	out, err := j.pass(ctx, dir)
	if err != nil {
		return nil, err
	}
	patterns := parts(out)
	if len(patterns) == 0 {
		return []*judge{j}, nil
	}
	var all []*judge
	for _, pattern := range patterns {
		part := &judge{path: j.path, program: j.program, dir: j.dir, rapid: j.rapid, tests: pattern}
		if _, err := part.pass(ctx, dir); err != nil {
			return nil, err
		}
		all = append(all, part)
	}
	return all, nil
}

// pass runs the tests without a mutant, notes their time and the mutants on their way and gives what they print: they must pass.
func (j *judge) pass(ctx context.Context, dir string) (string, error) {
	notes := filepath.Join(dir, "reached")
	defer os.Remove(notes)
	begin := time.Now()
	command := j.command(ctx, 20, 10*time.Minute)
	command.Args = append(command.Args, "-test.v")
	command.Env = append(os.Environ(), variableReached+"="+notes)
	out, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("tests of %s %s, without a mutant: %w\n%s", j.path, j.tests, err, tail(out))
	}
	j.takes = time.Since(begin)
	data, err := os.ReadFile(notes)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	j.reaches = map[int]bool{}
	for _, field := range strings.Fields(string(data)) {
		id, err := strconv.Atoi(field)
		if err != nil {
			return "", fmt.Errorf("mutants that %s reaches: %w", j.path, err)
		}
		j.reaches[id] = true
	}
	return string(out), nil
}

// kills reports whether the tests notice a mutant. Cases bounds what each property test tries.
func (j *judge) kills(ctx context.Context, id, cases int) bool {
	limit := 5*j.takes*time.Duration(max(1, cases/20)) + 5*time.Second
	ctx, stop := context.WithTimeout(ctx, limit+5*time.Second)
	defer stop()
	command := j.command(ctx, cases, limit)
	command.Env = append(os.Environ(), variableOn+"="+strconv.Itoa(id))
	return command.Run() != nil
}

func (j *judge) command(ctx context.Context, cases int, limit time.Duration) *exec.Cmd {
	arguments := []string{"-c", `ulimit -v "$0" 2>/dev/null || true; exec "$@"`, strconv.Itoa(memoryKiB),
		j.program, "-test.failfast", "-test.timeout=" + limit.String(), "-test.run=" + j.tests}
	if j.rapid {
		arguments = append(arguments, "-rapid.checks="+strconv.Itoa(cases), "-rapid.seed=1", "-rapid.nofailfile", "-rapid.shrinktime=1ms")
	}
	command := exec.CommandContext(ctx, "sh", arguments...)
	command.Dir = j.dir
	return command
}

func tail(out []byte) []byte { return out[max(0, len(out)-2000):] }

// fate is how a mutant ended.
type fate int

const (
	killed    fate = iota // by its own package's tests
	killedFar             // by another package's alone
	survived
	unreached // no test comes by
)

// fateOf tries a mutant on every judge that reaches it, its own first.
func fateOf(ctx context.Context, m mutant, judges []*judge) fate {
	order := slices.DeleteFunc(slices.Clone(judges), func(j *judge) bool { return !j.reaches[m.ID] })
	if len(order) == 0 {
		return unreached
	}
	slices.SortStableFunc(order, func(a, b *judge) int {
		if own := (a.path == m.Package); own != (b.path == m.Package) {
			if own {
				return -1
			}
			return 1
		}
		return int(a.takes - b.takes)
	})
	for _, cases := range []int{20, 100} {
		for _, j := range order {
			if (cases == 20 || j.rapid) && j.kills(ctx, m.ID, cases) {
				if j.path == m.Package {
					return killed
				}
				return killedFar
			}
		}
	}
	return survived
}
