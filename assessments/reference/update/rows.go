package main

import (
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/reference"
)

// row is what a source says, field by field in the order of the file.
type row []field

type field struct{ name, value string }

func (r row) get(name string) string {
	for _, f := range r {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

func (r row) id(key []string) string {
	var parts []string
	for _, name := range key {
		parts = append(parts, r.get(name))
	}
	return strings.Join(parts, " ")
}

// heldRows are the flat rows of a file's lists as it stands.
func heldRows(name string) ([]row, error) {
	text, _ := reference.Content(name)
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var rows []row
	root := document.Content[0]
	for i := 1; i < len(root.Content); i += 2 {
		if root.Content[i].Kind != yaml.SequenceNode {
			continue
		}
		for _, item := range root.Content[i].Content {
			var r row
			for k := 0; k+1 < len(item.Content); k += 2 {
				r = append(r, fieldsOf(item.Content[k].Value, item.Content[k+1])...)
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// fieldsOf flattens mappings: ends: {temurin: …} is ends.temurin.
func fieldsOf(name string, node *yaml.Node) []field {
	switch node.Kind {
	case yaml.ScalarNode:
		return []field{{name, node.Value}}
	case yaml.MappingNode:
		var all []field
		for i := 0; i+1 < len(node.Content); i += 2 {
			all = append(all, fieldsOf(name+"."+node.Content[i].Value, node.Content[i+1])...)
		}
		return all
	}
	return nil
}

// compare prints what a source says otherwise than the file, and counts it. Fields that the source does not speak of are the file's own.
func compare(w io.Writer, held, read []row, key []string) int {
	byID := map[string]row{}
	for _, r := range held {
		byID[r.id(key)] = r
	}
	n := 0
	for _, r := range read {
		old, found := byID[r.id(key)]
		if !found {
			n++
			fmt.Fprintf(w, "  + %s\n", r.yaml())
			continue
		}
		for _, f := range r {
			if f.value != "" && old.get(f.name) != f.value {
				n++
				fmt.Fprintf(w, "  ~ %s: %s is %q in the file, %q at the source\n", r.id(key), f.name, old.get(f.name), f.value)
			}
		}
	}
	return n
}

// yaml is the row as the file would hold it, without what a person adds: source, confidence, state.
func (r row) yaml() string {
	var parts []string
	for _, f := range r {
		if f.value == "" {
			continue
		}
		value := f.value
		if strings.Count(value, ".") == 1 && strings.Trim(value, "0123456789.") == "" { // a minor, no number
			value = fmt.Sprintf("%q", value)
		}
		parts = append(parts, f.name+": "+value)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
