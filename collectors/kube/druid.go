package kube

import "plimsoll/assessments/snapshot"

// The Druid operator: groups of nodes, with options for all and more for each.
var _ = registerJVM("druid.apache.org", func() JVMResource { return &DruidResource{} }, "Druid")

// DruidResource is a Druid cluster.
type DruidResource struct {
	Object
	Spec struct {
		Options Loose      `json:"jvm.options"`
		Env     []Variable `json:"env"`
		Nodes   map[string]struct {
			Replicas  Int        `json:"replicas"`
			Resources Resources  `json:"resources"`
			Options   Loose      `json:"jvm.options"`
			Extra     Loose      `json:"extra.jvm.options"`
			Env       []Variable `json:"env"`
		} `json:"nodes"`
	} `json:"spec"`
}

func (c *DruidResource) records() []snapshot.CustomResource {
	var out []snapshot.CustomResource
	for _, name := range sortedKeys(c.Spec.Nodes) {
		node := c.Spec.Nodes[name]
		record := c.section(name, node.Replicas, &node.Resources)
		// Options of a group take the place of those for all; the extra ones come behind either, in one file.
		options := node.Options.Text
		if options == "" {
			options = c.Spec.Options.Text
		}
		addOption(&record, "jvm.options", options+"\n"+node.Extra.Text)
		if r := runtimeOf(&Container{Environment: append(c.Spec.Env[:len(c.Spec.Env):len(c.Spec.Env)], node.Env...)}); r != nil {
			record.Options = append(record.Options, r.Options...)
		}
		out = append(out, record)
	}
	return out
}
