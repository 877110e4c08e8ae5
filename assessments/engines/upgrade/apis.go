package upgrade

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// Use is one API in use, with the grounds for saying so kept apart. In a cluster there is one for each group, version and
// resource; over files one for each object.
type Use struct {
	Group, Version, Resource, Kind string
	Object                         *snapshot.Ref // of a file; nil in a cluster
	Requested                      bool          // by the API server's own metric
	LastApplied, Helm, Managed     int           // objects by each ground
	Objects                        []snapshot.Ref
	Managers                       []string
}

// maxObjects bounds the objects that are named with one API; counts say how many there are.
const maxObjects = 25

// Uses are the APIs in use. A cluster's snapshot without a record of any speaks through its workloads alone.
func Uses(f *facts.Facts) []Use {
	if !f.Live() {
		return fileUses(f)
	}
	merged := map[[3]string]*Use{}
	add := func(u Use) {
		key := [3]string{u.Group, u.Version, u.Resource}
		known := merged[key]
		if known == nil {
			merged[key] = &u
			return
		}
		known.Kind = cmp.Or(known.Kind, u.Kind)
		known.Requested = known.Requested || u.Requested
		known.LastApplied, known.Helm, known.Managed = known.LastApplied+u.LastApplied, known.Helm+u.Helm, known.Managed+u.Managed
		known.Objects = append(known.Objects, u.Objects...)
		known.Managers = append(known.Managers, u.Managers...)
	}
	for _, use := range f.APIUses {
		if use.Object == nil {
			add(liveUse(use))
		}
	}
	if len(f.APIUses) == 0 {
		for _, w := range f.Workloads {
			addWorkload(w, add)
		}
	}
	uses := make([]Use, 0, len(merged))
	for _, key := range slices.SortedFunc(maps.Keys(merged), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }) {
		uses = append(uses, merged[key].bounded())
	}
	return uses
}

func liveUse(use *snapshot.APIUse) Use {
	count := func(n *int) int {
		if n == nil {
			return 0
		}
		return *n
	}
	return Use{
		Group: use.Group, Version: use.Version, Resource: cmp.Or(use.Resource, reference.ResourceOf(use.ObjectKind)), Kind: use.ObjectKind,
		Requested:   use.Requested != nil && *use.Requested,
		LastApplied: count(use.LastApplied), Helm: count(use.HelmManifest), Managed: count(use.ManagedFields),
		Objects: slices.Clone(use.Objects), Managers: slices.Clone(use.Managers),
	}
}

// addWorkload takes what a workload's own record tells of the versions that it was written by.
func addWorkload(w *facts.Workload, add func(Use)) {
	ref := snapshot.Ref{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name}
	if w.LastAppliedAPI != "" {
		group, version := splitAPIVersion(w.LastAppliedAPI)
		add(Use{Group: group, Version: version, Resource: reference.ResourceOf(w.Kind), Kind: w.Kind, LastApplied: 1, Objects: []snapshot.Ref{ref}})
	}
	seen := map[string]bool{}
	for _, writer := range w.Writers {
		if writer.APIVersion == "" || seen[writer.APIVersion] {
			continue
		}
		seen[writer.APIVersion] = true
		group, version := splitAPIVersion(writer.APIVersion)
		add(Use{Group: group, Version: version, Resource: reference.ResourceOf(w.Kind), Kind: w.Kind, Managed: 1, Objects: []snapshot.Ref{ref}, Managers: []string{writer.Manager}})
	}
}

func fileUses(f *facts.Facts) []Use {
	uses := make([]Use, 0, len(f.APIUses))
	for _, use := range f.APIUses {
		if use.Object != nil {
			uses = append(uses, Use{Group: use.Group, Version: use.Version, Resource: use.Resource, Kind: use.ObjectKind, Object: use.Object})
		}
	}
	return uses
}

