package upgrade

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// InPlace is the road of hops. A window is a time in which control plane or nodes change under running workloads.
type InPlace struct {
	Hops            int `json:"hops"`
	Windows         int `json:"windows"`         // one for each hop
	NodeRounds      int `json:"nodeRounds"`      // times that every node is drained, where nodes follow each hop
	LeastNodeRounds int `json:"leastNodeRounds"` // the least that the kubelets' window allows, where the tool lets nodes wait
	RuntimeMoves    int `json:"runtimeMoves"`
	NetworkMoves    int `json:"networkMoves"`
	EndedMinors     int `json:"endedMinors"` // minors on the way that are themselves out of support
}

// NewCluster is the road of a new cluster and a transition: workloads are applied there, state and addresses move.
type NewCluster struct {
	Windows     int      `json:"windows"` // one, of the transition; parts may move one after the other
	Spares      []string `json:"spares"`  // what need not be done on this road
	State       []Burden `json:"state"`
	Addresses   []Burden `json:"addresses"`
	Undrainable []Burden `json:"undrainable"`
	APIs        int      `json:"apis"` // APIs that must be written anew before anything can be applied there
}

// Burden is something that must move or can't.
type Burden struct {
	What     string                 `json:"what"`
	Count    int                    `json:"count"`
	Bytes    int64                  `json:"bytes,omitzero"`
	Objects  []snapshot.Ref         `json:"objects,omitzero"` // the first of them
	Evidence []assessments.Evidence `json:"evidence,omitzero"`
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// order puts the moves of a hop into the order of Kubernetes' policy: what the hop needs first, then the control plane, then nodes.
func (w *walk) order() {
	for i := range w.plan.Hops {
		hop := &w.plan.Hops[i]
		moves := slices.Clone(hop.Moves)
		if slices.ContainsFunc(hop.Items, func(item Item) bool { return item.Kind == "removedApi" && item.Weight == BreaksPart }) {
			moves = append([]Move{{What: "objects of APIs that go", Why: "they are written anew and applied while the old version is still served"}}, moves...)
		}
		if w.plan.Tool.Managed {
			moves = append(moves, Move{What: "control plane", From: hop.From, To: hop.To, Why: "the provider moves it"},
				Move{What: "nodes", From: hop.From, To: hop.To, Why: "node group by node group; a kubelet is never newer than the API server"})
		} else {
			moves = append(moves, Move{What: "backup of etcd", Why: "there is no way back but a restore"},
				Move{What: "API servers", From: hop.From, To: hop.To, Why: "one after the other; they may be one minor apart meanwhile"},
				Move{What: "controller manager, scheduler, cloud controller manager", From: hop.From, To: hop.To, Why: "never newer than an API server that they reach"},
				Move{What: "nodes: drain, then kubelet and kube-proxy", From: hop.From, To: hop.To, Why: "a minor of the kubelet is changed on a drained node alone"})
		}
		hop.Moves = append(moves, Move{What: "add-ons and a look at what runs", To: hop.To, Why: "before the next hop begins"})
	}
}

func (w *walk) roads() {
	p := w.plan
	p.InPlace = InPlace{
		Hops: len(p.Hops), Windows: len(p.Hops), NodeRounds: len(p.Hops), LeastNodeRounds: w.leastNodeRounds(),
		RuntimeMoves: w.runtimeMoves, NetworkMoves: w.cniMoves,
	}
	for _, hop := range p.Hops {
		if hop.Ended {
			p.InPlace.EndedMinors++
		}
	}
	p.NewCluster = NewCluster{Windows: 1, Spares: w.spares(), State: w.state(), Addresses: w.addresses(), Undrainable: w.stuck()}
	for _, item := range p.Items() {
		if item.Kind == "removedApi" && item.Weight == BreaksPart {
			p.NewCluster.APIs++
		}
	}
	p.Weighs = fmt.Sprintf("In place: %s and as many windows, with %s on the way. A new cluster: one transition, which moves %s of state and %s.",
		assessments.Counted(p.InPlace.Hops, "hop"), assessments.Counted(p.Blocking, "blocker"),
		assessments.Counted(total(p.NewCluster.State), "piece"), counted(total(p.NewCluster.Addresses), "address", "addresses"))
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func total(burdens []Burden) int {
	sum := 0
	for _, b := range burdens {
		sum += b.Count
	}
	return sum
}

// leastNodeRounds lets kubelets wait as long as they stay in their window around the API server.
func (w *walk) leastNodeRounds() int {
	rounds, kubelet := 0, w.from
	if minors := w.kubelets(); len(minors) > 0 {
		kubelet = min(minors[0], w.from)
	}
	for _, hop := range w.plan.Hops {
		if kubelet < hop.from && SkewAt(kubelet, hop.to, w.plan.Tool.row).Standing == Breaks {
			rounds++
			kubelet = hop.from
		}
	}
	return rounds + 1 // the last brings them to the target
}

// spares are the moves of the hops that a new cluster makes needless: it is built with parts that go with the target.
func (w *walk) spares() []string {
	spares := []string{assessments.Counted(len(w.plan.Hops), "hop")}
	if w.runtimeMoves > 0 {
		spares = append(spares, assessments.Counted(w.runtimeMoves, "move")+" of the container runtime")
	}
	if w.cniMoves > 0 {
		spares = append(spares, assessments.Counted(w.cniMoves, "move")+" of the network plugin")
	}
	for _, item := range w.plan.Items() {
		if item.Weight == Blocks && item.Kind != "drain" {
			spares = append(spares, item.Kind+": "+item.Subject)
		}
	}
	return spares
}

// state is what must be copied or handed over: volumes by what stands behind them.
func (w *walk) state() []Burden {
	byBack := map[string]*Burden{}
	for _, v := range w.Facts.Volumes {
		if v.Claim == "" && v.Bound == nil {
			continue
		}
		back := cmp.Or(v.Driver, v.Source)
		b := byBack[back]
		if b == nil {
			b = &Burden{What: "volumes of " + back}
			byBack[back] = b
		}
		b.Count++
		if v.CapacityBytes != nil {
			b.Bytes += *v.CapacityBytes
		}
		if len(b.Objects) < maxObjects {
			b.Objects = append(b.Objects, snapshot.Ref{Kind: "PersistentVolume", Name: v.Name})
		}
		if v.Source == "local" || v.Source == "hostPath" {
			b.Evidence = []assessments.Evidence{evidence("bound to a node", "its data must be copied; no driver can hand it over")}
		}
	}
	burdens := make([]Burden, 0, len(byBack))
	for _, back := range sortedKeys(byBack) {
		burdens = append(burdens, *byBack[back])
	}
	if len(w.Facts.Volumes) > 0 {
		return burdens
	}
	return w.stateful()
}

// stateful counts StatefulSets where volumes were not seen: each likely has state.
func (w *walk) stateful() []Burden {
	var refs []snapshot.Ref
	for _, workload := range w.Facts.Workloads {
		if workload.Kind == "StatefulSet" && !workload.System {
			refs = append(refs, refOf(workload))
		}
	}
	if len(refs) == 0 {
		return []Burden{}
	}
	return []Burden{{What: "StatefulSets, whose volumes were not seen", Count: len(refs), Objects: refs[:min(len(refs), maxObjects)]}}
}

// addresses are what clients outside know the cluster by.
func (w *walk) addresses() []Burden {
	found := map[string][]snapshot.Ref{}
	for _, s := range w.Facts.Services {
		if w.Facts.IsSystemNamespace(s.Namespace) {
			continue
		}
		ref := snapshot.Ref{Kind: "Service", Namespace: s.Namespace, Name: s.Name}
		switch {
		case len(s.ExternalAddresses) > 0:
			found["services with external addresses of their own"] = append(found["services with external addresses of their own"], ref)
		case s.Type == "LoadBalancer":
			found["services of a load balancer"] = append(found["services of a load balancer"], ref)
		case s.Type == "NodePort":
			found["services on ports of the nodes"] = append(found["services on ports of the nodes"], ref)
		}
	}
	for _, i := range w.Facts.Ingresses {
		if i.Hosts > 0 && i.ObjectKind == "Ingress" {
			found["ingresses, whose names must point elsewhere"] = append(found["ingresses, whose names must point elsewhere"], snapshot.Ref{Kind: i.ObjectKind, Namespace: i.Namespace, Name: i.Name})
		}
	}
	burdens := make([]Burden, 0, len(found))
	for _, what := range sortedKeys(found) {
		burdens = append(burdens, Burden{What: what, Count: len(found[what]), Objects: found[what][:min(len(found[what]), maxObjects)]})
	}
	return burdens
}

// stuck are workloads that no drain moves, on either road.
func (w *walk) stuck() []Burden {
	burdens := []Burden{}
	if n := len(w.Undrainable); n > 0 {
		b := Burden{What: "workloads whose budget allows no pod to go", Count: n}
		for _, u := range w.Undrainable[:min(n, maxObjects)] {
			b.Objects = append(b.Objects, u.Object)
		}
		burdens = append(burdens, b)
	}
	var naked []snapshot.Ref
	for _, workload := range w.Facts.Workloads {
		if workload.Kind == "Pod" && workload.OwnerKind == "" && !workload.Mirror && !workload.Finished && !workload.HelmHook && !strings.EqualFold(workload.RestartPolicy, "Never") {
			naked = append(naked, refOf(workload))
		}
	}
	if len(naked) > 0 {
		burdens = append(burdens, Burden{What: "pods without an owner, which nothing starts again", Count: len(naked), Objects: naked[:min(len(naked), maxObjects)]})
	}
	return burdens
}

func refOf(w *facts.Workload) snapshot.Ref {
	return snapshot.Ref{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name}
}

// NearestSupported is the oldest minor, from one on, that the Kubernetes project supports at a day; false where there is none.
func NearestSupported(from reference.Minor, asOf time.Time) (reference.Minor, bool) {
	for _, minor := range reference.SupportedAt(asOf) {
		if minor >= from {
			return minor, true
		}
	}
	return 0, false
}
