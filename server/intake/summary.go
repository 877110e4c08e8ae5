package intake

import (
	"plimsoll/assessments/snapshot"
	"plimsoll/server/store"
)

// summarise notes what later snapshots and other platforms are compared with.
func summarise(record snapshot.Record, into *store.SnapshotSummary) {
	into.Earlier.Add(record)
	switch r := record.(type) {
	case snapshot.Cluster:
		into.ClusterCreatedAt = r.CreatedAt
		if into.Provider == "" {
			into.Provider = r.Provisioner
		}
	case snapshot.Node:
		if into.Region == "" {
			into.Region = r.Region
		}
	case snapshot.Workload:
		into.Workloads++
	}
}
