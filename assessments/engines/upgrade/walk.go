package upgrade

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// walk goes along the hops with one part of the cluster after the other.
type walk struct {
	Input
	plan     *Plan
	from, to reference.Minor

	cniMoves, runtimeMoves int
}

func (w *walk) before(item Item) { w.plan.Before = append(w.plan.Before, item) }

// at puts an item where it first bites.
func (w *walk) at(hop int, item Item) {
	w.plan.Hops[hop].Items = append(w.plan.Hops[hop].Items, item)
}

func (w *walk) move(hop int, move Move) {
	w.plan.Hops[hop].Moves = append(w.plan.Hops[hop].Moves, move)
}

// itemOf makes an item of a judgement; its objects are bounded and counted.
func itemOf(kind string, weight Weight, subject string, j Judgement, objects []snapshot.Ref) Item {
	return Item{
		Kind: kind, Weight: weight, Subject: subject, Message: sentence(j.Why), Mend: j.Mend, Count: len(objects),
		Objects: objects[:min(len(objects), maxObjects)], Evidence: j.Evidence,
	}
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return assessments.Capital(text) + "."
}

// tool says what the tool itself means for the way.
func (w *walk) tool() {
	t := w.plan.Tool
	subject := t.ID
	if subject == "" {
		subject = "the tool"
	}
	source := []assessments.Evidence{evidence("tool", "%s (%s)", subject, t.Source)}
	note := func(weight Weight, message, mend string) {
		w.before(Item{Kind: "tool", Weight: weight, Subject: subject, Message: message, Mend: mend, Evidence: source})
	}
	if provisioner, known := reference.ProvisionerOf(t.ID); known && provisioner.Retired && provisioner.Deducts() {
		source = []assessments.Evidence{evidence("tool", "%s (%s)", subject, provisioner.Source)}
		note(Blocks, fmt.Sprintf("%s has ended as a project: it has no release for later minors.", t.ID),
			"Take the cluster over with another tool, or move to a new cluster.")
		return
	}
	switch {
	case !t.Known:
		source = []assessments.Evidence{evidence("rule", "the API server never skips a minor (Kubernetes version skew policy)")}
		note(NotKnown, "How this cluster's tool upgrades is not known: the hops are those that Kubernetes itself asks for.", "")
		return
	case t.Doubt != "":
		note(NotKnown, fmt.Sprintf("What is known of upgrades with %s is in doubt: %s.", t.ID, t.Doubt), "")
	case t.row.Skips == reference.SkipsDiscouraged:
		note(Information, fmt.Sprintf("%s does not refuse to skip a minor inside of its own window, and advises against it; the plan takes single steps.", t.ID), "")
	}
	if t.RollbackDays > 0 {
		note(Information, fmt.Sprintf("%s can take a control plane back to the minor before for %d days after a hop.", t.ID, t.RollbackDays), "")
	}
	w.toolReleases(source)
}

// toolReleases looks for a release of the tool for each hop.
func (w *walk) toolReleases(source []assessments.Evidence) {
	t := w.plan.Tool
	windows, bundles := reference.ToolWindows(t.ID), reference.Bundles(t.ID)
	for i, hop := range w.plan.Hops {
		if len(hop.Skips) > 0 {
			w.at(i, Item{Kind: "tool", Weight: Information, Subject: t.ID, Evidence: source,
				Message: fmt.Sprintf("Out of an unsupported version %s steps straight to %s, without a guarantee.", t.ID, hop.To)})
		}
		switch newest := len(windows) - 1; {
		case hop.Release != "":
			w.move(i, Move{What: "release of " + t.ID, To: hop.Release, Why: "it makes this step"})
		case newest >= 0 && hop.to > windows[newest].Max:
			w.at(i, Item{Kind: "tool", Weight: NotKnown, Subject: t.ID, Message: fmt.Sprintf("No line of %s in the reference takes %s.", t.ID, hop.To),
				Evidence: []assessments.Evidence{evidence("newest line", "%s takes %s to %s (%s)", windows[newest].Line, windows[newest].Min, windows[newest].Max, windows[newest].Source)}})
		case len(bundles) > 0:
			last := bundles[len(bundles)-1]
			w.at(i, Item{Kind: "tool", Weight: NotKnown, Subject: t.ID, Message: fmt.Sprintf("Which release of %s installs %s is not in the reference.", t.ID, hop.To),
				Evidence: []assessments.Evidence{evidence("releases known", "%s (%s) to %s (%s)", bundles[0].Release, bundles[0].Kubernetes, last.Release, last.Kubernetes)}})
		}
	}
}

// drain lists the workloads that hold their nodes: each hop drains every node.
func (w *walk) drain() {
	for _, u := range w.Undrainable {
		name := u.Object.Namespace + "/" + u.Object.Name
		w.before(Item{Kind: "drain", Weight: Blocks, Subject: name, Message: u.Why, Count: 1, Objects: []snapshot.Ref{u.Object}, Evidence: u.Evidence,
			Mend: "Let its budget allow one pod to go, or move it by hand in each hop."})
	}
}

