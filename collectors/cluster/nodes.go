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

// nodeTable holds the nodes until their pods were counted, and then what other objects ask of them.
type nodeTable struct {
	key     []byte
	texts   *kube.Texts
	places  map[uint32]*node    // by the number of the name
	order   []*node             // empty once they were written
	owners  map[string][]uint32 // address → nodes that own it; addresses leave only hashed
	roles   struct{ controlPlane, etcd int }
	counted bool // all pods were read, so that no pod means none
}

type node struct {
	architecture, zone uint32
	record             *snapshot.Node // nil once it was written
	cpu, mem           int64
	pods               int
}

func newNodeTable(key []byte, texts *kube.Texts) *nodeTable {
	return &nodeTable{key: key, texts: texts, places: map[uint32]*node{}, owners: map[string][]uint32{}}
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
	record := kube.NodeRecord(n)
	name := t.texts.Number(n.Meta.Name)
	for _, address := range n.Status.Addresses {
		if address.Type != "InternalIP" && address.Type != "ExternalIP" {
			continue
		}
		record.AddressHashes = append(record.AddressHashes, t.hash(address.Address))
		if owners := t.owners[address.Address]; !slices.Contains(owners, name) {
			t.owners[address.Address] = append(owners, name)
		}
	}
	if slices.Contains(record.Roles, "control-plane") || slices.Contains(record.Roles, "master") {
		t.roles.controlPlane++
	}
	if slices.Contains(record.Roles, "etcd") {
		t.roles.etcd++
	}
	t.share(&record)
	added := &node{architecture: t.texts.Number(record.Architecture), zone: t.texts.Number(record.Zone), record: &record}
	t.places[name] = added
	t.order = append(t.order, added)
}

// of is a node by its name, nil where it is not known.
func (t *nodeTable) of(name string) *node { return t.places[t.texts.Number(name)] }

// share has texts that most nodes have held once.
func (t *nodeTable) share(record *snapshot.Node) {
	for _, text := range []*string{&record.Name, &record.Zone, &record.Region, &record.ProviderScheme, &record.Architecture, &record.OperatingSystem,
		&record.KubeletVersion, &record.ContainerRuntime, &record.KernelVersion, &record.OSImage} {
		*text = t.texts.Held(*text)
	}
	for i := range record.Conditions {
		condition := &record.Conditions[i]
		condition.Type, condition.Status, condition.Reason = t.texts.Held(condition.Type), t.texts.Held(condition.Status), t.texts.Held(condition.Reason)
	}
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
	described := snapshot.ExternalAddress{Hash: t.hash(address)}
	for _, owner := range t.owners[address] {
		described.Nodes = append(described.Nodes, t.texts.Text(owner))
	}
	slices.Sort(described.Nodes)
	return described
}

// architectureOf is the number of a node's architecture, 0 where it is not known.
func (t *nodeTable) architectureOf(name uint32) uint32 {
	if n := t.places[name]; n != nil {
		return n.architecture
	}
	return 0
}

// zonesOf sums counts of pods by node up by zone.
func (t *nodeTable) zonesOf(nodes kube.Tally) (zones kube.Tally) {
	for _, counted := range nodes {
		if n := t.places[counted.Of]; n != nil && n.zone != 0 {
			zones.Add(n.zone, counted.N)
		}
	}
	return zones
}

// addPod counts a living pod and what it asks for.
func (t *nodeTable) addPod(p *kube.Pod) {
	n := t.of(p.Spec.NodeName)
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

// writeNodes writes the nodes once their pods were counted, and lets go of their records.
func (c *collection) writeNodes() error {
	for _, n := range c.nodes.order {
		record := *n.record
		n.record = nil
		if c.nodes.counted {
			record.Pods, record.RequestedCPUMillicores, record.RequestedMemoryBytes = &n.pods, &n.cpu, &n.mem
		}
		if err := c.write(record); err != nil {
			return err
		}
	}
	c.nodes.order = nil
	return nil
}
