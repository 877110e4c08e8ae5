package jvm

import (
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

var outOfMemoryExit = assessments.Rule{
	ID:          "jvm/out-of-memory-exit",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overJVMs(v, judgeExit)
	},
	Text: assessments.Text{
		Title: "A JVM that is out of memory ends, and is restarted",
		What:  "Whether the JVM is told to end at its first OutOfMemoryError.",
		Why: "An OutOfMemoryError ends the thread that met it, and the rest of the process limps on: a pool without workers, a consumer " +
			"that no longer consumes, behind a liveness probe that stays green. A process that ends is restarted within seconds.",
		How: "Passes where ExitOnOutOfMemoryError or CrashOnOutOfMemoryError is switched on, or OnOutOfMemoryError runs a command, in a " +
			"source that this JVM reads. Fails where none is.\n\nUnknown: a source could not be read, the image's own start or a script " +
			"may set it, or only a variable hints at Java. Not applicable: no JVM, the platform's own workloads.",
		Evidence:     "The options in effect that bear on it, and Java's version.",
		Mend:         "Add -XX:+ExitOnOutOfMemoryError (HotSpot from 8u92 on, and OpenJ9 know it); the patch does where JAVA_TOOL_OPTIONS is free.",
		Sources:      []string{variablesSource, "JDK documentation, the java command: https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html"},
		DoesNotCatch: "Applications that catch the error and end by themselves, and memory outside of the heap that runs out.",
	},
}

const (
	exitFlag    = "ExitOnOutOfMemoryError"
	crashFlag   = "CrashOnOutOfMemoryError"
	commandFlag = "OnOutOfMemoryError"
)

func judgeExit(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	j := c.Java
	if hinted(j) {
		return perhaps(c, o)
	}
	off := ""
	for _, name := range []string{exitFlag, crashFlag} {
		option, set := j.Option(name)
		switch {
		case set && option.Value == "true" && len(j.Hidden(name)) == 0:
			return o.Pass()
		case set && option.Value != "true":
			off = optionText(option)
		}
	}
	if option, set := j.Option(commandFlag); set {
		return o.PassNoted(option.Source + " runs a command of its own at the first OutOfMemoryError, which was not read")
	}
	switch {
	case len(j.Unread) > 0:
		return o.Unknown("options may stand where they could not be read: " + strings.Join(j.Unread, "; "))
	case off == "" && j.UnseenStart() != "":
		return o.Unknown("no such option is in view, and " + j.UnseenStart())
	}
	value := "neither " + exitFlag + " nor " + crashFlag
	if off != "" {
		value = off
	}
	return o.Fail(assessments.Failure{
		Message:  "At an OutOfMemoryError the JVM limps on instead of ending.",
		Evidence: []assessments.Evidence{{What: "options", Value: value}, javaEvidence(j)},
		Expected: "-XX:+" + exitFlag + " or -XX:+" + crashFlag,
		Mend:     exitMend(c, off),
	})
}

func exitMend(c *facts.Container, off string) assessments.Mend {
	if off != "" {
		return assessments.Mend{Text: "Take " + off + " out, and set -XX:+" + exitFlag + "."}
	}
	return assessments.Mend{
		Text:  "Add -XX:+" + exitFlag + " to the JVM's options, so that the kubelet restarts what no longer works.",
		Patch: addFlags(c, "-XX:+"+exitFlag),
	}
}
