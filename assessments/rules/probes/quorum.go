package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
)

var quorum = assessments.Rule{
	ID:          "probes/quorum",
	SubjectKind: "workload",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return append(rules.Workloads(v, rules.WithoutSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return judgeQuorum(v, w, o)
		}), judgeKafkaResources(v)...)
	},
	Text: assessments.Text{
		Title: "A quorum never loses more members than it bears",
		What:  "Replicated stateful products (Kafka, ZooKeeper, etcd): what their disruption budget and update policy let go at once, held against what the quorum bears.",
		Why: "Three brokers that need two in sync bear the loss of one. A drain of two nodes, or an update that takes two members, stops every " +
			"write, and with long recoveries it stops them for long: the field report that Plimsoll starts from lost its Kafka this way.",
		How: "What it bears: ZooKeeper and etcd less than half of their members, by count. Kafka as many replicas as its data has beyond those " +
			"that must be in sync (min.insync.replicas): by the variables of its image or by the Strimzi resource, whose members are the brokers of its node pools. Where the replication factor is " +
			"not stated it is at the most the number of brokers.\n\n" +
			"What may go: as many members as the disruption budget lets go, all of them where there is none; and as many as a rolling update " +
			"takes at once. OnDelete takes none by itself. An autoscaler's minimum counts instead of replicas. Strimzi's operator replaces one " +
			"member at a time. Fails where more may go than it bears.\n\n" +
			"Not applicable: none of these products, a single member, members that an operator runs (its resource is judged), Jobs, the " +
			"platform's own workloads. Unknown: another product that needs a quorum, members that are no StatefulSet, min.insync.replicas or the " +
			"number of members not seen, budgets that could not be read or whose selector reaches nothing in the same files, or more than one " +
			"member may go and the replication factor is not stated.",
		Evidence: "Members, what it bears with its figures, and what budget and update policy let go.",
		Mend: "A disruption budget with maxUnavailable at what the quorum bears, mostly 1. Where it bears nothing, more members, or fewer " +
			"replicas that must be in sync.",
		Sources: []string{
			"Kubernetes documentation, Specifying a Disruption Budget: https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
			"Apache Kafka documentation, min.insync.replicas: https://kafka.apache.org/documentation/#brokerconfigs_min.insync.replicas",
			"etcd FAQ, failure tolerance: https://etcd.io/docs/latest/faq/",
			"The field report that Plimsoll starts from",
		},
		DoesNotCatch: "Topics with a replication factor of their own, the controllers' quorum of Kafka without ZooKeeper, members that share a " +
			"node or a zone (lifecycle/replica-spread), and what is deleted by hand.",
	},
}

func judgeQuorum(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	container, product := quorumContainer(w)
	if container == nil {
		return o.NotApplicable("no product that is known to need a quorum")
	}
	least := w.LeastReplicas()
	switch {
	case w.RunsToEnd():
		return o.NotApplicable(runToEnd)
	case w.Kind == "Pod" && w.OwnerKind != "":
		return o.NotApplicable("an operator runs it (" + w.OwnerKind + ")")
	case w.Autoscaler != nil && w.Autoscaler.Unreadable:
		return o.Unknown("the autoscaler's minimum is a placeholder")
	case least != nil && *least < 2 || w.Kind == "Pod":
		return o.NotApplicable("it has a single member")
	case w.Kind != "StatefulSet":
		return o.Unknown("whether the pods of a " + w.Kind + " are members of one quorum can't be told")
	case least == nil:
		return o.Unknown("the number of members is not known")
	case rules.AutoscalerUnknown(v, w) != "":
		return o.Unknown(rules.AutoscalerUnknown(v, w))
	}
	bears, doubt := bearingOf(container, product, *least)
	if doubt != "" {
		return o.Unknown(doubt)
	}
	return judgeBearing(v, w, o, bears, *least)
}

// quorumContainer is the first container that runs a product of the reference.
func quorumContainer(w *facts.Workload) (*facts.Container, reference.QuorumProduct) {
	for _, c := range w.Containers {
		if product, needs := reference.QuorumOf(c.Image.Name()); needs && c.Role == snapshot.RoleRegular && c.Image.Literal {
			return c, product
		}
	}
	return nil, reference.QuorumProduct{}
}

// bearing is how many members a quorum may lose.
type bearing struct {
	members int
	exactly bool // else it is the most that it can be
	how     string
}

func bearingOf(c *facts.Container, product reference.QuorumProduct, members int) (b bearing, doubt string) {
	switch {
	case !product.Deducts():
		return bearing{}, product.Doubt()
	case product.Counts == reference.CountsMajority:
		return majority(members), ""
	case product.Counts != reference.CountsInSync:
		return bearing{}, "how many members of " + product.Product + " may go is not told by anything that is seen"
	}
	inSync, doubt := figureOf(c, product.MinInSync)
	if doubt != "" {
		return bearing{}, doubt
	}
	replicas, doubt := figureOf(c, product.Replication)
	if doubt != "" {
		return insync(members, inSync, members, false), ""
	}
	return insync(members, inSync, replicas, true), ""
}

