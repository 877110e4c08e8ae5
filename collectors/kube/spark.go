package kube

import (
	"regexp"
	"strconv"

	"plimsoll/assessments/snapshot"
)

// The Spark operator: a driver and executors, each with a heap that Spark turns into -Xmx.
var (
	_ = registerJVM("sparkoperator.k8s.io", func() JVMResource { return &SparkResource{} }, "SparkApplication")
	_ = registerJVM("sparkoperator.k8s.io", func() JVMResource { return &ScheduledSparkResource{} }, "ScheduledSparkApplication")
)

// SparkResource is a SparkApplication.
type SparkResource struct {
	Object
	Spec sparkSpec `json:"spec"`
}

// ScheduledSparkResource is a ScheduledSparkApplication: a template of applications.
type ScheduledSparkResource struct {
	Object
	Spec struct {
		Template sparkSpec `json:"template"`
	} `json:"spec"`
}

type sparkSpec struct {
	Version  Loose            `json:"sparkVersion"`
	Conf     map[string]Loose `json:"sparkConf"`
	Driver   *sparkPod        `json:"driver"`
	Executor *sparkPod        `json:"executor"`
}

type sparkPod struct {
	Instances   Int   `json:"instances"`
	Memory      Loose `json:"memory"`
	Overhead    Loose `json:"memoryOverhead"`
	JavaOptions Loose `json:"javaOptions"`
}

func (c *SparkResource) records() []snapshot.CustomResource { return sparkRecords(&c.Object, &c.Spec) }

func (c *ScheduledSparkResource) records() []snapshot.CustomResource {
	return sparkRecords(&c.Object, &c.Spec.Template)
}

func sparkRecords(o *Object, s *sparkSpec) []snapshot.CustomResource {
	var out []snapshot.CustomResource
	for _, role := range []struct {
		name string
		pod  *sparkPod
	}{{"driver", s.Driver}, {"executor", s.Executor}} {
		if role.pod == nil {
			continue
		}
		record := o.section(role.name, role.pod.Instances, nil)
		addSize(&record, "memory", "-Xmx", role.pod.Memory.Text)
		addOption(&record, "javaOptions", role.pod.JavaOptions.Text)
		conf := "spark." + role.name + ".extraJavaOptions"
		addOption(&record, conf, s.Conf[conf].Text)
		addVersion(&record, "sparkVersion", s.Version)
		setSparkMemory(&record, role.pod)
		out = append(out, record)
	}
	return out
}

// setSparkMemory: Spark asks for heap and overhead, as request and limit alike. Without a stated overhead its size hangs on the
// kind of job, and is left open.
func setSparkMemory(record *snapshot.CustomResource, pod *sparkPod) {
	heap, ok := sparkBytes(pod.Memory.Text, "")
	overhead, stated := sparkBytes(pod.Overhead.Text, "m")
	if ok && stated && heap+overhead <= maxInt {
		record.MemoryLimitBytes, record.MemoryRequestBytes = new(heap+overhead), new(heap+overhead)
	}
}

var sparkSize = regexp.MustCompile(`^(\d{1,9})([kKmMgGtT]?)[bB]?$`)

// sparkBytes reads a size as Spark does: 512m, 2g; plain figures have a unit of their field's own.
func sparkBytes(text, plain string) (int64, bool) {
	m := sparkSize.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	unit := m[2]
	if unit == "" {
		unit = plain
	}
	shift, known := map[string]uint{"k": 10, "K": 10, "m": 20, "M": 20, "g": 30, "G": 30, "t": 40, "T": 40}[unit]
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || !known || n > maxInt>>shift {
		return 0, false
	}
	return n << shift, true
}
