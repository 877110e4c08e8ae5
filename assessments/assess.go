package assessments

import (
	"maps"
	"slices"

	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/reference"
)

// Assess is the one road from facts and answers to a result. It never fails: what is missing is unknown. Facts nil and no
// answers gives a result without a score.
func Assess(in Input) Assessment {
	result, verdicts := assess(in)
	result.Findings, result.LeftOut = listFindings(verdicts)
	return result
}

// assess is Assess but for the findings: they are made once the facts are let go of, which are as large as they are.
func assess(in Input) (Assessment, []*verdict) {
	e := evaluate(in)
	in, view, sheet, verdicts, pairs := e.in, e.view, e.sheet, e.verdicts, e.pairs
	result := Assessment{
		ContentVersion: in.Content.Version, ContentHash: in.Content.Hash, AsOf: in.AsOf, Plan: view.Plan,
		Contradictions: pairs.contradictions, Waivers: e.use, Rules: map[string]RuleCount{},
		CouldNotSee: []Blind{}, Pillars: []PillarScore{}, Controls: []ControlScore{},
		ReferenceDates: reference.Dates(), ReferenceStale: reference.StaleAt(in.AsOf),
	}
	for _, v := range verdicts {
		result.Rules[v.rule.ID] = v.count
	}
	if in.Facts != nil {
		result.SnapshotDigest, result.TakenAt, result.Workloads = in.Facts.Digest, in.Facts.TakenAt, len(in.Facts.Workloads)
	}
	if in.Surveyed {
		result.survey(in, sheet, pairs)
	}
	result.Evidence = sawEvidence(verdicts)
	result.Questions = e.questions.questions(verdicts)
	result.score(e.model, verdicts, pairs)
	return result, verdicts
}

// evaluation is an input with everything that scores are made of.
type evaluation struct {
	in        Input
	view      View
	sheet     questionnaire.Sheet
	verdicts  []*verdict
	questions asking
	use       WaiverUse
	pairs     comparison
	model     *model
}

func evaluate(in Input) evaluation {
	in.AsOf = Day(in.AsOf)
	e := evaluation{in: in}
	e.view, e.sheet = viewOf(in)
	waiving := newWaiving(in)
	e.verdicts = judge(in, e.view, waiving, &e.questions)
	e.use = waiving.use()
	e.pairs = compare(in, e.sheet, e.view, e.verdicts)
	e.model = newModel(in, e.view.Plan, e.sheet, e.verdicts, countAnswers(in, e.sheet, e.pairs), e.pairs)
	return e
}

// ViewOf is what the rules, and the engines beside them, see of an input.
func ViewOf(in Input) View {
	in.AsOf = Day(in.AsOf)
	view, _ := viewOf(in)
	return view
}

func viewOf(in Input) (View, questionnaire.Sheet) {
	history := slices.Clone(in.History)
	slices.SortStableFunc(history, func(a, b Earlier) int { return a.TakenAt.Compare(b.TakenAt) })
	view := View{Facts: in.Facts, AsOf: in.AsOf, Settings: in.Settings, History: history, Target: in.Target}
	var sheet questionnaire.Sheet
	if in.Surveyed {
		sheet = sheetOf(in)
		view.Plan = sheet.Plan()
		view.StatefulRecoverySeconds, view.PeakConnectionsPerSecond = sheet.Given("P2").Figure, sheet.Given("N6").Figure
	}
	return view, sheet
}

// OutcomesOf is everything that one rule says of an input, as Assess would have it say: each subject with its result and its reason,
// in the rule's own order. It reports false for a rule that the content does not hold, and gives nothing without facts.
func OutcomesOf(in Input, rule string) ([]Outcome, bool) {
	r, found := in.Content.Rules.ByID(rule)
	if !found || in.Facts == nil {
		return nil, found
	}
	outcomes := r.Judge(ViewOf(in))
	if control := in.Content.ControlOf(r); control != nil {
		v := newVerdict(r, control)
		for i := range outcomes {
			v.settle(&outcomes[i], &asking{})
			if o := &outcomes[i]; o.failure != nil {
				settled := *o.failure
				settled.Severity = v.severity(o)
				o.failure = &settled
			}
		}
	}
	return outcomes, true
}

