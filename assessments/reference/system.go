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

// SystemNamespaces lists the rows that hold for a provisioner's cluster; for manifests (live false) those that hold everywhere.
func SystemNamespaces(provisioner string, live bool) []SystemNamespace {
	var rows []SystemNamespace
	for _, row := range system().Rows {
		if row.Everywhere || live && (len(row.Provisioners) == 0 || slices.Contains(row.Provisioners, provisioner)) {
			rows = append(rows, row)
		}
	}
	return rows
}

// Matches reports whether the row is about the namespace.
func (s SystemNamespace) Matches(namespace string) bool {
	if prefix, any := strings.CutSuffix(s.Namespace, "*"); any {
		return strings.HasPrefix(namespace, prefix)
	}
	return namespace == s.Namespace
}

// IsSystemNamespace reports whether a namespace is the system's own. Over manifests only Kubernetes' own three are.
func IsSystemNamespace(namespace, provisioner string, live bool) bool {
	return slices.ContainsFunc(SystemNamespaces(provisioner, live), func(row SystemNamespace) bool { return row.Matches(namespace) })
}
