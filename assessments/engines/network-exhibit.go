package engines

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
)

// ForecastOf forecasts the network.
func ForecastOf(v assessments.View) network.Forecast { return network.Of(v) }

// NetworkExhibit puts a forecast into words.
func NetworkExhibit(f network.Forecast) Exhibit {
	e := Exhibit{ID: "network", Title: Title("network"), Lead: networkLead(f)}
	if len(f.Conntrack.Tables) != 0 {
		e.Parts = append(e.Parts, tablesPart(f.Conntrack))
	}
	if f.Conntrack.Load != nil {
		e.Parts = append(e.Parts, loadPart(*f.Conntrack.Load))
	}
	if len(f.Addresses) != 0 {
		e.Parts = append(e.Parts, addressPart(f.Addresses))
	}
	if f.ServiceRules.Services != 0 {
		e.Parts = append(e.Parts, rulesPart(f.ServiceRules))
	}
	if inLead := e.Parts == nil && len(f.Unseen) == 1; f.Unseen != nil && !inLead {
		e.Parts = append(e.Parts, Part{Title: "What the forecast does not know", Text: sentences(f.Unseen)})
	}
	return e
}

func networkLead(f network.Forecast) string {
	var parts []string
	if fullest := fullestOf(f.Conntrack.Tables, func(t network.Table) *int64 { return t.UsePercent }); fullest != nil {
		parts = append(parts, fmt.Sprintf("The fullest connection table, on %s, holds %s of %s entries", fullest.Node, number(*fullest.Entries), number(fullest.MaxEntries)))
	}
	if fullest := fullestOf(f.Addresses, func(r network.Range) *int64 { return r.UsePercent }); fullest != nil {
		text := fmt.Sprintf("%s: %s of %s used", rangeName(*fullest), number(*fullest.Used), number(fullest.Size))
		if fullest.Growth.FillsOn != "" {
			text += ", full on " + fullest.Growth.FillsOn
		}
		parts = append(parts, text)
	}
	switch {
	case parts != nil:
		return strings.Join(parts, ". ") + "."
	case len(f.Unseen) == 1:
		return "Nothing can be forecast: " + f.Unseen[0] + "."
	case f.Unseen != nil:
		return "Nothing can be forecast of this snapshot: what it lacks stands below."
	}
	return "Nothing can be forecast: no node gave its connection table, and no range shows how far it is used."
}

// fullestOf is the first of those whose use is highest; nil where no use is known.
func fullestOf[T any](all []T, percent func(T) *int64) *T {
	var fullest *T
	for i, one := range all {
		if use := percent(one); use != nil && (fullest == nil || *use > *percent(*fullest)) {
			fullest = &all[i]
		}
	}
	return fullest
}

func tablesPart(c network.Conntrack) Part {
	tables := slices.Clone(c.Tables)
	slices.SortStableFunc(tables, func(a, b network.Table) int { return cmp.Compare(percentOf(b), percentOf(a)) })
	rows := make([][]string, 0, len(tables))
	for _, t := range tables {
		rows = append(rows, []string{t.Node, numberOr(t.Entries, notKnown), zeroUnknown(t.MaxEntries), percentOr(t.UsePercent, none), zeroUnknown(t.FormulaMax), number(t.Lifetimes.CloseWaitSeconds) + " s"})
	}
	part := Part{Title: "Connection tables", Text: []string{"One moment of each node: at least so many, never at most."},
		Table: table([]Column{{Title: "Node"}, {Title: "Entries", Number: true}, {Title: "Holds", Number: true}, {Title: "Used", Number: true}, {Title: "By kube-proxy's formula", Number: true}, {Title: "Half closed stay", Number: true}}, rows)}
	if c.EntryKnown {
		part.Text = append(part.Text, fmt.Sprintf("Traffic from outside enters through %s: %s.", assessments.Counted(len(c.Entry), "node"), strings.Join(c.Entry[:min(len(c.Entry), 8)], ", ")))
	} else {
		part.Text = append(part.Text, "Which nodes take traffic from outside is not known: "+c.EntryWhy+".")
	}
	return part
}

func percentOf(t network.Table) int64 {
	if t.UsePercent == nil {
		return -1
	}
	return *t.UsePercent
}

func zeroUnknown(n int64) string {
	if n == 0 {
		return notKnown
	}
	return number(n)
}

