package cluster

import (
	"context"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

// serviceTable holds the services until workloads and endpoints were read.
type serviceTable struct {
	byName map[[2]string]*service // namespace and name
	order  []*service
}

type service struct {
	object *kube.Service
	ready  map[string]map[string]int // address type → node → ready endpoints
}

func newServiceTable() serviceTable { return serviceTable{byName: map[[2]string]*service{}} }

func (c *collection) readServices(ctx context.Context) error {
	return each(ctx, c, services, whole[kube.Service], func(s *kube.Service) error {
		found := &service{object: s}
		s.Meta.ManagedFields = nil
		c.services.byName[[2]string{s.Meta.Namespace, s.Meta.Name}] = found
		c.services.order = append(c.services.order, found)
		return nil
	})
}

// endpointSlice adds the family of its addresses: a dual-stack service has each endpoint in two slices.
type endpointSlice struct {
	kube.EndpointSlice
	AddressType string `json:"addressType"`
}

func (c *collection) readEndpoints(ctx context.Context) error {
	return each(ctx, c, endpointSlices, whole[endpointSlice], func(e *endpointSlice) error {
		found := c.services.byName[[2]string{e.Meta.Namespace, e.ServiceName()}]
		if found == nil {
			return nil
		}
		if found.ready == nil {
			found.ready = map[string]map[string]int{}
		}
		counts := found.ready[e.AddressType]
		if counts == nil {
			counts = map[string]int{}
			found.ready[e.AddressType] = counts
		}
		for _, share := range kube.ReadyEndpointNodes([]kube.EndpointSlice{e.EndpointSlice}) {
			counts[share.Name] += share.Pods
		}
		return nil
	})
}

// readyNodes are the counts of the family that has most endpoints.
func (s *service) readyNodes() []snapshot.Share {
	var most map[string]int
	for _, counts := range s.ready {
		if most == nil || total(counts) > total(most) {
			most = counts
		}
	}
	return kube.Shares(most)
}

func total(counts map[string]int) int {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum
}

func (c *collection) writeServices() error {
	for _, s := range c.services.order {
		record := kube.ServiceRecord(s.object, c.nodes.describe)
		c.workloads.targets.ResolveService(&record, s.object)
		record.SelectorUnresolved = record.SelectorUnresolved && !c.sawWorkloads(record.Namespace)
		if c.allowed.may(endpointSlices.resource, record.Namespace) {
			record.EndpointsSeen, record.ReadyEndpointNodes = true, s.readyNodes()
		}
		if err := c.write(record); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) readBudgets(ctx context.Context) error {
	return each(ctx, c, budgets, whole[kube.Budget], func(b *kube.Budget) error {
		b.TypeMeta = c.typeOf(budgets)
		b.Meta.ManagedFields = nil
		c.budgets = append(c.budgets, b)
		return nil
	})
}

func (c *collection) writeBudgets() error {
	for _, b := range c.budgets {
		record := kube.BudgetRecord(b)
		c.workloads.targets.ResolveBudget(&record, b)
		record.SelectorUnresolved = record.SelectorUnresolved && !c.sawWorkloads(record.Namespace)
		if err := c.write(record); err != nil {
			return err
		}
	}
	return nil
}

// sawWorkloads reports whether everything that a selector can reach was read: what then reaches nothing selects nothing.
func (c *collection) sawWorkloads(namespace string) bool {
	for _, k := range append(workloadKinds(), pods) {
		if !c.allowed.may(k.resourceName(), namespace) {
			return false
		}
	}
	return true
}

func (c *collection) readAutoscalers(ctx context.Context) error {
	for _, k := range []kind{autoscalers, scaledObjects} {
		if err := each(ctx, c, k, whole[kube.Autoscaler], func(a *kube.Autoscaler) error {
			a.TypeMeta = c.typeOf(k)
			return c.write(kube.AutoscalerRecord(a))
		}); err != nil {
			return err
		}
	}
	return nil
}
