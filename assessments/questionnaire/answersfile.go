package questionnaire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/facts"
)

// Bounds of a file of answers.
const (
	MaxAnswersBytes  = 1 << 20
	MaxWorkloadFacts = 5000
)

// Words that stand in an answers file in an option's place.
const (
	wordUnknown       = string(Unknown)
	wordNotApplicable = string(NotApplicable)
)

// AnswersFile is what a person filled in by hand: answers, and what they know of single workloads.
type AnswersFile struct {
	Version       string // content version of the form
	Answers       []Answer
	WorkloadFacts []facts.WorkloadFact
	Costs         CostFigures
}

// FileError says where in an answers file something can't be taken.
type FileError struct {
	Line    int    // 1-based; 0 where the file as a whole is at fault
	Field   string // path of keys: answers.L3.figure
	Problem string
}

func (e *FileError) Error() string {
	switch {
	case e.Line == 0:
		return "answers file: " + e.Problem
	case e.Field == "":
		return fmt.Sprintf("answers file: line %d: %s", e.Line, e.Problem)
	}
	return fmt.Sprintf("answers file: line %d: %s: %s", e.Line, e.Field, e.Problem)
}

// ReadAnswers reads a filled-in form of at most 1 MiB, strictly: unknown keys, double keys and aliases are refused, and each answer is
// validated. What was left empty is unanswered and not returned. The error is a *FileError.
func (q *Questionnaire) ReadAnswers(r io.Reader) (AnswersFile, error) {
	root, err := readDocument(r)
	if err != nil {
		return AnswersFile{}, err
	}
	file := AnswersFile{Version: q.Version}
	err = eachField(root, "", map[string]fieldReader{
		"version": func(node *yaml.Node, path string) error {
			return text(&file.Version)(node, path)
		},
		"answers": func(node *yaml.Node, path string) error {
			return q.readAnswers(node, path, &file.Answers)
		},
		"costs": func(node *yaml.Node, path string) error { return q.readCosts(node, path, &file.Costs) },
		"workloadFacts": func(node *yaml.Node, path string) error {
			return readFacts(node, path, &file.WorkloadFacts)
		},
	})
	if err != nil {
		return AnswersFile{}, err
	}
	if file.Version != q.Version {
		return AnswersFile{}, &FileError{Line: root.Line, Field: "version", Problem: fmt.Sprintf("the form is of content version %q, this program asks version %s", file.Version, q.Version)}
	}
	return file, nil
}

func readDocument(r io.Reader) (*yaml.Node, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxAnswersBytes+1))
	if err != nil {
		return nil, fmt.Errorf("answers file: %w", err)
	}
	if len(data) > MaxAnswersBytes {
		return nil, &FileError{Problem: fmt.Sprintf("larger than %d bytes", MaxAnswersBytes)}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, &FileError{Problem: "is empty"}
		}
		return nil, &FileError{Problem: err.Error()}
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &FileError{Problem: "holds more than one document"}
	}
	return document.Content[0], nil
}

func (q *Questionnaire) readAnswers(node *yaml.Node, path string, into *[]Answer) error {
	readers := map[string]fieldReader{}
	for _, question := range q.Questions() {
		readers[question.ID] = func(node *yaml.Node, path string) error {
			if question.Who != Both {
				return q.readAnswer(node, path, Answer{Question: question.ID}, into)
			}
			return eachField(node, path, map[string]fieldReader{
				"manager": func(node *yaml.Node, path string) error {
					return q.readAnswer(node, path, Answer{Question: question.ID, Seat: Manager}, into)
				},
				"engineer": func(node *yaml.Node, path string) error {
					return q.readAnswer(node, path, Answer{Question: question.ID, Seat: Engineer}, into)
				},
			})
		}
	}
	if err := eachField(node, path, readers); err != nil {
		return err
	}
	slices.SortStableFunc(*into, func(a, b Answer) int {
		return slices.IndexFunc(q.Questions(), func(x *Question) bool { return x.ID == a.Question }) -
			slices.IndexFunc(q.Questions(), func(x *Question) bool { return x.ID == b.Question })
	})
	return nil
}

// readAnswer takes either an option alone (L1: L1.b) or a mapping with everything beside it.
func (q *Questionnaire) readAnswer(node *yaml.Node, path string, a Answer, into *[]Answer) error {
	lines := map[string]int{}
	var option string
	read := map[string]fieldReader{
		"option":     text(&option),
		"options":    texts(&a.Options),
		"figure":     number(&a.Figure),
		"reason":     text((*string)(&a.Reason)),
		"sentence":   text(&a.Sentence),
		"basis":      text((*string)(&a.Basis)),
		"note":       text(&a.Note),
		"links":      texts(&a.Links),
		"respondent": text(&a.Respondent),
		"answeredAt": moment(&a.AnsweredAt),
		"reviewBy":   moment(&a.ReviewBy),
	}
	for name, inner := range read {
		read[name] = func(node *yaml.Node, path string) error { lines[name] = node.Line; return inner(node, path) }
	}
	if node.Kind == yaml.ScalarNode {
		if err := read["option"](node, path); err != nil {
			return err
		}
	} else if err := eachField(node, path, read); err != nil {
		return err
	}
	switch {
	case option != "" && len(a.Options) > 0:
		return &FileError{Line: node.Line, Field: path, Problem: "has both option and options"}
	case option == wordUnknown:
		a.State = Unknown
	case option == wordNotApplicable:
		a.State = NotApplicable
	case option != "":
		a.State, a.Options = Answered, []string{option}
	case len(a.Options) > 0:
		a.State = Answered
	default:
		a.State = Unanswered
	}
	if err := q.Validate(a); err != nil {
		return placed(err, node, path, lines)
	}
	if a.State == Unanswered {
		if a.Note != "" || len(a.Links) > 0 || a.Basis != "" {
			return &FileError{Line: node.Line, Field: path, Problem: "says something beside an option, but has no option"}
		}
		return nil
	}
	*into = append(*into, q.Canonical(a))
	return nil
}

