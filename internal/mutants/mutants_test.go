package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// module writes a module of one package whose test sees some of its mutants.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example\n\ngo 1.26\n",
		"age.go": `package example

import "time"

const limit = 2 + 1

var open = func() bool { return true }()

func adult(age int) bool {
	if age < 0 {
		return false
	}
	return age >= 18 && open // a boundary that the test holds
}

func total(ages []int) (sum int) {
	for _, age := range ages {
		sum += age
	}
	return sum
}

func lonely(n int) int { return n - 1 }

func later(t time.Duration) time.Duration { return t + 2*time.Second }

func name(first string) string { return first + "!" }
`,
		"age_test.go": `package example

import "testing"

func TestAdult(t *testing.T) {
	if adult(17) || !adult(18) || !adult(30) || total([]int{1, 2}) != 3 || name("a") != "a!" {
		t.Fatal()
	}
}
`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

// here points the run at a module of the test's own.
func here(t *testing.T, dir string) {
	t.Helper()
	t.Chdir(dir)
	were, judged := mutated, judges
	t.Cleanup(func() { mutated, judges = were, judged })
	mutated, judges = []string{"."}, []string{"."}
}

const explained = `survivors:
  - {file: age.go, in: adult, from: if age < 0, to: if false, why: eighteen comes later}
  - {file: age.go, in: adult, from: "age   < 0", to: (age) <= (0), why: so does nought}
  - {file: age.go, in: gone, from: a, to: b, why: it was there once}
`

func TestWhatNoTestNoticesIsListedAndWhatIsExplainedIsNot(t *testing.T) {
	dir := module(t)
	here(t, dir)
	require.NoError(t, os.WriteFile("known.yaml", []byte(explained), 0o600))
	before, err := os.ReadFile("age.go")
	require.NoError(t, err)
	var out bytes.Buffer
	unexplained, err := run(t.Context(), options{parallel: 1, seed: 1, known: "known.yaml"}, &out)
	require.NoError(t, err)
	text := out.String()
	require.Contains(t, text, "age.go:23: in lonely: not reached\n    from: n - 1\n      to: (n) + (1)\n")
	require.Contains(t, text, "age.go:25: in later: not reached\n    from: t + 2*time.Second\n      to: (t) - (2*time.Second)\n")
	require.Contains(t, text, "in adult: survived\n    from: age < 0\n      to: (age) < (1)\n")
	require.Contains(t, text, "listed, but no such mutant lives: age.go: in gone: a\n")
	for _, killed := range []string{"from: sum += age", "from: age >= 18 && open", "to: (age) > (18)", "to: (age) >= (19)", "to: (age) >= (17)", "from: true"} {
		require.NotContains(t, text, killed)
	}
	for _, leftAlone := range []string{"2 + 1", "first +", "if age < 0\n", "to: (age) <= (0)"} {
		require.NotContains(t, text, leftAlone)
	}
	require.Equal(t, strings.Count(text, "    from: "), unexplained)
	after, err := os.ReadFile("age.go")
	require.NoError(t, err)
	require.Equal(t, string(before), string(after), "the tree is not touched")
}

func TestASampleIsTheSameForASeed(t *testing.T) {
	var found []mutant
	for i := range 100 {
		found = append(found, mutant{Line: i})
	}
	o := options{sample: 10, seed: 7}
	require.Equal(t, o.some(found), o.some(found))
	require.Len(t, o.some(found), 10)
	require.IsIncreasing(t, lines(o.some(found)))
	require.NotEqual(t, o.some(found), options{sample: 10, seed: 8}.some(found))
	require.Len(t, options{}.some(found), 100)
}

func lines(all []mutant) []int {
	var at []int
	for _, m := range all {
		at = append(at, m.Line)
	}
	return at
}

