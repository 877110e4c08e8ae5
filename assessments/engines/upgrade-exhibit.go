package engines

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules/lifecycle"
)

// PlanOf plans the upgrade from one minor to another. From 0 is what the snapshot tells; to 0 the minor that the view names, else
// the newest released one. What holds a node is what the rule on drains says does.
func PlanOf(v assessments.View, from, to reference.Minor) upgrade.Plan {
	if to == 0 && v.Target != nil {
		to = reference.Minor(v.Target.Minor)
	}
	return lifecycle.PlanUpgrade(v, from, to)
}

// UpgradeExhibit puts a plan into words.
func UpgradeExhibit(p upgrade.Plan) Exhibit {
	e := Exhibit{ID: "upgrade", Title: Title("upgrade"), Lead: upgradeLead(p)}
	if p.Tool.Source != "" {
		e.Sources = append(e.Sources, p.Tool.Source)
	}
	if p.Status != upgrade.Planned {
		return e
	}
	e.Parts = append(e.Parts, roadsPart(p), hopsPart(p))
	if part, any := itemsPart("What stops a hop", p, upgrade.Blocks); any {
		e.Parts = append(e.Parts, part)
	}
	if part, any := itemsPart("What stops working on the way", p, upgrade.BreaksPart); any {
		e.Parts = append(e.Parts, part)
	}
	if part, any := itemsPart("What nobody lists as tested", p, upgrade.NotTested); any {
		e.Parts = append(e.Parts, part)
	}
	e.Parts = append(e.Parts, newClusterPart(p.NewCluster))
	if len(p.Unseen) != 0 {
		e.Parts = append(e.Parts, Part{Title: "What the plan does not know", Text: sentences(p.Unseen)})
	}
	return e
}

func upgradeLead(p upgrade.Plan) string {
	if p.Status != upgrade.Planned {
		return sentences([]string{p.Reason})[0]
	}
	with := ""
	if p.Tool.ID != "" {
		with = " with " + p.Tool.ID
	}
	var met []string
	if p.Blocking != 0 {
		met = append(met, assessments.Counted(p.Blocking, "thing")+" "+agreed(p.Blocking, "blocks", "block"))
	}
	if p.Breaking != 0 {
		met = append(met, number(int64(p.Breaking))+" "+agreed(p.Breaking, "breaks", "break"))
	}
	if p.Untested != 0 {
		met = append(met, number(int64(p.Untested))+" "+agreed(p.Untested, "is", "are")+" untested")
	}
	if met == nil {
		met = []string{"nothing that was seen stands against it"}
	}
	return fmt.Sprintf("From %s to %s in %s%s: %s.", p.From, p.To, assessments.Counted(len(p.Hops), "hop"), with, strings.Join(met, ", "))
}

func roadsPart(p upgrade.Plan) Part {
	in, fresh := p.InPlace, p.NewCluster
	rows := [][]string{
		{"Hops of the control plane", number(int64(in.Hops)), "0"},
		{"Maintenance windows", number(int64(in.Windows)), number(int64(fresh.Windows))},
		{"Times that every node is drained", seconds2(in.LeastNodeRounds, in.NodeRounds), "0"},
		{"Changes of the container runtime", number(int64(in.RuntimeMoves)), "0"},
		{"Changes of the network plugin", number(int64(in.NetworkMoves)), "0"},
		{"Minors on the way that are out of support", number(int64(in.EndedMinors)), "0"},
		{"State that moves", "0", counts(fresh.State)},
		{"Addresses that move", "0", counts(fresh.Addresses)},
		{"APIs to write anew", "on the way", number(int64(fresh.APIs))},
	}
	part := Part{Title: "Both roads", Text: []string{p.Weighs}, Table: table([]Column{{Title: "What it takes"}, {Title: "In place", Number: true}, {Title: "New cluster and transition", Number: true}}, rows)}
	if p.Tool.Note != "" {
		part.Text = append(part.Text, sentences([]string{p.Tool.Note})...)
	}
	part.Picture = roadOf(p)
	return part
}

