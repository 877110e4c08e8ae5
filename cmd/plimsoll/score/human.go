package score

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/inputs"
	"plimsoll/cmd/plimsoll/terminal"
)

// Bounds of the human output: the rest is counted, and JSON has it all.
const (
	maxObjects = 25
	maxListed  = 12
)

// printer is a terminal's, for one result.
type printer struct {
	*terminal.Printer
	quiet, showWaived bool
}

func (r *result) writeHuman(w io.Writer, s terminal.Style, quiet bool) error {
	p := &printer{terminal.NewPrinter(w, s), quiet, r.showWaived}
	d := r.Document
	p.head(d)
	if d.Score != nil {
		p.loadLine(d)
		p.pillars(d)
	}
	p.need(d.Need)
	p.remarks(d.Remarks)
	p.contradictions(d.Contradictions)
	if d.Explanation != nil {
		p.explanation(d.Explanation)
	} else {
		p.findings(d)
	}
	p.own(d)
	p.waivers(d.Waivers)
	if !quiet {
		p.couldNotSee(d.CouldNotSee)
	}
	p.skipped(d.Inputs)
	p.gate(d.Gate)
	if !quiet {
		p.next(d)
	}
	return p.Close()
}

func (p *printer) head(d Document) {
	target := ""
	if d.TargetVersion != "" {
		target = ", towards Kubernetes " + d.TargetVersion
	}
	p.Line("%s  as of %s, content version %s%s", p.Bold("Plimsoll"), d.AsOf, d.ContentVersion, target)
	p.Line("%s", p.Dim(d.Inputs.Words()))
	if len(d.ReferenceStale) > 0 {
		p.Wrapped("", p.Paint("33", fmt.Sprintf("Reference data older than six months: %s. What is newer than it is judged as not known.", terminal.Listed(d.ReferenceStale))))
	}
	if d.Score == nil {
		p.Line("\n%s", p.Bold("No score: there is no evidence here that any rule applies to."))
	}
}

func (p *printer) loadLine(d Document) {
	verdict := p.Band(d.LoadLine.Low)
	if d.LoadLine.Low != d.LoadLine.High {
		verdict = "between " + p.Band(d.LoadLine.Low) + " and " + p.Band(d.LoadLine.High)
	}
	p.Line("\n%s  %s", p.Bold("Load line"), verdict)
	p.Line("%s      %s   %s", p.Bold("Score"), p.Bold(pointOf(d.Score)), intervalOf(d.Score))
	if len(d.Waivers.Used) > 0 {
		p.Line("Raw        %s   %s, without waivers", pointOf(d.RawScore), intervalOf(d.RawScore))
	}
	if p.Bars {
		p.Line("           %s", p.bar(d.Score, 40))
		p.Line("           %s", p.Dim("0               40          70    85   100"))
	}
	if text := d.LoadLine.NextStep.Text; text != "" {
		p.Wrapped("Next step  ", text)
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
			b.WriteString(p.Bold("●"))
		case from < s.Low:
			b.WriteString("█")
		case from < s.High:
			b.WriteString(p.Dim("▒"))
		default:
			b.WriteString(p.Dim("·"))
		}
	}
	return b.String()
}

func (p *printer) pillars(d Document) {
	p.Section("Pillars")
	for _, pillar := range d.Pillars {
		title := fmt.Sprintf("%-24s", pillar.ID.Title())
		if !pillar.Applies {
			p.Line("  %s %s", title, p.Dim("not applicable: "+pillar.Reason))
			continue
		}
		bar := ""
		if p.Bars {
			bar = p.bar(&pillar.Score, 20) + "  "
		}
		p.Line("  %s %9s  %s%s", title, pointOf(&pillar.Score), bar, intervalOf(&pillar.Score))
		if pillar.CapContributionMicros < 0 {
			p.Line("  %-24s %s", "", p.Dim(fmt.Sprintf("held at %d by %s", pillar.Caps[0].At, pillar.Caps[0].By)))
		}
	}
	if d.Mean != nil {
		p.Line("  %s", p.Dim(fmt.Sprintf("%-24s %9d  the lowest pillar is the score", "Weighted mean", *d.Mean)))
	}
}

func (p *printer) contradictions(all []assessments.Contradiction) {
	denied := slices.DeleteFunc(slices.Clone(all), func(c assessments.Contradiction) bool { return c.Severity == 0 })
	if len(denied) == 0 {
		return
	}
	p.Section(fmt.Sprintf("Answers that the evidence denies: %d", len(denied)))
	for _, c := range denied {
		p.Line("  %s %s  you said: %s", p.Severity(c.Severity), c.Question, terminal.Clean(c.Claim))
		if c.Allows != "" {
			p.Wrapped("           ", fmt.Sprintf("evidence allows at best: %s (%s)", terminal.Clean(c.Allows), c.Pair))
		} else if c.Asks != "" {
			p.Wrapped("           ", fmt.Sprintf("%s (%s)", terminal.Clean(c.Asks), c.Pair))
		}
	}
}

