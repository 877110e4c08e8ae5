package assessments

import (
	"cmp"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
)

// The next step, exactly.
//
// An item is something that can be learned: a question without an answer (or with one of two blind answers missing), together with
// the decisive pairs that could not look at it; a control whose evidence is unknown in part; or a decisive pair that could not look.
// While no live cluster was looked at, all evidence is one item, since one snapshot brings it. What no rule of this content version
// looks at can't be learned and is no item.
//
// A set of items decides as much as can be decided when, with all of it at its best, the low end reaches the band that knowing
// everything at its best would reach, and with all of it at its worst the high end falls to the band that knowing everything
// at its worst would. The next step is the smallest such set: found exhaustively (smallest first, then in the order of items)
// up to exhaustiveItems, else by taking the item that closes most of the gap until none is left and dropping what turned out
// not to be needed. The search counts in integers of a thousand-millionth, so it is the same on every processor.

const (
	exhaustiveItems = 14
	unit            = int64(1_000_000_000)
)

// item is something that can be learned, with what it would do to each control at its best and at its worst.
type item struct {
	question string // empty: evidence alone
	evidence []string
	lift     map[string]int64 // control → how far its low end would rise, in units
	drop     map[string]int64 // control → how far its high end would fall, in units
	caps     map[Pillar]int   // caps on the low end that go at best, and come down on the high end at worst
}

// outlook is the platform as the search sees it.
type outlook struct {
	pillars []outlookPillar
	items   []item
}

type outlookPillar struct {
	id        Pillar
	weight    int64
	low, high int64 // Σ weight · end of the controls, in units
	weights   map[string]int64
	lowCap    int // caps on the low end that nothing in the items lifts
	highCap   int
}

func (m *model) nextStep(shown platformResult) NextStep {
	if bandOf(shown.score.low) == bandOf(shown.score.high) {
		return m.nextMend(shown)
	}
	o := m.outlook(shown)
	chosen := o.smallest()
	if len(chosen) == 0 {
		if step := m.nextMend(shown); step.Text != "" {
			return step
		}
		return NextStep{Text: "Nothing that you can answer or collect narrows the load line: no rule of this content version looks at what is still open."}
	}
	var step NextStep
	for _, i := range chosen {
		it := o.items[i]
		if it.question != "" {
			step.Questions = append(step.Questions, it.question)
		}
		step.Evidence = append(step.Evidence, it.evidence...)
	}
	slices.Sort(step.Evidence)
	step.Evidence = slices.Compact(step.Evidence)
	step.Text = m.learnText(step)
	return step
}

func (m *model) learnText(step NextStep) string {
	var parts []string
	if len(step.Evidence) > 0 {
		if m.live() {
			parts = append(parts, "find out what the snapshot leaves open on "+Listed(m.titled(step.Evidence), 3))
		} else {
			parts = append(parts, "take a snapshot of the cluster with plimsoll-collect")
		}
	}
	switch n := len(step.Questions); n {
	case 0:
	case 1:
		parts = append(parts, "answer "+m.asked(step.Questions[0]))
	default:
		parts = append(parts, answerAll(step.Questions))
	}
	text := strings.Join(parts, " and ")
	return Capital(text) + ": that narrows the load line most."
}

// fewQuestions is how many questions a next step names.
const fewQuestions = 6

func answerAll(questions []string) string {
	if len(questions) > fewQuestions {
		return fmt.Sprintf("answer %d open questions", len(questions))
	}
	return fmt.Sprintf("answer %d questions (%s)", len(questions), strings.Join(questions, ", "))
}

// titled names controls by what should hold, and pairs by what they look at, in words, with the id that leads to what could
// not be seen of them.
func (m *model) titled(ids []string) []string {
	names := slices.Clone(ids)
	for i, id := range ids {
		at := slices.IndexFunc(m.in.Content.Controls, func(c Control) bool { return c.ID == id })
		if at >= 0 && m.in.Content.Controls[at].Title != "" {
			names[i] = fmt.Sprintf("“%s” (%s)", m.in.Content.Controls[at].Title, id)
			continue
		}
		if at = slices.IndexFunc(m.in.Content.Pairs, func(p Pair) bool { return p.ID == id }); at >= 0 && m.in.Content.Pairs[at].Observes != "" {
			names[i] = fmt.Sprintf("“%s” (%s)", strings.TrimSuffix(m.in.Content.Pairs[at].Observes, "."), id)
		}
	}
	return names
}

