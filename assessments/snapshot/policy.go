package snapshot

// DisruptionBudget is a PodDisruptionBudget with its selector resolved.
type DisruptionBudget struct {
	Namespace          string `json:"namespace"`
	Name               string `json:"name"`
	Place              Place  `json:"place,omitzero"`
	MinAvailable       string `json:"minAvailable,omitzero"`   // as written
	MaxUnavailable     string `json:"maxUnavailable,omitzero"` // as written
	Selects            []Ref  `json:"selects,omitzero"`
	SelectorUnresolved bool   `json:"selectorUnresolved,omitzero"`
	ExpectedPods       *int   `json:"expectedPods,omitzero"` // status
	HealthyPods        *int   `json:"healthyPods,omitzero"`
	DesiredHealthy     *int   `json:"desiredHealthy,omitzero"`
	DisruptionsAllowed *int   `json:"disruptionsAllowed,omitzero"`
}

// Autoscaler is a HorizontalPodAutoscaler (or a ScaledObject) with its target.
type Autoscaler struct {
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	Place       Place  `json:"place,omitzero"`
	ObjectKind  string `json:"autoscalerKind,omitzero"`
	Target      Ref    `json:"target"`
	MinReplicas int    `json:"minReplicas"` // the API's default (1) is applied
	MaxReplicas int    `json:"maxReplicas,omitzero"`
	Unreadable  bool   `json:"unreadable,omitzero"` // a figure is a placeholder: the figures say nothing
}

// NetworkPolicy says that a policy stands in a namespace.
type NetworkPolicy struct {
	Namespace  string `json:"namespace,omitzero"` // empty: cluster-wide
	Name       string `json:"name"`
	Place      Place  `json:"place,omitzero"`
	ObjectKind string `json:"policyKind"` // NetworkPolicy, or the CNI's own kind
}

func (DisruptionBudget) RecordKind() Kind { return KindDisruptionBudget }
func (Autoscaler) RecordKind() Kind       { return KindAutoscaler }
func (NetworkPolicy) RecordKind() Kind    { return KindNetworkPolicy }
