package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
)

var k07 = assessments.Pair{
	ID:        "K-07",
	Questions: []string{"G10"},
	Observes:  "What workloads request, of what the nodes can give, and nodes that are hardly used.",
	Guard:     "A note beside the total, never a contradiction.",
	Look:      lookAtCost,
}

func lookAtCost(v assessments.PairView) []assessments.Sight {
	var requestedCPU, cpu, requestedMemory, memory int64
	idle, seen := 0, 0
	for _, n := range v.Nodes {
		if n.Allocatable == nil || n.RequestedCPUMillicores == nil || n.RequestedMemoryBytes == nil {
			continue
		}
		requestedCPU, cpu = requestedCPU+*n.RequestedCPUMillicores, cpu+n.Allocatable.CPUMillicores
		requestedMemory, memory = requestedMemory+*n.RequestedMemoryBytes, memory+n.Allocatable.MemoryBytes
		seen++
		if isIdle(*n.RequestedCPUMillicores, n.Allocatable.CPUMillicores) && isIdle(*n.RequestedMemoryBytes, n.Allocatable.MemoryBytes) {
			idle++
		}
	}
	if cpu <= 0 || memory <= 0 {
		return cannotSee("what the nodes give and what is requested of it was not seen", "G10")
	}
	sights := notChecked("a note beside the total; use alone says nothing of what was approved", "G10")
	sights[0].Evidence = []assessments.Evidence{
		evidence("CPU requested", "%d %% of what the nodes give", *network.Percent(requestedCPU, cpu)),
		evidence("memory requested", "%d %% of what the nodes give", *network.Percent(requestedMemory, memory)),
		evidence("nodes with less than 20 % requested of both", "%d of %d", idle, seen),
	}
	return sights
}

// isIdle reports whether less than a fifth of what a node gives is requested.
func isIdle(requested, gives int64) bool { return requested < gives/5 }
