package lifecycle

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/snapshot"
)

// leastControlPlane is the least number of members that bears the loss of one and still has a majority.
const leastControlPlane = 3

var controlPlaneHA = assessments.Rule{
	ID:          "lifecycle/control-plane-ha",
	SubjectKind: "cluster",
	Effort:      assessments.EffortProject,
	Judge: func(v assessments.View) []assessments.Outcome {
		return []assessments.Outcome{judgeControlPlane(v, assessments.AboutCluster())}
	},
	Text: assessments.Text{
		Title: "The control plane survives the loss of one member",
		What:  "The members of a self-managed control plane: nodes that run the API server, and members of etcd.",
		Why: "An upgrade takes the control plane down member by member. With one or two of them nothing is scheduled, healed or scaled " +
			"meanwhile, and etcd without a majority takes no writes. An even number of etcd members bears no more failures than one less, and " +
			"has one machine more that can fail.",
		How: "Fails with fewer than three control-plane nodes, or with an even number of etcd members. Members are counted by their static " +
			"pods, else by the roles of the nodes.\n\n" +
			"Not applicable: a provider runs the control plane; a cluster of kind, minikube or Docker Desktop, made for one developer. Unknown: " +
			"a control plane that is hosted elsewhere or hidden, nodes that could not be read, files without a cluster. Where etcd can't be seen " +
			"beside the API servers, they alone are judged.",
		Evidence: "The number of control-plane nodes and of etcd members, as far as they are visible.",
		Mend: "Run three control-plane nodes in different failure domains, each with a member of etcd, behind one address. Join them one by one " +
			"with the tool that made the cluster. Nothing in a manifest does it, so there is no patch.",
		Sources: []string{
			"Kubernetes documentation, Options for Highly Available Topology: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/ha-topology/",
			"etcd documentation, What is failure tolerance: https://etcd.io/docs/v3.5/faq/#what-is-failure-tolerance",
		},
		DoesNotCatch: "Members that share a machine, a rack or a zone, a single load balancer in front, and an external etcd.",
	},
}

func judgeControlPlane(v assessments.View, o assessments.Outcome) assessments.Outcome {
	if answered, done := rules.OnlyLive(v, o); done {
		return answered
	}
	if v.Cluster == nil {
		return o.Unknown("the cluster itself was not seen")
	}
	provisioner, _ := reference.ProvisionerOf(v.Provisioner())
	plane := v.Cluster.ControlPlane
	switch {
	case provisioner.Managed || v.Cluster.Managed != nil && *v.Cluster.Managed:
		return o.NotApplicable("a provider runs the control plane")
	case provisioner.Development:
		return o.NotApplicable("a development cluster (" + provisioner.ID + ")")
	case plane == nil:
		return unseenControlPlane(v, o)
	case plane.Hosted:
		return o.Unknown("the control plane is hosted outside of the cluster")
	case !plane.Visible || plane.APIServers == 0:
		return o.Unknown("the control plane's members can't be seen from inside the cluster")
	}
	return countMembers(o, plane)
}

func unseenControlPlane(v assessments.View, o assessments.Outcome) assessments.Outcome {
	if reason, unseen := v.Unseen("nodes"); unseen {
		return o.Unknown(rules.Unread("nodes", reason))
	}
	return o.Unknown("the control plane's members were not seen")
}

func countMembers(o assessments.Outcome, plane *snapshot.ControlPlane) assessments.Outcome {
	seen := []assessments.Evidence{
		{What: "control-plane nodes", Value: fmt.Sprint(plane.APIServers)}, {What: "etcd members", Value: membersText(plane.EtcdMembers)},
	}
	failure := assessments.Failure{
		Evidence: seen, Expected: "three control-plane nodes or more, and an odd number of etcd members",
		Mend: assessments.Mend{Text: "Join control-plane nodes, each with a member of etcd, until there are three in different failure domains."},
	}
	switch {
	case plane.APIServers < leastControlPlane:
		failure.Message = fmt.Sprintf("The control plane has %s: each upgrade and each failure of one takes the cluster's own controls away.",
			assessments.Counted(plane.APIServers, "node"))
	case plane.EtcdMembers == 0:
		return o.PassNoted("the members of etcd can't be seen; the API servers alone were counted")
	case plane.EtcdMembers%2 == 0:
		failure.Message = fmt.Sprintf("etcd has %d members: it bears no more failures than with %d, and one machine more can fail.", plane.EtcdMembers, plane.EtcdMembers-1)
		failure.Mend.Text = "Bring etcd to an odd number of members: join one, or take one away while all are healthy."
	default:
		return o.Pass()
	}
	return o.Fail(failure)
}

func membersText(n int) string {
	if n == 0 {
		return "not seen"
	}
	return fmt.Sprint(n)
}
