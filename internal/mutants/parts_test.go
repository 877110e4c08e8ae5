package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASlowProgramIsDividedByItsTests(t *testing.T) {
	require.Empty(t, parts("--- PASS: TestA (0.20s)\n--- PASS: TestB (0.05s)\nPASS\n"), "quick as a whole")
	require.Equal(t, []string{
		"^(TestB|ExampleA|TestA)$", // 0.01, 0.02 and 0.20 seconds
		"^(TestG)$",                // 0.10 s would be too many with them
		"^TestSlow$/^(a\\+b|c)$", "^TestSlow$/^(deep)$",
		"^(TestAlone)$", "^(TestOneSubtest)$",
	}, parts(`=== RUN   TestA
--- PASS: TestA (0.20s)
    --- PASS: TestA/within (0.20s)
some output --- PASS: TestNothing (3.00s)
--- PASS: TestB (0.01s)
--- PASS: TestSlow (1.00s)
    --- PASS: TestSlow/deep (0.50s)
        --- PASS: TestSlow/deep/deeper (0.40s)
    --- PASS: TestSlow/a+b (0.10s)
    --- PASS: TestSlow/c/d (0.10s)
--- PASS: TestG (0.21s)
--- PASS: TestAlone (2.00s)
--- PASS: TestOneSubtest (0.30s)
    --- PASS: TestOneSubtest/one (0.30s)
--- SKIP: TestSkipped (0.00s)
--- PASS: ExampleA (0.02s)
PASS
`))
}
