package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// apis puts each API where it is first gone. Objects of one API in files are told together.
func (w *walk) apis() {
	type found struct {
		use     Use
		refs    []snapshot.Ref
		objects int
	}
	var order []string
	byName := map[string]*found{}
	for _, use := range Uses(w.Facts) {
		entry := byName[use.Name()]
		if entry == nil {
			entry = &found{use: use}
			byName[use.Name()] = entry
			order = append(order, use.Name())
		}
		if use.Object != nil {
			entry.refs = append(entry.refs, *use.Object)
			continue
		}
		entry.refs, entry.objects = use.Objects, max(use.LastApplied, use.Helm, use.Managed)
	}
	slices.Sort(order)
	for _, name := range order {
		w.api(byName[name].use, byName[name].refs, byName[name].objects)
	}
}

func (w *walk) api(use Use, refs []snapshot.Ref, objects int) {
	if j := use.At(w.from); j.Standing == Breaks {
		if use.Strong() {
			j.Why += ": it can't be applied even today"
			w.before(w.apiItem(use, BreaksPart, j, refs, objects))
		}
		return
	}
	told := false
	for i, hop := range w.plan.Hops {
		j := use.At(hop.to)
		switch {
		case j.Standing == Breaks && use.Strong():
			w.at(i, w.apiItem(use, BreaksPart, j, refs, objects))
			return
		case j.Standing == Breaks:
			j.Why += "; only managedFields speak of it, which are never cleaned up"
			w.at(i, w.apiItem(use, Information, j, refs, objects))
			return
		case j.Standing == Untold && !told:
			told = true
			w.at(i, w.apiItem(use, NotKnown, j, refs, objects))
		}
	}
}

func (w *walk) apiItem(use Use, weight Weight, j Judgement, refs []snapshot.Ref, objects int) Item {
	j.Evidence = append(slices.Clone(j.Evidence), use.Grounds()...)
	item := itemOf("removedApi", weight, use.Name(), j, refs)
	item.Count = max(objects, len(refs))
	return item
}

// volumes puts in-tree cloud volumes where their providers are gone.
func (w *walk) volumes() {
	removed, sure := milestone(inTreeCloudRemoved)
	byDriver := map[string][]snapshot.Ref{}
	for _, v := range w.Facts.Volumes {
		if v.Source == "inTree" && v.Driver != "" && v.MigratedTo == "" {
			byDriver[v.Driver] = append(byDriver[v.Driver], snapshot.Ref{Kind: "PersistentVolume", Name: v.Name})
		}
	}
	hop := slices.IndexFunc(w.plan.Hops, func(h Hop) bool { return h.to >= removed.Minor })
	if !sure || hop < 0 {
		return
	}
	for _, driver := range sortedKeys(byDriver) {
		refs := byDriver[driver]
		w.at(hop, itemOf("volume", BreaksPart, driver, Judgement{
			Why:      fmt.Sprintf("by Kubernetes %s the in-tree cloud providers are gone, and volumes of %s work through a CSI driver alone", removed.Minor, driver),
			Mend:     "Install the driver that takes them over before this hop, and look at one volume that has moved.",
			Evidence: []assessments.Evidence{evidence("in-tree volumes", "%d of %s", len(refs), driver), evidence("gone by", "%s (%s)", removed.Minor, removed.Source)},
		}, refs))
	}
}

// addons says where CoreDNS and etcd fall behind, where no tool brings them along.
func (w *walk) addons() {
	if !w.addonsAreOurs() || w.Facts.Cluster == nil {
		return
	}
	for _, addon := range []struct{ name, version string }{{"coredns", w.Facts.Cluster.CoreDNSImageVersion}, {"etcd", w.Facts.Cluster.EtcdImageVersion}} {
		for i, hop := range w.plan.Hops {
			if j := AddonAt(addon.name, addon.version, hop.to); j.Standing == Untested {
				w.at(i, itemOf("addon", NotTested, addon.name+" "+addon.version, j, nil))
				break
			}
		}
	}
}

// addonsAreOurs reports whether somebody of the cluster must move its add-ons: kubeadm and what stands on it bring their own.
func (w *walk) addonsAreOurs() bool {
	return !AddonsByVendor(w.Facts) && !slices.Contains([]string{"kubeadm", "kubespray", "kubeone", "kind", "minikube"}, w.plan.Tool.ID)
}

// AddonsByVendor reports whether a provider or a distribution ships and tests the add-ons' versions.
func AddonsByVendor(f *facts.Facts) bool {
	provisioner, known := reference.ProvisionerOf(f.Provisioner())
	return known && (provisioner.Managed || provisioner.Distribution) || f.Cluster != nil && f.Cluster.Managed != nil && *f.Cluster.Managed
}

// Unserved are the versions that a custom resource's objects are stored in and that are no longer served.
func Unserved(c *snapshot.CRD) []string {
	var lost []string
	for _, version := range c.Stored {
		if !slices.Contains(c.Served, version) {
			lost = append(lost, version)
		}
	}
	return lost
}

func (w *walk) crds() {
	for _, c := range w.Facts.CRDs {
		if lost := Unserved(c); len(c.Served) > 0 && len(lost) > 0 {
			w.before(Item{Kind: "crd", Weight: BreaksPart, Subject: c.Name, Count: 1, Objects: []snapshot.Ref{{Kind: "CustomResourceDefinition", Name: c.Name}},
				Message:  fmt.Sprintf("Objects of %s are stored in a version that is no longer served; an operator that drops it loses them.", c.Name),
				Mend:     "Serve the version again, rewrite every object in the storage version, then take it out of status.storedVersions.",
				Evidence: []assessments.Evidence{evidence("stored and not served", "%s", strings.Join(lost, ", "))}})
		}
	}
}

// unseen says what the plan does not know.
func (w *walk) unseen() {
	f := w.Facts
	say := func(format string, values ...any) {
		w.plan.Unseen = append(w.plan.Unseen, fmt.Sprintf(format, values...))
	}
	for _, resource := range []struct{ name, means string }{
		{"nodes", "kubelets, runtimes and cgroup versions"}, {"api-metrics", "which deprecated APIs clients ask for"},
		{"customresourcedefinitions", "stored versions of custom resources"}, {"persistentvolumes", "the state that must move"},
	} {
		if reason, unseen := f.Unseen(resource.name); unseen {
			say("%s: %s (%s)", resource.name, resource.means, reason)
		}
	}
	if !f.Live() {
		say("files show what is applied; the cluster's nodes, runtime, network plugin and volumes are not in them")
	} else if CNIOf(f) == nil {
		say("the network plugin was not recognised")
	}
	unknown := 0
	for _, n := range f.Nodes {
		if _, _, known := cgroupOf(n); !known && n.OperatingSystem != "windows" {
			unknown++
		}
	}
	if unknown > 0 {
		say("the cgroup version of %s", assessments.Counted(unknown, "node"))
	}
}
