package allow

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// source is the file as it is written; fields stay nodes, for their order and their anchors count.
type source struct {
	Forms    yaml.Node
	Sets     map[string][]string
	Shapes   yaml.Node
	Answers  []sourceKind
	Objects  []sourceKind
	Lists    []sourceKind
	Metadata []sourceKind
	Flagged  []sourceKind
	Made     yaml.Node
}

type sourceKind struct {
	Path     string
	Kind     string
	Resource string
	Group    string
	Versions []string
	Scope    string
	Optional bool
	Silent   bool
	Page     int
	Of       string
	Names    []string
	In       string
	Label    string
	Flag     string
	For      string
	Fields   yaml.Node
}

func parse(text []byte) (*Document, error) {
	var from source
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&from); err != nil {
		return nil, err
	}
	p := &parser{sets: from.Sets, known: map[*yaml.Node][]*Field{}, sieves: map[*Field]*node{}}
	out := &Document{Sets: from.Sets}
	for i := 0; i+1 < len(from.Forms.Content); i += 2 {
		form := Form{from.Forms.Content[i].Value, from.Forms.Content[i+1].Value}
		out.Forms, p.forms = append(out.Forms, form), append(p.forms, form.Name)
	}
	for i := 0; i+1 < len(from.Shapes.Content); i += 2 {
		fields, err := p.fields(from.Shapes.Content[i+1])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", from.Shapes.Content[i].Value, err)
		}
		out.Shapes = append(out.Shapes, Shape{from.Shapes.Content[i].Value, fields})
	}
	for _, a := range from.Answers {
		fields, err := p.fields(&a.Fields)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Path, err)
		}
		out.Answers = append(out.Answers, Answer{a.Path, a.For, a.Flag, fields, &Sieve{p.object(fields)}})
	}
	for _, part := range []struct {
		from []sourceKind
		to   *[]Kind
	}{{from.Objects, &out.Objects}, {from.Lists, &out.Lists}, {from.Metadata, &out.Metadata}, {from.Flagged, &out.Flagged}} {
		for _, k := range part.from {
			kind, err := p.kind(&k)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", k.Kind, k.Group, err)
			}
			*part.to = append(*part.to, kind)
		}
	}
	for i := 0; i+1 < len(from.Made.Content); i += 2 {
		out.Made = append(out.Made, Made{from.Made.Content[i].Value, from.Made.Content[i+1].Value})
	}
	return out, nil
}

type parser struct {
	sets   map[string][]string
	forms  []string
	known  map[*yaml.Node][]*Field // of anchors: parsed once
	sieves map[*Field]*node
}

func (p *parser) kind(k *sourceKind) (Kind, error) {
	if k.Kind == "" || k.Resource == "" || k.For == "" || k.Scope != "" && k.Scope != "cluster" {
		return Kind{}, errors.New("want kind, resource, what for, and no scope but cluster")
	}
	fields, err := p.fields(&k.Fields)
	return Kind{
		Object: k.Kind, Resource: k.Resource, Group: k.Group, Versions: k.Versions, ClusterWide: k.Scope == "cluster", Optional: k.Optional, Silent: k.Silent,
		Page: k.Page, Part: k.Of, Names: k.Names, Namespace: k.In, Label: k.Label, Flag: k.Flag, For: k.For, Fields: fields, Sieve: &Sieve{p.object(fields)},
	}, err
}

// fields reads a mapping, with what it merges in: its own keys take the place of those.
func (p *parser) fields(n *yaml.Node) ([]*Field, error) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return nil, fmt.Errorf("line %d: want fields", n.Line)
	}
	if known := p.known[n]; known != nil {
		return known, nil
	}
	var own, merged []*Field
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		into, read := &own, p.field
		if key.Value == "<<" {
			into, read = &merged, p.merge
		}
		fields, err := read(key, value)
		if err != nil {
			return nil, err
		}
		*into = append(*into, fields...)
	}
	merged = slices.DeleteFunc(merged, func(m *Field) bool { return has(own, m.Name) })
	p.known[n] = append(merged, own...)
	return p.known[n], nil
}

