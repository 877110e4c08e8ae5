package inputs

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
)

const maxWaiversBytes = 1 << 20

// readWaivers reads a YAML file `waivers: [{rule, kind, namespace, name, container, reason, until}]` strictly. Rule and subject
// are globs; reason and until must be there, since a waiver that nobody explained or that never ends is a hole.
func readWaivers(r io.Reader) ([]assessments.Waiver, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxWaiversBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if len(data) > maxWaiversBytes {
		return nil, fmt.Errorf("larger than %d bytes", maxWaiversBytes)
	}
	var file struct {
		Waivers []waiverEntry `yaml:"waivers"`
	}
	if err := decodeStrictly(data, &file); err != nil {
		return nil, err
	}
	waivers := make([]assessments.Waiver, 0, len(file.Waivers))
	for i, entry := range file.Waivers {
		w, err := entry.waiver()
		if err != nil {
			return nil, fmt.Errorf("line %d: waiver %d: %w", max(entry.Rule.Line, entry.Reason.Line, entry.Until.Line), i+1, err)
		}
		waivers = append(waivers, w)
	}
	return waivers, nil
}

// waiverEntry is a waiver as it is written. What every waiver must have keeps its line.
type waiverEntry struct {
	Rule      yaml.Node `yaml:"rule"`
	Kind      string    `yaml:"kind"`
	Namespace string    `yaml:"namespace"`
	Name      string    `yaml:"name"`
	Container string    `yaml:"container"`
	Reason    yaml.Node `yaml:"reason"`
	Author    string    `yaml:"author"`
	Until     yaml.Node `yaml:"until"`
}

func (e waiverEntry) waiver() (assessments.Waiver, error) {
	w := assessments.Waiver{Kind: e.Kind, Namespace: e.Namespace, Name: e.Name, Container: e.Container, Author: e.Author}
	for _, text := range []struct {
		key  string
		node yaml.Node
		into *string
	}{{"rule", e.Rule, &w.Rule}, {"reason", e.Reason, &w.Reason}} {
		if text.node.Kind != 0 && text.node.Kind != yaml.ScalarNode {
			return w, fmt.Errorf("%s: want text", text.key)
		}
		*text.into = text.node.Value
	}
	if e.Until.Value != "" {
		var err error
		if w.Until, err = parseDay(e.Until.Value); err != nil {
			return w, fmt.Errorf("until: %w", err)
		}
	}
	return w, checkWaiver(w)
}

// parseDay reads a day, alone or at the head of a time.
func parseDay(text string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		if day, err = time.Parse(time.RFC3339, text); err != nil {
			return day, fmt.Errorf("want a day such as 2027-03-31, got %q", text)
		}
	}
	return day, nil
}

var yamlTypeError = regexp.MustCompile("line (\\d+): cannot unmarshal !!(\\w+)(?: `[^`]*`)? into (\\S+)")

// plainYAML is an error of the YAML library in this program's words: on one line, without the names of Go's types.
func plainYAML(err error) error {
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		return errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	first := wrong.Errors[0]
	if m := yamlTypeError.FindStringSubmatch(first); m != nil {
		want := map[bool]string{true: "a list", false: "keys with values"}[strings.HasPrefix(m[3], "[]")]
		if m[3] == "string" {
			want = "text"
		}
		got := map[string]string{"map": "keys with values", "seq": "a list"}[m[2]]
		return fmt.Errorf("line %s: want %s, got %s", m[1], want, cmp.Or(got, "a plain value"))
	}
	if text, _, isField := strings.Cut(first, " not found in type "); isField {
		return errors.New(strings.Replace(text, "field ", "unknown key ", 1))
	}
	return errors.New(first)
}

func decodeStrictly(data []byte, into any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return plainYAML(err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("holds more than one document")
	}
	return nil
}

func checkWaiver(w assessments.Waiver) error {
	switch {
	case w.Rule == "":
		return errors.New("rule: an id or a glob must be there")
	case w.Reason == "":
		return errors.New("reason: say why the finding is accepted")
	case w.Until.IsZero():
		return errors.New("until: a last day must be there (2027-03-31)")
	}
	for _, glob := range []string{w.Rule, w.Kind, w.Namespace, w.Name, w.Container} {
		if _, err := path.Match(glob, ""); err != nil {
			return fmt.Errorf("glob %q: %w", glob, err)
		}
	}
	return nil
}
