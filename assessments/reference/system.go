package reference

import (
	"slices"
	"strings"
)

// SystemNamespace is a namespace that belongs to Kubernetes, its network or its provisioner.
type SystemNamespace struct {
	Namespace    string   `yaml:"namespace"`    // a trailing * stands for any ending
	Everywhere   bool     `yaml:"everywhere"`   // over manifests too
	Provisioners []string `yaml:"provisioners"` // empty: in any cluster
	Provenance   `yaml:",inline"`
}

type systemDocument struct {
	About about             `yaml:"about"`
	Rows  []SystemNamespace `yaml:"rows"`
}

func (d *systemDocument) head() about { return d.About }
func (d *systemDocument) rows() int   { return len(d.Rows) }

var system = load("system-namespaces", &systemDocument{})

// holds reports whether the row holds for a provisioner's cluster; for manifests (live false) only what holds everywhere does.
func (s *SystemNamespace) holds(provisioner string, live bool) bool {
	return s.Everywhere || live && (len(s.Provisioners) == 0 || slices.Contains(s.Provisioners, provisioner))
}

// Matches reports whether the row is about the namespace.
func (s *SystemNamespace) Matches(namespace string) bool {
	if prefix, any := strings.CutSuffix(s.Namespace, "*"); any {
		return strings.HasPrefix(namespace, prefix)
	}
	return namespace == s.Namespace
}

// IsSystemNamespace reports whether a namespace is the system's own. Over manifests only Kubernetes' own three are.
func IsSystemNamespace(namespace, provisioner string, live bool) bool {
	rows := system().Rows
	for i := range rows { // asked for every workload: nothing is copied
		if row := &rows[i]; row.Matches(namespace) && row.holds(provisioner, live) {
			return true
		}
	}
	return false
}

// MayBeSystemNamespace reports whether a namespace is the system's own in a cluster of any provisioner.
func MayBeSystemNamespace(namespace string) bool {
	rows := system().Rows
	for i := range rows {
		if rows[i].Matches(namespace) {
			return true
		}
	}
	return false
}
