package cluster

import (
	"context"

	"plimsoll/collectors/kube"
)

// readEndpoints sums up endpoints before the services are read that they belong to.
func (c *collection) readEndpoints(ctx context.Context) error {
	return each(ctx, c, endpointSlices, whole[kube.EndpointSlice], func(e *kube.EndpointSlice) error {
		c.endpoints.Add(e)
		return nil
	})
}

// readServices writes each service with what it selects, and its endpoints. Slices of no service belong to nothing that is judged.
func (c *collection) readServices(ctx context.Context) error {
	err := each(ctx, c, services, whole[kube.Service], func(s *kube.Service) error {
		record := kube.ServiceRecord(s, c.nodes.describe)
		c.targets.ResolveService(&record, s)
		record.SelectorUnresolved = record.SelectorUnresolved && !c.sawWorkloads(record.Namespace)
		found, any := c.endpoints.Of(record.Namespace, record.Name)
		if c.allowed.may(endpointSlices.resource, record.Namespace) {
			record.EndpointsSeen, record.ReadyEndpointNodes = true, found.Nodes
		}
		if err := c.write(record); err != nil || !any {
			return err
		}
		return c.write(found)
	})
	c.endpoints = kube.EndpointsTable{}
	return err
}

func (c *collection) readBudgets(ctx context.Context) error {
	return each(ctx, c, budgets, whole[kube.Budget], func(b *kube.Budget) error {
		b.TypeMeta = c.typeOf(budgets)
		record := kube.BudgetRecord(b)
		c.targets.ResolveBudget(&record, b)
		record.SelectorUnresolved = record.SelectorUnresolved && !c.sawWorkloads(record.Namespace)
		return c.write(record)
	})
}

// sawWorkloads reports whether everything that a selector can reach was read: what then reaches nothing selects nothing.
func (c *collection) sawWorkloads(namespace string) bool {
	for _, kinds := range [][]kind{ownedKinds, owningKinds, {pods}} {
		for i := range kinds {
			if !c.allowed.may(kinds[i].resourceName(), namespace) {
				return false
			}
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
