// Package lifecycle holds the rules on versions, upgrades and what stands in an upgrade's way. It judges system workloads
// too: an upgrade drains them like any other.
package lifecycle

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

// Register adds the pillar's rules.
func Register(r *assessments.Registry) {
	r.Register(drainBlocked, singleReplica, versionSkew, versionSupported)
	r.Register(patchCurrent, halfUpgraded, upgradePath, removedAPIs, crdStoredVersions)
	r.Register(runtimeSupported, cgroupVersion, cniCompatible, addonsAligned)
	r.Register(controlPlaneHA, certificateExpiry, osSupported)
	r.Register(disruptionBudget, replicaSpread, drainCapacity, nakedPods)
	r.Register(nodeBoundState, inTreeVolumes, webhookFailsClosed)
}

// minorsAhead are the running minor and the next one where that is released: nobody can have tested what is not out.
func minorsAhead(v assessments.View, running reference.Minor) []reference.Minor {
	if row, known := reference.ReleaseOf(running + 1); known && !row.Released.After(v.AsOf) {
		return []reference.Minor{running, running + 1}
	}
	return []reference.Minor{running}
}

// targetMinor is the minor that --target-version names, else the newest that is released at the day.
func targetMinor(v assessments.View) (reference.Minor, bool) {
	if v.Target != nil && v.Target.Major == 1 && v.Target.Minor > 0 {
		return reference.Minor(v.Target.Minor), true
	}
	newest, known := reference.NewestRelease(v.AsOf)
	return newest.Minor, known
}

// kubeletMinor is a node's own minor, else the API server's.
func kubeletMinor(v assessments.View, n *facts.Node) (reference.Minor, bool) {
	if n.Kubelet.Major == 1 {
		return reference.Minor(n.Kubelet.Minor), true
	}
	return serverMinor(v)
}

func isManaged(v assessments.View) bool {
	return v.Cluster != nil && v.Cluster.Managed != nil && *v.Cluster.Managed
}

const serverUnread = "the API server's version could not be read"

// failureOf makes a finding of a judgement.
func failureOf(severity assessments.Severity, j upgrade.Judgement, expected string) assessments.Failure {
	return assessments.Failure{Severity: severity, Message: assessments.Capital(j.Why) + ".", Evidence: j.Evidence, Expected: expected, Mend: assessments.Mend{Text: j.Mend}}
}

// overNodes judges every node; one outcome under the cluster speaks for nodes that were not read.
func overNodes(v assessments.View, judge func(*facts.Node, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	if len(v.Nodes) == 0 {
		return nodesUnread(v)
	}
	outcomes := make([]assessments.Outcome, 0, len(v.Nodes))
	for _, n := range v.Nodes {
		outcomes = append(outcomes, judge(n, assessments.AboutNode(n)))
	}
	return outcomes
}

func nodesUnread(v assessments.View) []assessments.Outcome {
	if v.Plan && !v.Live() {
		return nil
	}
	reason, unseen := v.Unseen("nodes")
	switch {
	case !v.Live():
		return []assessments.Outcome{assessments.AboutCluster().Unknown("only a running cluster can tell; files were given")}
	case unseen:
		return []assessments.Outcome{assessments.AboutCluster().Unknown(fmt.Sprintf("the collector could not read nodes (%s)", reason))}
	}
	return nil
}
