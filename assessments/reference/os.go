package reference

import "sync"

// OSRelease is a line of an operating system with the end of its support.
type OSRelease struct {
	OS          string `yaml:"os"`
	Line        string `yaml:"line"`
	Pattern     string `yaml:"pattern"`     // of status.nodeInfo.osImage
	EndOfLife   Date   `yaml:"endOfLife"`   // of the vendor's regular security support
	ExtendedEnd Date   `yaml:"extendedEnd"` // of what is sold or given beyond it; zero without
	Provenance  `yaml:",inline"`
}

// Name is the system with its line, as people say it: Ubuntu 22.04.
func (r OSRelease) Name() string { return r.OS + " " + r.Line }

type osDocument struct {
	About about       `yaml:"about"`
	Rows  []OSRelease `yaml:"rows"`
}

func (d *osDocument) head() about { return d.About }
func (d *osDocument) rows() int   { return len(d.Rows) }

var (
	systems        = load("os", &osDocument{})
	systemPatterns = sync.OnceValue(func() []pattern {
		patterns := make([]pattern, len(systems().Rows))
		for i, row := range systems().Rows {
			patterns[i] = compilePattern(row.Pattern)
		}
		return patterns
	})
	knownSystems memo[OSRelease]
)

// OSReleaseOf returns the line that a node's osImage names. It reports false for systems that the table does not hold, such as those that
// update themselves as an image.
func OSReleaseOf(osImage string) (OSRelease, bool) {
	return knownSystems.get(osImage, func(text string) (OSRelease, bool) {
		for i, p := range systemPatterns() {
			if p.matches(text) {
				return systems().Rows[i], true
			}
		}
		return OSRelease{}, false
	})
}

// OSReleases lists all lines.
func OSReleases() []OSRelease { return systems().Rows }

// InTreeVolume is a volume type whose driver Kubernetes held itself.
type InTreeVolume struct {
	Field        string `yaml:"field"`       // of pods and persistent volumes
	Provisioner  string `yaml:"provisioner"` // of storage classes; empty: there was none
	CSI          string `yaml:"csi"`         // driver that serves it by migration; empty: none ever did
	DeprecatedIn Minor  `yaml:"deprecatedIn"`
	Migrated     Minor  `yaml:"migrated"` // from here on redirected whatever a feature gate says; 0: never
	RemovedIn    Minor  `yaml:"removedIn"`
	Provenance   `yaml:",inline"`
}

type inTreeDocument struct {
	About about          `yaml:"about"`
	Rows  []InTreeVolume `yaml:"rows"`
}

func (d *inTreeDocument) head() about { return d.About }
func (d *inTreeDocument) rows() int   { return len(d.Rows) }

var inTree = load("in-tree-volumes", &inTreeDocument{})

// InTreeVolumeOf returns a volume type by its field.
func InTreeVolumeOf(field string) (InTreeVolume, bool) {
	for _, row := range inTree().Rows {
		if row.Field == field {
			return row, true
		}
	}
	return InTreeVolume{}, false
}

// InTreeProvisionerOf returns a volume type by the provisioner of its storage classes.
func InTreeProvisionerOf(provisioner string) (InTreeVolume, bool) {
	for _, row := range inTree().Rows {
		if provisioner != "" && row.Provisioner == provisioner {
			return row, true
		}
	}
	return InTreeVolume{}, false
}
