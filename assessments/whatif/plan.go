package whatif

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

// Bounds of a plan: nobody follows a longer list, and each step is a whole evaluation.
const (
	maxSteps    = 12
	maxPrunable = 8
)

// Goal is what a plan is to reach. The zero goal is that the headline moves at all.
type Goal struct {
	Points *int64           `json:"points,omitzero"` // the headline's point, 1 to 100
	Band   assessments.Band `json:"band,omitzero"`   // the band that the headline's point lies in, or a better one
}

// Step is one entry of a plan: all findings against one rule, or one answer earned.
type Step struct {
	Rule         string             `json:"rule,omitzero"`
	Question     string             `json:"question,omitzero"`
	Option       string             `json:"option,omitzero"`   // of a question: the answer to earn
	Findings     []string           `json:"findings,omitzero"` // fingerprints; those that an earlier step brought to light are among them
	Objects      int                `json:"objects,omitzero"`  // that must be changed
	Effort       assessments.Effort `json:"effort"`
	EffortPoints int64              `json:"effortPoints"`     // the class's points for each object: setting 1, change 5, project 25
	Assumed      int                `json:"assumed,omitzero"` // findings that no patch mends: taken as passed
	// Gain is what the headline moves by this step after those before it, in millionths of a point. It is 0 where the step clears the
	// way for a later one.
	Gain assessments.Micros `json:"gain"`
}

// Plan is a list of steps that reaches a goal, every step of which is needed.
type Plan struct {
	Reached      bool       `json:"reached"`
	Steps        []Step     `json:"steps"`
	EffortPoints int64      `json:"effortPoints"`
	Score        Difference `json:"score"`
	Text         string     `json:"text"`
}

// Plan finds a short list of mends that reaches the goal, in the order of gain per effort. Where one step is enough, it is the one of
// the least effort among those. Estimates choose the steps (assessments.Prospects); what each of them moves is evaluated with facts
// rebuilt, and a step that the goal does not need is dropped. A better list may exist: the search goes step by step and does not try
// every set. Where all that can be mended does not reach the goal, the steps say how far they lead.
func (b *Base) Plan(goal Goal) (Plan, error) {
	target, err := b.target(goal)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Steps: []Step{}}
	start := pointOf(b.before)
	if start == nil {
		p.Text = "There is no score yet that could move: more must be known first."
		return p, nil
	}
	at, steps := b.climb(target)
	if reached(at, target) && len(steps) <= maxPrunable {
		at, steps = b.prune(target, at, steps)
	}
	p.Steps, p.Reached = steps, reached(at, target)
	for _, s := range steps {
		p.EffortPoints += s.EffortPoints
	}
	p.Score = *between(b.before.Score, at.before.Score)
	p.Text = b.words(p)
	return p, nil
}

// target is the least point of the headline that reaches the goal.
func (b *Base) target(goal Goal) (assessments.Micros, error) {
	const point = assessments.Micros(1_000_000)
	switch {
	case goal.Points != nil && (*goal.Points < 1 || *goal.Points > 100):
		return 0, fmt.Errorf("plan: a goal is from 1 to 100 points, got %d", *goal.Points)
	case goal.Points != nil:
		return assessments.Micros(*goal.Points) * point, nil
	case goal.Band != "":
		floor, known := goal.Band.Floor()
		if !known {
			return 0, fmt.Errorf("plan: no band %q", goal.Band)
		}
		return assessments.Micros(floor) * point, nil
	}
	if start := pointOf(b.before); start != nil {
		return *start + 1, nil
	}
	return 1, nil
}

func pointOf(a assessments.Assessment) *assessments.Micros {
	if a.Score == nil {
		return nil
	}
	return a.Score.Value
}

func reached(b *Base, target assessments.Micros) bool {
	point := pointOf(b.before)
	return point != nil && *point >= target
}

// option is something that could be done, with its estimate.
type option struct {
	rule, question string
	effort         int64
	headline       assessments.Micros // estimated gain
	lowest         assessments.Micros // estimated gain of the lowest pillars before caps
	reaches        bool
}

