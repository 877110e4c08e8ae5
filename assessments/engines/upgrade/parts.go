package upgrade

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// CNIOf is the cluster's network plugin; nil where none was recognised.
func CNIOf(f *facts.Facts) *snapshot.Network {
	for _, n := range f.Networks {
		if n.Component == "cni" && n.Name != "" {
			return n
		}
	}
	return nil
}

// CNIAt says whether a network plugin's line is tested with a minor.
func CNIAt(plugin, version string, minor reference.Minor) Judgement {
	at, readable := readRelease(version)
	seen := evidence("network plugin", "%s %s", plugin, version)
	if !readable {
		return untold("the version of "+plugin+" can't be read", seen)
	}
	row, listed := reference.CNILineOf(plugin, at.line())
	switch {
	case !listed || len(row.Kubernetes) == 0:
		return untold(fmt.Sprintf("the reference has no list of what %s %s is tested with", plugin, at.line()), seen)
	case !row.Deducts():
		return untold(fmt.Sprintf("what %s %s is tested with is in doubt: %s", plugin, at.line(), row.Doubt()), seen)
	case slices.Contains(row.Kubernetes, minor):
		return serves(seen)
	case cameAfterTable(minor):
		return untold(fmt.Sprintf("%s came after the list of what %s %s is tested with was read", minor, plugin, at.line()), seen)
	}
	return Judgement{
		Standing: Untested, Why: fmt.Sprintf("%s %s with Kubernetes %s is untested: its project lists %s", plugin, at.line(), minor, span(row.Kubernetes)),
		Mend:     cniMend(plugin, minor),
		Evidence: []assessments.Evidence{seen, evidence("tested with", "%s (%s)", span(row.Kubernetes), row.Source)},
	}
}

// cameAfterTable reports whether a minor is younger than the table of plugins, which so can't list it.
func cameAfterTable(minor reference.Minor) bool {
	release, known := reference.ReleaseOf(minor)
	return !known || release.Released.After(reference.CNIAsOf().Time)
}

func cniMend(plugin string, minor reference.Minor) string {
	var lines []string
	for _, row := range reference.CNILines(plugin) {
		if row.Deducts() && slices.Contains(row.Kubernetes, minor) {
			lines = append(lines, row.Line)
		}
	}
	if len(lines) == 0 {
		return "Ask its project which line is tested with " + minor.String() + ", and try the pair on a cluster of your own first."
	}
	return fmt.Sprintf("Move %s to %s, tested with %s, line by line as its own guide says.", plugin, strings.Join(lines, " or "), minor)
}

// span writes a list of minors.
func span(minors []reference.Minor) string {
	names := make([]string, len(minors))
	for i, minor := range minors {
		names[i] = minor.String()
	}
	return strings.Join(names, ", ")
}

// CNIEnded says whether a plugin or its line is past its end at a day. A line older than one that has ended has ended too.
func CNIEnded(plugin, version string, asOf time.Time) (Judgement, bool) {
	seen := evidence("network plugin", "%s %s", plugin, version)
	if row, _ := reference.CNIPluginOf(plugin); row.Deducts() && !row.Ended.IsZero() && asOf.After(row.Ended.Time) {
		return Judgement{
			Standing: Breaks, Why: fmt.Sprintf("%s is a dead end: its project ended on %s", plugin, row.Ended),
			Mend:     "Plan a move to a plugin that is maintained. Most moves need new nodes or a new cluster.",
			Evidence: []assessments.Evidence{seen, evidence("end", "%s (%s)", row.Ended, row.Source)},
		}, true
	}
	at, readable := readRelease(version)
	if !readable {
		return Judgement{}, false
	}
	for _, row := range reference.CNILines(plugin) {
		line, _ := readRelease(row.Line)
		if !row.Deducts() || row.EndOfLife.IsZero() || !asOf.After(row.EndOfLife.Time) || line.before(release{at.major, at.minor, 0}) {
			continue
		}
		why := fmt.Sprintf("%s %s has had no fixes since %s", plugin, at.line(), row.EndOfLife)
		if line.line() != at.line() {
			why = fmt.Sprintf("%s %s is older than %s, which has had no fixes since %s", plugin, at.line(), row.Line, row.EndOfLife)
		}
		return Judgement{
			Standing: Breaks, Why: why, Mend: "Move " + plugin + " to a line that is maintained, line by line as its own guide says.",
			Evidence: []assessments.Evidence{seen, evidence("end of "+row.Line, "%s (%s)", row.EndOfLife, row.Source)},
		}, true
	}
	return Judgement{}, false
}

// AddonAt says how CoreDNS or etcd stands to what kubeadm installs with a minor: an older line is untested with it.
func AddonAt(addon, version string, minor reference.Minor) Judgement {
	at, readable := readRelease(version)
	name := cmp.Or(map[string]string{"coredns": "CoreDNS"}[addon], addon)
	seen := evidence(name, "%s", version)
	row, listed := reference.AddonOf(addon, minor)
	switch {
	case !readable:
		return untold("the version of "+name+" can't be read", seen)
	case !listed || !row.Deducts():
		return untold(fmt.Sprintf("the reference has no %s for %s", name, minor), seen)
	}
	tested, _ := readRelease(row.Version)
	if !at.before(release{tested.major, tested.minor, 0}) {
		return serves(seen)
	}
	return Judgement{
		Standing: Untested, Why: fmt.Sprintf("%s %s with Kubernetes %s is untested: kubeadm installs %s beside it", name, at.line(), minor, row.Version),
		Mend:     fmt.Sprintf("Bring %s to %s with the tool that installed it, after its own notes.", name, row.Version),
		Evidence: []assessments.Evidence{seen, evidence("kubeadm installs with "+minor.String(), "%s (%s)", row.Version, row.Source)},
	}
}
