package facts

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments/snapshot"
)

// Options of a build: what is known beside the snapshot.
type Options struct {
	Declared []WorkloadFact // by people; an annotation of the workload goes before them
	AsOf     time.Time      // declared facts whose review is due before it no longer count; zero: all count
}

// Builder takes the records of one snapshot in any order. Build joins them.
type Builder struct {
	options   Options
	facts     *Facts
	workloads map[Key][]*Workload
	pods      map[Key]*snapshot.WorkloadPods
	endpoints map[Key]*snapshot.Endpoints
}

// Key names an object apart from where it stood, for joins by kind, namespace and name.
type Key struct{ Kind, Namespace, Name string }

// NewBuilder starts the facts of one snapshot.
func NewBuilder(options Options) *Builder {
	return &Builder{
		options: options, facts: &Facts{options: options, refused: map[string]string{}, refusedIn: map[Key]string{}},
		workloads: map[Key][]*Workload{}, pods: map[Key]*snapshot.WorkloadPods{}, endpoints: map[Key]*snapshot.Endpoints{},
	}
}

// FromRecords builds facts from records in memory.
func FromRecords(options Options, records ...snapshot.Record) *Facts {
	builder := NewBuilder(options)
	for _, record := range records {
		builder.Add(record)
	}
	return builder.Build()
}

// Add takes one record, as a value or as a pointer; what a pointer leads to is the builder's from then on. A kind that this version does
// not know is passed over.
func (b *Builder) Add(record snapshot.Record) {
	if v := reflect.ValueOf(record); v.Kind() != reflect.Pointer {
		own := reflect.New(v.Type())
		own.Elem().Set(v)
		record = own.Interface().(snapshot.Record)
	}
	switch r := record.(type) {
	case *snapshot.Header:
		b.addHeader(*r)
	case *snapshot.Trailer:
		b.facts.Digest = r.SHA256
	case *snapshot.Note:
		b.addNote(*r)
	case *snapshot.Workload:
		b.addWorkload(r)
	case *snapshot.WorkloadPods:
		b.pods[Key{r.WorkloadKind, namespaceOf(r.Namespace), r.Name}] = r
	default:
		b.addObject(record)
	}
}

func (b *Builder) addObject(record snapshot.Record) {
	f := b.facts
	switch r := record.(type) {
	case *snapshot.Cluster:
		f.Cluster = &Cluster{Cluster: r}
	case *snapshot.Node:
		f.Nodes = append(f.Nodes, &Node{Node: r})
	case *snapshot.Namespace:
		f.Namespaces = append(f.Namespaces, r)
	case *snapshot.Service:
		settle(&r.Namespace)
		f.Services = append(f.Services, &Service{Service: r})
	case *snapshot.DisruptionBudget:
		settle(&r.Namespace)
		f.Budgets = append(f.Budgets, &Budget{DisruptionBudget: r})
	case *snapshot.Autoscaler:
		settle(&r.Namespace)
		f.Autoscalers = append(f.Autoscalers, r)
	case *snapshot.NetworkPolicy:
		f.Policies = append(f.Policies, r)
	case *snapshot.CustomResource:
		settle(&r.Namespace)
		f.Custom = append(f.Custom, &CustomResource{CustomResource: r})
	case *snapshot.Release:
		f.Releases = append(f.Releases, r)
	case *snapshot.Network:
		f.Networks = append(f.Networks, r)
	default:
		b.addFurther(record)
	}
}

func (b *Builder) addHeader(header snapshot.Header) {
	b.facts.Source, b.facts.TakenAt, b.facts.PlatformUID = header.Source, header.TakenAt, header.PlatformUID
	b.facts.Scope = slices.Sorted(slices.Values(header.Scope.Namespaces))
	b.facts.collected = make(map[string]bool, len(header.Scope.Collected))
	for _, resource := range header.Scope.Collected {
		b.facts.collected[resource] = true
	}
	for _, resource := range header.Scope.Refused {
		if b.facts.refused[resource] == "" {
			b.facts.refused[resource] = "refused"
		}
	}
}

func (b *Builder) addWorkload(w *snapshot.Workload) {
	settle(&w.Namespace)
	key := Key{w.Kind, w.Namespace, w.Name}
	workload := &Workload{Workload: w}
	b.facts.Workloads = append(b.facts.Workloads, workload)
	b.workloads[key] = append(b.workloads[key], workload)
}

// Build joins everything that was added. The result does not depend on the order of the records.
func (b *Builder) Build() *Facts {
	f := b.facts
	b.readVersions()
	sortByObject(f.Workloads, func(w *Workload) (Key, snapshot.Place) { return Key{w.Kind, w.Namespace, w.Name}, w.Place })
	declared := b.declaredByWorkload()
	for _, w := range f.Workloads {
		b.completeWorkload(w, declared[Key{w.Kind, w.Namespace, w.Name}])
	}
	b.layContainers()
	for _, custom := range f.Custom {
		custom.System = f.IsSystemNamespace(custom.Namespace)
		custom.Java = javaOfCustomResource(custom)
	}
	b.joinServices()
	b.joinBudgets()
	b.joinAutoscalers()
	b.joinEndpoints()
	b.joinWebhooks()
	b.joinStorage()
	b.joinEvents()
	b.sortRest()
	b.joinReleases()
	f.indexUnresolved()
	return f
}

