package reference

// RuntimeRelease is a line of a container runtime.
type RuntimeRelease struct {
	Runtime    string `yaml:"runtime"`
	Line       string `yaml:"line"`
	Released   Date   `yaml:"released"`
	EndOfLife  Date   `yaml:"endOfLife"`
	Newest     string `yaml:"newest"`
	Provenance `yaml:",inline"`
}

// RuntimePairing lists the lowest versions of a runtime, one a line, for a range of Kubernetes minors.
type RuntimePairing struct {
	Runtime    string   `yaml:"runtime"`
	From       Minor    `yaml:"from"`
	Until      Minor    `yaml:"until"`
	Versions   []string `yaml:"versions"`
	Provenance `yaml:",inline"`
}

// Milestone is a minor from which something of the node's ground changes.
type Milestone struct {
	ID         string `yaml:"id"`
	Minor      Minor  `yaml:"minor"`
	Fact       string `yaml:"fact"`
	Provenance `yaml:",inline"`
}

// CgroupV2Default is the release of a distribution from which cgroup v2 is the default.
type CgroupV2Default struct {
	OS         string `yaml:"os"`
	From       string `yaml:"from"`
	Provenance `yaml:",inline"`
}

type runtimesDocument struct {
	About            about             `yaml:"about"`
	Releases         []RuntimeRelease  `yaml:"releases"`
	Matrix           []RuntimePairing  `yaml:"matrix"`
	Milestones       []Milestone       `yaml:"milestones"`
	CgroupV2Defaults []CgroupV2Default `yaml:"cgroupV2Defaults"`
}

func (d *runtimesDocument) head() about { return d.About }
func (d *runtimesDocument) rows() int {
	return len(d.Releases) + len(d.Matrix) + len(d.Milestones) + len(d.CgroupV2Defaults)
}

var runtimes = load("runtimes", &runtimesDocument{})

// RuntimeReleases lists the lines of container runtimes.
func RuntimeReleases() []RuntimeRelease { return runtimes.Releases }

// RuntimePairingOf returns the lowest listed versions of a runtime for a minor.
func RuntimePairingOf(runtime string, minor Minor) (RuntimePairing, bool) {
	for _, row := range runtimes.Matrix {
		if row.Runtime == runtime && minor >= row.From && minor <= row.Until {
			return row, true
		}
	}
	return RuntimePairing{}, false
}

// MilestoneOf returns one milestone: cgroup-v1-refused.
func MilestoneOf(id string) (Milestone, bool) {
	for _, row := range runtimes.Milestones {
		if row.ID == id {
			return row, true
		}
	}
	return Milestone{}, false
}

// CgroupV2Defaults lists from which release distributions default to cgroup v2.
func CgroupV2Defaults() []CgroupV2Default { return runtimes.CgroupV2Defaults }

// HelmRelease is a major line of Helm.
type HelmRelease struct {
	Line       string `yaml:"line"`
	Released   Date   `yaml:"released"`
	Provenance `yaml:",inline"`
}

// HelmStorage is how Helm keeps its releases.
type HelmStorage struct {
	Driver     string `yaml:"driver"`
	ObjectType string `yaml:"objectType"`
	NamePrefix string `yaml:"namePrefix"`
	DataKey    string `yaml:"dataKey"`
	MaxHistory int    `yaml:"maxHistory"`
	Provenance `yaml:",inline"`
}

// HelmStatus is one status of a release.
type HelmStatus struct {
	Status     string `yaml:"status"`
	Broken     bool   `yaml:"broken"`
	Pending    bool   `yaml:"pending"`
	Provenance `yaml:",inline"`
}

type helmDocument struct {
	About    about         `yaml:"about"`
	Releases []HelmRelease `yaml:"releases"`
	Storage  []HelmStorage `yaml:"storage"`
	Statuses []HelmStatus  `yaml:"statuses"`
}

func (d *helmDocument) head() about { return d.About }
func (d *helmDocument) rows() int   { return len(d.Releases) + len(d.Storage) + len(d.Statuses) }

var helm = load("helm", &helmDocument{})

// HelmStatusOf returns what a release's status means.
func HelmStatusOf(status string) (HelmStatus, bool) {
	for _, row := range helm.Statuses {
		if row.Status == status {
			return row, true
		}
	}
	return HelmStatus{}, false
}

// HelmStorages lists how Helm keeps its releases.
func HelmStorages() []HelmStorage { return helm.Storage }
