package main

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// partTakes is how much time of a test program makes a part of its own: a mutant then runs the tests that reach it, and few more.
const partTakes = 250 * time.Millisecond

// passed is how a verbose run tells of a test (at the margin) or of a direct subtest (one step in).
var passed = regexp.MustCompile(`(?m)^(    )?--- PASS: (\S+) \((\d+\.\d+)s\)$`)

// timed is a test, or a direct subtest of one, and what it took.
type timed struct {
	parent, name string
	takes        time.Duration
}

// parts divides a program by what its verbose run says: it gives -test.run patterns, each of about partTakes or of one test that
// takes longer, which is divided by its direct subtests if it has some. A program that is quick as a whole gives none.
func parts(out string) []string {
	tests, subtests := readPassed(out)
	if total(tests) <= partTakes {
		return nil
	}
	var quick []timed
	var patterns []string
	for _, t := range tests {
		under := subtests[t.name]
		switch {
		case t.takes <= partTakes:
			quick = append(quick, t)
		case len(under) > 1:
			patterns = append(patterns, grouped(under)...)
		default:
			patterns = append(patterns, grouped([]timed{t})...)
		}
	}
	return append(grouped(quick), patterns...)
}

func readPassed(out string) ([]timed, map[string][]timed) {
	var tests []timed
	subtests := map[string][]timed{}
	for _, found := range passed.FindAllStringSubmatch(out, -1) {
		seconds, _ := strconv.ParseFloat(found[3], 64)
		parent, name, under := strings.Cut(found[2], "/")
		takes := time.Duration(seconds * float64(time.Second))
		if !under {
			tests = append(tests, timed{name: parent, takes: takes})
			continue
		}
		name, _, _ = strings.Cut(name, "/") // a pattern has a part for each slash, and takes in whatever stands below
		subtests[parent] = append(subtests[parent], timed{parent: parent, name: name, takes: takes})
	}
	return tests, subtests
}

func total(all []timed) (sum time.Duration) {
	for _, t := range all {
		sum += t.takes
	}
	return sum
}

// grouped puts tests of one parent together until they take partTakes, the quickest first.
func grouped(all []timed) []string {
	slices.SortStableFunc(all, func(a, b timed) int { return cmp.Compare(a.takes, b.takes) })
	var patterns, names []string
	var takes time.Duration
	for i, t := range all {
		names = append(names, regexp.QuoteMeta(t.name))
		takes += t.takes
		if last := i == len(all)-1; !last && takes+all[i+1].takes <= partTakes {
			continue
		}
		pattern := "^(" + strings.Join(names, "|") + ")$"
		if t.parent != "" {
			pattern = "^" + regexp.QuoteMeta(t.parent) + "$/" + pattern
		}
		patterns, names, takes = append(patterns, pattern), nil, 0
	}
	return patterns
}