func seconds2(low, high int) string {
	if low == high {
		return number(int64(low))
	}
	return fmt.Sprintf("%d to %d", low, high)
}

func counts(burdens []upgrade.Burden) string {
	sum := 0
	for _, b := range burdens {
		sum += b.Count
	}
	return number(int64(sum))
}

func hopsPart(p upgrade.Plan) Part {
	routine := routineMoves(p.Hops)
	rows := make([][]string, 0, len(p.Hops))
	for _, hop := range p.Hops {
		support := "supported"
		if hop.Ended {
			support = "out of support"
		}
		rows = append(rows, []string{hop.From + " → " + hop.To, cmp.Or(hop.Release, none), cmp.Or(movesWords(hop.Moves, routine), none), weigh(hop.Items), support})
	}
	part := Part{Title: "Hop by hop", Table: table([]Column{{Title: "Hop"}, {Title: "Release of the tool"}, {Title: "Moves of its own"}, {Title: "On this hop"}, {Title: "It leads to a minor"}}, rows)}
	if routine != nil {
		part.Text = []string{"Each hop, in this order: " + strings.Join(routine, "; ") + "."}
	}
	return part
}

// routineMoves are the moves that every hop makes, in their order: said once.
func routineMoves(hops []upgrade.Hop) []string {
	if len(hops) == 1 {
		return nil
	}
	var routine []string
	for _, move := range hops[0].Moves {
		everywhere := !slices.ContainsFunc(hops, func(h upgrade.Hop) bool {
			return !slices.ContainsFunc(h.Moves, func(m upgrade.Move) bool { return m.What == move.What })
		})
		if everywhere && !slices.Contains(routine, move.What) {
			routine = append(routine, move.What)
		}
	}
	return routine
}

// movesWords lists the moves that are not in every hop, in their order.
func movesWords(moves []upgrade.Move, routine []string) string {
	var words []string
	for _, m := range moves {
		if slices.Contains(routine, m.What) {
			continue
		}
		if m.To != "" {
			m.What += " to " + m.To
		}
		words = append(words, m.What)
	}
	return strings.Join(words, "; ")
}

// weigh counts a hop's items by their weight.
func weigh(items []upgrade.Item) string {
	var parts []string
	for _, w := range []struct {
		weight upgrade.Weight
		words  string
	}{{upgrade.Blocks, "blocks"}, {upgrade.BreaksPart, "breaks"}, {upgrade.NotTested, "untested"}} {
		n := 0
		for _, item := range items {
			if item.Weight == w.weight {
				n++
			}
		}
		if n != 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, w.words))
		}
	}
	if parts == nil {
		return "nothing known against it"
	}
	return strings.Join(parts, ", ")
}

func itemsPart(title string, p upgrade.Plan, weight upgrade.Weight) (Part, bool) {
	var rows [][]string
	add := func(hop string, items []upgrade.Item) {
		for _, item := range items {
			if item.Weight == weight {
				rows = append(rows, []string{item.Subject, hop, item.Message, cmp.Or(refs(item.Objects, item.Count), none), cmp.Or(item.Mend, none)})
			}
		}
	}
	add("before all", p.Before)
	for _, hop := range p.Hops {
		add("to "+hop.To, hop.Items)
	}
	return Part{Title: title, Table: table([]Column{{Title: "What"}, {Title: "When"}, {Title: "Why"}, {Title: "Objects"}, {Title: "Mend"}}, rows)}, rows != nil
}

func newClusterPart(n upgrade.NewCluster) Part {
	var rows [][]string
	for _, b := range slices.Concat(n.State, n.Addresses, n.Undrainable) {
		rows = append(rows, []string{b.What, number(int64(b.Count)), cmp.Or(refs(b.Objects, b.Count), none)})
	}
	part := Part{Title: "What a new cluster asks for", Table: table([]Column{{Title: "What"}, {Title: "How many", Number: true}, {Title: "Which"}}, rows)}
	part.Text = append(part.Text, "It spares: "+strings.Join(n.Spares, "; ")+".")
	return part
}
