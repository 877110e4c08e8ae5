package cluster

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/kube"
)

const (
	metricsPath = "/metrics"
	apiMetrics  = "api-metrics" // its name among snapshot.Resources
	acceptText  = "text/plain"

	requestedMetric = "apiserver_requested_deprecated_apis"
	startMetric     = "process_start_time_seconds"

	metricsBytes = 256 << 20 // a large cluster's server shows some tens of MiB
	metricLine   = 1 << 20
	metricUses   = 10_000 // deprecated versions; Kubernetes has had some hundreds
)

func (c *collection) pageSize(k kind) int {
	if k.mostOnPage > 0 {
		return min(k.mostOnPage, c.options.PageSize)
	}
	return c.options.PageSize
}

// noting looks at each listed object for the versions that it was applied and written by, before it is visited. Extensions are
// no matter of Kubernetes' versions, and the names of their objects stay where they are.
func noting[T any](c *collection, k kind, visit func(T) error) func(T) error {
	if k.silent || k.optional {
		return visit
	}
	return func(item T) error {
		if object, ok := any(item).(interface{ Metadata() *kube.Meta }); ok {
			c.uses.Add(k.object, k.resource, object.Metadata())
		}
		return visit(item)
	}
}

func (c *collection) readDefinitions(ctx context.Context) error {
	return each(ctx, c, definitions, whole[kube.CustomResourceDefinition], func(d *kube.CustomResourceDefinition) error {
		return c.write(kube.CRDRecord(d))
	})
}

func (c *collection) writeUses() error {
	for _, use := range c.uses.Records() {
		if err := c.write(use); err != nil {
			return err
		}
	}
	return nil
}

// readMetrics asks the API server which deprecated versions it was asked for since it started. Of several servers one answers.
func (c *collection) readMetrics(ctx context.Context) error {
	if !c.options.APIMetrics {
		return nil
	}
	body, err := c.client.get(ctx, metricsPath, nil, acceptText)
	if isRefusal(err) {
		note := noteOf(apiMetrics, "", err)
		if note.Reason == reasonForbidden {
			note.Detail = "no right to get " + metricsPath
		}
		c.allowed.refuse(note)
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", metricsPath, err)
	}
	defer body.Close()
	if err := c.scanMetrics(body); err != nil {
		c.allowed.refuse(snapshot.Note{Resource: apiMetrics, Reason: reasonRefused, Detail: "the answer broke off or is no text of metrics"})
		return nil
	}
	c.metricsRead = true
	return nil
}

func (c *collection) scanMetrics(body io.Reader) error {
	bounded := &io.LimitedReader{R: body, N: metricsBytes}
	scanner := bufio.NewScanner(bounded)
	scanner.Buffer(make([]byte, 0, 64<<10), metricLine)
	uses := 0
	for scanner.Scan() {
		name, labels, value, ok := metricOf(scanner.Text())
		switch {
		case !ok:
		case name == startMetric && value > 0 && value < math.MaxInt32*2:
			at := time.Unix(int64(value), 0).UTC()
			c.cluster.APIServerStartedAt = &at
		case name == requestedMetric && value > 0 && labels["version"] != "" && uses < metricUses:
			uses++
			c.uses.Request(labels["group"], labels["version"], labels["resource"])
		}
	}
	if bounded.N == 0 {
		return io.ErrShortBuffer
	}
	return scanner.Err()
}

// metricOf reads a line of one of the two metrics; any other line is not worth the work.
func metricOf(line string) (name string, labels map[string]string, value float64, ok bool) {
	if !strings.HasPrefix(line, requestedMetric) && !strings.HasPrefix(line, startMetric) {
		return "", nil, 0, false
	}
	head, text, found := strings.Cut(line, " ")
	if !found {
		return "", nil, 0, false
	}
	name, inner, _ := strings.Cut(strings.TrimSuffix(head, "}"), "{")
	value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return "", nil, 0, false
	}
	labels = map[string]string{}
	for pair := range strings.SplitSeq(inner, ",") {
		if key, quoted, found := strings.Cut(pair, "="); found && len(quoted) < 512 {
			labels[key] = strings.Trim(quoted, `"`)
		}
	}
	return name, labels, value, true
}
