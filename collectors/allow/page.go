package allow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:generate go run ./gen

// Page is the list as a page of documentation, in Markdown.
func (d *Document) Page() string {
	p := &page{shapes: map[string]bool{}}
	for _, s := range d.Shapes {
		p.shapes[s.Name] = true
	}
	p.line("# What the collector reads, field by field")
	p.line("")
	p.line("Generated from [`collectors/allow/allow.yaml`](../collectors/allow/allow.yaml), the one list from which the collector cuts the API server's answers, prints its")
	p.line("roles and explains a snapshot (`plimsoll-collect inspect`). What does not stand here is cut out before any other code sees it. `[]` is each element of a")
	p.line("list, `{}` every key of a map, `*` the rest of a key.")
	p.line("")
	p.line("## In which form it leaves")
	p.line("")
	p.line("| form | meaning |")
	p.line("| --- | --- |")
	for _, form := range d.Forms {
		p.line("| %s | %s |", form.Name, form.Meaning)
	}
	p.line("")
	p.line("## Answers of the server itself")
	for _, a := range d.Answers {
		p.heading("`"+a.Path+"`", a.For, a.Flag)
		p.table(a.Fields)
	}
	p.kinds("Objects that are read by their names", d.Objects)
	p.kinds("Lists of objects", d.Lists)
	p.kinds("Lists of metadata alone", d.Metadata)
	p.kinds("Lists that a flag asks for", d.Flagged)
	p.line("## Parts that several kinds share")
	for _, s := range d.Shapes {
		p.heading(s.Name, "", "")
		p.table(s.Fields)
	}
	p.line("## Names and words")
	p.line("")
	for _, name := range slices.Sorted(maps.Keys(d.Sets)) {
		p.line("- **%s**: `%s`", name, strings.Join(d.Sets[name], "`, `"))
	}
	p.line("")
	p.line("## Fields of a snapshot that no single field leads to")
	p.line("")
	p.line("| field | comes from |")
	p.line("| --- | --- |")
	for _, m := range d.Made {
		p.line("| `%s` | %s |", m.Field, m.From)
	}
	return p.text.String()
}

// Summary is the table of what is read and what for, for the guide.
func (d *Document) Summary() string {
	var b strings.Builder
	b.WriteString("| from | for |\n| --- | --- |\n")
	for _, a := range d.Answers {
		if a.Path != "*" {
			fmt.Fprintf(&b, "| `%s` | %s |\n", a.Path, withFlag(a.For, a.Flag))
		}
	}
	for _, k := range d.Objects {
		fmt.Fprintf(&b, "| %s `%s`, by name | %s |\n", k.Resource, strings.Join(k.Names, "`, `"), k.For)
	}
	for _, part := range []struct {
		kinds []Kind
		how   string
	}{{d.Lists, ""}, {d.Metadata, ", **as metadata only**"}, {d.Flagged, ", whole"}} {
		var whats []string
		froms := map[string][]string{}
		for _, k := range part.kinds {
			what, from := withFlag(k.For, k.Flag), k.Resource
			if k.Optional {
				from += "." + k.Group
				what += " (where it is installed)"
			}
			if k.Label != "" {
				from += " labelled `" + k.Label + "`"
			}
			if froms[what] == nil {
				whats = append(whats, what)
			}
			froms[what] = append(froms[what], from)
		}
		for _, what := range whats {
			fmt.Fprintf(&b, "| %s%s | %s |\n", strings.Join(froms[what], ", "), part.how, what)
		}
	}
	return b.String()
}

func withFlag(what, flag string) string { return what + strings.TrimSuffix("; "+flag, "; ") }

type page struct {
	text   strings.Builder
	shapes map[string]bool
}

func (p *page) line(format string, values ...any) {
	fmt.Fprintf(&p.text, format+"\n", values...)
}

func (p *page) heading(title, what, flag string) {
	p.line("")
	p.line("### %s", title)
	p.line("")
	if what != "" {
		p.line("For %s%s.", what, strings.TrimSuffix("; "+flag, "; "))
		p.line("")
	}
}

// kinds puts those that are read alike under one heading.
func (p *page) kinds(title string, kinds []Kind) {
	p.line("")
	p.line("## %s", title)
	for i, k := range kinds {
		alike := func(other Kind) bool { return other.For == k.For && same(other.Fields, k.Fields) }
		if slices.ContainsFunc(kinds[:i], alike) {
			continue
		}
		var titles []string
		for _, other := range kinds[i:] {
			if alike(other) {
				titles = append(titles, other.title())
			}
		}
		what := k.For
		if len(k.Names) > 0 {
			what += "; `" + strings.Join(k.Names, "`, `") + "`"
		}
		if k.Label != "" {
			what += "; those labelled `" + k.Label + "`"
		}
		p.heading(strings.Join(titles, ", "), what, k.Flag)
		p.table(k.Fields)
	}
	p.line("")
}

// same reports whether two kinds have the very fields in common, as the file's anchors say.
func same(a, b []*Field) bool {
	return slices.EqualFunc(a, b, func(x, y *Field) bool {
		return x == y || x.Name == y.Name && x.Fields != nil && y.Fields != nil && x.Fields[0] == y.Fields[0] && len(x.Fields) == len(y.Fields)
	})
}

func (k Kind) title() string {
	if k.Group == "" {
		return k.Object
	}
	return k.Object + " (`" + k.Group + "`)"
}

func (p *page) table(fields []*Field) {
	p.line("| field | leaves | in the snapshot | remark |")
	p.line("| --- | --- | --- | --- |")
	p.rows("", fields)
}

func (p *page) rows(above string, fields []*Field) {
	for i, f := range fields {
		if f.Set != "" && i > 0 && fields[i-1].Set == f.Set {
			continue
		}
		path := above + f.mark()
		switch {
		case p.shapes[f.Shape]:
			p.line("| `%s` | as in [%s](#%s) | | |", path, f.Shape, f.Shape)
		case f.Fields != nil:
			if f.Key != nil {
				p.rows(path, []*Field{f.Key})
			}
			p.rows(path+".", f.Fields)
		default:
			to := ""
			if len(f.To) > 0 {
				to = "`" + strings.Join(f.To, "`, `") + "`"
			}
			p.line("| `%s` | %s | %s | %s |", path, f.Form, to, f.Remark)
		}
	}
}

// mark is a field's name as a path has it.
func (f *Field) mark() string {
	name := f.Name
	switch {
	case f.Name == "":
		name = " (key)"
	case f.Set != "":
		name = "(" + f.Set + ")"
	case f.List:
		name += "[]"
	case f.Each:
		name += "{}"
	}
	if f.Holds != "" {
		name += " (" + f.Holds + ")"
	}
	return name
}
