package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
)

// options are the flags of a run.
type options struct {
	sample, parallel int
	seed             uint64
	only, known      string
	files            string // endings of the paths of the files to mutate, separated by commas; empty: all
	own              bool   // a package's own tests alone judge
}

// run makes the mutants of the module in the working folder, tries them and prints what lives. It gives the number of
// survivors that the list does not explain.
func run(ctx context.Context, o options, out io.Writer) (int, error) {
	root, err := os.Getwd()
	if err != nil {
		return 0, err
	}
	known, err := survivors(filepath.Join(root, o.known))
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "plimsoll-mutants-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	packages, mutants, err := o.draw(ctx, root)
	if err != nil {
		return 0, err
	}
	tested := packages
	if !o.own {
		if tested, err = judging(ctx, root, packages); err != nil {
			return 0, err
		}
	}
	b := &builder{root: root, dir: dir, packages: packages}
	drawn := len(mutants)
	mutants, programs, err := b.programs(ctx, mutants, tested)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "%d mutants, %d more do not compile\n", len(mutants), drawn-len(mutants))
	all, err := meetAll(ctx, tested, programs, dir)
	if err != nil {
		return 0, err
	}
	t := &tally{known: known, out: out, counts: map[string]*count{}}
	t.all(ctx, mutants, all, o.parallel)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if o.sample == 0 && o.files == "" {
		t.stale(root, packages)
	}
	return t.unexplained, t.print(packages)
}

// draw lists the packages to mutate and the mutants to try, numbered.
func (o options) draw(ctx context.Context, root string) ([]pkg, []mutant, error) {
	packages, err := list(ctx, root, mutated...)
	if err != nil {
		return nil, nil, err
	}
	packages = slices.DeleteFunc(packages, func(p pkg) bool { return !ends(p.ImportPath, o.only) })
	if len(packages) == 0 {
		return nil, nil, fmt.Errorf("no package ends with %q", o.only)
	}
	r, err := newReader(ctx, root, mutated)
	if err != nil {
		return nil, nil, err
	}
	var all []mutant
	for _, p := range packages {
		found, err := r.mutants(p)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, o.some(slices.DeleteFunc(found, func(m mutant) bool { return !ends(m.File, o.files) }))...)
	}
	if len(all) == 0 {
		return nil, nil, fmt.Errorf("no mutant in a file that ends with %q", o.files)
	}
	for i := range all {
		all[i].ID = i + 1
	}
	return packages, all, nil
}

// ends reports whether a path ends with one of some endings, separated by commas; with none, every path does.
func ends(path, endings string) bool {
	return endings == "" || slices.ContainsFunc(strings.Split(endings, ","), func(end string) bool {
		return path == end || strings.HasSuffix(path, "/"+end)
	})
}

// some draws the sample of one package and keeps the order of the source.
func (o options) some(found []mutant) []mutant {
	if o.sample == 0 || o.sample >= len(found) {
		return found
	}
	places := rand.New(rand.NewPCG(o.seed, 0)).Perm(len(found))[:o.sample]
	slices.Sort(places)
	drawn := make([]mutant, 0, o.sample)
	for _, i := range places {
		drawn = append(drawn, found[i])
	}
	return drawn
}

// judging lists the packages whose test programs hold a mutated package.
func judging(ctx context.Context, root string, packages []pkg) ([]pkg, error) {
	all, err := list(ctx, root, append([]string{"-test"}, judges...)...)
	if err != nil {
		return nil, err
	}
	holds := map[string]bool{}
	for _, p := range all {
		if of, is := strings.CutSuffix(p.ImportPath, ".test"); is {
			holds[of] = slices.ContainsFunc(packages, func(m pkg) bool {
				return slices.ContainsFunc(p.Deps, func(d string) bool { d, _, _ = strings.Cut(d, " "); return d == m.ImportPath })
			})
		}
	}
	return slices.DeleteFunc(all, func(p pkg) bool { return !holds[p.ImportPath] }), nil
}

func meetAll(ctx context.Context, tested []pkg, programs map[string]string, dir string) ([]*judge, error) {
	var all []*judge
	for _, p := range tested {
		j := &judge{path: p.ImportPath, program: programs[p.ImportPath], dir: p.Dir,
			rapid: slices.Contains(append(p.TestImports, p.XTestImports...), "pgregory.net/rapid")}
		parts, err := j.meet(ctx, dir)
		if err != nil {
			return nil, err
		}
		all = append(all, parts...)
	}
	return all, nil
}

// count is what became of the mutants of one package.
type count struct {
	fates     [unreached + 1]int
	explained int
}

// tally gathers the fates and prints survivors in the order of the source.
type tally struct {
	known       map[string]Survivor
	out         io.Writer
	counts      map[string]*count
	met         map[string]bool // entries of the list that a survivor bore out
	unexplained int
}

func (t *tally) all(ctx context.Context, mutants []mutant, judges []*judge, parallel int) {
	fates := make([]chan fate, len(mutants))
	for i := range fates {
		fates[i] = make(chan fate, 1)
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(1, parallel) {
		workers.Go(func() {
			for i := range next {
				fates[i] <- fateOf(ctx, mutants[i], judges)
			}
		})
	}
	go func() {
		defer close(next)
		for i := range mutants {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	t.met = map[string]bool{}
	for i, m := range mutants {
		select {
		case f := <-fates[i]:
			t.note(m, f)
		case <-ctx.Done():
		}
	}
	workers.Wait()
}

func (t *tally) note(m mutant, f fate) {
	c := t.counts[m.Package]
	if c == nil {
		c = &count{}
		t.counts[m.Package] = c
	}
	c.fates[f]++
	if f == killed || f == killedFar {
		return
	}
	key := m.survivor().key()
	if _, explained := t.known[key]; explained {
		t.met[key] = true
		c.explained++
		return
	}
	t.unexplained++
	state := "survived"
	if f == unreached {
		state = "not reached"
	}
	fmt.Fprintf(t.out, "%s:%d: in %s: %s\n    from: %s\n      to: %s\n", m.File, m.Line, m.Function, state, words(m.From), words(m.To))
}

// stale names the entries of the list that no survivor of a full run bears out: their mutant is killed or gone.
func (t *tally) stale(root string, packages []pkg) {
	folders := map[string]bool{}
	for _, p := range packages {
		if folder, err := filepath.Rel(root, p.Dir); err == nil {
			folders[filepath.ToSlash(folder)] = true
		}
	}
	var left []string
	for key, s := range t.known {
		if folders[filepath.ToSlash(filepath.Dir(s.File))] && !t.met[key] {
			left = append(left, fmt.Sprintf("%s: in %s: %s", s.File, s.In, s.From))
		}
	}
	slices.Sort(left)
	for _, s := range left {
		fmt.Fprintln(t.out, "listed, but no such mutant lives:", s)
	}
}

func (t *tally) print(packages []pkg) error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "mutants\tkilled\tby others' tests\tsurvived\tnot reached\texplained\tshare killed\tpackage\t")
	for _, p := range packages {
		c := cmp.Or(t.counts[p.ImportPath], &count{})
		dead, all := c.fates[killed]+c.fates[killedFar], 0
		for _, n := range c.fates {
			all += n
		}
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t%.1f %%\t%s\t\n", all, dead, c.fates[killedFar], c.fates[survived], c.fates[unreached], c.explained,
			100*float64(dead)/float64(max(1, all)), p.ImportPath)
	}
	return w.Flush()
}
