package cluster

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"plimsoll/collectors/kube"
)

// The ConfigMaps of kube-system that are read, by name and by key, for the fields below and nothing else. Some provisioners
// give kube-proxy's another name.
const (
	systemNamespace  = "kube-system"
	kubeadmConfigMap = "kubeadm-config"
	kubeadmKey       = "ClusterConfiguration"
)

var (
	proxyConfigMaps = []string{"kube-proxy", "kube-proxy-config"}
	proxyKeys       = []string{"config.conf", "config"}
	proxyModes      = []string{"iptables", "ipvs", "nftables", "userspace", "kernelspace"}
)

// readSystemNamespace learns the cluster's identity: the uid of kube-system, which lives as long as the cluster does.
func (c *collection) readSystemNamespace(ctx context.Context) error {
	var object kube.Object
	err := c.client.getJSON(ctx, "/api/v1/namespaces/"+systemNamespace, &object)
	if isRefusal(err) {
		note := noteOf(namespaces.resource, systemNamespace, err)
		note.Detail = "no right to get the namespace " + systemNamespace + ": the snapshot does not say which cluster it is of"
		c.allowed.notes = append(c.allowed.notes, note)
		return nil
	}
	c.cluster.UID, c.cluster.CreatedAt = object.Meta.UID, object.Meta.CreatedAt.Pointer()
	if c.systemLabels = object.Meta.Labels; c.systemLabels == nil {
		c.systemLabels = map[string]string{}
	}
	return err
}

// readConfiguration reads address ranges and kube-proxy's mode where the cluster's own configuration tells them.
func (c *collection) readConfiguration(ctx context.Context) error {
	if scope := c.options.Namespaces; len(scope) > 0 && !slices.Contains(scope, systemNamespace) {
		return nil
	}
	kubeadm, err := c.configMap(ctx, kubeadmConfigMap)
	if err != nil {
		return err
	}
	if kubeadm != nil {
		c.signs.configMap(systemNamespace + "/" + kubeadmConfigMap)
		c.cluster.PodCIDRs, c.cluster.ServiceCIDRs = addressRanges(kubeadm.Data[kubeadmKey])
		c.signs.podRanges(c.cluster.PodCIDRs)
	}
	for _, name := range proxyConfigMaps {
		proxy, err := c.configMap(ctx, name)
		if err != nil {
			return err
		}
		if c.system.proxyMode, c.system.proxyModeKnown = proxyMode(proxy); c.system.proxyModeKnown {
			break
		}
	}
	return nil
}

// configMap is nil where it is not there or refused.
func (c *collection) configMap(ctx context.Context, name string) (*kube.ConfigMap, error) {
	found := new(kube.ConfigMap)
	err := c.client.getJSON(ctx, "/api/v1/namespaces/"+systemNamespace+"/configmaps/"+name, found)
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		if refused.Code != http.StatusNotFound {
			note := noteOf(configMaps.resource, systemNamespace, err)
			note.Detail = "no right to get " + name
			c.allowed.notes = append(c.allowed.notes, note)
		}
		return nil, nil
	}
	return found, err
}

func addressRanges(text string) (podRanges, serviceRanges []string) {
	var configuration struct {
		Networking struct {
			PodSubnet     string `yaml:"podSubnet"`
			ServiceSubnet string `yaml:"serviceSubnet"`
		} `yaml:"networking"`
	}
	if yaml.Unmarshal([]byte(text), &configuration) != nil {
		return nil, nil
	}
	return prefixes(configuration.Networking.PodSubnet), prefixes(configuration.Networking.ServiceSubnet)
}

// prefixes keeps what is an address range.
func prefixes(list string) []string {
	var found []string
	for part := range strings.SplitSeq(list, ",") {
		if prefix, err := netip.ParsePrefix(strings.TrimSpace(part)); err == nil {
			found = append(found, prefix.String())
		}
	}
	return found
}

// proxyMode is empty where kube-proxy's default holds; known says whether the configuration was read.
func proxyMode(found *kube.ConfigMap) (mode string, known bool) {
	if found == nil {
		return "", false
	}
	for _, key := range proxyKeys {
		text, has := found.Data[key]
		var configuration struct {
			Mode string `yaml:"mode"`
		}
		if !has || yaml.Unmarshal([]byte(text), &configuration) != nil {
			continue
		}
		if configuration.Mode == "" || slices.Contains(proxyModes, configuration.Mode) {
			return configuration.Mode, true
		}
	}
	return "", false
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
