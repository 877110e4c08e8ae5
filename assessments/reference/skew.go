package reference

import "slices"

// Skew is how far a component may be from what it is measured against.
type Skew struct {
	Component  string `yaml:"component"`
	From       Minor  `yaml:"from"`  // the component's own minor from which the row holds; 0: any
	Until      Minor  `yaml:"until"` // and until which; 0: any
	Against    string `yaml:"against"`
	OlderBy    int    `yaml:"olderBy"`
	NewerBy    int    `yaml:"newerBy"`
	Provenance `yaml:",inline"`
}

// Allows reports whether a component's minor is inside the window around another.
func (s Skew) Allows(component, other Minor) bool {
	return component >= other-Minor(s.OlderBy) && component <= other+Minor(s.NewerBy)
}

type skewDocument struct {
	About about  `yaml:"about"`
	Rows  []Skew `yaml:"rows"`
}

func (d *skewDocument) head() about { return d.About }
func (d *skewDocument) rows() int   { return len(d.Rows) }

var skews = load("version-skew", &skewDocument{})

// SkewOf returns the window of a component at its own minor against the API server (or, for kubectl and its kin, whatever the
// first row of the component names): the kubelet's window depends on the kubelet's version, not on the server's.
func SkewOf(component string, at Minor) (Skew, bool) { return skewOf(component, "", at) }

// SkewAgainst is SkewOf for one counterpart: "kubelet", "oldest kube-apiserver".
func SkewAgainst(component, against string, at Minor) (Skew, bool) {
	return skewOf(component, against, at)
}

func skewOf(component, against string, at Minor) (Skew, bool) {
	for _, row := range skews().Rows {
		if row.Component == component && (against == "" || row.Against == against) &&
			at >= row.From && (row.Until == 0 || at <= row.Until) {
			return row, true
		}
	}
	return Skew{}, false
}

// Skipping says whether a tool can skip a minor of the control plane.
type Skipping string

// Unsupported: only out of a version that is no longer supported, and without guarantee.
const (
	SkipsNever       Skipping = "never"
	SkipsDiscouraged Skipping = "discouraged"
	SkipsUnsupported Skipping = "unsupported"
)

// UpgradeTool is how a provisioner's upgrades go.
type UpgradeTool struct {
	Tool           string   `yaml:"tool"` // id of a provisioner
	Skips          Skipping `yaml:"skips"`
	Enforced       string   `yaml:"enforced"`       // tool, documentation, unknown
	KubeletOlderBy int      `yaml:"kubeletOlderBy"` // stricter than Kubernetes' own window; 0: no rule of its own
	RollbackDays   int      `yaml:"rollbackDays"`   // days in which the previous minor can be had back; 0: never
	ReplacesNodes  bool     `yaml:"replacesNodes"`  // an upgraded node is a new node object; false: upgraded in place, or not known
	Provenance     `yaml:",inline"`
}

// WindowsOf are the lines of a tool that take a minor.
func (u UpgradeTool) WindowsOf(minor Minor) []ToolWindow {
	return slices.DeleteFunc(ToolWindows(u.Tool), func(w ToolWindow) bool { return minor < w.Min || minor > w.Max })
}

// BundleOf is the newest release of the tool that installs a minor by default.
func (u UpgradeTool) BundleOf(minor Minor) (Bundle, bool) {
	for _, bundle := range slices.Backward(Bundles(u.Tool)) {
		if at, err := ParseMinor(bundle.Kubernetes); err == nil && at == minor {
			return bundle, true
		}
	}
	return Bundle{}, false
}

// Forbids reports whether the tool itself refuses to skip a minor between supported versions.
func (u UpgradeTool) Forbids() bool { return u.Skips != SkipsDiscouraged && u.Enforced == "tool" }

// ToolWindow is the range of Kubernetes minors that a line of a tool takes.
type ToolWindow struct {
	Tool       string `yaml:"tool"`
	Line       string `yaml:"line"`
	Min        Minor  `yaml:"min"`
	Max        Minor  `yaml:"max"`
	Provenance `yaml:",inline"`
}

// Bundle is what one release of a tool installs by default.
type Bundle struct {
	Tool       string `yaml:"tool"`
	Release    string `yaml:"release"`
	Kubernetes string `yaml:"kubernetes"`
	Containerd string `yaml:"containerd"`
	Calico     string `yaml:"calico"`
	Cilium     string `yaml:"cilium"`
	Flannel    string `yaml:"flannel"`
	Provenance `yaml:",inline"`
}

type toolsDocument struct {
	About   about         `yaml:"about"`
	Rows    []UpgradeTool `yaml:"rows"`
	Windows []ToolWindow  `yaml:"windows"`
	Bundles []Bundle      `yaml:"bundles"`
}

func (d *toolsDocument) head() about { return d.About }
func (d *toolsDocument) rows() int   { return len(d.Rows) + len(d.Windows) + len(d.Bundles) }

var tools = load("upgrade-tools", &toolsDocument{})

// UpgradeToolOf returns how upgrades go with a provisioner.
func UpgradeToolOf(provisioner string) (UpgradeTool, bool) {
	for _, row := range tools().Rows {
		if row.Tool == provisioner {
			return row, true
		}
	}
	return UpgradeTool{}, false
}

// ToolWindows lists the ranges of minors that a tool's lines take, from old to new.
func ToolWindows(tool string) []ToolWindow {
	var windows []ToolWindow
	for _, row := range tools().Windows {
		if row.Tool == tool {
			windows = append(windows, row)
		}
	}
	return windows
}

// Bundles lists what a tool's releases install, from old to new.
func Bundles(tool string) []Bundle {
	var bundles []Bundle
	for _, row := range tools().Bundles {
		if row.Tool == tool {
			bundles = append(bundles, row)
		}
	}
	return bundles
}
