package kube

import (
	"strings"

	"plimsoll/assessments/snapshot"
)

// strimziKinds are the custom resources of Strimzi that start JVMs.
var strimziKinds = set("Kafka", "KafkaNodePool", "KafkaConnect", "KafkaBridge", "KafkaMirrorMaker", "KafkaMirrorMaker2")

// IsCustomResource reports whether a type is a custom resource whose JVMs are read.
func IsCustomResource(t TypeMeta) bool {
	return t.Group() == "kafka.strimzi.io" && strimziKinds[t.Kind]
}

// CustomResource is a Strimzi resource: JVMs are set in sections of a Kafka, else in spec itself.
type CustomResource struct {
	Object
	Spec struct {
		customSection
		Kafka         *customSection `json:"kafka"`
		ZooKeeper     *customSection `json:"zookeeper"`
		CruiseControl *customSection `json:"cruiseControl"`
	} `json:"spec"`
}

type customSection struct {
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

// CustomResourceRecords gives one record for each section that starts JVMs. Options are empty where the section sets none.
func CustomResourceRecords(c *CustomResource) []snapshot.CustomResource {
	if c.Kind != "Kafka" {
		return []snapshot.CustomResource{customRecord(c, "", &c.Spec.customSection)}
	}
	var out []snapshot.CustomResource
	for _, s := range []struct {
		name    string
		section *customSection
	}{{"kafka", c.Spec.Kafka}, {"zookeeper", c.Spec.ZooKeeper}, {"cruiseControl", c.Spec.CruiseControl}} {
		if s.section != nil {
			out = append(out, customRecord(c, s.name, s.section))
		}
	}
	return out
}

func customRecord(c *CustomResource, name string, s *customSection) snapshot.CustomResource {
	record := snapshot.CustomResource{
		ObjectKind: c.Kind, APIVersion: c.APIVersion, Namespace: c.Meta.NamespaceOrDefault(), Name: c.Meta.DisplayName(), Section: name,
		Replicas: nonNegative(s.Replicas.Pointer()), MemoryLimitBytes: amountPointer(s.Resources.Limits.Memory, Quantity.Units),
		MemoryRequestBytes: amountPointer(s.Resources.Requests.Memory, Quantity.Units),
	}
	if !s.Resources.Requests.Memory.IsSet() {
		record.MemoryRequestBytes = record.MemoryLimitBytes
	}
	var inSync Int
	if text := s.Config["min.insync.replicas"].Text; text != "" && inSync.setScalar(text, scalarInteger) == "" {
		record.MinInSync = nonNegative(inSync.Pointer())
	}
	if s.JVM != nil {
		record.Options = []snapshot.RuntimeOption{{Source: "jvmOptions", Flags: s.JVM.flags()}}
	}
	return record
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
