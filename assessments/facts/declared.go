package facts

import "time"

// WorkloadFact is what a person knows of a single workload. Rules use it exactly as an annotation, shown as declared.
type WorkloadFact struct {
	Namespace string    `json:"namespace" yaml:"namespace"`
	Kind      string    `json:"kind" yaml:"kind"`
	Name      string    `json:"name" yaml:"name"`
	Key       FactKey   `json:"key" yaml:"key"`
	Value     string    `json:"value" yaml:"value"`
	Basis     string    `json:"basis,omitzero" yaml:"basis,omitempty"` // measured, documented, believed
	Author    string    `json:"author,omitzero" yaml:"author,omitempty"`
	At        time.Time `json:"at,omitzero" yaml:"at,omitempty"`
	ReviewBy  time.Time `json:"reviewBy,omitzero" yaml:"reviewBy,omitempty"`
}

// FactKey is one of a closed list.
type FactKey string

// What can be declared of a single workload.
const (
	RecoverySecondsKey FactKey = "recoverySeconds" // whole seconds
	JavaVersionKey     FactKey = "javaVersion"     // 17.0.12, or 17.0.8 OpenJ9 (ParseDeclaredJava)
	CriticalityKey     FactKey = "criticality"     // low, normal, critical
)