// skew holds the kubelets as they are against the first hop; from then on they move along.
func (w *walk) skew() {
	for _, minor := range w.kubelets() {
		nodes := w.nodesWhere(func(n *facts.Node) bool { return reference.Minor(n.Kubelet.Minor) == minor })
		hop := w.plan.Hops[0]
		if j := SkewAt(minor, hop.to, w.plan.Tool.row); j.Standing == Breaks {
			j.Why = fmt.Sprintf("%s, so these nodes stop the hop to %s", j.Why, hop.To)
			w.at(0, itemOf("kubeletSkew", Blocks, "kubelets of "+minor.String(), j, nodes))
		}
	}
	for i := 1; i < len(w.plan.Hops); i++ {
		hop := w.plan.Hops[i]
		if j := SkewAt(hop.from, hop.to, w.plan.Tool.row); j.Standing == Breaks {
			w.at(i, itemOf("kubeletSkew", Blocks, "kubelets of "+hop.From, j, nil))
		}
	}
}

// kubelets are the minors that kubelets run, from old to new.
func (w *walk) kubelets() []reference.Minor {
	seen := map[reference.Minor]bool{}
	for _, n := range w.Facts.Nodes {
		if n.Kubelet.Known() && n.Kubelet.Major == 1 {
			seen[reference.Minor(n.Kubelet.Minor)] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func (w *walk) nodesWhere(is func(*facts.Node) bool) []snapshot.Ref {
	var refs []snapshot.Ref
	for _, n := range w.Facts.Nodes {
		if is(n) {
			refs = append(refs, snapshot.Ref{Kind: "Node", Name: n.Name})
		}
	}
	return refs
}

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
		containerd := strings.HasPrefix(current.ContainerRuntime, "containerd://")
		if containerd && brings && bundle.Containerd != "" && olderThan(current.ContainerRuntime, bundle.Containerd) {
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
	versionA, okA := readRelease(textA)
	versionB, okB := readRelease(textB)
	return nameA == nameB && okA && okB && versionA.sameLine(versionB)
}

// containerdFor is the containerd to go to in a hop: what the tool brings, else the newest that is listed for both ends, else for
// where the hop leads.
func containerdFor(hop Hop, bundle reference.Bundle) (string, bool) {
	if bundle.Containerd != "" {
		return bundle.Containerd, true
	}
	pairing, listed := reference.RuntimePairingOf("containerd", hop.to)
	if !listed || !pairing.Deducts() || len(pairing.Versions) == 0 {
		return "", false
	}
	before, known := reference.RuntimePairingOf("containerd", hop.from)
	for _, version := range pairing.Versions {
		if at, ok := readRelease(version); ok && known && pairs(before, at) {
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

// network follows the network plugin: it stays on its line as long as that is tested, and moves to one that is tested with both
// ends of a hop where there is one.
func (w *walk) network() {
	cni := CNIOf(w.Facts)
	if cni == nil {
		return
	}
	if ended, is := CNIEnded(cni.Name, cni.Version, w.AsOf); is {
		w.before(itemOf("cni", Information, cni.Name, ended, nil))
	}
	current, told := cni.Version, map[Standing]bool{}
	for i, hop := range w.plan.Hops {
		brought, release := w.broughtCNI(hop, cni.Name)
		brings := brought != ""
		if brings && olderThan("://"+current, brought) {
			w.cniMove(i, cni.Name, &current, brought, fmt.Sprintf("%s %s brings it", w.plan.Tool.ID, release))
			clear(told)
		}
		j := CNIAt(cni.Name, current, hop.to)
		if j.Standing != Untested {
			if j.Standing == Untold && !told[Untold] {
				w.at(i, itemOf("cni", NotKnown, cni.Name+" "+current, j, nil))
			}
			told[j.Standing] = true
			continue
		}
		if line, found := cniFor(cni.Name, hop); found && !brings && !w.plan.Tool.Managed {
			w.cniMove(i, cni.Name, &current, line, fmt.Sprintf("tested with %s; %s is not", hop.To, current))
			clear(told)
			continue
		}
		if !told[Untested] {
			told[Untested] = true
			w.at(i, itemOf("cni", NotTested, cni.Name+" "+current, j, nil))
		}
	}
}

func (w *walk) broughtCNI(hop Hop, plugin string) (version, release string) {
	bundle, brings := w.plan.Tool.row.BundleOf(hop.to)
	if !brings {
		return "", ""
	}
	return map[string]string{"calico": bundle.Calico, "cilium": bundle.Cilium, "flannel": bundle.Flannel}[plugin], bundle.Release
}

func (w *walk) cniMove(hop int, plugin string, current *string, to, why string) {
	if !sameLine("://"+*current, "://"+to) {
		w.cniMoves++
	}
	w.move(hop, Move{What: "network plugin " + plugin, From: *current, To: to, Why: why})
	*current = to
}

// cniFor is the line that is tested with both ends of a hop and reaches furthest; where none is, the oldest that is tested with
// where the hop leads.
func cniFor(plugin string, hop Hop) (string, bool) {
	best, reach, after := "", reference.Minor(0), ""
	for _, row := range reference.CNILines(plugin) {
		if !row.Deducts() || !slices.Contains(row.Kubernetes, hop.to) {
			continue
		}
		if after == "" {
			after = row.Line
		}
		if slices.Contains(row.Kubernetes, hop.from) && slices.Max(row.Kubernetes) >= reach {
			best, reach = row.Line, slices.Max(row.Kubernetes)
		}
	}
	if best == "" {
		best = after
	}
	return best, best != ""
}
