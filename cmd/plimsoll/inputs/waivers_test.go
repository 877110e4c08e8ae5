package inputs

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWaiversAreReadStrictlyAndSayWhere(t *testing.T) {
	waivers, err := readWaivers(strings.NewReader("waivers:\n- {rule: probes/*, namespace: a, reason: known, until: 2027-03-31}\n- {rule: x, reason: y, until: 2027-03-31T10:00:00Z}\n"))
	require.NoError(t, err)
	require.Len(t, waivers, 2)
	require.Equal(t, time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC), waivers[0].Until)
	require.Equal(t, "probes/*", waivers[0].Rule)

	none, err := readWaivers(strings.NewReader(""))
	require.NoError(t, err)
	require.Empty(t, none)

	for text, want := range map[string]string{
		"waivers: {}":                                           "line 1: want a list, got keys with values",
		"- rule: a":                                             "line 1: want keys with values, got a list",
		"waivers: [a]":                                          "line 1: want keys with values, got a plain value",
		"waivers:\n- {rule: a, kind: [b]}":                      "line 2: want text, got a list",
		"waivers:\n- {rule: a, subject: b}":                     "line 2: unknown key subject",
		"waivers:\n- rule: a\n  rule: b":                        `line 3: mapping key "rule" already defined at line 2`,
		"waivers:\n- rule: [a]":                                 "line 2: waiver 1: rule: want text",
		"waivers:\n- rule: a\n  reason: b":                      "line 3: waiver 1: until: a last day must be there (2027-03-31)",
		"waivers:\n- {rule: a, until: 2027-03-31}":              "line 2: waiver 1: reason: say why the finding is accepted",
		"waivers:\n- rule: a\n  reason: b\n  until: 2027-13-45": `line 4: waiver 1: until: want a day such as 2027-03-31, got "2027-13-45"`,
		"waivers:\n- rule: a\n  reason: b\n  until: .nan":       `line 4: waiver 1: until: want a day such as 2027-03-31, got ".nan"`,
		"waivers:\n- {rule: '[', reason: b, until: 2027-03-31}": `line 2: waiver 1: glob "[": syntax error in pattern`,
		"waivers: [":                                            "line 1: did not find expected node content",
		"waivers: []\n---\nwaivers: []":                         "holds more than one document",
		strings.Repeat("#", maxWaiversBytes+1):                  "larger than 1048576 bytes",
	} {
		_, err := readWaivers(strings.NewReader(text))
		require.EqualError(t, err, want, text[:min(len(text), 80)])
	}
}
