package reference

import (
	"regexp"
	"slices"
	"sync"
)

// Provisioner is what sets a cluster up and upgrades it.
type Provisioner struct {
	ID           string `yaml:"id"`
	Managed      bool   `yaml:"managed"`      // a provider runs the control plane
	Distribution bool   `yaml:"distribution"` // a vendor's product, not an installer
	Development  bool   `yaml:"development"`  // for one developer's machine
	Retired      bool   `yaml:"retired"`      // the project stopped
	Provenance   `yaml:",inline"`
}

// SignKind says where a sign of a provisioner stands.
type SignKind string

// The kinds of signs. Patterns are regular expressions, prefixes plain text, ranges CIDRs.
const (
	NodeLabelSign          SignKind = "nodeLabel"
	NodeAnnotationSign     SignKind = "nodeAnnotation"
	VersionPatternSign     SignKind = "versionPattern"
	OSImagePatternSign     SignKind = "osImagePattern"
	ProviderPrefixSign     SignKind = "providerPrefix"
	APIGroupSign           SignKind = "apiGroup"
	ConfigMapSign          SignKind = "configMap"
	ClusterRoleBindingSign SignKind = "clusterRoleBinding"
	PodRangeSign           SignKind = "podRange"
)

// Sign tells a provisioner.
type Sign struct {
	Provisioner string   `yaml:"provisioner"`
	Kind        SignKind `yaml:"kind"`
	Value       string   `yaml:"value"`
	Strength    string   `yaml:"strength"` // strong, medium
	Provenance  `yaml:",inline"`
}

type provisionersDocument struct {
	About about         `yaml:"about"`
	Rows  []Provisioner `yaml:"rows"`
	Signs []Sign        `yaml:"signs"`
}

func (d *provisionersDocument) head() about { return d.About }
func (d *provisionersDocument) rows() int   { return len(d.Rows) + len(d.Signs) }

var provisioners = load("provisioners", &provisionersDocument{})

// ProvisionerOf returns one provisioner by its id.
func ProvisionerOf(id string) (Provisioner, bool) {
	for _, row := range provisioners().Rows {
		if row.ID == id {
			return row, true
		}
	}
	return Provisioner{}, false
}

// ProvisionerSigns lists all signs in the order of their provisioners' precedence.
func ProvisionerSigns() []Sign {
	rank := func(s Sign) int {
		return slices.IndexFunc(provisioners().Rows, func(p Provisioner) bool { return p.ID == s.Provisioner })
	}
	signs := slices.Clone(provisioners().Signs)
	slices.SortStableFunc(signs, func(a, b Sign) int { return rank(a) - rank(b) })
	return signs
}

// ProvisionerByVersion tells a provisioner by the suffix of a version (v1.36.2-eks-1a2b3c4). It reports false for plain
// versions, which prove nothing: AKS and kubeadm print them both.
func ProvisionerByVersion(version string) (string, bool) {
	for _, sign := range versionSigns() {
		if sign.pattern.MatchString(version) {
			return sign.provisioner, true
		}
	}
	return "", false
}

type versionSign struct {
	provisioner string
	pattern     *regexp.Regexp
}

var versionSigns = sync.OnceValue(func() []versionSign {
	var signs []versionSign
	for _, sign := range ProvisionerSigns() {
		if sign.Kind == VersionPatternSign {
			signs = append(signs, versionSign{sign.Provisioner, regexp.MustCompile(sign.Value)})
		}
	}
	return signs
})

// CNILine is one line of a network plugin with the minors it is tested against.
type CNILine struct {
	Plugin     string  `yaml:"plugin"`
	Line       string  `yaml:"line"`
	Kubernetes []Minor `yaml:"kubernetes"` // tested; empty: no list
	Released   Date    `yaml:"released"`
	EndOfLife  Date    `yaml:"endOfLife"`
	Newest     string  `yaml:"newest"`
	Provenance `yaml:",inline"`
}

// CNIPlugin is a network plugin as such.
type CNIPlugin struct {
	Plugin           string `yaml:"plugin"`
	EnforcesPolicies bool   `yaml:"enforcesPolicies"` // NetworkPolicies, as it is installed by default
	Optional         bool   `yaml:"optional"`         // it can be set up to enforce them, which an image does not tell
	AddressMode      string `yaml:"addressMode"`      // how pods get addresses by default: node-ranges, plugin-ranges (its own), blocks, cloud; empty: not known
	FullMesh         bool   `yaml:"fullMesh"`         // every node peers with every other by BGP unless told otherwise
	Ended            Date   `yaml:"ended"`            // the project's end
	Provenance       `yaml:",inline"`
}

type cniDocument struct {
	About   about       `yaml:"about"`
	Rows    []CNILine   `yaml:"rows"`
	Plugins []CNIPlugin `yaml:"plugins"`
}

func (d *cniDocument) head() about { return d.About }
func (d *cniDocument) rows() int   { return len(d.Rows) + len(d.Plugins) }

var cni = load("cni", &cniDocument{})

// CNILineOf returns a line of a plugin ("calico", "3.31"). A minor outside of its list is untested, never unsupported.
func CNILineOf(plugin, line string) (CNILine, bool) {
	for _, row := range cni().Rows {
		if row.Plugin == plugin && row.Line == line {
			return row, true
		}
	}
	return CNILine{}, false
}

// CNILines lists the lines of a plugin from old to new.
func CNILines(plugin string) []CNILine {
	var lines []CNILine
	for _, row := range cni().Rows {
		if row.Plugin == plugin {
			lines = append(lines, row)
		}
	}
	return lines
}

// CNIAsOf is the day until which the table of network plugins holds: it can't know a minor that came later.
func CNIAsOf() Date { return cni().About.AsOf }

// CNIPluginOf returns what is known of a plugin.
func CNIPluginOf(plugin string) (CNIPlugin, bool) {
	for _, row := range cni().Plugins {
		if row.Plugin == plugin {
			return row, true
		}
	}
	return CNIPlugin{}, false
}