func (p *printer) waivers(use assessments.WaiverUse) {
	type line struct{ waiver, note string }
	list := func(title, colour string, lines []line) {
		if len(lines) == 0 {
			return
		}
		p.Section(title)
		for _, l := range lines {
			p.Line("  %s%s", terminal.Clean(l.waiver), p.Paint(colour, terminal.Clean(l.note)))
		}
	}
	said := func(w assessments.Waiver) string { return fmt.Sprintf("%s %s: %s", scopeOf(w), w.Term(), w.Reason) }
	var used, expired, idle, refused, disallowed []line
	for _, w := range use.Used {
		used = append(used, line{waiver: said(w)})
	}
	for _, w := range use.Expired {
		expired = append(expired, line{waiver: said(w)})
	}
	for _, w := range use.Unmatched {
		idle = append(idle, line{said(w.Waiver), "  (" + w.Why + ")"})
	}
	for _, w := range use.Refused {
		refused = append(refused, line{fmt.Sprintf("%s: %q", Subject(w.Subject).text(), w.Text), "  (" + w.Problem + ")"})
	}
	for _, w := range use.Disallowed {
		disallowed = append(disallowed, line{waiver: said(w)})
	}
	list("Waivers in force", "", used)
	list("Waivers that have expired", "33", expired)
	list("Waivers that do nothing", "33", idle)
	list("Waivers that can't be read", "31", refused)
	list("Waivers that may not count (--disallow-waivers)", "33", disallowed)
}

// scopeOf says what a waiver names: its rule, and its subject where it names one.
func scopeOf(w assessments.Waiver) string {
	if w.Kind == "" && w.Namespace == "" && w.Name == "" && w.Container == "" {
		return w.Rule
	}
	subject := Subject{Kind: cmp.Or(w.Kind, "any"), Namespace: cmp.Or(w.Namespace, "*"), Name: cmp.Or(w.Name, "*"), Container: w.Container}
	return w.Rule + " of " + subject.text()
}

// unseen is everything that one reason keeps out of sight.
type unseen struct {
	why      string
	subjects int
	what     []string
}

// unseenGroups sums up by reason: one reason often hides many subjects. What hides most stands first.
func unseenGroups(all []CouldNotSee) []unseen {
	var groups []unseen
	at := map[string]int{}
	for _, c := range all {
		i, known := at[c.Why]
		if !known {
			i, groups = len(groups), append(groups, unseen{why: c.Why})
			at[c.Why] = i
		}
		groups[i].subjects += c.Subjects
		if !slices.Contains(groups[i].what, c.What) {
			groups[i].what = append(groups[i].what, c.What)
		}
	}
	slices.SortStableFunc(groups, func(a, b unseen) int { return cmp.Compare(len(b.what), len(a.what)) })
	return groups
}

func (p *printer) couldNotSee(all []CouldNotSee) {
	groups := unseenGroups(all)
	if len(groups) == 0 {
		return
	}
	p.Section("What could not be seen")
	for i, g := range groups {
		if i == maxListed {
			p.Line("  %s", p.Dim(fmt.Sprintf("… and %s more", assessments.Counted(len(groups)-i, "reason"))))
			break
		}
		subjects := ""
		if g.subjects > 0 {
			subjects = " (" + assessments.Counted(g.subjects, "subject") + ")"
		}
		p.Line("  %s%s: %s", terminal.Clean(g.why), subjects, p.Dim(terminal.Listed(g.what)))
	}
}

func (p *printer) skipped(in inputs.Inputs) {
	if len(in.Skipped) == 0 {
		return
	}
	p.Section("Skipped: " + assessments.Counted(len(in.Skipped), "document"))
	for _, s := range in.Skipped {
		p.Line("  %s  %s", terminal.Clean(s.Where()), terminal.Clean(s.Reason))
	}
}

// gate says what the exit code says, where it is not 0.
func (p *printer) gate(g Gate) {
	if g.ExitCode == ExitFine {
		return
	}
	p.Line("\n%s %s", p.Paint("1;31", "Gate failed:"), fmt.Sprintf("%s (exit code %d)", strings.Join(g.Failed, "; "), g.ExitCode))
}

// next names the one command that helps most now.
func (p *printer) next(d Document) {
	p.Line("")
	switch {
	case d.Score == nil && len(d.Inputs.Skipped) > 0:
		p.Line("Next: mend or render what was skipped (helm template …, kustomize build …) and score again")
	case d.Score == nil && d.EvidenceOnly:
		p.Line("Next: name files or folders with Kubernetes manifests, or a snapshot: plimsoll-collect cluster --out cluster.plimsoll")
	case d.EvidenceOnly:
		p.Wrapped("", "Evidence only: the questionnaire would add what people know, the pillars' declared half, and whether you need Kubernetes at all.")
		p.Line("Next: plimsoll questionnaire show > answers.yaml, fill it in, and score again with --answers answers.yaml")
	case len(d.Findings) > 0:
		p.Line("Next: plimsoll rules show %s", d.Findings[0].Rule)
	default:
		p.Line("Next: plimsoll report PATH --answers FILE -o report.pdf makes a report of it for those who decide")
	}
}
