// Command mutants breaks the rules, pairs, engines and the scoring on purpose, one small change at a time, and lists the changes
// that no test notices. It ends with 1 where one lives that survivors.yaml does not explain.
//
// A mutant is one of: a comparison turned (== and !=) or moved by its boundary (< and <=, > and >=); && and || exchanged; a
// condition negated; the body of an if left out; an integer of a comparison or a calculation one more or one less; + and -, * and /,
// += and -=, ++ and -- exchanged; true and false exchanged. Strings, constants and generated files are left alone.
//
// All mutants of a run are compiled into the test programs at once, each behind a switch that one environment variable turns on, by
// an overlay: the tree is not touched, and a mutant costs one run of the tests and no build. A first run without mutants notes which
// mutants each program reaches; one that is slow is divided into parts, by its tests and their subtests, so that a mutant runs what
// comes by it. A mutant is killed if one of the parts that reach it fails or runs out of its time or memory; its own package's tests
// go first, then, without -own, those of every package under assessments, the quickest first. Mutants that don't compile are
// not counted. Property tests run from a fixed seed, with few cases each; a mutant that lives is tried once more with many.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// mutated are the packages whose mutants must die, as go list patterns; judges are those whose tests may kill them.
var (
	mutated = []string{"./assessments", "./assessments/contradictions", "./assessments/engines/...", "./assessments/rules", "./assessments/rules/delivery",
		"./assessments/rules/jvm", "./assessments/rules/lifecycle", "./assessments/rules/networking", "./assessments/rules/patch", "./assessments/rules/probes"}
	judges = []string{"./assessments/..."}
)

func main() {
	sample := flag.Int("sample", 0, "how many mutants of each package, drawn by -seed (0: all)")
	seed := flag.Uint64("seed", 1, "which sample")
	only := flag.String("only", "", "packages whose import path ends so, separated by commas")
	files := flag.String("files", "", "source files whose paths end so, separated by commas")
	own := flag.Bool("own", false, "let a package's own tests alone judge: quicker, and what lives may yet be killed by others'")
	parallel := flag.Int("parallel", 2, "how many mutants at once")
	known := flag.String("survivors", "internal/mutants/survivors.yaml", "the survivors that may live, and why")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	unexplained, err := run(ctx, options{sample: *sample, seed: *seed, only: *only, files: *files, own: *own, parallel: *parallel, known: *known}, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
	if unexplained > 0 {
		os.Exit(1)
	}
}
