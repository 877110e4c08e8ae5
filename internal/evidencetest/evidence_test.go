package evidencetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
)

// where names a subject in a situation.
type where struct{ situation, subject string }

func in(situation, subject string) where { return where{situation, subject} }

// ends are where a rule passes and where it fails.
type ends struct{ passes, fails where }

// proofs names for every rule a subject that passes it and one that fails it.
var proofs = map[string]ends{
	"lifecycle/version-supported":    {in(sound, "cluster"), in(faultyAsOld, "cluster")},
	"lifecycle/patch-current":        {in(sound, "cluster"), in(faultyAsOld, "cluster")},
	"lifecycle/version-skew":         {in(sound, "worker-1"), in(faulty, "version-skew")},
	"lifecycle/half-upgraded":        {in(sound, "cluster"), in(faultyLater, "cluster")},
	"lifecycle/upgrade-path":         {in(sound, "cluster"), in(faultyAsOld, "cluster")},
	"lifecycle/removed-apis":         {in(sound, "v1/namespaces"), in(faulty, "policy/v1beta1/poddisruptionbudgets")},
	"lifecycle/crd-stored-versions":  {in(faulty, "kafkas.kafka.strimzi.io"), in(faulty, "crdstoredversions.example.com")},
	"lifecycle/runtime-supported":    {in(sound, "worker-1"), in(faulty, "runtime-supported")},
	"lifecycle/cgroup-version":       {in(sound, "worker-1"), in(faulty, "cgroup-version")},
	"lifecycle/cni-compatible":       {in(soundAsOlder, "cluster"), in(faultyLater, "cluster")},
	"lifecycle/addons-aligned":       {in(sound, "cluster · coredns"), in(faulty, "cluster · coredns")},
	"lifecycle/control-plane-ha":     {in(sound, "cluster"), in(faulty, "cluster")},
	"lifecycle/certificate-expiry":   {in(sound, "cluster"), in(soundAtEnd, "cluster")},
	"lifecycle/drain-blocked":        {in(sound, "lifecycle/well-kept"), in(faulty, "lifecycle/drain-blocked")},
	"lifecycle/disruption-budget":    {in(sound, "lifecycle/well-kept"), in(faulty, "lifecycle/disruption-budget")},
	"lifecycle/single-replica":       {in(sound, "lifecycle/well-kept"), in(faulty, "lifecycle/single-replica")},
	"lifecycle/replica-spread":       {in(sound, "lifecycle/well-kept"), in(faulty, "lifecycle/replica-spread")},
	"lifecycle/drain-capacity":       {in(sound, "cluster"), in(faulty, "cluster")},
	"lifecycle/naked-pods":           {in(sound, "lifecycle/well-kept"), in(faulty, "lifecycle/naked-pods")},
	"lifecycle/node-bound-state":     {in(sound, "lifecycle/well-kept"), in(faulty, "lifecycle/node-bound-state")},
	"lifecycle/in-tree-volumes":      {in(sound, "in-tree-volumes"), in(faulty, "in-tree-volumes")},
	"lifecycle/webhook-fails-closed": {in(sound, "webhook-fails-closed · endpoints.example.com"), in(faulty, "webhook-fails-closed · endpoints.example.com")},
	"lifecycle/os-supported":         {in(sound, "worker-1"), in(faulty, "os-supported")},

	"delivery/image-tag-mutable":  {in(sound, "delivery/well-kept · app"), in(faulty, "delivery/image-tag-mutable · app")},
	"delivery/image-version":      {in(sound, "delivery/well-kept · app"), in(faulty, "delivery/image-version · app")},
	"delivery/image-drift":        {in(sound, "delivery/well-kept"), in(faulty, "delivery/image-drift")},
	"delivery/image-pull-policy":  {in(sound, "delivery/well-kept · app"), in(faulty, "delivery/image-pull-policy · app")},
	"delivery/managed-release":    {in(sound, "delivery/well-kept"), in(faulty, "delivery/managed-release")},
	"delivery/release-map":        {in(sound, "delivery/well-kept"), in(faulty, "delivery/release-map")},
	"delivery/chart-semver":       {in(sound, "delivery/well-kept"), in(faulty, "delivery/chart-semver")},
	"delivery/chart-bump":         {in(kept, "charts · shop"), in(broken, "charts · shop")},
	"delivery/system-app-bump":    {in(kept, "charts · store"), in(broken, "charts · store")},
	"delivery/release-failed":     {in(sound, "delivery/well-kept"), in(faulty, "delivery/release-failed")},
	"delivery/rollout-stuck":      {in(sound, "delivery/well-kept"), in(faulty, "delivery/rollout-stuck")},
	"delivery/rollback-possible":  {in(sound, "delivery/well-kept"), in(faulty, "delivery/rollback-possible")},
	"delivery/rollout-strategy":   {in(sound, "delivery/well-kept"), in(faulty, "delivery/rollout-strategy")},
	"delivery/version-label":      {in(sound, "delivery/well-kept"), in(faulty, "delivery/version-label")},
	"delivery/resources-declared": {in(sound, "delivery/well-kept · app"), in(faulty, "delivery/resources-declared · app")},
	"delivery/chart-repository":   {in(kept, "charts · shop"), in(broken, "charts · shop")},

	"jvm/version":             {in(sound, "jvm/well-kept · app"), in(faulty, "jvm/version · app")},
	"jvm/container-awareness": {in(sound, "jvm/well-kept · app"), in(faulty, "jvm/container-awareness · app")},
	"jvm/cgroup-v2":           {in(withMachines, "jvm/heap-explicit · app"), in(withMachines, "jvm/cgroup-v2 · app")},
	"jvm/obsolete-flags":      {in(sound, "jvm/well-kept · app"), in(faulty, "jvm/obsolete-flags · app")},
	"jvm/heap-explicit":       {in(sound, "jvm/well-kept · app"), in(faulty, "jvm/heap-explicit · app")},
	"jvm/heap-headroom":       {in(sound, "jvm/well-kept · app"), in(faulty, "jvm/heap-headroom · app")},
	"jvm/memory-limit":        {in(sound, "jvm/well-kept · app"), in(faulty, "jvm/memory-limit · app")},
	"jvm/memory-request":      {in(sound, "jvm/well-kept · app"), in(faulty, "jvm/memory-request · app")},
	"jvm/options-conflict":    {in(sound, "jvm/well-kept · app"), in(faulty, "jvm/options-conflict · app")},
	"jvm/cpu-budget":          {in(sound, "jvm/well-kept · app"), in(faulty, "jvm/cpu-budget · app")},
	"jvm/oom-killed":          {in(sound, "jvm/well-kept · app"), in(faulty, "jvm/oom-killed · app")},
	"jvm/out-of-memory-exit":  {in(sound, "jvm/well-kept · app"), in(faulty, "jvm/out-of-memory-exit · app")},

	"probes/readiness":                 {in(sound, "probes/well-kept · app"), in(faulty, "probes/readiness · app")},
	"probes/liveness-equals-readiness": {in(sound, "probes/well-kept · app"), in(faulty, "probes/liveness-equals-readiness · app")},
	"probes/kill-loop":                 {in(sound, "probes/well-kept · app"), in(faulty, "probes/kill-loop · app")},
	"probes/startup-slow":              {in(sound, "probes/well-kept · app"), in(faulty, "probes/startup-slow · app")},
	"probes/initial-delay":             {in(sound, "probes/well-kept · app"), in(faulty, "probes/initial-delay · app")},
	"probes/timeout":                   {in(sound, "probes/well-kept · app"), in(faulty, "probes/timeout · app")},
	"probes/liveness-depth":            {in(sound, "probes/well-kept · app"), in(faulty, "probes/liveness-depth · app")},
	"probes/unresolvable-port":         {in(sound, "probes/well-kept · app"), in(faulty, "probes/unresolvable-port · app")},
	"probes/liveness-restarts":         {in(sound, "probes/well-kept"), in(faulty, "probes/liveness-restarts")},
	"probes/quorum":                    {in(sound, "probes/quorum"), in(faulty, "probes/quorum · kafka")},
	"probes/termination":               {in(sound, "probes/well-kept"), in(faulty, "probes/termination")},

	"networking/conntrack-use":      {in(withMachines, unifiedTree), in(withMachines, fullTable)},
	"networking/conntrack-capacity": {in(sound, "cluster"), in(faulty, "cluster")},
	"networking/conntrack-settings": {in(withMachines, unifiedTree), in(faulty, "conntrack-settings")},
	"networking/ingress-spread":     {in(sound, "networking/ingress-spread"), in(faulty, "networking/ingress-spread")},
	"networking/external-ips":       {in(sound, "networking/ingress-spread"), in(faulty, "networking/external-ips")},
	"networking/source-nat":         {in(sound, "networking/ingress-spread"), in(faulty, "networking/source-nat")},
	"networking/proxy-mode":         {in(sound, "cluster"), in(faulty, "cluster")},
	"networking/pod-cidr":           {in(sound, "cluster"), in(faulty, "cluster")},
	"networking/service-cidr":       {in(sound, "cluster"), in(faultyRanges, "cluster")},
	"networking/address-pools":      {in(sound, "metallb/address-pools"), in(faulty, "metallb/address-pools")},
	"networking/pods-per-node":      {in(faulty, "version-skew"), in(faulty, "pods-per-node")},
	"networking/bgp-topology":       {in(sound, "cluster"), in(faulty, "cluster")},
	"networking/policy-enforced":    {in(sound, "cluster"), in(faulty, "cluster")},
	"networking/policy-coverage":    {in(sound, "networking"), in(faulty, "networking")},
	"networking/dns":                {in(sound, "cluster"), in(faulty, "cluster")},
}

