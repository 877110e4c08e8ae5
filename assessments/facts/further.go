package facts

import (
	"cmp"
	"slices"

	"plimsoll/assessments/snapshot"
)

// addFurther takes the records that no workload hangs on.
func (b *Builder) addFurther(record snapshot.Record) {
	f := b.facts
	switch r := record.(type) {
	case *snapshot.Endpoints:
		b.endpoints[Key{"Service", namespaceOf(r.Namespace), r.Service}] = r
	case *snapshot.Ingress:
		settle(&r.Namespace)
		f.Ingresses = append(f.Ingresses, r)
	case *snapshot.Webhook:
		f.Webhooks = append(f.Webhooks, &Webhook{Webhook: r})
	case *snapshot.CRD:
		f.CRDs = append(f.CRDs, r)
	case *snapshot.StorageClass:
		f.Classes = append(f.Classes, r)
	case *snapshot.PersistentVolume:
		f.Volumes = append(f.Volumes, &Volume{PersistentVolume: r})
	case *snapshot.VolumeClaim:
		settle(&r.Namespace)
		f.Claims = append(f.Claims, &Claim{VolumeClaim: r})
	case *snapshot.Backup:
		f.Backups = append(f.Backups, r)
	case *snapshot.Repository:
		f.Repos = append(f.Repos, r)
	case *snapshot.APIUse:
		f.APIUses = append(f.APIUses, r)
	case *snapshot.EventSummary:
		f.Events = append(f.Events, &Event{EventSummary: r})
	}
}

// joinEndpoints gives services their endpoints, and a webhook's service can be asked for them.
func (b *Builder) joinEndpoints() {
	for _, s := range b.facts.Services {
		s.Endpoints = b.endpoints[Key{"Service", s.Namespace, s.Name}]
	}
}

func (b *Builder) joinWebhooks() {
	services := make(map[Key]*Service, len(b.facts.Services))
	for _, s := range b.facts.Services {
		services[Key{"Service", s.Namespace, s.Name}] = s
	}
	for _, w := range b.facts.Webhooks {
		if w.Webhook.Service != "" {
			w.Server = services[Key{"Service", namespaceOf(w.ServiceNamespace), w.Webhook.Service}]
		}
	}
	slices.SortStableFunc(b.facts.Webhooks, func(a, b *Webhook) int {
		return cmp.Or(cmp.Compare(a.ObjectKind, b.ObjectKind), cmp.Compare(a.Configuration, b.Configuration), cmp.Compare(a.Name, b.Name), comparePlaces(a.Place, b.Place))
	})
}

// joinStorage binds volumes, claims and classes to each other. A claim without a class takes the one default class there is.
func (b *Builder) joinStorage() {
	f := b.facts
	classes := map[string]*snapshot.StorageClass{}
	var standard []*snapshot.StorageClass
	for _, class := range f.Classes {
		classes[class.Name] = class
		if class.Default {
			standard = append(standard, class)
		}
	}
	volumes := map[string]*Volume{}
	for _, volume := range f.Volumes {
		volumes[volume.Name] = volume
	}
	byClaim := map[Key]*Volume{}
	for _, volume := range f.Volumes {
		if volume.Claim != "" {
			byClaim[Key{"PersistentVolumeClaim", namespaceOf(volume.ClaimNamespace), volume.Claim}] = volume
		}
	}
	for _, claim := range f.Claims {
		if claim.VolumeClaim.Class != nil {
			claim.Class = classes[*claim.VolumeClaim.Class]
		} else if len(standard) == 1 {
			claim.Class = standard[0]
		}
		claim.Volume = volumes[claim.VolumeClaim.Volume]
		if claim.Volume == nil {
			claim.Volume = byClaim[Key{"PersistentVolumeClaim", claim.Namespace, claim.Name}]
		}
		if claim.Volume != nil {
			claim.Volume.Bound = claim
		}
	}
	sortByObject(f.Claims, func(c *Claim) (Key, snapshot.Place) {
		return Key{"PersistentVolumeClaim", c.Namespace, c.Name}, c.Place
	})
	sortByObject(f.Volumes, func(v *Volume) (Key, snapshot.Place) { return Key{"PersistentVolume", "", v.Name}, v.Place })
	sortByObject(f.Classes, func(c *snapshot.StorageClass) (Key, snapshot.Place) {
		return Key{"StorageClass", "", c.Name}, c.Place
	})
}

func (b *Builder) joinEvents() {
	for _, event := range b.facts.Events {
		if event.Object == nil {
			continue
		}
		for _, w := range b.resolve(*event.Object, event.Object.Namespace) {
			event.Workload = w
			w.Events = append(w.Events, event)
		}
	}
	order := func(a, b *Event) int {
		return cmp.Or(cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Probe, b.Probe), compareRefs(a.Object, b.Object), cmp.Compare(a.Container, b.Container), cmp.Compare(a.Count, b.Count))
	}
	slices.SortStableFunc(b.facts.Events, order)
	for _, w := range b.facts.Workloads {
		slices.SortStableFunc(w.Events, order)
	}
}

// sortFurther orders what no join has sorted.
func (b *Builder) sortFurther() {
	f := b.facts
	sortByObject(f.Ingresses, func(i *snapshot.Ingress) (Key, snapshot.Place) {
		return Key{i.ObjectKind, i.Namespace, i.Name}, i.Place
	})
	sortByObject(f.CRDs, func(c *snapshot.CRD) (Key, snapshot.Place) {
		return Key{"CustomResourceDefinition", "", c.Name}, c.Place
	})
	slices.SortStableFunc(f.Backups, func(a, b *snapshot.Backup) int {
		return cmp.Or(cmp.Compare(a.Tool, b.Tool), cmp.Compare(a.ObjectKind, b.ObjectKind), cmp.Compare(a.Count, b.Count))
	})
	slices.SortStableFunc(f.Repos, func(a, b *snapshot.Repository) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(f.APIUses, func(a, b *snapshot.APIUse) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Resource, b.Resource),
			cmp.Compare(a.ObjectKind, b.ObjectKind), compareRefs(a.Object, b.Object))
	})
}

func compareRefs(a, b *snapshot.Ref) int {
	if a == nil || b == nil {
		return cmp.Compare(boolToInt(a != nil), boolToInt(b != nil))
	}
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind), comparePlaces(a.Place, b.Place))
}

func boolToInt(set bool) int {
	if set {
		return 1
	}
	return 0
}
