package reference

import "time"

// Release is a minor of Kubernetes.
type Release struct {
	Minor              Minor `yaml:"minor"`
	Released           Date  `yaml:"released"`
	MaintenanceFrom    Date  `yaml:"maintenanceFrom"`
	EndOfLife          Date  `yaml:"endOfLife"`          // the last day of support; an estimate where State says so
	EndOfLifeElsewhere Date  `yaml:"endOfLifeElsewhere"` // by another source, where it differs
	LatestPatch        int   `yaml:"latestPatch"`
	LatestPatchDate    Date  `yaml:"latestPatchDate"`
	Provenance         `yaml:",inline"`
}

type releasesDocument struct {
	About about     `yaml:"about"`
	Rows  []Release `yaml:"rows"`
}

func (d *releasesDocument) head() about { return d.About }
func (d *releasesDocument) rows() int   { return len(d.Rows) }

var releases = load("kubernetes-releases", &releasesDocument{})

// Releases lists Kubernetes' minors from old to new.
func Releases() []Release { return releases().Rows }

// ReleaseOf returns one minor. It reports false for minors that the table does not hold, newer ones above all.
func ReleaseOf(minor Minor) (Release, bool) {
	for _, release := range releases().Rows {
		if release.Minor == minor {
			return release, true
		}
	}
	return Release{}, false
}

// NewestRelease is the newest minor that was out at a day. It reports false before the first.
func NewestRelease(asOf time.Time) (Release, bool) {
	for i := len(releases().Rows) - 1; i >= 0; i-- {
		if !releases().Rows[i].Released.After(asOf) {
			return releases().Rows[i], true
		}
	}
	return Release{}, false
}

// Ended reports whether support was over at a day. It is not sure where the date is an estimate, or where two sources name
// dates on both sides of that day. A patch after the end is no support.
func (r Release) Ended(asOf time.Time) (ended, sure bool) {
	ended = asOf.After(r.EndOfLife.Time)
	if r.State != Settled {
		return ended, false
	}
	return ended, r.EndOfLifeElsewhere.IsZero() || asOf.After(r.EndOfLifeElsewhere.Time) == ended
}

// SupportedAt lists the minors that were out and supported at a day, from old to new.
func SupportedAt(asOf time.Time) []Minor {
	var supported []Minor
	for _, release := range releases().Rows {
		ended, _ := release.Ended(asOf)
		if !release.Released.After(asOf) && !ended {
			supported = append(supported, release.Minor)
		}
	}
	return supported
}

// ManagedLifecycle is a provider's own support of a minor.
type ManagedLifecycle struct {
	Provider    string `yaml:"provider"` // eks, gke, aks: ids of provisioners
	Minor       Minor  `yaml:"minor"`
	Available   Date   `yaml:"available"`
	StandardEnd Date   `yaml:"standardEnd"`
	ExtendedEnd Date   `yaml:"extendedEnd"` // support that costs extra ends
	Provenance  `yaml:",inline"`
}

type managedDocument struct {
	About about              `yaml:"about"`
	Rows  []ManagedLifecycle `yaml:"rows"`
}

func (d *managedDocument) head() about { return d.About }
func (d *managedDocument) rows() int   { return len(d.Rows) }

var managed = load("managed-lifecycles", &managedDocument{})

// ManagedLifecycleOf returns a provider's support of a minor, where the provider's dates are known.
func ManagedLifecycleOf(provider string, minor Minor) (ManagedLifecycle, bool) {
	for _, row := range managed().Rows {
		if row.Provider == provider && row.Minor == minor {
			return row, true
		}
	}
	return ManagedLifecycle{}, false
}

// ManagedLifecycles lists all rows, by provider and minor.
func ManagedLifecycles() []ManagedLifecycle { return managed().Rows }
