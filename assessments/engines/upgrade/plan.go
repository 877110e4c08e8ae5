// Package upgrade is the upgrade planner: from the running minor to a target it computes the hops that the tooling forces, what
// breaks at each and what nobody has tested, the order of moves, and how the road in place compares with a new cluster and a
// transition. It is pure; every figure comes from the reference and the facts, and every item carries its evidence.
//
// Its judgements of single parts (a runtime, a cgroup version, a network plugin, an API at one minor) are those of the lifecycle
// rules, which call them, so that a rule and a plan never disagree.
package upgrade

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// Status says what came of a plan.
type Status string

// The statuses. Only a planned one has hops.
const (
	Planned       Status = "planned"
	Reached       Status = "reached"       // the target is running already
	Downgrade     Status = "downgrade"     // the target is older than what runs: refused
	UnknownTarget Status = "unknownTarget" // the reference knows no such release
	UnknownStart  Status = "unknownStart"  // what runs is not known
)

// Input is what a plan is computed from.
type Input struct {
	Facts *facts.Facts
	AsOf  time.Time       // a day in UTC
	From  reference.Minor // 0: as the facts say; files have no version of their own
	To    reference.Minor // 0: the newest minor that is released at AsOf
	// Undrainable are the workloads whose node can never be drained, as lifecycle/drain-blocked finds them.
	Undrainable []Undrainable
}

// Undrainable is a workload that holds a node.
type Undrainable struct {
	Object   snapshot.Ref
	Why      string
	Evidence []assessments.Evidence
}

// Plan is the whole way. Minors are written as 1.37.
type Plan struct {
	Status     Status     `json:"status"`
	Reason     string     `json:"reason,omitzero"` // why there are no hops
	From       string     `json:"from,omitzero"`
	To         string     `json:"to,omitzero"`
	Tool       Tool       `json:"tool"`
	Before     []Item     `json:"before"` // what stands in the way of any hop
	Hops       []Hop      `json:"hops"`
	Blocking   int        `json:"blocking"` // items that stop a hop
	Breaking   int        `json:"breaking"` // items by which something stops working
	Untested   int        `json:"untested"`
	InPlace    InPlace    `json:"inPlace"`
	NewCluster NewCluster `json:"newCluster"`
	Weighs     string     `json:"weighs,omitzero"` // both roads in one sentence
	Unseen     []string   `json:"unseen"`          // what the plan does not know, and why
}

// Tool is what upgrades the cluster.
type Tool struct {
	ID           string `json:"id,omitzero"` // of a provisioner; empty: not known
	Known        bool   `json:"known"`       // the reference knows how its upgrades go
	Managed      bool   `json:"managed"`
	Skips        string `json:"skips,omitzero"`
	Enforced     string `json:"enforced,omitzero"` // tool, documentation, unknown
	RollbackDays int    `json:"rollbackDays,omitzero"`
	Note         string `json:"note,omitzero"`
	Doubt        string `json:"doubt,omitzero"`
	Source       string `json:"source,omitzero"`

	row reference.UpgradeTool
}

// Hop is one step of the control plane.
type Hop struct {
	From     string   `json:"from"`
	To       string   `json:"to"`
	Skips    []string `json:"skips,omitzero"`   // minors passed over, where the tool can
	Release  string   `json:"release,omitzero"` // of the tool, that makes this step
	Ended    bool     `json:"ended"`            // the minor it leads to is itself out of support
	Moves    []Move   `json:"moves"`            // in their order
	Items    []Item   `json:"items"`
	from, to reference.Minor
}

// Move is one thing to do in a hop.
type Move struct {
	What string `json:"what"`
	From string `json:"from,omitzero"`
	To   string `json:"to,omitzero"`
	Why  string `json:"why,omitzero"`
}

// Weight says how grave an item is.
type Weight string

// The weights. Information needs no mend.
const (
	Blocks      Weight = "blocks"
	BreaksPart  Weight = "breaks"
	NotTested   Weight = "untested"
	NotKnown    Weight = "unknown"
	Information Weight = "information"
)

