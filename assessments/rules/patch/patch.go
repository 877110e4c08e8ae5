// Package patch writes the mends of findings as YAML: strategic merge patches that name the very object they are for, so that
// they can be saved to a file and given to kubectl or Kustomize as they stand.
package patch

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

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

// write prints the mapping as block YAML. Its first key stands where the writer is, the others under it.
func (f Fields) write(b *bytes.Buffer, indent int) {
	for i, field := range f {
		if i > 0 {
			pad(b, indent)
		}
		b.WriteString(field.Key)
		b.WriteByte(':')
		writeValue(b, field.Value, indent)
	}
}

func pad(b *bytes.Buffer, indent int) {
	for range indent {
		b.WriteByte(' ')
	}
}

// writeValue prints what stands behind a key. It can't meet a value that YAML lacks: Fields hold strings, whole numbers, truth
// values, nothing and nested Fields alone.
func writeValue(b *bytes.Buffer, value any, indent int) {
	switch value := value.(type) {
	case Fields:
		b.WriteByte('\n')
		pad(b, indent+2)
		value.write(b, indent+2)
	case []Fields:
		b.WriteByte('\n')
		for _, item := range value {
			pad(b, indent+2)
			b.WriteString("- ")
			item.write(b, indent+4)
		}
	case []string:
		b.WriteByte('\n')
		for _, item := range value {
			pad(b, indent+2)
			b.WriteString("- " + scalar(item) + "\n")
		}
	case nil: // takes the field away
		b.WriteString(" null\n")
	case string:
		b.WriteString(" " + scalar(value) + "\n")
	case int, int64, bool:
		fmt.Fprintf(b, " %v\n", value)
	default:
		panic(fmt.Sprintf("patch: a field holds a %T", value))
	}
}

// plainScalar is text that is text in YAML without quotes: names, images and quantities, the bulk of what patches hold.
func plainScalar(text string) bool {
	if len(text) < 2 {
		return false
	}
	last := text[len(text)-1]
	if first := text[0]; first == '/' || isLetter(first) {
		for i := range len(text) {
			if c := text[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte("._/:@-", c) < 0 {
				return false
			}
		}
		return isLetter(last) || isDigit(last)
	}
	number := strings.TrimRight(text, "KMGTim")
	if number == "" || strings.ContainsFunc(number, func(r rune) bool { return r < '0' || r > '9' }) {
		return false
	}
	return slices.Contains(units, text[len(number):])
}

// units are those of memory and of CPU.
var units = []string{"Ki", "Mi", "Gi", "Ti", "m"}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// words are plain in form and mean something else.
var words = []string{"true", "false", "yes", "no", "on", "off", "null"}

// scalar writes text so that it stays text; what is not plain is left to the YAML library.
func scalar(text string) string {
	if plainScalar(text) && !slices.Contains(words, strings.ToLower(text)) {
		return text
	}
	node := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if strings.ContainsFunc(text, unicode.IsControl) {
		node.Style = yaml.DoubleQuotedStyle // on one line
	}
	encoded, err := yaml.Marshal(&node)
	if err != nil {
		panic("patch: " + err.Error())
	}
	return strings.TrimSuffix(string(encoded), "\n")
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
	return Object(versionOf(w), w.Kind, w.Namespace, w.Name, spec...)
}

// apiVersions are the versions that serve the workload kinds today; a record that knows its own goes before them.
var apiVersions = map[string]string{
	"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "ReplicaSet": "apps/v1",
	"ReplicationController": "v1", "Pod": "v1", "Job": "batch/v1", "CronJob": "batch/v1",
}

// Object patches the specification of any object.
func Object(apiVersion, kind, namespace, name string, spec ...Field) string {
	return Whole(apiVersion, kind, namespace, name, Field{"spec", Fields(spec)})
}

// Whole patches fields beside the specification, of kinds that have none.
func Whole(apiVersion, kind, namespace, name string, fields ...Field) string {
	return encode(append(head(apiVersion, kind, metadata(namespace, name)), fields...))
}

// head is what every patch begins with, and room for what follows.
func head(apiVersion, kind string, metadata Fields) Fields {
	return append(make(Fields, 0, 4), Field{"apiVersion", apiVersion}, Field{"kind", kind}, Field{"metadata", metadata})
}

func metadata(namespace, name string, more ...Field) Fields {
	fields := append(make(Fields, 0, 3), Field{"name", name})
	if namespace != "" {
		fields = append(fields, Field{"namespace", namespace})
	}
	return append(fields, more...)
}

// Mapping is a map of texts in the order of its keys.
func Mapping(labels map[string]string) Fields {
	var fields Fields
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		fields = append(fields, Field{key, labels[key]})
	}
	return fields
}

// versionOf is the API version that the workload was seen with, else the usual one of its kind.
func versionOf(w *facts.Workload) string { return cmp.Or(w.APIVersion, apiVersions[w.Kind]) }

// pages are written on again and again: a patch is kept as the text that it is, without what a buffer has to spare.
var pages = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func encode(fields Fields) string {
	page := pages.Get().(*bytes.Buffer)
	defer pages.Put(page)
	page.Reset()
	fields.write(page, 0)
	return page.String()
}

// Labels sets labels on a workload itself, not on its pods: nothing restarts.
func Labels(w *facts.Workload, labels ...Field) string {
	return encode(head(versionOf(w), w.Kind, metadata(w.Namespace, w.Name, Field{"labels", Fields(labels)})))
}

// Budget is a whole disruption budget over the pods of a workload, of its name; empty where its selector is not known whole.
func Budget(w *facts.Workload, maxUnavailable int) string {
	if len(w.Selector) == 0 {
		return ""
	}
	return Object("policy/v1", "PodDisruptionBudget", w.Namespace, w.Name,
		Field{"maxUnavailable", maxUnavailable}, Field{"selector", Fields{{"matchLabels", Mapping(w.Selector)}}})
}
