package whatif

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// Bounds of one patch. Rules write patches of a few hundred bytes.
const (
	maxPatchBytes   = 64 << 10
	maxPatchObjects = 16
)

// object is one document of a patch.
type object struct {
	apiVersion, kind, namespace, name string
	metadata                          map[string]any
	fields                            map[string]any // everything beside apiVersion, kind and metadata
}

// clusterScoped kinds have no namespace; every other object without one is in "default".
var clusterScoped = []string{
	"Namespace", "Node", "PersistentVolume", "StorageClass", "CustomResourceDefinition", "ValidatingWebhookConfiguration",
	"MutatingWebhookConfiguration", "APIService",
}

func (o object) key() facts.Key {
	key := facts.Key{Kind: o.kind, Namespace: o.namespace, Name: o.name}
	if key.Namespace == "" && !slices.Contains(clusterScoped, o.kind) {
		key.Namespace = "default"
	}
	return key
}

// parse reads a patch: one or several YAML documents, each naming its object.
func parse(patch string) ([]object, error) {
	if len(patch) > maxPatchBytes {
		return nil, fmt.Errorf("a patch of %d bytes is beyond the bound of %d", len(patch), maxPatchBytes)
	}
	var objects []object
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(patch)))
	for {
		var tree map[string]any
		err := decoder.Decode(&tree)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the patch: %w", err)
		}
		if tree == nil {
			continue
		}
		if len(objects) == maxPatchObjects {
			return nil, fmt.Errorf("a patch of more than %d objects", maxPatchObjects)
		}
		o := object{fields: tree}
		o.apiVersion, _ = tree["apiVersion"].(string)
		o.kind, _ = tree["kind"].(string)
		o.metadata, _ = tree["metadata"].(map[string]any)
		o.name, _ = o.metadata["name"].(string)
		o.namespace, _ = o.metadata["namespace"].(string)
		if o.kind == "" || o.name == "" {
			return nil, errors.New("the patch does not name its object")
		}
		maps.DeleteFunc(o.fields, func(key string, _ any) bool { return key == "apiVersion" || key == "kind" || key == "metadata" })
		objects = append(objects, o)
	}
	if len(objects) == 0 {
		return nil, errors.New("the patch is empty")
	}
	return objects, nil
}

// patch carries out one object of a finding's patch on every record that it is about.
func (w *world) patch(o object, f assessments.Finding) error {
	found := w.find(o, f)
	if len(found) == 0 {
		return w.create(o, f)
	}
	for _, record := range found {
		if err := w.edit(o, record); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) edit(o object, record snapshot.Record) error {
	switch r := record.(type) {
	case *snapshot.Workload:
		return w.editWorkload(o, r)
	case *snapshot.Service:
		return w.editService(o, r)
	case *snapshot.DisruptionBudget:
		return w.editBudget(o, r)
	case *snapshot.Autoscaler:
		return w.editAutoscaler(o, r)
	case *snapshot.CustomResource:
		return w.editCustomResource(o, r)
	case *snapshot.Webhook:
		return w.editWebhook(o, r)
	case *snapshot.StorageClass:
		return w.editStorageClass(o, r)
	}
	return fmt.Errorf("a patch of a %s is not carried out here", o.kind)
}

// create adds a new object.
func (w *world) create(o object, f assessments.Finding) error {
	switch o.kind {
	case "PodDisruptionBudget":
		return w.createBudget(o, f)
	case "NetworkPolicy":
		return w.createPolicy(o)
	case "LimitRange":
		return w.createLimitRange(o)
	}
	return errors.New("no such object in the snapshot")
}

// fields are the keys of a mapping that are known, each with what it does. A nil value takes the field away.
type fields map[string]func(value any) error

// read goes through a mapping in the order of its keys. A key that is not among the fields is an error: what can't be carried out
// must be said.
func (f fields) read(value any) error {
	tree, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("want a mapping, got %T", value)
	}
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		do, known := f[key]
		if !known {
			return fmt.Errorf("%s: this field is not carried out here", key)
		}
		if do == nil {
			continue
		}
		if err := do(tree[key]); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// eachItem goes through a list of mappings.
func eachItem(value any, do func(item map[string]any) error) error {
	list, ok := value.([]any)
	if !ok {
		return fmt.Errorf("want a list, got %T", value)
	}
	for i, one := range list {
		item, ok := one.(map[string]any)
		if !ok {
			return fmt.Errorf("item %d: want a mapping, got %T", i+1, one)
		}
		if err := do(item); err != nil {
			return err
		}
	}
	return nil
}

func whole(value any) (int, error) {
	switch n := value.(type) {
	case int:
		return n, nil
	case int64:
		return int(n), nil
	}
	return 0, fmt.Errorf("want a whole number, got %v", value)
}

// setInt sets a figure that has no "not set"; nil goes back to the API's default.
func setInt(into *int, byDefault int) func(any) error {
	return func(value any) error {
		if value == nil {
			*into = byDefault
			return nil
		}
		n, err := whole(value)
		*into = n
		return err
	}
}

func setIntPointer(into **int) func(any) error {
	return func(value any) error {
		if value == nil {
			*into = nil
			return nil
		}
		n, err := whole(value)
		*into = &n
		return err
	}
}

func setInt64Pointer(into **int64) func(any) error {
	return func(value any) error {
		if value == nil {
			*into = nil
			return nil
		}
		n, err := whole(value)
		long := int64(n)
		*into = &long
		return err
	}
}

func setBool(into *bool) func(any) error {
	return func(value any) error {
		if value == nil {
			*into = false
			return nil
		}
		b, ok := value.(bool)
		if !ok {
			return fmt.Errorf("want true or false, got %v", value)
		}
		*into = b
		return nil
	}
}

// setText sets text, or a number as it is written.
func setText(into *string) func(any) error {
	return func(value any) error {
		switch v := value.(type) {
		case nil:
			*into = ""
		case string:
			*into = v
		case int:
			*into = strconv.Itoa(v)
		default:
			return fmt.Errorf("want text or a number, got %T", value)
		}
		return nil
	}
}
