package score

import (
	"encoding/xml"
	"fmt"
	"io"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/terminal"
)

// junitReport is JUnit's XML as CI servers read it: a suite for each rule, a case for each subject that has something to say.
type junitReport struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string     `xml:"classname,attr"`
	Name    string     `xml:"name,attr"`
	File    string     `xml:"file,attr,omitempty"`
	Line    int        `xml:"line,attr,omitempty"`
	Failure *junitText `xml:"failure"`
	Skipped *junitText `xml:"skipped"`
}

type junitText struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
}

// writeJUnit writes failures for exactly what fails the gate, so that a CI server and the exit code never disagree. What is milder,
// known, waived or can't be told is skipped with its reason; what holds passes, as one case for each rule.
func (r *result) writeJUnit(w io.Writer) error {
	report := junitReport{Name: "plimsoll"}
	findings := map[string][]Finding{}
	for _, f := range r.every() {
		findings[f.Rule] = append(findings[f.Rule], f)
	}
	why := map[string]string{}
	for _, c := range r.CouldNotSee {
		if why[c.What] == "" {
			why[c.What] = c.Why
		}
	}
	for _, rule := range r.Content.Rules.All() {
		report.add(r.junitRule(rule.ID, rule.Text.Title, r.Rules[rule.ID], findings[rule.ID], why[rule.ID]))
	}
	if r.Custom != nil {
		for i, rule := range r.own {
			result := r.Custom.Rules[i]
			blind := ""
			if len(result.CouldNotTell) > 0 {
				blind = result.CouldNotTell[0].Why
			}
			report.add(r.junitRule(rule.ID, rule.Text.Title, result.RuleCount, findings[rule.ID], blind))
		}
	}
	report.add(r.junitGate())
	report.add(r.junitInputs())
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", " ")
	if err := encoder.Encode(report); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	return nil
}

func (j *junitReport) add(s junitSuite) {
	if s.Tests == 0 {
		return
	}
	j.Suites = append(j.Suites, s)
	j.Tests += s.Tests
	j.Failures += s.Failures
	j.Skipped += s.Skipped
}

func (r *result) junitRule(id, title string, count assessments.RuleCount, findings []Finding, why string) junitSuite {
	suite := junitSuite{Name: id}
	for _, f := range findings {
		suite.add(r.junitFinding(f))
	}
	for _, l := range r.leftOut() {
		if l.Rule == id {
			r.junitLeftOut(&suite, l)
		}
	}
	if count.Pass > 0 {
		suite.add(junitCase{Class: id, Name: assessments.Counted(count.Pass, "subject") + " hold: " + title})
	}
	if count.Unknown > 0 {
		suite.add(junitCase{Class: id, Name: assessments.Counted(count.Unknown, "subject") + " can't be told", Skipped: &junitText{Message: terminal.Clean(why)}})
	}
	return suite
}

func (r *result) junitFinding(f Finding) junitCase {
	c := junitCase{Class: f.Rule, Name: terminal.Clean(f.Subject.text())}
	if f.Source != nil {
		c.File, c.Line = terminal.Clean(f.Source.File), f.Source.Line
	}
	switch {
	case f.Waived:
		c.Skipped = &junitText{Message: "waived: " + terminal.Clean(f.WaivedBy)}
	case f.Known:
		c.Skipped = &junitText{Message: fmt.Sprintf("known in the baseline, %s: %s", f.Severity, terminal.Clean(f.Message))}
	case !r.Gate.wants(f.Severity):
		c.Skipped = &junitText{Message: fmt.Sprintf("%s, below --fail-on %s: %s", f.Severity, r.Gate.FailOn, terminal.Clean(f.Message))}
	default:
		c.Failure = &junitText{Message: terminal.Clean(f.Message), Type: f.Severity.String(), Text: junitPlace(f) + messageOf(f)}
	}
	return c
}

// junitLeftOut has a case for the findings that are not listed.
func (r *result) junitLeftOut(suite *junitSuite, l assessments.LeftOut) {
	of := func(n int, state string) string {
		return fmt.Sprintf("%s, %s%s, not listed", assessments.Counted(n, "more finding"), l.Severity, state)
	}
	words := assessments.LeftOutWords(r.leftOut())
	if l.Waived > 0 {
		suite.add(junitCase{Class: l.Rule, Name: of(l.Waived, ", waived"), Skipped: &junitText{Message: words}})
	}
	if l.Open == 0 {
		return
	}
	c := junitCase{Class: l.Rule, Name: of(l.Open, "")}
	if r.Gate.wants(l.Severity) {
		c.Failure = &junitText{Message: words, Type: l.Severity.String()}
	} else {
		c.Skipped = &junitText{Message: words}
	}
	suite.add(c)
}

func junitPlace(f Finding) string {
	if f.Source == nil {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", terminal.Clean(f.Source.File), f.Source.Line)
}

// junitGate has a case for each bound on the whole.
func (r *result) junitGate() junitSuite {
	suite := junitSuite{Name: "gate"}
	bound := func(name string, asked, failed bool) {
		if !asked {
			return
		}
		c := junitCase{Class: "gate", Name: name}
		if failed {
			message := "there is no score"
			if r.Score != nil {
				message = fmt.Sprintf("score %s, %s", pointOf(r.Score), intervalOf(r.Score))
			}
			c.Failure = &junitText{Message: message, Type: "gate"}
		}
		suite.add(c)
	}
	bound("there is evidence to judge", true, r.Gate.ExitCode == ExitNoEvidence)
	if n := r.Gate.FailUnder; n != nil {
		bound(fmt.Sprintf("the score is %d or more", *n), true, r.Gate.scoreUnder)
	}
	if n := r.Gate.FailCoverageUnder; n != nil {
		bound(fmt.Sprintf("%d %% or more is known", *n), true, r.Gate.coverageUnder)
	}
	return suite
}

func (r *result) junitInputs() junitSuite {
	suite := junitSuite{Name: "inputs"}
	for _, s := range r.Inputs.Skipped {
		suite.add(junitCase{
			Class: "inputs", Name: terminal.Clean(s.Where()), File: terminal.Clean(s.File), Line: s.Line,
			Skipped: &junitText{Message: "not read: " + terminal.Clean(s.Reason)},
		})
	}
	return suite
}

// wants reports whether a finding of the severity would fail the gate.
func (g Gate) wants(s assessments.Severity) bool {
	var on assessments.Severity
	return on.UnmarshalText([]byte(g.FailOn)) == nil && on > 0 && s >= on
}
