package questionnaire

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/facts"
)

// formWidth is the width that the form's comments are wrapped at, in characters.
const formWidth = 116

const formHead = `Plimsoll questionnaire, content version %s.

Fill in an option's id after "option:" and leave empty what nobody has looked at yet. Instead of an option you can write
  unknown          you do not know: an honest answer, it widens the range and gives no points
  not_applicable   the question does not apply; then also reason: no_such_workload, provider_does_it, out_of_scope or
                   planned_not_live, and sentence: why
Beside an option you can write basis (measured, documented, believed), note, links, respondent, answeredAt, reviewBy,
and figure where the question asks for one. Score it with: plimsoll score PATH --answers FILE`

const factsHead = `What is known of single workloads, used like an annotation on them. One entry each:
  - {namespace: payments, kind: StatefulSet, name: ledger, key: recoverySeconds, value: "1800", basis: measured}
Keys: recoverySeconds (whole seconds), javaVersion (17.0.12), criticality (low, normal, critical).`

// WriteForm writes the questions as a YAML form to fill in by hand. ReadAnswers takes it back.
func (q *Questionnaire) WriteForm(w io.Writer) error { return q.WriteAnswers(w, AnswersFile{}) }

// WriteAnswers writes the form with the answers filled in. Revisions are the server's and are left out.
func (q *Questionnaire) WriteAnswers(w io.Writer, file AnswersFile) error {
	answers := &yaml.Node{Kind: yaml.MappingNode}
	for _, section := range q.Sections {
		for i, question := range section.Questions {
			comment := question.comment()
			if i == 0 {
				comment = fmt.Sprintf("———— %s ————\n%s\n\n%s", section.Title, wrapped(section.Intro, ""), comment)
			}
			put(answers, question.ID, question.entry(file.Answers), comment)
		}
	}
	known := &yaml.Node{Kind: yaml.SequenceNode}
	for _, f := range file.WorkloadFacts {
		known.Content = append(known.Content, factEntry(f))
	}
	if len(known.Content) == 0 {
		known = scalar("")
	}
	root := &yaml.Node{Kind: yaml.MappingNode}
	put(root, "version", quoted(q.Version), fmt.Sprintf(formHead, q.Version))
	put(root, "answers", answers, "")
	put(root, "workloadFacts", known, factsHead)
	costs, head := q.costsEntry(file.Costs)
	put(root, "costs", costs, head)
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return fmt.Errorf("questionnaire form: %w", err)
	}
	return encoder.Close()
}

// comment is the question as a person reads it above its entry.
func (q *Question) comment() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", wrapped(q.ID+" · "+q.Text, ""), wrapped(q.Help, "  "))
	fmt.Fprintf(&b, "%s\n", wrapped("Find out: "+q.FindOut, "  "))
	for _, o := range q.Options {
		fmt.Fprintf(&b, "    %s  %s\n", o.ID, o.Text)
	}
	if q.Figure != nil {
		fmt.Fprintf(&b, "  figure: %s (%d to %d)\n", q.Figure.Text, q.Figure.Min, q.Figure.Max)
	}
	if q.Multi {
		b.WriteString("  several options can be listed\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// entry is the mapping to fill in; questions for both seats have one for each.
func (q *Question) entry(answers []Answer) *yaml.Node {
	find := func(seat Seat) Answer {
		i := slices.IndexFunc(answers, func(a Answer) bool { return a.Question == q.ID && a.Seat == seat })
		if i < 0 {
			return Answer{}
		}
		return answers[i]
	}
	if q.Who != Both {
		return q.fields(find(""))
	}
	both := &yaml.Node{Kind: yaml.MappingNode}
	put(both, "manager", q.fields(find(Manager)), "")
	put(both, "engineer", q.fields(find(Engineer)), "")
	return both
}

func (q *Question) fields(a Answer) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	switch {
	case a.State == Unknown || a.State == NotApplicable:
		put(m, "option", scalar(string(a.State)), "")
	case q.Multi:
		put(m, "options", list(a.Options), "")
	case len(a.Options) == 1:
		put(m, "option", scalar(a.Options[0]), "")
	default:
		put(m, "option", scalar(""), "")
	}
	switch {
	case a.Figure != nil:
		put(m, "figure", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(*a.Figure, 10)}, "")
	case q.Figure != nil:
		put(m, "figure", scalar(""), "")
	}
	putText(m, "reason", string(a.Reason))
	putText(m, "sentence", a.Sentence)
	putText(m, "basis", string(a.Basis))
	putText(m, "note", a.Note)
	if len(a.Links) > 0 {
		put(m, "links", list(a.Links), "")
	}
	putText(m, "respondent", a.Respondent)
	putTime(m, "answeredAt", a.AnsweredAt)
	putTime(m, "reviewBy", a.ReviewBy)
	return m
}

func factEntry(f facts.WorkloadFact) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	for _, field := range []struct{ key, value string }{
		{"namespace", f.Namespace}, {"kind", f.Kind}, {"name", f.Name}, {"key", string(f.Key)}, {"value", f.Value}, {"basis", f.Basis}, {"author", f.Author},
	} {
		putText(m, field.key, field.value)
	}
	putTime(m, "at", f.At)
	putTime(m, "reviewBy", f.ReviewBy)
	return m
}

func put(m *yaml.Node, key string, value *yaml.Node, comment string) {
	name := scalar(key)
	name.HeadComment = comment
	m.Content = append(m.Content, name, value)
}

func putText(m *yaml.Node, key, value string) {
	if value != "" {
		put(m, key, quoted(value), "")
	}
}

func putTime(m *yaml.Node, key string, at time.Time) {
	if !at.IsZero() {
		put(m, key, quoted(at.UTC().Format(time.RFC3339)), "")
	}
}

// scalar is a plain word; the empty one is a place to fill in.
func scalar(value string) *yaml.Node {
	if value == "" {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

func quoted(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: yaml.DoubleQuotedStyle}
}

func list(values []string) *yaml.Node {
	all := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, value := range values {
		all.Content = append(all.Content, scalar(value))
	}
	return all
}

// wrapped breaks text at spaces and indents each line.
func wrapped(text, indent string) string {
	var lines []string
	line := indent
	for _, word := range strings.Fields(text) {
		if len(line) > len(indent) && len(line)+1+len(word) > formWidth {
			lines = append(lines, line)
			line = indent
		}
		if len(line) > len(indent) {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}