func (o option) id() string { return o.rule + o.question }

// climb takes step after step until the goal is reached or nothing is left that moves anything.
func (b *Base) climb(target assessments.Micros) (*Base, []Step) {
	at, steps, spent := b, []Step{}, map[string]bool{}
	for len(steps) < maxSteps && !reached(at, target) {
		next, found := at.choose(target, spent)
		if !found {
			break
		}
		spent[next.id()] = true
		result, step, err := at.take(next)
		if err != nil || !result.moves() {
			continue
		}
		at = from(result.input, result.After)
		steps = append(steps, step)
	}
	return at, steps
}

// moves reports whether a change moved any control at all.
func (r *Result) moves() bool {
	return len(r.Scores.Controls) > 0 || slices.ContainsFunc(r.Scores.Pillars, func(p PillarDifference) bool { return p.Low != 0 || p.Value != nil && *p.Value != 0 })
}

// choose is the next step: the cheapest that reaches the goal by itself, else the one that raises the headline most for its effort, else
// the lowest pillars.
func (b *Base) choose(target assessments.Micros, spent map[string]bool) (option, bool) {
	prospects := assessments.ProspectsOf(b.in)
	point, lowest := prospects.Headroom(nil, nil)
	if point == nil {
		return option{}, false
	}
	var best *option
	consider := func(o option, rules, questions []string) {
		if spent[o.id()] {
			return
		}
		with, plain := prospects.Headroom(rules, questions)
		if with == nil {
			return
		}
		o.headline, o.lowest, o.reaches = *with-*point, plain-lowest, *with >= target
		if (o.headline > 0 || o.lowest > 0) && (best == nil || o.before(*best)) {
			best = &o
		}
	}
	for _, rule := range prospects.Rules() {
		consider(option{rule: rule, effort: b.effortOf(rule)}, []string{rule}, nil)
	}
	for _, question := range prospects.Questions() {
		if !prospects.Lowered(question) {
			consider(option{question: question, effort: assessments.EffortProject.Points()}, nil, []string{question})
		}
	}
	if best == nil {
		return option{}, false
	}
	return *best, true
}

func (o option) before(other option) bool {
	if o.reaches != other.reaches {
		return o.reaches
	}
	if o.reaches {
		return cmp.Or(cmp.Compare(o.effort, other.effort), cmp.Compare(other.headline, o.headline), strings.Compare(o.id(), other.id())) < 0
	}
	return cmp.Or(
		cmp.Compare(int64(other.headline)*o.effort, int64(o.headline)*other.effort),
		cmp.Compare(int64(other.lowest)*o.effort, int64(o.lowest)*other.effort),
		strings.Compare(o.id(), other.id())) < 0
}

// effortOf mending all findings against a rule: its class's points for each object that must be changed.
func (b *Base) effortOf(rule string) int64 {
	_, objects := b.against(rule)
	return int64(objects) * b.classOf(rule).Points()
}

func (b *Base) classOf(rule string) assessments.Effort {
	r, _ := b.in.Content.Rules.ByID(rule)
	return cmp.Or(r.Effort, assessments.EffortProject)
}

// against are the findings that no waiver covers, and the objects that they are about.
func (b *Base) against(rule string) (fingerprints []string, objects int) {
	seen := map[identity]bool{}
	for _, f := range b.before.Findings {
		if f.Rule != rule || f.Waived {
			continue
		}
		fingerprints = append(fingerprints, f.Fingerprint)
		object := identityOf(f)
		object.subject.Container, object.source.Line = "", 0
		seen[object] = true
	}
	slices.Sort(fingerprints)
	return fingerprints, max(1, len(seen))
}

