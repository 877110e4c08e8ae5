package networking

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var dns = assessments.Rule{
	ID:          "networking/dns",
	SubjectKind: "cluster",
	Effort:      assessments.EffortSetting,
	Judge:       func(v assessments.View) []assessments.Outcome { return []assessments.Outcome{judgeDNS(v)} },
	Text: assessments.Text{
		Title: "Cluster DNS survives the loss of a node",
		What:  "The workloads of system namespaces that serve the cluster's names (CoreDNS, kube-dns): their replicas, and the nodes of their pods.",
		Why: "Nearly every connection in a cluster begins with a look-up. While DNS is away, services that are well can't find each other, and " +
			"probes that look names up kill what waits.",
		How: "Fails where the servers have one replica in all, or where all their pods are on one node of several. Servers are told by their " +
			"images; several workloads of them count together.\n\n" +
			"Not applicable: a cluster of one node, a plan. Unknown: no such workload was seen (the provider may run it outside), workloads " +
			"that could not be read; over files, where they hold no such workload or where something that scales DNS by itself stands beside it.",
		Evidence: "The workloads with their replicas, and the nodes of their pods.",
		Mend: "Set two replicas or more, and spread them with topologySpreadConstraints over kubernetes.io/hostname. Where an autoscaler of " +
			"DNS sets the replicas, give it a minimum of two (`preventSinglePointFailure: true`).",
		Sources: []string{
			"Kubernetes documentation, Autoscale the DNS service: https://kubernetes.io/docs/tasks/administer-cluster/dns-horizontal-autoscaling/",
			"Reference data, networking: the servers' images",
		},
		DoesNotCatch: "Servers that answer slowly, look-ups that ndots multiplies, and caches on nodes, which one node alone leans on.",
	},
}

// servers are the workloads that serve the cluster's names, and what is known of their pods.
type servers struct {
	workloads []*facts.Workload
	replicas  int
	nodes     []string // of their pods; empty: not seen
	pods      int
	everyNode bool // one of them runs on every node
	unsure    string
}

func judgeDNS(v assessments.View) assessments.Outcome {
	o := assessments.AboutCluster()
	_, nodesUnseen := v.Unseen("nodes")
	switch {
	case v.Plan && !v.Live():
		return o.NotApplicable("there is no cluster yet")
	case v.Live() && len(v.Nodes) == 1 && !nodesUnseen:
		return o.NotApplicable("the cluster has one node")
	}
	found := dnsServers(v)
	if len(found.workloads) == 0 {
		for _, resource := range []string{"deployments", "daemonsets"} {
			if reason, refused := v.RefusedIn(resource, "kube-system"); refused {
				return o.Unknown(rules.Unread(resource, reason))
			}
		}
		return o.Unknown("no workload that serves the cluster's names was seen; something outside of the cluster's own workloads may")
	}
	switch {
	case found.unsure != "":
		return o.Unknown(found.unsure)
	case found.everyNode:
		return o.Pass()
	case found.replicas < 2:
		return o.Fail(oneServer(found))
	case !v.Live():
		return o.PassNoted("files do not tell on which nodes its pods are")
	case len(found.nodes) == 0:
		return o.Unknown("the nodes of its pods were not seen")
	case len(found.nodes) == 1 && found.pods > 1:
		return o.Fail(oneNode(found))
	case len(found.nodes) == 1:
		return o.PassNoted("one of its pods was there when the snapshot was taken")
	}
	return o.Pass()
}

// dnsServers finds them by their images in system namespaces.
func dnsServers(v assessments.View) servers {
	figures := reference.NetworkingFigures().DNS
	found := servers{}
	for _, w := range v.Workloads {
		if !w.System || w.RunsToEnd() {
			continue
		}
		switch {
		case runs(w, figures.Images):
			found.add(w)
			found.unsure = cmp.Or(rules.AutoscalerUnknown(v, w), found.unsure)
		case !v.Live() && runs(w, figures.Scalers):
			found.unsure = "something that sets the replicas of DNS by itself stands beside it"
		}
	}
	if !figures.Deducts() {
		found.unsure = "the images of cluster DNS are in doubt: " + figures.Doubt()
	}
	slices.Sort(found.nodes)
	found.nodes = slices.Compact(found.nodes)
	return found
}

func runs(w *facts.Workload, images []string) bool {
	return slices.ContainsFunc(w.Serving(), func(c *facts.Container) bool { return slices.Contains(images, c.Image.Name()) })
}

func (s *servers) add(w *facts.Workload) {
	s.workloads = append(s.workloads, w)
	s.everyNode = s.everyNode || w.Kind == "DaemonSet"
	least := w.LeastReplicas()
	if least != nil {
		s.replicas += *least
	} else if w.Kind != "DaemonSet" {
		s.replicas++
	}
	if w.Pods == nil {
		return
	}
	s.pods += w.Pods.Total
	for _, share := range w.Pods.Nodes {
		if share.Name != "" && share.Pods > 0 {
			s.nodes = append(s.nodes, share.Name)
		}
	}
}

func (s *servers) described() assessments.Evidence {
	var all []string
	for _, w := range s.workloads {
		all = append(all, fmt.Sprintf("%s %s/%s", w.Kind, w.Namespace, w.Name))
	}
	return assessments.Evidence{What: "served by", Value: fmt.Sprintf("%s, %s in all", strings.Join(all, ", "), assessments.Counted(s.replicas, "replica"))}
}

func oneServer(found servers) assessments.Failure {
	mend := assessments.Mend{Text: "Give it two replicas or more, and spread them with topologySpreadConstraints over kubernetes.io/hostname."}
	if w := found.workloads[0]; len(found.workloads) == 1 && w.Kind == "Deployment" && w.Autoscaler == nil {
		mend.Patch = patch.Workload(w, patch.Field{Key: "replicas", Value: 2})
	}
	return assessments.Failure{
		Message:  "One pod serves the names of the whole cluster: while it is moved or starts, nothing finds anything.",
		Evidence: []assessments.Evidence{found.described()},
		Expected: "two replicas or more on different nodes",
		Mend:     mend,
	}
}

func oneNode(found servers) assessments.Failure {
	return assessments.Failure{
		Message:  "All pods that serve the names of the cluster are on one node: they go together.",
		Evidence: []assessments.Evidence{found.described(), {What: "node of all pods", Value: found.nodes[0]}},
		Expected: "pods on different nodes",
		Mend: assessments.Mend{Text: "Spread its pods with topologySpreadConstraints over kubernetes.io/hostname (whenUnsatisfiable: " +
			"ScheduleAnyway), then restart it, so that they are placed anew."},
	}
}