func majority(members int) bearing {
	return bearing{members: (members - 1) / 2, exactly: true, how: fmt.Sprintf("a majority of %d members must stay", members)}
}

func insync(members, inSync, replicas int, stated bool) bearing {
	replicas = min(replicas, members)
	how := fmt.Sprintf("%d of %d replicas must be in sync", inSync, replicas)
	if !stated {
		how = fmt.Sprintf("%d replicas must be in sync, of at the most %d", inSync, replicas)
	}
	return bearing{members: max(replicas-inSync, 0), exactly: stated, how: how}
}

// figureOf reads the first of several variables that the container sets.
func figureOf(c *facts.Container, variables []string) (figure int, doubt string) {
	if c.Runtime != nil {
		for _, name := range variables {
			i := slices.IndexFunc(c.Runtime.Product, func(p snapshot.RuntimeOption) bool { return p.Source == name })
			if i < 0 {
				continue
			}
			option := c.Runtime.Product[i]
			if option.Unread || len(option.Flags) != 1 {
				return 0, name + " is set and was not read"
			}
			n, err := strconv.Atoi(option.Flags[0])
			if err != nil || n < 1 {
				return 0, fmt.Sprintf("%s can't be read: %q", name, option.Flags[0])
			}
			return n, ""
		}
	}
	return 0, fmt.Sprintf("it does not set %s, by which it would be told how many replicas must be in sync", variables[0])
}

func judgeBearing(v assessments.View, w *facts.Workload, o assessments.Outcome, bears bearing, members int) assessments.Outcome {
	evicted, doubt := evictable(v, w, members)
	if doubt != "" {
		return o.Unknown(doubt)
	}
	updated, ok := updatable(w, members)
	if !ok {
		return o.Unknown(fmt.Sprintf("the update policy's maxUnavailable can't be read: %q", w.MaxUnavailable))
	}
	goes := max(evicted.members, updated)
	switch {
	case goes > bears.members:
		return o.Fail(assessments.Failure{
			Message: fmt.Sprintf("More members may go at once than its quorum bears: %d of %d, and it bears %d.", goes, members, bears.members),
			Evidence: []assessments.Evidence{
				{What: "members", Value: strconv.Itoa(members)},
				{What: "it bears", Value: fmt.Sprintf("%d: %s", bears.members, bears.how)},
				{What: "a drain takes", Value: fmt.Sprintf("%d: %s", evicted.members, evicted.how)},
				{What: "an update takes", Value: fmt.Sprintf("%d: %s", updated, cmp.Or(w.Strategy, "RollingUpdate"))},
			},
			Expected: fmt.Sprintf("no more than %d at once", bears.members),
			Mend:     quorumMend(w, bears, evicted, updated),
		})
	case !bears.exactly && goes > 1:
		return o.Unknown(fmt.Sprintf("%d members may go at once, and how many replicas its data has is not stated", goes))
	}
	return o.Pass()
}

// eviction is how many members drains may take at once.
type eviction struct {
	members int
	how     string
	budget  *facts.Budget // nil without one
}

func evictable(v assessments.View, w *facts.Workload, members int) (e eviction, doubt string) {
	if len(w.Budgets) == 0 {
		if reason := rules.BudgetUnknown(v, w); reason != "" {
			return e, reason
		}
		return eviction{members: members, how: "no disruption budget"}, ""
	}
	// Of several budgets the strictest counts: with two of different names no eviction is allowed at all (lifecycle/drain-blocked).
	for _, b := range w.Budgets {
		pods, known := rules.CoveredPods(b, w)
		if !known {
			return e, "how many pods budget " + b.Name + " covers is not known"
		}
		allowed, asks, ok := b.Allows(pods)
		if !ok {
			return e, fmt.Sprintf("what budget %s asks for can't be read: %q", b.Name, asks)
		}
		allowed = min(max(allowed, 0), members)
		if e.budget == nil || allowed < e.members {
			e = eviction{members: allowed, how: fmt.Sprintf("budget %s, %s", b.Name, asks), budget: b}
		}
	}
	return e, ""
}

// updatable is how many members an update takes at once: one by one, unless maxUnavailable says more.
func updatable(w *facts.Workload, members int) (int, bool) {
	switch {
	case w.Strategy == "OnDelete":
		return 0, true
	case w.MaxUnavailable == "":
		return 1, true
	}
	n, ok := facts.Scaled(w.MaxUnavailable, members, false)
	return min(max(n, 1), members), ok
}

