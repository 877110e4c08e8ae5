// Package jvm holds the rules on Java in containers: which Java runs, whether it sees the container's limits, and whether heap
// and limit fit together.
package jvm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

// Register adds the pillar's rules.
func Register(r *assessments.Registry) {
	r.Register(version, containerAwareness, cgroupV2, obsoleteFlags, heapExplicit, heapHeadroom, memoryLimit, memoryRequest,
		optionsConflict, cpuBudget, oomKilled, outOfMemoryExit)
}

const (
	noJVM      = "nothing points at a JVM here"
	perhapsJVM = "a variable or the image hints at Java, and neither image nor command tells whether a JVM runs here"

	containersSource = "Java and containers, by version: reference file java-containers (openjdk/jdk11u, Red Hat Developer, OpenJ9 documentation)"
	imagesSource     = "Image families and bundled JDKs: reference file java-images"
	variablesSource  = "Who reads which variable: reference file java-environment"
	reportSource     = "The field report that Plimsoll starts from: Java 11 or later, limit = heap + 1 GB"
)

// overJVMs judges every container and sidecar that runs a JVM; others do not apply.
func overJVMs(v assessments.View, judge func(*facts.Container, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	return rules.Containers(v, rules.WithoutSystem, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
		if c.Java == nil {
			return o.NotApplicable(noJVM)
		}
		return judge(c, o)
	})
}

// hinted reports whether only a variable hints at a JVM: such a container is never failed.
func hinted(j *facts.Java) bool { return j.Certainty == facts.PerhapsJava && j.Product == "" }

// perhaps is the outcome of a container that only hints at a JVM. Where it serves alone, what a person says of its workload is said
// of it, and is asked for.
func perhaps(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	if !c.Alone() {
		return o.Unknown(perhapsJVM)
	}
	return o.UnknownUntil(facts.JavaVersionKey, perhapsJVM)
}

// askVersion is the outcome of a JVM whose version decides and is not known well enough.
func askVersion(o assessments.Outcome, reason string) assessments.Outcome {
	return o.UnknownUntil(facts.JavaVersionKey, reason)
}

// jvmHeap is a JVM with the memory that it may use: a container, or a section of a custom resource.
type jvmHeap struct {
	java         *facts.Java
	namespace    string
	limitBytes   *int64
	requestBytes *int64 // after the API's default
	unreadable   bool   // resources are placeholders
	wholePod     bool   // resources are set for the pod
	operator     string // that sets memory by itself where the resource says nothing; empty: none does
	patch        func(resources patch.Fields) string
}

// memory is the heap as the budget's calculator takes it.
func (h jvmHeap) memory() heap.JVM {
	return heap.JVM{Java: h.java, MemoryLimitBytes: h.limitBytes, MemoryRequestBytes: h.requestBytes}
}

func (h jvmHeap) patchMemory(quantity string) string { return h.patch(limits(quantity)) }

// choices are what an organization chose, for the budget's calculator.
func choices(settings assessments.Settings) heap.Options {
	return heap.Options{FlatHeadroom: settings.FlatHeadroom}
}

// overHeaps judges the heaps of containers and of custom resources that start JVMs.
func overHeaps(v assessments.View, judge func(jvmHeap, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	outcomes := overJVMs(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
		return judge(heapOf(c), o)
	})
	for _, custom := range v.Custom {
		o := assessments.AboutCustomResource(custom)
		if custom.System {
			o = o.NotApplicable(rules.SystemReason)
		} else {
			o = judge(heapOfResource(custom), o)
		}
		outcomes = append(outcomes, o)
	}
	return rules.WithUnlistedCustom(v, "", outcomes)
}

func heapOf(c *facts.Container) jvmHeap {
	return jvmHeap{
		java: c.Java, namespace: c.Workload.Namespace, limitBytes: c.MemoryLimitBytes, requestBytes: c.EffectiveMemoryRequestBytes(),
		unreadable: c.ResourcesUnreadable, wholePod: c.Workload.PodLevelResources,
		patch: func(resources patch.Fields) string {
			return patch.Container(c, patch.Field{Key: "resources", Value: resources})
		},
	}
}

