package upgrade

import (
	"fmt"
	"slices"

	"plimsoll/assessments/reference"
)

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
		if olderThan("://"+current, brought) {
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
	bundle, _ := w.plan.Tool.row.BundleOf(hop.to)
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
