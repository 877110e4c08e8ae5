package contradictions

import (
	"maps"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

var k12Reads = []string{"lifecycle/runtime-supported", "lifecycle/cni-compatible", "lifecycle/addons-aligned"}

var k12 = assessments.Pair{
	ID:        "K-12",
	Questions: []string{"L4"},
	Observes: "Parts that must move together: container runtimes of the nodes and images of the platform's own DaemonSets in several versions at once; " +
		"etcd, DNS, the network plugin and load balancers beside those of other platforms at the same Kubernetes minor; and runtimes, the network " +
		"plugin and add-ons in pairs that nobody lists as tested.",
	Reads: k12Reads,
	Guard: "A roll-out in stages looks the same, and an untested pair may be tested by the team itself: it only asks. Another platform's version counts " +
		"only beside one that this platform had in an earlier snapshot too, and no DaemonSet counts while it is rolled out.",
	Look: lookAtParts,
}

func lookAtParts(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "L4")
	}
	runtimes := map[string]struct{}{}
	for _, n := range v.Nodes {
		if n.ContainerRuntime != "" {
			runtimes[n.ContainerRuntime] = struct{}{}
		}
	}
	if len(runtimes) == 0 {
		return cannotSee("the nodes' container runtimes were not seen", "L4")
	}
	seen := []assessments.Evidence{evidence("container runtimes", "%s", someOf(slices.Collect(maps.Keys(runtimes))))}
	if !claims(v, "L4.a") {
		return []assessments.Sight{saw("L4", "", seen...)}
	}
	if len(runtimes) > 1 {
		return []assessments.Sight{asks("L4", "The list is tested as one, and the nodes run several versions of the container runtime. Is a roll-out under way?", seen...)}
	}
	if split := splitAgents(v); len(split) > 0 {
		return []assessments.Sight{asks("L4", "The list is tested as one, and a DaemonSet of the platform runs two versions of itself, without a roll-out under way. Was it left half done?", append(seen, split...)...)}
	}
	if other := partsElsewhere(v); len(other) > 0 {
		return []assessments.Sight{asks("L4", "The list is tested as one, and platforms at one Kubernetes minor run different versions of its parts. Which of them were tested together?", append(seen, other...)...)}
	}
	if pair, is := untestedPart(v); is {
		return []assessments.Sight{asks("L4", "The list is tested as one, and nobody lists a pair that runs. Was it tested here?", append(seen, pair)...)}
	}
	return []assessments.Sight{saw("L4", "", seen...)}
}

// splitAgents are the platform's own DaemonSets of which one container runs from several images, while nothing is rolled out.
func splitAgents(v assessments.PairView) []assessments.Evidence {
	var split []assessments.Evidence
	for _, w := range v.Workloads {
		if w.Kind != "DaemonSet" || !w.System || w.Pods == nil || w.RolloutUnderWay == nil || *w.RolloutUnderWay {
			continue
		}
		images := map[string][]string{}
		for _, i := range w.Pods.Images {
			if !slices.Contains(images[i.Container], i.Image) {
				images[i.Container] = append(images[i.Container], i.Image)
			}
		}
		for _, container := range slices.Sorted(maps.Keys(images)) {
			if versions := images[container]; len(versions) > 1 {
				split = append(split, evidence(subjectOf(w).String(), "%s", someOf(versions)))
			}
		}
	}
	return split
}

// partsElsewhere are the parts that this platform has had in one version since an earlier snapshot, and that another platform at the
// same minor of Kubernetes runs in another. kube-proxy goes with the control plane's own patches, so that it tells nothing here.
func partsElsewhere(v assessments.PairView) []assessments.Evidence {
	if v.Cluster == nil || !v.Cluster.Version.Known() {
		return nil
	}
	var other []assessments.Evidence
	for _, part := range settledParts(v) {
		for _, s := range v.Siblings {
			theirs, ran := s.Components[part.name]
			if running, ok := facts.ParseVersion(s.ServerVersion); ran && theirs != part.version && ok && running.MinorString() == v.Cluster.Version.MinorString() {
				other = append(other, evidence(part.name, "%s here, %s on %s", part.version, theirs, s.Platform))
			}
		}
	}
	return other
}

type partVersion struct{ name, version string }

// settledParts are the parts in the version that an earlier snapshot, a day old at least, has too; by name.
func settledParts(v assessments.PairView) []partVersion {
	var now assessments.Earlier
	now.Add(*v.Cluster.Cluster)
	for _, n := range v.Networks {
		now.Add(*n)
	}
	delete(now.Components, "kube-proxy")
	var settled []partVersion
	for _, name := range slices.Sorted(maps.Keys(now.Components)) {
		version := now.Components[name]
		if slices.ContainsFunc(v.History, func(e assessments.Earlier) bool {
			return e.Components[name] == version && v.TakenAt.Sub(e.TakenAt) >= apart
		}) {
			settled = append(settled, partVersion{name, version})
		}
	}
	return settled
}

// untestedPart is the first part that its rule finds untested, ended or out of its window.
func untestedPart(v assessments.PairView) (assessments.Evidence, bool) {
	for _, rule := range k12Reads {
		for _, o := range outcomes(rule, v) {
			if o.Result == assessments.Fail {
				return evidence(o.Subject().String(), "%s", o.Failure().Message), true
			}
		}
	}
	return assessments.Evidence{}, false
}
