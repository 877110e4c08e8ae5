package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plimsoll/assessments/pseudonym"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
)

// clusterFlags are what `cluster` is told. What chooses the rights stands also in `rbac`.
type clusterFlags struct {
	connection cluster.Connection
	scope      scopeFlags
	out        string
	timeout    time.Duration
	upload     uploadFlags
	redact     redactFlags
	key        *pseudonym.Key // of redaction, while it runs
	clusterID  string
	allOf      bool               // every context of the kubeconfig
	signer     ed25519.PrivateKey // nil: nobody signs
}

// scopeFlags say how much is read.
type scopeFlags struct {
	namespaces []string
	noReleases bool
	apiMetrics bool
	history    bool
	exporters  string
}

func (f *scopeFlags) add(command *cobra.Command) {
	flags := command.Flags()
	flags.StringSliceVarP(&f.namespaces, "namespace", "n", nil, "read only `NAMESPACE` (several: -n A -n B), and the uid of kube-system")
	flags.BoolVar(&f.apiMetrics, "api-metrics", false, "read the API server's /metrics for requests to deprecated APIs, which takes one right more")
	flags.BoolVar(&f.history, "helm-history", false, "decode what Helm keeps of its releases in here: charts, versions, images and keyed hashes leave, never values")
	flags.StringVar(&f.exporters, "node-metrics", "", "ask the node-exporters in `NAMESPACE` for connection tracking, through the API server, which takes the right to get pods/proxy there")
	flags.BoolVar(&f.noReleases, "no-releases", false, "leave out Helm's releases, and with them the right to list Secrets")
}

func (f *scopeFlags) options() cluster.Options {
	return cluster.Options{Namespaces: f.namespaces, WithoutReleases: f.noReleases, HelmHistory: f.history, NodeMetrics: f.exporters, APIMetrics: f.apiMetrics}
}

func newCluster() *cobra.Command {
	f := &clusterFlags{}
	command := &cobra.Command{
		Use:   "cluster",
		Short: "Take a snapshot of a live cluster, by get and list alone",
		Long: `Take a snapshot of a live cluster, by get and list alone.

The cluster is that of the current kubeconfig context, or the one this program runs in. What may
not be read is named in the snapshot, and costs nothing else. "plimsoll-collect rbac" prints the
rights that it can use.`,
		Example: `  plimsoll-collect cluster --out cluster.plimsoll.gz
  plimsoll-collect cluster --context production -n payments -n orders > payments.plimsoll.gz
  plimsoll-collect cluster --all-contexts --out snapshots
  plimsoll-collect cluster --redact-names --redact-key-file names.key --out cluster.plimsoll.gz
  plimsoll-collect cluster --upload https://plimsoll.example --platform ID --token-file token
  plimsoll-collect cluster --out cluster.plimsoll.gz --sign --token-file token   # for a road without a network`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return f.run(command) },
	}
	flags := command.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "write the snapshot to `FILE` (default: standard output)")
	flags.StringVar(&f.connection.Kubeconfig, "kubeconfig", "", "`FILE` to use instead of KUBECONFIG or ~/.kube/config")
	flags.StringVar(&f.connection.Context, "context", "", "`NAME` of the kubeconfig's context (default: its current one)")
	flags.DurationVar(&f.timeout, "timeout", 15*time.Minute, "give up after this `TIME`")
	flags.Float64Var(&f.connection.QPS, "limit-qps", cluster.DefaultQPS, "ask the API server at most `N` times a second")
	flags.StringVar(&f.clusterID, "cluster-id", "", "the `ID` of the cluster, where the uid of kube-system may not be read or shall not leave (default: that uid)")
	flags.BoolVar(&f.allOf, "all-contexts", false, "one snapshot for each context of the kubeconfig, in the folder that --out names")
	f.scope.add(command)
	f.redact.add(command)
	f.upload.add(command, "upload")
	f.upload.addSign(command)
	return command
}

