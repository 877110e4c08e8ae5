package assessments

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments/facts"
)

// Holds reports whether the waiver is in force on the day: its last day still counts. One that is annotated at its workload lasts as
// long as the annotation stands.
func (w Waiver) Holds(day time.Time) bool {
	return w.Annotated || !w.Until.IsZero() && !Day(day).After(Day(w.Until))
}

// Covers reports whether the waiver names the rule and the subject.
func (w Waiver) Covers(rule string, s Subject) bool { return globs(w.Rule, rule) && w.names(s) }

func (w Waiver) names(s Subject) bool {
	return globs(w.Kind, s.Kind) && globs(w.Namespace, s.Namespace) && globs(w.Name, s.Name) && globs(w.Container, s.Container)
}

// Term says how long the waiver lasts: until 2027-03-31, or while its annotation stands.
func (w Waiver) Term() string {
	if w.Annotated {
		return "while its annotation stands"
	}
	return "until " + w.Until.Format(time.DateOnly)
}

// globs matches path.Match patterns; the empty pattern and a lone star match everything, "/" included.
func globs(pattern, text string) bool {
	if pattern == "" || pattern == "*" || pattern == text {
		return true
	}
	matched, err := path.Match(pattern, text)
	return err == nil && matched
}

// Why a waiver in force did nothing.
const (
	waivesNoRule    = "no rule has this id"
	waivesNoSubject = "nothing that it names was seen"
	waivesNoFinding = "what it names does not fail: it can go"
)

// annotatedObject is what an annotation stands at: manifests may hold two objects of one name.
type annotatedObject struct{ kind, namespace, name, file string }

// waiving is one look over all outcomes for a set of waivers: those in bulk one by one, those at the source by their object.
type waiving struct {
	all                         []Waiver
	refused                     []RefusedWaiver
	none                        bool   // no waiver may count
	held                        []bool // in force at the as-of day
	ruleSeen, subjectSeen, used []bool
	bulk                        []int
	byObject                    map[annotatedObject][]int
}

// newWaiving orders the waivers of an input: those that were handed in and those that stand at the workloads themselves.
func newWaiving(in Input) *waiving {
	annotated, refused := annotatedWaivers(in.Facts)
	all := append(slices.Clone(in.Waivers), annotated...)
	slices.SortFunc(all, compareWaivers)
	w := &waiving{
		all: all, refused: refused, none: in.NoWaivers, held: make([]bool, len(all)), ruleSeen: make([]bool, len(all)),
		subjectSeen: make([]bool, len(all)), used: make([]bool, len(all)), byObject: map[annotatedObject][]int{},
	}
	for i := range all {
		w.held[i] = all[i].Holds(in.AsOf)
		switch {
		case !w.held[i]:
		case all[i].Annotated:
			key := annotatedObject{all[i].Kind, all[i].Namespace, all[i].Name, all[i].Source.File}
			w.byObject[key] = append(w.byObject[key], i)
		default:
			w.bulk = append(w.bulk, i)
		}
	}
	return w
}

// use says which waivers did something. A waiver whose day is past is expired, whether or not it would still match.
func (w *waiving) use() WaiverUse {
	use := WaiverUse{Used: []Waiver{}, Expired: []Waiver{}, Unmatched: []UnmatchedWaiver{}, Refused: w.refused}
	if w.none {
		use.Disallowed = w.all
		return use
	}
	for i, waiver := range w.all {
		switch {
		case !w.held[i]:
			use.Expired = append(use.Expired, waiver)
		case w.used[i]:
			use.Used = append(use.Used, waiver)
		default:
			use.Unmatched = append(use.Unmatched, UnmatchedWaiver{Waiver: waiver, Why: w.why(i)})
		}
	}
	return use
}