// take evaluates one step from where the plan stands.
func (b *Base) take(o option) (Result, Step, error) {
	step := Step{Rule: o.rule, Question: o.question, Effort: assessments.EffortProject}
	var c Change
	if o.rule != "" {
		step.Effort = b.classOf(o.rule)
		step.Findings, step.Objects = b.against(o.rule)
		c.Findings = step.Findings
	} else {
		c.Answers = b.best(o.question)
		if len(c.Answers) > 0 {
			step.Option = c.Answers[0].Options[0]
		}
	}
	step.EffortPoints = step.Effort.Points() * int64(max(1, step.Objects))
	result, err := b.Try(c)
	if err != nil {
		return Result{}, Step{}, err
	}
	for _, m := range result.Mends {
		if m.How == Assumed {
			step.Assumed++
		}
	}
	if d := result.Scores.Score; d != nil && d.Value != nil {
		step.Gain = *d.Value
	}
	return result, step, nil
}

// best are the answers that give a question its best option, from each seat that is asked. What stood beside the old answer goes with it.
func (b *Base) best(question string) []questionnaire.Answer {
	q, known := b.in.Content.Questionnaire.Question(question)
	if !known {
		return nil
	}
	i := slices.IndexFunc(q.Options, func(o questionnaire.Option) bool { return !o.Blind && o.Position == 0 })
	if i < 0 {
		return nil
	}
	seats := []questionnaire.Seat{""}
	if q.Who == questionnaire.Both {
		seats = []questionnaire.Seat{questionnaire.Manager, questionnaire.Engineer}
	}
	var answers []questionnaire.Answer
	for _, seat := range seats {
		answers = append(answers, questionnaire.Answer{
			Question: question, Seat: seat, State: questionnaire.Answered, Options: []string{q.Options[i].ID}, AnsweredAt: b.in.AsOf,
		})
	}
	return answers
}

// prune drops what the goal does not need, the costliest first, and evaluates what is left once more.
func (b *Base) prune(target assessments.Micros, at *Base, steps []Step) (*Base, []Step) {
	order := make([]string, len(steps))
	for i, s := range steps {
		order[i] = s.Rule + s.Question
	}
	byCost := slices.Clone(steps)
	slices.SortStableFunc(byCost, func(x, y Step) int { return cmp.Compare(y.EffortPoints, x.EffortPoints) })
	for _, drop := range byCost {
		if len(steps) == 1 {
			break
		}
		var left []Step
		for _, s := range steps {
			if s.Rule != drop.Rule || s.Question != drop.Question {
				left = append(left, s)
			}
		}
		if end, replayed := b.replay(left); reached(end, target) {
			at, steps = end, replayed
		}
	}
	return at, steps
}

// replay takes the steps again from the start. A step that has nothing left to mend is passed over.
func (b *Base) replay(steps []Step) (*Base, []Step) {
	at, taken := b, []Step{}
	for _, s := range steps {
		result, step, err := at.take(option{rule: s.Rule, question: s.Question})
		if err != nil || !result.moves() {
			continue
		}
		at = from(result.input, result.After)
		taken = append(taken, step)
	}
	return at, taken
}

func (b *Base) words(p Plan) string {
	if len(p.Steps) == 0 {
		return "Nothing that could be mended here moves the score."
	}
	var parts []string
	for _, s := range p.Steps {
		if s.Question != "" {
			parts = append(parts, "earn the best answer to question "+s.Question)
			continue
		}
		title := s.Rule
		if r, known := b.in.Content.Rules.ByID(s.Rule); known && r.Text.Title != "" {
			title = r.Text.Title
		}
		parts = append(parts, fmt.Sprintf("mend the %s against “%s”", assessments.Counted(len(s.Findings), "finding"), title))
	}
	text := strings.Join(parts, ", ")
	text = assessments.Capital(text)
	end := "."
	if !p.Reached {
		end = "; that is as far as mends lead, short of the goal."
	}
	return fmt.Sprintf("%s: from %s to %s%s", text, points(p.Score.Before.Value), points(p.Score.After.Value), end)
}

// points are rounded down to tenths, as everywhere.
func points(m *assessments.Micros) string {
	if m == nil {
		return "unknown"
	}
	return fmt.Sprintf("%d.%d", *m/1_000_000, *m/100_000%10)
}
