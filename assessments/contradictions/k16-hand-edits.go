package contradictions

import (
	"slices"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

var k16 = assessments.Pair{
	ID:        "K-16",
	Questions: []string{"B1"},
	Decisive:  true,
	Observes:  "Names and times of the managers that wrote workloads: kubectl-edit, kubectl-patch and kubectl-set in the last 90 days.",
	Guard:     "kubectl's apply, scale and rollout do not count, nor managers that the organization names as its pipelines.",
	Look:      lookAtHandEdits,
}

const editedWithin = 90 * 24 * time.Hour

var byHand = []string{"kubectl-edit", "kubectl-patch", "kubectl-set"}

func lookAtHandEdits(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "B1")
	}
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "B1")
	}
	var s share
	var edited []assessments.Subject
	for _, w := range own(v) {
		switch {
		case len(w.Writers) == 0:
			continue
		case editedByHand(v, w):
			edited = append(edited, subjectOf(w))
		default:
			s.good++
		}
		s.total++
	}
	if s.total == 0 {
		return cannotSee("who wrote the workloads was not collected", "B1")
	}
	return []assessments.Sight{withSubjects(saw("B1", atMost(v, handEdited(s)), evidence("workloads without an edit by hand in 90 days", "%s", s)), edited)}
}

// handEdited allows "nearly all" beside one or two edits, however few workloads there are: so little says nothing of how many
// changes went through the pipeline. From three on the share of workloads stands for the share of changes.
func handEdited(s share) string {
	if s.good < s.total && s.total-s.good <= 2 {
		return "B1.b"
	}
	return s.option("B1")
}

func editedByHand(v assessments.PairView, w *facts.Workload) bool {
	for _, writer := range w.Writers {
		if slices.Contains(byHand, writer.Manager) && !slices.Contains(v.Settings.PipelineManagers, writer.Manager) &&
			writer.At != nil && v.TakenAt.Sub(*writer.At) <= editedWithin {
			return true
		}
	}
	return false
}
