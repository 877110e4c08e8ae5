package kube

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/collectors/allow"
)

// decodedAs are the structs that kinds are decoded into; nil where a registry tells.
func decodedAs(t *testing.T, k allow.Kind) reflect.Type {
	t.Helper()
	switch k.Object {
	case "Node":
		return reflect.TypeFor[Node]()
	case "LimitRange":
		return reflect.TypeFor[LimitRange]()
	case "Service":
		return reflect.TypeFor[Service]()
	case "PodDisruptionBudget":
		return reflect.TypeFor[Budget]()
	case "Pod":
		return reflect.TypeFor[Pod]()
	case "EndpointSlice":
		return reflect.TypeFor[EndpointSlice]()
	case "StorageClass":
		return reflect.TypeFor[StorageClass]()
	case "PersistentVolume":
		return reflect.TypeFor[PersistentVolume]()
	case "PersistentVolumeClaim":
		return reflect.TypeFor[VolumeClaim]()
	case "Event":
		return reflect.TypeFor[Event]()
	case "Application":
		return reflect.TypeFor[Application]()
	case "HelmRelease":
		return reflect.TypeFor[HelmRelease]()
	case "Kustomization":
		return reflect.TypeFor[FluxKustomization]()
	case "ConfigMap":
		return reflect.TypeFor[ConfigMap]()
	case "Namespace", "Secret":
		return reflect.TypeFor[Object]()
	}
	meta := TypeMeta{APIVersion: k.Group + "/v1", Kind: k.Object}
	if k.Group == "" {
		meta.APIVersion = "v1"
	}
	switch {
	case IsWorkload(meta):
		return reflect.TypeFor[Workload]()
	case IsAutoscaler(meta):
		return reflect.TypeFor[Autoscaler]()
	case IsPolicy(meta):
		return reflect.TypeFor[Object]()
	case IsCRD(meta):
		return reflect.TypeFor[CustomResourceDefinition]()
	case IsWebhookConfiguration(meta):
		return reflect.TypeFor[WebhookConfiguration]()
	case IsIngress(meta):
		return reflect.TypeFor[Ingress]()
	case IsSaved(meta):
		return reflect.TypeFor[Saved]()
	}
	var found reflect.Type
	see := func(into any) error { found = reflect.TypeOf(into).Elem(); return nil }
	switch {
	case IsFabric(meta):
		require.NoError(t, new(Fabric).Take(meta, see))
	case IsCustomResource(meta):
		_, err := NewJVMResource(meta, see)
		require.NoError(t, err)
	default:
		require.Fail(t, "nothing decodes "+k.Object+" of "+k.Group)
	}
	return found
}

// TestTheListAndTheStructsSayTheSame goes through both side by side: each field of the list has a place to go to, and each field of
// a struct stands in the list for at least one kind.
func TestTheListAndTheStructsSayTheSame(t *testing.T) {
	c := &comparison{t: t, named: map[reflect.Type]map[string]bool{}}
	d := allow.Listed()
	for _, k := range slices.Concat(d.Objects, d.Lists, d.Metadata) {
		c.compare(k.Object+"."+k.Group, k.Fields, decodedAs(t, k))
	}
	for _, yamlOf := range []struct {
		key string
		of  reflect.Type
	}{{"ClusterConfiguration", reflect.TypeFor[kubeadmConfiguration]()}, {"config.conf", reflect.TypeFor[proxyConfiguration]()}} {
		data := below(allow.Named("", "ConfigMap").Fields, "data")
		c.compare(yamlOf.key, below(data, yamlOf.key), yamlOf.of)
	}
	var unnamed []string
	for of, named := range c.named {
		for name := range jsonFields(of) {
			if !named[name] {
				unnamed = append(unnamed, name+" of "+of.String())
			}
		}
	}
	require.Empty(t, unnamed, "what the structs have and the list does not: it never arrives")
}

func below(fields []*allow.Field, name string) []*allow.Field {
	return fields[slices.IndexFunc(fields, func(f *allow.Field) bool { return f.Name == name })].Fields
}

type comparison struct {
	t     *testing.T
	named map[reflect.Type]map[string]bool
}

func (c *comparison) compare(path string, fields []*allow.Field, of reflect.Type) {
	if of.Kind() == reflect.Map {
		for _, f := range fields {
			if f.Holds == "" {
				c.field(path+"."+f.Name, f, of.Elem())
			}
		}
		return
	}
	require.Equal(c.t, reflect.Struct, of.Kind(), path)
	have := jsonFields(of)
	if c.named[of] == nil {
		c.named[of] = map[string]bool{}
	}
	for _, f := range fields {
		at := path + "." + f.Name
		require.Contains(c.t, have, f.Name, "%s: the list has what %s does not", at, of)
		c.named[of][f.Name] = true
		c.field(at, f, have[f.Name])
	}
}

func (c *comparison) field(at string, f *allow.Field, of reflect.Type) {
	of = pointed(of)
	switch {
	case f.List:
		require.Equal(c.t, reflect.Slice, of.Kind(), at)
		of = pointed(of.Elem())
	case f.Each:
		require.Equal(c.t, reflect.Map, of.Kind(), at)
		of = pointed(of.Elem())
	}
	isPresent := of == reflect.TypeFor[Present]()
	require.Equal(c.t, f.Form == "present" || f.Form == "count", isPresent, "%s is %s", at, of)
	switch {
	case of.PkgPath() == "go.yaml.in/yaml/v3", of == reflect.TypeFor[map[string]string]() && f.Fields != nil && f.Holds == "":
		if of.Kind() == reflect.Map {
			c.compare(at, f.Fields, of)
		}
	case f.Fields != nil && f.Holds == "":
		c.compare(at, f.Fields, of)
	default:
		_, scalarField := reflect.New(of).Interface().(scalar)
		require.True(c.t, scalarField || of.Kind() == reflect.String || of.Kind() == reflect.Bool, "%s: a scalar in the list, %s in the struct", at, of)
	}
}

func pointed(of reflect.Type) reflect.Type {
	if of.Kind() == reflect.Pointer {
		return of.Elem()
	}
	return of
}

// jsonFields are a struct's fields by their names in JSON or YAML, those of embedded structs among them.
func jsonFields(of reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, field := range reflect.VisibleFields(of) {
		for _, tag := range []string{"json", "yaml"} {
			if name, _, _ := strings.Cut(field.Tag.Get(tag), ","); name != "" && name != "-" {
				fields[name] = field.Type
			}
		}
	}
	return fields
}
