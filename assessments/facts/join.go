package facts

import (
	"slices"
	"strconv"

	"plimsoll/assessments/snapshot"
)

func (b *Builder) joinServices() {
	for _, service := range b.facts.Services {
		for _, w := range b.resolveAll(service.Selects, service.Namespace) {
			service.Targets = append(service.Targets, Target{Workload: w, Containers: containersBehind(service.Service, w)})
			w.Services = append(w.Services, service)
		}
	}
	byObject := func(all []*Service) {
		sortByObject(all, func(s *Service) (Key, snapshot.Place) { return Key{"Service", s.Namespace, s.Name}, s.Place })
	}
	byObject(b.facts.Services)
	for _, w := range b.facts.Workloads {
		byObject(w.Services)
	}
}

func (b *Builder) joinBudgets() {
	for _, budget := range b.facts.Budgets {
		budget.Workloads = b.resolveAll(budget.Selects, budget.Namespace)
		for _, w := range budget.Workloads {
			w.Budgets = append(w.Budgets, budget)
		}
	}
	byObject := func(all []*Budget) {
		sortByObject(all, func(p *Budget) (Key, snapshot.Place) {
			return Key{"PodDisruptionBudget", p.Namespace, p.Name}, p.Place
		})
	}
	byObject(b.facts.Budgets)
	for _, w := range b.facts.Workloads {
		byObject(w.Budgets)
	}
}

// joinAutoscalers gives each workload the first autoscaler, by name, that targets it: two over one workload fight, and a rule
// that reads one of them reads the same one each time.
func (b *Builder) joinAutoscalers() {
	sortByObject(b.facts.Autoscalers, func(a *snapshot.Autoscaler) (Key, snapshot.Place) {
		return Key{a.ObjectKind, a.Namespace, a.Name}, a.Place
	})
	for _, autoscaler := range b.facts.Autoscalers {
		for _, w := range b.resolve(autoscaler.Target, autoscaler.Namespace) {
			if w.Autoscaler == nil {
				w.Autoscaler = autoscaler
			}
		}
	}
}

// resolveAll finds the workloads that references name, each once, in the order of the facts.
func (b *Builder) resolveAll(refs []snapshot.Ref, namespace string) []*Workload {
	if len(refs) == 1 { // as most have
		if found := b.resolve(refs[0], namespace); len(found) < 2 {
			return slices.Clone(found)
		}
	}
	var found []*Workload
	seen := make(map[*Workload]bool, len(refs))
	for _, ref := range refs {
		for _, w := range b.resolve(ref, namespace) {
			if !seen[w] {
				seen[w] = true
				found = append(found, w)
			}
		}
	}
	sortByObject(found, func(w *Workload) (Key, snapshot.Place) { return Key{w.Kind, w.Namespace, w.Name}, w.Place })
	return found
}

// maxOfOneName bounds what a reference without a place reaches: a cluster has one object of a name, and a file that says otherwise
// must not multiply its services by its workloads.
const maxOfOneName = 64

// resolve finds the workloads of a reference: over manifests several may bear one name, and the place tells them apart.
func (b *Builder) resolve(ref snapshot.Ref, namespace string) []*Workload {
	if ref.Namespace != "" {
		namespace = ref.Namespace
	}
	candidates := b.workloads[Key{ref.Kind, namespaceOf(namespace), ref.Name}]
	if ref.Place == (snapshot.Place{}) {
		return candidates[:min(len(candidates), maxOfOneName)]
	}
	var placed []*Workload
	for _, w := range candidates {
		if samePlace(w.Place, ref.Place) {
			placed = append(placed, w)
		}
	}
	return placed
}

// samePlace compares as much as both sides state.
func samePlace(a, b snapshot.Place) bool {
	return a.File == b.File &&
		(a.Document == 0 || b.Document == 0 || a.Document == b.Document) &&
		(a.Line == 0 || b.Line == 0 || a.Line == b.Line)
}

// containersBehind finds the containers that a service sends traffic to: by the target port's name, or its number among the
// ports a container states; where none states it, the only container; else nil, for it can't be told.
func containersBehind(service *snapshot.Service, w *Workload) []*Container {
	serving := w.Serving()
	var hit []*Container
	for _, port := range service.Ports {
		target := port.TargetPort
		if target == "" {
			target = strconv.Itoa(port.Port)
		}
		for _, container := range serving {
			if container.Listens(target) && !slices.Contains(hit, container) {
				hit = append(hit, container)
			}
		}
	}
	if hit == nil && len(serving) == 1 {
		return serving
	}
	return hit
}
