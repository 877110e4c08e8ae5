package cluster

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"plimsoll/collectors/allow"
	"plimsoll/collectors/kube"
)

const systemNamespace = kube.SystemNamespace

// What is read by its name, in the system's own namespace.
var (
	identity      = allow.Named("", "Namespace")
	configuration = allow.Named("", "ConfigMap")
)

// readSystemNamespace learns the cluster's identity: the uid of kube-system, which lives as long as the cluster does.
func (c *collection) readSystemNamespace(ctx context.Context) error {
	var object kube.Object
	err := c.client.getJSON(ctx, "/api/v1/namespaces/"+systemNamespace, identity.Sieve, &object)
	if isRefusal(err) {
		note := noteOf(namespaces.resource, systemNamespace, err)
		note.Detail = "no right to get the namespace " + systemNamespace + ": the snapshot does not say which cluster it is of"
		if c.cluster.UID = c.options.ClusterID; c.cluster.UID != "" {
			note.Detail = "no right to get the namespace " + systemNamespace + ": which cluster this is was said by --cluster-id"
		}
		c.allowed.notes = append(c.allowed.notes, note)
		return nil
	}
	c.cluster.UID, c.cluster.CreatedAt = cmp.Or(c.options.ClusterID, object.Meta.UID), object.Meta.CreatedAt.Pointer()
	if c.systemLabels = object.Meta.Labels; c.systemLabels == nil {
		c.systemLabels = map[string]string{}
	}
	return err
}

// readConfiguration reads address ranges, kube-proxy's mode and conntrack keys, and Cilium's way of giving addresses, where the
// cluster's own configuration tells them.
func (c *collection) readConfiguration(ctx context.Context) error {
	if scope := c.options.Namespaces; len(scope) > 0 && !slices.Contains(scope, systemNamespace) {
		return nil
	}
	c.configurationRead = true
	kubeadm, err := c.configMap(ctx, kube.KubeadmConfigMap)
	if err != nil {
		return err
	}
	if kubeadm != nil {
		c.signs.configMap(systemNamespace + "/" + kube.KubeadmConfigMap)
		ranges := kube.KubeadmRanges(kubeadm)
		c.cluster.PodCIDRs, c.cluster.ServiceCIDRs, c.cluster.NodeMaskBits = ranges.Pods, ranges.Services, ranges.NodeMaskBits
		c.signs.podRanges(c.cluster.PodCIDRs)
	}
	for _, name := range kube.ProxyConfigMaps {
		found, err := c.configMap(ctx, name)
		if err != nil {
			return err
		}
		if proxy, known := kube.ProxyRecord(found); known {
			c.fabric.Add(proxy)
			break
		}
	}
	cilium, err := c.configMap(ctx, kube.CiliumConfigMap)
	if record, known := kube.CiliumRecord(cilium); known {
		c.fabric.Add(record)
	}
	return err
}

// configMap is nil where it is not there or refused.
func (c *collection) configMap(ctx context.Context, name string) (*kube.ConfigMap, error) {
	found := new(kube.ConfigMap)
	err := c.client.getJSON(ctx, "/api/v1/namespaces/"+systemNamespace+"/configmaps/"+name, configuration.Sieve, found)
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		if refused.Code != http.StatusNotFound {
			c.configurationRead = false
			note := noteOf(configMaps.resource, systemNamespace, err)
			note.Detail = "no right to get " + name
			c.allowed.notes = append(c.allowed.notes, note)
		}
		return nil, nil
	}
	return found, err
}

// readFabric reads what the network's own objects tell: after the nodes, which they select.
func (c *collection) readFabric(ctx context.Context) error {
	for _, k := range fabricKinds {
		if len(c.options.Namespaces) > 0 && k.clusterWide {
			continue
		}
		meta := c.typeOf(k)
		read := func(raw []byte) (struct{}, error) {
			return struct{}{}, c.fabric.Take(meta, func(into any) error { return decode(raw, into) })
		}
		if err := each(ctx, c, k, read, func(struct{}) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// readNamespaces reads the namespaces themselves, and what makes a pod's defaults and its network in each.
func (c *collection) readNamespaces(ctx context.Context) error {
	for _, name := range c.options.Namespaces {
		c.spaces.See(name)
	}
	if err := each(ctx, c, namespaces, whole[kube.Object], func(o *kube.Object) error {
		c.spaces.See(o.Meta.Name)
		return nil
	}); err != nil {
		return err
	}
	if err := each(ctx, c, limitRanges, whole[kube.LimitRange], func(l *kube.LimitRange) error {
		c.spaces.AddLimitRange(l)
		return nil
	}); err != nil {
		return err
	}
	for _, k := range policyKinds {
		if err := each(ctx, c, k, whole[kube.Object], func(o *kube.Object) error {
			o.TypeMeta = c.typeOf(k)
			c.spaces.AddPolicy(o)
			return c.write(kube.PolicyRecord(o))
		}); err != nil {
			return err
		}
	}
	return nil
}

// typeOf is what lists leave out of their objects.
func (c *collection) typeOf(k kind) kube.TypeMeta {
	return kube.TypeMeta{APIVersion: k.apiVersion(c.allowed.versions[k.resourceName()]), Kind: k.object}
}

func (c *collection) writeNamespaces() error {
	for _, record := range c.spaces.Records() {
		record.System = c.isSystem(record.Name)
		if !c.allowed.may(networkPolicies.resource, record.Name) {
			record.NetworkPolicies = nil
		}
		if !c.allowed.may(limitRanges.resource, record.Name) {
			record.LimitRangeHasCPU, record.LimitRangeHasMemory = nil, nil
		}
		if err := c.write(record); err != nil {
			return err
		}
	}
	return nil
}