func (p *parser) merge(_, value *yaml.Node) ([]*Field, error) {
	if value.Kind != yaml.SequenceNode {
		return p.fields(value)
	}
	var out []*Field
	for _, part := range value.Content {
		fields, err := p.fields(part)
		if err != nil {
			return nil, err
		}
		out = append(out, fields...)
	}
	return out, nil
}

// field reads a key and what stands under it: one field, or one for each key of a set.
func (p *parser) field(key, value *yaml.Node) ([]*Field, error) {
	f := nameOf(key.Value)
	if value.Kind == yaml.ScalarNode {
		form, remark, _ := strings.Cut(value.Value, "; ")
		form, to, _ := strings.Cut(form, " -> ")
		if f.Form, f.Remark = form, remark; to != "" {
			f.To = strings.Split(to, ", ")
		}
		if !slices.Contains(p.forms, f.Form) {
			return nil, fmt.Errorf("line %d: no such form: %s", value.Line, f.Form)
		}
	} else {
		fields, err := p.fields(value)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(fields, func(f *Field) bool { return f.Name == "" }); i >= 0 {
			f.Key, fields = fields[i], slices.Delete(slices.Clone(fields), i, i+1)
		}
		f.Fields = fields
		if value.Kind == yaml.AliasNode {
			f.Shape = value.Value
		}
	}
	name, isSet := strings.CutPrefix(f.Name, "(")
	if !isSet {
		return []*Field{f}, nil
	}
	f.Set = strings.TrimSuffix(name, ")")
	names := p.sets[f.Set]
	if names == nil {
		return nil, fmt.Errorf("line %d: no such set: %s", key.Line, f.Name)
	}
	var out []*Field
	for _, name := range names {
		one := *f
		one.Name = name
		out = append(out, &one)
	}
	return out, nil
}

func nameOf(key string) *Field {
	f := &Field{Name: key}
	for _, holds := range []string{"json", "yaml", "helm"} {
		if name, ok := strings.CutSuffix(key, " ("+holds+")"); ok {
			f.Name, f.Holds = name, holds
		}
	}
	if name, ok := strings.CutSuffix(f.Name, "[]"); ok {
		f.Name, f.List = name, true
	}
	if name, ok := strings.CutSuffix(f.Name, "{}"); ok {
		f.Name, f.Each = name, true
	}
	f.pattern = strings.HasPrefix(f.Name, "*") || strings.HasSuffix(f.Name, "*")
	return f
}

func has(fields []*Field, name string) bool {
	return slices.ContainsFunc(fields, func(f *Field) bool { return f.Name == name })
}

// object is what lets an object's fields through.
func (p *parser) object(fields []*Field) *node {
	n := &node{shape: shapeObject}
	for _, f := range fields {
		below := p.place(f)
		if !f.pattern {
			n.name(f.Name, below)
			continue
		}
		begin, end, _ := strings.Cut(f.Name, "*")
		n.wild = append(n.wild, wildcard{begin, end, below})
	}
	return n
}

func (p *parser) place(f *Field) *node {
	if known := p.sieves[f]; known != nil {
		return known
	}
	n := &node{shape: shapeText, texts: textsOfForms[f.Form]}
	switch {
	case f.Holds == "json":
		n = &node{shape: shapeInside, item: p.object(f.Fields)}
	case f.Holds != "": // decoded by whoever reads it
	case f.Fields != nil:
		n = p.object(f.Fields)
	case f.Form == "present" || f.Form == "count":
		n.shape = shapePresent
	}
	switch {
	case f.List:
		n = &node{shape: shapeList, item: n}
	case f.Each:
		n = &node{shape: shapeObject, any: n}
	}
	p.sieves[f] = n
	return n
}