// quorumMend adds or patches the budget where it alone lets too many go. Where it is not certain how many the quorum bears, one is asked
// for. The workload is nil for a resource, which fails only where it bears nothing.
func quorumMend(w *facts.Workload, bears bearing, evicted eviction, updated int) assessments.Mend {
	most := bears.members
	if !bears.exactly {
		most = min(most, 1)
	}
	switch {
	case bears.members == 0:
		return assessments.Mend{Text: "It bears no loss at all: run an odd number of three members or more, or require fewer replicas in sync than there are."}
	case evicted.budget == nil:
		return assessments.Mend{Text: fmt.Sprintf("Add a disruption budget over its pods with maxUnavailable %d.", most), Patch: patch.Budget(w, most)}
	case updated > most:
		return assessments.Mend{Text: fmt.Sprintf("Set maxUnavailable to %d in the disruption budget and in the update strategy.", most)}
	}
	return assessments.Mend{
		Text: fmt.Sprintf("Let no more than %d go at a time: maxUnavailable %d.", most, most),
		// The merge must take minAvailable away: a budget may hold only one of the two.
		Patch: patch.Object("policy/v1", "PodDisruptionBudget", evicted.budget.Namespace, evicted.budget.Name,
			patch.Field{Key: "minAvailable", Value: nil}, patch.Field{Key: "maxUnavailable", Value: most}),
	}
}

// judgeKafkaResources judges the sections of Kafka resources that run members.
func judgeKafkaResources(v assessments.View) []assessments.Outcome {
	var outcomes []assessments.Outcome
	pools := nodePoolsOf(v)
	for _, custom := range v.Custom {
		if custom.ObjectKind == "Kafka" && (custom.Section == "kafka" || custom.Section == "zookeeper") {
			outcomes = append(outcomes, judgeKafkaResource(pools, custom, assessments.AboutCustomResource(custom)))
		}
	}
	return rules.WithUnlistedCustom(v, "kafka.strimzi.io", outcomes)
}

func judgeKafkaResource(pools nodePools, custom *facts.CustomResource, o assessments.Outcome) assessments.Outcome {
	members, doubt := pools.membersOf(custom)
	switch {
	case custom.System:
		return o.NotApplicable(rules.SystemReason)
	case doubt != "":
		return o.Unknown(doubt)
	case members < 2:
		return o.NotApplicable("it has a single member")
	}
	bears := majority(members)
	if custom.Section == "kafka" {
		if custom.MinInSync == nil {
			return o.Unknown("its config does not set min.insync.replicas")
		}
		bears = insync(members, *custom.MinInSync, members, false)
	}
	if bears.members > 0 {
		return o.Pass()
	}
	return o.Fail(assessments.Failure{
		Message: "Its operator replaces one member at a time, and its quorum bears the loss of none.",
		Evidence: []assessments.Evidence{
			{What: "members", Value: strconv.Itoa(members)}, {What: "it bears", Value: "0: " + bears.how}},
		Expected: "a quorum that bears the loss of one member",
		Mend:     quorumMend(nil, bears, eviction{}, 1),
	})
}

// nodePools finds the members of Kafka resources whose operator takes them from node pools.
type nodePools struct {
	of    map[facts.Key][]*facts.CustomResource // pools of brokers, by the Kafka that they name
	files map[facts.Key]map[string]bool         // where each Kafka stands
}

func nodePoolsOf(v assessments.View) nodePools {
	p := nodePools{of: map[facts.Key][]*facts.CustomResource{}, files: map[facts.Key]map[string]bool{}}
	for _, custom := range v.Custom {
		switch {
		case custom.ObjectKind == "KafkaNodePool" && custom.Brokers:
			key := facts.Key{Namespace: custom.Namespace, Name: custom.Cluster}
			p.of[key] = append(p.of[key], custom)
		case custom.ObjectKind == "Kafka":
			key := kafkaKey(custom)
			if p.files[key] == nil {
				p.files[key] = map[string]bool{}
			}
			p.files[key][custom.Place.File] = true
		}
	}
	return p
}

func kafkaKey(custom *facts.CustomResource) facts.Key {
	return facts.Key{Namespace: custom.Namespace, Name: custom.Name}
}

// membersOf counts the members of a section: the brokers of the node pools that name the resource, else its own replicas.
func (p nodePools) membersOf(custom *facts.CustomResource) (members int, doubt string) {
	var pools []*facts.CustomResource
	if custom.Section == "kafka" {
		pools = p.poolsOf(custom)
	}
	for _, pool := range pools {
		if pool.Replicas == nil {
			return 0, "the number of members in node pool " + pool.Name + " is not known"
		}
		members += *pool.Replicas
	}
	switch {
	case len(pools) > 0:
		return members, ""
	case custom.Replicas == nil && custom.Section == "kafka":
		return 0, "the number of members stands in node pools, and none that names it was seen"
	case custom.Replicas == nil:
		return 0, "the number of members is not known"
	}
	return *custom.Replicas, ""
}

// poolsOf are the pools of a Kafka, copies in several files once. Where files hold several Kafkas of one name, each has the pools of its
// own file: the others are of another of them.
func (p nodePools) poolsOf(kafka *facts.CustomResource) []*facts.CustomResource {
	alone := len(p.files[kafkaKey(kafka)]) == 1
	var pools []*facts.CustomResource
	seen := map[string]bool{}
	for _, pool := range p.of[kafkaKey(kafka)] {
		if !seen[pool.Name] && (alone || pool.Place.File == kafka.Place.File) {
			seen[pool.Name] = true
			pools = append(pools, pool)
		}
	}
	return pools
}
