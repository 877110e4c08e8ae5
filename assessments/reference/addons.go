package reference

// Addon is the version of a cluster add-on that kubeadm installs with a Kubernetes minor: the one that minor is tested with.
type Addon struct {
	Addon      string `yaml:"addon"` // coredns, etcd
	Kubernetes Minor  `yaml:"kubernetes"`
	Version    string `yaml:"version"` // 1.13.1
	Provenance `yaml:",inline"`
}

type addonsDocument struct {
	About about   `yaml:"about"`
	Rows  []Addon `yaml:"rows"`
}

func (d *addonsDocument) head() about { return d.About }
func (d *addonsDocument) rows() int   { return len(d.Rows) }

var addons = load("addons", &addonsDocument{})

// AddonOf returns what kubeadm installs of an add-on with a minor.
func AddonOf(addon string, minor Minor) (Addon, bool) {
	for _, row := range addons().Rows {
		if row.Addon == addon && row.Kubernetes == minor {
			return row, true
		}
	}
	return Addon{}, false
}
