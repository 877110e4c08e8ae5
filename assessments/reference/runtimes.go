package reference

import "sync"

import "regexp"

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

// RuntimeSkew is how far the minor of a runtime that follows Kubernetes' numbers may be from the kubelet's.
type RuntimeSkew struct {
	Runtime    string `yaml:"runtime"`
	OlderBy    int    `yaml:"olderBy"`
	NewerBy    int    `yaml:"newerBy"`
	Provenance `yaml:",inline"`
}

// Milestone is a minor from which something of the node's ground changes.
type Milestone struct {
	ID         string `yaml:"id"`
	Minor      Minor  `yaml:"minor"`
	Fact       string `yaml:"fact"`
	Least      string `yaml:"least"` // the oldest line of containerd that goes on working from there; empty: not about containerd
	Provenance `yaml:",inline"`
}

// CgroupV2Default is the release of a distribution from which cgroup v2 is the default.
type CgroupV2Default struct {
	OS         string `yaml:"os"`
	From       string `yaml:"from"`
	Image      string `yaml:"image"` // regular expression over a node's OS image; its group is the release. Empty: the image doesn't tell it
	Provenance `yaml:",inline"`
}

type runtimesDocument struct {
	About            about             `yaml:"about"`
	Releases         []RuntimeRelease  `yaml:"releases"`
	Matrix           []RuntimePairing  `yaml:"matrix"`
	Skews            []RuntimeSkew     `yaml:"skews"`
	Milestones       []Milestone       `yaml:"milestones"`
	CgroupV2Defaults []CgroupV2Default `yaml:"cgroupV2Defaults"`
}

func (d *runtimesDocument) head() about { return d.About }
func (d *runtimesDocument) rows() int {
	return len(d.Releases) + len(d.Matrix) + len(d.Skews) + len(d.Milestones) + len(d.CgroupV2Defaults)
}

var runtimes = load("runtimes", &runtimesDocument{})

// RuntimeReleases lists the lines of container runtimes.
func RuntimeReleases() []RuntimeRelease { return runtimes().Releases }

// RuntimePairingOf returns the lowest listed versions of a runtime for a minor.
func RuntimePairingOf(runtime string, minor Minor) (RuntimePairing, bool) {
	for _, row := range runtimes().Matrix {
		if row.Runtime == runtime && minor >= row.From && minor <= row.Until {
			return row, true
		}
	}
	return RuntimePairing{}, false
}

// RuntimeSkewOf returns the window of a runtime that has Kubernetes' own minors (CRI-O).
func RuntimeSkewOf(runtime string) (RuntimeSkew, bool) {
	for _, row := range runtimes().Skews {
		if row.Runtime == runtime {
			return row, true
		}
	}
	return RuntimeSkew{}, false
}

// MilestoneOf returns one milestone: cgroup-v1-refused.
func MilestoneOf(id string) (Milestone, bool) {
	for _, row := range runtimes().Milestones {
		if row.ID == id {
			return row, true
		}
	}
	return Milestone{}, false
}

// CgroupV2Defaults lists from which release distributions default to cgroup v2.
func CgroupV2Defaults() []CgroupV2Default { return runtimes().CgroupV2Defaults }

// CgroupV2DefaultOf tells from a node's OS image ("Ubuntu 20.04.6 LTS") the distribution's row and the image's own release. It
// reports false for images that name no release, and for distributions without a row.
func CgroupV2DefaultOf(osImage string) (row CgroupV2Default, release string, found bool) {
	for i, pattern := range osPatterns() {
		if pattern == nil {
			continue
		}
		if m := pattern.FindStringSubmatch(osImage); m != nil {
			return runtimes().CgroupV2Defaults[i], m[1], true
		}
	}
	return CgroupV2Default{}, "", false
}

var osPatterns = sync.OnceValue(func() []*regexp.Regexp {
	patterns := make([]*regexp.Regexp, len(runtimes().CgroupV2Defaults))
	for i, row := range runtimes().CgroupV2Defaults {
		if row.Image != "" {
			patterns[i] = regexp.MustCompile(row.Image)
		}
	}
	return patterns
})

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
	for _, row := range helm().Statuses {
		if row.Status == status {
			return row, true
		}
	}
	return HelmStatus{}, false
}

// HelmStorages lists how Helm keeps its releases.
func HelmStorages() []HelmStorage { return helm().Storage }
