package web

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

var ticketed = assessments.Finding{
	Rule: "probes/kill-loop", Severity: assessments.Critical, Subject: assessments.Subject{Kind: "StatefulSet", Namespace: "events", Name: "kafka", Container: "broker"},
	Source: assessments.Place{File: "kafka.yaml", Line: 7}, Message: "The probe kills it.", Evidence: []assessments.Evidence{{What: "time to kill", Value: "70 s"}},
	Expected: "540 s or more", Mend: assessments.Mend{Text: "Add a startup probe.", Patch: "spec:\n  a: b\n"},
}

func TestATicketHoldsAllThatIsNeededToMend(t *testing.T) {
	for _, text := range []string{TicketText(ticketed, "https://p.example/f/1"), TicketMarkdown(ticketed, "https://p.example/f/1")} {
		for _, part := range []string{"events/kafka · broker: The probe kills it", "StatefulSet", "critical", "probes/kill-loop", "kafka.yaml:7", "time to kill", "70 s", "540 s or more",
			"Add a startup probe.", "spec:\n  a: b", "https://p.example/f/1"} {
			require.Contains(t, text, part)
		}
	}
	bare := TicketText(assessments.Finding{Rule: "a/b", Subject: assessments.Subject{Name: "x"}, Message: "It is."}, "u")
	require.NotContains(t, bare, "How to mend it")
	require.NotContains(t, bare, "Stands in")
}

// Names come from clusters, and patches hold what names hold: neither can end what it stands in.
func TestNothingInATicketIsReadAsMarkup(t *testing.T) {
	odd := ticketed
	odd.Subject.Name = "a`b``c"
	odd.Message = "see [this](https://evil.example)\n# and <script>"
	odd.Evidence = []assessments.Evidence{{What: "*x*", Value: "_y_"}}
	odd.Mend.Patch = "a: |\n  ```\n  # out\n"
	text := TicketMarkdown(odd, "https://p.example/f/1")
	require.Contains(t, text, "```events/a`b``c · broker```")
	require.Contains(t, text, `see \[this\](https://evil.example) \# and \<script\>`)
	require.Contains(t, text, `\*x\*: **\_y\_**`)
	require.Equal(t, 2, strings.Count(text, "````"), "a longer fence stands around the patch")
	require.Equal(t, "`` `x ``", codeSpan("`x"))
}
