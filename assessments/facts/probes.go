package facts

import (
	"fmt"
	"strconv"

	"plimsoll/assessments/snapshot"
)

// KillingProbe is the probe that decides over a container's start: the startup probe where there is one, for liveness waits
// until it has succeeded, and it kills by itself too where no liveness probe follows; nil without either.
func (c *Container) KillingProbe() *snapshot.Probe {
	if c.Startup != nil {
		return c.Startup
	}
	return c.Liveness
}

// ObservedStarts is how long the workload's pods took until they were ready, as an upper bound of this container's own start. It
// is nil where none was seen, and where neither a readiness nor a startup probe asks the container: such a pod counts as ready
// as soon as it runs.
func (c *Container) ObservedStarts() *snapshot.Distribution {
	pods := c.Workload.Pods
	if pods == nil || pods.ReadyAfter == nil || pods.ReadyAfter.N == 0 || c.Readiness == nil && c.Startup == nil {
		return nil
	}
	return pods.ReadyAfter
}

// StartDoubt says why the time until the pods were ready is no measure of how long this container needs to start; empty where it
// is one.
func (c *Container) StartDoubt() string {
	starts := c.ObservedStarts()
	switch {
	case starts == nil:
		return "how long it needs to start was not observed"
	case len(c.Workload.Serving()) > 1:
		return "the pod starts slowly, and which of its containers is slow can't be told"
	case len(c.Workload.Containers) > 1:
		return "the pod starts slowly, and how long its init containers take is a part of that"
	case c.Readiness != nil && starts.Median <= int64(c.Readiness.InitialDelaySeconds)+int64(c.Readiness.PeriodSeconds):
		return fmt.Sprintf("it was ready within %d s, at the first checks of its readiness probe; how much sooner it had started can't be told", starts.Median)
	}
	return ""
}

// ProbePort resolves the name of a probe's port among the container's own; a name that it lacks, or a number, stays as written.
func (c *Container) ProbePort(p *snapshot.Probe) string {
	for _, port := range c.Ports {
		if p.Port != "" && port.Name == p.Port {
			return strconv.Itoa(port.Number)
		}
	}
	return p.Port
}

// SameHandler reports whether two probes of the container ask the same thing, with named ports resolved.
func (c *Container) SameHandler(a, b *snapshot.Probe) bool {
	return a.Handler == b.Handler && a.Path == b.Path && a.CommandDigest == b.CommandDigest && c.ProbePort(a) == c.ProbePort(b)
}
