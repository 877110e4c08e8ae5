package score

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/terminal"
)

// What code hosts take of one upload: GitHub refuses more results in a run, and larger files.
const (
	maxSARIFResults = 25_000
	maxSARIFBytes   = 10_000_000 // gzipped
	maxSARIFText    = 1_000      // characters of a rule's description
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	siteURI     = "https://plimsoll.dev/"
)

// sarifLog is the part of SARIF 2.1.0 that is written, in the words of the standard.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	ColumnKind  string            `json:"columnKind"`
	Results     []sarifResult     `json:"results"`
	Properties  map[string]any    `json:"properties,omitzero"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	InformationURI string      `json:"informationUri"`
	Version        string      `json:"version"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID         string             `json:"id"`
	Name       string             `json:"name"`
	Short      sarifText          `json:"shortDescription"`
	Full       sarifText          `json:"fullDescription"`
	Help       sarifText          `json:"help"`
	Defaults   sarifConfiguration `json:"defaultConfiguration"`
	Properties sarifProperties    `json:"properties"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitzero"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifProperties struct {
	Tags             []string `json:"tags,omitzero"`
	Precision        string   `json:"precision,omitzero"`
	SecuritySeverity string   `json:"security-severity,omitzero"`
	Severity         string   `json:"severity,omitzero"`
	Expected         string   `json:"expected,omitzero"`
	Mend             string   `json:"mend,omitzero"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	ExitCode      int                 `json:"exitCode"`
	Notifications []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitzero"`
}

