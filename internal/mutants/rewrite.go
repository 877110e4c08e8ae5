package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// switches is what each mutated package gets beside its sources. Package variables may be made by mutated functions, so the
// switch is itself a package variable: Go makes it before whatever asks it.
const switches = `package %s

import (
	"fmt"
	"os"
	"strconv"
	"sync"
)

var mutantOn = func() int { n, _ := strconv.Atoi(os.Getenv("` + variableOn + `")); return n }()

var mutantNotes = func() *os.File {
	name := os.Getenv("` + variableReached + `")
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	return file
}()

var mutantNoted sync.Map

func mutantIs(id int) bool {
	if mutantNotes != nil {
		if _, noted := mutantNoted.LoadOrStore(id, true); !noted {
			fmt.Fprintln(mutantNotes, id)
		}
	}
	return id == mutantOn
}
`

const (
	variableOn      = "PLIMSOLL_MUTANT"         // the mutant that is switched on
	variableReached = "PLIMSOLL_MUTANT_REACHED" // a file for the mutants that were passed by
)

// site is a piece of source that mutants change, and the smaller ones within it.
type site struct {
	start, end int
	mutants    []mutant
	within     []*site
}

// rewrite puts every mutant of a file behind its switch.
func rewrite(source []byte, mutants []mutant) string {
	whole := &site{end: len(source)}
	for _, s := range sites(mutants) {
		whole.put(s)
	}
	return whole.render(source)
}

// sites gathers mutants by the text that they change, outer ones before those within them.
func sites(mutants []mutant) []*site {
	sorted := slices.Clone(mutants)
	slices.SortStableFunc(sorted, func(a, b mutant) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	var all []*site
	for _, m := range sorted {
		if last := len(all) - 1; last >= 0 && all[last].start == m.start && all[last].end == m.end {
			all[last].mutants = append(all[last].mutants, m)
			continue
		}
		all = append(all, &site{start: m.start, end: m.end, mutants: []mutant{m}})
	}
	return all
}

// put sets a site where it belongs; those before it in the source have been put.
func (s *site) put(one *site) {
	if last := len(s.within) - 1; last >= 0 && one.start < s.within[last].end {
		s.within[last].put(one)
		return
	}
	s.within = append(s.within, one)
}

func (s *site) render(source []byte) string {
	var b strings.Builder
	at := s.start
	for _, one := range s.within {
		b.Write(source[at:one.start])
		b.WriteString(one.render(source))
		at = one.end
	}
	b.Write(source[at:s.end])
	text := b.String()
	for _, m := range s.mutants {
		text = m.beside(text)
	}
	return text
}

// beside writes the mutant and the original into one expression or statement. The mutant's own text holds no other mutant.
func (m mutant) beside(original string) string {
	on := fmt.Sprintf("mutantIs(%d)", m.ID)
	switch m.kind {
	case alternative:
		return fmt.Sprintf("(%s && (%s) || !%s && (%s))", on, m.To, on, original)
	case negation:
		return fmt.Sprintf("(%s != (%s))", on, original)
	case absence:
		return fmt.Sprintf("(!%s && (%s))", on, original)
	case value:
		return fmt.Sprintf("func() %s { if %s { return %s }; return %s }()", m.valueType, on, m.To, original)
	default:
		return fmt.Sprintf("if %s { %s } else { %s }", on, m.To, original)
	}
}
