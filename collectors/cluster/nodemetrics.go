package cluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
	"plimsoll/collectors/retry"
)

const (
	nodeMetrics      = "node-metrics"
	exporterImage    = "node-exporter"
	exporterPort     = 9100
	exporterBytes    = 8 << 20 // of one answer: many times what an exporter with all its collectors says
	exporterTimeout  = 15 * time.Second
	exporterFailures = 5 // in a row, after which the others are not asked
)

// withNodeMetrics adds what --node-metrics takes: to reach pods of one namespace through the API server. Kubernetes can't narrow that
// down to a port or a label.
func withNodeMetrics(grants []Grant, namespace string) []Grant {
	rule := Rule{Resources: []string{"pods/proxy"}, Verbs: []string{"get"},
		Why: "connection tracking of the nodes, from node-exporter's /metrics through the API server (--node-metrics).\nIt reaches any port of any pod of this namespace, by GET alone."}
	for i := range grants {
		if grants[i].Namespace == namespace {
			grants[i].Rules = append(grants[i].Rules, rule)
			return grants
		}
	}
	return append(grants, Grant{Namespace: namespace, Rules: []Rule{rule}})
}

// exporter is a pod of node-exporter, and how it is reached.
type exporter struct{ pod, node, target string }

// readNodeMetrics asks the node-exporter of each node for its connection tracking table. What does not answer is a note, and the rest goes on.
func (c *collection) readNodeMetrics(ctx context.Context) error {
	namespace := c.options.NodeMetrics
	if namespace == "" {
		return nil
	}
	found, err := c.findExporters(ctx, namespace)
	if err != nil {
		return err
	}
	missed, row := 0, 0
	var last error
	for i, e := range found {
		table, err := c.askExporter(ctx, namespace, e)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			missed, row, last = missed+1, row+1, err
			if isForbidden(err) || row == exporterFailures {
				missed += len(found) - i - 1
				break
			}
			continue
		}
		row = 0
		c.nodes.track(e.node, table)
	}
	c.noteExporters(namespace, len(found), missed, last)
	return nil
}

func (c *collection) noteExporters(namespace string, found, missed int, last error) {
	note := snapshot.Note{Resource: nodeMetrics, Namespace: namespace, Reason: reasonRefused}
	switch {
	case found == 0:
		note.Reason, note.Detail = reasonAbsent, "no pod of node-exporter with a port was seen in the namespace"
	case missed == 0:
		return
	case isForbidden(last):
		note.Reason, note.Detail = reasonForbidden, "no right to get pods/proxy in the namespace"
	default:
		note.Detail = fmt.Sprintf("%d of %d node-exporters did not tell: %s", missed, found, reasonOfExporter(last))
	}
	c.allowed.notes = append(c.allowed.notes, note)
}

func isForbidden(err error) bool {
	refused := (*refusal)(nil)
	return errors.As(err, &refused) && refused.Code == http.StatusForbidden
}

// reasonOfExporter says why without what the other side wrote.
func reasonOfExporter(err error) string {
	refused, unknown := (*refusal)(nil), (*stranger)(nil)
	switch {
	case errors.As(err, &refused):
		return fmt.Sprintf("the last answer was %d", refused.Code)
	case errors.As(err, &unknown):
		return "the last answer was 401"
	case errors.Is(err, errNoTable):
		return errNoTable.Error()
	}
	return "the last one did not answer"
}

// findExporters lists the pods of a namespace and takes those that run node-exporter's image, each node's first.
func (c *collection) findExporters(ctx context.Context, namespace string) ([]exporter, error) {
	var found []exporter
	seen := map[string]bool{}
	l := listing{path: pods.path("v1", namespace), sieve: pods.sieve, accept: acceptJSON, pageSize: c.pageSize(pods)}
	err := eachOf(ctx, c, pods.resourceName(), namespace, l, whole[kube.Pod], func(p *kube.Pod) error {
		if e, is := exporterOf(p); is && !seen[e.node] && c.nodes.of(e.node) != nil {
			seen[e.node] = true
			found = append(found, e)
		}
		return nil
	})
	return found, err
}

