package upgrade

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

// Ids of milestones in the reference.
const (
	dockershimRemoved  = "dockershim-removed"
	criAlphaRemoved    = "cri-v1alpha2-removed"
	cgroupMaintenance  = "cgroup-v1-maintenance"
	cgroupRefused      = "cgroup-v1-refused"
	inTreeCloudRemoved = "in-tree-clouds-removed"
)

// milestone is a row of the reference, and whether it may be built on.
func milestone(id string) (reference.Milestone, bool) {
	row, known := reference.MilestoneOf(id)
	return row, known && row.Deducts()
}

// RuntimeAt says how a node's container runtime stands at a minor of its kubelet.
func RuntimeAt(n *facts.Node, minor reference.Minor) Judgement {
	name, version, found := strings.Cut(n.ContainerRuntime, "://")
	if !found {
		return untold("its container runtime was not seen")
	}
	seen := evidence("container runtime", "%s", n.ContainerRuntime)
	if name == "docker" {
		return dockerAt(n, minor, seen)
	}
	at, readable := readRelease(version)
	if !readable {
		return untold("the version of its container runtime can't be read", seen)
	}
	switch name {
	case "containerd":
		return containerdAt(at, minor, seen)
	case "cri-o":
		return crioAt(at, minor, seen)
	}
	return untold("the reference has no table for the runtime "+name, seen)
}

// dockerAt: docker:// is dockershim on a kubelet that still has it, and the separate cri-dockerd on a later one.
func dockerAt(n *facts.Node, minor reference.Minor, seen assessments.Evidence) Judgement {
	removed, sure := milestone(dockershimRemoved)
	switch {
	case !sure:
		return untold("the reference does not say when dockershim went", seen)
	case !n.Kubelet.Known():
		return untold("whether docker:// is dockershim can't be told without the kubelet's version", seen)
	case reference.Minor(n.Kubelet.Minor) >= removed.Minor:
		return untold("it speaks to Docker through cri-dockerd, of which the reference has no table", seen)
	case minor < removed.Minor:
		return serves(seen)
	}
	return Judgement{
		Standing: Breaks, Why: fmt.Sprintf("Kubernetes %s has no dockershim, so the kubelet no longer starts with Docker", removed.Minor),
		Mend:     "Move the node to containerd: drain it, and replace it or change its runtime, before its kubelet goes on. Images stay as they are.",
		Evidence: []assessments.Evidence{seen, evidence("dockershim gone from", "%s (%s)", removed.Minor, removed.Source)},
	}
}

func containerdAt(at release, minor reference.Minor, seen assessments.Evidence) Judgement {
	removed, sure := milestone(criAlphaRemoved)
	if least, _ := readRelease(removed.Least); sure && minor >= removed.Minor && at.before(least) {
		return Judgement{
			Standing: Breaks, Why: fmt.Sprintf("containerd before %s speaks only CRI v1alpha2, which Kubernetes %s no longer does", removed.Least, removed.Minor),
			Mend:     fmt.Sprintf("Bring containerd to %s or newer before the kubelet.", removed.Least),
			Evidence: []assessments.Evidence{seen, evidence("CRI v1alpha2 gone from", "%s (%s)", removed.Minor, removed.Source)},
		}
	}
	pairing, listed := reference.RuntimePairingOf("containerd", minor)
	switch {
	case !listed:
		return untold(fmt.Sprintf("containerd's table does not hold %s", minor), seen)
	case !pairing.Deducts():
		return untold("containerd's table is in doubt: "+pairing.Doubt(), seen)
	case pairs(pairing, at):
		return serves(seen)
	}
	listing := evidence(fmt.Sprintf("listed for %s", minor), "%s or a later patch (%s)", strings.Join(pairing.Versions, ", "), pairing.Source)
	why, mend := unlisted(pairing, at, minor)
	return Judgement{Standing: Untested, Why: why, Mend: mend, Evidence: []assessments.Evidence{seen, listing}}
}

// unlisted says how a version of containerd misses the row of a minor: a patch too old, a line newer than any that is listed, or another
// line. A newer one is no reason to go back.
func unlisted(pairing reference.RuntimePairing, at release, minor reference.Minor) (why, mend string) {
	newer := true
	for _, text := range pairing.Versions {
		least, ok := readRelease(text)
		if ok && at.sameLine(least) && at.before(least) {
			return fmt.Sprintf("containerd %d.%d.%d with Kubernetes %s is untested: containerd's own table lists its line from %s on", at.major, at.minor, at.patch, minor, text),
				fmt.Sprintf("Bring containerd to %s or a later patch of that line.", text)
		}
		newer = newer && ok && least.before(at)
	}
	why = fmt.Sprintf("containerd %s with Kubernetes %s is untested: containerd's own table does not list it", at.line(), minor)
	if !newer {
		return why, fmt.Sprintf("Bring containerd to %s or a later patch of that line.", pairing.Versions[0])
	}
	mend = "It is newer than what is listed: don't go back, but try the pair on one node first."
	for next := minor + 1; ; next++ {
		later, listed := reference.RuntimePairingOf("containerd", next)
		if !listed {
			return why, mend
		}
		if later.Deducts() && pairs(later, at) {
			return why, fmt.Sprintf("%s The table lists it from Kubernetes %s on.", mend, next)
		}
	}
}

