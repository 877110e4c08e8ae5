// Command update helps a maintainer bring one file of reference data up to date:
//
//	go run ./assessments/reference/update FILE
//
// It reads what that file's recipe names upstream, makes rows of it, and prints what differs from the file. It changes nothing itself: a
// row that rules deduct points on is read by a person before it stands. Where a source can't be read by a program, the recipe says what to
// read by eye and how the row is made.
//
// Exit codes: 0 nothing differs · 1 something could not be read (offline, for one), which is said · 3 rows differ.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments/reference"
)

// patience bounds one run.
const patience = 2 * time.Minute

// Exit codes.
const (
	current = 0
	failed  = 1
	differs = 3
)

func main() {
	describe := flag.Bool("describe", false, "print all recipes as a page of documentation and exit")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "go run ./assessments/reference/update FILE\n\nFILE is one of: %s\n", strings.Join(names(), ", "))
	}
	flag.Parse()
	if *describe {
		fmt.Print(page())
		return
	}
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(failed)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	code := run(ctx, os.Stdout, flag.Arg(0), internet{})
	cancel()
	os.Exit(code)
}

func names() []string {
	var all []string
	for _, f := range reference.Files() {
		all = append(all, f.Name)
	}
	return all
}

// run prints the recipe of one file and what its sources say.
func run(ctx context.Context, w io.Writer, name string, from upstream) int {
	at := slices.IndexFunc(reference.Files(), func(f reference.File) bool { return f.Name == name })
	recipe, known := recipes[name]
	if at < 0 || !known {
		fmt.Fprintf(w, "no file %q; there are %s\n", name, strings.Join(names(), ", "))
		return failed
	}
	file := reference.Files()[at]
	fmt.Fprintf(w, "%s: %d rows, as of %s\n\n%s", name, file.Rows, file.AsOf.Format(time.DateOnly), recipe.text(file))
	if len(recipe.steps) == 0 {
		fmt.Fprintf(w, "\nA person reads this file's sources: there is nothing that a program could read.\n")
		return current
	}
	held, err := heldRows(name)
	if err != nil {
		fmt.Fprintln(w, err)
		return failed
	}
	code := current
	for _, step := range recipe.steps {
		fmt.Fprintf(w, "\nreading %s\n", step.what)
		rows, err := step.read(ctx, from)
		if err != nil {
			fmt.Fprintf(w, "  not read: %v\n", plain(err))
			code = failed
			continue
		}
		n := compare(w, held, rows, step.key)
		if n == 0 {
			fmt.Fprintf(w, "  %d rows read, none differs\n", len(rows))
		} else if code == current {
			code = differs
		}
	}
	fmt.Fprintf(w, "\nAfter a change: set about.asOf and the source's commit or day, run go test ./assessments/reference/..., and name a new content version.\n")
	return code
}

// plain says what being offline means, where that is what happened.
func plain(err error) error {
	if errors.Is(err, errOffline) {
		return fmt.Errorf("no network, or the host does not answer: %w", err)
	}
	return err
}
