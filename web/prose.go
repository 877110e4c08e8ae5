package web

import (
	"cmp"
	"strings"

	"plimsoll/assessments"
)

func paragraphs(text string) []string {
	var all []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if paragraph = strings.Join(strings.Fields(paragraph), " "); paragraph != "" {
			all = append(all, paragraph)
		}
	}
	return all
}

// sourceParts takes a source apart into its words and the address at its end. An address alone is its own words.
func sourceParts(text string) (words, address string) {
	at := strings.Index(text, "https://")
	if at < 0 || strings.ContainsAny(text[at:], " \n") {
		return text, ""
	}
	return cmp.Or(strings.TrimRight(text[:at], ": ("), text[at:]), strings.TrimRight(text[at:], ").")
}

func toldBy(e RuleEntry) string {
	switch {
	case e.Rule == nil:
		return "answers"
	case len(e.Control.Questions) == 0:
		return "evidence"
	}
	return "evidence and answers"
}

func ruleSeverity(rule assessments.Rule, control assessments.Control) string {
	if rule.WorstSeverity > control.Severity {
		return control.Severity.String() + ", at worst " + rule.WorstSeverity.String()
	}
	return control.Severity.String()
}

func effortWords(e assessments.Effort) string {
	switch e {
	case assessments.EffortSetting:
		return "a setting, with the next release"
	case assessments.EffortChange:
		return "a change that is built and tested, days"
	}
	return "a project, weeks"
}
