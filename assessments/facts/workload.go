package facts

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Annotations that people write for Plimsoll.
const (
	CriticalityAnnotation  = "plimsoll.dev/criticality"
	RecoveryTimeAnnotation = "plimsoll.dev/recovery-time"
	SingletonAnnotation    = "plimsoll.dev/singleton"
	IgnoreAnnotation       = "plimsoll.dev/ignore" // waivers: "rule: reason", several on lines of their own or behind a semicolon
)

// maxRecoverySeconds bounds what can be declared: a year is no recovery.
const maxRecoverySeconds = 365 * 24 * 3600

// Serving returns the containers that can answer traffic: the regular ones and the sidecars.
func (w *Workload) Serving() []*Container {
	if !slices.ContainsFunc(w.Containers, func(c *Container) bool { return !c.Serves() }) {
		return slices.Clip(w.Containers)
	}
	var serving []*Container
	for _, container := range w.Containers {
		if container.Serves() {
			serving = append(serving, container)
		}
	}
	return serving
}

// Serves reports whether the container can answer traffic: all but init containers can.
func (c *Container) Serves() bool { return c.serves }

// Singleton reports whether the workload is annotated as one that must run once.
func (w *Workload) Singleton() bool { return w.Annotations[SingletonAnnotation] == "true" }

// LeastReplicas is how many replicas the workload has at least: an autoscaler's minimum, else its replicas.
// It is nil for kinds without replicas.
func (w *Workload) LeastReplicas() *int {
	if w.Autoscaler != nil {
		least := w.Autoscaler.MinReplicas
		return &least
	}
	return w.Replicas
}

// RunsToEnd reports whether the workload's pods end by themselves: jobs and their kind.
func (w *Workload) RunsToEnd() bool { return w.Kind == "Job" || w.Kind == "CronJob" || w.Finished }

// Declared returns the value that a person gave for a key, if any.
func (w *Workload) Declared(key FactKey) (WorkloadFact, bool) {
	for _, fact := range w.declared {
		if fact.Key == key {
			return fact, true
		}
	}
	return WorkloadFact{}, false
}

// DeclaredRecovery is how long the workload needs to recover, as declared by annotation or, without one, by a person; source
// says which. It reports false where nothing is declared or what is written is neither a Go duration nor whole seconds.
func (w *Workload) DeclaredRecovery() (seconds int64, source string, ok bool) {
	if written, annotated := w.Annotations[RecoveryTimeAnnotation]; annotated {
		if seconds, ok = parseSeconds(written); ok {
			return seconds, "annotation " + RecoveryTimeAnnotation, true
		}
	}
	if fact, declared := w.Declared(RecoverySecondsKey); declared {
		if seconds, ok = parseSeconds(fact.Value); ok {
			return seconds, "declared for this workload", true
		}
	}
	return 0, "", false
}

// parseSeconds reads whole seconds or a Go duration, rounded up to seconds, between one second and a year.
func parseSeconds(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		duration, err := time.ParseDuration(text)
		if err != nil || duration <= 0 {
			return 0, false
		}
		seconds = int64((duration-1)/time.Second) + 1
	}
	return seconds, seconds > 0 && seconds <= maxRecoverySeconds
}

func (w *Workload) criticality() Criticality {
	if weight, ok := criticalities[w.Annotations[CriticalityAnnotation]]; ok {
		return weight
	}
	if fact, declared := w.Declared(CriticalityKey); declared {
		if weight, ok := criticalities[fact.Value]; ok {
			return weight
		}
	}
	return CriticalityNormal
}

var criticalities = map[string]Criticality{
	"low": CriticalityLow, "normal": CriticalityNormal, "critical": CriticalityCritical,
}

// Listens reports whether the container states a port, by name or by number.
func (c *Container) Listens(port string) bool {
	number, is := PortNumber(port)
	for _, stated := range c.Ports {
		if is && stated.Number == number || !is && stated.Name == port {
			return true
		}
	}
	return false
}

// PortNumber is the number that a port is given by; it reports false for a name, which begins with a letter more often than not.
func PortNumber(port string) (int, bool) {
	if port != "" && (port[0] >= 'a' && port[0] <= 'z' || port[0] >= 'A' && port[0] <= 'Z') {
		return 0, false
	}
	number, err := strconv.Atoi(port)
	return number, err == nil
}

// EffectiveMemoryRequestBytes is the memory request after the API's default: a limit stands in for a missing request.
func (c *Container) EffectiveMemoryRequestBytes() *int64 {
	if c.MemoryRequestBytes != nil {
		return c.MemoryRequestBytes
	}
	return c.MemoryLimitBytes
}

// EffectiveCPURequestMillicores is the CPU request after the API's default: a limit stands in for a missing request.
func (c *Container) EffectiveCPURequestMillicores() *int64 {
	if c.CPURequestMillicores != nil {
		return c.CPURequestMillicores
	}
	return c.CPULimitMillicores
}

// declaredByWorkload groups the declared facts that still hold at the as-of day; of two for one key the newer counts.
func (b *Builder) declaredByWorkload() map[Key][]WorkloadFact {
	latest := map[Key]map[FactKey]WorkloadFact{}
	for _, fact := range b.options.Declared {
		if !fact.ReviewBy.IsZero() && !b.options.AsOf.IsZero() && fact.ReviewBy.Before(b.options.AsOf) {
			continue
		}
		key := Key{fact.Kind, namespaceOf(fact.Namespace), fact.Name}
		if latest[key] == nil {
			latest[key] = map[FactKey]WorkloadFact{}
		}
		known, found := latest[key][fact.Key]
		if !found || fact.At.After(known.At) || fact.At.Equal(known.At) && fact.Value > known.Value {
			latest[key][fact.Key] = fact
		}
	}
	grouped := make(map[Key][]WorkloadFact, len(latest))
	for key, facts := range latest {
		for _, fact := range facts {
			grouped[key] = append(grouped[key], fact)
		}
	}
	return grouped
}
