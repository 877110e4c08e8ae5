package cluster

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

// Options of a collection. The zero value takes everything that is read by default, of all namespaces.
type Options struct {
	Namespaces       []string // only these; empty: all
	WithoutReleases  bool     // leave Helm's storage alone, and so the right to list Secrets
	HelmHistory      bool     // read the data of Helm's Secrets and ConfigMaps, which the right to list them covers
	NodeMetrics      string   // the namespace of the node-exporter to ask for connection tracking, through the API server; empty: none is asked
	APIMetrics       bool     // read /metrics for requests to deprecated APIs, which takes the right to get it
	PageSize         int      // objects a request; 0: DefaultPageSize
	CollectorVersion string
	CollectorBuild   string
	SignWith         ed25519.PrivateKey // signs the snapshot; nil: nobody does
	TakenAt          time.Time          // zero: now
	HashKey          []byte             // of the node addresses' hashes; empty: random, and forgotten with the collection
	Progress         func(step string)

	ClusterID string                                // stands for the uid of kube-system; empty: as the cluster says it
	Redact    func(snapshot.Record) snapshot.Record // every record passes it before it is written; nil: as they are
}

// Summary says what a collection was like, for the person at the terminal.
type Summary struct {
	Records  map[snapshot.Kind]int
	Refused  []snapshot.Note // what could not be read
	Requests int
}

// scope are the namespaces to ask for a kind in; "" asks for all at once.
func (o Options) scope(k kind) []string {
	if k.clusterWide || len(o.Namespaces) == 0 {
		return []string{""}
	}
	return o.Namespaces
}

// collection is one snapshot in the making: what must be held until the joins are made. What can be written at once is, and the order
// of the steps (run) has what is large wait for nothing.
type collection struct {
	client  *Client
	options Options
	allowed allowed
	out     *snapshot.Writer
	records map[snapshot.Kind]int

	cluster   snapshot.Cluster
	texts     *kube.Texts // of all tables
	nodes     *nodeTable
	spaces    kube.NamespaceFacts
	signs     signs
	workloads *workloadTable
	targets   kube.Targets
	endpoints kube.EndpointsTable
	system    systemParts
	uses      kube.APIUses
	backups   kube.Backups
	events    *eventTable

	systemLabels map[string]string // of kube-system; nil where it could not be read

	fabric kube.Fabric

	configurationRead bool // the ConfigMaps of kube-system were read, or are not there
	metricsRead       bool // the API server's own metrics were
}

// Collect writes a snapshot of the cluster to w. It goes on past whatever the cluster refuses; an error means that there is no
// snapshot, and what was written of it must be thrown away.
func Collect(ctx context.Context, client *Client, options Options, w io.Writer) (Summary, error) {
	c := &collection{client: client, options: options.complete(), records: map[snapshot.Kind]int{}}
	c.allowed = newAllowed()
	c.texts = &kube.Texts{}
	c.targets.Texts, c.endpoints.Texts = c.texts, c.texts
	c.nodes = newNodeTable(c.options.HashKey, c.texts)
	c.workloads = newWorkloadTable(c.texts)
	c.events = newEventTable(c.texts)
	err := c.run(ctx, w)
	if err != nil && (errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.Is(err, ErrTime)) {
		err = ErrTime
	}
	return Summary{Records: c.records, Refused: c.allowed.notes, Requests: int(client.requests.Load())}, err
}

func (o Options) complete() Options {
	o.Namespaces = slices.Compact(slices.Sorted(slices.Values(o.Namespaces)))
	o.PageSize = cmp.Or(o.PageSize, DefaultPageSize)
	o.CollectorVersion = cmp.Or(o.CollectorVersion, "development")
	if o.TakenAt.IsZero() {
		o.TakenAt = time.Now().UTC().Truncate(time.Second)
	}
	if len(o.HashKey) == 0 {
		o.HashKey = make([]byte, 32)
		_, _ = rand.Read(o.HashKey) // never fails
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	return o
}

// run does one step after the other; each leaves what the later ones join. Pods are summed up before the workloads that they belong to
// are read, so that a workload is written with its sum and let go of, and what services and budgets select is known when they come.
func (c *collection) run(ctx context.Context, w io.Writer) error {
	if err := c.begin(ctx, w); err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"namespaces", c.readNamespaces},
		{"autoscalers", c.readAutoscalers},
		{"storage", c.readStorage},
		{"admission webhooks", c.readWebhooks},
		{"ingresses", c.readIngresses},
		{"backups", c.readBackups},
		{"custom resources", c.readCustomResources},
		{"custom resource definitions", c.readDefinitions},
		{"releases", c.readReleases},
		{"events", c.readEvents},
		{"nodes", c.readNodes},
		{"node metrics", c.readNodeMetrics},
		{"network", c.readFabric},
		{"replica sets and jobs", c.readOwned},
		{"pods", c.readPods},
		{"workloads", c.readWorkloads},
		{"endpoints", c.readEndpoints},
		{"services", c.readServices},
		{"disruption budgets", c.readBudgets},
	} {
		c.options.Progress(step.name)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("read %s: %w", step.name, err)
		}
	}
	return c.finish()
}

