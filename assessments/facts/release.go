package facts

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"plimsoll/assessments/snapshot"
)

// The labels by which charts and tools name what they make.
const (
	ChartLabel    = "helm.sh/chart"
	VersionLabel  = "app.kubernetes.io/version"
	InstanceLabel = "app.kubernetes.io/instance"
)

// Release is one release as it stands, with what is kept of its past and the workloads that it made.
type Release struct {
	*snapshot.Release                     // the newest revision: the highest number, whatever its status
	Revisions         []*snapshot.Release // that are kept, from old to new; none where labels alone tell of the release
	Workloads         []*Workload
	System            bool
	fromLabels        chart
}

// Labelled reports whether nothing but the labels of workloads tells of the release.
func (r *Release) Labelled() bool { return len(r.Revisions) == 0 }

// chart is what labels say of a chart.
type chart struct{ name, version, appVersion string }

// ChartName is the chart's name, by the record or else by the labels of its workloads; empty where neither tells.
func (r *Release) ChartName() string { return cmp.Or(r.Chart, r.fromLabels.name) }

// ChartVersionText is the chart's version as it is written, by the record or else by the labels; empty where neither tells.
func (r *Release) ChartVersionText() string {
	return cmp.Or(r.Release.ChartVersion, r.fromLabels.version)
}

// AppVersionText is the version that the chart says it brings; empty where neither record nor labels tell.
func (r *Release) AppVersionText() string {
	return cmp.Or(r.Release.AppVersion, r.fromLabels.appVersion)
}

// joinReleases groups revisions under their release and finds the workloads of each. Workloads with a chart's label that no record
// speaks for make a release of their own: Argo CD and pipelines render charts and leave no record of Helm's.
func (b *Builder) joinReleases() {
	f := b.facts
	type identity struct{ tool, kind, namespace, name string }
	byIdentity := map[identity]*Release{}
	for _, record := range f.Releases {
		id := identity{record.Tool, record.ObjectKind, record.Namespace, record.Name}
		release := byIdentity[id]
		if release == nil {
			release = &Release{System: f.IsSystemNamespace(record.Namespace)}
			byIdentity[id] = release
			f.Delivered = append(f.Delivered, release)
		}
		release.Release = record
		release.Revisions = append(release.Revisions, record)
	}
	f.Delivered = b.withoutTwins(f.Delivered)
	b.findWorkloads()
	slices.SortStableFunc(f.Delivered, func(a, b *Release) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Tool, b.Tool), cmp.Compare(a.ObjectKind, b.ObjectKind))
	})
	for _, release := range f.Delivered {
		release.fromLabels = release.readLabels()
	}
}

// withoutTwins folds what Flux writes into Helm's storage into the HelmRelease that made it: one release, told once. Helm's revisions
// stay as its past.
func (b *Builder) withoutTwins(all []*Release) []*Release {
	helm := map[string]*Release{}
	for _, release := range all {
		if release.Tool == "helm" && release.ObjectKind == "" {
			helm[release.Namespace+"/"+release.Name] = release
		}
	}
	folded := map[*Release]bool{}
	for _, release := range all {
		if twin := helm[release.Release.HelmRelease]; release.ObjectKind == "HelmRelease" && twin != nil {
			release.Revisions, folded[twin] = twin.Revisions, true
		}
	}
	return slices.DeleteFunc(all, func(r *Release) bool { return folded[r] })
}

