package upgrade

import (
	"fmt"
	"slices"

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

func sentence(text string) string { return assessments.Capital(text) + "." }

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
	if t.RollbackDays != 0 {
		note(Information, fmt.Sprintf("%s can take a control plane back to the minor before for %d days after a hop.", t.ID, t.RollbackDays), "")
	}
	w.toolReleases(source)
}

// toolReleases looks for a release of the tool for each hop.
func (w *walk) toolReleases(source []assessments.Evidence) {
	t := w.plan.Tool
	windows, bundles := reference.ToolWindows(t.ID), reference.Bundles(t.ID)
	for i, hop := range w.plan.Hops {
		if hop.Skips != nil {
			w.at(i, Item{Kind: "tool", Weight: Information, Subject: t.ID, Evidence: source,
				Message: fmt.Sprintf("Out of an unsupported version %s steps straight to %s, without a guarantee.", t.ID, hop.To)})
		}
		switch {
		case hop.Release != "":
			w.move(i, Move{What: "release of " + t.ID, To: hop.Release, Why: "it makes this step"})
		case len(windows) != 0 && hop.to > windows[len(windows)-1].Max:
			newest := windows[len(windows)-1]
			w.at(i, Item{Kind: "tool", Weight: NotKnown, Subject: t.ID, Message: fmt.Sprintf("No line of %s in the reference takes %s.", t.ID, hop.To),
				Evidence: []assessments.Evidence{evidence("newest line", "%s takes %s to %s (%s)", newest.Line, newest.Min, newest.Max, newest.Source)}})
		case len(bundles) != 0:
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
}

// kubelets are the minors that kubelets run, from old to new.
func (w *walk) kubelets() []reference.Minor {
	var minors []reference.Minor
	for _, n := range w.Facts.Nodes {
		if n.Kubelet.Major == 1 {
			minors = append(minors, reference.Minor(n.Kubelet.Minor))
		}
	}
	slices.Sort(minors)
	return slices.Compact(minors)
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
