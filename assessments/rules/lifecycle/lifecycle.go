// Package lifecycle holds the rules on versions, upgrades and what stands in an upgrade's way. It judges system workloads
// too: an upgrade drains them like any other.
package lifecycle

import "plimsoll/assessments"

// Register adds the pillar's rules.
func Register(r *assessments.Registry) {
	r.Register(drainBlocked, singleReplica, versionSkew, versionSupported)
	r.Register(patchCurrent, halfUpgraded, upgradePath, removedAPIs, crdStoredVersions)
	r.Register(runtimeSupported, cgroupVersion, cniCompatible, addonsAligned)
	r.Register(controlPlaneHA, certificateExpiry, osSupported)
	r.Register(disruptionBudget, replicaSpread, drainCapacity, nakedPods)
	r.Register(nodeBoundState, inTreeVolumes, webhookFailsClosed)
}
