package kube

import (
	"strings"

	"plimsoll/assessments/snapshot"
)

// Confluent for Kubernetes: every component takes lists of overrides, one of them the JVM's.
var _ = registerJVM("platform.confluent.io", func() JVMResource { return &ConfluentResource{} },
	"Kafka", "Zookeeper", "KRaftController", "Connect", "SchemaRegistry", "KsqlDB", "KafkaRestProxy", "ControlCenter")

// ConfluentResource is a component of Confluent Platform.
type ConfluentResource struct {
	Object
	Spec struct {
		Replicas    Int `json:"replicas"`
		PodTemplate struct {
			Resources Resources `json:"resources"`
		} `json:"podTemplate"`
		Overrides struct {
			JVM    []Loose `json:"jvm"`
			Server []Loose `json:"server"`
		} `json:"configOverrides"`
	} `json:"spec"`
}

func (c *ConfluentResource) records() []snapshot.CustomResource {
	record := c.section("", c.Spec.Replicas, &c.Spec.PodTemplate.Resources)
	addOption(&record, "configOverrides.jvm", joined(c.Spec.Overrides.JVM))
	for _, line := range c.Spec.Overrides.Server {
		if value, found := strings.CutPrefix(line.Text, "min.insync.replicas="); found {
			record.MinInSync = minInSync(value)
		}
	}
	return []snapshot.CustomResource{record}
}
