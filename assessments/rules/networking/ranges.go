package networking

import (
	"fmt"
	"strings"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
)

// soon is within how many days a range that grows may not be full.
const soon = 90

// fullSoon reports whether a range is full within 90 days of the judged day, by its growth.
func fullSoon(v assessments.View, r network.Range) bool {
	day, err := time.Parse(time.DateOnly, r.Growth.FillsOn)
	return err == nil && day.Sub(v.AsOf) <= soon*24*time.Hour
}

// rangeEvidence is what stands beside every finding about a range.
func rangeEvidence(r network.Range, unit string) []assessments.Evidence {
	seen := []assessments.Evidence{{What: "used", Value: fmt.Sprintf("%d of %d %s (%d %%)", *r.Used, r.Size, unit, *r.UsePercent)}}
	if len(r.CIDRs) > 0 {
		value := strings.Join(r.CIDRs[:min(len(r.CIDRs), 4)], ", ")
		if r.PartBits > 0 {
			value += fmt.Sprintf(", /%d for each node", r.PartBits)
		}
		seen = append(seen, assessments.Evidence{What: "range", Value: value})
	}
	switch g := r.Growth; {
	case g.FillsOn != "" && g.PerMile > 0:
		seen = append(seen, assessments.Evidence{What: "growth", Value: fmt.Sprintf("%s in 30 days since %s; full on %s", thousandths(g.PerMile), g.Since, g.FillsOn)})
	case g.Known:
		seen = append(seen, assessments.Evidence{What: "growth", Value: fmt.Sprintf("%s in 30 days since %s", thousandths(g.PerMile), g.Since)})
	}
	return seen
}

// thousandths writes a count in thousandths with one decimal.
func thousandths(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return strings.TrimSuffix(fmt.Sprintf("%s%d.%d", sign, n/1000, n%1000/100), ".0")
}

// usedFrom reports whether a range's use has reached so many percent, exactly.
func usedFrom(r network.Range, percent int64) bool { return *r.UsePercent >= percent }
