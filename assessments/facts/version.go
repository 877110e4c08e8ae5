package facts

import (
	"fmt"
	"regexp"
	"strconv"
)

// Version is a Kubernetes version as numbers. The zero value is "not known".
type Version struct {
	Major, Minor, Patch int
	Suffix              string // what stands after the patch: "-eks-1a2b3c", "+k3s1"
}

var versionPattern = regexp.MustCompile(`^v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,6}))?([-+.][0-9A-Za-z.+_-]{1,80})?$`)

// ParseVersion reads a version as Kubernetes components print it. Vendor suffixes are kept apart: -eks-… and -gke.… are no
// pre-releases here.
func ParseVersion(text string) (Version, bool) {
	m := versionPattern.FindStringSubmatch(text)
	if m == nil {
		return Version{}, false
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	return Version{Major: number(m[1]), Minor: number(m[2]), Patch: number(m[3]), Suffix: m[4]}, true
}

// Known reports whether the version was readable.
func (v Version) Known() bool { return v != Version{} }

// MinorString is the version's minor line: "1.37".
func (v Version) MinorString() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// String is the version without its suffix: "1.37.2".
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }
