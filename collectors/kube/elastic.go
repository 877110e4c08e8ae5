package kube

import "plimsoll/assessments/snapshot"

// Elastic Cloud on Kubernetes: JVMs are set by variables of one container of a pod template, for Elasticsearch in each set of nodes.
var (
	_ = registerJVM("elasticsearch.k8s.elastic.co", func() JVMResource { return &ElasticResource{} }, "Elasticsearch")
	_ = registerJVM("logstash.k8s.elastic.co", func() JVMResource { return &ElasticResource{} }, "Logstash")
)

// ElasticResource is an Elasticsearch or a Logstash of ECK's.
type ElasticResource struct {
	Object
	Spec struct {
		Version     Loose       `json:"version"`
		Count       Int         `json:"count"`
		PodTemplate PodTemplate `json:"podTemplate"`
		NodeSets    []struct {
			Name        string      `json:"name"`
			Count       Int         `json:"count"`
			PodTemplate PodTemplate `json:"podTemplate"`
		} `json:"nodeSets"`
	} `json:"spec"`
}

func (c *ElasticResource) records() []snapshot.CustomResource {
	if c.Kind == "Logstash" {
		return []snapshot.CustomResource{c.record("", "logstash", c.Spec.Count, &c.Spec.PodTemplate)}
	}
	var out []snapshot.CustomResource
	for i := range c.Spec.NodeSets {
		set := &c.Spec.NodeSets[i]
		out = append(out, c.record(set.Name, "elasticsearch", set.Count, &set.PodTemplate))
	}
	return out
}

func (c *ElasticResource) record(section, container string, count Int, template *PodTemplate) snapshot.CustomResource {
	record := c.section(section, count, nil)
	for i := range template.Spec.Containers {
		if found := &template.Spec.Containers[i]; found.Name == container {
			record = c.section(section, count, &found.Resources)
			if r := runtimeOf(found); r != nil {
				record.Options = r.Options
			}
		}
	}
	addVersion(&record, "version", c.Spec.Version)
	return record
}
