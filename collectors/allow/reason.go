package allow

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Reason says how a field of a snapshot came to be there.
type Reason struct {
	Kinds  []string // of the objects; none: not of an object's field
	Path   string   // of the field in them: spec.template.spec.containers[].image
	Form   string   // name of the form in which it leaves
	Remark string
}

// String is the reason as a sentence.
func (r Reason) String() string {
	var b strings.Builder
	if r.Path != "" {
		b.WriteString("from " + r.Path + " of " + r.Kinds[0])
		if more := len(r.Kinds) - 1; more > 0 {
			fmt.Fprintf(&b, " and %d other kinds", more)
		}
		b.WriteString(": " + meanings()[r.Form])
	}
	if r.Path != "" && r.Remark != "" {
		b.WriteString("; ")
	}
	b.WriteString(r.Remark)
	return b.String()
}

var meanings = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, form := range Listed().Forms {
		out[form.Name] = form.Meaning
	}
	return out
})

// Reasons are those for which a field of a snapshot is set, as the list has them; none for a field that the list does not know. The
// field is written as snapshot.Inspect does: workload.containers[].image.
func Reasons(field string) []Reason {
	index := reasons()
	for name := field; ; {
		if found := index[name]; found != nil {
			return found
		}
		end := strings.LastIndexAny(name, ".[")
		if end < 0 {
			break
		}
		name = name[:end]
	}
	_, rest, _ := strings.Cut(field, ".")
	first, _, _ := strings.Cut(rest, ".")
	return index["*."+first]
}

// reasons are the reasons by the snapshot's fields.
var reasons = sync.OnceValue(func() map[string][]Reason {
	d, index := Listed(), map[string][]Reason{}
	for _, a := range d.Answers {
		gather(index, a.Path, "", a.Fields)
	}
	for _, k := range slices.Concat(d.Objects, d.Lists, d.Metadata, d.Flagged) {
		gather(index, k.Object, "", k.Fields)
	}
	for _, m := range d.Made {
		index[m.Field] = append(index[m.Field], Reason{Remark: m.From})
	}
	return index
})

func gather(index map[string][]Reason, kind, above string, fields []*Field) {
	for _, f := range fields {
		path := above + f.mark()
		if f.Key != nil {
			gather(index, kind, path, []*Field{f.Key})
		}
		for _, to := range f.To {
			index[to] = add(index[to], kind, Reason{Path: path, Form: f.Form, Remark: f.Remark})
		}
		gather(index, kind, path+".", f.Fields)
	}
}

// add makes one reason of the same field of several kinds.
func add(known []Reason, kind string, r Reason) []Reason {
	for i := range known {
		if k := &known[i]; k.Path == r.Path && k.Form == r.Form && k.Remark == r.Remark {
			if !slices.Contains(k.Kinds, kind) {
				k.Kinds = append(k.Kinds, kind)
			}
			return known
		}
	}
	r.Kinds = []string{kind}
	return append(known, r)
}