// further are ends that a rule comes to by another part of what is collected.
var further = map[string][]ends{
	"delivery/rollout-strategy": {{in(sound, "delivery/well-kept"), in(faulty, "delivery/all-at-once")}},
	"delivery/release-failed":   {{in(sound, "delivery/well-kept"), in(faultyLater, "delivery/out-of-sync")}},
	"lifecycle/in-tree-volumes": {{in(sound, "in-tree-volumes"), in(faulty, "in-tree-class")}},
	"lifecycle/cgroup-version":  {{in(withMachines, unifiedTree), in(faulty, "cgroup-version")}},
	"networking/ingress-spread": {{in(sound, "networking/ingress-spread"), in(faulty, "networking/external-ips")}},
	"lifecycle/single-replica":  {{in(sound, "lifecycle/well-kept"), in(faulty, "lifecycle/autoscaled")}},
	"probes/liveness-restarts":  {{in(sound, "probes/well-kept"), in(faultyDay, "probes/startup-slow")}},
}

// beyond are the ends to which a snapshot of the API server as it is does not come, and why not. Each is proven all the same from its
// objects, with another release in the place of the one that it says it is.
var beyond = map[string]string{
	"lifecycle/version-supported fail": "the server's own minor, the newest there is, is supported, and for the end of its support there is no more than an estimate",
	"lifecycle/patch-current fail":     "the server is of the newest patch of its minor that the reference knows",
	"lifecycle/upgrade-path fail":      "the server is of the newest minor there is: no way leads on",
	"networking/service-cidr fail":     "the server gives services sixty thousand addresses, and says so by a ServiceCIDR",
	"lifecycle/cni-compatible pass":    "no network plugin's list of tested releases that the reference knows reaches the server's minor",
}