func (m *model) live() bool { return m.in.Facts != nil && m.in.Facts.Live() }

// outlook gathers the items and what they would move.
func (m *model) outlook(shown platformResult) *outlook {
	evidence, questions := map[string]*item{}, map[string]*item{}
	o := &outlook{}
	for i := range shown.pillars {
		if p := &shown.pillars[i]; p.score.applies {
			o.pillars = append(o.pillars, m.outlookPillar(p, evidence, questions))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(evidence)) {
		o.items = append(o.items, *evidence[id])
	}
	for _, id := range slices.Sorted(maps.Keys(questions)) {
		o.items = append(o.items, *questions[id])
	}
	return o
}

func (m *model) outlookPillar(p *pillarResult, evidence, questions map[string]*item) outlookPillar {
	view := outlookPillar{id: p.id, weights: map[string]int64{}, lowCap: uncapped, highCap: uncapped}
	for _, r := range p.controls {
		if !r.score.applies {
			continue
		}
		weight := int64(r.control.Weight)
		view.weight += weight
		view.weights[r.control.ID] = weight
		view.low += weight * units(r.score.low)
		view.high += weight * units(r.score.high)
		m.evidenceItem(&view, r, evidence)
		m.questionItems(r, evidence, questions)
	}
	for _, source := range m.answerCaps(p.id, suppose{}) {
		view.highCap = min(view.highCap, source.high)
		view.lowCap = min(view.lowCap, source.point)
	}
	m.capItems(p.id, evidence, questions)
	return view
}

// capItems adds what open questions may cap the pillar at, also where they weigh nothing beside evidence.
func (m *model) capItems(id Pillar, evidence, questions map[string]*item) {
	for _, c := range m.in.Content.Controls {
		for _, d := range c.Questions {
			if q := m.answers[d.Question]; q.applies && Pillar(q.question.Section) == id && q.caps.low < q.caps.point {
				m.openItem(q, evidence, questions).capAt(id, q.caps.low)
			}
		}
	}
}

// openItem is what has yet to be learned of a question: its answer, or what the pairs that could not look would have seen.
func (m *model) openItem(q counted, evidence, questions map[string]*item) *item {
	if q.missing {
		it := itemOf(questions, q.question.ID)
		it.question, it.evidence = q.question.ID, q.blind
		return it
	}
	it := itemOf(evidence, m.source(q.blind[0]))
	it.evidence = append(it.evidence, q.blind...)
	return it
}

// source names the item that a piece of evidence belongs to.
func (m *model) source(id string) string {
	if m.live() {
		return id
	}
	return "snapshot"
}

func (m *model) evidenceItem(view *outlookPillar, r controlResult, evidence map[string]*item) {
	for _, c := range r.caps {
		view.highCap = min(view.highCap, c.high)
	}
	open := less(r.observed.low, r.observed.high) || slices.ContainsFunc(r.caps, func(c capSource) bool { return c.low < c.high })
	learnable := r.observed.applies && open && (r.unseen == "" || m.in.Facts == nil && m.hasRule(r.control.ID))
	if !learnable {
		for _, c := range r.caps {
			view.lowCap = min(view.lowCap, c.low)
		}
		return
	}
	it := itemOf(evidence, m.source(r.control.ID))
	it.evidence = append(it.evidence, r.control.ID)
	alpha := units(one)
	if r.declared.applies {
		alpha = units(r.control.alpha())
	}
	width := alpha / 1000 * (units(r.observed.high) - units(r.observed.low)) / (unit / 1000)
	it.lift[r.control.ID] += width
	it.drop[r.control.ID] += width
	for _, c := range r.caps {
		it.capAt(view.id, c.low)
		view.lowCap = min(view.lowCap, c.high)
	}
}

func (m *model) hasRule(control string) bool {
	return slices.ContainsFunc(m.in.Content.Rules.All(), func(r Rule) bool { return r.Control == control })
}

// questionItems adds what the control's open questions would move: an answer itself, and the pair that has yet to look at it.
func (m *model) questionItems(r controlResult, evidence, questions map[string]*item) {
	total := int64(0)
	const sixths = 6 // shares are whole, halves and thirds
	for _, d := range r.control.Questions {
		if q := m.answers[d.Question]; q.applies {
			total += int64(q.question.Weight) * sixths / int64(max(d.ShareParts, 1))
		}
	}
	rest := unit
	if r.observed.applies {
		rest = unit - units(r.control.alpha())
	}
	if rest == 0 {
		return
	}
	for _, d := range r.control.Questions {
		q := m.answers[d.Question]
		if !q.applies || q.low == q.high {
			continue
		}
		part := rest * (int64(q.question.Weight) * sixths / int64(max(d.ShareParts, 1))) / total
		width := part * int64(q.high) / int64(fullMicros) // what is open begins at nothing
		it := m.openItem(q, evidence, questions)
		it.lift[r.control.ID] += width
		it.drop[r.control.ID] += width
	}
}

func itemOf(items map[string]*item, id string) *item {
	if items[id] == nil {
		items[id] = &item{lift: map[string]int64{}, drop: map[string]int64{}, caps: map[Pillar]int{}}
	}
	return items[id]
}

func (it *item) capAt(p Pillar, level int) {
	it.caps[p] = min(level, cmp.Or(it.caps[p], uncapped))
}

// ends are the headline's low end with the chosen items at their best, and its high end with them at their worst, in units of a
// point.
func (o *outlook) ends(chosen []bool) (low, high int64) {
	low, high = uncapped*unit, uncapped*unit
	for _, p := range o.pillars {
		l, h, lowCap, highCap := p.low, p.high, p.lowCap, p.highCap
		for i, it := range o.items {
			level, caps := it.caps[p.id]
			if chosen[i] {
				for control, lift := range it.lift {
					l += p.weights[control] * lift
				}
				for control, drop := range it.drop {
					h -= p.weights[control] * drop
				}
				if caps {
					highCap = min(highCap, level)
				}
			} else if caps {
				lowCap = min(lowCap, level)
			}
		}
		low = min(low, l/p.weight*100, int64(lowCap)*unit)
		high = min(high, h/p.weight*100, int64(highCap)*unit)
	}
	return low, high
}

// smallest finds the next step's items, as indices in their order.
func (o *outlook) smallest() []int {
	all := make([]bool, len(o.items))
	for i := range all {
		all[i] = true
	}
	bestLow, worstHigh := o.ends(all)
	floor, ceiling := bandEdges(bestLow, worstHigh)
	gap := func(chosen []bool) int64 {
		low, high := o.ends(chosen)
		return max(0, floor-low) + max(0, high-ceiling)
	}
	if gap(make([]bool, len(o.items))) == 0 {
		return nil
	}
	if len(o.items) <= exhaustiveItems {
		return exhaustive(len(o.items), gap)
	}
	return greedy(len(o.items), gap)
}

// bandEdges are the floor of the band that the low end can reach, and the highest value still in the band that the high end can
// fall to. Rounding of the search itself is allowed for.
func bandEdges(bestLow, worstHigh int64) (floor, ceiling int64) {
	const slack = 2_000 // thousand-millionths of a point
	ceiling = uncapped * unit
	for _, b := range bandFloors {
		if floor == 0 && bestLow+slack >= b.floor*unit {
			floor = b.floor*unit - slack
		}
		if worstHigh+slack < b.floor*unit {
			ceiling = b.floor*unit - slack
		}
	}
	return floor, ceiling
}

func exhaustive(n int, gap func([]bool) int64) []int {
	chosen := make([]bool, n)
	var best []int
	for mask := uint(1); mask < 1<<n; mask++ {
		size := bits.OnesCount(mask)
		if best != nil && size >= len(best) {
			continue
		}
		for i := range chosen {
			chosen[i] = mask>>i&1 == 1
		}
		if gap(chosen) == 0 {
			best = indices(chosen)
		}
	}
	return best
}

// greedy ends since all items together leave no gap.
func greedy(n int, gap func([]bool) int64) []int {
	chosen := make([]bool, n)
	for left := gap(chosen); left > 0; {
		best, at := left+1, 0 // where no item alone closes some of it, the first is taken
		for i := range chosen {
			if chosen[i] {
				continue
			}
			chosen[i] = true
			if g := gap(chosen); g < best {
				best, at = g, i
			}
			chosen[i] = false
		}
		chosen[at], left = true, best
	}
	for i := n - 1; i >= 0; i-- {
		if chosen[i] {
			chosen[i] = false
			chosen[i] = gap(chosen) > 0
		}
	}
	return indices(chosen)
}

func indices(chosen []bool) []int {
	var all []int
	for i, c := range chosen {
		if c {
			all = append(all, i)
		}
	}
	return all
}
