package networking

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/rules"
)

var addressPools = assessments.Rule{
	ID:          "networking/address-pools",
	SubjectKind: "pool",
	Effort:      assessments.EffortSetting,
	Judge:       judgePools,
	Text: assessments.Text{
		Title: "Address pools have room",
		What:  "Pools of load balancers (MetalLB, Cilium) and of network plugins: how many of their addresses are used.",
		Why: "When a balancer's pool is used up, a new Service of type LoadBalancer waits for its address for ever, and nothing fails but the " +
			"people who wait for it. A plugin's pool that is used up keeps new pods from starting.",
		How: "Fails from 80 % on. The use is what the pool itself says, else counted from the services that name the pool as the one " +
			"their address comes from; a pool that is the only one of the only balancer takes them all.\n\n" +
			"Not applicable: a pool that is turned off, a pool of fewer than five addresses (a list of single addresses, used up on purpose), the " +
			"plugin's own pools for pods (networking/pod-cidr judges them together). Unknown: files without a cluster, a size that can't " +
			"be counted, services that could not be read or do not say which pool they use; pools that could not be read at all.",
		Evidence: "Used and size, and the ranges.",
		Mend:     "Add a range to the pool, or a pool; give addresses back that no service needs (a Service of type LoadBalancer that an ingress could serve).",
		Sources: []string{
			"MetalLB documentation, address pools: https://metallb.universe.tf/configuration/",
			"Cilium documentation, LoadBalancer IP address management: https://docs.cilium.io/en/stable/network/lb-ipam/",
		},
		DoesNotCatch: "Addresses that something outside of the cluster uses too, and quotas of a cloud's balancers.",
	},
}

// fewAddresses: a smaller pool is a list of single addresses, of which each is meant for one service.
const fewAddresses = 5

func judgePools(v assessments.View) []assessments.Outcome {
	cluster := assessments.AboutCluster()
	if v.Plan && !v.Live() {
		return nil
	}
	if answered, done := rules.OnlyLive(v, cluster); done {
		return []assessments.Outcome{answered}
	}
	var outcomes []assessments.Outcome
	for _, r := range network.Pools(v) {
		outcomes = append(outcomes, judgePool(v, r))
	}
	if reason, unseen := v.Unseen("load-balancers"); unseen {
		return append(outcomes, cluster.Unknown(rules.Unread("load-balancers", reason)))
	}
	return outcomes
}

func judgePool(v assessments.View, r network.Range) assessments.Outcome {
	o := assessments.AboutPool(r.Component, r.Name)
	plugin := network.Plugin(v.Facts)
	switch {
	case r.Disabled:
		return o.NotApplicable("it gives no new addresses: it is turned off")
	case plugin != nil && plugin.Name == r.Component && r.Used == nil:
		return o.NotApplicable("pods take addresses of it: networking/pod-cidr judges the plugin's pools together")
	case r.Size > 0 && r.Size < fewAddresses:
		return o.NotApplicable("it holds fewer than five addresses, each meant for one service")
	case !r.Known():
		return o.Unknown(r.Why)
	case !usedFrom(r, nearlyUsed):
		return o.Pass()
	}
	return o.Fail(assessments.Failure{
		Message:  fmt.Sprintf("%d of its %d addresses are used: what asks then waits for ever.", *r.Used, r.Size),
		Evidence: rangeEvidence(r, "addresses"),
		Expected: fmt.Sprintf("less than %d %% used", nearlyUsed),
		Mend:     assessments.Mend{Text: "Add a range to the pool, or a further pool; give back addresses that no service needs."},
	})
}
