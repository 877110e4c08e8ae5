package snapshot

// CustomResource is a section of a custom resource that starts JVMs (Strimzi and the like).
type CustomResource struct {
	ObjectKind         string          `json:"resourceKind"`
	APIVersion         string          `json:"apiVersion,omitzero"`
	Namespace          string          `json:"namespace"`
	Name               string          `json:"name"`
	Place              Place           `json:"place,omitzero"`
	Section            string          `json:"section,omitzero"` // kafka, zookeeper …; empty: spec itself
	Replicas           *int            `json:"replicas,omitzero"`
	MemoryLimitBytes   *int64          `json:"memoryLimitBytes,omitzero"`
	MemoryRequestBytes *int64          `json:"memoryRequestBytes,omitzero"`
	Options            []RuntimeOption `json:"options,omitzero"`
	Versions           []RuntimeOption `json:"versions,omitzero"` // of the product or its Java, by the field that states it: digits, dots, signs only
	MinInSync          *int            `json:"minInSyncReplicas,omitzero"`
	Cluster            string          `json:"cluster,omitzero"` // of a node pool: the Kafka resource that it belongs to
	Brokers            bool            `json:"brokers,omitzero"` // of a node pool: its members hold data
}

func (CustomResource) RecordKind() Kind { return KindCustomResource }
