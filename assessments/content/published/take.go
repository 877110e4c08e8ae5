package published

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

// Take makes the record of a content. Cases are the files of cases below assessments, as they lie in the source.
func Take(c *assessments.Content, assessmentsFolder fs.FS) (Record, error) {
	r := Record{Version: c.Version, Controls: map[string]Entry{}, Rules: map[string]Entry{}, Pairs: map[string]Entry{}, Questions: map[string]Entry{}}
	var problems []error
	put := func(into map[string]Entry, id string, entry Entry, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", id, err))
		}
		into[id] = entry
	}
	for _, control := range c.Controls {
		entry, err := controlEntry(control)
		put(r.Controls, control.ID, entry, err)
	}
	for _, rule := range c.Rules.All() {
		entry, err := ruleEntry(rule, assessmentsFolder)
		put(r.Rules, rule.ID, entry, err)
	}
	for _, pair := range c.Pairs {
		entry, err := pairEntry(pair, assessmentsFolder)
		put(r.Pairs, pair.ID, entry, err)
	}
	for _, question := range c.Questionnaire.Questions() {
		entry, err := questionEntry(question)
		put(r.Questions, question.ID, entry, err)
	}
	return r, errors.Join(problems...)
}

func controlEntry(c assessments.Control) (Entry, error) {
	declared := make([]string, len(c.Questions))
	for i, d := range c.Questions {
		declared[i] = d.Question + "/" + strconv.Itoa(d.ShareParts)
	}
	wording, err := digest(c.Title)
	return Entry{Wording: wording, Means: map[string]string{
		"weight": strconv.Itoa(c.Weight), "severity": c.Severity.String(), "alphaPercent": strconv.Itoa(c.AlphaPercent), "adding": string(c.Adding),
		"questions": strings.Join(declared, " "), "pairs": strings.Join(c.Pairs, " "), "outBy": strings.Join(c.OutBy, " "),
	}}, err
}

func ruleEntry(r assessments.Rule, folder fs.FS) (Entry, error) {
	wording, err := digest(r.Text)
	if err != nil {
		return Entry{}, err
	}
	pillar, slug, _ := strings.Cut(r.ID, "/")
	cases, err := casesOf(folder, "rules/"+pillar+"/testdata/"+slug+".yaml", wantsOfRule)
	return Entry{Wording: wording, Cases: cases, Means: map[string]string{
		"control": r.Control, "subject": r.SubjectKind, "worstSeverity": r.WorstSeverity.String(),
	}}, err
}

func pairEntry(p assessments.Pair, folder fs.FS) (Entry, error) {
	wording, err := digest([]string{p.Observes, p.Guard})
	if err != nil {
		return Entry{}, err
	}
	prefix := strings.ToLower(strings.ReplaceAll(p.ID, "-", ""))
	found, err := fs.Glob(folder, "contradictions/testdata/"+prefix+"-*.yaml")
	if err != nil || len(found) != 1 {
		return Entry{}, fmt.Errorf("want one file of cases, found %d", len(found))
	}
	cases, err := casesOf(folder, found[0], wantsOfPair)
	return Entry{Wording: wording, Cases: cases, Means: map[string]string{
		"questions": strings.Join(p.Questions, " "), "decisive": strconv.FormatBool(p.Decisive), "reopens": strconv.FormatBool(p.Reopens),
	}}, err
}

func questionEntry(q *questionnaire.Question) (Entry, error) {
	texts := []string{q.Short, q.Text, q.PlanText, q.ProviderText, q.Help, q.FindOut, strings.Join(q.Lessons, "\n")}
	means := map[string]string{
		"section": string(q.Section), "who": string(q.Who), "axis": string(q.Axis), "weight": strconv.Itoa(q.Weight), "multi": strconv.FormatBool(q.Multi),
		"reviewDays": strconv.Itoa(q.ReviewDays),
	}
	if f := q.Figure; f != nil {
		means["figure"] = fmt.Sprintf("%s in %s, %d to %d", f.Name, f.Unit, f.Min, f.Max)
		texts = append(texts, f.Text)
	}
	for _, o := range q.Options {
		texts = append(texts, o.Text)
		means["option "+o.ID] = optionMeans(o)
	}
	wording, err := digest(texts)
	return Entry{Means: means, Wording: wording}, err
}

func optionMeans(o questionnaire.Option) string {
	text := strconv.FormatInt(o.ValueMicros, 10)
	if o.Blind {
		text = "not known"
	}
	if o.Cap > 0 {
		text += ", caps at " + strconv.Itoa(o.Cap)
	}
	return text
}

// wants keeps of what a case wants the part that decides, without its words.
type wants func(want any) any

func casesOf(folder fs.FS, path string, keep wants) (map[string]string, error) {
	data, err := fs.ReadFile(folder, path)
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	var file struct {
		Cases []map[string]any `yaml:"cases"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("cases %s: %w", path, err)
	}
	digests := map[string]string{}
	for _, c := range file.Cases {
		name, _ := c["name"].(string)
		if name == "" || digests[name] != "" {
			return nil, fmt.Errorf("cases %s: %q: a case needs a name of its own", path, name)
		}
		delete(c, "name")
		c["want"] = keep(c["want"])
		if digests[name], err = digest(c); err != nil {
			return nil, fmt.Errorf("cases %s: %q: %w", path, name, err)
		}
	}
	return digests, nil
}

func wantsOfRule(want any) any {
	list, _ := want.([]any)
	kept := make([]any, len(list))
	for i, w := range list {
		kept[i] = only(w, "subject", "kind", "result", "severity")
	}
	return kept
}

func wantsOfPair(want any) any {
	byQuestion, _ := want.(map[string]any)
	kept := make(map[string]any, len(byQuestion))
	for question, w := range byQuestion {
		kept[question] = only(w, "result", "allows", "decisive", "severity", "asks")
	}
	return kept
}

func only(value any, keys ...string) any {
	fields, _ := value.(map[string]any)
	kept := map[string]any{}
	for _, key := range keys {
		if v, ok := fields[key]; ok {
			kept[key] = v
		}
	}
	return kept
}
