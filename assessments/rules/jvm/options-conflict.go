package jvm

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

var optionsConflict = assessments.Rule{
	ID:          "jvm/options-conflict",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overJVMs(v, judgeConflict)
	},
	Text: assessments.Text{
		Title: "No option is set differently in two places",
		What:  "Options of the JVM that stand in several sources that it reads.",
		Why: "A JVM takes one of two values without a word, and which one is not what most people guess: the command line beats " +
			"JAVA_TOOL_OPTIONS, and _JAVA_OPTIONS beats the command line. Whoever changes the other place changes nothing.",
		How: "Fails where one option has different values in two sources that this JVM reads. Sizes are compared as bytes, -Xmx and " +
			"MaxHeapSize are one option, and so are -Xms and InitialHeapSize. Passes with a note for -Xmx beside a percentage, and for an " +
			"option that is repeated within one source.\n\nUnknown: no such pair is in view and a source could not be read, or only a " +
			"variable hints at Java. Not applicable: no JVM, the platform's own workloads. JDK_JAVA_OPTIONS on Java 8 is no source.",
		Evidence: "The option, its value in each source, which one wins and why.",
		Mend: "Keep the option in one place and take it out of the others. Other options may stand in the same variable, so there is no " +
			"patch.",
		Sources:      []string{variablesSource},
		DoesNotCatch: "Options inside the image, in files of options, and options that work against each other under different names.",
	},
}

func judgeConflict(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	j := c.Java
	if hinted(j) {
		return perhaps(c, o)
	}
	for _, beaten := range j.Overridden {
		winner, _ := j.Option(beaten.Name)
		if winner.Source != beaten.Source && !sameValue(winner, beaten) {
			return failConflict(o, j, winner)
		}
	}
	if len(j.Unread) > 0 {
		return o.Unknown("an option may be set differently where it could not be read: " + strings.Join(j.Unread, "; "))
	}
	if note := conflictNote(j); note != "" {
		return o.PassNoted(note)
	}
	return o.Pass()
}

// sameValue compares two values of one option, sizes as bytes.
func sameValue(a, b facts.JavaOption) bool {
	if a.Value == b.Value {
		return true
	}
	bytesA, sizeA := facts.ParseJavaSize(a.Value)
	bytesB, sizeB := facts.ParseJavaSize(b.Value)
	return sizeA && sizeB && bytesA == bytesB
}

func conflictNote(j *facts.Java) string {
	_, size := j.Option("Xmx")
	if percent, set := j.Option("MaxRAMPercentage"); set && size {
		return fmt.Sprintf("%s goes for nothing beside a size", optionText(percent))
	}
	if len(j.Repeated) > 0 {
		return fmt.Sprintf("%s is repeated within it; the last one counts", optionText(j.Repeated[0]))
	}
	return ""
}

func failConflict(o assessments.Outcome, j *facts.Java, winner facts.JavaOption) assessments.Outcome {
	evidence := []assessments.Evidence{{What: "wins", Value: fmt.Sprintf("%s, which %s", optionText(winner), facts.OrderOf(winner.Source))}}
	var losers []string
	for _, beaten := range j.Overridden {
		if beaten.Name == winner.Name && !sameValue(winner, beaten) {
			evidence = append(evidence, assessments.Evidence{What: "goes for nothing", Value: fmt.Sprintf("%s, which %s", optionText(beaten), facts.OrderOf(beaten.Source))})
			losers = append(losers, optionText(beaten))
		}
	}
	return o.Fail(assessments.Failure{
		Message:  fmt.Sprintf("%s beats %s.", optionText(winner), strings.Join(losers, " and ")),
		Evidence: append(evidence, javaEvidence(j)),
		Expected: "each option in one place",
		Mend: assessments.Mend{Text: fmt.Sprintf("Decide which value is meant. To keep what runs today, take out %s; else change %s.",
			strings.Join(losers, " and "), winner.Source)},
	})
}