// Item is one thing that a plan found.
type Item struct {
	Kind     string                 `json:"kind"` // removedApi, kubeletSkew, runtime, cgroup, cni, volume, addon, crd, drain, tool
	Weight   Weight                 `json:"weight"`
	Subject  string                 `json:"subject"`
	Message  string                 `json:"message"` // one sentence
	Mend     string                 `json:"mend,omitzero"`
	Count    int                    `json:"count"`            // of objects
	Objects  []snapshot.Ref         `json:"objects,omitzero"` // the first of them
	Evidence []assessments.Evidence `json:"evidence"`
}

// Compute plans the way. It never fails: what can't be planned says why.
func Compute(in Input) Plan {
	p := Plan{Before: []Item{}, Hops: []Hop{}, Unseen: []string{}}
	p.Tool = toolOf(in.Facts)
	from, to, refusal := in.ends()
	if from != 0 {
		p.From = from.String()
	}
	if to != 0 {
		p.To = to.String()
	}
	if refusal.Status != Planned {
		p.Status, p.Reason = refusal.Status, refusal.Reason
		return p
	}
	p.Status = Planned
	p.Hops = hopsOf(p.Tool, from, to, in.AsOf)
	w := walk{Input: in, plan: &p, from: from, to: to}
	w.tool()
	w.drain()
	w.skew()
	w.runtimes()
	w.cgroups()
	w.network()
	w.apis()
	w.volumes()
	w.addons()
	w.crds()
	w.order()
	w.unseen()
	p.settle()
	w.roads()
	return p
}

// ends finds both ends, and why there is no way between them.
func (in Input) ends() (from, to reference.Minor, refusal Plan) {
	newest, known := reference.NewestRelease(in.AsOf)
	from, to = in.From, in.To
	if cluster := in.Facts.Cluster; from == 0 && cluster != nil && cluster.Version.Known() && cluster.Version.Major == 1 {
		from = reference.Minor(cluster.Version.Minor)
	}
	if to == 0 && known {
		to = newest.Minor
	}
	row, listed := reference.ReleaseOf(to)
	switch {
	case from == 0:
		return from, to, Plan{Status: UnknownStart, Reason: "which version runs is not known: give a snapshot of the cluster, or name the version (plimsoll upgrade --from)"}
	case !listed || row.Released.After(in.AsOf):
		return from, to, Plan{Status: UnknownTarget, Reason: fmt.Sprintf("%s was not released on %s as far as the reference knows", to, in.AsOf.Format(time.DateOnly))}
	case to < from:
		return from, to, Plan{Status: Downgrade, Reason: fmt.Sprintf("%s is older than %s, which runs: Kubernetes has no downgrade of a minor, only a restore or a provider's rollback", to, from)}
	case to == from:
		return from, to, Plan{Status: Reached, Reason: fmt.Sprintf("the control plane runs %s already", to)}
	}
	return from, to, Plan{Status: Planned}
}

// settle orders the items and counts them.
func (p *Plan) settle() {
	order := []Weight{Blocks, BreaksPart, NotTested, NotKnown, Information}
	sort := func(items []Item) {
		slices.SortStableFunc(items, func(a, b Item) int {
			return cmp.Or(cmp.Compare(slices.Index(order, a.Weight), slices.Index(order, b.Weight)), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject))
		})
		for _, item := range items {
			switch item.Weight {
			case Blocks:
				p.Blocking++
			case BreaksPart:
				p.Breaking++
			case NotTested:
				p.Untested++
			}
		}
	}
	sort(p.Before)
	for i := range p.Hops {
		sort(p.Hops[i].Items)
	}
}

// Items are all items of a plan, those before the first hop first.
func (p Plan) Items() []Item {
	all := slices.Clone(p.Before)
	for _, hop := range p.Hops {
		all = append(all, hop.Items...)
	}
	return all
}
