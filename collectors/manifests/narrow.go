package manifests

import (
	"go.yaml.in/yaml/v3"

	"plimsoll/collectors/allow"
)

// narrowed are the keys below which short words, versions and figures stand as texts, by the form that allow.yaml gives them. An API server
// takes no sentence there, and the sieve lets none through; a file has passed neither. Keys of numbers alone are not among them: a text there
// is told with its line.
var narrowed = map[string]string{
	"accessModes": "word", "apiGroups": "word", "externalTrafficPolicy": "word", "failurePolicy": "word", "imagePullPolicy": "word",
	"operation": "word", "operations": "word", "phase": "word", "podManagementPolicy": "word", "port": "word", "protocol": "word",
	"resources": "word", "restartPolicy": "word", "scope": "word", "strategy": "word", "targetPort": "word", "type": "word",
	"volumeBindingMode": "word",
	"appVersion":        "version", "chartVersion": "version", "lastAppliedRevision": "version", "version": "version",
	"maxSurge": "figure", "maxUnavailable": "figure", "minAvailable": "figure",
	"uid": "id",
}

// narrow leaves null of each text that does not look as its key's form says, as the sieve does of what a cluster answers.
func narrow(node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		for _, child := range node.Content {
			narrow(child)
		}
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		value := node.Content[i+1]
		if value.Kind == yaml.MappingNode {
			narrow(value)
			continue
		}
		form := narrowed[textOf(node.Content[i]).Value]
		if value.Kind != yaml.SequenceNode {
			node.Content[i+1] = fitting(value, form)
			continue
		}
		for j, item := range value.Content {
			narrow(item)
			value.Content[j] = fitting(item, form)
		}
	}
}

// textOf is the node that an alias stands for, once: what stands there may fit where it was written first.
func textOf(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// fitting is the node, or null in its place.
func fitting(node *yaml.Node, form string) *yaml.Node {
	text := textOf(node)
	if form == "" || text.Kind != yaml.ScalarNode || allow.Fits(form, text.Value) {
		return node
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null", Line: node.Line}
}
