package cluster

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

// nodeTable holds the nodes until their pods were counted.
type nodeTable struct {
	key     []byte
	byName  map[string]*node
	order   []*node
	owners  map[string][]string // address → nodes that own it; addresses leave only hashed
	counted bool                // all pods were read, so that no pod means none
}

type node struct {
	record   snapshot.Node
	cpu, mem int64
	pods     int
}

func newNodeTable(key []byte) *nodeTable {
	return &nodeTable{key: key, byName: map[string]*node{}, owners: map[string][]string{}}
}

func (c *collection) readNodes(ctx context.Context) error {
	return each(ctx, c, nodes, whole[kube.Node], func(n *kube.Node) error {
		c.signs.node(n)
		c.nodes.add(n)
		c.fabric.AddNode(n.Meta.Name, n.Meta.Labels)
		return nil
	})
}

func (t *nodeTable) add(n *kube.Node) {
	found := &node{record: kube.NodeRecord(n)}
	for _, address := range n.Status.Addresses {
		if address.Type != "InternalIP" && address.Type != "ExternalIP" {
			continue
		}
		found.record.AddressHashes = append(found.record.AddressHashes, t.hash(address.Address))
		if owners := t.owners[address.Address]; !slices.Contains(owners, n.Meta.Name) {
			t.owners[address.Address] = append(owners, n.Meta.Name)
		}
	}
	t.byName[n.Meta.Name] = found
	t.order = append(t.order, found)
}

// hashHex is how much of a hash is kept: no two of a cluster's addresses share 64 bits.
const hashHex = 16

// hash makes addresses comparable inside one snapshot, and nowhere else: the key is forgotten.
func (t *nodeTable) hash(address string) string {
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte(address))
	return hex.EncodeToString(mac.Sum(nil))[:hashHex]
}

// describe tells who owns an external address.
func (t *nodeTable) describe(address string) snapshot.ExternalAddress {
	return snapshot.ExternalAddress{Hash: t.hash(address), Nodes: slices.Sorted(slices.Values(t.owners[address]))}
}

// place gives architecture and zone of a node, empty where it is not known.
func (t *nodeTable) place(name string) (architecture, zone string) {
	if n := t.byName[name]; n != nil {
		return n.record.Architecture, n.record.Zone
	}
	return "", ""
}

// addPod counts a living pod and what it asks for.
func (t *nodeTable) addPod(p *kube.Pod) {
	n := t.byName[p.Spec.NodeName]
	if n == nil || isOver(p) {
		return
	}
	n.pods++
	n.cpu += requested(&p.Spec, func(a kube.Amounts) kube.Quantity { return a.CPU }, kube.Quantity.Millis)
	n.mem += requested(&p.Spec, func(a kube.Amounts) kube.Quantity { return a.Memory }, kube.Quantity.Units)
}

// requested is what the scheduler counts for a pod: its containers and sidecars together, or the one init container that asks
// for more beside the sidecars that started before it. An amount for the pod as a whole goes before them.
func requested(spec *kube.PodSpec, of func(kube.Amounts) kube.Quantity, in func(kube.Quantity) int64) int64 {
	if spec.Resources != nil && of(spec.Resources.Requests).IsSet() {
		return in(of(spec.Resources.Requests))
	}
	var running, sidecars, peak int64
	for i := range spec.InitContainers {
		amount := in(of(spec.InitContainers[i].Resources.Requests))
		if spec.InitContainers[i].RestartPolicy == "Always" {
			sidecars += amount
			amount = 0
		}
		peak = max(peak, sidecars+amount)
	}
	for i := range spec.Containers {
		running += in(of(spec.Containers[i].Resources.Requests))
	}
	return max(running+sidecars, peak)
}

func (c *collection) writeNodes() error {
	for _, n := range c.nodes.order {
		if c.nodes.counted {
			n.record.Pods, n.record.RequestedCPUMillicores, n.record.RequestedMemoryBytes = &n.pods, &n.cpu, &n.mem
		}
		if err := c.write(n.record); err != nil {
			return err
		}
	}
	return nil
}
