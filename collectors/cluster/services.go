package cluster

import (
	"context"

	"plimsoll/collectors/kube"
)

// serviceTable holds the services until workloads and endpoints were read.
type serviceTable struct {
	byName    map[[2]string]*kube.Service // namespace and name
	order     []*kube.Service
	endpoints kube.EndpointsTable
}

func newServiceTable() serviceTable { return serviceTable{byName: map[[2]string]*kube.Service{}} }

func (c *collection) readServices(ctx context.Context) error {
	return each(ctx, c, services, whole[kube.Service], func(s *kube.Service) error {
		s.Meta.ManagedFields = nil
		c.services.byName[[2]string{s.Meta.Namespace, s.Meta.Name}] = s
		c.services.order = append(c.services.order, s)
		return nil
	})
}

// readEndpoints keeps the endpoints of services alone: other slices belong to nothing that is judged.
func (c *collection) readEndpoints(ctx context.Context) error {
	return each(ctx, c, endpointSlices, whole[kube.EndpointSlice], func(e *kube.EndpointSlice) error {
		if c.services.byName[[2]string{e.Meta.Namespace, e.ServiceName()}] != nil {
			c.services.endpoints.Add(e)
		}
		return nil
	})
}

func (c *collection) writeEndpoints() error {
	for _, record := range c.services.endpoints.Records() {
		if err := c.write(record); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) writeServices() error {
	for _, s := range c.services.order {
		record := kube.ServiceRecord(s, c.nodes.describe)
		c.workloads.targets.ResolveService(&record, s)
		record.SelectorUnresolved = record.SelectorUnresolved && !c.sawWorkloads(record.Namespace)
		if c.allowed.may(endpointSlices.resource, record.Namespace) {
			found, _ := c.services.endpoints.Of(record.Namespace, record.Name)
			record.EndpointsSeen, record.ReadyEndpointNodes = true, found.Nodes
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
