package custom

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
)

// slugs are what may follow custom/ in an id.
var slugs = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Load reads a file of rules strictly: an unknown or double key, an alias, a second document, a text that is too long, an expression that
// does not compile, has the wrong type or may cost too much is refused with its line and column. The error is an *Error.
func Load(name string, r io.Reader) (*Set, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l := &loader{set: &Set{Name: name}}
	if len(data) > MaxFileBytes {
		return nil, &Error{File: name, Problem: fmt.Sprintf("larger than %d bytes", MaxFileBytes)}
	}
	root, fault := l.document(data)
	if fault != nil {
		return nil, fault
	}
	fault = l.each(root, keys{"rules": l.rules})
	if fault == nil && len(l.set.rules) == 0 {
		fault = l.wrong(root, "", "holds no rules")
	}
	if fault != nil {
		return nil, fault
	}
	return l.set, nil
}

// loader reads one file. rule names the rule that is being read, for errors.
type loader struct {
	set  *Set
	rule string
}

// lineOfYAML finds the line that the YAML library names in its errors; of an alias without its anchor it names none.
var (
	lineOfYAML    = regexp.MustCompile(`^yaml: line (\d+): `)
	unknownAnchor = regexp.MustCompile(`^yaml: unknown anchor '([^']*)' referenced`)
)

// placeOfAlias is where an alias first stands as a value, 1-based; zeros where it is not found.
func placeOfAlias(data []byte, anchor string) (line, column int) {
	alias := regexp.MustCompile(`(?m)(?:^|[-:,?\[{])[ \t]*(\*` + regexp.QuoteMeta(anchor) + `)(?:[\s,\]}:]|$)`)
	at := alias.FindSubmatchIndex(data)
	if at == nil {
		return 0, 0
	}
	before := data[:at[2]]
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}

func (l *loader) document(data []byte) (*yaml.Node, *Error) {
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&document); err != nil {
		fault := &Error{File: l.set.Name, Problem: strings.TrimPrefix(err.Error(), "yaml: ")}
		switch at := lineOfYAML.FindStringSubmatch(err.Error()); {
		case errors.Is(err, io.EOF):
			fault.Problem = "is empty"
		case at != nil:
			_, _ = fmt.Sscan(at[1], &fault.Line)
			fault.Column, fault.Problem = 1, strings.TrimPrefix(err.Error(), at[0])
		default:
			if alias := unknownAnchor.FindStringSubmatch(err.Error()); alias != nil {
				fault.Line, fault.Column = placeOfAlias(data, alias[1])
			}
		}
		return nil, fault
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &Error{File: l.set.Name, Problem: "holds more than one document"}
	}
	if fault := l.noAliases(&document); fault != nil {
		return nil, fault
	}
	return document.Content[0], nil
}

// noAliases refuses aliases, by which a small file can be a large one.
func (l *loader) noAliases(node *yaml.Node) *Error {
	if node.Kind == yaml.AliasNode {
		return l.wrong(node, "", "aliases are not taken")
	}
	for _, inner := range node.Content {
		if fault := l.noAliases(inner); fault != nil {
			return fault
		}
	}
	return nil
}

func (l *loader) wrong(node *yaml.Node, field, problem string) *Error {
	return &Error{File: l.set.Name, Line: node.Line, Column: node.Column, Rule: l.rule, Field: field, Problem: problem}
}

// keys are the known keys of a mapping with their readers.
type keys map[string]func(node *yaml.Node, field string) *Error

func (l *loader) each(node *yaml.Node, known keys) *Error {
	if node.Kind != yaml.MappingNode {
		return l.wrong(node, "", "wants keys with values")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		read, ok := known[key.Value]
		switch {
		case !ok || key.Kind != yaml.ScalarNode:
			return l.wrong(key, "", fmt.Sprintf("unknown key %q", key.Value))
		case seen[key.Value]:
			return l.wrong(key, key.Value, "stands twice")
		}
		seen[key.Value] = true
		if fault := read(value, key.Value); fault != nil {
			return fault
		}
	}
	return nil
}

func (l *loader) rules(node *yaml.Node, field string) *Error {
	if node.Kind != yaml.SequenceNode {
		return l.wrong(node, field, "wants a list")
	}
	if len(node.Content) > MaxRules {
		return l.wrong(node, field, fmt.Sprintf("%d rules are more than the %d that a file may have", len(node.Content), MaxRules))
	}
	for _, item := range node.Content {
		l.rule = ""
		r, fault := l.one(item)
		if fault != nil {
			return fault
		}
		if slices.ContainsFunc(l.set.rules, func(known *Rule) bool { return known.ID == r.ID }) {
			return l.wrong(item, "id", "another rule of the file has this id")
		}
		l.set.rules = append(l.set.rules, r)
	}
	l.rule = ""
	return nil
}

