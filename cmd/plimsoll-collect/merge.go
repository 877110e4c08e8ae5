package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"plimsoll/assessments/snapshot"
)

// nodeLimits bound a node's snapshot: of thousands, each is a few lines.
func nodeLimits() snapshot.Limits {
	return snapshot.Limits{CompressedBytes: 1 << 20, ExpandedBytes: 4 << 20, LineBytes: 64 << 10, Records: 1000}
}

// merge writes a cluster's snapshot with the figures of its nodes in it.
func merge(command *cobra.Command, cluster string, nodes []string, out string) error {
	if len(nodes) == 0 {
		return errors.New("what is to be merged? Name the cluster's snapshot, then those of its nodes")
	}
	stderr := command.ErrOrStderr()
	var readings snapshot.NodeReadings
	var remarks []string
	for _, name := range nodes {
		more, err := addNode(&readings, name)
		if err != nil {
			return err
		}
		remarks = append(remarks, more...)
	}
	file, err := os.Open(cluster)
	if err != nil {
		return fmt.Errorf("read %s: %w", cluster, cause(err))
	}
	defer file.Close()
	var done snapshot.Merged
	err = writeTo(out, command.OutOrStdout(), func(w io.Writer) error {
		if done, err = readings.Merge(w, file, snapshot.DefaultLimits()); err != nil {
			return fmt.Errorf("merge into %s: %w", cluster, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "merged into %s: %s of %d\n", cluster, nodesOf(done.Nodes), len(nodes))
	for _, remark := range append(remarks, done.Remarks...) {
		fmt.Fprintf(stderr, "  %s\n", plain(remark))
	}
	suggest(stderr, out)
	return nil
}

func nodesOf(n int) string {
	if n == 1 {
		return "1 node"
	}
	return fmt.Sprintf("%d nodes", n)
}

func addNode(readings *snapshot.NodeReadings, name string) ([]string, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, cause(err))
	}
	defer file.Close()
	return readings.Add(name, file, nodeLimits())
}