// exporterOf tells a pod of node-exporter by its image, and its port by name or number. A port that is named https is asked so.
func exporterOf(p *kube.Pod) (exporter, bool) {
	if isOver(p) || p.Spec.NodeName == "" || p.Meta.Name == "" {
		return exporter{}, false
	}
	runs := false
	var port kube.ContainerPort
	for i := range p.Spec.Containers {
		container := &p.Spec.Containers[i]
		path, _, _ := strings.Cut(kube.ContainerImage(container), "@")
		name := path[strings.LastIndexByte(path, '/')+1:]
		name, _, _ = strings.Cut(name, ":")
		runs = runs || name == exporterImage
		for _, stated := range container.Ports {
			if stated.Number.Value == exporterPort || name == exporterImage && port.Number.Value == 0 {
				port = stated
			}
		}
	}
	if !runs || port.Number.Value <= 0 || port.Number.Value > math.MaxUint16 {
		return exporter{}, false
	}
	target := p.Meta.Name + ":" + strconv.FormatInt(int64(port.Number.Value), 10)
	if strings.HasPrefix(port.Name, "https") {
		target = "https:" + target
	}
	return exporter{pod: p.Meta.Name, node: p.Spec.NodeName, target: target}, true
}

// askExporter reads one exporter's metrics through the API server's proxy. It is asked once, and once more where the server wants time.
func (c *collection) askExporter(ctx context.Context, namespace string, e exporter) (snapshot.Conntrack, error) {
	ctx, cancel := context.WithTimeout(ctx, exporterTimeout)
	defer cancel()
	path := "/api/v1/namespaces/" + namespace + "/pods/" + e.target + "/proxy/metrics"
	body, wait, err := c.client.ask(ctx, path, nil, acceptText)
	if refused := (*refusal)(nil); errors.As(err, &refused) && refused.Code == http.StatusTooManyRequests {
		if err := retry.Pause(ctx, max(wait, time.Second)); err != nil {
			return snapshot.Conntrack{}, err
		}
		body, _, err = c.client.ask(ctx, path, nil, acceptText)
	}
	if err != nil {
		return snapshot.Conntrack{}, err
	}
	defer body.Close()
	return conntrackOf(body)
}

var errNoTable = errors.New("its answer has no figures of connection tracking")

// conntrackOf reads the few metrics that are needed out of the text format of Prometheus; all other lines are passed over.
func conntrackOf(body io.Reader) (snapshot.Conntrack, error) {
	bounded := &io.LimitedReader{R: body, N: exporterBytes}
	scanner := bufio.NewScanner(bounded)
	scanner.Buffer(make([]byte, 0, 4<<10), metricLine)
	figures := map[string]int64{}
	for scanner.Scan() {
		name, text, found := strings.Cut(scanner.Text(), " ")
		if !found || !slices.Contains(conntrackMetrics, name) {
			continue
		}
		text, _, _ = strings.Cut(strings.TrimSpace(text), " ") // a time may follow
		value, err := strconv.ParseFloat(text, 64)
		if err == nil && value >= 0 && value <= snapshot.MaxInteger {
			figures[name] = int64(value)
		}
	}
	if err := scanner.Err(); err != nil || bounded.N == 0 {
		return snapshot.Conntrack{}, errNoTable
	}
	count, counted := figures[conntrackMetrics[0]]
	most, known := figures[conntrackMetrics[1]]
	if !counted || !known || most == 0 {
		return snapshot.Conntrack{}, errNoTable
	}
	table := snapshot.Conntrack{Count: count, Max: most, Source: exporterImage}
	if failed, has := figures[conntrackMetrics[2]]; has {
		table.InsertFailed = &failed
	}
	if dropped, has := figures[conntrackMetrics[3]]; has {
		table.Dropped = &dropped
	}
	return table, nil
}

// conntrackMetrics are node-exporter's names for entries, their limit, and two counters since the node started.
var conntrackMetrics = []string{"node_nf_conntrack_entries", "node_nf_conntrack_entries_limit", "node_nf_conntrack_stat_insert_failed", "node_nf_conntrack_stat_drop"}

// track gives a node its connection tracking table.
func (t *nodeTable) track(name string, table snapshot.Conntrack) {
	if n := t.of(name); n != nil {
		n.record.Conntrack = &table
	}
}