// draft is a rule with its expressions as they are written: what they see depends on the subject, which may stand after them.
type draft struct {
	rule                    *Rule
	applies, unknown, fails *yaml.Node
	evidence                []evidenceDraft
}

type evidenceDraft struct {
	what  string
	value *yaml.Node
}

func (l *loader) one(node *yaml.Node) (*Rule, *Error) {
	r := &Rule{Line: node.Line, Effort: assessments.EffortChange}
	d := draft{rule: r}
	if fault := l.each(node, keys{
		"id": l.id(r), "title": l.text(&r.Text.Title), "what": l.text(&r.Text.What), "why": l.text(&r.Text.Why), "how": l.text(&r.Text.How),
		"seen": l.text(&r.Text.Evidence), "mend": l.text(&r.Text.Mend), "doesNotCatch": l.text(&r.Text.DoesNotCatch), "sources": l.texts(&r.Text.Sources),
		"severity": l.severity(r), "effort": l.effort(r), "subject": l.subject(r), "system": l.flag(&r.System), "init": l.flag(&r.Init),
		"applies": keep(&d.applies), "appliesReason": l.text(&r.outOfReach), "unknown": keep(&d.unknown), "unknownReason": l.text(&r.notKnown),
		"fails": keep(&d.fails), "message": l.text(&r.Message), "expected": l.text(&r.Expected), "evidence": l.evidence(&d),
		"cases": l.cases(node, r), "unreachable": keep(new(*yaml.Node)),
	}); fault != nil {
		return nil, fault
	}
	if fault := l.whole(node, &d); fault != nil {
		return nil, fault
	}
	return r, l.compile(&d)
}

// whole holds a rule to what every rule says.
func (l *loader) whole(node *yaml.Node, d *draft) *Error {
	r := d.rule
	for _, needed := range []struct {
		field string
		there bool
	}{
		{"id", r.ID != ""}, {"title", r.Text.Title != ""}, {"what", r.Text.What != ""}, {"why", r.Text.Why != ""}, {"mend", r.Text.Mend != ""},
		{"severity", r.Severity != 0}, {"subject", r.Subject != ""}, {"fails", d.fails != nil}, {"message", r.Message != ""}, {"expected", r.Expected != ""},
		{"unknownReason", d.unknown == nil || r.notKnown != ""}, {"evidence", len(d.evidence) > 0},
	} {
		if !needed.there {
			return l.wrong(node, needed.field, "is missing")
		}
	}
	if r.Init && r.Subject != AboutContainers {
		return l.wrong(node, "init", "only rules about containers meet init containers")
	}
	r.outOfReach = cmp.Or(r.outOfReach, "the rule's condition does not reach it")
	return nil
}

func (l *loader) compile(d *draft) *Error {
	for _, e := range []struct {
		field string
		node  *yaml.Node
		into  **expression
	}{{"applies", d.applies, &d.rule.applies}, {"unknown", d.unknown, &d.rule.unknown}, {"fails", d.fails, &d.rule.fails}} {
		if e.node == nil {
			continue
		}
		if fault := l.expression(e.node, e.field, d.rule.Subject, cel.BoolType, e.into); fault != nil {
			return fault
		}
	}
	for _, e := range d.evidence {
		w := witness{what: e.what}
		if fault := l.expression(e.value, "evidence "+e.what, d.rule.Subject, nil, &w.value); fault != nil {
			return fault
		}
		d.rule.evidence = append(d.rule.evidence, w)
	}
	return nil
}

func (l *loader) expression(node *yaml.Node, field string, kind SubjectKind, wanted *cel.Type, into **expression) *Error {
	if node.Kind != yaml.ScalarNode || strings.TrimSpace(node.Value) == "" {
		return l.wrong(node, field, "wants an expression")
	}
	compiled, bad := compile(kind, node.Value, wanted)
	if bad != nil {
		fault := l.wrong(node, field, bad.problem)
		if bad.line > 0 {
			fault.At = fmt.Sprintf("%d:%d", bad.line, bad.column)
		}
		return fault
	}
	*into = compiled
	return nil
}

func keep(into **yaml.Node) func(*yaml.Node, string) *Error {
	return func(node *yaml.Node, _ string) *Error { *into = node; return nil }
}