// over holds the waivers against everything that one rule said: passes too, since a waiver for what passes can go. The first of
// several that cover a finding names the reason; all of them are used.
func (w *waiving) over(v *verdict, outcomes []Outcome) {
	if w.none {
		return
	}
	var bulk []int
	for _, i := range w.bulk {
		if globs(w.all[i].Rule, v.rule.ID) {
			w.ruleSeen[i] = true
			bulk = append(bulk, i)
		}
	}
	if len(bulk) == 0 && len(w.byObject) == 0 {
		return
	}
	fail := -1
	for _, o := range outcomes {
		fails := o.Result == Fail
		if fails {
			fail++
		}
		subject := o.Subject()
		for _, i := range bulk {
			if w.all[i].names(subject) {
				w.take(v, fails, fail, i)
			}
		}
		for _, i := range w.byObject[annotatedObject{subject.Kind, subject.Namespace, subject.Name, o.Place().File}] {
			if globs(w.all[i].Rule, v.rule.ID) {
				w.ruleSeen[i] = true
				w.take(v, fails, fail, i)
			}
		}
	}
}

// take lets a waiver have an outcome; one that fails is the one at that place of the verdict's fails.
func (w *waiving) take(v *verdict, fails bool, fail, waiver int) {
	w.subjectSeen[waiver] = true
	if !fails {
		return
	}
	w.used[waiver] = true
	if v.waivedBy == nil {
		v.waivedBy = make([]*Waiver, len(v.fails))
	}
	if v.waivedBy[fail] == nil {
		v.waivedBy[fail] = &w.all[waiver]
	}
}

func (w *waiving) why(i int) string {
	switch {
	case !w.ruleSeen[i]:
		return waivesNoRule
	case !w.subjectSeen[i]:
		return waivesNoSubject
	}
	return waivesNoFinding
}

// annotatedWaivers reads what stands at the workloads themselves: "rule: reason", several on lines of their own or behind a semicolon.
// A waiver without a reason waives nothing, and is told.
func annotatedWaivers(f *facts.Facts) (waivers []Waiver, refused []RefusedWaiver) {
	if f == nil {
		return nil, nil
	}
	for _, w := range f.Workloads {
		subject := Subject{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name}
		for _, entry := range strings.FieldsFunc(w.Annotations[facts.IgnoreAnnotation], func(r rune) bool { return r == '\n' || r == ';' }) {
			if entry = strings.TrimSpace(entry); entry == "" {
				continue
			}
			waiver := Waiver{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name, Annotated: true, Source: placeOf(w.Place)}
			if problem := waiver.readEntry(entry); problem != "" {
				refused = append(refused, RefusedWaiver{Text: entry, Problem: problem, Subject: subject, Source: waiver.Source})
				continue
			}
			waivers = append(waivers, waiver)
		}
	}
	return waivers, refused
}

// readEntry takes one "rule: reason"; a problem says why it can't be taken.
func (w *Waiver) readEntry(entry string) (problem string) {
	rule, reason, _ := strings.Cut(entry, ":")
	w.Rule, w.Reason = strings.TrimSpace(rule), strings.TrimSpace(reason)
	if w.Rule == "" || w.Reason == "" {
		return "want rule: reason"
	}
	if _, err := path.Match(w.Rule, ""); err != nil {
		return "the rule is no glob"
	}
	return ""
}

func compareWaivers(a, b Waiver) int {
	return cmp.Or(strings.Compare(a.Rule, b.Rule), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name),
		strings.Compare(a.Kind, b.Kind), strings.Compare(a.Container, b.Container), comparePlaces(a.Source, b.Source), a.Until.Compare(b.Until),
		strings.Compare(a.Reason, b.Reason), strings.Compare(a.Author, b.Author))
}

// Waiving holds the waivers of an input against findings of rules that Assess does not know (package custom), on the road of Assess.
type Waiving struct{ waiving *waiving }

// NewWaiving takes the waivers of an input, annotated ones among them.
func NewWaiving(in Input) Waiving {
	in.AsOf = Day(in.AsOf)
	return Waiving{newWaiving(in)}
}

// Over is the waiver that covers what a rule finds wrong with a subject; nil: none.
func (w Waiving) Over(rule string, about Outcome) *Waiver {
	if w.waiving.none || len(w.waiving.all) == 0 {
		return nil
	}
	about.Result = Fail
	v := &verdict{rule: Rule{ID: rule}, fails: make([]failed, 1)}
	w.waiving.over(v, []Outcome{about})
	if v.waivedBy == nil {
		return nil
	}
	return v.waivedBy[0]
}

// Use says which waivers did something so far.
func (w Waiving) Use() WaiverUse { return w.waiving.use() }
