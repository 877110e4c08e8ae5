package whatif

import (
	"maps"
	"slices"

	"plimsoll/assessments/snapshot"
)

// deepWorkload makes a copy of a workload independent of the original, as far as patches reach into it.
func deepWorkload(r *snapshot.Workload) {
	r.Labels, r.Annotations, r.SpreadKeys = maps.Clone(r.Labels), maps.Clone(r.Annotations), slices.Clone(r.SpreadKeys)
	r.Volumes = slices.Clone(r.Volumes)
	r.Containers = slices.Clone(r.Containers)
	for i := range r.Containers {
		c := &r.Containers[i]
		c.Ports, c.EnvironmentNames = slices.Clone(c.Ports), slices.Clone(c.EnvironmentNames)
		c.Liveness, c.Readiness, c.Startup = copied(c.Liveness), copied(c.Readiness), copied(c.Startup)
		c.PreStop, c.Runtime = copied(c.PreStop), copied(c.Runtime)
		if c.Runtime != nil {
			c.Runtime.Options = cloneOptions(c.Runtime.Options)
		}
	}
}

func cloneOptions(options []snapshot.RuntimeOption) []snapshot.RuntimeOption {
	options = slices.Clone(options)
	for i := range options {
		options[i].Flags = slices.Clone(options[i].Flags)
	}
	return options
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	value := *p
	return &value
}

func deepPods(r *snapshot.WorkloadPods) { r.Images = slices.Clone(r.Images) }

func deepBudget(r *snapshot.DisruptionBudget) { r.Selects = slices.Clone(r.Selects) }

func deepService(r *snapshot.Service) { r.Ports = slices.Clone(r.Ports) }

func deepCustomResource(r *snapshot.CustomResource) { r.Options = cloneOptions(r.Options) }

func shallow[T any](*T) {}
