package score

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/term"

	"plimsoll/assessments"
)

// Bounds of the human output: the rest is counted, and JSON has it all.
const (
	maxObjects = 25
	maxListed  = 12
)

// style is how the human output looks: coloured and with bars on a terminal, plain text elsewhere.
type style struct{ colour, bars, quiet bool }

func styleFor(w io.Writer, f flags) style {
	file, isFile := w.(*os.File)
	terminal := isFile && term.IsTerminal(int(file.Fd()))
	return style{colour: terminal && !f.noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", bars: terminal, quiet: f.quiet}
}

// printer writes lines; the first error is kept and returned at the end.
type printer struct {
	w *bufio.Writer
	style
}

func writeHuman(w io.Writer, d Document, s style) error {
	p := &printer{bufio.NewWriter(w), s}
	p.head(d)
	if d.Score != nil {
		p.loadLine(d)
		p.pillars(d)
	}
	p.need(d.Need)
	p.contradictions(d.Contradictions)
	p.findings(d.Findings)
	p.waivers(d.Waivers)
	if !s.quiet {
		p.couldNotSee(d.CouldNotSee)
	}
	p.skipped(d.Inputs)
	if !s.quiet {
		p.next(d)
	}
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }

func (p *printer) section(title string) { p.line("\n%s", p.bold(title)) }

func (p *printer) paint(code, text string) string {
	if !p.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p *printer) bold(text string) string { return p.paint("1", text) }
func (p *printer) dim(text string) string  { return p.paint("2", text) }

func (p *printer) severity(s assessments.Severity) string {
	code := map[assessments.Severity]string{assessments.Critical: "1;31", assessments.High: "31", assessments.Medium: "33", assessments.Low: "36"}[s]
	return p.paint(code, fmt.Sprintf("%-8s", s))
}

func (p *printer) band(b assessments.Band) string {
	code := map[assessments.Band]string{
		assessments.Submerged: "1;31", assessments.LowFreeboard: "33", assessments.SeaworthyWithConditions: "36", assessments.Seaworthy: "1;32",
	}[b]
	return p.paint(code, b.Plain()) + p.dim(" ("+b.Title()+")")
}

// clean makes text from outside inert: no control characters, no marks that turn the direction of writing.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
}

func (p *printer) head(d Document) {
	p.line("%s  as of %s, content version %s", p.bold("Plimsoll"), d.AsOf, d.ContentVersion)
	p.line("%s", p.dim(fmt.Sprintf("%s, %s, %s read", assessments.Counted(d.Inputs.Files, "file"), assessments.Counted(d.Inputs.Documents, "document"), assessments.Counted(d.Inputs.Workloads, "workload"))))
	if d.Score == nil {
		p.line("\n%s", p.bold("No score: there is no evidence here that any rule applies to."))
	}
}

func (p *printer) loadLine(d Document) {
	verdict := p.band(d.LoadLine.Low)
	if d.LoadLine.Low != d.LoadLine.High {
		verdict = "between " + p.band(d.LoadLine.Low) + " and " + p.band(d.LoadLine.High)
	}
	p.line("\n%s  %s", p.bold("Load line"), verdict)
	p.line("%s      %s   %s", p.bold("Score"), p.bold(pointOf(d.Score)), intervalOf(d.Score))
	if len(d.Waivers.Used) > 0 {
		p.line("Raw        %s   %s, without waivers", pointOf(d.RawScore), intervalOf(d.RawScore))
	}
	if p.bars {
		p.line("           %s", p.bar(d.Score, 40))
	}
	if text := d.LoadLine.NextStep.Text; text != "" {
		p.line("%s  %s", p.bold("Next step"), text)
	}
}

func pointOf(s *Score) string {
	if s.Value == nil {
		return "not known"
	}
	return fmt.Sprint(*s.Value)
}

func intervalOf(s *Score) string {
	if s.LowMicros == s.HighMicros {
		return "all of it known"
	}
	return fmt.Sprintf("from %d to %d, %d %% known", s.Low, s.High, s.Coverage)
}

// bar draws 0 to 100: full up to low, shaded up to high, with a mark at the point.
func (p *printer) bar(s *Score, width int64) string {
	var b strings.Builder
	for i := range width {
		switch from := i * 100 / width; {
		case s.Value != nil && *s.Value*width/101 == i:
			b.WriteString(p.bold("●"))
		case from < s.Low:
			b.WriteString("█")
		case from < s.High:
			b.WriteString(p.dim("▒"))
		default:
			b.WriteString(p.dim("·"))
		}
	}
	return b.String()
}

func (p *printer) pillars(d Document) {
	p.section("Pillars")
	for _, pillar := range d.Pillars {
		title := fmt.Sprintf("%-24s", pillar.ID.Title())
		if !pillar.Applies {
			p.line("  %s %s", title, p.dim("not applicable: "+pillar.Reason))
			continue
		}
		bar := ""
		if p.bars {
			bar = p.bar(&pillar.Score, 20) + "  "
		}
		p.line("  %s %9s  %s%s", title, pointOf(&pillar.Score), bar, intervalOf(&pillar.Score))
		if pillar.CapContributionMicros < 0 {
			p.line("  %-24s %s", "", p.dim(fmt.Sprintf("held at %d by %s", pillar.Caps[0].At, pillar.Caps[0].By)))
		}
	}
	if d.Mean != nil {
		p.line("  %s", p.dim(fmt.Sprintf("%-24s %9d  the lowest pillar is the score", "Weighted mean", *d.Mean)))
	}
}

func (p *printer) need(n *Need) {
	if n == nil {
		return
	}
	p.section("Do you absolutely need Kubernetes?")
	p.line("  %s", p.bold(clean(n.Headline)))
	if n.Plain != "" {
		p.line("  %s", clean(n.Plain))
	}
	if len(n.Decides) > 0 {
		p.line("  Decided by: %s", strings.Join(n.Decides, ", "))
	}
}

