package snapshot

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// NodeReadings are what node collectors read, the newest of each node, to be merged into a snapshot of their cluster.
type NodeReadings struct {
	byName map[string]*nodeReading
	byUID  map[string]*nodeReading
	order  []*nodeReading
}

// NodeReading is what was read on one machine.
type NodeReading struct {
	From    string    `json:"from"`             // whose snapshot it is, as the caller named it
	Cluster string    `json:"cluster,omitzero"` // uid of the cluster, where the machine knew it
	At      time.Time `json:"at"`
	Node    Node      `json:"node"`
}

type nodeReading struct {
	NodeReading
	used   bool // its node was there
	merged bool // and it was given the figures
}

// NodeReadingBound is how far apart a reading and the cluster's snapshot still speak of one state: a day, so that a nightly snapshot
// finds what was read at any hour of its day, and last week's peak of connections counts for nothing today.
const NodeReadingBound = 24 * time.Hour

// Add reads a node's snapshot to its end; from names it in remarks and errors. What is no whole snapshot of nodes is an error, and
// nothing of it is kept. A node that was read twice keeps the newer reading, which the remarks say.
func (n *NodeReadings) Add(from string, r io.Reader, limits Limits) (remarks []string, err error) {
	reader := NewReader(r, limits)
	var found []*nodeReading
	for record, err := range reader.Records() {
		if err != nil {
			return nil, fmt.Errorf("%s is no whole snapshot: %w", from, err)
		}
		switch r := record.(type) {
		case Header:
			if r.Source != SourceNode {
				return nil, fmt.Errorf("%s is a snapshot of a %s, not of a node", from, r.Source)
			}
		case Node:
			found = append(found, &nodeReading{NodeReading: NodeReading{From: from, Cluster: reader.Header().PlatformUID, At: reader.Header().TakenAt, Node: r}})
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s holds no node", from)
	}
	for _, reading := range found {
		if remark := n.keep(reading); remark != "" {
			remarks = append(remarks, remark)
		}
	}
	return remarks, nil
}

// Belongs reports whether the reading speaks of the cluster and the time of a snapshot: no other cluster's uid stands in it, and the two
// lie at most NodeReadingBound apart.
func (r NodeReading) Belongs(clusterUID string, takenAt time.Time) bool {
	return (r.Cluster == "" || clusterUID == "" || r.Cluster == clusterUID) && r.At.Sub(takenAt).Abs() <= NodeReadingBound
}

// Figures is the node with what Into takes of it, and nothing else.
func (n Node) Figures() Node {
	return Node{Name: n.Name, UID: n.UID, KernelVersion: n.KernelVersion, CgroupVersion: n.CgroupVersion, CgroupSource: n.CgroupSource, CPUs: n.CPUs, Conntrack: n.Conntrack}
}

// Put adds one reading. A node that was read twice keeps the newer one, which the remark says.
func (n *NodeReadings) Put(reading NodeReading) (remark string) {
	return n.keep(&nodeReading{NodeReading: reading})
}

// Merged are the readings that nodes were given, in the order in which they were added.
func (n *NodeReadings) Merged() (merged []NodeReading) {
	for _, reading := range n.order {
		if reading.merged {
			merged = append(merged, reading.NodeReading)
		}
	}
	return merged
}

func (n *NodeReadings) keep(reading *nodeReading) (remark string) {
	if n.byName == nil {
		n.byName, n.byUID = map[string]*nodeReading{}, map[string]*nodeReading{}
	}
	earlier := n.byName[reading.Node.Name]
	if earlier == nil && reading.Node.UID != "" {
		earlier = n.byUID[reading.Node.UID]
	}
	switch {
	case earlier == nil:
	case reading.At.Before(earlier.At):
		return fmt.Sprintf("%s: passed over, %s holds a newer reading of %s", reading.From, earlier.From, reading.Node.Name)
	default:
		remark = fmt.Sprintf("%s: passed over, %s holds a newer reading of %s", earlier.From, reading.From, reading.Node.Name)
		n.order = slices.DeleteFunc(n.order, func(r *nodeReading) bool { return r == earlier })
		delete(n.byName, earlier.Node.Name)
		delete(n.byUID, earlier.Node.UID)
	}
	n.order = append(n.order, reading)
	n.byName[reading.Node.Name] = reading
	if reading.Node.UID != "" {
		n.byUID[reading.Node.UID] = reading
	}
	return remark
}

// of finds the reading of a cluster's node: by its uid, else by its name.
func (n *NodeReadings) of(node Node) *nodeReading {
	if reading := n.byUID[node.UID]; reading != nil {
		return reading
	}
	return n.byName[node.Name]
}

// Merged says what a merge did.
type Merged struct {
	Nodes   int      // that were given figures
	Remarks []string // what was not merged, and where two snapshots contradict each other
}

// Merge copies a cluster's snapshot to w with the nodes' readings in it: one whole snapshot, with the cluster's own header. Both
// snapshots are of the same cluster, or it is an error; so are a source that is no cluster and parts that this version does not know,
// which a copy would lose. A reading of a node that the cluster does not have, or has anew, is left out with a remark.
func (n *NodeReadings) Merge(w io.Writer, cluster io.Reader, limits Limits) (Merged, error) {
	reader := NewReader(cluster, limits)
	var out *Writer
	var done Merged
	for record, err := range reader.Records() {
		if err != nil {
			return done, err
		}
		switch r := record.(type) {
		case Header:
			if err := n.checkCluster(r); err != nil {
				return done, err
			}
			if out, err = NewWriter(w, r); err != nil {
				return done, err
			}
			continue
		case Node:
			record = n.Into(r, reader.Header(), &done)
		}
		if err := out.Write(record); err != nil {
			return done, err
		}
	}
	if out == nil {
		return done, errors.New("it is empty")
	}
	if notes := reader.Notes(); len(notes) > 0 {
		return done, fmt.Errorf("it holds what this version does not know, and a copy would lose: %s", notes[0])
	}
	if reader.Signature() != nil {
		done.Remarks = append(done.Remarks, "the cluster's snapshot is signed, and what comes out is not: the signature is of the lines as they were")
	}
	for _, reading := range n.order {
		if !reading.used {
			done.Remarks = append(done.Remarks, fmt.Sprintf("%s: not merged, the cluster's snapshot holds no node %s", reading.From, reading.Node.Name))
		}
	}
	return done, out.Close()
}

func (n *NodeReadings) checkCluster(header Header) error {
	if header.Source != SourceCluster {
		return fmt.Errorf("want a snapshot of a cluster to merge into, got one of source %s", header.Source)
	}
	for _, reading := range n.order {
		if reading.Cluster != "" && header.PlatformUID != "" && reading.Cluster != header.PlatformUID {
			return fmt.Errorf("%s is of another cluster: %s, not %s", reading.From, reading.Cluster, header.PlatformUID)
		}
	}
	return nil
}

// Into gives a node of the cluster's snapshot with what was read on the machine, and notes in done what came of it. Whether both are of
// the same cluster is for the caller to know. A reading that is left out gives the node as it was.
func (n *NodeReadings) Into(node Node, header Header, done *Merged) Node {
	reading := n.of(node)
	if reading == nil {
		return node
	}
	reading.used = true
	remark := func(format string, values ...any) {
		done.Remarks = append(done.Remarks, reading.From+": "+fmt.Sprintf(format, values...))
	}
	read := reading.Node
	switch {
	case node.UID != "" && read.UID != "" && node.UID != read.UID:
		remark("not merged, %s has been made anew: its uid is %s, and the reading is of %s", node.Name, node.UID, read.UID)
		return node
	case node.CreatedAt != nil && reading.At.Before(*node.CreatedAt):
		remark("not merged, it was read before %s was made", node.Name)
		return node
	case node.Conntrack != nil && node.Conntrack.ReadAt != nil && read.Conntrack != nil && reading.At.Before(*node.Conntrack.ReadAt):
		remark("not merged, the cluster's snapshot holds a newer reading of %s", node.Name)
		return node
	}
	if apart := reading.At.Sub(header.TakenAt).Abs(); apart > NodeReadingBound {
		remark("%s was read %d hours apart from the cluster's snapshot", node.Name, apart/time.Hour)
	}
	reading.merged = true
	done.Nodes++
	if node.KernelVersion != "" && read.KernelVersion != "" && node.KernelVersion != read.KernelVersion {
		remark("%s says that its kernel is %s, the cluster says %s, which stays", node.Name, read.KernelVersion, node.KernelVersion)
	} else if read.KernelVersion != "" {
		node.KernelVersion = read.KernelVersion
	}
	if read.CgroupVersion != 0 {
		if node.CgroupVersion != 0 && node.CgroupVersion != read.CgroupVersion {
			remark("%s says that its cgroup version is %d, the cluster says %d: that of the machine is taken", node.Name, read.CgroupVersion, node.CgroupVersion)
		}
		node.CgroupVersion, node.CgroupSource = read.CgroupVersion, read.CgroupSource
	}
	if read.CPUs != 0 {
		if node.Capacity != nil && node.Capacity.CPUMillicores != 0 && node.Capacity.CPUMillicores != int64(read.CPUs)*1000 {
			remark("%s says that it has %d processors, the cluster says %d millicores: both are kept", node.Name, read.CPUs, node.Capacity.CPUMillicores)
		}
		node.CPUs = read.CPUs
	}
	if read.Conntrack != nil {
		table := *read.Conntrack
		if table.ReadAt == nil {
			table.ReadAt = &reading.At
		}
		node.Conntrack = &table
	}
	return node
}