func (f *clusterFlags) run(command *cobra.Command) error {
	keepSmall()
	ctx, cancel := context.WithTimeout(command.Context(), f.timeout)
	defer cancel()
	upload, err := f.upload.target()
	if err != nil {
		return err
	}
	if f.signer, err = f.upload.signingKey(); err != nil {
		return err
	}
	if err := f.prepare(upload != nil); err != nil {
		return err
	}
	if f.allOf {
		return f.runAll(command)
	}
	f.connection.UserAgent = "plimsoll-collect/" + version
	client, err := cluster.Connect(f.connection)
	if err != nil {
		return err
	}
	stderr := command.ErrOrStderr()
	if upload == nil {
		if err := f.collectTo(ctx, command, client, nil); err != nil {
			return err
		}
		suggest(stderr, f.out)
		return nil
	}
	written := false
	err = upload.carry(ctx, stderr, f.out != "", func(ctx context.Context, kept io.Writer) error {
		if f.out == "" {
			return f.collect(ctx, stderr, client, kept)
		}
		err := f.collectTo(ctx, command, client, kept)
		written = err == nil
		return err
	})
	if written {
		return keptIn(f.out, err)
	}
	return err
}

// collectTo writes to --out, and what it writes also to a second place where there is one.
func (f *clusterFlags) collectTo(ctx context.Context, command *cobra.Command, client *cluster.Client, also io.Writer) error {
	return writeTo(f.out, command.OutOrStdout(), func(w io.Writer) error {
		if also != nil {
			w = io.MultiWriter(w, also)
		}
		return f.collect(ctx, command.ErrOrStderr(), client, w)
	})
}

func (f *clusterFlags) collect(ctx context.Context, stderr io.Writer, client *cluster.Client, w io.Writer) error {
	options := f.scope.options()
	options.CollectorVersion, options.CollectorBuild = version, buildDigest()
	options.ClusterID, options.Redact = f.clusterID, f.redaction()
	options.SignWith = f.signer
	progress := newProgress(stderr)
	options.Progress = progress.step
	start := time.Now()
	summary, err := cluster.Collect(ctx, client, options, w)
	progress.clear()
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "read %s: %s (%d requests, %s)\n", client.Host(), counts(summary.Records), summary.Requests, time.Since(start).Round(10*time.Millisecond))
	printRefused(stderr, summary.Refused)
	return nil
}

// countedKinds are what people know their cluster by.
var countedKinds = []struct {
	kind snapshot.Kind
	one  string
	many string
}{
	{snapshot.KindNode, "node", "nodes"},
	{snapshot.KindNamespace, "namespace", "namespaces"},
	{snapshot.KindWorkload, "workload", "workloads"},
	{snapshot.KindService, "service", "services"},
	{snapshot.KindRelease, "release revision", "release revisions"},
}

func counts(records map[snapshot.Kind]int) string {
	var parts []string
	for _, counted := range countedKinds {
		switch n := records[counted.kind]; n {
		case 0:
		case 1:
			parts = append(parts, "1 "+counted.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, counted.many))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// printRefused lists what could not be read, each kind once.
func printRefused(w io.Writer, notes []snapshot.Note) {
	var lines []string
	for _, note := range notes {
		line := fmt.Sprintf("  %s: %s", note.Resource, note.Detail)
		if note.Namespace != "" {
			line = fmt.Sprintf("  %s in %s: %s", note.Resource, note.Namespace, note.Detail)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	if lines = slices.Compact(lines); len(lines) == 0 {
		return
	}
	fmt.Fprintln(w, "not read, so the assessment will not know it:")
	for _, line := range lines {
		fmt.Fprintln(w, line)
	}
}

func suggest(w io.Writer, out string) {
	if out != "" && out != "-" {
		fmt.Fprintf(w, "written to %s; see what is in it: plimsoll-collect inspect %s\n", out, out)
	}
}

// progress shows on a terminal what is being read.
type progress struct{ w io.Writer }

func newProgress(w io.Writer) progress {
	if isTerminal(w) {
		return progress{w}
	}
	return progress{}
}

const clearLine = "\r\x1b[K"

func (p progress) step(name string) {
	if p.w != nil {
		fmt.Fprintf(p.w, "%sreading %s …", clearLine, name)
	}
}

func (p progress) clear() {
	if p.w != nil {
		fmt.Fprint(p.w, clearLine)
	}
}
