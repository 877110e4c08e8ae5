package kube

import (
	"strconv"

	"plimsoll/assessments/snapshot"
)

// Cassandra: cass-operator's datacenters keep the options under the names of Cassandra's files, K8ssandra's clusters under
// names of their own, for all datacenters and for each.
var (
	_ = registerJVM("cassandra.datastax.com", func() JVMResource { return &CassandraResource{} }, "CassandraDatacenter")
	_ = registerJVM("k8ssandra.io", func() JVMResource { return &K8ssandraResource{} }, "K8ssandraCluster")
)

// CassandraResource is a CassandraDatacenter of cass-operator.
type CassandraResource struct {
	Object
	Spec struct {
		Version   Loose     `json:"serverVersion"`
		Size      Int       `json:"size"`
		Resources Resources `json:"resources"`
		Config    struct {
			Options       cassandraFile `json:"jvm-options"`        // 3.11
			ServerOptions cassandraFile `json:"jvm-server-options"` // 4.0 and later
			Environment   cassandraFile `json:"cassandra-env-sh"`
		} `json:"config"`
	} `json:"spec"`
}

type cassandraFile struct {
	Initial    Loose   `json:"initial_heap_size"`
	Max        Loose   `json:"max_heap_size"`
	Additional []Loose `json:"additional-jvm-opts"`
}

func (c *CassandraResource) records() []snapshot.CustomResource {
	record := c.section("", c.Spec.Size, &c.Spec.Resources)
	for _, file := range []struct {
		name    string
		options *cassandraFile
	}{{"jvm-server-options", &c.Spec.Config.ServerOptions}, {"jvm-options", &c.Spec.Config.Options}, {"cassandra-env-sh", &c.Spec.Config.Environment}} {
		text := joined(file.options.Additional)
		if file.options.Initial.Text != "" {
			text += " -Xms" + file.options.Initial.Text
		}
		if file.options.Max.Text != "" {
			text += " -Xmx" + file.options.Max.Text
		}
		addOption(&record, file.name, text)
	}
	addVersion(&record, "serverVersion", c.Spec.Version)
	return []snapshot.CustomResource{record}
}

// K8ssandraResource is a K8ssandraCluster.
type K8ssandraResource struct {
	Object
	Spec struct {
		Cassandra k8ssandraSection `json:"cassandra"`
	} `json:"spec"`
}

type k8ssandraSection struct {
	k8ssandraDatacenter
	Datacenters []struct {
		k8ssandraDatacenter
		Meta Meta `json:"metadata"`
	} `json:"datacenters"`
}

type k8ssandraDatacenter struct {
	Version   Loose      `json:"serverVersion"`
	Size      Int        `json:"size"`
	Resources *Resources `json:"resources"`
	Config    struct {
		JVM *k8ssandraOptions `json:"jvmOptions"`
	} `json:"config"`
}

type k8ssandraOptions struct {
	HeapSize   Quantity `json:"heapSize"` // of both, in early versions
	Initial    Quantity `json:"heap_initial_size"`
	Max        Quantity `json:"heap_max_size"`
	Additional []Loose  `json:"additionalOptions"`
}

// records gives one for each datacenter: what it does not set, the cluster sets for it.
func (c *K8ssandraResource) records() []snapshot.CustomResource {
	all := &c.Spec.Cassandra
	if len(all.Datacenters) == 0 {
		return []snapshot.CustomResource{c.record("", &all.k8ssandraDatacenter, all)}
	}
	var out []snapshot.CustomResource
	for i := range all.Datacenters {
		out = append(out, c.record(all.Datacenters[i].Meta.Name, &all.Datacenters[i].k8ssandraDatacenter, all))
	}
	return out
}

func (c *K8ssandraResource) record(name string, d *k8ssandraDatacenter, all *k8ssandraSection) snapshot.CustomResource {
	resources, options, version := d.Resources, d.Config.JVM, d.Version
	if resources == nil {
		resources = all.Resources
	}
	if options == nil {
		options = all.Config.JVM
	}
	if version.Text == "" {
		version = all.Version
	}
	record := c.section(name, d.Size, resources)
	if options != nil {
		record.Options = []snapshot.RuntimeOption{options.option()}
	}
	addVersion(&record, "serverVersion", version)
	return record
}

func (o *k8ssandraOptions) option() snapshot.RuntimeOption {
	option := optionText("jvmOptions", joined(o.Additional))
	for _, heap := range []struct {
		flags []string
		size  Quantity
	}{{[]string{"-Xms", "-Xmx"}, o.HeapSize}, {[]string{"-Xms"}, o.Initial}, {[]string{"-Xmx"}, o.Max}} {
		option.Unread = option.Unread || heap.size.Unreadable()
		if bytes := amountPointer(heap.size, Quantity.Units); bytes != nil {
			for _, flag := range heap.flags {
				option.Flags = append(option.Flags, flag+strconv.FormatInt(*bytes, 10))
			}
		}
	}
	return option
}
