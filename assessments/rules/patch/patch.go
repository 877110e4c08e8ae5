// Package patch writes the mends of findings as YAML: strategic merge patches that name the very object they are for, so that
// they can be saved to a file and given to kubectl or Kustomize as they stand.
package patch

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// Field is one key of a mapping, kept in the order it was given.
type Field struct {
	Key   string
	Value any // string, int, int64, bool, Fields, or a slice of them
}

// Fields is a mapping in order.
type Fields []Field

// node is the mapping as YAML, built in one go: encoding part by part would read each part again.
func (f Fields) node() *yaml.Node {
	mapping := &yaml.Node{Kind: yaml.MappingNode}
	for _, field := range f {
		mapping.Content = append(mapping.Content, text(field.Key), nodeOf(field.Value))
	}
	return mapping
}

func text(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

// nodeOf can't meet a value that YAML lacks: Fields hold strings, whole numbers, truth values, nothing and nested Fields alone.
func nodeOf(value any) *yaml.Node {
	switch value := value.(type) {
	case nil: // takes the field away
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	case string:
		return text(value)
	case int, int64:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: fmt.Sprint(value)}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(value)}
	case Fields:
		return value.node()
	case []Fields:
		sequence := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range value {
			sequence.Content = append(sequence.Content, item.node())
		}
		return sequence
	case []string:
		sequence := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range value {
			sequence.Content = append(sequence.Content, text(item))
		}
		return sequence
	}
	panic(fmt.Sprintf("patch: a field holds a %T", value))
}

// Container patches one container of a workload.
func Container(c *facts.Container, fields ...Field) string {
	list := "containers"
	if c.Role != snapshot.RoleRegular {
		list = "initContainers"
	}
	named := append(Fields{{"name", c.Name}}, fields...)
	return Pod(c.Workload, Field{list, []Fields{named}})
}

// Pod patches the pod specification of a workload, wherever its kind keeps it.
func Pod(w *facts.Workload, fields ...Field) string {
	spec := Fields(fields)
	switch w.Kind {
	case "Pod":
	case "CronJob":
		spec = Fields{{"jobTemplate", Fields{{"spec", Fields{{"template", Fields{{"spec", spec}}}}}}}}
	default:
		spec = Fields{{"template", Fields{{"spec", spec}}}}
	}
	return Workload(w, spec...)
}

// Workload patches the specification of a workload.
func Workload(w *facts.Workload, spec ...Field) string {
	version := w.APIVersion
	if version == "" {
		version = apiVersions[w.Kind]
	}
	return Object(version, w.Kind, w.Namespace, w.Name, spec...)
}

// apiVersions are the versions that serve the workload kinds today; a record that knows its own goes before them.
var apiVersions = map[string]string{
	"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "ReplicaSet": "apps/v1",
	"ReplicationController": "v1", "Pod": "v1", "Job": "batch/v1", "CronJob": "batch/v1",
}

// Object patches the specification of any object.
func Object(apiVersion, kind, namespace, name string, spec ...Field) string {
	metadata := Fields{{"name", name}}
	if namespace != "" {
		metadata = append(metadata, Field{"namespace", namespace})
	}
	return encode(Fields{{"apiVersion", apiVersion}, {"kind", kind}, {"metadata", metadata}, {"spec", Fields(spec)}})
}

func encode(fields Fields) string {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(fields.node()); err != nil {
		panic("patch: " + err.Error())
	}
	return b.String()
}
