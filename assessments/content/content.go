// Package content assembles a published content version: rules, controls, pairs and questions, held against each other once at
// start and named by one hash.
package content

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"

	"plimsoll/assessments"
	"plimsoll/assessments/controls"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/reference"
)

// Version of the content that V1 assembles.
const Version = "1"

// V1 is content version 1, assembled once. Content that does not hold together is a programming error: it panics at start.
func V1() *assessments.Content { return current() }

var current = sync.OnceValue(func() *assessments.Content {
	c := &assessments.Content{
		Version: Version, Rules: &assessments.Registry{}, Controls: controls.All(), Pairs: allPairs(), Questionnaire: questionnaire.Current(),
	}
	register(c.Rules)
	if err := Check(c); err != nil {
		panic(fmt.Sprintf("content version %s: %v", Version, err))
	}
	hash, err := hashOf(c)
	if err != nil {
		panic(fmt.Sprintf("content version %s: %v", Version, err))
	}
	c.Hash = hash
	return c
})

// Check holds the parts against each other: each rule has its control, each control a rule or a question or evidence to come,
// each question that a table names exists, and each scored question outside the gate declares a control.
func Check(c *assessments.Content) error {
	known := map[string]bool{}
	declares := map[string]bool{}
	for _, control := range c.Controls {
		known[control.ID] = true
		for _, d := range control.Questions {
			q, ok := c.Questionnaire.Question(d.Question)
			if !ok || q.Weight == 0 {
				return fmt.Errorf("control %s: %s is no scored question", control.ID, d.Question)
			}
			declares[d.Question] = true
		}
		for _, option := range control.OutBy {
			if q, ok := c.Questionnaire.Question(option[:2]); !ok || q.Section != questionnaire.Context {
				return fmt.Errorf("control %s: %s is no context option", control.ID, option)
			} else if _, ok := q.Option(option); !ok {
				return fmt.Errorf("control %s: question %s has no option %s", control.ID, q.ID, option)
			}
		}
	}
	for _, rule := range c.Rules.All() {
		if !known[rule.Control] {
			return fmt.Errorf("rule %s: no control %s", rule.ID, rule.Control)
		}
	}
	for _, section := range c.Questionnaire.Sections {
		for _, q := range section.Questions {
			if section.ID != questionnaire.Context && section.ID != questionnaire.Gate && !declares[q.ID] {
				return fmt.Errorf("question %s declares no control", q.ID)
			}
		}
	}
	return checkPairs(c)
}

func checkPairs(c *assessments.Content) error {
	seen := map[string]bool{}
	for _, pair := range c.Pairs {
		if seen[pair.ID] {
			return fmt.Errorf("pair %s stands twice", pair.ID)
		}
		seen[pair.ID] = true
		for _, id := range pair.Questions {
			if _, ok := c.Questionnaire.Question(id); !ok {
				return fmt.Errorf("pair %s: no question %s", pair.ID, id)
			}
		}
	}
	return nil
}

// hashOf names everything that a result depends on beside its input: tables, texts, questions and reference files. The code of
// rules is named by the content version.
func hashOf(c *assessments.Content) (string, error) {
	sum := sha256.New()
	encoder := json.NewEncoder(sum)
	if err := encoder.Encode(c.Controls); err != nil {
		return "", fmt.Errorf("hash controls: %w", err)
	}
	for _, r := range c.Rules.All() {
		if err := encoder.Encode([]any{r.ID, r.Control, r.SubjectKind, r.WorstSeverity, r.Text}); err != nil {
			return "", fmt.Errorf("hash rule %s: %w", r.ID, err)
		}
	}
	for _, p := range c.Pairs {
		if err := encoder.Encode([]any{p.ID, p.Questions, p.Decisive, p.Reopens, p.Observes, p.Guard}); err != nil {
			return "", fmt.Errorf("hash pair %s: %w", p.ID, err)
		}
	}
	fmt.Fprintln(sum, c.Version, c.Questionnaire.Hash)
	if err := hashReference(sum); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func hashReference(sum io.Writer) error {
	dates := reference.Dates()
	names := make([]string, 0, len(dates))
	for name := range dates {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		data, ok := reference.Content(name)
		if !ok {
			return fmt.Errorf("hash reference: no file %s", name)
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(data), data)
	}
	return nil
}
