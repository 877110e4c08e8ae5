package lifecycle

import (
	"fmt"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/snapshot"
)

var drainCapacity = assessments.Rule{
	ID:          "lifecycle/drain-capacity",
	SubjectKind: "cluster",
	Effort:      assessments.EffortProject,
	Judge: func(v assessments.View) []assessments.Outcome {
		return []assessments.Outcome{judgeCapacity(v, assessments.AboutCluster())}
	},
	Text: assessments.Text{
		Title: "The requests fit on the nodes without the largest one",
		What:  "The CPU and memory that all pods request together, against what the nodes without the largest one can give.",
		Why: "An in-place upgrade drains one node after the other, and its pods must find room on the others. Where they don't, they stay " +
			"pending for as long as the node is away, or the drain waits for ever.",
		How: "Fails where the requests for CPU or for memory are more than the nodes give without the one that gives most of it. What DaemonSets " +
			"request on that node goes with it and is not counted. Control-plane nodes are left out where there are others, with what runs on them.\n\n" +
			"Not applicable: a development cluster. Unknown: files without a cluster (a plan: not applicable), nodes or pods that could not be read " +
			"whole.",
		Evidence: "What is requested, what the nodes give, the largest node, and what is left without it.",
		Mend: "Add a node of the largest size for the time of the upgrade, or let a node autoscaler do it; or lower requests that nobody uses. " +
			"Nothing in one manifest does it, so there is no patch.",
		Sources: []string{
			"Kubernetes documentation, Safely Drain a Node: https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/",
			"Kubernetes documentation, Node Allocatable: https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/",
		},
		DoesNotCatch: "Taints, selectors, affinities and volumes that let a pod run on few nodes; scattered room that no single pod fits into; and " +
			"machines that a node autoscaler or a provider's surge upgrade would add.",
	},
}

// pool is what a group of nodes gives and what is asked of it, for one resource.
type pool struct {
	name                        string
	requested, gives, mostGiven int64
	largest                     *facts.Node
	text                        func(int64) string
	of                          func(*snapshot.Amounts) int64
	asked                       func(*facts.Node) *int64
	request                     func(*facts.Container) *int64
}

func judgeCapacity(v assessments.View, o assessments.Outcome) assessments.Outcome {
	if answered, done := rules.OnlyLive(v, o); done {
		return answered
	}
	for _, resource := range []string{"nodes", "pods"} {
		if reason, unseen := v.Unseen(resource); unseen {
			return o.Unknown(rules.Unread(resource, reason))
		}
	}
	if p, known := reference.ProvisionerOf(v.Provisioner()); known && p.Development {
		return o.NotApplicable("a development cluster (" + p.ID + ")")
	}
	nodes := workers(v.Nodes)
	if len(nodes) == 0 {
		return o.Unknown("no node was seen")
	}
	pools := resources()
	for i := range pools {
		if !pools[i].count(v, nodes) {
			return o.Unknown("what the nodes give or what is requested of them was not seen")
		}
	}
	var short []pool
	for _, p := range pools {
		if p.requested > p.gives-p.mostGiven {
			short = append(short, p)
		}
	}
	if len(short) == 0 {
		return o.Pass()
	}
	return o.Fail(tooFull(short, len(nodes)))
}

// workers are the nodes that take pods: control-plane nodes only where there are no others.
func workers(all []*facts.Node) []*facts.Node {
	var nodes []*facts.Node
	for _, n := range all {
		if !slices.Contains(n.Roles, "control-plane") && !slices.Contains(n.Roles, "master") {
			nodes = append(nodes, n)
		}
	}
	if len(nodes) == 0 {
		return all
	}
	return nodes
}

func resources() []pool {
	return []pool{
		{
			name: "CPU", text: func(n int64) string { return fmt.Sprintf("%d.%03d cores", n/1000, n%1000) },
			of:      func(a *snapshot.Amounts) int64 { return a.CPUMillicores },
			asked:   func(n *facts.Node) *int64 { return n.RequestedCPUMillicores },
			request: (*facts.Container).EffectiveCPURequestMillicores,
		}, {
			name: "memory", text: func(n int64) string { return fmt.Sprintf("%d MiB", n>>20) },
			of:      func(a *snapshot.Amounts) int64 { return a.MemoryBytes },
			asked:   func(n *facts.Node) *int64 { return n.RequestedMemoryBytes },
			request: (*facts.Container).EffectiveMemoryRequestBytes,
		},
	}
}

// count sums up one resource over the nodes; false where one of them does not tell. Of equals the first by name is the largest.
func (p *pool) count(v assessments.View, nodes []*facts.Node) bool {
	for _, n := range nodes {
		if n.Allocatable == nil || p.asked(n) == nil {
			return false
		}
		given := p.of(n.Allocatable)
		p.requested, p.gives = p.requested+*p.asked(n), p.gives+given
		if p.largest == nil || given > p.mostGiven {
			p.largest, p.mostGiven = n, given
		}
	}
	p.requested -= p.daemons(v, p.largest.Name)
	return true
}

// daemons is what DaemonSets request on a node: they end with it.
func (p *pool) daemons(v assessments.View, node string) int64 {
	var sum int64
	for _, w := range v.Workloads {
		if w.Kind != "DaemonSet" || w.Pods == nil || !slices.ContainsFunc(w.Pods.Nodes, func(s snapshot.Share) bool { return s.Name == node }) {
			continue
		}
		for _, c := range w.Serving() {
			if request := p.request(c); request != nil {
				sum += *request
			}
		}
	}
	return sum
}

func tooFull(short []pool, nodes int) assessments.Failure {
	failure := assessments.Failure{
		Message:  fmt.Sprintf("The largest node can't be drained without pods that stay pending: the requests for %s don't fit on the others.", namesOf(short)),
		Expected: "requests that fit on the nodes without the largest one",
		Mend: assessments.Mend{Text: "Add a node as large as the largest one before the upgrade begins (or let a node autoscaler add it), or lower requests that " +
			"are never used."},
	}
	for _, p := range short {
		failure.Evidence = append(failure.Evidence,
			assessments.Evidence{What: p.name + " requested", Value: p.text(p.requested)},
			assessments.Evidence{What: p.name + " given by " + assessments.Counted(nodes, "node"), Value: p.text(p.gives)},
			assessments.Evidence{What: p.name + " left without " + p.largest.Name, Value: p.text(p.gives - p.mostGiven)})
	}
	return failure
}

func namesOf(short []pool) string {
	if len(short) == 2 {
		return short[0].name + " and " + short[1].name
	}
	return short[0].name
}
