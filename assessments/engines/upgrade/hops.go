package upgrade

import (
	"slices"
	"time"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

// toolOf is what set the cluster up and upgrades it.
func toolOf(f *facts.Facts) Tool {
	t := Tool{ID: f.Provisioner()}
	if f.Cluster != nil && f.Cluster.Managed != nil {
		t.Managed = *f.Cluster.Managed
	} else {
		provisioner, _ := reference.ProvisionerOf(t.ID) // one that nobody knows is not said to be managed
		t.Managed = provisioner.Managed
	}
	t.row, t.Known = reference.UpgradeToolOf(t.ID)
	if t.Known {
		t.Skips, t.Enforced, t.RollbackDays = string(t.row.Skips), t.row.Enforced, t.row.RollbackDays
		t.Note, t.Doubt, t.Source = t.row.Note, t.row.Doubt(), t.row.Source
	}
	return t
}

// hopsOf are the steps of the control plane. Kubernetes itself never lets an API server skip a minor; only a provider that says
// otherwise can, and then no further than to its oldest supported minor.
func hopsOf(t Tool, from, to reference.Minor, asOf time.Time) []Hop {
	var hops []Hop
	for at := from; at < to; {
		next := min(t.reach(at, asOf), to)
		hop := Hop{From: at.String(), To: next.String(), Moves: []Move{}, Items: []Item{}, from: at, to: next}
		for skipped := at + 1; skipped < next; skipped++ {
			hop.Skips = append(hop.Skips, skipped.String())
		}
		if bundle, found := t.row.BundleOf(next); found {
			hop.Release = bundle.Release
		} else if windows := t.row.WindowsOf(next); len(windows) > 0 {
			hop.Release = windows[len(windows)-1].Line
		}
		if release, known := reference.ReleaseOf(next); known {
			ended, sure := release.Ended(asOf)
			hop.Ended = ended && sure
		}
		hops = append(hops, hop)
		at = next
	}
	return hops
}

// reach is how far one step goes from a minor.
func (t Tool) reach(at reference.Minor, asOf time.Time) reference.Minor {
	if t.row.Skips == reference.SkipsUnsupported && t.row.Deducts() {
		return max(at+1, oldestSupported(t.ID, asOf))
	}
	return at + 1
}

// oldestSupported is the oldest minor that a provider supports at a day; 0 where its dates are not known.
func oldestSupported(provider string, asOf time.Time) reference.Minor {
	var supported []reference.Minor
	for _, row := range reference.ManagedLifecycles() {
		if row.Provider == provider && row.Deducts() && !row.Available.After(asOf) && !asOf.After(row.StandardEnd.Time) {
			supported = append(supported, row.Minor)
		}
	}
	if len(supported) == 0 {
		return 0
	}
	return slices.Min(supported)
}
