package whatif

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments"
)

// Bounds of what a summary names one by one.
const (
	maxNamed   = 20 // findings
	maxReasons = 3  // for one rule
)

// Summary is a result as it is kept and shown: every score that moves, and findings by count. Its size does not grow with the platform.
type Summary struct {
	AsOf       time.Time             `json:"asOf"`
	Scores     Differences           `json:"scores"`
	Mends      []MendsOf             `json:"mends"`             // by rule
	Missing    int                   `json:"missing,omitzero"`  // findings that were asked for and are there no more
	GoneCount  int                   `json:"goneCount"`         // findings that are there no more
	NewCount   int                   `json:"newCount,omitzero"` // that come to light
	New        []assessments.Finding `json:"new,omitzero"`      // the gravest of these
	Milder     int                   `json:"milder,omitzero"`   // that stay, less grave
	Graver     int                   `json:"graver,omitzero"`   // that stay, graver
	RawChanged bool                  `json:"rawChanged"`        // whether the score without waivers moves
}

// MendsOf are the mends of one rule.
type MendsOf struct {
	Rule     string   `json:"rule"`
	Findings int      `json:"findings"`
	Assumed  int      `json:"assumed,omitzero"` // taken as mended, for no patch could be carried out
	Remains  int      `json:"remains,omitzero"` // whose patch does not make them go
	Why      []string `json:"why,omitzero"`     // of assumed ones, each reason once
}

// Summary sums the result up. Missing is how many findings that were asked for the platform does not have.
func (r *Result) Summary(missing int) Summary {
	s := Summary{AsOf: r.After.AsOf, Scores: r.Scores, Mends: []MendsOf{}, Missing: missing, GoneCount: len(r.Gone), NewCount: len(r.New)}
	s.New = slices.Clone(r.New[:min(len(r.New), maxNamed)])
	if d := r.Scores.RawScore; d != nil {
		s.RawChanged = d.Low != 0 || d.High != 0 || d.Value != nil && *d.Value != 0
	}
	at := map[string]int{}
	for _, m := range r.Mends {
		i, known := at[m.Rule]
		if !known {
			i, s.Mends = len(s.Mends), append(s.Mends, MendsOf{Rule: m.Rule})
			at[m.Rule] = i
		}
		s.Mends[i].add(m)
	}
	slices.SortStableFunc(s.Mends, func(a, b MendsOf) int {
		return cmp.Or(cmp.Compare(b.Findings, a.Findings), strings.Compare(a.Rule, b.Rule))
	})
	r.severities(&s)
	return s
}

func (o *MendsOf) add(m Mend) {
	o.Findings++
	if m.Left == Remains {
		o.Remains++
	}
	if m.How == Assumed {
		o.Assumed++
		if len(o.Why) < maxReasons && !slices.Contains(o.Why, m.Why) {
			o.Why = append(o.Why, m.Why)
		}
	}
}

// severities counts which way the findings go that stay with another severity.
func (r *Result) severities(s *Summary) {
	for _, f := range r.Changed {
		if f.Severity < r.was[identityOf(f)] {
			s.Milder++
		} else {
			s.Graver++
		}
	}
}

// Known are those of the fingerprints that the platform has a finding of, with every open finding of the rules; missing counts the
// others. Waived findings count as mended already: a rule takes them not along.
func (b *Base) Known(rules, fingerprints []string) (known []string, missing int) {
	seen := map[string]bool{}
	for _, id := range fingerprints {
		if _, there := b.findings[id]; !there {
			missing++
		} else if !seen[id] {
			seen[id], known = true, append(known, id)
		}
	}
	for _, f := range b.before.Findings {
		if !f.Waived && !seen[f.Fingerprint] && slices.Contains(rules, f.Rule) {
			seen[f.Fingerprint], known = true, append(known, f.Fingerprint)
		}
	}
	return known, missing
}
