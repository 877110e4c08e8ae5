package manifests

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

// collection is the set of everything that was read. Workloads go out at once; what must be joined waits for the end.
type collection struct {
	inputs Inputs
	emit   func(snapshot.Record) error
	left   int64
	unfold int // values that aliases may still add
	plain  *plainReader

	targets     kube.Targets
	namespaces  kube.NamespaceFacts
	services    []service
	budgets     []budget
	autoscalers []snapshot.Autoscaler
	policies    []snapshot.NetworkPolicy
	custom      []snapshot.CustomResource
	definitions []snapshot.CRD
	further     []snapshot.Record
	backups     kube.Backups
	releases    []snapshot.Release
	endpoints   kube.EndpointsTable
	fabric      kube.Fabric
}

type service struct {
	object *kube.Service
	record snapshot.Service
}

type budget struct {
	object *kube.Budget
	record snapshot.DisruptionBudget
}

// emitError tells an error of the caller's emit from a fault of the document.
type emitError struct{ err error }

func (e emitError) Error() string { return e.err.Error() }

func (c *collection) skip(s Skipped) { c.inputs.Skipped = append(c.inputs.Skipped, s) }

// reading is one document on its way through.
type reading struct {
	c     *collection
	file  string
	doc   document
	check inspector
}

// readDocument reads one document; only errors of emit come back.
func (c *collection) readDocument(file string, d document) error {
	r := &reading{c: c, file: file, doc: d, check: inspector{left: &c.unfold}}
	if d.large {
		r.skip(&problem{reason: fmt.Sprintf("a document of more than %d MiB", maxDocumentBytes>>20)})
		return nil
	}
	root, bad := c.plain.parse(d.text)
	if bad != nil {
		r.skip(bad)
		return nil
	}
	if root == nil {
		r.skip(&problem{reason: "no Kubernetes object: null"})
		return nil
	}
	narrow(root)
	return r.object(root, kube.TypeMeta{}, 0)
}

// skip lists the document, or an item of it. A template explains most faults, so it goes before them.
func (r *reading) skip(p *problem) {
	line := max(p.line, 1) + r.doc.line - 1
	reason := p.reason
	if reason != notUTF8 && reason != zeroBytes && bytes.Contains(r.doc.text, []byte("{{")) {
		reason = "a template ({{ … }}), no finished manifest: render it first, as with helm template (" + reason + ")"
	}
	r.c.skip(Skipped{File: r.file, Document: r.doc.index, Line: line, Reason: reason})
}

func (r *reading) place(node *yaml.Node) snapshot.Place {
	return snapshot.Place{File: r.file, Line: r.lineOf(node.Line), Document: r.doc.index}
}

func (r *reading) lineOf(line int) int { return line + r.doc.line - 1 }

// maxListDepth bounds lists of lists.
const maxListDepth = 4

// object reads one object, or each item of a list. A typed list tells its items what they are.
func (r *reading) object(node *yaml.Node, within kube.TypeMeta, depth int) error {
	for hops := 0; node.Kind == yaml.AliasNode && hops < maxDepth; hops++ {
		node = node.Alias
	}
	if node.Kind != yaml.MappingNode {
		r.skip(&problem{node.Line, "no Kubernetes object: " + kindWord(node)})
		return nil
	}
	if bad := checkKeys(node); bad != nil {
		r.skip(bad)
		return nil
	}
	meta, bad := typeOf(node, within)
	if bad != nil {
		r.skip(bad)
		return nil
	}
	if items := field(node, "items"); strings.HasSuffix(meta.Kind, "List") && items != nil && items.Kind == yaml.SequenceNode && depth < maxListDepth {
		item := kube.TypeMeta{APIVersion: meta.APIVersion, Kind: strings.TrimSuffix(meta.Kind, "List")}
		if item.Kind == "" {
			item = kube.TypeMeta{}
		}
		for _, child := range items.Content {
			if err := r.object(child, item, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if _, bad := r.check.inspect(node, 0); bad != nil {
		r.skip(bad)
		return nil
	}
	err := r.take(node, meta)
	if err == nil {
		err = r.emitUse(node, meta)
	}
	return r.settle(node, err)
}

// settle lists what went wrong with an object, and passes on errors of emit.
func (r *reading) settle(node *yaml.Node, err error) error {
	var emitted emitError
	var wrong *kube.DecodeError
	switch {
	case err == nil:
	case errors.As(err, &emitted):
		return emitted.err
	case errors.As(err, &wrong):
		r.skip(&problem{wrong.Line, wrong.Error()})
	default:
		r.skip(&problem{node.Line, err.Error()})
	}
	return nil
}

// typeOf reads apiVersion and kind, without which YAML is no Kubernetes object.
func typeOf(node *yaml.Node, within kube.TypeMeta) (kube.TypeMeta, *problem) {
	meta := within
	var missing []string
	for _, f := range []struct {
		name string
		into *string
	}{{"apiVersion", &meta.APIVersion}, {"kind", &meta.Kind}} {
		switch value := field(node, f.name); {
		case value != nil && value.Kind != yaml.ScalarNode:
			return meta, &problem{value.Line, f.name + ": want a string, got " + kindWord(value)}
		case value != nil && value.Value != "" && value.ShortTag() != "!!null" && value.ShortTag() != "!!str":
			return meta, &problem{value.Line, f.name + ": want a string, got " + value.Value}
		case value != nil && value.Value != "" && value.ShortTag() != "!!null":
			*f.into = value.Value
		case *f.into == "":
			missing = append(missing, f.name)
		}
	}
	if missing != nil {
		return meta, &problem{node.Line, "no Kubernetes object: " + strings.Join(missing, " and ") + " missing"}
	}
	return meta, nil
}

func field(node *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			value := node.Content[i+1]
			for hops := 0; value.Kind == yaml.AliasNode && hops < maxDepth; hops++ {
				value = value.Alias
			}
			return value
		}
	}
	return nil
}

func kindWord(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "an object"
	case yaml.SequenceNode:
		return "a list"
	}
	if node.ShortTag() == "!!null" {
		return "null"
	}
	return "a plain value"
}

// decode reads a node into a slim object and gives it the type that its list may have told.
func decode[T any](node *yaml.Node, meta kube.TypeMeta, object func(*T) *kube.Object) (*T, error) {
	out := new(T)
	if err := kube.DecodeNode(node, out); err != nil {
		return nil, err
	}
	o := object(out)
	o.TypeMeta = meta
	return out, nil
}