// sheetOf takes the answers that are valid. Whoever stores or reads answers refuses the others with their reason; here an answer
// that can't be taken, or two to one question from one seat, count as none, in whatever order they come.
func sheetOf(in Input) questionnaire.Sheet {
	type chair struct {
		question string
		seat     questionnaire.Seat
	}
	taken := map[chair]int{}
	for _, a := range in.Answers {
		taken[chair{a.Question, a.Seat}]++
	}
	valid := slices.DeleteFunc(slices.Clone(in.Answers), func(a questionnaire.Answer) bool {
		return taken[chair{a.Question, a.Seat}] > 1 || in.Content.Questionnaire.Validate(a) != nil
	})
	sheet, err := in.Content.Questionnaire.Sheet(valid)
	if err != nil {
		sheet, _ = in.Content.Questionnaire.Sheet(nil)
	}
	return sheet
}

// survey adds what the answers alone say: the need gate, judged by the options that count, and every question's own.
func (a *Assessment) survey(in Input, sheet questionnaire.Sheet, pairs comparison) {
	effective := sheet
	for _, id := range slices.Sorted(maps.Keys(pairs.byQuestion)) {
		if lowest := pairs.byQuestion[id].lowest; lowest != nil {
			effective = effective.Lowered(id, lowest.ID)
		}
		if pairs.byQuestion[id].reopened {
			effective = effective.Reopened(id)
		}
	}
	verdict := in.Content.Questionnaire.Gate(effective)
	verdict.Cost = in.Content.Questionnaire.Costs(in.Costs, verdict)
	a.Need, a.Answers, a.Remarks = &verdict, sheet.All(), in.Content.Questionnaire.Quality(in.Answers)
}

// score adds everything up, with waivers for the headline and without them beside it.
func (a *Assessment) score(m *model, verdicts []*verdict, pairs comparison) {
	if !m.in.Surveyed && !a.Evidence {
		a.CouldNotSee = blindSpots(verdicts, nil, pairs, m.in.Content)
		return
	}
	shown := m.platform(suppose{waived: true})
	raw := shown
	if len(a.Waivers.Used) > 0 {
		raw = m.platform(suppose{})
	}
	var controls []controlResult
	for i := range shown.pillars {
		p := &shown.pillars[i]
		a.Pillars = append(a.Pillars, p.shown())
		a.Controls = append(a.Controls, p.shownControls()...)
		controls = append(controls, p.controls...)
	}
	a.CouldNotSee = blindSpots(verdicts, controls, pairs, m.in.Content)
	if !shown.score.applies {
		return
	}
	a.Score, a.RawScore, a.Mean = &shown.range_, &raw.range_, shown.mean(m.in.Settings)
	a.LoadLine = &LoadLine{Low: bandOf(shown.score.low), High: bandOf(shown.score.high)}
	a.LoadLine.NextStep = m.nextStep(shown)
}

func (p *pillarResult) shown() PillarScore {
	s := PillarScore{ID: p.id, Applies: p.score.applies, Reason: p.reason, Caps: p.caps, Range: rangeOf(p.score, p.evidenceKnown)}
	if s.Caps == nil {
		s.Caps = []Cap{}
	}
	if s.Value != nil {
		s.CapContribution = *s.Value - micros(p.plain.point)
	}
	return s
}

func (p *pillarResult) shownControls() []ControlScore {
	parts := p.contributions()
	all := make([]ControlScore, len(p.controls))
	for i, r := range p.controls {
		c := r.control
		all[i] = ControlScore{
			ID: c.ID, Pillar: p.id, Title: c.Title, Weight: c.Weight, Severity: c.Severity, Alpha: c.AlphaPercent, Adding: c.Adding,
			Applies: r.score.applies, Reason: r.reason, Value: microsOrNil(r.score.point), Low: micros(r.score.low), High: micros(r.score.high),
			Declared: microsOrNil(r.declared.point), Observed: microsOrNil(r.observed.point), Known: micros(r.score.known), Contribution: parts[i],
		}
		if r.unseen != "" {
			all[i].Reason = r.unseen
		}
	}
	return all
}
