package questionnaire

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// stepsShown is how many of the cheapest steps a verdict names.
const stepsShown = 3

// wording puts a verdict into words. Where open questions leave its row in doubt, the worst standing speaks: not knowing never
// reads better than knowing.
type wording struct {
	questionnaire *Questionnaire
	sheet         Sheet
	verdict       Verdict
	at            standing
	simplest      string // title of the best-fitting simpler way
}

var verdictTitles = map[VerdictCode]string{
	VerdictNo: "No", VerdictNoSimpler: "No, simpler platform", VerdictPreferSimpler: "Prefer simpler", VerdictNotYet: "Not yet",
	VerdictOptional: "Optional", VerdictYesManaged: "Yes, managed only", VerdictYes: "Yes", VerdictCannotSayYet: "Cannot say yet",
}

// Title is the verdict in its shortest words.
func (c VerdictCode) Title() string { return verdictTitles[c] }

// running reports whether there is a cluster that could be kept or withdrawn.
func (w wording) running() bool { return w.sheet.Has("C1", "C1.b") || w.sheet.Has("C1", "C1.c") }

func (w wording) headline() string {
	if !w.verdict.Mandated {
		return w.byNeed()
	}
	text := "Mandated. By need alone: " + w.byNeed()
	if w.at.ability == low {
		text += ". Buy it or let the vendor run it"
	}
	return text
}

func (w wording) byNeed() string {
	switch w.verdict.Code {
	case VerdictCannotSayYet:
		first, last := w.verdict.Reachable[0], w.verdict.Reachable[len(w.verdict.Reachable)-1]
		return fmt.Sprintf("Cannot say yet: between “%s” and “%s”", first.Title(), last.Title())
	case VerdictNo:
		return w.no()
	case VerdictNoSimpler:
		if w.running() {
			return "Worth keeping only if it is staffed or bought"
		}
		return "No, simpler platform: " + inSentence(w.simplest)
	case VerdictPreferSimpler:
		if w.running() {
			return "Worth keeping only if the need grows: " + w.revisit()
		}
		return "Prefer simpler (" + inSentence(w.simplest) + "); revisit when " + w.revisit()
	case VerdictNotYet:
		return w.notYet()
	case VerdictOptional:
		if w.running() && w.at.need == middle {
			return "Worth keeping only if the sponsor signs the yearly total" + w.comparing()
		}
	}
	return w.verdict.Code.Title() + w.comparing()
}

func (w wording) no() string {
	switch {
	case w.running():
		return "Need not shown: consolidate or withdraw"
	case w.at.ability == high:
		return "No: able, but no need shown"
	}
	return "No"
}

// notYet says what stands in the way: the ability itself, or the stops.
func (w wording) notYet() string {
	var missing []string
	if w.at.cell() == VerdictNotYet {
		missing = append(missing, "staff it or buy it first")
	}
	for _, c := range w.verdict.Ceilings {
		switch c.ID {
		case "H1":
			missing = append(missing, "containers first")
		case "H2":
			missing = append(missing, "name who is woken")
		}
	}
	what := strings.Join(missing, "; ")
	switch {
	case w.running() && w.at.need == high:
		return "You need it and cannot carry it yet: " + what
	case w.running() && w.at.need == middle:
		return "Worth keeping only if this is done: " + what
	}
	return "Not yet: " + what
}

// comparing holds back a yes for which no simpler way was tried in writing. An open G11 is no comparison either.
func (w wording) comparing() string {
	if w.sheet.Has("G11", "G11.a") || w.sheet.Has("G11", "G11.b") {
		return ""
	}
	return ", after comparing with " + inSentence(w.simplest)
}

// revisit names the answers to G2, G3 and G5 each of which would alone lift the need over its threshold; where none does alone,
// that several must move.
func (w wording) revisit() string {
	var lifts, moves []string
	for _, id := range []string{"G2", "G3", "G5"} {
		question := w.questionnaire.byID[id]
		g := w.sheet.Given(id)
		if g.State != Answered || question.position(g) == 0 {
			continue
		}
		moves = append(moves, question.Short)
		for _, o := range question.Options { // the least that suffices stands first
			if o.Position < question.position(g) && w.needWith(id, o) == high {
				lifts = append(lifts, fmt.Sprintf("%s reads “%s” (%s)", question.Short, o.Text, id))
				break
			}
		}
	}
	switch {
	case len(lifts) > 0:
		return strings.Join(lifts, " or ")
	case len(moves) > 1:
		return "several of these have grown: " + strings.Join(moves, ", ")
	}
	return "the need reaches 65 of 100"
}

