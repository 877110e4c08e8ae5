// Package rulestest runs the cases of a folder of rules as tests. Only tests import it.
package rulestest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/controls"
	"plimsoll/assessments/rules"
)

// Run holds every registered rule of a pillar to its cases in testdata: each rule has a source file and a file of cases named
// by its slug, no file is left over, the cases show every outcome, and each comes out as wanted.
func Run(t *testing.T, register func(*assessments.Registry)) {
	t.Helper()
	registry := &assessments.Registry{}
	register(registry)
	slugs := map[string]bool{}
	for _, rule := range registry.All() {
		slugs[rules.Slug(rule.ID)] = true
		t.Run(rules.Slug(rule.ID), func(t *testing.T) { runRule(t, rule) })
	}
	paths, err := filepath.Glob("testdata/*.yaml")
	require.NoError(t, err)
	for _, path := range paths {
		require.True(t, slugs[strings.TrimSuffix(filepath.Base(path), ".yaml")], "%s belongs to no rule", path)
	}
}

func runRule(t *testing.T, rule assessments.Rule) {
	slug := rules.Slug(rule.ID)
	require.FileExists(t, slug+".go", "a rule is one file, named by its id")
	require.NoError(t, rules.Whole(rule))
	all := controls.All()
	i := slices.IndexFunc(all, func(c assessments.Control) bool { return c.ID == rule.Control })
	require.GreaterOrEqual(t, i, 0, "no control %s", rule.Control)
	path := filepath.Join("testdata", slug+".yaml")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	file, err := rules.ReadCases(path, data)
	require.NoError(t, err)
	require.Equal(t, rule.ID, file.Rule, "%s: rule", path)
	require.NoError(t, file.Complete())
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) { require.NoError(t, rules.Check(rule, all[i].Severity, c)) })
	}
}