// findWorkloads gives each workload to the release that it names.
func (b *Builder) findWorkloads() {
	f := b.facts
	type instance struct{ tool, namespace, name string }
	known := map[instance]*Release{}
	for _, release := range f.Delivered {
		switch release.ObjectKind {
		case "":
			known[instance{"helm", release.Namespace, release.Name}] = release
		case "HelmRelease":
			namespace, name, _ := strings.Cut(release.Release.HelmRelease, "/")
			known[instance{"helm", cmp.Or(release.TargetNamespace, namespace), name}] = release
		case "Application":
			known[instance{"argocd", release.TargetNamespace, release.Name}] = release
		}
	}
	for _, w := range f.Workloads {
		named := cmp.Or(w.HelmRelease, w.Labels[InstanceLabel])
		release := known[instance{"argocd", w.Namespace, w.Labels[InstanceLabel]}]
		if w.ManagedBy != "argocd" || release == nil {
			release = known[instance{"helm", w.Namespace, named}]
		}
		if label := w.Labels[ChartLabel]; release == nil && label != "" {
			id := instance{"", w.Namespace, cmp.Or(named, label)}
			if release = known[id]; release == nil {
				release = &Release{Release: &snapshot.Release{Namespace: w.Namespace, Name: id.name, Place: w.Place}, System: w.System}
				known[id] = release
				f.Delivered = append(f.Delivered, release)
			}
		}
		if release != nil {
			release.Workloads = append(release.Workloads, w)
		}
	}
}

// readLabels takes the chart from the labels of the workloads where they agree on it. A release of several charts (subcharts carry
// labels of their own) is told by the chart that most workloads name; where two share the first place, by none.
func (r *Release) readLabels() chart {
	if len(r.Workloads) == 1 {
		label := r.Workloads[0].Labels[ChartLabel]
		if label == "" {
			return chart{}
		}
		name, version := SplitChart(label)
		return chart{name, version, r.Workloads[0].Labels[VersionLabel]}
	}
	counts := map[string]int{}
	for _, w := range r.Workloads {
		if label := w.Labels[ChartLabel]; label != "" {
			counts[label]++
		}
	}
	label, ok := most(counts)
	if !ok {
		return chart{}
	}
	var found chart
	found.name, found.version = SplitChart(label)
	versions := map[string]int{}
	for _, w := range r.Workloads {
		if w.Labels[ChartLabel] == label && w.Labels[VersionLabel] != "" {
			versions[w.Labels[VersionLabel]]++
		}
	}
	found.appVersion, _ = most(versions)
	return found
}

// most is the key that stands alone in the first place.
func most(counts map[string]int) (key string, ok bool) {
	best := 0
	for k, n := range counts {
		switch {
		case n > best:
			key, best, ok = k, n, true
		case n == best:
			ok = false
		}
	}
	if !ok {
		key = ""
	}
	return key, ok
}

// maxLabelBytes is how long a label's value can be: charts cut longer ones off.
const maxLabelBytes = 63

// SplitChart takes name and version out of a chart's label, name-version, where "_" stands for "+". The version begins at the first
// dash behind which a semantic version stands, else at the last dash before a digit; it is empty where there is none or the label
// was cut off.
func SplitChart(label string) (name, version string) {
	for i := range len(label) {
		if label[i] != '-' {
			continue
		}
		rest := strings.ReplaceAll(label[i+1:], "_", "+")
		if IsSemantic(rest) {
			return label[:i], rest
		}
	}
	if len(label) >= maxLabelBytes {
		return label, ""
	}
	for i := len(label) - 2; i > 0; i-- {
		if rest := strings.TrimPrefix(label[i+1:], "v"); label[i] == '-' && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return label[:i], strings.ReplaceAll(label[i+1:], "_", "+")
		}
	}
	return label, ""
}

// wholeVersion asks for three numbers: golang.org/x/mod/semver takes "v1" and "v1.2" too.
func wholeVersion(text string) bool {
	core, _, _ := strings.Cut(text, "+")
	core, _, _ = strings.Cut(core, "-")
	return strings.Count(core, ".") == 2
}

// IsSemantic reports whether a version is a semantic one: three numbers, with what may stand behind them. A leading v is let pass, as
// Helm does.
func IsSemantic(version string) bool {
	return semver.IsValid("v"+strings.TrimPrefix(version, "v")) && wholeVersion(version)
}
