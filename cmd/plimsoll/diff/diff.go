// Package diff is `plimsoll diff`: two snapshots, or two folders of manifests, and what lies between them: findings that are new, mended
// or moved, objects that came and went, and the score's movement, explained by parts that sum to it.
package diff

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

// side is one of the two: what was given, what it holds and how it was judged.
type side struct {
	root       string // the path as given; sources are told from there
	facts      *facts.Facts
	assessment assessments.Assessment
}

// Change is one finding that is on one side alone, or on both with another severity.
type Change struct {
	Rule     string               `json:"rule"`
	Subject  assessments.Subject  `json:"subject"`
	Source   *assessments.Place   `json:"source"` // on the new side; of what is gone, on the old one
	Severity assessments.Severity `json:"severity"`
	Was      assessments.Severity `json:"was,omitzero"` // of a finding that moved: its severity on the old side
	Message  string               `json:"message"`
	Mend     string               `json:"mend"`
	Waived   bool                 `json:"waived"`
}

// Changes are the findings between two sides. What came or went together with its object is no mend and no mistake of who changed the
// rest, and is counted apart.
type Changes struct {
	New     []Change `json:"new"`     // of objects that are on both sides
	Mended  []Change `json:"mended"`  // of objects that are still there
	Changed []Change `json:"changed"` // on both sides, with another severity
	Came    []Change `json:"came"`    // with an object that is new
	Went    []Change `json:"went"`    // with an object that is gone
	Stayed  int      `json:"stayed"`
}

// Object is one that came or went.
type Object struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// Objects are what came and went.
type Objects struct {
	Came []Object `json:"came"`
	Went []Object `json:"went"`
}

func (s side) below(file string) string {
	if file == "" {
		return ""
	}
	below := strings.TrimPrefix(path.Clean(file), path.Clean(s.root))
	return strings.TrimPrefix(below, "/")
}

// keyed are the findings by rule, subject and file below the path, and by their order where one file holds several of one name.
func (s side) keyed() map[string]assessments.Finding {
	byKey := named{all: map[string]assessments.Finding{}, next: map[string]int{}}
	ordered := slices.Clone(s.assessment.Findings)
	slices.SortStableFunc(ordered, func(a, b assessments.Finding) int {
		return cmp.Or(cmp.Compare(a.Source.File, b.Source.File), cmp.Compare(a.Source.Line, b.Source.Line))
	})
	for _, f := range ordered {
		byKey.put(subjectKey(f)+"\x00"+s.below(f.Source.File), f)
	}
	return byKey.all
}

func subjectKey(f assessments.Finding) string {
	return strings.Join([]string{f.Rule, f.Subject.Kind, f.Subject.Namespace, f.Subject.Name, f.Subject.Container}, "\x00")
}

// named are findings by key; the second of one key gets a number.
type named struct {
	all  map[string]assessments.Finding
	next map[string]int // the number to try next: a file may hold thousands of one name
}

func (n named) put(key string, f assessments.Finding) {
	unique := key
	for {
		if _, taken := n.all[unique]; !taken {
			n.all[unique] = f
			return
		}
		n.next[key] = max(n.next[key]+1, 2)
		unique = key + "\x00" + strconv.Itoa(n.next[key])
	}
}

// pair is one finding on both sides.
type pair struct{ was, is assessments.Finding }

// pairUp finds what is the same on both sides: first by file, then, of what is left, wherever an object's file went.
func pairUp(before, now side) (pairs []pair, old, fresh []assessments.Finding) {
	left, right := before.keyed(), now.keyed()
	for _, byFile := range []bool{true, false} {
		if !byFile {
			left, right = withoutFile(left), withoutFile(right)
		}
		for _, key := range slices.Sorted(maps.Keys(right)) {
			if was, found := left[key]; found {
				pairs = append(pairs, pair{was, right[key]})
				delete(left, key)
				delete(right, key)
			}
		}
	}
	return pairs, slices.Collect(maps.Values(left)), slices.Collect(maps.Values(right))
}

