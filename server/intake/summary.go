package intake

import (
	"maps"
	"slices"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/server/store"
)

// summarise notes what later snapshots and other platforms are compared with.
func summarise(record snapshot.Record, into *store.SnapshotSummary, kubeletMinors map[string]bool) {
	switch r := record.(type) {
	case snapshot.Cluster:
		into.ServerVersion, into.ClusterCreatedAt = r.ServerVersion, r.CreatedAt
		if into.Provider == "" {
			into.Provider = r.Provisioner
		}
	case snapshot.Node:
		into.Nodes++
		if v, ok := facts.ParseVersion(r.KubeletVersion); ok {
			kubeletMinors[v.MinorString()] = true
		}
		if into.Region == "" {
			into.Region = r.Region
		}
	case snapshot.Workload:
		into.Workloads++
	}
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