type sarifResult struct {
	RuleID        string             `json:"ruleId"`
	RuleIndex     int                `json:"ruleIndex"`
	Kind          string             `json:"kind"`
	Level         string             `json:"level"`
	Message       sarifText          `json:"message"`
	Locations     []sarifLocation    `json:"locations"`
	Fingerprints  map[string]string  `json:"partialFingerprints"`
	BaselineState string             `json:"baselineState,omitzero"`
	Suppressions  []sarifSuppression `json:"suppressions,omitzero"`
	Properties    sarifProperties    `json:"properties"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitzero"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

type sarifLogical struct {
	Name          string `json:"name"`
	QualifiedName string `json:"fullyQualifiedName"`
	Kind          string `json:"kind"`
}

// writeSARIF writes SARIF 2.1.0 within what code hosts take. What is left out to fit is the mildest, and is said in the file and on
// standard error.
func (r *result) writeSARIF(w io.Writer) error {
	results := r.sarifResults()
	keep := min(len(results), maxSARIFResults)
	for {
		text, err := r.sarif(results[:keep], len(results)-keep)
		if err != nil {
			return err
		}
		size, err := gzipped(text)
		if err != nil {
			return err
		}
		if size <= maxSARIFBytes || keep == 0 {
			if left := len(results) - keep; left > 0 {
				r.notes = append(r.notes, cutMessage(left))
			}
			if _, err := w.Write(text); err != nil {
				return fmt.Errorf("write SARIF: %w", err)
			}
			return nil
		}
		keep = min(keep-1, keep*maxSARIFBytes/size*95/100)
	}
}

func cutMessage(left int) string {
	return fmt.Sprintf("SARIF: %s of the mildest left out to stay within what code hosts take (%d results, %d MB gzipped)", assessments.Counted(left, "finding"), maxSARIFResults, maxSARIFBytes/1_000_000)
}

func (r *result) sarif(results []sarifResult, left int) ([]byte, error) {
	invocation := sarifInvocation{Successful: true, ExitCode: r.Gate.ExitCode, Notifications: []sarifNotification{}}
	if left > 0 {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{Level: "warning", Message: sarifText{Text: cutMessage(left)}})
	}
	if words := assessments.LeftOutWords(r.leftOut()); words != "" {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{Level: "warning", Message: sarifText{Text: words}})
	}
	for _, s := range r.Inputs.Skipped {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{
			Level: "warning", Message: sarifText{Text: "skipped: " + terminal.Clean(s.Reason)},
			Locations: []sarifLocation{{Physical: sarifPhysical{sarifArtifact{artifactURI(s.File)}, sarifRegion{max(s.Line, 1)}}}},
		})
	}
	for _, g := range unseenGroups(r.CouldNotSee) {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{
			Level: "note", Message: sarifText{Text: "could not be seen: " + terminal.Clean(g.why) + ": " + strings.Join(g.what, ", ")},
		})
	}
	properties := map[string]any{"contentVersion": r.ContentVersion, "contentHash": r.ContentHash, "asOf": r.AsOf}
	if r.Score != nil {
		properties["score"], properties["loadLine"] = r.Score, r.LoadLine
	}
	log := sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{{
		Tool:        sarifTool{sarifDriver{Name: "Plimsoll", InformationURI: siteURI, Version: r.ContentVersion, Rules: r.sarifRules()}},
		Invocations: []sarifInvocation{invocation}, ColumnKind: "unicodeCodePoints", Results: results, Properties: properties,
	}}}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(log); err != nil {
		return nil, fmt.Errorf("write SARIF: %w", err)
	}
	return b.Bytes(), nil
}

func gzipped(text []byte) (int, error) {
	var n countingWriter
	w := gzip.NewWriter(&n)
	if _, err := w.Write(text); err != nil {
		return 0, fmt.Errorf("measure SARIF: %w", err)
	}
	if err := w.Close(); err != nil {
		return 0, fmt.Errorf("measure SARIF: %w", err)
	}
	return int(n), nil
}

type countingWriter int64

func (c *countingWriter) Write(p []byte) (int, error) {
	*c += countingWriter(len(p))
	return len(p), nil
}

// sarifRules are all rules of the content, in the order of their ids: a rule without results was judged as well.
func (r *result) sarifRules() []sarifRule {
	severities := map[string]assessments.Severity{}
	for _, c := range r.Content.Controls {
		severities[c.ID] = c.Severity
	}
	rules := []sarifRule{}
	for _, rule := range r.Content.Rules.All() {
		severity := severities[rule.Control]
		pillar, slug, _ := strings.Cut(rule.ID, "/")
		rules = append(rules, sarifRule{
			ID: rule.ID, Name: pascal(pillar) + pascal(slug), Short: sarifText{Text: sentence(rule.Text.Title)}, Full: sarifText{Text: cut(rule.Text.What, maxSARIFText)},
			Help:       sarifText{Text: helpOf(rule, "", ""), Markdown: helpOf(rule, "**", "**")},
			Defaults:   sarifConfiguration{levelOf(severity)},
			Properties: sarifProperties{Tags: []string{"kubernetes", pillar}, Precision: "high", Severity: severity.String()},
		})
	}
	for _, rule := range r.own {
		_, slug, _ := strings.Cut(rule.ID, "/")
		rules = append(rules, sarifRule{
			ID: rule.ID, Name: "Custom" + pascal(slug), Short: sarifText{Text: sentence(rule.Text.Title)}, Full: sarifText{Text: cut(cmp.Or(rule.Text.What, rule.Text.Title), maxSARIFText)},
			Help: sarifText{Text: cmp.Or(helpOf(assessments.Rule{Text: rule.Text}, "", ""), rule.Text.Title)}, Defaults: sarifConfiguration{levelOf(rule.Severity)},
			Properties: sarifProperties{Tags: []string{"kubernetes", "custom"}, Precision: "high", Severity: rule.Severity.String()},
		})
	}
	return rules
}

func helpOf(rule assessments.Rule, open, shut string) string {
	var b strings.Builder
	for _, part := range []struct{ title, text string }{
		{"Why", rule.Text.Why}, {"How it is decided", rule.Text.How}, {"Mend", rule.Text.Mend}, {"What it does not catch", rule.Text.DoesNotCatch},
	} {
		if part.text != "" {
			fmt.Fprintf(&b, "%s%s%s\n%s\n\n", open, part.title, shut, strings.TrimSpace(part.text))
		}
	}
	return strings.TrimSpace(b.String())
}

func pascal(slug string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(slug, "-") {
		if part != "" {
			b.WriteString(assessments.Capital(part))
		}
	}
	return b.String()
}

func sentence(text string) string { return strings.TrimSuffix(text, ".") + "." }

func cut(text string, most int) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}

func levelOf(s assessments.Severity) string {
	switch s {
	case assessments.Critical, assessments.High:
		return "error"
	case assessments.Medium:
		return "warning"
	}
	return "note"
}

// sarifResults are the findings, the gravest first; what is waived or known stands behind what is open at its severity.
func (r *result) sarifResults() []sarifResult {
	index := map[string]int{}
	for i, rule := range r.Content.Rules.All() {
		index[rule.ID] = i
	}
	for _, rule := range r.own {
		index[rule.ID] = len(index)
	}
	results := make([]sarifResult, 0, len(r.Findings))
	for _, settled := range []bool{false, true} {
		for _, f := range r.every() {
			if (f.Waived || f.Known) == settled {
				results = append(results, r.sarifResult(f, index[f.Rule]))
			}
		}
	}
	return results
}

func (r *result) sarifResult(f Finding, index int) sarifResult {
	result := sarifResult{
		RuleID: f.Rule, RuleIndex: index, Kind: "fail", Level: levelOf(f.Severity), Message: sarifText{Text: messageOf(f)},
		Locations:    []sarifLocation{r.locationOf(f)},
		Fingerprints: map[string]string{"plimsollFinding/v1": f.Fingerprint},
		Properties:   sarifProperties{Severity: f.Severity.String(), Expected: terminal.Clean(f.Expected), Mend: terminal.Clean(f.Mend.Text)},
	}
	if f.Waived {
		kind := "external"
		if f.WaivedAtSource {
			kind = "inSource"
		}
		result.Suppressions = []sarifSuppression{{Kind: kind, Status: "accepted", Justification: terminal.Clean(f.WaivedBy)}}
	}
	if r.Baseline != nil {
		switch {
		case f.Known || f.Waived:
			result.BaselineState = "unchanged"
		case f.graver:
			result.BaselineState = "updated"
		default:
			result.BaselineState = "new"
		}
	}
	return result
}

// messageOf is a finding as one text: subject, what is wrong, what was seen, how to mend it.
func messageOf(f Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", f.Subject.text(), f.Message)
	for _, e := range f.Evidence {
		fmt.Fprintf(&b, " %s: %s.", e.What, e.Value)
	}
	if f.Mend.Text != "" {
		fmt.Fprintf(&b, " Mend: %s", f.Mend.Text)
	}
	return terminal.Clean(b.String())
}

// locationOf is where a finding stands. What comes from no file (a snapshot, a cluster) stands at the input that was given: code hosts
// take no result without a file.
func (r *result) locationOf(f Finding) sarifLocation {
	physical := sarifPhysical{Region: sarifRegion{1}}
	switch {
	case f.Source != nil:
		physical.Artifact.URI, physical.Region.StartLine = artifactURI(f.Source.File), max(f.Source.Line, 1)
	case len(r.paths) > 0:
		physical.Artifact.URI = artifactURI(r.paths[0])
	default:
		physical.Artifact.URI = "plimsoll"
	}
	name := terminal.Clean(f.Subject.Name)
	return sarifLocation{Physical: physical, Logical: []sarifLogical{{Name: name, QualifiedName: terminal.Clean(f.Subject.text()), Kind: "object"}}}
}

// artifactURI is a file as a URI reference: relative to where the command ran, as code hosts want it, or with the scheme file.
func artifactURI(file string) string {
	file = terminal.Clean(file)
	if strings.HasPrefix(file, "/") {
		return (&url.URL{Scheme: "file", Path: path.Clean(file)}).String()
	}
	return (&url.URL{Path: path.Clean(file)}).String()
}