func (w wording) needWith(id string, option Option) band {
	var none stops
	return total(w.sheet.ballots(NeedAxis), func(b ballot) Option {
		if b.question.ID == id {
			return option
		}
		return b.worst()
	}, &none).band(needThresholds)
}

// steps are the cheapest ways towards ability: first those that lift a stop, then by effort, then by what they gain at most.
func (w wording) steps() []string {
	code := w.verdict.Code
	short := code == VerdictNotYet || code == VerdictNoSimpler && w.running() ||
		w.verdict.Mandated && w.at.ability == low && code != VerdictCannotSayYet
	if !short {
		return nil
	}
	type candidate struct {
		step
		stop bool
		gain int64
	}
	var all []candidate
	var weight int64
	ballots := w.sheet.ballots(AbilityAxis)
	for _, b := range ballots {
		weight += b.weight
	}
	for _, s := range w.questionnaire.advice.Steps {
		i := slices.IndexFunc(ballots, func(b ballot) bool { return b.question.ID == s.Question })
		if i < 0 || ballots[i].worst().Position == 0 {
			continue
		}
		b := ballots[i]
		all = append(all, candidate{
			step: s, gain: b.weight * (1_000_000 - b.worst().ValueMicros) * 100 / weight,
			stop: slices.ContainsFunc(w.verdict.Ceilings, func(c Ceiling) bool { return c.Question == s.Question }),
		})
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		if a.stop != b.stop {
			if a.stop {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(slices.Index(efforts, a.Effort), slices.Index(efforts, b.Effort)), cmp.Compare(b.gain, a.gain))
	})
	var texts []string
	for _, c := range all[:min(stepsShown, len(all))] {
		texts = append(texts, fmt.Sprintf("%s (%s; up to %d points of ability)", c.Text, c.Effort.words(), c.gain/1_000_000))
	}
	return texts
}

// plain says what the verdict means without a word of the trade, sentence by sentence.
func (w wording) plain() []Sentence {
	all := w.meaning()
	if n, a := w.verdict.Need.Value, w.verdict.Ability.Value; n != nil && a != nil && w.verdict.Code != VerdictCannotSayYet {
		all = append(all, w.said(fmt.Sprintf("Need is %d of 100, ability %d.", *n/1_000_000, *a/1_000_000), w.axes()))
	}
	return all
}

func (w wording) said(text string, questions []string) Sentence {
	return Sentence{Part: InPlain, Text: text, Questions: questions}
}

func (w wording) meaning() []Sentence {
	by := w.verdictBy()
	switch w.verdict.Code {
	case VerdictCannotSayYet:
		return []Sentence{
			w.said(fmt.Sprintf("What is answered so far leaves %d verdicts in reach.", len(w.verdict.Reachable)), by),
			w.said(fmt.Sprintf("The answers to %s decide.", listed(w.verdict.Decides)), by),
		}
	case VerdictNo:
		return []Sentence{w.said("Kubernetes solves no problem here that would pay for its effort.", by)}
	case VerdictNoSimpler:
		return []Sentence{w.said("There is some need, but nobody to carry the effort.", by), w.said(w.simplest+" fits better.", w.rankedBy(by))}
	case VerdictPreferSimpler:
		return []Sentence{w.said(fmt.Sprintf("It could be carried with help, but %s does the job with less.", inSentence(w.simplest)), w.rankedBy(by))}
	case VerdictNotYet:
		return []Sentence{w.said("The ground is not ready.", by), w.said("Take the steps below, then ask again.", by)}
	case VerdictOptional:
		return []Sentence{
			w.said("It can be carried and is of some use.", by), w.said("It is defensible if whoever pays signs the yearly total (G10).", by),
		}
	case VerdictYesManaged:
		return []Sentence{w.said("The need is there, and it can be carried if a provider runs the control plane and answers how to upgrade and how to grow.", by)}
	}
	return []Sentence{w.said("The need is there and you can carry it, bought or run by yourselves.", by)}
}

func listed(ids []string) string {
	if len(ids) < 2 {
		return strings.Join(ids, "")
	}
	return strings.Join(ids[:len(ids)-1], ", ") + " and " + ids[len(ids)-1]
}

// inSentence is a title as it stands inside a sentence.
func inSentence(title string) string {
	first, size := utf8.DecodeRuneInString(title)
	if size == 0 {
		return "a simpler way"
	}
	return string(unicode.ToLower(first)) + title[size:]
}
