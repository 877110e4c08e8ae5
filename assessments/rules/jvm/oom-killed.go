package jvm

import (
	"fmt"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/snapshot"
)

// oomWindow is how far back a kill counts.
const oomWindow = 30 * 24 * time.Hour

const oomReason = "OOMKilled"

var oomKilled = assessments.Rule{
	ID:          "jvm/oom-killed",
	SubjectKind: "container",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overJVMs(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
			if blind, done := rules.OnlyLive(v, o); done {
				return blind
			}
			return judgeOOM(v, c, o)
		})
	},
	Text: assessments.Text{
		Title: "No JVM was killed for memory in the last 30 days",
		What:  "The last terminations of every JVM container's pods, by the reason that the kubelet gives.",
		Why: "A container killed for memory stops in the middle of its work, with no Java error and no heap dump. It shows that limit and " +
			"need don't fit, and it comes back at the next peak.",
		How: "Fails where a pod's last termination has the reason OOMKilled and lies within 30 days of the day judged. The exit code 137 " +
			"alone does not count: a liveness probe kills with it too. Passes where all restarts are accounted for by terminations of " +
			"other reasons or older ones, or where nothing restarted.\n\n" +
			"Unknown: files instead of a cluster, pods that could not be read, a kill without a time, or more restarts than terminations " +
			"that are still to be seen (each pod keeps its last alone). Not applicable: no JVM, no pods wanted, the platform's own workloads.",
		Evidence: "How many pods' last end was such a kill, the latest time, the limit and the largest heap.",
		Mend: "Where the heap and its headroom exceed the limit, raise the limit: the patch does. Where they fit, memory outside of the " +
			"heap grows: run with -XX:NativeMemoryTracking=summary and compare two readings of jcmd VM.native_memory.",
		Sources: []string{
			"Kubernetes documentation, Assign Memory Resources: https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/",
			reportSource,
		},
		DoesNotCatch: "Kills of pods that are gone, and of child processes where the container lives on.",
	},
}

func judgeOOM(v assessments.View, c *facts.Container, o assessments.Outcome) assessments.Outcome {
	w := c.Workload
	if w.Replicas != nil && *w.Replicas == 0 && w.Autoscaler == nil {
		return o.NotApplicable("it wants no pods")
	}
	if reason, unseen := v.UnseenIn("pods", w.Namespace); unseen {
		return o.Unknown(rules.Unread("pods", reason))
	}
	if w.Pods == nil || w.Pods.Total == 0 {
		return o.Unknown("it has no pods to look at")
	}
	kills := killsWithin(w.Pods, c.Name, v.AsOf)
	switch {
	case kills.count > 0 && hinted(c.Java):
		return o.Unknown(perhapsJVM)
	case kills.count > 0:
		return failOOM(c, o, v.Settings, kills)
	case kills.undated > 0:
		return o.Unknown("it was killed for memory, and when was not seen")
	}
	var ended int64
	for _, termination := range w.Pods.Terminations {
		ended += int64(termination.Count)
	}
	if w.Pods.Restarts > ended {
		return o.Unknown(fmt.Sprintf("%d restarts, of which the pods' last terminations show %d", w.Pods.Restarts, ended))
	}
	return o.Pass()
}

// memoryKills sums up a container's terminations with the reason OOMKilled.
type memoryKills struct {
	count, undated int
	latest         time.Time
	exitCode       int32
}

// killsWithin counts the kills that lie within the window before a day's end. A row sums up several pods under their latest
// time: it counts whole, as all that is known.
func killsWithin(pods *snapshot.WorkloadPods, container string, asOf time.Time) memoryKills {
	var kills memoryKills
	for _, termination := range pods.Terminations {
		if termination.Container != container || termination.Reason != oomReason {
			continue
		}
		switch {
		case termination.Latest == nil:
			kills.undated += termination.Count
		case termination.Latest.After(asOf.Add(-oomWindow)):
			kills.count += termination.Count
			if termination.Latest.After(kills.latest) {
				kills.latest, kills.exitCode = *termination.Latest, termination.ExitCode
			}
		}
	}
	return kills
}

func failOOM(c *facts.Container, o assessments.Outcome, settings assessments.Settings, kills memoryKills) assessments.Outcome {
	heapText := "not known"
	heapBytes, settled, ok := c.Java.MaxHeapWithin(c.MemoryLimitBytes)
	if ok {
		heapText = fmt.Sprintf("%s (%s)", heap.Size(heapBytes), settled)
	}
	return o.Fail(assessments.Failure{
		Message: "It was killed for memory within the last 30 days.",
		Evidence: []assessments.Evidence{
			{What: "killed for memory", Value: fmt.Sprintf("last end of %s, the latest on %s (exit code %d)",
				assessments.Counted(kills.count, "pod"), kills.latest.UTC().Format("2006-01-02 15:04 MST"), kills.exitCode)},
			{What: "memory limit", Value: limitText(c.MemoryLimitBytes)},
			{What: "largest heap", Value: heapText},
			javaEvidence(c.Java),
		},
		Expected: "no termination with the reason OOMKilled in 30 days",
		Mend:     oomMend(c, settings, heapBytes, ok),
	})
}

// oomMend raises a limit that heap and headroom exceed. A percentage grows with the limit, so it is named in words alone.
func oomMend(c *facts.Container, settings assessments.Settings, heapBytes int64, known bool) assessments.Mend {
	if !known || c.MemoryLimitBytes == nil {
		return assessments.Mend{Text: "Set the largest heap by -Xmx and the limit above it with headroom, then watch whether it comes back."}
	}
	wanted := heap.WantedLimitBytes(heapBytes, choices(settings))
	switch {
	case wanted <= *c.MemoryLimitBytes:
		return assessments.Mend{Text: fmt.Sprintf("The limit has room for the heap (%s) and its headroom, so memory outside of the heap grows: run with "+
			"-XX:NativeMemoryTracking=summary and compare two readings of jcmd VM.native_memory.", heap.Size(heapBytes))}
	case c.Java.MaxHeapBytes == nil:
		return assessments.Mend{Text: fmt.Sprintf("Lower the RAM percentage: %s of heap leave %s of the limit, and %s are wanted.",
			heap.Size(heapBytes), heap.Size(max(0, *c.MemoryLimitBytes-heapBytes)), heap.Size(wanted-heapBytes))}
	}
	return assessments.Mend{
		Text:  fmt.Sprintf("Raise the memory limit from %s to %s: the heap and its headroom.", heap.Size(*c.MemoryLimitBytes), heap.Size(wanted)),
		Patch: heapOf(c).patchMemory(quantity(wanted)),
	}
}