func heapOfResource(c *facts.CustomResource) jvmHeap {
	return jvmHeap{
		java: c.Java, namespace: c.Namespace, limitBytes: c.MemoryLimitBytes, requestBytes: cmp.Or(c.MemoryRequestBytes, c.MemoryLimitBytes),
		operator: memorySetter(c),
		patch:    func(resources patch.Fields) string { return patchResource(c, resources) },
	}
}

// memorySetter names the operator that works requests and limits out where the resource states none.
func memorySetter(c *facts.CustomResource) string {
	switch group, _, _ := strings.Cut(c.APIVersion, "/"); group {
	case "sparkoperator.k8s.io":
		return "Spark"
	case "flink.apache.org":
		return "Flink"
	case "elasticsearch.k8s.elastic.co", "logstash.k8s.elastic.co":
		return "ECK"
	}
	return ""
}

// patchResource sets the resources of a section where its kind keeps them. Kinds that keep sections in a list, or that work the
// memory out themselves, get no patch: a merge would put the list's other entries away.
func patchResource(c *facts.CustomResource, resources patch.Fields) string {
	field := patch.Field{Key: "resources", Value: resources}
	switch group, _, _ := strings.Cut(c.APIVersion, "/"); {
	case group == "kafka.strimzi.io" && c.Section != "":
		field = patch.Field{Key: c.Section, Value: patch.Fields{field}}
	case group == "kafka.strimzi.io", group == "cassandra.datastax.com":
	case group == "platform.confluent.io":
		field = patch.Field{Key: "podTemplate", Value: patch.Fields{field}}
	case group == "druid.apache.org":
		field = patch.Field{Key: "nodes", Value: patch.Fields{{Key: c.Section, Value: patch.Fields{field}}}}
	default:
		return ""
	}
	return patch.Object(c.APIVersion, c.ObjectKind, c.Namespace, c.Name, field)
}

// leastHeapMebibytes: with less no application of use runs, and none is advised to.
const leastHeapMebibytes = 16

// heapWithin is the largest heap in MiB that leaves a limit its headroom, and whether it is of any use.
func heapWithin(limitBytes int64, settings assessments.Settings) (mebibytes int64, useful bool) {
	mebibytes = heap.LargestHeapBytes(limitBytes, choices(settings)) >> 20
	return mebibytes, mebibytes >= leastHeapMebibytes
}

func limits(quantity string) patch.Fields {
	return patch.Fields{{Key: "limits", Value: patch.Fields{{Key: "memory", Value: quantity}}}}
}

// quantity writes bytes as a Kubernetes quantity, rounded up to whole Mi.
func quantity(bytes int64) string {
	const mib, gib = 1 << 20, 1 << 30
	if bytes%gib == 0 {
		return fmt.Sprintf("%dGi", bytes/gib)
	}
	return fmt.Sprintf("%dMi", (bytes+mib-1)/mib)
}

func limitText(bytes *int64) string {
	if bytes == nil {
		return "none"
	}
	return heap.Size(*bytes)
}

// javaEvidence says which Java runs and where that was read.
func javaEvidence(j *facts.Java) assessments.Evidence {
	text := j.Version.String()
	if j.VersionSource != "" {
		text += ", by " + j.VersionSource
	}
	if j.VM == string(reference.OpenJ9) {
		text += ", OpenJ9"
	}
	return assessments.Evidence{What: "Java", Value: text}
}

// addFlags patches the variable that every JVM reads, where nothing stands in it yet: what it may hold today is not all known,
// and a patch would put it away. Empty where it is taken. Where options could not be read no rule comes to a finding that adds any.
func addFlags(c *facts.Container, flags ...string) string {
	if slices.Contains(c.EnvironmentNames, toolOptions) {
		return ""
	}
	return patch.Container(c, patch.Field{Key: "env", Value: []patch.Fields{{
		{Key: "name", Value: toolOptions}, {Key: "value", Value: strings.Join(flags, " ")},
	}}})
}

// optionText is an option with its place.
func optionText(option facts.JavaOption) string { return option.Raw + " in " + option.Source }
