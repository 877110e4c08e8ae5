package probes

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

// nodePools finds the members of Kafka resources whose operator takes them from node pools.
type nodePools struct {
	of    map[facts.Key][]*facts.CustomResource // pools of brokers, by the Kafka that they name
	files map[facts.Key]map[string]bool         // where each Kafka stands
}

func nodePoolsOf(v assessments.View) nodePools {
	p := nodePools{of: map[facts.Key][]*facts.CustomResource{}, files: map[facts.Key]map[string]bool{}}
	for _, custom := range v.Custom {
		switch {
		case custom.ObjectKind == "KafkaNodePool" && custom.Brokers:
			key := facts.Key{Namespace: custom.Namespace, Name: custom.Cluster}
			p.of[key] = append(p.of[key], custom)
		case custom.ObjectKind == "Kafka":
			key := kafkaKey(custom)
			if p.files[key] == nil {
				p.files[key] = map[string]bool{}
			}
			p.files[key][custom.Place.File] = true
		}
	}
	return p
}

func kafkaKey(custom *facts.CustomResource) facts.Key {
	return facts.Key{Namespace: custom.Namespace, Name: custom.Name}
}

// membersOf counts the members of a section: the brokers of the node pools that name the resource, else its own replicas.
func (p nodePools) membersOf(custom *facts.CustomResource) (members int, doubt string) {
	var pools []*facts.CustomResource
	if custom.Section == "kafka" {
		pools = p.poolsOf(custom)
	}
	for _, pool := range pools {
		if pool.Replicas == nil {
			return 0, "the number of members in node pool " + pool.Name + " is not known"
		}
		members += *pool.Replicas
	}
	switch {
	case len(pools) > 0:
		return members, ""
	case custom.Replicas == nil && custom.Section == "kafka":
		return 0, "the number of members stands in node pools, and none that names it was seen"
	case custom.Replicas == nil:
		return 0, "the number of members is not known"
	}
	return *custom.Replicas, ""
}

// poolsOf are the pools of a Kafka, copies in several files once. Where files hold several Kafkas of one name, each has the pools of its
// own file: the others are of another of them.
func (p nodePools) poolsOf(kafka *facts.CustomResource) []*facts.CustomResource {
	alone := len(p.files[kafkaKey(kafka)]) == 1
	var pools []*facts.CustomResource
	seen := map[string]bool{}
	for _, pool := range p.of[kafkaKey(kafka)] {
		if !seen[pool.Name] && (alone || pool.Place.File == kafka.Place.File) {
			seen[pool.Name] = true
			pools = append(pools, pool)
		}
	}
	return pools
}
