package networking

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/rules"
)

var serviceCIDR = assessments.Rule{
	ID:          "networking/service-cidr",
	SubjectKind: "cluster",
	Effort:      assessments.EffortChange,
	Judge:       func(v assessments.View) []assessments.Outcome { return []assessments.Outcome{judgeServiceRange(v)} },
	Text: assessments.Text{
		Title: "Services have addresses to grow into",
		What:  "The range of services' cluster addresses: how many services take one, and how many it holds.",
		Why: "When it is used up no Service can be made any more, and every chart that holds one fails to install. Before Kubernetes 1.33 the " +
			"range can't be widened.",
		How: "Fails from 80 % on. The range comes from ServiceCIDR objects, else from kubeadm's configuration; ranges of the family that stands " +
			"first are added up. Headless services take no address, and a service takes one of each family at most.\n\n" +
			"Not applicable: a plan. Unknown: ServiceCIDR objects that could not be read; files without a cluster, a range that was not seen, services that could not be read or were " +
			"collected in some namespaces alone.",
		Evidence: "Used and size, the range, and the growth where earlier snapshots tell it.",
		Mend: "From Kubernetes 1.33 on add a further range by a ServiceCIDR object. Before: delete services that nothing uses, make those " +
			"headless that only name pods, and plan a new cluster with a larger range.",
		Sources: []string{
			"Kubernetes documentation, Extend Service IP ranges: https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/",
			"KEP-1880, multiple service CIDRs, stable in 1.33",
		},
		DoesNotCatch: "The few addresses that the cluster keeps for itself, and node ports, of which there are 2,768 by default.",
	},
}

func judgeServiceRange(v assessments.View) assessments.Outcome {
	o := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, o); done {
		return answered
	}
	r := network.ServiceRange(v)
	switch {
	case !r.Known():
		return o.Unknown(r.Why)
	case !usedFrom(r, nearlyUsed):
		return o.Pass()
	}
	return o.Fail(assessments.Failure{
		Message:  fmt.Sprintf("Services take %d of the %d addresses of their range: when it is used up no Service can be made.", *r.Used, r.Size),
		Evidence: rangeEvidence(r, "addresses"),
		Expected: fmt.Sprintf("less than %d %% used", nearlyUsed),
		Mend: assessments.Mend{Text: "Add a range by a ServiceCIDR object (stable from Kubernetes 1.33 on); before, delete services that nothing " +
			"uses, and plan a new cluster with a larger range."},
	})
}
