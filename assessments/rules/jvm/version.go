package jvm

import (
	"fmt"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

// oldestGoodJava is the line from which the field report found Java fit for containers.
const oldestGoodJava = 11

var version = assessments.Rule{
	ID:          "jvm/version",
	SubjectKind: "container",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overJVMs(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
			return judgeVersion(c, o, v.AsOf)
		})
	},
	Text: assessments.Text{
		Title: "Java is 11 or newer, and its line is still updated",
		What:  "The Java version of every container that runs a JVM of the owner's own choice.",
		Why: "Java before 11 knows containers in part or not at all. A line past its end gets no security fixes, and no fixes for the way " +
			"that newer kernels and nodes tell a process its limits.",
		How: "The version is read from the tag or name of a known image family, from what a person declared for the workload, or from the " +
			"variable JAVA_VERSION. Fails where it is older than 11, or past the last day of updates by the vendor of the image (by " +
			"Temurin's dates where that vendor publishes none; by the latest of all vendors where the vendor is not known). The Docker " +
			"image openjdk is updated no more, whatever its tag, early builds apart. Java 8 that is updated and sees its limits is a " +
			"finding of medium severity, also where its update is not known.\n\n" +
			"Unknown: the version can't be read, or nobody has published the end of its line. Not applicable: no JVM, a JDK that a " +
			"product brings along (the product's version decides), native images, the platform's own workloads.",
		Evidence: "The version and where it was read, the image, the end of updates and whose date it is.",
		Mend: "Build on a long-term line that is still updated (17, 21 or 25), from a vendor's own image: eclipse-temurin, " +
			"amazoncorretto, ibm-semeru-runtimes and others. There is no patch for it: the application must be built and tested with it.",
		Sources: []string{
			reportSource, imagesSource,
			"Ends of Java lines by vendor: reference file java-releases (endoflife.date)",
		},
		DoesNotCatch: "Java inside images of one's own that neither say their version nor are declared, and missing patches inside a " +
			"maintained line.",
	},
}

func judgeVersion(c *facts.Container, o assessments.Outcome, asOf time.Time) assessments.Outcome {
	j := c.Java
	switch {
	case j.Bundled:
		return o.NotApplicable(fmt.Sprintf("the JDK is part of %s: its version is chosen with the product's", j.Product))
	case hinted(j):
		return perhaps(c, o)
	case !j.Version.Known() && j.ImageEnded:
		return failVersion(c, o, 0, "The image openjdk is updated no more.", "by the image's own notice")
	case !j.Version.Known():
		return askVersion(o, "neither image nor variables tell Java's version; declare it for this workload")
	case j.Version.Feature < oldestGoodJava:
		return judgeOldJava(c, o, asOf)
	case j.ImageEnded:
		return failVersion(c, o, 0, "The image openjdk is updated no more, at any released version.", "by the image's own notice")
	}
	ended, known := reference.JavaEnded(j.Vendor, j.Version.Feature, asOf)
	switch {
	case !known:
		return o.Unknown(fmt.Sprintf("no source at hand names the end of Java %d", j.Version.Feature))
	case ended:
		return failVersion(c, o, 0, fmt.Sprintf("Java %d gets no more updates.", j.Version.Feature), endOf(j))
	}
	return o.PassNoted("updates until " + endOf(j))
}

// judgeOldJava: 8 is milder than the lines before and after it where it is updated and not known to miss its limits.
func judgeOldJava(c *facts.Container, o assessments.Outcome, asOf time.Time) assessments.Outcome {
	j := c.Java
	ended, known := reference.JavaEnded(j.Vendor, j.Version.Feature, asOf)
	aware, told := reference.AwarenessOf(reference.VM(j.VM), j.Version)
	missesLimits := told && aware.Sees != reference.SeesByDefault
	severity := assessments.Severity(0)
	message := fmt.Sprintf("Java %s is older than 11.", j.Version)
	switch {
	case j.Version.Feature == 8 && known && !ended && !j.ImageEnded && !missesLimits:
		severity = assessments.Medium
		message += " It is still updated, and sees container limits."
		if !told {
			message = fmt.Sprintf("Java %s is older than 11. It is still updated; whether this build sees container limits can't be told.", j.Version)
		}
	case missesLimits:
		message += " It does not see the container's limits by itself."
	default:
		message += " It gets no more updates."
	}
	end := endOf(j)
	if j.ImageEnded {
		end = "over, by the image's own notice"
	}
	return failVersion(c, o, severity, message, end)
}

func failVersion(c *facts.Container, o assessments.Outcome, severity assessments.Severity, message, end string) assessments.Outcome {
	return o.Fail(assessments.Failure{
		Severity: severity,
		Message:  message,
		Evidence: []assessments.Evidence{
			javaEvidence(c.Java), {What: "image", Value: c.Image.Raw}, {What: "updates", Value: end},
		},
		Expected: "Java 11 or newer, of a line that its vendor still updates",
		Mend: assessments.Mend{Text: "Build on a long-term line that is still updated (17, 21 or 25) from a vendor's own image, " +
			"eclipse-temurin:21-jre for one, and test the application with it."},
	})
}

// endOf says until when a line is updated, and by whose dates.
func endOf(j *facts.Java) string {
	end, by, known := reference.JavaEnd(j.Vendor, j.Version.Feature)
	if !known {
		return "long over"
	}
	switch {
	case by == "any":
		by = "every vendor's"
	case j.Vendor == "":
		by = by + "'s, the latest of all vendors"
	default:
		by += "'s"
	}
	return fmt.Sprintf("%s (date: %s)", end, by)
}
