package upgrade

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// runtimes follows each kind of container runtime along the hops. A tool that brings its own runtime moves it; else the plan does,
// where the table names a version.
func (w *walk) runtimes() {
	if w.plan.Tool.Managed {
		return // the provider's node images bring it
	}
	kinds := map[string]*facts.Node{}
	for _, n := range w.Facts.Nodes {
		if kinds[n.ContainerRuntime] == nil && n.ContainerRuntime != "" {
			kinds[n.ContainerRuntime] = n
		}
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		nodes := w.nodesWhere(func(n *facts.Node) bool { return n.ContainerRuntime == name })
		w.followRuntime(kinds[name], nodes)
	}
}

func (w *walk) followRuntime(n *facts.Node, nodes []snapshot.Ref) {
	current := &facts.Node{Node: &snapshot.Node{Name: n.Name, ContainerRuntime: n.ContainerRuntime}, Kubelet: n.Kubelet}
	told := map[Standing]bool{}
	for i, hop := range w.plan.Hops {
		bundle, brings := w.plan.Tool.row.BundleOf(hop.to)
		j := RuntimeAt(current, hop.to)
		if strings.HasPrefix(current.ContainerRuntime, "containerd://") && olderThan(current.ContainerRuntime, bundle.Containerd) {
			w.runtimeMove(i, current, "containerd://"+bundle.Containerd, fmt.Sprintf("%s %s brings it", w.plan.Tool.ID, bundle.Release))
			j = RuntimeAt(current, hop.to)
		}
		switch {
		case j.Standing == Breaks:
			w.at(i, itemOf("runtime", Blocks, current.ContainerRuntime, j, nodes))
		case j.Standing == Untested && !told[Untested]:
			w.at(i, itemOf("runtime", NotTested, current.ContainerRuntime, j, nodes))
		case j.Standing == Untold && !told[Untold]:
			w.at(i, itemOf("runtime", NotKnown, current.ContainerRuntime, j, nodes))
		}
		told[j.Standing] = true
		if j.Standing != Breaks && (j.Standing != Untested || brings) {
			continue // what a tool brings is the tool's own choice, tested by it or not
		}
		if next, found := containerdFor(hop, bundle); found {
			w.runtimeMove(i, current, "containerd://"+next, "the hop can't be made with what runs now, or nobody lists the pair")
			told = map[Standing]bool{}
		}
	}
}

// olderThan compares a runtime, behind its scheme, with a version; false where either can't be read.
func olderThan(runtime, version string) bool {
	_, text, _ := strings.Cut(runtime, "://")
	have, readable := readRelease(text)
	want, ok := readRelease(version)
	return readable && ok && have.before(want)
}

// sameLine reports whether two versions, behind their schemes, are patches of one line.
func sameLine(a, b string) bool {
	nameA, textA, _ := strings.Cut(a, "://")
	nameB, textB, _ := strings.Cut(b, "://")
	versionA, _ := readRelease(textA) // what can't be read is of no line that a move goes to
	versionB, _ := readRelease(textB)
	return nameA == nameB && versionA.sameLine(versionB)
}

// containerdFor is the containerd to go to in a hop: what the tool brings, else the newest that is listed for both ends, else for
// where the hop leads.
func containerdFor(hop Hop, bundle reference.Bundle) (string, bool) {
	if bundle.Containerd != "" {
		return bundle.Containerd, true
	}
	pairing, listed := reference.RuntimePairingOf("containerd", hop.to)
	if !listed || !pairing.Deducts() {
		return "", false
	}
	before, _ := reference.RuntimePairingOf("containerd", hop.from)
	for _, version := range pairing.Versions {
		if at, _ := readRelease(version); pairs(before, at) {
			return version, true
		}
	}
	return pairing.Versions[0], true
}

func (w *walk) runtimeMove(hop int, current *facts.Node, to, why string) {
	move := Move{What: "container runtime", From: current.ContainerRuntime, To: to, Why: why}
	current.ContainerRuntime = to
	if slices.Contains(w.plan.Hops[hop].Moves, move) {
		return // another group of nodes makes it too
	}
	if !sameLine(move.From, to) {
		w.runtimeMoves++
	}
	w.move(hop, move)
}

// cgroups puts the nodes on cgroup v1 where their kubelet refuses it, and says where it begins to wane.
func (w *walk) cgroups() {
	told := map[Standing]bool{}
	for i, hop := range w.plan.Hops {
		found := map[Standing][]snapshot.Ref{}
		judged := map[Standing]Judgement{}
		for _, n := range w.Facts.Nodes {
			j := CgroupAt(n, hop.to)
			found[j.Standing] = append(found[j.Standing], snapshot.Ref{Kind: "Node", Name: n.Name})
			if _, seen := judged[j.Standing]; !seen {
				judged[j.Standing] = j
			}
		}
		for standing, weight := range map[Standing]Weight{Breaks: Blocks, Waning: Information} {
			if refs := found[standing]; len(refs) > 0 && !told[standing] {
				told[standing] = true
				w.at(i, itemOf("cgroup", weight, "cgroup v1", judged[standing], refs))
			}
		}
	}
}
