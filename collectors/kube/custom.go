package kube

import (
	"strings"

	"plimsoll/assessments/snapshot"
)

// JVMResource is a custom resource that starts JVMs through its operator. NewJVMResource makes one to decode into.
type JVMResource interface {
	object() *Object
	// records gives one record for each section that starts JVMs; options are empty where the section sets none.
	records() []snapshot.CustomResource
}

// jvmResources are the types that are read, by API group and kind.
var jvmResources = map[string]func() JVMResource{}

func registerJVM(group string, make func() JVMResource, kinds ...string) bool {
	for _, kind := range kinds {
		jvmResources[group+"/"+kind] = make
	}
	return true
}

// IsCustomResource reports whether a type is a custom resource whose JVMs are read.
func IsCustomResource(t TypeMeta) bool { return jvmResources[t.Group()+"/"+t.Kind] != nil }

// NewJVMResource is an empty resource of a type, with that type set; nil for types that are not read. Decode sets its fields.
func NewJVMResource(t TypeMeta, decode func(into any) error) (JVMResource, error) {
	empty := jvmResources[t.Group()+"/"+t.Kind]
	if empty == nil {
		return nil, nil
	}
	r := empty()
	if err := decode(r); err != nil {
		return nil, err
	}
	r.object().TypeMeta = t // lists leave it out
	return r, nil
}

// CustomResourceRecords gives one record for each section of a resource that starts JVMs.
func CustomResourceRecords(r JVMResource) []snapshot.CustomResource { return r.records() }

func (o *Object) object() *Object { return o }

// section starts the record of a section.
func (o *Object) section(name string, replicas Int, r *Resources) snapshot.CustomResource {
	record := snapshot.CustomResource{
		ObjectKind: o.Kind, APIVersion: o.APIVersion, Namespace: o.Meta.NamespaceOrDefault(), Name: o.Meta.DisplayName(), Section: name,
		Replicas: nonNegative(replicas.Pointer()),
	}
	if r == nil {
		return record
	}
	record.MemoryLimitBytes = amountPointer(r.Limits.Memory, Quantity.Units)
	record.MemoryRequestBytes = amountPointer(r.Requests.Memory, Quantity.Units)
	if !r.Requests.Memory.IsSet() {
		record.MemoryRequestBytes = record.MemoryLimitBytes
	}
	return record
}

// optionText reads the recognised flags of a field that holds options as a command line would.
func optionText(source, text string) snapshot.RuntimeOption {
	return variableOption(Variable{Name: source, Value: text}, nil)
}

// addOption appends a field's options where the field is set.
func addOption(record *snapshot.CustomResource, source, text string) {
	if strings.TrimSpace(text) != "" {
		record.Options = append(record.Options, optionText(source, text))
	}
}

// addSize appends a heap that a field gives as a size of the JVM's own kind: 800M, 2g.
func addSize(record *snapshot.CustomResource, source, flag, size string) {
	size = strings.TrimSpace(size)
	switch {
	case size == "":
		return
	case Placeholder(size):
		record.Options = append(record.Options, snapshot.RuntimeOption{Source: source, Unread: true})
	default:
		addOption(record, source, flag+size)
	}
}

// addVersion appends the version that a field states.
func addVersion(record *snapshot.CustomResource, source string, version Loose) {
	if versionPattern.MatchString(version.Text) {
		record.Versions = append(record.Versions, snapshot.RuntimeOption{Source: source, Flags: []string{version.Text}})
	}
}

// joined puts the texts of a list side by side, as the operators do.
func joined(words []Loose) string {
	var b strings.Builder
	for _, word := range words {
		b.WriteString(word.Text + " ")
	}
	return b.String()
}
