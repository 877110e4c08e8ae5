package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// CaseFile holds the cases of one rule: testdata/<slug>.yaml.
type CaseFile struct {
	Rule string `yaml:"rule"`
	// Unreachable says of an outcome why no case can come to it.
	Unreachable map[assessments.Result]string `yaml:"unreachable"`
	Cases       []Case                        `yaml:"cases"`
}

// Case is one situation and everything that the rule must say of it.
type Case struct {
	Name    string             `yaml:"name"`    // a sentence
	Outcome assessments.Result `yaml:"outcome"` // what the case is there to show; at least one outcome is it. Empty, without wants: the rule has nothing to judge
	AsOf    time.Time          `yaml:"asOf"`    // default 2026-11-22
	Source  snapshot.Source    `yaml:"source"`  // default cluster
	Plan    bool               `yaml:"plan"`
	// Refused lists resources that the collector was not allowed to read.
	Refused []string `yaml:"refused"`
	// Scope lists the namespaces that the collector was given; nil: all of the cluster.
	Scope []string `yaml:"scope"`
	// Collected lists resources that the collector read whole; nil: every one. What was never looked at is "not collected".
	Collected               []string             `yaml:"collected"`
	History                 []yaml.Node          `yaml:"history"` // earlier snapshots in the shape of assessments.Earlier
	TargetVersion           string               `yaml:"targetVersion"`
	Settings                yaml.Node            `yaml:"settings"`
	Declared                []facts.WorkloadFact `yaml:"declared"`
	StatefulRecoverySeconds *int64               `yaml:"statefulRecoverySeconds"`
	PeakConnections         *int64               `yaml:"peakConnectionsPerSecond"`
	Records                 []yaml.Node          `yaml:"records"` // snapshot records in the shape of the wire
	Want                    []Want               `yaml:"want"`    // every outcome of the rule, no more and no fewer
}

// Want is one outcome that a case expects. Message, Reason and Evidence are parts of the text that must stand there.
type Want struct {
	Subject  string               `yaml:"subject"` // as people say it: payments/ledger · app
	Kind     string               `yaml:"kind"`    // only where two kinds share one name
	Result   assessments.Result   `yaml:"result"`
	Severity assessments.Severity `yaml:"severity"`
	Message  string               `yaml:"message"`
	Reason   string               `yaml:"reason"`
	Evidence string               `yaml:"evidence"`
	Expected string               `yaml:"expected"`
	Mend     string               `yaml:"mend"`
	Patch    string               `yaml:"patch"`
	NoPatch  bool                 `yaml:"noPatch"` // none may be offered
	// Without lists what must not stand anywhere in message, reason, evidence or mend.
	Without []string `yaml:"without"`
}

// results in the order that messages name them.
var results = []assessments.Result{assessments.Pass, assessments.Fail, assessments.Unknown, assessments.NotApplicable}

// maxCaseFileBytes bounds a file of cases: people write them by hand.
const maxCaseFileBytes = 4 << 20

// defaultAsOf is the day that cases are judged at where they name none.
var defaultAsOf = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

// ReadCases decodes one file of cases strictly: an unknown key, a double key, a second document or a case that asks for too
// little is an error that names the line or the case.
func ReadCases(name string, data []byte) (*CaseFile, error) {
	if len(data) > maxCaseFileBytes {
		return nil, fmt.Errorf("cases %s: %d bytes are more than the %d that a file of cases may have", name, len(data), maxCaseFileBytes)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	file := &CaseFile{}
	if err := decoder.Decode(file); err != nil {
		return nil, fmt.Errorf("cases %s: %w", name, err)
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("cases %s: want one document", name)
	}
	seen := map[string]bool{}
	for i := range file.Cases {
		c := &file.Cases[i]
		c.applyDefaults()
		if seen[c.Name] {
			return nil, fmt.Errorf("cases %s: two cases are named %q", name, c.Name)
		}
		seen[c.Name] = true
		if err := c.valid(); err != nil {
			return nil, fmt.Errorf("cases %s: case %q: %w", name, c.Name, err)
		}
	}
	return file, nil
}

func (c *Case) applyDefaults() {
	if c.AsOf.IsZero() {
		c.AsOf = defaultAsOf
	}
	if c.Source == "" {
		c.Source = snapshot.SourceCluster
	}
}

func (c *Case) valid() error {
	if c.Name == "" {
		return errors.New("a case needs a name")
	}
	shown := c.Outcome == "" && len(c.Want) == 0
	for _, w := range c.Want {
		if err := w.valid(); err != nil {
			return fmt.Errorf("want of %q: %w", w.Subject, err)
		}
		shown = shown || w.Result == c.Outcome
	}
	if !shown {
		return fmt.Errorf("it is there to show %q, and no outcome that it wants is that", c.Outcome)
	}
	return nil
}

// valid holds every expectation to the least that makes it able to fail.
func (w Want) valid() error {
	switch {
	case w.Subject == "":
		return errors.New("subject is missing")
	case w.Result == assessments.Fail && (w.Severity == 0 || w.Message == ""):
		return errors.New("a fail needs severity and message")
	case (w.Result == assessments.Unknown || w.Result == assessments.NotApplicable) && w.Reason == "":
		return errors.New("unknown and notApplicable need a reason")
	}
	for _, r := range results {
		if w.Result == r {
			return nil
		}
	}
	return fmt.Errorf("result: want pass, fail, unknown or notApplicable, got %q", w.Result)
}

// View builds what the rule sees in this case. With reversed, records come in the opposite order, which must change nothing.
func (c *Case) View(reversed bool) (assessments.View, error) {
	built, err := c.facts(reversed)
	if err != nil {
		return assessments.View{}, err
	}
	view := assessments.View{
		Facts: built, AsOf: assessments.Day(c.AsOf), Plan: c.Plan, StatefulRecoverySeconds: c.StatefulRecoverySeconds,
		PeakConnectionsPerSecond: c.PeakConnections,
	}
	if view.History, err = c.history(); err != nil {
		return assessments.View{}, err
	}
	if c.TargetVersion != "" {
		target, ok := facts.ParseVersion(c.TargetVersion)
		if !ok {
			return assessments.View{}, fmt.Errorf("targetVersion: want a version such as 1.37, got %q", c.TargetVersion)
		}
		view.Target = &target
	}
	if !c.Settings.IsZero() {
		if err := strictJSON(&c.Settings, &view.Settings); err != nil {
			return assessments.View{}, fmt.Errorf("settings: %w", err)
		}
	}
	return view, nil
}

// strictJSON decodes a YAML value by the JSON names of the target and refuses names that it lacks.
func strictJSON(node *yaml.Node, target any) error {
	data, err := asJSON(node)
	if err != nil {
		return err
	}
	return strictly(data, node.Line, target)
}

func strictly(data []byte, line int, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return fmt.Errorf("line %d: %w", line, err)
	}
	return nil
}

func asJSON(node *yaml.Node) ([]byte, error) {
	var value any
	if err := node.Decode(&value); err != nil {
		return nil, fmt.Errorf("line %d: %w", node.Line, err)
	}
	data, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", node.Line, err)
	}
	return data, nil
}