// placed gives an answer's error the line of the field at fault.
func placed(err error, node *yaml.Node, path string, lines map[string]int) error {
	var fault *AnswerError
	if !errors.As(err, &fault) {
		return err
	}
	for _, field := range []string{fault.Field, "option"} {
		if line, ok := lines[field]; ok {
			return &FileError{Line: line, Field: path + "." + fault.Field, Problem: fault.Problem}
		}
	}
	return &FileError{Line: node.Line, Field: path + "." + fault.Field, Problem: fault.Problem}
}

func readFacts(node *yaml.Node, path string, into *[]facts.WorkloadFact) error {
	if empty(node) {
		return nil
	}
	if node.Kind != yaml.SequenceNode {
		return &FileError{Line: node.Line, Field: path, Problem: "wants a list"}
	}
	if len(node.Content) > MaxWorkloadFacts {
		return &FileError{Line: node.Line, Field: path, Problem: fmt.Sprintf("holds more than %d", MaxWorkloadFacts)}
	}
	for i, item := range node.Content {
		var f facts.WorkloadFact
		at := fmt.Sprintf("%s[%d]", path, i)
		err := eachField(item, at, map[string]fieldReader{
			"namespace": text(&f.Namespace), "kind": text(&f.Kind), "name": text(&f.Name), "key": text((*string)(&f.Key)),
			"value": text(&f.Value), "basis": text(&f.Basis), "author": text(&f.Author), "at": moment(&f.At), "reviewBy": moment(&f.ReviewBy),
		})
		if err != nil {
			return err
		}
		if err := ValidateFact(f); err != nil {
			return placed(err, item, at, nil)
		}
		*into = append(*into, f)
	}
	return nil
}

// fieldReader reads the value of one key; path names it in errors.
type fieldReader func(node *yaml.Node, path string) error

// eachField goes through a mapping. An empty value in its place is no mapping and no fault.
func eachField(node *yaml.Node, path string, readers map[string]fieldReader) error {
	if empty(node) {
		return nil
	}
	if node.Kind != yaml.MappingNode {
		return &FileError{Line: node.Line, Field: path, Problem: "wants keys with values"}
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		at := key.Value
		if path != "" {
			at = path + "." + key.Value
		}
		read, known := readers[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || !known:
			return &FileError{Line: key.Line, Field: path, Problem: fmt.Sprintf("unknown key %q", key.Value)}
		case seen[key.Value]:
			return &FileError{Line: key.Line, Field: at, Problem: "stands twice"}
		case value.Kind == yaml.AliasNode:
			return &FileError{Line: value.Line, Field: at, Problem: "aliases are not taken"}
		}
		seen[key.Value] = true
		if err := read(value, at); err != nil {
			return err
		}
	}
	return nil
}

func empty(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }

func text(into *string) fieldReader {
	return func(node *yaml.Node, path string) error {
		if node.Kind != yaml.ScalarNode {
			return &FileError{Line: node.Line, Field: path, Problem: "wants one value"}
		}
		if !empty(node) {
			*into = node.Value
		}
		return nil
	}
}

func texts(into *[]string) fieldReader {
	return func(node *yaml.Node, path string) error {
		if empty(node) {
			return nil
		}
		if node.Kind != yaml.SequenceNode {
			return &FileError{Line: node.Line, Field: path, Problem: "wants a list"}
		}
		for _, item := range node.Content {
			if item.Kind != yaml.ScalarNode || empty(item) {
				return &FileError{Line: item.Line, Field: path, Problem: "wants a list of single values"}
			}
			*into = append(*into, item.Value)
		}
		return nil
	}
}

func number(into **int64) fieldReader {
	return func(node *yaml.Node, path string) error {
		if empty(node) {
			return nil
		}
		n, err := strconv.ParseInt(node.Value, 10, 64)
		if node.Kind != yaml.ScalarNode || err != nil {
			return &FileError{Line: node.Line, Field: path, Problem: "wants a whole number"}
		}
		*into = &n
		return nil
	}
}

func moment(into *time.Time) fieldReader {
	return func(node *yaml.Node, path string) error {
		if empty(node) {
			return nil
		}
		for _, layout := range []string{dayLayout, time.RFC3339} {
			if at, err := time.Parse(layout, node.Value); err == nil && node.Kind == yaml.ScalarNode {
				*into = at.UTC()
				return nil
			}
		}
		return &FileError{Line: node.Line, Field: path, Problem: "wants a day such as 2026-11-22, or a time by RFC 3339"}
	}
}
