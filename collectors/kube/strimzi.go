package kube

import (
	"slices"
	"strings"

	"plimsoll/assessments/snapshot"
)

// Strimzi: JVMs are set in sections of a Kafka, else in spec itself.
var _ = registerJVM("kafka.strimzi.io", func() JVMResource { return &StrimziResource{} },
	"Kafka", "KafkaNodePool", "KafkaConnect", "KafkaBridge", "KafkaMirrorMaker", "KafkaMirrorMaker2")

// StrimziResource is a resource of Strimzi's.
type StrimziResource struct {
	Object
	Spec struct {
		strimziSection
		Kafka         *strimziSection `json:"kafka"`
		ZooKeeper     *strimziSection `json:"zookeeper"`
		CruiseControl *strimziSection `json:"cruiseControl"`
		Roles         []Loose         `json:"roles"` // of a node pool
	} `json:"spec"`
}

type strimziSection struct {
	Replicas  Int              `json:"replicas"`
	Resources Resources        `json:"resources"`
	JVM       *jvmOptions      `json:"jvmOptions"`
	Config    map[string]Loose `json:"config"`
}

type jvmOptions struct {
	Xmx Loose            `json:"-Xmx"`
	Xms Loose            `json:"-Xms"`
	XX  map[string]Loose `json:"-XX"`
}

func (c *StrimziResource) records() []snapshot.CustomResource {
	if c.Kind != "Kafka" {
		record := c.record("", &c.Spec.strimziSection)
		if c.Kind == "KafkaNodePool" {
			record.Cluster, record.Brokers = c.cluster(), slices.ContainsFunc(c.Spec.Roles, func(role Loose) bool { return role.Text == "broker" })
		}
		return []snapshot.CustomResource{record}
	}
	var out []snapshot.CustomResource
	for _, s := range []struct {
		name    string
		section *strimziSection
	}{{"kafka", c.Spec.Kafka}, {"zookeeper", c.Spec.ZooKeeper}, {"cruiseControl", c.Spec.CruiseControl}} {
		if s.section != nil {
			out = append(out, c.record(s.name, s.section))
		}
	}
	return out
}

// cluster is the Kafka that a node pool names by its label; empty where it names none.
func (c *StrimziResource) cluster() string {
	name := c.Meta.Labels["strimzi.io/cluster"]
	if len(name) > maxCopied || Placeholder(name) {
		return ""
	}
	return name
}

func (c *StrimziResource) record(name string, s *strimziSection) snapshot.CustomResource {
	record := c.section(name, s.Replicas, &s.Resources)
	record.MinInSync = minInSync(s.Config["min.insync.replicas"].Text)
	if s.JVM != nil {
		record.Options = []snapshot.RuntimeOption{{Source: "jvmOptions", Flags: s.JVM.flags()}}
	}
	return record
}

// minInSync reads Kafka's min.insync.replicas; nil where it is not set or no figure.
func minInSync(text string) *int {
	var figure Int
	if text == "" || figure.setScalar(text, scalarInteger) != "" {
		return nil
	}
	return nonNegative(figure.Pointer())
}

// flags writes a section's options as a command line would.
func (o *jvmOptions) flags() []string {
	var flags []string
	add := func(flag string) {
		if known, ok := recognisedFlag(flag); ok {
			flags = append(flags, known)
		}
	}
	if o.Xms.Text != "" {
		add("-Xms" + o.Xms.Text)
	}
	if o.Xmx.Text != "" {
		add("-Xmx" + o.Xmx.Text)
	}
	for _, name := range sortedKeys(o.XX) {
		switch value := o.XX[name].Text; strings.ToLower(value) {
		case "true":
			add("-XX:+" + name)
		case "false":
			add("-XX:-" + name)
		default:
			add("-XX:" + name + "=" + value)
		}
	}
	return flags
}