func (l *loader) id(r *Rule) func(*yaml.Node, string) *Error {
	return func(node *yaml.Node, field string) *Error {
		slug, custom := strings.CutPrefix(node.Value, Prefix)
		if !custom || len(slug) > 100 || !slugs.MatchString(slug) {
			return l.wrong(node, field, fmt.Sprintf("want custom/ and words of small letters and digits joined by -, got %q", shortened(node.Value)))
		}
		r.ID, l.rule = node.Value, node.Value
		return nil
	}
}

func shortened(text string) string {
	if len(text) > 100 {
		return text[:100] + "…"
	}
	return text
}

func (l *loader) text(into *string) func(*yaml.Node, string) *Error {
	return func(node *yaml.Node, field string) *Error {
		switch {
		case node.Kind != yaml.ScalarNode || strings.TrimSpace(node.Value) == "":
			return l.wrong(node, field, "wants text")
		case len(node.Value) > MaxTextBytes:
			return l.wrong(node, field, fmt.Sprintf("%d bytes are more than the %d that a text may have", len(node.Value), MaxTextBytes))
		}
		*into = strings.TrimSpace(node.Value)
		return nil
	}
}

func (l *loader) texts(into *[]string) func(*yaml.Node, string) *Error {
	return func(node *yaml.Node, field string) *Error {
		if node.Kind != yaml.SequenceNode || len(node.Content) > 20 {
			return l.wrong(node, field, "wants a list of at most 20 texts")
		}
		for _, item := range node.Content {
			var one string
			if fault := l.text(&one)(item, field); fault != nil {
				return fault
			}
			*into = append(*into, one)
		}
		return nil
	}
}

func (l *loader) severity(r *Rule) func(*yaml.Node, string) *Error {
	return func(node *yaml.Node, field string) *Error {
		if err := r.Severity.UnmarshalText([]byte(node.Value)); err != nil || r.Severity == 0 {
			return l.wrong(node, field, fmt.Sprintf("want low, medium, high or critical, got %q", shortened(node.Value)))
		}
		return nil
	}
}

func (l *loader) effort(r *Rule) func(*yaml.Node, string) *Error {
	return func(node *yaml.Node, field string) *Error {
		r.Effort = assessments.Effort(node.Value)
		if !slices.Contains([]assessments.Effort{assessments.EffortSetting, assessments.EffortChange, assessments.EffortProject}, r.Effort) {
			return l.wrong(node, field, fmt.Sprintf("want setting, change or project, got %q", shortened(node.Value)))
		}
		return nil
	}
}

func (l *loader) subject(r *Rule) func(*yaml.Node, string) *Error {
	return func(node *yaml.Node, field string) *Error {
		r.Subject = SubjectKind(node.Value)
		if !slices.Contains(subjectKinds, r.Subject) {
			return l.wrong(node, field, fmt.Sprintf("want container, workload, service, node, namespace or cluster, got %q", shortened(node.Value)))
		}
		return nil
	}
}

func (l *loader) flag(into *bool) func(*yaml.Node, string) *Error {
	return func(node *yaml.Node, field string) *Error {
		if node.Tag != "!!bool" || node.Decode(into) != nil {
			return l.wrong(node, field, "want true or false")
		}
		return nil
	}
}

func (l *loader) evidence(d *draft) func(*yaml.Node, string) *Error {
	return func(node *yaml.Node, field string) *Error {
		if node.Kind != yaml.SequenceNode || len(node.Content) > MaxEvidence {
			return l.wrong(node, field, fmt.Sprintf("wants a list of at most %d pieces", MaxEvidence))
		}
		for _, item := range node.Content {
			var e evidenceDraft
			if fault := l.each(item, keys{"what": l.text(&e.what), "value": keep(&e.value)}); fault != nil {
				return fault
			}
			if e.what == "" || e.value == nil {
				return l.wrong(item, field, "wants what and value")
			}
			d.evidence = append(d.evidence, e)
		}
		return nil
	}
}

// cases keeps the rule's cases as a file of cases, which they are in every respect but where they stand.
func (l *loader) cases(rule *yaml.Node, r *Rule) func(*yaml.Node, string) *Error {
	return func(node *yaml.Node, field string) *Error {
		if node.Kind != yaml.SequenceNode {
			return l.wrong(node, field, "wants a list")
		}
		file := map[string]*yaml.Node{"cases": node}
		for i := 0; i+1 < len(rule.Content); i += 2 {
			switch rule.Content[i].Value {
			case "id":
				file["rule"] = rule.Content[i+1]
			case "unreachable":
				file["unreachable"] = rule.Content[i+1]
			}
		}
		written, err := yaml.Marshal(file)
		if err != nil {
			return l.wrong(node, field, err.Error())
		}
		r.cases, r.casesLine = written, node.Line
		return nil
	}
}
