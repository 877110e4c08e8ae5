package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/node"
	"plimsoll/collectors/retry"
)

// shortestPause bounds how often `node --every` reads.
const shortestPause = 10 * time.Second

// nodeFlags are what `node` is told.
type nodeFlags struct {
	options node.Options
	out     string
	every   time.Duration
	redact  redactFlags
	timeout time.Duration
	upload  uploadFlags
	signer  ed25519.PrivateKey // nil: nobody signs
}

func newNode() *cobra.Command {
	f := &nodeFlags{}
	command := &cobra.Command{
		Use:   "node",
		Short: "Take a snapshot of this machine: connection tracking, cgroup version, kernel, processors",
		Long: `Take a snapshot of this machine: connection tracking, cgroup version, kernel, processors.

It reads a dozen files of /proc and /sys, each of one figure, and needs no rights of root. The kernel
shows each network namespace its own connections alone: run it on the host, or in a pod with
hostNetwork (deploy/collector/node-daemonset.yaml). The result is merged into the cluster's by
"plimsoll-collect inspect --merge", or sent with --upload.

With --every and --upload the first is sent after a random part of a tenth of that time, so that
the nodes of a large cluster do not all come at once; what could not be sent is sent anew with the
next reading, and what the server refuses for good ends the program.`,
		Example: `  plimsoll-collect node --out node.plimsoll.gz
  ssh worker-1 plimsoll-collect node --node-name worker-1 > worker-1.plimsoll.gz
  plimsoll-collect inspect --merge cluster.plimsoll.gz worker-1.plimsoll.gz --out whole.plimsoll.gz
  plimsoll-collect node --every 1h --upload https://plimsoll.example --platform ID --token-file token`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return f.run(command) },
	}
	flags := command.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "write the snapshot to `FILE` (default: standard output)")
	flags.StringVar(&f.options.Name, "node-name", "", "the node's `NAME` in Kubernetes (default: NODE_NAME, or the machine's own name)")
	flags.StringVar(&f.options.UID, "node-uid", "", "the node's `UID` in Kubernetes, where it is known (default: NODE_UID)")
	flags.StringVar(&f.options.ClusterUID, "cluster-uid", "", "the `UID` of the cluster's namespace kube-system, where it is known (default: CLUSTER_UID)")
	flags.StringVar(&f.options.Proc, "proc", "/proc", "the `FOLDER` where the machine's /proc is mounted")
	flags.StringVar(&f.options.Sys, "sys", "/sys", "the `FOLDER` where the machine's /sys is mounted")
	flags.BoolVar(&f.options.OwnNetwork, "own-network", false, "the node is itself a container (kind, k3d): this network namespace is its own")
	f.redact.add(command)
	flags.DurationVar(&f.every, "every", 0, "go on, and write the file anew, or send one more, after each `TIME`")
	flags.DurationVar(&f.timeout, "timeout", 5*time.Minute, "give up sending after this `TIME`")
	f.upload.add(command, "upload")
	f.upload.addSign(command)
	return command
}

func (f *nodeFlags) run(command *cobra.Command) error {
	if err := f.complete(); err != nil {
		return err
	}
	target, err := f.upload.target()
	if err != nil {
		return err
	}
	if f.signer, err = f.upload.signingKey(); err != nil {
		return err
	}
	ctx := command.Context()
	if f.every != 0 && target != nil && retry.Pause(ctx, rand.N(f.every/10)) != nil {
		return nil
	}
	for {
		err := f.take(command, target)
		if f.every == 0 || fatal(err) {
			return err
		}
		if err != nil {
			fmt.Fprintf(command.ErrOrStderr(), "%s; the next one is tried in %s\n", sentence(ctx, err), f.every)
		}
		if retry.Pause(ctx, f.every) != nil {
			return nil // ended between two readings, as it is meant to
		}
	}
}

// fatal tells what the next reading does not mend: a file that can't be written, a server that refuses for good.
func fatal(err error) bool {
	var late *unsent
	var refused *refusedForGood
	return err != nil && (!errors.As(err, &late) || errors.As(err, &refused))
}

// unsent is an error of sending.
type unsent struct{ error }

func (u *unsent) Unwrap() error { return u.error }

// complete fills in what was not said, and refuses what can't be.
func (f *nodeFlags) complete() error {
	switch {
	case f.every != 0 && f.every < shortestPause:
		return fmt.Errorf("--every %s is too often: want %s or more", f.every, shortestPause)
	case f.every != 0 && (f.out == "" && f.upload.url == "" || f.out == "-"):
		return errors.New("--every writes a file anew: name it with --out FILE, or say --upload URL")
	}
	o := &f.options
	o.UID, o.ClusterUID = cmp.Or(o.UID, os.Getenv("NODE_UID")), cmp.Or(o.ClusterUID, os.Getenv("CLUSTER_UID"))
	if o.Name = cmp.Or(o.Name, os.Getenv("NODE_NAME")); o.Name == "" {
		name, err := os.Hostname()
		if err != nil {
			return fmt.Errorf("what is this node called? Name it with --node-name NAME: %w", err)
		}
		o.Name = name
	}
	o.Version, o.Build = version, buildDigest()
	return nil
}

func (f *nodeFlags) take(command *cobra.Command, target *upload) error {
	options := f.options
	options.At = time.Now()
	writing, err := f.redact.writing()
	if err != nil {
		return err
	}
	read, err := node.Read(options)
	if err != nil {
		return err
	}
	text, err := snapshotOf(read, f.signer, writing)
	if err != nil {
		return err
	}
	if f.out != "" || target == nil {
		err := writeTo(f.out, command.OutOrStdout(), func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
		if err != nil {
			return err
		}
	}
	stderr := command.ErrOrStderr()
	fmt.Fprintf(stderr, "read node %s: %s\n", plain(read.Node.Name), nodeLine(read.Node))
	printRefused(stderr, read.Notes)
	if f.every == 0 {
		suggest(stderr, f.out)
	}
	if target == nil {
		return nil
	}
	target.renew()
	ctx, cancel := context.WithTimeout(command.Context(), f.timeout)
	defer cancel()
	if err := target.send(ctx, stderr, bytesSource(text)); err != nil {
		return &unsent{keptIn(f.out, err)}
	}
	return nil
}

// snapshotOf is a node's snapshot, a few hundred bytes.
func snapshotOf(read node.Reading, signer ed25519.PrivateKey, writing []snapshot.WriterOption) ([]byte, error) {
	var text bytes.Buffer
	out, err := snapshot.NewWriter(&text, read.Header, writing...)
	if err == nil {
		out.SignWith(signer)
		err = read.Write(out)
	}
	return text.Bytes(), err
}

// nodeLine says the figures that people look for.
func nodeLine(n snapshot.Node) string {
	table := "connection tracking not known"
	if n.Conntrack != nil {
		table = fmt.Sprintf("%d of %d connections tracked", n.Conntrack.Count, n.Conntrack.Max)
	}
	cgroup := "cgroup version not known"
	if n.CgroupVersion != 0 {
		cgroup = fmt.Sprintf("cgroup v%d", n.CgroupVersion)
	}
	return fmt.Sprintf("%s, %s, kernel %s, %d processors", table, cgroup, cmp.Or(n.KernelVersion, "not known"), n.CPUs)
}