// pairs reports whether a version is in a row. A row over many minors names the least; one for a single minor names its lines.
func pairs(pairing reference.RuntimePairing, at release) bool {
	for _, text := range pairing.Versions {
		least, _ := readRelease(text)
		if !at.before(least) && (pairing.From != pairing.Until || at.sameLine(least)) {
			return true
		}
	}
	return false
}

func crioAt(at release, minor reference.Minor, seen assessments.Evidence) Judgement {
	skew, known := reference.RuntimeSkewOf("cri-o")
	if !known || !skew.Deducts() || at.major != 1 {
		return untold("the reference has no window for this CRI-O", seen)
	}
	own := reference.Minor(at.minor)
	if own >= minor-reference.Minor(skew.OlderBy) && own <= minor+reference.Minor(skew.NewerBy) {
		return serves(seen)
	}
	return Judgement{
		Standing: Untested, Why: fmt.Sprintf("CRI-O %s with Kubernetes %s is untested: CRI-O has the minor of its Kubernetes, at most %d older", at.line(), minor, skew.OlderBy),
		Mend:     fmt.Sprintf("Bring CRI-O to %s together with the kubelet.", minor),
		Evidence: []assessments.Evidence{seen, evidence("window of CRI-O", "%d minors older, %d newer (%s)", skew.OlderBy, skew.NewerBy, skew.Source)},
	}
}

// CgroupAt says how a node's cgroup version stands at a minor of its kubelet. Where nobody saw the version it is inferred from
// the release of the operating system, and the evidence says so.
func CgroupAt(n *facts.Node, minor reference.Minor) Judgement {
	version, seen, known := cgroupOf(n)
	switch {
	case n.OperatingSystem == "windows":
		return Judgement{Standing: Outside, Why: "Windows has no cgroups"}
	case !known:
		return untold("its cgroup version was not seen, and its operating system does not tell it")
	case version >= 2:
		return serves(seen)
	}
	if refused, sure := milestone(cgroupRefused); sure && minor >= refused.Minor {
		proof := []assessments.Evidence{seen, evidence("cgroup v1 refused from", "%s (%s)", refused.Minor, refused.Source)}
		if n.KubeletFailCgroupV1 != nil && !*n.KubeletFailCgroupV1 {
			return Judgement{
				Standing: Waning, Why: fmt.Sprintf("the kubelet of %s starts on cgroup v1 only because failCgroupV1 is false, and the code is to go", minor),
				Mend: moveToCgroupV2, Evidence: append(proof, evidence("failCgroupV1", "false")),
			}
		}
		return Judgement{Standing: Breaks, Why: fmt.Sprintf("the kubelet of Kubernetes %s does not start on cgroup v1 unless failCgroupV1 is false", minor), Mend: moveToCgroupV2, Evidence: proof}
	}
	if waning, sure := milestone(cgroupMaintenance); sure && minor >= waning.Minor {
		return Judgement{
			Standing: Waning, Why: fmt.Sprintf("cgroup v1 is in maintenance from Kubernetes %s on: it only gets fixes", waning.Minor), Mend: moveToCgroupV2,
			Evidence: []assessments.Evidence{seen, evidence("in maintenance from", "%s (%s)", waning.Minor, waning.Source)},
		}
	}
	return serves(seen)
}

const moveToCgroupV2 = "Replace the node by one whose operating system starts with cgroup v2, or start it with systemd.unified_cgroup_hierarchy=1. " +
	"Look at old JVMs first: some see no limits under cgroup v2."

// cgroupOf is a node's cgroup version, with where it was told from.
func cgroupOf(n *facts.Node) (version int, seen assessments.Evidence, known bool) {
	if n.CgroupVersion != 0 {
		return n.CgroupVersion, evidence("cgroup version", "v%d (from: %s)", n.CgroupVersion, orUnsaid(n.CgroupSource)), true
	}
	row, text, found := reference.CgroupV2DefaultOf(n.OSImage)
	if !found || !row.Deducts() {
		return 0, assessments.Evidence{}, false
	}
	own, _ := readRelease(text)
	from, _ := readRelease(row.From)
	version = 2
	if own.before(from) {
		version = 1
	}
	return version, evidence("cgroup version", "v%d (inferred from %s: v2 is the default from %s on, %s)", version, n.OSImage, row.From, row.Source), true
}

func orUnsaid(source string) string {
	if source == "" {
		return "not said"
	}
	return source
}

// SkewAt says whether a kubelet may stay as it is beside an API server of a minor, by Kubernetes' policy and the tool's own.
func SkewAt(kubelet, server reference.Minor, tool reference.UpgradeTool) Judgement {
	window, listed := reference.SkewOf("kubelet", kubelet)
	if !listed || !window.Deducts() {
		return untold("the reference has no window for this kubelet")
	}
	older, by := window.OlderBy, window.Source
	if tool.KubeletOlderBy != 0 && tool.KubeletOlderBy < older && tool.Deducts() {
		older, by = tool.KubeletOlderBy, tool.Tool+": "+tool.Source
	}
	if kubelet >= server-reference.Minor(older) && kubelet <= server {
		return serves()
	}
	return Judgement{
		Standing: Breaks, Why: fmt.Sprintf("a kubelet of %s may not stand beside an API server of %s: %d minors are allowed", kubelet, server, older),
		Mend:     "Upgrade or replace these nodes first; a kubelet may skip minors on a drained node, as long as it stays in the window.",
		Evidence: []assessments.Evidence{evidence("kubelet", "%s", kubelet), evidence("window", "%d minors older (%s)", older, by)},
	}
}
