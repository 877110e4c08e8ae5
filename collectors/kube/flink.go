package kube

import (
	"regexp"
	"strconv"
	"strings"

	"plimsoll/assessments/snapshot"
)

// The Flink operator: a job manager and task managers, whose memory is the process's and whose heap Flink works out.
var _ = registerJVM("flink.apache.org", func() JVMResource { return &FlinkResource{} }, "FlinkDeployment")

// FlinkResource is a FlinkDeployment.
type FlinkResource struct {
	Object
	Spec struct {
		Configuration map[string]Loose `json:"flinkConfiguration"`
		JobManager    *flinkPod        `json:"jobManager"`
		TaskManager   *flinkPod        `json:"taskManager"`
	} `json:"spec"`
}

type flinkPod struct {
	Replicas  Int         `json:"replicas"`
	Resource  flinkMemory `json:"resource"` // in the operator's older versions
	Resources struct {
		Requests flinkMemory `json:"requests"`
		Limits   flinkMemory `json:"limits"`
	} `json:"resources"`
}

// flinkMemory is a size as Flink writes it: 2048m are mebibytes, and no thousandths as in a Kubernetes quantity.
type flinkMemory struct {
	Memory Loose `json:"memory"`
}

// setMemory: the process's memory is request and limit alike, where no limit is given apart.
func (p *flinkPod) setMemory(record *snapshot.CustomResource) {
	for _, memory := range []flinkMemory{p.Resource, p.Resources.Requests} {
		if bytes, ok := flinkBytes(memory.Memory.Text); ok {
			record.MemoryLimitBytes, record.MemoryRequestBytes = new(bytes), new(bytes)
		}
	}
	if bytes, ok := flinkBytes(p.Resources.Limits.Memory.Text); ok {
		record.MemoryLimitBytes = new(bytes)
	}
}

func (c *FlinkResource) records() []snapshot.CustomResource {
	var out []snapshot.CustomResource
	for _, role := range []struct {
		name, options string
		pod           *flinkPod
	}{{"jobManager", "env.java.opts.jobmanager", c.Spec.JobManager}, {"taskManager", "env.java.opts.taskmanager", c.Spec.TaskManager}} {
		if role.pod == nil {
			continue
		}
		record := c.section(role.name, role.pod.Replicas, nil)
		role.pod.setMemory(&record)
		if role.name == "jobManager" {
			const key = "jobmanager.memory.heap.size"
			if bytes, ok := flinkBytes(c.Spec.Configuration[key].Text); ok {
				addOption(&record, key, "-Xmx"+strconv.FormatInt(bytes, 10))
			}
		}
		// What is meant for one role stands after what is meant for all, and so wins.
		for _, key := range []string{role.options, "env.java.opts.all", "env.java.opts"} {
			addOption(&record, key, c.Spec.Configuration[key].Text)
		}
		out = append(out, record)
	}
	return out
}

var flinkSize = regexp.MustCompile(`^(\d{1,12})\s*(|b|bytes|k|kb|kibibytes|ki|m|mb|mebibytes|mi|g|gb|gibibytes|gi|t|tb|tebibytes|ti)$`)

// flinkBytes reads a size as Flink does: all units are binary. A Kubernetes quantity with i means the same.
func flinkBytes(text string) (int64, bool) {
	m := flinkSize.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if m == nil {
		return 0, false
	}
	shift := uint(0)
	if m[2] != "" {
		shift = map[byte]uint{'b': 0, 'k': 10, 'm': 20, 'g': 30, 't': 40}[m[2][0]]
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || n <= 0 || n > maxInt>>shift {
		return 0, false
	}
	return n << shift, true
}
