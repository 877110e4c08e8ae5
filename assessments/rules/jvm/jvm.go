// Package jvm holds the rules on Java in containers: which Java runs, whether it sees the container's limits, and whether heap
// and limit fit together.
package jvm

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

// Register adds the pillar's rules.
func Register(r *assessments.Registry) {
	r.Register(containerAwareness, heapHeadroom, memoryLimit, oomKilled, version)
}

const (
	noJVM      = "nothing points at a JVM here"
	perhapsJVM = "a variable hints at Java, and neither image nor command tells whether a JVM runs here"

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

// heap is a JVM with the memory that it may use: a container, or a section of a custom resource.
type heap struct {
	java        *facts.Java
	namespace   string
	limitBytes  *int64
	unreadable  bool // resources are placeholders
	wholePod    bool // resources are set for the pod
	patchMemory func(quantity string) string
}

// overHeaps judges the heaps of containers and of custom resources that start JVMs.
func overHeaps(v assessments.View, judge func(heap, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
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
	return outcomes
}

func heapOf(c *facts.Container) heap {
	return heap{
		java: c.Java, namespace: c.Workload.Namespace, limitBytes: c.MemoryLimitBytes,
		unreadable: c.ResourcesUnreadable, wholePod: c.Workload.PodLevelResources,
		patchMemory: func(quantity string) string {
			return patch.Container(c, patch.Field{Key: "resources", Value: limits(quantity)})
		},
	}
}

func heapOfResource(c *facts.CustomResource) heap {
	return heap{
		java: c.Java, namespace: c.Namespace, limitBytes: c.MemoryLimitBytes,
		patchMemory: func(quantity string) string {
			resources := patch.Field{Key: "resources", Value: limits(quantity)}
			if c.APIVersion == "" {
				return ""
			}
			if c.Section != "" {
				resources = patch.Field{Key: c.Section, Value: patch.Fields{resources}}
			}
			return patch.Object(c.APIVersion, c.ObjectKind, c.Namespace, c.Name, resources)
		},
	}
}

func limits(quantity string) patch.Fields {
	return patch.Fields{{Key: "limits", Value: patch.Fields{{Key: "memory", Value: quantity}}}}
}

// wantedLimit is the limit that a heap needs with its headroom.
func wantedLimit(heapBytes int64, settings assessments.Settings) int64 {
	return heapBytes + reference.HeadroomFigures().Bytes(heapBytes, settings.FlatHeadroom)
}

// size writes bytes as people read them: 4 GiB, 1536 MiB, 124.8 MiB.
func size(bytes int64) string {
	const mib, gib = 1 << 20, 1 << 30
	switch {
	case bytes >= gib && bytes%gib == 0:
		return fmt.Sprintf("%d GiB", bytes/gib)
	case bytes%mib == 0:
		return fmt.Sprintf("%d MiB", bytes/mib)
	}
	return fmt.Sprintf("%d.%d MiB", bytes/mib, bytes%mib*10/mib)
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
	return size(*bytes)
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