// bounded orders what was merged and keeps the first of it.
func (u Use) bounded() Use {
	slices.SortFunc(u.Objects, func(a, b snapshot.Ref) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	u.Objects = slices.Compact(u.Objects)
	u.Objects = u.Objects[:min(len(u.Objects), maxObjects)]
	slices.Sort(u.Managers)
	u.Managers = slices.Compact(u.Managers)
	return u
}

func splitAPIVersion(text string) (group, version string) {
	if group, version, found := strings.Cut(text, "/"); found {
		return group, version
	}
	return "", text
}

// APIVersion is group and version as manifests write them.
func (u Use) APIVersion() string {
	if u.Group == "" {
		return u.Version
	}
	return u.Group + "/" + u.Version
}

// Name is the API as people say it: by its kind where that is known.
func (u Use) Name() string { return u.APIVersion() + " " + cmp.Or(u.Kind, u.Resource) }

// Strong reports whether a ground proves that the version is still written or asked for.
func (u Use) Strong() bool {
	return u.Object != nil || u.Requested || u.LastApplied > 0 || u.Helm > 0
}

// Row is what the reference knows of the API.
func (u Use) Row() (reference.RemovedAPI, bool) {
	if u.Kind != "" {
		if row, found := reference.RemovedAPIOf(u.Group, u.Version, u.Kind); found {
			return row, true
		}
	}
	return reference.RemovedAPIOfResource(u.Group, u.Version, u.Resource)
}

// At says how the API stands at a minor. A removal that is planned for a later minor is still served at this one.
func (u Use) At(minor reference.Minor) Judgement {
	if !reference.IsKubernetesGroup(u.Group) {
		return Judgement{Standing: Outside, Why: "its group is not Kubernetes' own"}
	}
	row, found := u.Row()
	if !found {
		return u.withoutRow(minor)
	}
	if row.FileFormat {
		return Judgement{Standing: Outside, Why: "it is the format of a file that the API server reads, no resource of its API"}
	}
	gone, sure := row.GoneAt(minor)
	if !gone && (sure || row.State == reference.Planned) {
		return serves()
	}
	seen := []assessments.Evidence{evidence("served until", "%s (%s)", row.RemovedIn-1, row.Source)}
	switch {
	case !sure:
		return untold(u.doubt(row, minor), seen...)
	case !row.Deducts():
		return untold(fmt.Sprintf("%s is gone in %s, but %s", u.Name(), row.RemovedIn, row.Doubt()), seen...)
	}
	return Judgement{Standing: Breaks, Why: fmt.Sprintf("Kubernetes %s no longer serves %s", row.RemovedIn, u.Name()), Evidence: seen, Mend: mendOf(row)}
}

// mendOf says what to write instead.
func mendOf(row reference.RemovedAPI) string {
	if row.Replacement == "" {
		if row.Changes != "" {
			return "Take it out: " + row.Changes + "."
		}
		return "Nothing replaces it: take it out."
	}
	text := fmt.Sprintf("Write apiVersion: %s, and apply it before the upgrade.", row.Replacement)
	if row.Changes != "" {
		return text + " What changes: " + row.Changes + "."
	}
	return text + " Fields may differ: compare with its reference."
}

func (u Use) doubt(row reference.RemovedAPI, minor reference.Minor) string {
	switch {
	case row.State == reference.Planned:
		return fmt.Sprintf("%s is planned to go in %s, which can still move", u.Name(), row.RemovedIn)
	case row.NeverElsewhere:
		return fmt.Sprintf("lists differ on whether %s is gone in %s: one names %s, another knows no removal", u.Name(), minor, row.RemovedIn)
	}
	return fmt.Sprintf("lists differ on whether %s is gone in %s: one names %s, another %s", u.Name(), minor, row.RemovedIn, row.RemovedElsewhere)
}

// withoutRow is for a kind that no row names. A stable version is served; a version of which other kinds are gone, or a
// preview that the reference does not hold, can't be called so.
func (u Use) withoutRow(minor reference.Minor) Judgement {
	for _, row := range reference.RemovedGroupVersion(u.Group, u.Version) {
		if gone, _ := row.GoneAt(minor); gone {
			return untold(fmt.Sprintf("%s is gone for other kinds; the reference has no row for this one", u.APIVersion()))
		}
	}
	preview := strings.Contains(u.Version, "alpha") || strings.Contains(u.Version, "beta")
	if preview && len(reference.RemovedGroupVersion(u.Group, u.Version)) == 0 {
		return untold(fmt.Sprintf("%s is a preview that the reference does not hold", u.APIVersion()))
	}
	return serves()
}

// Grounds are the evidence that the API is in use, each ground for itself.
func (u Use) Grounds() []assessments.Evidence {
	var grounds []assessments.Evidence
	if u.Requested {
		grounds = append(grounds, evidence("requested", "since the API server started, by its own metric"))
	}
	for _, counted := range []struct {
		what string
		n    int
	}{{"objects last applied by it", u.LastApplied}, {"objects of Helm's manifests", u.Helm}, {"objects with fields managed by it", u.Managed}} {
		if counted.n > 0 {
			grounds = append(grounds, evidence(counted.what, "%d", counted.n))
		}
	}
	if len(u.Objects) > 0 {
		grounds = append(grounds, evidence("such as", "%s", nameRefs(u.Objects, 5)))
	}
	if len(u.Managers) > 0 {
		grounds = append(grounds, evidence("written by", "%s", strings.Join(u.Managers[:min(5, len(u.Managers))], ", ")))
	}
	if u.Object != nil {
		grounds = append(grounds, evidence("written in the file", "%s", u.APIVersion()))
	}
	return grounds
}

// nameRefs names the first of some objects.
func nameRefs(refs []snapshot.Ref, most int) string {
	names := make([]string, 0, most)
	for _, ref := range refs[:min(len(refs), most)] {
		name := ref.Kind + " " + ref.Name
		if ref.Namespace != "" {
			name = ref.Kind + " " + ref.Namespace + "/" + ref.Name
		}
		names = append(names, name)
	}
	text := strings.Join(names, ", ")
	if len(refs) > most {
		text += " …"
	}
	return text
}
