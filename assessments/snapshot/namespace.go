package snapshot

// Namespace is one namespace with what rules need of it.
type Namespace struct {
	Name                string `json:"name"`
	System              bool   `json:"system,omitzero"`
	NetworkPolicies     *int   `json:"networkPolicies,omitzero"`
	LimitRangeHasCPU    *bool  `json:"limitRangeHasCpu,omitzero"`    // a LimitRange gives containers a default CPU request
	LimitRangeHasMemory *bool  `json:"limitRangeHasMemory,omitzero"` // likewise for memory
	PolicyKindsOfCNI    bool   `json:"policyKindsOfCni,omitzero"`    // policies of the CNI's own kinds exist here
	Workloads           *int   `json:"workloads,omitzero"`
}

func (Namespace) RecordKind() Kind { return KindNamespace }