// begin finds out what can be read and writes the header.
func (c *collection) begin(ctx context.Context, w io.Writer) error {
	version, err := c.client.version(ctx)
	if err != nil {
		return err
	}
	c.cluster.ServerVersion = version
	c.signs.version(version)
	has, err := c.client.groups(ctx)
	if err != nil {
		return err
	}
	c.signs.groups(has)
	if err := c.readSystemNamespace(ctx); err != nil {
		return err
	}
	if err := c.probe(ctx, has); err != nil {
		return err
	}
	c.options.Progress("configuration")
	if err := c.readConfiguration(ctx); err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	if err := c.readMetrics(ctx); err != nil {
		return err
	}
	c.out, err = snapshot.NewWriter(w, snapshot.Header{
		CollectorVersion: c.options.CollectorVersion, CollectorBuild: c.options.CollectorBuild,
		Source: snapshot.SourceCluster, TakenAt: c.options.TakenAt, PlatformUID: c.cluster.UID,
		Scope: snapshot.Scope{Namespaces: c.options.Namespaces, Refused: c.allowed.unread(c.options.scope(pods)), Collected: c.collected()},
	}, snapshot.Through(c.options.Redact))
	return err
}

// finish writes what could be written only now that everything was seen.
func (c *collection) finish() error {
	for _, write := range []func() error{c.writeCluster, c.writeNamespaces, c.writeBackups, c.writeEvents, c.writeUses, c.writeNotes} {
		if err := write(); err != nil {
			return err
		}
	}
	c.out.SignWith(c.options.SignWith)
	return c.out.Close()
}

// write writes a record. One that the format refuses, such as a name of a kilobyte, becomes a note and costs no other.
func (c *collection) write(record snapshot.Record) error {
	err := c.out.Write(record)
	if bad := (*snapshot.Error)(nil); errors.As(err, &bad) {
		c.allowed.notes = append(c.allowed.notes, snapshot.Note{Reason: reasonSkipped, Detail: bad.Field + " is beyond the format's bounds"})
		return nil
	}
	if err == nil {
		c.records[record.RecordKind()]++
	}
	return err
}

func (c *collection) writeNotes() error {
	for _, note := range c.allowed.notes {
		if err := c.write(note); err != nil {
			return err
		}
	}
	return nil
}

// each reads a kind in every namespace of the scope. What is refused is noted, also where it is refused in the middle.
func each[T any](ctx context.Context, c *collection, k kind, read reader[T], visit func(T) error) error {
	return eachNarrow(ctx, c, k, read.narrow(), visit)
}

func eachNarrow[T any](ctx context.Context, c *collection, k kind, read narrowReader[T], visit func(T) error) error {
	version := c.allowed.versions[k.resourceName()]
	if version == "" {
		return nil
	}
	for _, namespace := range c.options.scope(k) {
		if !c.allowed.may(k.resourceName(), namespace) {
			continue
		}
		l := listing{path: k.path(version, namespace), sieve: k.sieve, narrow: k.narrow, accept: acceptJSON, pageSize: c.pageSize(k)}
		if err := listOf(ctx, c, k.resourceName(), namespace, l, read, noting(c, k, visit)); err != nil {
			return err
		}
	}
	return nil
}

func eachOf[T any](ctx context.Context, c *collection, resource, namespace string, l listing, read reader[T], visit func(T) error) error {
	return listOf(ctx, c, resource, namespace, l, read.narrow(), visit)
}

func listOf[T any](ctx context.Context, c *collection, resource, namespace string, l listing, read narrowReader[T], visit func(T) error) error {
	bad, err := list(ctx, c.client, l, read, visit)
	if bad > 0 {
		c.allowed.notes = append(c.allowed.notes, snapshot.Note{Resource: c.allowed.nameOf(resource), Namespace: namespace, Reason: reasonSkipped,
			Detail: fmt.Sprintf("%d objects could not be decoded", bad)})
	}
	if isRefusal(err) {
		c.allowed.refuse(noteOf(resource, namespace, err))
		return nil
	}
	if err != nil {
		return fmt.Errorf("list %s: %w", resource, err)
	}
	return nil
}