func TestEveryRulePassesAndFailsOnWhatCollectorsTook(t *testing.T) {
	t.Parallel()
	all := situations(t)
	for _, rule := range content.V1().Rules.All() {
		proof, found := proofs[rule.ID]
		require.True(t, found, "%s: who passes it, and who fails it?", rule.ID)
		for _, end := range append(further[rule.ID], proof) {
			holds(t, all, rule.ID, end.passes, assessments.Pass)
			holds(t, all, rule.ID, end.fails, assessments.Fail)
		}
		for result, at := range map[assessments.Result]where{assessments.Pass: proof.passes, assessments.Fail: proof.fails} {
			isBeyond(t, all, rule.ID, result, all[at.situation].told != "")
		}
	}
	require.Len(t, proofs, len(content.V1().Rules.All()), "each is about a rule that there is")
}

// holds asks that a rule says this of a subject, and nothing else.
func holds(t *testing.T, all map[string]situation, rule string, at where, want assessments.Result) {
	t.Helper()
	require.Contains(t, all, at.situation)
	outcomes, _ := assessments.OutcomesOf(all[at.situation].Input, rule)
	seen := 0
	for _, o := range outcomes {
		if o.Subject().String() == at.subject {
			seen++
			require.Equal(t, want, o.Result, "%s of %s, %s: %s%s", rule, at.subject, at.situation, o.Reason, o.Failure().Message)
		}
	}
	require.Equal(t, 1, seen, "%s has one thing to say of %s, %s", rule, at.subject, at.situation)
}

// isBeyond asks that an end is named as out of the server's own reach if, and only if, no snapshot of the server as it is comes to it.
func isBeyond(t *testing.T, all map[string]situation, rule string, result assessments.Result, told bool) {
	t.Helper()
	reason, named := beyond[rule+" "+string(result)]
	require.Equal(t, told, named, "%s: %s", rule, result)
	if !named {
		return
	}
	require.NotEmpty(t, reason)
	for name, s := range all {
		if s.told != "" {
			continue
		}
		outcomes, _ := assessments.OutcomesOf(s.Input, rule)
		for _, o := range outcomes {
			require.NotEqual(t, result, o.Result, "%s comes to it %s, by %s: it is not beyond", rule, name, o.Subject())
		}
	}
}