func withoutFile(keyed map[string]assessments.Finding) map[string]assessments.Finding {
	all := named{all: map[string]assessments.Finding{}, next: map[string]int{}}
	for _, key := range slices.Sorted(maps.Keys(keyed)) {
		all.put(subjectKey(keyed[key]), keyed[key])
	}
	return all.all
}

// compareFindings sorts the findings of both sides into what changed. A finding that is waived on one side counts by its presence: a
// waiver accepts it and does not mend it.
func compareFindings(before, now side, came, went map[Object]bool) Changes {
	c := Changes{New: []Change{}, Mended: []Change{}, Changed: []Change{}, Came: []Change{}, Went: []Change{}}
	pairs, old, fresh := pairUp(before, now)
	for _, p := range pairs {
		if p.was.Severity == p.is.Severity {
			c.Stayed++
			continue
		}
		change := changeOf(p.is)
		change.Was = p.was.Severity
		c.Changed = append(c.Changed, change)
	}
	for _, f := range fresh {
		if came[objectOf(f)] {
			c.Came = append(c.Came, changeOf(f))
		} else {
			c.New = append(c.New, changeOf(f))
		}
	}
	for _, f := range old {
		if went[objectOf(f)] {
			c.Went = append(c.Went, changeOf(f))
		} else {
			c.Mended = append(c.Mended, changeOf(f))
		}
	}
	for _, list := range [][]Change{c.New, c.Mended, c.Changed, c.Came, c.Went} {
		slices.SortFunc(list, compareChanges)
	}
	return c
}

func changeOf(f assessments.Finding) Change {
	c := Change{Rule: f.Rule, Subject: f.Subject, Severity: f.Severity, Message: f.Message, Mend: f.Mend.Text, Waived: f.Waived}
	if f.Source.File != "" {
		c.Source = &f.Source
	}
	return c
}

func compareChanges(a, b Change) int {
	place := func(c Change) assessments.Place {
		if c.Source == nil {
			return assessments.Place{}
		}
		return *c.Source
	}
	return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject.Namespace, b.Subject.Namespace),
		cmp.Compare(a.Subject.Name, b.Subject.Name), cmp.Compare(a.Subject.Kind, b.Subject.Kind), cmp.Compare(a.Subject.Container, b.Subject.Container),
		cmp.Compare(place(a).File, place(b).File), cmp.Compare(place(a).Line, place(b).Line))
}

func objectOf(f assessments.Finding) Object {
	return Object{Kind: f.Subject.Kind, Namespace: f.Subject.Namespace, Name: f.Subject.Name}
}

// compareObjects says which objects are on one side alone.
func compareObjects(before, now side) (Objects, map[Object]bool, map[Object]bool) {
	old, fresh := before.objects(), now.objects()
	came, went := missing(fresh, old), missing(old, fresh)
	return Objects{Came: sorted(came), Went: sorted(went)}, came, went
}

func missing(from, in map[Object]bool) map[Object]bool {
	only := map[Object]bool{}
	for o := range from {
		if !in[o] {
			only[o] = true
		}
	}
	return only
}

func sorted(objects map[Object]bool) []Object {
	list := make([]Object, 0, len(objects))
	for o := range objects {
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b Object) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// objects are what a side holds, of the kinds that rules judge one by one.
func (s side) objects() map[Object]bool {
	all := map[Object]bool{}
	f := s.facts
	if f == nil {
		return all
	}
	add := func(kind, namespace, name string) { all[Object{Kind: kind, Namespace: namespace, Name: name}] = true }
	for _, w := range f.Workloads {
		add(w.Kind, w.Namespace, w.Name)
	}
	for _, v := range f.Services {
		add("Service", v.Namespace, v.Name)
	}
	for _, n := range f.Nodes {
		add("Node", "", n.Name)
	}
	for _, n := range f.Namespaces {
		add("Namespace", "", n.Name)
	}
	for _, c := range f.Custom {
		add(c.ObjectKind, c.Namespace, c.Name)
	}
	for _, u := range f.APIUses { // over manifests, every object of the files
		if u.Object != nil {
			add(u.Object.Kind, u.Object.Namespace, u.Object.Name)
		}
	}
	return all
}
