package reference

import "sync"

import "strings"

// RemovedAPI is a version of an API that Kubernetes stopped serving, or will.
type RemovedAPI struct {
	Group            string `yaml:"group"`
	Version          string `yaml:"version"`
	Kind             string `yaml:"kind"`
	IntroducedIn     Minor  `yaml:"introducedIn"`
	DeprecatedIn     Minor  `yaml:"deprecatedIn"`
	RemovedIn        Minor  `yaml:"removedIn"`        // first minor without it; 0: deprecated alone
	RemovedElsewhere Minor  `yaml:"removedElsewhere"` // what another list says, where it differs
	NeverElsewhere   bool   `yaml:"neverElsewhere"`   // another list knows no removal
	Replacement      string `yaml:"replacement"`      // apps/v1; empty: none
	Changes          string `yaml:"changes"`          // what of the object is written otherwise in the replacement; empty: not looked up
	FileFormat       bool   `yaml:"fileFormat"`       // a file's format, no resource of the API
	Transient        bool   `yaml:"transient"`        // never stored: no object can be left over
	Provenance       `yaml:",inline"`
}

// APIVersion is group and version as a manifest writes them.
func (a RemovedAPI) APIVersion() string {
	if a.Group == "" {
		return a.Version
	}
	return a.Group + "/" + a.Version
}

// GoneAt reports whether a minor no longer serves the API. It is not sure where lists differ about that very minor, nor where
// the removal is planned and the minor at or beyond it.
func (a RemovedAPI) GoneAt(minor Minor) (gone, sure bool) {
	if a.RemovedIn == 0 {
		return false, true
	}
	gone = minor >= a.RemovedIn
	if gone && a.State == Planned {
		return gone, false
	}
	if a.NeverElsewhere {
		return gone, !gone
	}
	return gone, a.RemovedElsewhere == 0 || (minor >= a.RemovedElsewhere) == gone
}

// Extension is a version of a custom resource that its own project removed, in versions of that project.
type Extension struct {
	Component    string `yaml:"component"`
	Group        string `yaml:"group"`
	Version      string `yaml:"version"`
	Kind         string `yaml:"kind"`
	DeprecatedIn string `yaml:"deprecatedIn"`
	RemovedIn    string `yaml:"removedIn"`
	Replacement  string `yaml:"replacement"`
	Provenance   `yaml:",inline"`
}

type apisDocument struct {
	About      about        `yaml:"about"`
	Rows       []RemovedAPI `yaml:"rows"`
	Deprecated []RemovedAPI `yaml:"deprecated"`
	Extensions []Extension  `yaml:"extensions"`
}

func (d *apisDocument) head() about { return d.About }
func (d *apisDocument) rows() int   { return len(d.Rows) + len(d.Deprecated) + len(d.Extensions) }

var apis = load("removed-apis", &apisDocument{})

// RemovedAPIs lists all removed and planned-to-go APIs of Kubernetes.
func RemovedAPIs() []RemovedAPI { return apis().Rows }

// RemovedAPIOf returns the row of an API, among the removed and the merely deprecated ones.
func RemovedAPIOf(group, version, kind string) (RemovedAPI, bool) {
	row, found := apiIndex().byKind[apiKey{group, version, kind}]
	return row, found
}

// RemovedAPIOfResource is RemovedAPIOf by the resource's plural, as paths and metrics name it.
func RemovedAPIOfResource(group, version, resource string) (RemovedAPI, bool) {
	row, found := apiIndex().byResource[apiKey{group, version, resource}]
	return row, found
}

// RemovedGroupVersion lists the rows of a group's version: a kind without a row in such a version can't be called served
// (extensions/v1beta1 Job).
func RemovedGroupVersion(group, version string) []RemovedAPI {
	return apiIndex().byVersion[apiKey{group: group, version: version}]
}

type apiKey struct{ group, version, name string }

type apiTables struct {
	byKind, byResource map[apiKey]RemovedAPI
	byVersion          map[apiKey][]RemovedAPI
}

// apiIndex finds rows without a walk through all of them: files are judged object by object.
var apiIndex = sync.OnceValue(func() (index apiTables) {
	index.byKind, index.byResource, index.byVersion = map[apiKey]RemovedAPI{}, map[apiKey]RemovedAPI{}, map[apiKey][]RemovedAPI{}
	for _, row := range apis().Deprecated {
		index.byKind[apiKey{row.Group, row.Version, row.Kind}] = row
		index.byResource[apiKey{row.Group, row.Version, ResourceOf(row.Kind)}] = row
	}
	for _, row := range apis().Rows {
		index.byKind[apiKey{row.Group, row.Version, row.Kind}] = row
		index.byResource[apiKey{row.Group, row.Version, ResourceOf(row.Kind)}] = row
		version := apiKey{group: row.Group, version: row.Version}
		index.byVersion[version] = append(index.byVersion[version], row)
	}
	return index
})

// ResourceOf is the plural by which Kubernetes' own API names a kind in paths: ingresses, networkpolicies.
func ResourceOf(kind string) string {
	lower := strings.ToLower(kind)
	switch {
	case strings.HasSuffix(lower, "endpoints"):
		return lower
	case strings.HasSuffix(lower, "s"), strings.HasSuffix(lower, "x"), strings.HasSuffix(lower, "ch"):
		return lower + "es"
	case strings.HasSuffix(lower, "y") && !strings.HasSuffix(lower, "ay"):
		return strings.TrimSuffix(lower, "y") + "ies"
	}
	return lower + "s"
}

// IsKubernetesGroup reports whether an API group is Kubernetes' own. A group without a dot is not so by that alone: tools give
// their own files such groups too (skaffold/v4beta6).
func IsKubernetesGroup(group string) bool {
	_, own := kubernetesGroups[group]
	return own
}

var kubernetesGroups = func() map[string]struct{} {
	groups := map[string]struct{}{}
	for _, group := range []string{
		"", "apps", "autoscaling", "batch", "extensions", "policy",
		"admission.k8s.io", "admissionregistration.k8s.io", "apidiscovery.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io",
		"audit.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "certificates.k8s.io", "coordination.k8s.io",
		"discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io", "imagepolicy.k8s.io", "internal.apiserver.k8s.io",
		"lifecycle.k8s.io", "networking.k8s.io", "node.k8s.io", "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io",
		"settings.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
	} {
		groups[group] = struct{}{}
	}
	return groups
}()

// Extensions lists removed versions of custom resources.
func Extensions() []Extension { return apis().Extensions }