func loadPart(l network.Load) Part {
	part := Part{Title: "At the peak you gave", Text: []string{fmt.Sprintf(
		"%s new connections a second keep %s to %s entries; the entry nodes hold %s together.", number(l.ArrivalsPerSecond), number(l.LeastEntries), number(l.MostEntries), zeroUnknown(l.HoldEntries))}}
	if l.SpareSeconds != nil {
		part.Text = append(part.Text, fmt.Sprintf("A connection may stay open for %s s before the tables are full.", number(*l.SpareSeconds)))
	} else if l.HoldEntries != 0 {
		part.Text = append(part.Text, "The tables are full by closed connections alone.")
	}
	var rows [][]string
	add := func(name string, n network.NodeLoad) {
		for _, s := range n.States {
			fills := "never"
			if n.MaxEntries == 0 {
				fills = notKnown
			}
			if s.FullAfter != nil {
				fills = number(*s.FullAfter) + " s"
			}
			rows = append(rows, []string{name, stateWords(s.State), number(s.LifetimeSeconds) + " s", number(s.Entries), zeroUnknown(n.MaxEntries), fills})
		}
	}
	for _, n := range l.Nodes {
		add(n.Node, n)
	}
	if l.OneNode != nil && len(l.Nodes) != 1 {
		add("all through "+l.OneNode.Node, *l.OneNode)
	}
	if rows != nil {
		part.Table = table([]Column{{Title: "Node"}, {Title: "If connections are"}, {Title: "An entry stays", Number: true}, {Title: "Entries", Number: true}, {Title: "Holds", Number: true}, {Title: "Full after", Number: true}}, rows)
		part.Picture = floodsOf(l)
	}
	return part
}

func stateWords(state string) string {
	switch state {
	case "time-wait":
		return "closed in order"
	case "close-wait":
		return "left half closed"
	case "established":
		return "left open"
	}
	return state
}

func addressPart(all []network.Range) Part {
	rows := make([][]string, 0, len(all))
	for _, r := range all {
		rows = append(rows, []string{rangeName(r), strings.Join(r.CIDRs, ", "), zeroUnknown(r.Size), usedWords(r), percentOr(r.UsePercent, none), numberOr(r.Left, none), fillsWords(r.Growth)})
	}
	return Part{Title: "Addresses", Table: table([]Column{{Title: "Range"}, {Title: "Addresses"}, {Title: "Room for", Number: true}, {Title: "Used"}, {Title: "Use", Number: true}, {Title: "Left", Number: true}, {Title: "Full on"}}, rows),
		Picture: curvesOf(all)}
}

func usedWords(r network.Range) string {
	if r.Used == nil {
		return notKnown + ": " + r.Why
	}
	return number(*r.Used)
}

func fillsWords(g network.Growth) string {
	switch {
	case g.FillsOn != "":
		return g.FillsOn
	case g.Later:
		return "in more than ten years"
	case g.Known:
		return "it does not grow"
	case g.Why != "":
		return notKnown + ": " + g.Why
	}
	return none
}

func rangeName(r network.Range) string {
	switch r.Kind {
	case network.NodeRanges:
		return "Nodes' pod ranges"
	case network.PodAddresses:
		return "Pod addresses"
	case network.ServiceAddresses:
		return "Service addresses"
	}
	return "Pool " + strings.TrimSpace(r.Name+" "+r.Component)
}

func rulesPart(r network.ServiceRules) Part {
	text := fmt.Sprintf("In iptables mode kube-proxy makes %s NAT rules of %s with %s and %s, by the formula of the reference.",
		number(r.NATRules), assessments.Counted(r.Services, "service"), assessments.Counted(int(r.Ports), "port"), assessments.Counted(int(r.ReadyEndpoints), "ready endpoint"))
	part := Part{Title: "Rules of services", Text: []string{text}}
	if r.UnseenServices != 0 {
		part.Text = append(part.Text, fmt.Sprintf("%s not counted: their endpoints were not seen.", assessments.Counted(r.UnseenServices, "more service")))
	}
	return part
}

// sentences ends each text as a sentence.
func sentences(texts []string) []string {
	ended := make([]string, len(texts))
	for i, text := range texts {
		ended[i] = assessments.Capital(strings.TrimSuffix(text, ".")) + "."
	}
	return ended
}
