package server

import (
	"fmt"
	"slices"

	"plimsoll/assessments"
	"plimsoll/web"
)

// explain says why the score moved. The parts of every movement sum to it exactly, in millionths of a point: of a pillar, what each
// control brings more or less and what its caps take; of the headline, the lowest pillar and the change of which one that is.
func explain(from, to assessments.Assessment) web.Explanation {
	e := web.Explanation{Waivers: waiverLines(from, to)}
	before, now := lowestPillar(from), lowestPillar(to)
	for _, id := range assessments.Pillars {
		p := pillarParts(from, to, id)
		p.Decides = id == before.ID || id == now.ID
		if moved := p.Moved(); p.Unknown != "" || len(p.Parts) > 0 || moved != 0 {
			e.Pillars = append(e.Pillars, p)
		}
	}
	slices.SortStableFunc(e.Pillars, func(a, b web.Movement) int {
		if a.Decides == b.Decides {
			return 0
		}
		if a.Decides {
			return -1
		}
		return 1
	})
	e.Score = headlineParts(from, to, before, now)
	return e
}

// headlineParts lead from one headline to the other. The headline is the lowest pillar's, held within what the others can still reach.
func headlineParts(from, to assessments.Assessment, before, now assessments.PillarScore) web.Movement {
	m := web.Movement{Title: "Score", From: valueOf(from.Score), To: valueOf(to.Score)}
	if m.From == nil || m.To == nil {
		m.Unknown = unknownWords(m.From, m.To)
		return m
	}
	rest := m.Moved()
	add := func(what, note string, moved assessments.Micros) {
		if moved != 0 {
			m.Parts, rest = append(m.Parts, web.MovedPart{What: what, Note: note, Moved: moved}), rest-moved
		}
	}
	then := pillarIn(to, before.ID)
	switch {
	case then.Value != nil && then.Applies:
		add(before.ID.Title(), "the lowest pillar before", *then.Value-*before.Value)
		add(now.ID.Title()+" is the lowest now", "in the place of "+before.ID.Title(), *now.Value-*then.Value)
	default:
		add(now.ID.Title()+" is the lowest now", before.ID.Title()+" "+goneWords(then), *now.Value-*before.Value)
	}
	add("What is not known", "a pillar that is not known cannot reach more", rest)
	return m
}

// lowestPillar is the pillar that is the headline; of several alike the first.
func lowestPillar(a assessments.Assessment) assessments.PillarScore {
	var low assessments.PillarScore
	for _, p := range a.Pillars {
		if p.Applies && p.Value != nil && (low.Value == nil || *p.Value < *low.Value) {
			low = p
		}
	}
	return low
}

func pillarIn(a assessments.Assessment, id assessments.Pillar) assessments.PillarScore {
	if i := slices.IndexFunc(a.Pillars, func(p assessments.PillarScore) bool { return p.ID == id }); i >= 0 {
		return a.Pillars[i]
	}
	return assessments.PillarScore{ID: id}
}

func valueOf(r *assessments.Range) *assessments.Micros {
	if r == nil {
		return nil
	}
	return r.Value
}

func goneWords(p assessments.PillarScore) string {
	if p.Applies {
		return "is not known any more"
	}
	return "does not apply any more"
}

func unknownWords(from, to *assessments.Micros) string {
	switch {
	case from == nil && to == nil:
		return "Not known in either result."
	case from == nil:
		return "Not known before: there is nothing to hold it against."
	}
	return "Not known any more."
}

// pillarParts are the causes of one pillar's movement: controls in the order of the catalogue, those that are gone after them, and the cap.
func pillarParts(from, to assessments.Assessment, id assessments.Pillar) web.Movement {
	was, is := pillarIn(from, id), pillarIn(to, id)
	m := web.Movement{Title: id.Title()}
	if was.Applies {
		m.From = was.Value
	}
	if is.Applies {
		m.To = is.Value
	}
	switch {
	case was.Applies != is.Applies && is.Applies:
		m.Unknown = "It applies only now."
	case was.Applies != is.Applies:
		m.Unknown = "It does not apply any more."
	case was.Applies && (m.From == nil) != (m.To == nil):
		m.Unknown = unknownWords(m.From, m.To)
	}
	if m.From == nil || m.To == nil {
		return m
	}
	m.Parts = controlParts(from, to, id)
	if moved := is.CapContribution - was.CapContribution; moved != 0 {
		m.Parts = append(m.Parts, web.MovedPart{What: "What holds the pillar down", Note: capWords(was, is), Moved: moved})
	}
	return m
}

