// Package node reads of one machine what the Kubernetes API does not show: its connection tracking table, its cgroup version, its
// kernel and its processors, from /proc and /sys. It only reads, opens no socket, and starts nothing.
package node

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"plimsoll/assessments/snapshot"
)

// Options say whose machine it is, and where it is seen.
type Options struct {
	Name           string    // of the node in Kubernetes
	UID            string    // of the node in Kubernetes; empty where not known
	Proc, Sys      string    // where the machine's /proc and /sys are mounted; empty: /proc and /sys
	OwnNetwork     bool      // the network namespace that this program runs in is the node's, though it is not the machine's first
	At             time.Time // when it is read
	Version, Build string    // of the collector
	ClusterUID     string    // of the namespace kube-system; empty where not known
}

// Reading is a node's snapshot in memory. What could not be read stands in the notes, and is not set in the record.
type Reading struct {
	Header snapshot.Header
	Node   snapshot.Node
	Notes  []snapshot.Note
}

// Write writes it as a snapshot of one node.
func (r Reading) Write(w *snapshot.Writer) error {
	if err := w.Write(r.Node); err != nil {
		return err
	}
	for _, note := range r.Notes {
		if err := w.Write(note); err != nil {
			return err
		}
	}
	return w.Close()
}

// Read reads the machine. An error says that the folders are none that a machine has; anything less is a note.
func Read(o Options) (Reading, error) {
	m := &machine{own: o.OwnNetwork}
	var err error
	if m.proc, err = open("proc", o.Proc, "/proc", "sys/kernel"); err != nil {
		return Reading{}, err
	}
	defer m.proc.Close()
	if m.sys, err = open("sys", o.Sys, "/sys", "fs"); err != nil {
		return Reading{}, err
	}
	defer m.sys.Close()
	at := o.At.UTC().Truncate(time.Second)
	record := snapshot.Node{Name: o.Name, UID: o.UID, OperatingSystem: "linux", KernelVersion: m.kernel(), CPUs: m.processors(), Conntrack: m.conntrack(at)}
	if record.CgroupVersion = m.cgroup(); record.CgroupVersion != 0 {
		record.CgroupSource = sourceNode
	}
	header := snapshot.Header{CollectorVersion: o.Version, CollectorBuild: o.Build, Source: snapshot.SourceNode, TakenAt: at, PlatformUID: o.ClusterUID}
	return Reading{Header: header, Node: record, Notes: m.notes}, nil
}

// sourceNode is what a figure was told by.
const sourceNode = "node"

// machine is what is read from. Nothing outside the two folders is ever opened, whatever links they hold.
type machine struct {
	proc, sys *os.Root
	own       bool
	notes     []snapshot.Note
}

// open takes a folder for what its flag says if it holds a part that every machine's has.
func open(flag, folder, otherwise, part string) (*os.Root, error) {
	if folder == "" {
		folder = otherwise
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open --%s %s: %w", flag, folder, reason(err))
	}
	if info, err := root.Stat(part); err != nil || !info.IsDir() {
		root.Close()
		return nil, fmt.Errorf("--%s %s holds no folder %s: it is no %s of a Linux machine", flag, folder, part, otherwise)
	}
	return root, nil
}

// unread notes why a part is not known.
func (m *machine) unread(resource, why, format string, values ...any) {
	m.notes = append(m.notes, snapshot.Note{Resource: resource, Reason: why, Detail: fmt.Sprintf(format, values...)})
}

// reason takes operation and path off an error of the file system.
func reason(err error) error {
	if inner, ok := err.(*fs.PathError); ok {
		return inner.Err
	}
	return err
}