func (b *Builder) readVersions() {
	if b.facts.Cluster != nil {
		b.facts.Cluster.Version, _ = ParseVersion(b.facts.Cluster.ServerVersion)
		b.facts.Cluster.KubeProxy, _ = ParseVersion(b.facts.Cluster.KubeProxyVersion)
	}
	for _, node := range b.facts.Nodes {
		node.Kubelet, _ = ParseVersion(node.KubeletVersion)
	}
}

func (b *Builder) completeWorkload(w *Workload, declared []WorkloadFact) {
	w.declared = declared
	w.System = b.facts.IsSystemNamespace(w.Namespace)
	w.Criticality = w.criticality()
	w.Pods = b.pods[Key{w.Kind, w.Namespace, w.Name}]
}

// maxImagesKept bounds what is kept to be told again: files may name an image of its own in each container.
const maxImagesKept = 4096

// layContainers puts the containers side by side, in the order in which dozens of rules go through them.
func (b *Builder) layContainers() {
	n := 0
	for _, w := range b.facts.Workloads {
		n += len(w.Workload.Containers)
	}
	room, all := make([]Container, n), make([]*Container, n)
	for i := range room {
		all[i] = &room[i]
	}
	images := map[string]*imageSeen{} // a platform runs few images many times
	for _, w := range b.facts.Workloads {
		own := len(w.Workload.Containers)
		w.Containers, all = all[:own:own], all[own:]
		for i, container := range w.Containers {
			raw := &w.Workload.Containers[i]
			seen := images[raw.Image]
			if seen == nil {
				if seen = seeImage(raw.Image); len(images) < maxImagesKept {
					images[raw.Image] = seen
				}
			}
			*container = Container{Container: raw, Workload: w, Image: seen.image, serves: raw.Role != snapshot.RoleInit}
			container.Java = javaOfContainer(container, seen)
		}
	}
}

// sortRest gives what no join has sorted an order of its own.
func (b *Builder) sortRest() {
	b.sortFurther()
	f := b.facts
	slices.SortFunc(f.Nodes, func(a, b *Node) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.UID, b.UID)) })
	slices.SortFunc(f.Namespaces, func(a, b *snapshot.Namespace) int { return cmp.Compare(a.Name, b.Name) })
	sortByObject(f.Policies, func(p *snapshot.NetworkPolicy) (Key, snapshot.Place) {
		return Key{p.ObjectKind, p.Namespace, p.Name}, p.Place
	})
	sortByObject(f.Custom, func(c *CustomResource) (Key, snapshot.Place) {
		return Key{c.ObjectKind, c.Namespace, c.Name + "\x00" + c.Section}, c.Place
	})
	slices.SortFunc(f.Releases, func(a, b *snapshot.Release) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Tool, b.Tool), cmp.Compare(a.ObjectKind, b.ObjectKind),
			cmp.Compare(a.Revision, b.Revision), comparePlaces(a.Place, b.Place))
	})
	slices.SortFunc(f.Networks, func(a, b *snapshot.Network) int {
		return cmp.Or(cmp.Compare(a.Component, b.Component), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	slices.SortFunc(f.Notes, func(a, b snapshot.Note) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Reason, b.Reason),
			cmp.Compare(a.Detail, b.Detail), comparePlaces(a.Place, b.Place))
	})
}

// sortByObject orders by namespace, name and kind, then by place: manifests may hold two objects of one name.
func sortByObject[T any](all []T, identity func(T) (Key, snapshot.Place)) {
	order := func(keyA Key, placeA snapshot.Place, keyB Key, placeB snapshot.Place) int {
		if c := compareKeys(keyA, keyB); c != 0 {
			return c
		}
		return comparePlaces(placeA, placeB)
	}
	if len(all) < 2 {
		return
	}
	key, place := identity(all[0])
	for _, one := range all[1:] { // as a collector writes them, they are in order
		nextKey, nextPlace := identity(one)
		if order(key, place, nextKey, nextPlace) > 0 {
			slices.SortStableFunc(all, func(a, b T) int {
				keyA, placeA := identity(a)
				keyB, placeB := identity(b)
				return order(keyA, placeA, keyB, placeB)
			})
			return
		}
		key, place = nextKey, nextPlace
	}
}

// compareKeys orders by namespace, name and kind.
func compareKeys(a, b Key) int {
	if c := strings.Compare(a.Namespace, b.Namespace); c != 0 {
		return c
	}
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.Kind, b.Kind)
}

func comparePlaces(a, b snapshot.Place) int {
	if c := strings.Compare(a.File, b.File); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Document, b.Document), cmp.Compare(a.Line, b.Line))
}

// settle writes the namespace of an object that states none. What states one is not written to: facts may share records (Rebuild).
func settle(namespace *string) {
	if *namespace == "" {
		*namespace = namespaceOf("")
	}
}

// namespaceOf is where an object without a namespace lives.
func namespaceOf(written string) string { return cmp.Or(written, "default") }