func controlParts(from, to assessments.Assessment, id assessments.Pillar) []web.MovedPart {
	var parts []web.MovedPart
	add := func(was, is *assessments.ControlScore) {
		named, moved := is, assessments.Micros(0)
		if is == nil {
			named = was
		} else {
			moved = is.Contribution
		}
		if was != nil {
			moved -= was.Contribution
		}
		if moved != 0 {
			parts = append(parts, web.MovedPart{What: named.Title, ID: named.ID, Note: controlWords(was, is, to.ContentVersion), Moved: moved})
		}
	}
	before, after := controlsOf(from, id), controlsOf(to, id)
	for i := range to.Controls {
		if is := &to.Controls[i]; is.Pillar == id {
			add(before[is.ID], is)
		}
	}
	for i := range from.Controls {
		if was := &from.Controls[i]; was.Pillar == id && after[was.ID] == nil {
			add(was, nil)
		}
	}
	return parts
}

func controlsOf(a assessments.Assessment, id assessments.Pillar) map[string]*assessments.ControlScore {
	all := map[string]*assessments.ControlScore{}
	for i := range a.Controls {
		if c := &a.Controls[i]; c.Pillar == id {
			all[c.ID] = c
		}
	}
	return all
}

// controlWords say what happened to a control beside its points. Contributions move also where a control stands still and another one
// became known or stopped applying: the weights are shared anew.
func controlWords(was, is *assessments.ControlScore, version string) string {
	switch {
	case was == nil:
		return "new in content version " + version
	case is == nil:
		return "no longer in content version " + version
	case !was.Applies && is.Applies:
		return "applies now"
	case was.Applies && !is.Applies:
		return "does not apply any more"
	case was.Value == nil:
		return "known now"
	case is.Value == nil:
		return "not known any more"
	case was.Weight != is.Weight:
		return fmt.Sprintf("weight %d before, %d now", was.Weight, is.Weight)
	case *was.Value == *is.Value:
		return "stands as it stood; the weights of the pillar are shared anew"
	}
	return fmt.Sprintf("%s before, %s now", was.Value.Hundredths(), is.Value.Hundredths())
}

// capWords name the caps that hold a pillar before and now; one that takes nothing holds nothing.
func capWords(was, is assessments.PillarScore) string {
	old, held := binding(was)
	now, holds := binding(is)
	switch {
	case held && !holds:
		return fmt.Sprintf("no longer at %d by %s", old.At, old.By)
	case !held && holds:
		return fmt.Sprintf("at %d by %s now", now.At, now.By)
	case old == now:
		return fmt.Sprintf("still at %d by %s; it takes what is above", now.At, now.By)
	}
	return fmt.Sprintf("at %d by %s before, at %d by %s now", old.At, old.By, now.At, now.By)
}

func binding(p assessments.PillarScore) (assessments.Cap, bool) {
	if p.CapContribution == 0 || len(p.Caps) == 0 {
		return assessments.Cap{}, false
	}
	return p.Caps[0], true
}

// shownWaivers bounds how many waivers a comparison names; more are counted.
const shownWaivers = 10

// waiverLines say which waivers began to count and which stopped, and what all of them are worth in each result.
func waiverLines(from, to assessments.Assessment) []string {
	var lines []string
	lines = append(lines, waiversOnlyIn(to.Waivers.Used, from.Waivers.Used, func(w assessments.Waiver) string {
		return "counts now"
	})...)
	lines = append(lines, waiversOnlyIn(from.Waivers.Used, to.Waivers.Used, func(w assessments.Waiver) string {
		if slices.ContainsFunc(to.Waivers.Expired, func(x assessments.Waiver) bool { return sameWaiver(x, w) }) {
			return "ran out on " + w.Until.Format("2 January 2006")
		}
		return "does not count any more"
	})...)
	was, is := waived(from), waived(to)
	if was != nil && is != nil && *was != *is {
		lines = append(lines, fmt.Sprintf("All waivers together were worth %s points of the score before, %s now.", was.Tenths(), is.Tenths()))
	}
	return lines
}

func waiversOnlyIn(these, not []assessments.Waiver, what func(assessments.Waiver) string) []string {
	var lines []string
	more := 0
	for _, w := range these {
		if slices.ContainsFunc(not, func(x assessments.Waiver) bool { return sameWaiver(x, w) }) {
			continue
		}
		if len(lines) == shownWaivers {
			more++
			continue
		}
		lines = append(lines, fmt.Sprintf("The waiver of %s %s: %s", w.Rule, what(w), w.Reason))
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("And %d waivers more.", more))
	}
	return lines
}

// sameWaiver compares what a waiver covers: one that is prolonged or given again with other words is the same.
func sameWaiver(a, b assessments.Waiver) bool {
	return a.Rule == b.Rule && a.Kind == b.Kind && a.Namespace == b.Namespace && a.Name == b.Name && a.Container == b.Container && a.Annotated == b.Annotated
}

// waived is what waivers add to the headline; nil where it is not known.
func waived(a assessments.Assessment) *assessments.Micros {
	with, without := valueOf(a.Score), valueOf(a.RawScore)
	if with == nil || without == nil {
		return nil
	}
	worth := *with - *without
	return &worth
}
