package score

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/terminal"
)

// object gathers the findings of one object. Containers of which the same is said share an entry.
type object struct {
	subject Subject
	source  *Source
	entries []objectEntry
}

type objectEntry struct {
	Finding
	containers []string
}

func (o *object) add(f Finding) {
	for i := range o.entries {
		e := &o.entries[i]
		if e.Rule == f.Rule && e.Severity == f.Severity && e.Message == f.Message && e.Waived == f.Waived && slices.Equal(e.Evidence, f.Evidence) {
			e.containers = append(e.containers, f.Subject.Container)
			return
		}
	}
	o.entries = append(o.entries, objectEntry{f, []string{f.Subject.Container}})
}

// objectsOf groups findings by their object, in the order in which the objects' gravest findings stand, and says how many there are.
// The entries of objects beyond most are left out: nobody prints them.
func objectsOf(findings []Finding, wanted func(Finding) bool, most int) (all []object, objects int) {
	type key struct{ kind, namespace, name, file string }
	at := map[key]int{}
	for _, f := range findings {
		if !wanted(f) {
			continue
		}
		k := key{f.Subject.Kind, f.Subject.Namespace, f.Subject.Name, ""}
		if f.Source != nil {
			k.file = f.Source.File
		}
		i, known := at[k]
		if !known {
			i = len(at)
			at[k] = i
			if i < most {
				all = append(all, object{subject: f.Subject, source: f.Source})
			}
		}
		if i < most {
			all[i].add(f)
		}
	}
	return all, len(at)
}

// shownHere reports whether human output shows a finding: what is waived only where it was asked for, what the baseline knows not at all.
func (p *printer) shownHere(f Finding) bool { return (!f.Waived || p.showWaived) && !f.Known }

func (p *printer) findings(d Document) {
	known := ""
	if d.Baseline != nil {
		known = fmt.Sprintf("; the baseline knows %d more, and %d of it are gone", d.Baseline.Known, d.Baseline.Gone)
	}
	objects, count := objectsOf(d.Findings, p.shownHere, maxObjects)
	if count == 0 {
		title := "No findings"
		if d.Baseline != nil {
			title = "No new findings"
		}
		p.Section(title + known)
		return
	}
	title := "Findings: "
	if d.Baseline != nil {
		title = "New findings: "
	}
	p.Section(title + cmp.Or(bySeverity(d.Findings, d.LeftOut), "none but waived ones") + known)
	for _, o := range objects {
		p.object(o)
	}
	if count > len(objects) {
		p.Line("\n  … and %s more; --format json lists their findings", assessments.Counted(count-len(objects), "object"))
	}
	if words := assessments.LeftOutWords(d.leftOut()); words != "" {
		p.Line("")
		p.Wrapped("  ", words)
	}
}

// bySeverity counts what is open and not known.
func bySeverity(findings []Finding, left []assessments.LeftOut) string {
	n := map[assessments.Severity]int{}
	for _, l := range left {
		n[l.Severity] += l.Open
	}
	for _, f := range findings {
		if !f.Waived && !f.Known {
			n[f.Severity]++
		}
	}
	var parts []string
	for s := assessments.Critical; s >= assessments.Low; s-- {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s], s))
		}
	}
	return strings.Join(parts, ", ")
}

func (p *printer) object(o object) {
	name := o.subject.Name
	if o.subject.Namespace != "" {
		name = o.subject.Namespace + "/" + name
	}
	place := ""
	if o.source != nil {
		place = fmt.Sprintf("  %s:%d", o.source.File, o.source.Line)
	}
	p.Line("\n  %s %s%s", terminal.Clean(o.subject.Kind), p.Bold(terminal.Clean(name)), p.Dim(terminal.Clean(place)))
	for _, f := range o.entries {
		p.entry(f)
	}
}

func (p *printer) entry(f objectEntry) {
	container, mark := "", ""
	if f.Subject.Container != "" {
		container = " [" + terminal.Clean(terminal.Listed(f.containers)) + "]"
	}
	if f.graver {
		mark = p.Paint("31", "  graver than in the baseline")
	}
	p.Line("    %s %s%s  %s%s", p.Severity(f.Severity), terminal.Clean(f.Message), container, p.Dim(f.Rule), mark)
	if f.Waived {
		p.Wrapped("             waived: ", terminal.Clean(f.WaivedBy))
		return
	}
	if p.quiet {
		return
	}
	for _, e := range f.Evidence {
		p.Wrapped("             seen  ", terminal.Clean(e.What)+": "+terminal.Clean(e.Value))
	}
	if f.Expected != "" {
		p.Wrapped("             want  ", terminal.Clean(f.Expected))
	}
	if f.Mend.Text != "" {
		p.Wrapped("             mend  ", terminal.Clean(f.Mend.Text))
	}
}
