package kubetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// object is a Kubernetes object as JSON has it.
type object map[string]any

func (o object) text(field string) string {
	value, _ := o[field].(string)
	return value
}

func (o object) metadata() object {
	metadata, _ := o["metadata"].(map[string]any)
	return metadata
}

func (o object) kind() kind { return kind{o.text("apiVersion"), o.text("kind")} }

// String names the object in errors.
func (o object) String() string {
	name := o.metadata().text("name")
	if namespace := o.metadata().text("namespace"); namespace != "" {
		name = namespace + "/" + name
	}
	return o.text("kind") + " " + name
}

// parseManifests reads YAML documents; Lists are opened, empty documents passed over.
func parseManifests(manifests []byte) ([]object, error) {
	var objects []object
	decoder := yaml.NewDecoder(bytes.NewReader(manifests))
	for number := 1; ; number++ {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		keepTimes(&document)
		var content map[string]any // not object: the decoder would make every map inside one too
		if err := document.Decode(&content); err != nil {
			return nil, fmt.Errorf("document %d, line %d: %w", number, document.Line, err)
		}
		if objects, err = appendObject(objects, content); err != nil {
			return nil, fmt.Errorf("document %d, line %d: %w", number, document.Line, err)
		}
	}
}

// keepTimes makes strings of what YAML takes for a time, as the API has no other type for them.
func keepTimes(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!timestamp" {
		node.Tag = "!!str"
	}
	for _, child := range node.Content {
		keepTimes(child)
	}
}

func appendObject(objects []object, content object) ([]object, error) {
	if len(content) == 0 {
		return objects, nil
	}
	if content.text("kind") == "List" {
		items, _ := content["items"].([]any)
		for _, item := range items {
			inner, ok := item.(map[string]any)
			if !ok {
				return nil, errors.New("a List holds an item that is no object")
			}
			var err error
			if objects, err = appendObject(objects, inner); err != nil {
				return nil, err
			}
		}
		return objects, nil
	}
	if content.text("apiVersion") == "" || content.text("kind") == "" || content.metadata().text("name") == "" {
		return nil, fmt.Errorf("want apiVersion, kind and metadata.name, got %s", content)
	}
	return append(objects, content), nil
}