func (p *printer) contradictions(all []assessments.Contradiction) {
	denied := slices.DeleteFunc(slices.Clone(all), func(c assessments.Contradiction) bool { return c.Severity == 0 })
	if len(denied) == 0 {
		return
	}
	p.section(fmt.Sprintf("Answers that the evidence denies: %d", len(denied)))
	for _, c := range denied {
		p.line("  %s %s  you said: %s", p.severity(c.Severity), c.Question, clean(c.Claim))
		if c.Allows != "" {
			p.line("           evidence allows at best: %s (%s)", clean(c.Allows), c.Pair)
		} else if c.Asks != "" {
			p.line("           %s (%s)", clean(c.Asks), c.Pair)
		}
	}
}

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
		if e := &o.entries[i]; e.Rule == f.Rule && e.Severity == f.Severity && e.Message == f.Message && slices.Equal(e.Evidence, f.Evidence) {
			e.containers = append(e.containers, f.Subject.Container)
			return
		}
	}
	o.entries = append(o.entries, objectEntry{f, []string{f.Subject.Container}})
}

func objectsOf(findings []Finding) []object {
	type key struct{ kind, namespace, name, file string }
	at := map[key]int{}
	var all []object
	for _, f := range findings {
		if f.Waived {
			continue
		}
		k := key{f.Subject.Kind, f.Subject.Namespace, f.Subject.Name, ""}
		if f.Source != nil {
			k.file = f.Source.File
		}
		i, known := at[k]
		if !known {
			i = len(all)
			at[k] = i
			all = append(all, object{subject: f.Subject, source: f.Source})
		}
		all[i].add(f)
	}
	return all
}

func (p *printer) findings(findings []Finding) {
	objects := objectsOf(findings)
	if len(objects) == 0 {
		p.section("No findings")
		return
	}
	p.section(fmt.Sprintf("Findings: %s", bySeverity(findings)))
	for i, o := range objects {
		if i == maxObjects {
			p.line("\n  … and %s more; --format json lists every finding", assessments.Counted(len(objects)-i, "object"))
			break
		}
		p.object(o)
	}
}

func bySeverity(findings []Finding) string {
	n := map[assessments.Severity]int{}
	for _, f := range findings {
		if !f.Waived {
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
	p.line("\n  %s %s%s", clean(o.subject.Kind), p.bold(clean(name)), p.dim(clean(place)))
	for _, f := range o.entries {
		container := ""
		if f.Subject.Container != "" {
			container = " [" + clean(listed(f.containers)) + "]"
		}
		p.line("    %s %s%s  %s", p.severity(f.Severity), clean(f.Message), container, p.dim(f.Rule))
		if p.quiet {
			continue
		}
		for _, e := range f.Evidence {
			p.line("             seen  %s: %s", clean(e.What), clean(e.Value))
		}
		if f.Expected != "" {
			p.line("             want  %s", clean(f.Expected))
		}
		if f.Mend.Text != "" {
			p.line("             mend  %s", clean(f.Mend.Text))
		}
	}
}

func (p *printer) waivers(use assessments.WaiverUse) {
	for _, list := range []struct {
		title   string
		waivers []assessments.Waiver
	}{{"Waivers in force", use.Used}, {"Waivers that have expired", use.Expired}, {"Waivers that match nothing", use.Unmatched}} {
		if len(list.waivers) == 0 {
			continue
		}
		p.section(list.title)
		for _, w := range list.waivers {
			p.line("  %s until %s: %s", clean(w.Rule), w.Until.Format("2006-01-02"), clean(w.Reason))
		}
	}
}

// couldNotSee sums up by reason: one reason often hides many subjects.
func (p *printer) couldNotSee(all []CouldNotSee) {
	if len(all) == 0 {
		return
	}
	type group struct {
		why      string
		subjects int
		what     []string
	}
	var groups []group
	for _, c := range all {
		i := slices.IndexFunc(groups, func(g group) bool { return g.why == c.Why })
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{why: c.Why})
		}
		groups[i].subjects += c.Subjects
		if !slices.Contains(groups[i].what, c.What) {
			groups[i].what = append(groups[i].what, c.What)
		}
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(len(b.what), len(a.what)) })
	p.section("What could not be seen")
	for i, g := range groups {
		if i == maxListed {
			p.line("  %s", p.dim(fmt.Sprintf("… and %s more", assessments.Counted(len(groups)-i, "reason"))))
			break
		}
		subjects := ""
		if g.subjects > 0 {
			subjects = " (" + assessments.Counted(g.subjects, "subject") + ")"
		}
		p.line("  %s%s: %s", clean(g.why), subjects, p.dim(listed(g.what)))
	}
}

func listed(names []string) string {
	const most = 4
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

func (p *printer) skipped(in Inputs) {
	if len(in.Skipped) == 0 {
		return
	}
	p.section("Skipped: " + assessments.Counted(len(in.Skipped), "document"))
	for _, s := range in.Skipped {
		p.line("  %s:%d  %s", clean(s.File), s.Line, clean(s.Reason))
	}
}

func (p *printer) next(d Document) {
	p.line("")
	if d.EvidenceOnly && d.Score != nil {
		p.line("%s", p.dim("Evidence only: the questionnaire would add what people know, the pillars' declared half, and whether you need Kubernetes at all."))
		p.line("Next: plimsoll questionnaire show > answers.yaml, fill it in, and score again with --answers answers.yaml")
		return
	}
	if len(d.Findings) > 0 {
		p.line("Next: plimsoll rules show %s", d.Findings[0].Rule)
	}
}
