package assessments

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
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
	waivesNoSubject = "no workload, service, node or custom resource by that name was seen"
	waivesNoFinding = "what it names does not fail: it can go"
)

// annotatedObject is what an annotation stands at: manifests may hold two objects of one name.
type annotatedObject struct{ kind, namespace, name, file string }

// waiving is one look over all outcomes for a set of waivers: those in bulk one by one, those at the source by their object.
type waiving struct {
	all      []Waiver
	held     []bool // in force at the as-of day
	ruleSeen []bool // a rule by that id judged
	used     []bool
	bulk     []int
	byObject map[annotatedObject][]int
}

// waive marks failing outcomes that a waiver in force covers, and says which waivers did something. A waiver whose day is past
// is expired, whether or not it would still match.
func waive(in Input, verdicts []*verdict) WaiverUse {
	use := WaiverUse{Used: []Waiver{}, Expired: []Waiver{}, Unmatched: []UnmatchedWaiver{}}
	annotated, refused := annotatedWaivers(in.Facts)
	use.Refused = refused
	ordered := append(slices.Clone(in.Waivers), annotated...)
	slices.SortFunc(ordered, compareWaivers)
	if in.NoWaivers {
		use.Disallowed = ordered
		return use
	}
	w := newWaiving(ordered, in.AsOf)
	for _, v := range verdicts {
		w.over(v)
	}
	for i, waiver := range w.all {
		switch {
		case !w.held[i]:
			use.Expired = append(use.Expired, waiver)
		case w.used[i]:
			use.Used = append(use.Used, waiver)
		default:
			use.Unmatched = append(use.Unmatched, UnmatchedWaiver{Waiver: waiver, Why: w.why(i, in.Facts, in.Content.Rules.All())})
		}
	}
	return use
}

func newWaiving(all []Waiver, asOf time.Time) *waiving {
	w := &waiving{
		all: all, held: make([]bool, len(all)), ruleSeen: make([]bool, len(all)),
		used: make([]bool, len(all)), byObject: map[annotatedObject][]int{},
	}
	for i := range all {
		w.held[i] = all[i].Holds(asOf)
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

// over holds the waivers against one rule's findings. The first of several that cover one names the reason; all of them are used.
func (w *waiving) over(v *verdict) {
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
	for n, o := range v.fails {
		for _, i := range bulk {
			if w.all[i].names(o.Subject) {
				w.take(v, n, i)
			}
		}
		for _, i := range w.byObject[annotatedObject{o.Subject.Kind, o.Subject.Namespace, o.Subject.Name, o.Place.File}] {
			if globs(w.all[i].Rule, v.rule.ID) {
				w.take(v, n, i)
			}
		}
	}
}

func (w *waiving) take(v *verdict, fail, waiver int) {
	w.used[waiver] = true
	if v.waivedBy == nil {
		v.waivedBy = make([]*Waiver, len(v.fails))
	}
	if v.waivedBy[fail] == nil {
		v.waivedBy[fail] = &w.all[waiver]
	}
}

func (w *waiving) why(i int, f *facts.Facts, rules []Rule) string {
	waiver := &w.all[i]
	switch {
	case !w.ruleSeen[i] && !slices.ContainsFunc(rules, func(r Rule) bool { return globs(waiver.Rule, r.ID) }):
		return waivesNoRule
	case !waiver.Annotated && f != nil && !waiver.namesAnyOf(f):
		return waivesNoSubject
	}
	return waivesNoFinding
}

// namesAnyOf reports whether the waiver names a workload, one of its containers, a service, a node, a namespace or a custom resource.
func (w Waiver) namesAnyOf(f *facts.Facts) bool {
	return slices.ContainsFunc(f.Workloads, func(o *facts.Workload) bool {
		return w.names(Subject{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}) ||
			slices.ContainsFunc(o.Containers, func(c *facts.Container) bool { return w.names(AboutContainer(c).Subject) })
	}) || slices.ContainsFunc(f.Services, func(o *facts.Service) bool { return w.names(AboutService(o).Subject) }) ||
		slices.ContainsFunc(f.Nodes, func(o *facts.Node) bool { return w.names(AboutNode(o).Subject) }) ||
		slices.ContainsFunc(f.Custom, func(o *facts.CustomResource) bool { return w.names(AboutCustomResource(o).Subject) }) ||
		slices.ContainsFunc(f.Namespaces, func(o *snapshot.Namespace) bool { return w.names(Subject{Kind: "Namespace", Name: o.Name}) })
}

// annotatedWaivers reads what stands at the workloads themselves: "rule: reason", several on lines of their own or behind a semicolon.
// A waiver without a reason waives nothing, and is told.
func annotatedWaivers(f *facts.Facts) (waivers []Waiver, refused []RefusedWaiver) {
	if f == nil {
		return nil, nil
	}
	for _, w := range f.Workloads {
		text, found := w.Annotations[facts.IgnoreAnnotation]
		if !found {
			continue
		}
		subject := Subject{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name}
		for _, entry := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' }) {
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