func TestOnlyTheNamedFilesAreMutated(t *testing.T) {
	dir := module(t)
	here(t, dir)
	require.NoError(t, os.WriteFile("year.go", []byte("package example\n\nfunc next(year int) int { return year + 1 }\n"), 0o600))
	_, mutants, err := options{files: "month.go,year.go"}.draw(t.Context(), dir)
	require.NoError(t, err)
	require.NotEmpty(t, mutants)
	for _, m := range mutants {
		require.Equal(t, "year.go", m.File)
	}
	_, _, err = options{files: "ear.go"}.draw(t.Context(), dir)
	require.ErrorContains(t, err, `no mutant in a file that ends with "ear.go"`)
}

func TestASlowProgramIsTriedInParts(t *testing.T) {
	dir := module(t)
	here(t, dir)
	require.NoError(t, os.WriteFile("slow_test.go", []byte(`package example

import (
	"testing"
	"time"
)

func TestSlow(t *testing.T) {
	for _, name := range []string{"lonely", "later"} {
		t.Run(name, func(t *testing.T) {
			time.Sleep(300 * time.Millisecond)
			if name == "lonely" && lonely(2) != 1 || name == "later" && later(time.Second) != 3*time.Second {
				t.Fatal()
			}
		})
	}
}
`), 0o600))
	packages, mutants, err := options{}.draw(t.Context(), dir)
	require.NoError(t, err)
	b := &builder{root: dir, dir: t.TempDir(), packages: packages}
	mutants, programs, err := b.programs(t.Context(), mutants, packages)
	require.NoError(t, err)
	all, err := meetAll(t.Context(), packages, programs, b.dir)
	require.NoError(t, err)
	patterns := map[string]*judge{}
	for _, j := range all {
		patterns[j.tests] = j
	}
	require.Len(t, patterns, 3)
	lonely, adult := patterns["^TestSlow$/^(lonely)$"], patterns["^(TestAdult)$"]
	for _, m := range mutants {
		require.Equal(t, m.Function == "lonely", lonely.reaches[m.ID] && m.Function != "open", m.From)
		require.False(t, adult.reaches[m.ID] && (m.Function == "lonely" || m.Function == "later"), m.From)
		if m.Function == "lonely" {
			require.Equal(t, killed, fateOf(t.Context(), m, all))
			require.False(t, adult.kills(t.Context(), m.ID, 20), "its pattern leaves out the test that would")
		}
	}
}

func TestAMutantThatDoesNotCompileIsLeftOut(t *testing.T) {
	dir := module(t)
	here(t, dir)
	o := options{}
	packages, mutants, err := o.draw(t.Context(), dir)
	require.NoError(t, err)
	broken := mutants[3]
	broken.ID, broken.To, broken.kind = len(mutants)+1, "nobody", alternative
	b := &builder{root: dir, dir: t.TempDir(), packages: packages}
	left, programs, err := b.programs(t.Context(), append(mutants, broken), packages)
	require.NoError(t, err)
	require.Len(t, programs, 1)
	require.NotContains(t, left, broken)
	require.GreaterOrEqual(t, len(left), len(mutants)-1)
}

func TestTheListOfSurvivorsIsWhole(t *testing.T) {
	all, err := survivors("survivors.yaml")
	require.NoError(t, err)
	for _, s := range all {
		source, err := os.ReadFile(filepath.Join("../..", s.File))
		require.NoError(t, err)
		require.Contains(t, words(string(source)), words(s.From), "%s: in %s: the source does not say so any more", s.File, s.In)
	}
	for name, text := range map[string]string{
		"no reason": "survivors: [{file: a.go, in: f, from: a, to: b}]", "twice": "survivors: [{file: a.go, in: f, from: a, to: b, why: x}, {file: a.go, in: f, from: ' a', to: b, why: y}]",
		"a word of its own": "survivors: [{file: a.go, in: f, from: a, to: b, why: x, line: 3}]",
	} {
		path := filepath.Join(t.TempDir(), "survivors.yaml")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := survivors(path)
		require.Error(t, err, name)
	}
}
